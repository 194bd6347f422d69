"""What a network costs, layer by layer: found by sending shapes without numbers through it (torch's meta device)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import prod

import numpy as np
import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor, nn  # noqa: TID253

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
    net, rows = made(plan).eval(), list[Row]()
    for name, layer in _leaves(net):
        layer.register_forward_hook(_noting(rows, name))
    try:
        net(torch.empty(1, *shape, device="meta"))
    except RuntimeError as error:
        raise LearnerError(
            "Pictures of {side} pixels are too small for this network: after “{name}” nothing is left of them. Enlarge "
            "them.", side=shape[-1], name=rows[-1].name if rows else "",
        ) from error  # fmt: skip
    return rows


def _leaves(net: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    for name, layer in net.named_modules():
        if isinstance(layer, Residual | Plain) or not any(True for _ in layer.children()):
            yield name, layer


def _noting(rows: list[Row], name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
    """Return a hook that writes a row, or adds to the last one."""

    def note(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        shape, own = tuple(output.shape[1:]), sum(item.numel() for item in layer.parameters(recurse=False))
        if isinstance(layer, SomeMaps):
            own -= prod(layer.kernel_size) * (layer.mask.numel() - layer.links)
        if isinstance(layer, Residual):
            _add(rows[-1], say("+ shortcut, ReLU"), 0)
        elif isinstance(layer, Plain):
            _add(rows[-1], AFTER[nn.ReLU], 0)
        elif type(layer) in AFTER:
            if not (isinstance(layer, nn.ReLU) and name.endswith(".relu")):
                _add(rows[-1], AFTER[type(layer)], own)
        elif not isinstance(layer, nn.Flatten):
            memory = BYTES * (own + prod(shape))
            child = name.split(".")[0]
            rows.append(Row(_said(name), child, _kind(layer, inputs[0]), shape, own, _operations(layer, shape), memory,
                            own > 0, ".shortcut." in name))  # fmt: skip

    return note


def _add(row: Row, kind: Note, parameters: int) -> None:
    row.kind = say("{first}, {then}", first=row.kind, then=kind)
    row.parameters += parameters
    row.memory += BYTES * parameters


def _said(name: str) -> str:
    """Return the name of a layer without what only says how it is packed."""
    parts = [part for part in name.split(".") if part not in ("block", "shortcut") and not part.startswith("_")]
    return ".".join(parts)


def _kind(layer: nn.Module, x: Tensor) -> Note:
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
            return say("average of each map") if x.shape[-1] > 1 else say("each map’s one number")
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
