"""How one number of one map comes about: what it sees, what that is multiplied with, and the sum in words."""

from dataclasses import dataclass, field

import numpy as np
import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor, nn  # noqa: TID253

from engines.core.arrays import Bools, Floats, Ints
from engines.core.language import Note, say
from engines.pictures.map_close_up import Source
from engines.vision._parts import Residual, Subsampling
from engines.vision._passage import INPUT, NORMS, PASSING_ON, Stop, weights_of
from engines.vision._receptive import averaged, sliding

MOST_SOURCES = 8
NOTHING = np.zeros((0, 0, 0), np.float32)
LARGEST_WINDOW = 32  # cells a side that are drawn


@dataclass(frozen=True, eq=False)
class Working:
    """One number being worked out; the fields are those of ``MapCloseUp``."""

    lines: tuple[Note, ...]
    sources: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    n_sources: int = 0
    kind_of_source: tuple[Source, ...] = ()
    patches: Floats = field(default_factory=lambda: NOTHING)
    outside: Bools = field(default_factory=lambda: np.zeros((0, 0), bool))
    kernels: Floats = field(default_factory=lambda: NOTHING)
    sums: Floats = field(default_factory=lambda: np.zeros(0, np.float32))


def worked_out(stops: list[Stop], x: Tensor, place: int, channel: int, at: tuple[int, int]) -> Working:
    """Return how a number of a map of one picture comes about. x: (1, c, h, w) the network's input."""
    stop = stops[place]
    seen, names = _seen(stops, x, stop.sources[0])
    value = float(stop.made.detach()[0][(channel, *at)[: len(stop.shape)]])
    match stop.layer:
        case nn.Conv2d():
            return _convolved(stop.layer, seen, names, channel, at, value)
        case nn.Linear():
            return _dense(stop.layer, seen, names, channel, value)
        case Subsampling() | nn.MaxPool2d() | nn.AvgPool2d() | nn.AdaptiveAvgPool2d():
            return _pooled(stop, seen, names, channel, at, value)
        case Residual():
            before = (x if source == INPUT else stops[source].made for source in stop.sources)
            parts = [float(made.detach()[0][(channel, *at)]) for made in before]
            return Working((
                say("{block:.3g} (the block) + {around:.3g} (the way around it) = {total:.3g}",
                    block=parts[0], around=parts[-1], total=sum(parts)),
                say("ReLU: max(0, {before:.3g}) = {after:.3g}", before=sum(parts), after=value),
            ))  # fmt: skip
    return _bent(stop, float(seen[(channel, *at)[: seen.dim()]]), channel, value)


def _seen(stops: list[Stop], x: Tensor, source: int) -> tuple[Tensor, tuple[Source, ...]]:
    """Return what goes into a layer, as maps where it was maps once, and what they are called."""
    while source != INPUT and isinstance(stops[source].layer, PASSING_ON):
        source = stops[source].sources[0]
    if source != INPUT:
        made = stops[source].made[0].detach()
        kind: Source = "map" if made.dim() == 3 else "unit"
        return made, (kind,) * len(made)
    grey: Source = "grey"
    return x[0].detach(), ("red", "green", "blue") if x.shape[1] == 3 else (grey,) * x.shape[1]


def _convolved(
    layer: nn.Conv2d, seen: Tensor, names: tuple[Source, ...], channel: int, at: tuple[int, int], value: float
) -> Working:
    kernels = weights_of(layer)[channel]
    first = channel // (layer.out_channels // layer.groups) * len(kernels)
    rows, columns = _cells(layer, at, seen.shape[-2:])
    patches, outside = _patches(seen[first : first + len(kernels)], rows, columns)
    bias = _number(layer.bias, channel, 0.0)
    return _multiplied(patches, kernels, outside, first, names, bias, value)


def _dense(layer: nn.Linear, seen: Tensor, names: tuple[Source, ...], channel: int, value: float) -> Working:
    """A unit is a kernel as large as the maps before it."""
    patches = seen if seen.dim() == 3 else seen[:, None, None]
    kernels = layer.weight.detach()[channel].reshape(patches.shape)
    bias = _number(layer.bias, channel, 0.0)
    outside = np.zeros(patches.shape[1:], bool)
    return _multiplied(patches, kernels, outside, 0, names, bias, value)


def _number(numbers: Tensor | None, channel: int, otherwise: float) -> float:
    """Return the number of a map; a layer may have none of the kind."""
    return otherwise if numbers is None else float(numbers.detach()[channel])


def _cells(layer: nn.Module, at: tuple[int, int], size: tuple[int, ...]) -> tuple[Ints, Ints]:
    """Return the rows and the columns of the map before that a window at this place sees, -1 for padding."""
    found = []
    for axis in (0, 1):
        slide = sliding(layer, axis)
        assert slide is not None
        found.append(slide.places(np.array([at[axis]]), size[axis])[0])
    return found[0], found[1]


def _patches(seen: Tensor, rows: Ints, columns: Ints) -> tuple[Tensor, Bools]:
    """Return what a window sees, (channels, rows, columns), 0 in the padding, and which of it is padding."""
    outside = (rows < 0)[:, None] | (columns < 0)[None]
    cut = seen[:, torch.from_numpy(rows.clip(0))][:, :, torch.from_numpy(columns.clip(0))].clone()
    cut[:, torch.from_numpy(outside)] = 0
    return cut, outside


def _multiplied(
    patches: Tensor, kernels: Tensor, outside: Bools, first: int, names: tuple[Source, ...], bias: float, value: float
) -> Working:
    sums = (patches.cpu().double() * kernels.cpu().double()).sum((1, 2)).numpy()
    order = np.argsort(-np.abs(sums), kind="stable")[:MOST_SOURCES]
    count, (rows, columns) = len(sums), outside.shape
    if rows * columns == 1:
        products = say("{count} products add up to {total:.3g}", count=count, total=sums.sum())
    elif count == 1:
        products = say(
            "{rows} × {columns} products add up to {total:.3g}", rows=rows, columns=columns, total=sums.sum()
        )
    else:
        products = say(
            "{count} maps × {rows} × {columns} products add up to {total:.3g}",
            count=count, rows=rows, columns=columns, total=sums.sum(),
        )  # fmt: skip
    biased = say("{total:.3g} + bias {bias:.3g} = {value:.3g}", total=sums.sum(), bias=bias, value=value)
    picked = torch.from_numpy(order)
    return Working(
        (products, biased), order + first, count, tuple(names[first + source] for source in order.tolist()),
        _small(patches[picked]), outside[:LARGEST_WINDOW, :LARGEST_WINDOW], _small(kernels[picked]),
        sums[order].astype(np.float32),
    )  # fmt: skip


def _small(values: Tensor) -> Floats:
    return np.asarray(values[:, :LARGEST_WINDOW, :LARGEST_WINDOW].float().cpu().numpy())


def _pooled(
    stop: Stop, seen: Tensor, names: tuple[Source, ...], channel: int, at: tuple[int, int], value: float
) -> Working:
    layer = stop.layer
    if isinstance(layer, nn.AdaptiveAvgPool2d):
        rows, columns = (averaged(stop.shape[1 + axis], seen.shape[1 + axis])[at[axis]] for axis in (0, 1))
        rows, columns = rows[rows >= 0], columns[columns >= 0]
    else:
        rows, columns = _cells(layer, at, seen.shape[-2:])
    patch, outside = _patches(seen[channel : channel + 1], rows, columns)
    numbers = patch[0][torch.from_numpy(~outside)]
    count = len(numbers)
    if isinstance(layer, nn.MaxPool2d):
        lines = (say("the largest of {count} numbers is {value:.3g}", count=count, value=value),)
    elif isinstance(layer, Subsampling):
        weight, bias, total = (
            float(part.detach()) for part in (layer.weight[channel], layer.bias[channel], numbers.sum())
        )
        lines = (say("{total:.3g} · {weight:.3g} + bias {bias:.3g} = {value:.3g}",
                     total=total, weight=weight, bias=bias, value=value),)  # fmt: skip
    else:
        if isinstance(layer, nn.AvgPool2d) and layer.count_include_pad:
            count = outside.size  # the zeros of the padding count too
        lines = (say("the mean of {count} numbers is {value:.3g}", count=count, value=value),)
    return Working(
        lines, np.array([channel]), len(seen), names[channel : channel + 1], _small(patch),
        outside[:LARGEST_WINDOW, :LARGEST_WINDOW], sums=np.array([value], np.float32),
    )  # fmt: skip


def _bent(stop: Stop, before: float, channel: int, value: float) -> Working:
    """Return what an activation or a norm makes of the number at the same place."""
    layer = stop.layer
    if isinstance(layer, nn.ReLU):
        return Working((say("ReLU: max(0, {before:.3g}) = {after:.3g}", before=before, after=value),))
    if isinstance(layer, NORMS) and layer.running_mean is not None and layer.running_var is not None:
        spread = (float(layer.running_var[channel]) + layer.eps) ** 0.5
        gain, shift = _number(layer.weight, channel, 1.0), _number(layer.bias, channel, 0.0)
        line = say(
            "({before:.3g} − mean {mean:.3g}) / {spread:.3g} · {gain:.3g} + {shift:.3g} = {after:.3g}",
            before=before, mean=float(layer.running_mean[channel]), spread=spread, gain=gain, shift=shift, after=value,
        )  # fmt: skip
        return Working((line,))
    return Working((say("{before:.3g} becomes {after:.3g}", before=before, after=value),))
