"""Where in the picture a number of a map looks: its receptive field, worked out from window to window.

The arithmetic of Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, but for each place of
a map on its own, so that padding and the edges of the picture are exact.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor, nn  # noqa: TID253

from engines.core.arrays import Floats, Ints
from engines.vision._parts import Fit, Subsampling
from engines.vision._passage import INPUT, Stop

SMALLEST_SHARE = 1e-3  # of what one row gives to another: less is rounding


@dataclass(frozen=True, eq=False)
class Reach:
    """For each place along one side of a map, the first and the last pixel that it depends on: (places,) each.

    Where it depends on none, ``last`` is before ``first``.
    """

    first: Ints
    last: Ints

    @staticmethod
    def of(side: int) -> "Reach":
        """Return the reach of the pixels themselves."""
        return Reach(np.arange(side), np.arange(side))

    def over(self, places: Ints) -> "Reach":
        """Return the reach of windows over this map; places: (windows, cells) that each sees, -1 for padding."""
        seen = places >= 0
        far = int(self.last.max(initial=0)) + 1
        first = np.where(seen, self.first[places], far).min(1)
        last = np.where(seen, self.last[places], -1).max(1)
        return Reach(first, last)

    def whole(self) -> "Reach":
        """Return the reach of one place that sees all."""
        return Reach(self.first.min(keepdims=True), self.last.max(keepdims=True))

    def with_other(self, other: "Reach") -> "Reach":
        """Return the reach of the sum of two maps."""
        return Reach(np.minimum(self.first, other.first), np.maximum(self.last, other.last))


@dataclass(frozen=True)
class Sliding:
    """A window along one side."""

    size: int
    stride: int
    padding: int
    dilation: int

    def places(self, window: Ints, side: int) -> Ints:
        """Return the cells that windows (m,) see of a side of so many: (m, size), -1 for padding."""
        cells = window[:, None] * self.stride - self.padding + self.dilation * np.arange(self.size)[None]
        return np.where((cells >= 0) & (cells < side), cells, -1)


def sliding(layer: nn.Module, axis: int) -> Sliding | None:
    """Return how the window of a layer slides along one axis (0 down, 1 across); None for a layer without a window."""
    if isinstance(layer, Subsampling):
        return Sliding(2, 2, 0, 1)
    if not isinstance(layer, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
        return None
    size, stride, dilation = (_along(getattr(layer, name, 1), axis) for name in ("kernel_size", "stride", "dilation"))
    padding = layer.padding
    if isinstance(padding, str):
        padding = 0 if padding == "valid" else dilation * (size - 1) // 2
    return Sliding(size, stride, _along(padding, axis), dilation)


def _along(value: int | tuple[int, ...], axis: int) -> int:
    return value[axis] if isinstance(value, tuple) else value


def reaches(stops: list[Stop], shape: tuple[int, ...], axis: int) -> list[Reach]:
    """Return for each stop the reach along one axis in pixels of the network's input, (channels, h, w)."""
    side = shape[1 + axis]
    found: dict[int, Reach] = {INPUT: Reach.of(side)}
    for place, stop in enumerate(stops):
        before = found[stop.sources[0]]
        for source in stop.sources[1:]:
            before = before.with_other(found[source])
        found[place] = _after(stop, before, axis)
    return [found[place] for place in range(len(stops))]


def _after(stop: Stop, before: Reach, axis: int) -> Reach:
    if len(stop.shape) != 3:
        return before.whole()
    count, side = stop.shape[1 + axis], len(before.first)
    slide = sliding(stop.layer, axis)
    if slide is not None:
        return before.over(slide.places(np.arange(count), side))
    if isinstance(stop.layer, nn.AdaptiveAvgPool2d):
        return before.over(averaged(count, side))
    if isinstance(stop.layer, Fit):
        return before.over(_touched(shares(_through(stop.layer), (side, side), axis)))
    return before if count == side else before.over(np.tile(np.arange(side), (count, 1)))


def averaged(count: int, side: int) -> Ints:
    """Return which cells each of ``count`` places of an adaptive mean sees: (count, most), -1 for none."""
    first, end = np.arange(count) * side // count, -(-(np.arange(count) + 1) * side // count)
    cells = first[:, None] + np.arange(int((end - first).max()))[None]
    return np.where(cells < end[:, None], cells, -1)


def shares(enter: Callable[[Ints], Tensor], shape: tuple[int, ...], axis: int) -> Floats:
    """Return how much each row (axis 0) or column of pictures gives to those of what is made of them: (after, before).

    enter: scales, cuts or frames pictures (n, *shape) uint8, rows and columns apart; returns (n, channels, h, w). Few
    pictures tell it: one that gets brighter from row to row tells about where a result comes from, and combs of bright
    rows, far enough apart not to be mixed up, how much each of the rows there gives.
    """
    side = shape[axis]
    rows = np.arange(side)
    after = enter(np.zeros((1, *shape), np.uint8)).shape[2 + axis]
    combs = min(side, 4 * -(-side // after) + 8)
    lines = np.stack([0 * rows, 255 + 0 * rows, rows * 255 // max(1, side - 1),
                      *(255 * (rows % combs == comb) for comb in range(combs))]).astype(np.uint8)  # fmt: skip
    base, full, ramp, *answers = _answers(enter, lines, shape, axis)
    found, span = np.zeros((after, side)), full - base
    seen = np.abs(span) > SMALLEST_SHARE * max(1e-12, float(np.abs(span).max()))
    whole = np.where(seen, span, 1.0)
    about = np.where(seen, (ramp - base) / whole, 0.0) * (side - 1)
    for comb, answer in enumerate(answers):
        nearest = comb + combs * np.rint((about - comb) / combs).astype(int)
        inside = seen & (nearest >= 0) & (nearest < side)
        found[inside, nearest[inside]] = np.abs((answer - base) / whole)[inside]
    return found


def _answers(enter: Callable[[Ints], Tensor], lines: Ints, shape: tuple[int, ...], axis: int) -> list[Floats]:
    """Return for pictures whose rows (columns) are as bright as these, (n, side), the sum of each row made of them."""
    found = []
    for line in lines:
        picture = np.zeros((1, *shape), np.uint8)
        np.moveaxis(picture, 1 + axis, -1)[...] = line
        found.append(enter(picture).cpu().double().sum((0, 1, 3 - axis)).numpy())
    return found


def _through(layer: Fit) -> Callable[[Ints], Tensor]:
    """Return the layer as something that takes grey pictures."""
    return lambda pixels: layer(torch.from_numpy(pixels)[:, None].float() / 255)


def _touched(weights: Floats) -> Ints:
    """Return which cells each place depends on: (after, before), -1 for those that it does not."""
    counted = weights > SMALLEST_SHARE * max(1e-12, weights.max(initial=0))
    return np.where(counted, np.arange(weights.shape[1])[None], -1)


class Entrance:
    """How the pixels of a picture become a network's input: by scaling, cutting off, framing; down and across apart.

    down: (input rows, picture rows), across: (input columns, picture columns): how much each pixel gives.
    """

    def __init__(self, enter: Callable[[Ints], Tensor], pixels: Ints) -> None:
        (height, width), colours = pixels.shape[:2], pixels.shape[2:]
        # Strips of two pixels will do: rows and columns do not depend on each other.
        self.down, self.across = shares(enter, (height, 2, *colours), 0), shares(enter, (2, width, *colours), 1)
        self._rows, self._columns = (Reach.of(way.shape[1]).over(_touched(way)) for way in (self.down, self.across))

    def frame(self, rows: Reach, columns: Reach, row: int, column: int) -> tuple[int, int, int, int]:
        """Return top, left, bottom, right of what a place with this reach depends on, in pixels of the picture."""
        edges = [self._edge(reach, place, entering)
                 for reach, place, entering in ((rows, row, self._rows), (columns, column, self._columns))]  # fmt: skip
        (top, bottom), (left, right) = edges
        return top, left, bottom, right

    def _edge(self, reach: Reach, place: int, entering: Reach) -> tuple[int, int]:
        first, last = int(reach.first[place]), int(reach.last[place])
        if last < first:
            return 0, 0
        inside = slice(first, last + 1)
        begin, end = int(entering.first[inside].min()), int(entering.last[inside].max()) + 1
        return (begin, end) if end > begin else (0, 0)

    def back(self, slope: Floats) -> Floats:
        """Send a gradient with respect to the input, (c, h, w), back to the pixels; up to a factor."""
        return np.asarray(self.down.T @ slope @ self.across)

    def spread(self, heat: Floats) -> Floats:
        """Bring a map as large as the input, (h, w), over the picture: each pixel gets the mean of what it gives to."""
        given = self.down.T @ heat @ self.across
        weight = self.down.sum(0)[:, None] * self.across.sum(0)[None]
        return np.asarray(np.divide(given, weight, out=np.zeros_like(given), where=weight > 1e-12))
