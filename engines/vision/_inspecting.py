"""What a network costs, layer by layer: found by sending a shape without numbers through it."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np
from torch import nn  # noqa: TID253 - private: only imported inside the engine process

from engines.core.language import LearnerError, Note, say
from engines.pictures.layer_table import LayerTable, Shape
from engines.vision._learning import Dropout
from engines.vision._parts import Fit, Plain, Residual, SomeMaps, Squash, Subsampling, made

BYTES = 4  # of a float32

# What a layer that leaves the shape as it is adds to the row before it.
AFTER: dict[type[nn.Module], Note] = {
    nn.ReLU: say("ReLU"), nn.Tanh: say("tanh"), nn.Sigmoid: say("sigmoid"), Squash: say("1.7159 tanh(2z/3)"),
    nn.BatchNorm2d: say("batch norm"), nn.LocalResponseNorm: say("local response norm"), Dropout: say("dropout"),
}  # fmt: skip


@dataclass
class Row:
    """One layer. child: the part of the network that it is in. memory in bytes, see LayerTable.

    weighted: whether it has weights. shortcut: whether it is on the way around a block.
    """

    name: str
    child: str
    kind: Note
    shape: Shape
    parameters: int
    operations: int
    memory: int
    weighted: bool
    shortcut: bool


def rows_of(plan: Callable[[], nn.Module], shape: Shape) -> list[Row]:
    """Return a row for each layer of a plan's network, in the order in which one picture (c, h, w) goes through.

    Activations, norms and dropout belong to the row before them. LearnerError where a picture shrinks to nothing.
    """
    rows = list[Row]()
    _through(made(plan), "", shape, rows)
    return rows


def _through(layer: nn.Module, name: str, shape: Shape, rows: list[Row]) -> Shape:
    """Send a shape through a layer, note what it costs, and return what comes out."""
    own = sum(item.numel() for item in layer.parameters(recurse=False))
    match layer:
        case nn.Sequential():
            for part, child in layer.named_children():
                shape = _through(child, f"{name}.{part}" if name else part, shape, rows)
            return shape
        case Residual() | Plain():
            if isinstance(layer, Residual) and layer.shortcut is not None:
                _through(layer.shortcut, f"{name}.shortcut", shape, rows)
            shape = _through(layer.block, f"{name}.block", shape, rows)
            _add(rows[-1], say("+ shortcut, ReLU") if isinstance(layer, Residual) else AFTER[nn.ReLU], 0)
            return shape
        case nn.Flatten():
            return (prod(shape),)
    if type(layer) in AFTER:
        _add(rows[-1], AFTER[type(layer)], own)
        return shape
    if isinstance(layer, SomeMaps):
        own -= prod(layer.kernel_size) * (layer.mask.numel() - layer.links)
    kind, after = _kind(layer, shape), _output(layer, shape)
    if min(after) < 1:
        raise LearnerError(
            "Pictures of this size are too small for the network: before “{name}” only {height}×{width} are left of "
            "them. Enlarge them.", name=_said(name), height=shape[1], width=shape[2],
        )  # fmt: skip
    operations, memory = _operations(layer, after), BYTES * (own + prod(after))
    if shortcut := ".shortcut." in name:
        kind = say("shortcut: {kind}", kind=kind)
    rows.append(Row(_said(name), name.split(".")[0], kind, after, own, operations, memory, own > 0, shortcut))
    return after


def _output(layer: nn.Module, shape: Shape) -> Shape:
    """Return the shape that a layer makes of another; a side below 1 where nothing is left."""
    match layer:
        case Fit():
            return layer.channels, layer.side, layer.side
        case nn.Linear():
            return (layer.out_features,)
        case nn.AdaptiveAvgPool2d():
            return shape[0], 1, 1
        case Subsampling():
            return shape[0], shape[1] // 2, shape[2] // 2
        case nn.Conv2d() | nn.MaxPool2d() | nn.AvgPool2d():
            kernel, stride, padding = (_square(getattr(layer, part)) for part in ("kernel_size", "stride", "padding"))
            down, across = ((side + 2 * padding - kernel) // stride + 1 for side in shape[1:])
            return layer.out_channels if isinstance(layer, nn.Conv2d) else shape[0], down, across
    raise TypeError(f"what does {type(layer).__name__} make of a picture?")


def _add(row: Row, kind: Note, parameters: int) -> None:
    row.kind = say("{first}, {then}", first=row.kind, then=kind)
    row.parameters += parameters
    row.memory += BYTES * parameters


def _said(name: str) -> str:
    """Return the name of a layer without what only says how it is packed."""
    parts = [part for part in name.split(".") if part not in ("block", "shortcut")]
    return ".".join(part for part in parts if not (part.startswith("_") or part.isdigit()))


def _kind(layer: nn.Module, shape: Shape) -> Note:
    """Return what a layer does, with its kernel and its stride."""
    size = _square(getattr(layer, "kernel_size", 0))
    stride = _square(getattr(layer, "stride", 1))
    match layer:
        case Fit():
            return say("picture")
        case SomeMaps():
            return say("{k}×{k} convolution of some maps", k=size)
        case nn.Conv2d() if layer.groups > 1:
            return say("{k}×{k} convolution in {groups} groups", k=size, groups=layer.groups)
        case nn.Conv2d():
            return _with_stride(say("{k}×{k} convolution", k=size), stride)
        case Subsampling():
            return say("2×2 subsampling")
        case nn.MaxPool2d():
            return _with_stride(say("{k}×{k} max pooling", k=size), stride)
        case nn.AvgPool2d():
            return _with_stride(say("{k}×{k} average pooling", k=size), stride)
        case nn.AdaptiveAvgPool2d():
            return say("average of each map") if shape[-1] > 1 else say("each map’s one number")
        case nn.Linear():
            return say("fully connected")
    return say(type(layer).__name__)


def _square(size: int | tuple[int, ...]) -> int:
    return size[0] if isinstance(size, tuple) else size


def _with_stride(kind: Note, stride: int) -> Note:
    return kind if stride == 1 else say("{kind}, stride {stride}", kind=kind, stride=stride)


def _operations(layer: nn.Module, shape: Shape) -> int:
    """Return the multiply–adds of one picture: those of convolutions and dense layers, what papers count."""
    if isinstance(layer, SomeMaps):
        return layer.links * prod(layer.kernel_size) * prod(shape[1:])
    if isinstance(layer, nn.Conv2d):
        return prod(shape) * layer.weight[0].numel()
    if isinstance(layer, nn.Linear):
        return layer.weight.numel()
    return 0


def depth(rows: list[Row]) -> int:
    """Return how many layers with weights a picture goes through one after the other; shortcuts are no detour."""
    return sum(row.weighted and not row.shortcut for row in rows)


def table(rows: list[Row], caption: Note, lit: int = -1) -> LayerTable:
    """Return the rows as a picture."""
    numbers = np.array([(row.parameters, row.operations, row.memory) for row in rows], np.int64).reshape(-1, 3)
    return LayerTable(
        tuple(row.name for row in rows), tuple(row.kind for row in rows), tuple(row.shape for row in rows),
        numbers[:, 0].copy(), numbers[:, 1].copy(), numbers[:, 2].copy(), lit, caption,
    )  # fmt: skip
