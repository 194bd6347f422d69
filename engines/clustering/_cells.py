"""The means of the points in round windows on the plane, for very many windows at once.

The points are sorted into cells as wide as a window's radius. What is inside a window can only lie in its own cell and
the eight around it; those in one row of cells lie side by side in memory. Windows of one cell ask together.
"""

from collections.abc import Iterator

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.pictures.surface import Area

PAIRS_AT_ONCE = 60_000  # of a window and a point: what stays in the processor's cache
WIDER = 1 + 1e-9  # than the radius, so that rounding puts no near point two cells away
ROWS, COLUMNS = 128, 256  # of the density


class Cells:
    """Points (n, 2), asked again and again for what is within ``radius`` of places."""

    def __init__(self, x: Floats, radius: float) -> None:
        self._radius, self._width = radius, radius * WIDER
        self._low = x.min(0)
        self._stride = int(((x[:, 1] - self._low[1]) // self._width).max()) + 4
        cell = self._cell(x)
        order = np.argsort(cell, kind="stable")
        self._sorted, self._x = cell[order], np.column_stack([x[order], np.ones(len(x))])

    def _cell(self, places: Floats) -> Ints:
        """Return the number of the cell of each place: (m,). Neighbours in y have neighbouring numbers."""
        column, row = ((places - self._low) // self._width).astype(np.int64).T
        return (column + 1) * self._stride + np.clip(row, -1, self._stride - 2) + 1

    def _around(self, cells: Ints) -> tuple[Ints, Ints]:
        """Return where the three runs of points around each cell begin and end among the sorted ones: (m, 3) each."""
        beside = cells[:, None] + np.array([-1, 0, 1]) * self._stride
        return self._sorted.searchsorted(beside - 1), self._sorted.searchsorted(beside + 1, side="right")

    def pairs(self, places: Floats) -> Ints:
        """Return how many points must be looked at for each place: (m,)."""
        first, end = self._around(self._cell(places))
        return (end - first).sum(1)

    def means(self, places: Floats) -> tuple[Floats, Ints]:
        """Return the mean of the points within the radius of each place (m, 2), and how many they are (m,).

        A place with nothing near is its own mean.
        """
        cell = self._cell(places)
        known, place = np.unique(cell, return_inverse=True)
        order = np.argsort(place, kind="stable")
        groups = np.split(order, np.cumsum(np.bincount(place))[:-1])
        totals = np.zeros((len(places), 3))
        for rows, first, end in zip(groups, *self._around(known), strict=True):
            points = np.concatenate([self._x[a:b] for a, b in zip(first, end, strict=True)])
            for some in _parts(rows, len(points)):
                totals[some] = self._sums(places[some], points)
        counts = totals[:, 2]
        return np.where(counts[:, None] > 0, totals[:, :2] / np.maximum(counts, 1)[:, None], places), counts.astype(int)

    def _sums(self, places: Floats, points: Floats) -> Floats:
        """Return Σx₁, Σx₂ and the count of the points (c, 3) within the radius of each place: (m, 3)."""
        squared = places[:, :1] - points[:, 0]
        squared *= squared
        up = places[:, 1:] - points[:, 1]
        up *= up
        squared += up
        sums: Floats = (squared <= self._radius**2).astype(float) @ points
        return sums


def _parts(rows: Ints, points: int) -> Iterator[Ints]:
    """Cut rows into parts of so many that all their pairs with ``points`` fit into the cache."""
    size = max(1, PAIRS_AT_ONCE // max(1, points))
    for first in range(0, len(rows), size):
        yield rows[first : first + size]


def bins(x: Floats, width: float) -> Floats:
    """Return the middles of the squares of ``width`` that hold a point: (m, 2); the points when each has its own."""
    found = np.unique(np.round(x / width), axis=0)
    return x if len(found) == len(x) else found * width


def density(x: Floats, radius: float, area: Area) -> Floats:
    """Return how dense the points lie over the area, (ROWS, COLUMNS) float32, 1 at the densest place.

    Each point adds 1 - (distance / radius)² within its radius: the surface up which the flat window climbs
    (Cheng, 1995). Seen through squares as fine as the picture.
    """
    left, bottom, right, top = area
    spread, _, _ = np.histogram2d(x[:, 1], x[:, 0], (ROWS, COLUMNS), ((bottom, top), (left, right)))
    up = (np.arange(2 * ROWS) + ROWS) % (2 * ROWS) - ROWS  # there is as much empty room beside it: nothing wraps round
    across = (np.arange(2 * COLUMNS) + COLUMNS) % (2 * COLUMNS) - COLUMNS
    squared = (up[:, None] * (top - bottom) / ROWS) ** 2 + (across * (right - left) / COLUMNS) ** 2
    hill = np.maximum(0, 1 - squared / radius**2)
    shape = (2 * ROWS, 2 * COLUMNS)
    heights = np.fft.irfft2(np.fft.rfft2(spread, shape) * np.fft.rfft2(hill), shape)[:ROWS, :COLUMNS]
    return (np.maximum(heights, 0) / heights.max()).astype(np.float32)
