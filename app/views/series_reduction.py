"""A part of a series as a line of at most two points a pixel column, and quick to tell after an edit."""

import numpy as np

from engines.core.arrays import Floats

BLOCK = 256  # rows whose lowest and highest value are remembered
FEW = 2  # rows a column up to which each is drawn


class Reduction:
    """Keeps the lowest and highest value of every block of a series (n,), NaN where there is none.

    ``touch`` reads anew what was edited: a stroke over a million values costs what the stroke is long.
    """

    def __init__(self) -> None:
        self._values: Floats = np.zeros(0)
        self._low: Floats = np.zeros(0)
        self._high: Floats = np.zeros(0)

    def __len__(self) -> int:
        return len(self._values)

    def read(self, values: Floats) -> None:
        """Take a series (n,); it may be changed in place afterwards, if ``touch`` is told where."""
        self._values = values
        blocks = -(-len(values) // BLOCK)
        self._low, self._high = np.full(blocks, np.nan), np.full(blocks, np.nan)
        self.touch(0, len(values))

    def touch(self, start: int, stop: int) -> None:
        """Read the rows ``start`` to ``stop`` (exclusive) anew."""
        first, last = max(0, start // BLOCK), min(len(self._low), -(-stop // BLOCK))
        if first >= last:
            return
        piece = self._values[first * BLOCK : last * BLOCK]
        begins = np.arange(0, len(piece), BLOCK)
        self._low[first:last] = np.fmin.reduceat(piece, begins)
        self._high[first:last] = np.fmax.reduceat(piece, begins)

    @property
    def reach(self) -> tuple[float, float]:
        """The lowest and the highest value; NaN where none is known."""
        if np.isnan(self._low).all():
            return float("nan"), float("nan")
        return float(np.nanmin(self._low)), float(np.nanmax(self._high))

    def line(self, start: int, stop: int, columns: int) -> tuple[Floats, Floats]:
        """Return rows and values of the line from row ``start`` to ``stop`` (exclusive) on so many pixel columns.

        NaN among the values parts the line. The columns are cut at the same rows wherever the view begins, so that
        nothing trembles while it is moved.
        """
        start, stop = max(0, start), min(len(self._values), stop)
        rows = stop - start
        if rows <= FEW * max(1, columns):
            return np.arange(start, max(start, stop), dtype=float), self._values[start:stop]
        width = -(-rows // columns)
        if width >= BLOCK:
            width = -(-width // BLOCK)
            low, high, unit = self._low, self._high, BLOCK
        else:
            low, high, unit = self._values, self._values, 1
        first = start // unit // width * width
        last = -(-stop // unit)
        begins = np.arange(0, last - first, width)
        lows = np.fmin.reduceat(low[first:last], begins)
        highs = np.fmax.reduceat(high[first:last], begins)
        ends = np.column_stack([lows, highs])
        ends[1::2] = ends[1::2, ::-1]  # it goes on at the end it has reached
        at = (first + begins + np.minimum(width, last - first - begins) / 2) * unit
        return np.repeat(at, 2), ends.ravel()
