"""One picture goes once through a whole network, layer by layer: what comes out of each, and what it costs."""

from collections.abc import Callable, Iterator

import numpy as np
import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor, nn  # noqa: TID253

from engines.core.language import Note, say
from engines.core.step import Outcome, Step, Steps
from engines.data.images import Images
from engines.vision._comparing import answered, compared
from engines.vision._inspecting import Row, depth, rows_of, table
from engines.vision._memory import afford, to_look
from engines.vision._parts import seeded

NEXT = "Send the picture through the next layer"
Stage = tuple[list[nn.Module], int, int]  # layers, the row of the first one in the table, the row behind the last


def walk(
    plan: Callable[[], nn.Module], name: str, data: Images, memory: float, rng: np.random.Generator, first: str = "he"
) -> Steps:
    """Yield a step for each layer of a network with random weights, for the first picture of the data."""
    pixels = data.pixels[:1]
    shape = (pixels.shape[3] if data.coloured else 1, *data.size)
    rows = rows_of(plan, shape)
    afford(to_look(rows), memory)
    parameters, operations = (sum(getattr(row, name) for row in rows) for name in ("parameters", "operations"))
    caption = say("{name} in full size, its weights random", name=name)
    note = say(
        "{name}: {layers} layers with {parameters} parameters, {memory:.1f} MB as numbers of 4 bytes. It has learned "
        "nothing: its weights are random",
        name=name, layers=depth(rows), parameters=f"{parameters:,}", memory=parameters * 4 / 1e6,
    )  # fmt: skip
    yield _told(note, rows, caption, -1, name, NEXT)

    net = seeded(plan, rng, first).eval()
    x = picture(pixels)
    stages = list(_stages(net, rows))
    with torch.inference_mode():
        for place, (layers, begin, end) in enumerate(stages):
            for layer in layers:
                x = layer(x)
            last = place == len(stages) - 1
            yield _told(_said(rows[begin:end], x), rows, caption, end - 1, name, "" if last else NEXT)
        probabilities = torch.softmax(x, 1)[0].numpy().copy()
    yield _told(
        say("All {operations} multiply–adds are done. The likeliest of {classes} classes has {share:.1%}: it knows "
            "nothing yet", operations=f"{operations:,}", classes=len(probabilities), share=probabilities.max()),
        rows, caption, -1, name,
    )  # fmt: skip
    scalars = {"parameters": float(parameters), "operations": float(operations), "layers": float(depth(rows))}
    return Outcome(scalars, {"probabilities": probabilities[None]})


def picture(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Tensor:
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


def _said(rows: list[Row], x: Tensor) -> Note:
    """Tell of what came out of these rows."""
    parameters, operations = sum(row.parameters for row in rows), sum(row.operations for row in rows)
    shape, quiet = tuple(x.shape[1:]), float((x == 0).float().mean())
    sides = f"{shape[1]}×{shape[2]}×{shape[0]}" if len(shape) == 3 else f"{shape[0]}"
    if not operations:
        return say("{name}, {kind}: {shape} numbers come out", name=rows[-1].name, kind=rows[-1].kind, shape=sides)
    return say(
        "{name}, {kind}: {parameters} parameters, {operations} multiply–adds; {shape} numbers come out, {quiet:.0%} of "
        "them are 0",
        name=rows[-1].name, kind=rows[-1].kind, parameters=f"{parameters:,}", operations=f"{operations:,}",
        shape=sides, quiet=quiet,
    )  # fmt: skip


def _told(note: Note, rows: list[Row], caption: Note, lit: int, name: str, then: str = "") -> Step:
    numbers = {"layer": float(lit)}
    return Step(note, numbers, lambda: (table(rows, caption, lit), compared(name)), then=then,
                answer=lambda questions: answered(questions, name))  # fmt: skip
