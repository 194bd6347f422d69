"""Sends pictures through a network and listens to what each layer makes of them, without leaving a trace.

Layers are listened to through hooks that are there only meanwhile, so that any network can be opened. Layers that write
into what they are given (an in-place ReLU) are given a copy.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod

import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor, nn  # noqa: TID253

from engines.core.language import Note, say
from engines.vision._learning import Dropout
from engines.vision._parts import Fit, Plain, Residual, SomeMaps, Squash, Subsampling

INPUT = -1
A_NUMBER = 8  # multiply–adds that take as long as a number of an activation or a pooling layer
BLOCKS = (Residual, Plain)
PASSING_ON = (nn.Flatten, nn.Identity, nn.Dropout, nn.Dropout2d, Dropout)  # what changes no number
NORMS = (nn.BatchNorm2d, nn.BatchNorm1d)
SCALING = (*NORMS, nn.LocalResponseNorm)
KINDS: tuple[tuple[type[nn.Module], Note], ...] = (
    (nn.Conv2d, say("conv")), (nn.MaxPool2d, say("max pool")), (nn.AvgPool2d, say("mean pool")),
    (Subsampling, say("mean pool")), (nn.AdaptiveAvgPool2d, say("mean")), (nn.Linear, say("dense")),
    (nn.ReLU, say("ReLU")), (nn.Tanh, say("tanh")), (Squash, say("tanh")), (nn.Sigmoid, say("sigmoid")),
    (nn.BatchNorm2d, say("batch norm")), (nn.BatchNorm1d, say("batch norm")), (nn.LocalResponseNorm, say("norm")),
)  # fmt: skip
MOST_LAYERS = 24  # that are shown


@dataclass(eq=False)
class Stop:
    """One layer that a picture has passed. made: (n, channels, h, w) or (n, units), as the layer made it.

    sources: numbers of the stops whose results go into it, ``INPUT`` for the network's input.
    """

    name: str
    layer: nn.Module
    sources: tuple[int, ...]
    made: Tensor

    @property
    def shape(self) -> tuple[int, ...]:
        """(channels, h, w) or (units,)."""
        return tuple(self.made.shape[1:])

    @property
    def operations(self) -> int:
        """Multiply–adds for one picture, or what takes as long."""
        if isinstance(self.layer, nn.Conv2d):
            return prod(self.shape) * self.layer.weight[0].numel()
        return self.layer.weight.numel() if isinstance(self.layer, nn.Linear) else A_NUMBER * prod(self.shape)


@contextmanager
def untouched(net: nn.Module) -> Iterator[None]:
    """Have every layer work as it does after training, and be as it was when this is over."""
    training = [layer for layer in net.modules() if layer.training]
    net.eval()
    try:
        yield
    finally:
        for layer in training:
            layer.training = True


def passed(net: nn.Module, x: Tensor) -> tuple[Tensor, list[Stop]]:
    """Send pictures (n, c, h, w) through; return the scores and the stops in the order of passing."""
    stops: list[Stop] = []
    known, kept = {id(x): INPUT}, [x]  # what is kept alive keeps its id

    def listening(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], Tensor | None]:
        def hear(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor | None:
            source = known.get(id(inputs[0]))
            if isinstance(layer, Residual):
                sources = _into_block(stops, name, source)
            elif source is None or (isinstance(layer, BLOCKS) and id(output) in known):
                return None
            else:
                sources = (source,)
            stops.append(Stop(name, layer, sources, output))
            copy = output.clone()
            known[id(copy)] = len(stops) - 1
            kept.append(copy)
            return copy

        return hear

    hooks = [layer.register_forward_hook(listening(name)) for name, layer in _layers(net)]
    try:
        return net(x), stops
    finally:
        for hook in hooks:
            hook.remove()


def _layers(net: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """Return what has no parts, and blocks as a whole."""
    for name, layer in net.named_modules():
        if isinstance(layer, BLOCKS) or not any(True for _ in layer.children()):
            yield name, layer


def _into_block(stops: list[Stop], name: str, source: int | None) -> tuple[int, ...]:
    """Return the last stop within the block and the last on the way around it."""
    ends = {way: place for place, stop in enumerate(stops) for way in ("block", "shortcut")
            if stop.name.startswith(f"{name}.{way}.")}  # fmt: skip
    around = ends.get("shortcut", source)
    return tuple(end for end in (ends.get("block"), around) if end is not None)


class _Enough(Exception):  # noqa: N818 - no error: the rest of the way is not needed
    """The layer that was waited for has been passed."""


def made_by(net: nn.Module, x: Tensor, wanted: Stop, again: int = 0) -> Tensor:
    """Return what one layer makes of pictures, and stop there. again: how often it was passed before."""
    found: list[Tensor] = []

    def hear(_: nn.Module, __: tuple[Tensor, ...], output: Tensor) -> None:
        found.append(output.clone())
        if len(found) > again:
            raise _Enough

    hook = wanted.layer.register_forward_hook(hear)
    try:
        with torch.no_grad():
            net(x)
    except _Enough:
        pass
    finally:
        hook.remove()
    return found[-1]


def shown(stops: list[Stop]) -> list[int]:
    """Return which stops are worth a row: all that make something new; of many, fewer.

    Of a deep network first the norms are left out, then what is inside residual blocks, then the middle.
    """
    rows = [place for place, stop in enumerate(stops) if not isinstance(stop.layer, (*PASSING_ON, Fit))]
    if len(rows) > MOST_LAYERS:
        rows = [place for place in rows if not isinstance(stops[place].layer, SCALING)]
    if len(rows) > MOST_LAYERS:
        inside = tuple(f"{stop.name}." for stop in stops if isinstance(stop.layer, BLOCKS))
        rows = [place for place in rows if not (inside and stops[place].name.startswith(inside))]
    return rows if len(rows) <= MOST_LAYERS else [*rows[: MOST_LAYERS // 2], *rows[-MOST_LAYERS // 2 :]]


def labels(stops: list[Stop]) -> list[Note]:
    """Return a short name for each stop: its own, or its kind with the layer before it, or with a number."""
    said: list[Note] = []
    counts: dict[str, int] = {}
    own = ""
    for stop in stops:
        kind = next((words for type_, words in KINDS if isinstance(stop.layer, type_)), say(type(stop.layer).__name__))
        parts = [part for part in stop.name.split(".") if not (_packing(part) or part.isdigit())]
        name, last = ".".join(parts), stop.name.split(".")[-1]
        own = name or own
        if name and not (_packing(last) or last.isdigit()):
            said.append(say("{name}", name=name))
        elif own:
            said.append(say("{layer} · {kind}", layer=own, kind=kind))
        else:
            counts[kind.text] = counts.get(kind.text, 0) + 1
            said.append(say("{kind} {number}", kind=kind, number=counts[kind.text]))
    return said


def _packing(part: str) -> bool:
    """Whether a part of a name only says how a layer is packed."""
    return part in ("block", "shortcut") or part.startswith("_")


def weights_of(layer: nn.Conv2d) -> Tensor:
    """Return the kernels (out, in / groups, rows, columns) that a convolution multiplies with."""
    weight = layer.weight.detach()
    return weight * layer.mask if isinstance(layer, SomeMaps) else weight
