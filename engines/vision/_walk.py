"""One picture goes once through a whole network, layer by layer: what comes out of each, and what it costs."""

from collections.abc import Callable, Iterator

import numpy as np
import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor, nn  # noqa: TID253

from engines.core.arrays import Ints
from engines.core.language import Note, say
from engines.core.step import Outcome, Pictures, Questions, Step, Steps
from engines.data.images import Images
from engines.evaluation.checks import some
from engines.pictures.feature_maps import FeatureMaps, MapRow
from engines.vision._comparing import answered, compared
from engines.vision._explain import row_of
from engines.vision._inspecting import BYTES, Row, depth, rows_of, table
from engines.vision._memory import afford, to_look
from engines.vision._parts import seeded

NEXT = "Send the picture through the next layer"
SHOWN, LARGEST = 16, 32  # maps of a layer that are drawn, and the side of the largest
Stage = tuple[list[nn.Module], int, int]  # layers, the row of the first one in the table, the row behind the last


def walk(plan: Callable[[], nn.Module], name: str, data: Images, memory: float, rng: np.random.Generator) -> Steps:
    """Yield a step for each layer of a network with random weights, for the first picture of the data.

    memory: gigabytes it may take; LearnerError where it needs more.
    """
    some(data)
    rows = rows_of(plan, (3 if data.coloured else 1, *data.size))
    afford(to_look(rows), memory)
    tour = Tour(name, data.pixels[0], rows)
    yield tour.step(tour.beginning(), NEXT)

    net = seeded(plan, rng).eval()
    x = picture(data.pixels[:1])
    for layers, begin, end in list(_stages(net, rows)):
        with torch.inference_mode():  # not around the step: whoever waits there would be in this mode too
            for layer in layers:
                x = layer(x)
        yield tour.step(tour.passed(x, begin, end), NEXT if end < len(rows) else "")
    probabilities = torch.softmax(x, 1)[0].numpy().copy()
    tour.lit = -1
    yield tour.step(
        say("All {operations} multiply–adds are done. The likeliest of {classes} classes has {share:.1%}: it knows "
            "nothing yet", operations=f"{tour.operations:,}", classes=len(probabilities),
            share=probabilities.max()))  # fmt: skip
    scalars = {"parameters": float(tour.parameters), "operations": float(tour.operations), "layers": float(depth(rows))}
    return Outcome(scalars, {"probabilities": probabilities[None]})


class Tour:
    """How far the picture has come, and what is said and drawn of it. lit: the row of the layer it has just passed."""

    def __init__(self, name: str, pixels: Ints, rows: list[Row]) -> None:
        self._name, self._pixels, self._rows = name, pixels, rows
        before = picture(pixels[None])[0]
        self._maps: tuple[MapRow, ...] = (row_of(say("picture"), before, tuple(before.shape), 0, LARGEST),)
        self.lit = -1
        self.parameters = sum(row.parameters for row in rows)
        self.operations = sum(row.operations for row in rows)

    def beginning(self) -> Note:
        """Return what network this is."""
        return say(
            "{name}: {layers} layers with {parameters} parameters, {memory:.1f} MB as numbers of 4 bytes. It has "
            "learned nothing: its weights are random",
            name=self._name, layers=depth(self._rows), parameters=f"{self.parameters:,}",
            memory=self.parameters * BYTES / 1e6,
        )  # fmt: skip

    def passed(self, x: Tensor, begin: int, end: int) -> Note:
        """Keep what has come out of the rows from ``begin`` to before ``end``, and tell of it."""
        self.lit, row, shape = end - 1, self._rows[end - 1], tuple(x.shape[1:])
        kept = self._maps[: len(self._maps) if begin else 0]  # what the network has made of the picture replaces it
        self._maps = (*kept, row_of(say("{name}", name=row.name), x[0, :SHOWN], shape, len(kept), LARGEST))
        parameters, operations = (
            sum(getattr(row, what) for row in self._rows[begin:end]) for what in ("parameters", "operations")
        )
        sides = f"{shape[1]}×{shape[2]}×{shape[0]}" if len(shape) == 3 else f"{shape[0]}"
        if not operations:
            return say("{name}, {kind}: {shape} numbers come out", name=row.name, kind=row.kind, shape=sides)
        return say(
            "{name}, {kind}: {parameters} parameters, {operations} multiply–adds; {shape} numbers come out, {quiet:.0%}"
            " of them are 0",
            name=row.name, kind=row.kind, parameters=f"{parameters:,}", operations=f"{operations:,}", shape=sides,
            quiet=float((x == 0).float().mean()),
        )  # fmt: skip

    def step(self, note: Note, then: str = "") -> Step:
        """Return a step that shows all this as it is now."""
        return Step(note, {"layer": float(self.lit)}, self._draw, then=then, answer=self._answer)

    def _draw(self) -> Pictures:
        caption = say("{name} in full size, its weights random", name=self._name)
        maps = FeatureMaps(self._pixels, self._maps, (len(self._maps) - 1, 0))
        return maps, table(self._rows, caption, self.lit), compared(self._name)

    def _answer(self, questions: Questions) -> Pictures:
        return answered(questions, self._name)


def picture(pixels: Ints) -> Tensor:
    """Return pictures (n, h, w[, 3]) uint8 as (n, c, h, w) float32 from 0 to 1."""
    values = torch.from_numpy(pixels.astype(np.float32) / 255)
    return values.permute(0, 3, 1, 2).contiguous() if values.ndim == 4 else values[:, None]


def _stages(net: nn.Module, rows: list[Row]) -> Iterator[Stage]:
    """Cut a network into stages that each begin with a layer which has a row of its own."""
    owners = [row.child for row in rows]
    layers: list[nn.Module] = []
    begin = end = 0
    for name, child in net.named_children():
        own = owners.count(name)
        if own and layers:
            yield layers, begin, end
            layers, begin = [], end
        layers.append(child)
        end += own
    yield layers, begin, end
