"""The pictures of a convolution: the window at its place, the way of the picture, the sizes, what a shift changes."""

from collections.abc import Mapping

import numpy as np

from engines.core.arrays import Bools, Floats
from engines.core.language import Note, say
from engines.core.step import Pictures, Question
from engines.pictures.bars import Bars
from engines.pictures.kernel_step import How, KernelStep
from engines.pictures.map_chain import MapChain
from engines.pictures.workings import Workings
from engines.vision._convolution_words import size_lines
from engines.vision._way import STAGE, Stage, Way, watched

FINEST = 200  # squares side by side in a small map


class ShiftChanges(Bars):
    """How much of each map a shift changes, in per cent."""

    title = "What a shift changes"


class Sizes(Workings):
    """How large the maps are."""

    title = "Sizes, worked out"


def draw(way: Way) -> Pictures:
    """Draw where the run is."""
    return kernel_step(way), map_chain(way), changes(way), Sizes(size_lines(way), strong=_line(way))


def draw_stroke(way: Way, questions: Mapping[str, Question]) -> Pictures:
    """Draw the same moment for a picture that is just being drawn on; nothing where it is another one, or unchanged."""
    asked, row = questions.get("picture"), watched(way.data, way.params)
    if asked is None or asked.value is None or asked.index != (row,):
        return ()
    before = way.data.pixels[row]
    pixels = np.asarray(asked.value, np.uint8)
    if pixels.shape != before.shape or np.array_equal(pixels, before):
        return ()
    return draw(way.with_picture(pixels))


def kernel_step(way: Way) -> KernelStep:
    """Draw the window of the stage of now."""
    worked, stage = way.worked, way.stage
    window, source = worked.windows[stage], worked.before(stage)
    is_map = stage is Stage.MAP
    kernel = worked.kernel if is_map else np.ones((1, window.rows, window.columns))
    pooling: How = "average" if way.params.pool == "average pooling" else "max"
    how: How = "convolution" if is_map else "relu" if stage is Stage.RELU else pooling
    return KernelStep(
        source.astype(np.float32), kernel.astype(np.float32), way.answers.astype(np.float32), way.done[stage],
        way.place, window.stride, window.padding, window.dilation, way.params.bias if is_map else 0.0, how,
        0.0 if is_map else worked.reach, worked.reach, editable=is_map,
    )  # fmt: skip


def map_chain(way: Way) -> MapChain:
    """Draw picture and maps side by side, with what a shift changes below them."""
    worked, stages = way.worked, way.worked.stages
    maps, differences = [], []
    for stage, made in worked.maps.items():
        known = np.ones(made.shape[-2:], bool)
        if stage is not Stage.PICTURE:
            known.ravel()[way.done[stage] :] = False
        maps.append(_shown(made, known))
        differences.append(_shown(made - worked.still[stage], known, mean=True))
    shifted = worked.still is not worked.maps
    return MapChain(
        tuple(maps), tuple(_caption(stage, worked.maps[stage]) for stage in stages),
        tuple(0.0 if stage is Stage.PICTURE else worked.reach for stage in stages), stages.index(way.stage),
        tuple(differences) if shifted else (), STAGE,
    )  # fmt: skip


def _shown(made: Floats, known: Bools, *, mean: bool = False) -> Floats:
    """Return a map for the eye, NaN where it is not known; of channels the mean, or red, green, blue last."""
    if made.ndim == 3:
        made = made.mean(0) if mean or len(made) == 1 else np.moveaxis(made, 0, 2)
    block = -(-max(made.shape[:2]) // FINEST)
    if block > 1:  # the mean of each block: the eye sees no more of it
        rows, columns = (side // block for side in made.shape[:2])
        cut = made[: rows * block, : columns * block]
        made = cut.reshape(rows, block, columns, block, *made.shape[2:]).mean((1, 3))
        known = known[block - 1 :: block, block - 1 :: block]
    seen = known if made.ndim == 2 else known[..., None]
    return np.where(seen, made, np.nan).astype(np.float32)


def _caption(stage: Stage, made: Floats) -> Note:
    height, width = made.shape[-2:]
    texts = {
        Stage.PICTURE: say("picture {height} × {width}", height=height, width=width),
        Stage.MAP: say("map {height} × {width}", height=height, width=width),
        Stage.RELU: say("after ReLU {height} × {width}", height=height, width=width),
        Stage.POOLED: say("pooled {height} × {width}", height=height, width=width),
    }
    return texts[stage]


def changes(way: Way) -> ShiftChanges:
    """Draw how much a shift changes map after map."""
    names = {Stage.PICTURE: say("picture (%)"), Stage.MAP: say("map (%)"), Stage.RELU: say("after ReLU (%)"),
             Stage.POOLED: say("pooled (%)")}  # fmt: skip
    stages = way.worked.stages
    values = np.array([[100 * way.worked.change(stage) for stage in stages]])
    return ShiftChanges(tuple(names[stage] for stage in stages), values)


def _line(way: Way) -> int:
    """Return which line of the sizes belongs to the stage of now."""
    return 2 if way.stage is Stage.POOLED else 0
