"""Convolution: a small window slides over a picture and answers, place by place, how much it looks like the kernel.

The operation as networks use it: LeCun et al., "Backpropagation applied to handwritten zip code recognition", 1989.
Sizes as in Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016. ReLU: Nair and Hinton,
2010; max pooling: Yamaguchi et al., 1990. The numbers are those of torch.nn.functional.conv2d, max_pool2d, avg_pool2d.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from engines.core.engine import Task, engine
from engines.core.language import Note, say
from engines.core.params import Param, Params
from engines.core.step import Change, Outcome, Step, Steps
from engines.data.images import Images
from engines.pictures.kernel_step import OWN, KernelStep
from engines.pictures.map_chain import MapChain
from engines.vision._convolution_pictures import ShiftChanges, Sizes, draw, draw_stroke
from engines.vision._convolution_words import opening, place_note, relu_note, resting_note
from engines.vision._kernels import LARGEST, SIZED, Name
from engines.vision._sliding import POOLING, Pool
from engines.vision._way import Stage, Way

SLIDE = "Slide the kernel on"
RECTIFY = "Set negative answers to 0 (ReLU)"
POOL = "Slide the pooling window on"
LOOK = "Look back at the strongest answer"
MOST_SHIFT = 8


@dataclass(frozen=True)
class ConvolutionParams(Params):
    """The kernel, how it slides, what comes after it. Everything may change while it slides."""

    watch: Annotated[int, Param("Picture", low=1, high=5000, live=True)] = 1
    kernel: Annotated[Name, Param("The kernel", live=True)] = "vertical Sobel"
    kernel_size: Annotated[int, Param("Kernel size", low=1, high=LARGEST, live=True, only_if=("kernel", SIZED))] = 3
    numbers: Annotated[
        str,
        Param(
            "Own numbers", live=True, only_if=("kernel", (OWN,)),
            help="Rows end with ; and the slices for red, green and blue with |. You can also type into the picture.",
        ),
    ] = "0 0 0; 0 1 0; 0 0 0"  # fmt: skip
    bias: Annotated[float, Param("Bias", low=-2, high=2, live=True)] = 0.0
    stride: Annotated[int, Param("Stride", low=1, high=4, live=True, help="Pixels from one place to the next")] = 1
    padding: Annotated[int, Param("Padding", low=0, high=6, live=True, help="Zeros around the picture")] = 0
    dilation: Annotated[
        int, Param("Dilation", low=1, high=4, live=True, help="Pixels from one cell of the kernel to the next")
    ] = 1
    relu: Annotated[bool, Param("ReLU", live=True, help="Set what is below 0 to 0")] = True
    pool: Annotated[Pool, Param("Pooling", live=True)] = "max pooling"
    pool_size: Annotated[int, Param("Pooling window", low=1, high=8, live=True, only_if=("pool", POOLING))] = 2
    pool_stride: Annotated[
        int,
        Param("Stride of pooling", low=0, high=8, live=True, only_if=("pool", POOLING),
              help="0: as large as the window, so that the windows do not overlap"),
    ] = 0  # fmt: skip
    shift_x: Annotated[int, Param("Shift to the right", low=-MOST_SHIFT, high=MOST_SHIFT, live=True)] = 0
    shift_y: Annotated[int, Param("Shift downwards", low=-MOST_SHIFT, high=MOST_SHIFT, live=True)] = 0


@engine(
    title="Convolution",
    task=Task.LOOK,
    shows=(KernelStep, MapChain, ShiftChanges, Sizes),
    facts=("pixels are divided by 255", "the kernel is not turned around", "nothing is learned"),
    sample="digits",
)
def convolution(data: Images, params: ConvolutionParams, rng: np.random.Generator) -> Steps:
    """Lay a kernel on every place of a picture, multiply and add up; then ReLU, then pooling."""
    way = Way(data, params)
    yield from told(way, opening(way))
    while not way.rests:
        yield from rectify(way) if way.stage is Stage.RELU else slide(way)
    note = resting_note(way)
    while change := (yield step(way, note, rest=True)):
        note = answer(way, change)
    return outcome(way)


def slide(way: Way) -> Generator[Step, Change | None, None]:
    """Move the window place by place until it is at the last one, or a hand goes to another stage."""
    stage = way.stage
    while way.stage is stage and not way.complete:
        way.advance()
        yield from told(way, place_note(way))
    if way.stage is stage:
        way.finish()


def rectify(way: Way) -> Generator[Step, Change | None, None]:
    """Set all negative answers to 0 at once: each depends on itself alone."""
    way.put(way.answers.size - 1)
    yield from told(way, relu_note(way))
    if way.stage is Stage.RELU:
        way.finish()


def told(way: Way, note: Note) -> Generator[Step, Change | None, None]:
    """Yield a step, and one more for every change, at the same place."""
    while change := (yield step(way, note)):
        note = answer(way, change)


def answer(way: Way, change: Change) -> Note:
    """Take a change up and say what comes of it at the place where the window is."""
    if way.take(change) and (way.params.shift_x or way.params.shift_y) and way.rests:
        return way.note_of_shift()
    return opening(way) if not way.done[way.stage] else place_note(way)


def step(way: Way, note: Note, *, rest: bool = False) -> Step:
    """Return a step with what is known now."""
    row, column = way.place
    worked = way.worked
    numbers = {
        "answer": float(way.answers[row, column]) if way.done[way.stage] else np.nan,
        "map_change": worked.change(Stage.MAP),
        "pooled_change": worked.change(Stage.POOLED) if Stage.POOLED in worked.maps else np.nan,
    }
    ahead = way.ahead
    then = {Stage.MAP: SLIDE, Stage.RELU: RECTIFY, Stage.POOLED: POOL}[ahead] if ahead else LOOK
    if way.impossible.text:
        note = say("{problem} Until then all stays as it was.", problem=way.impossible)
    return Step(note, numbers, lambda: draw(way), then="" if rest else then, rest=rest, caution=way.impossible,
                answer=lambda questions: draw_stroke(way, questions))  # fmt: skip


def outcome(way: Way) -> Outcome:
    """Return the maps, and how much the shift has changed them."""
    maps = way.worked.maps
    names = {Stage.MAP: "feature_map", Stage.RELU: "rectified", Stage.POOLED: "pooled"}
    arrays = {names[stage]: made for stage, made in maps.items() if stage in names} | {"kernel": way.worked.kernel}
    height, width = maps[Stage.MAP].shape
    scalars = {"height": float(height), "width": float(width), "map_change": way.worked.change(Stage.MAP)}
    if Stage.POOLED in maps:
        scalars["pooled_change"] = way.worked.change(Stage.POOLED)
    return Outcome(scalars, arrays)
