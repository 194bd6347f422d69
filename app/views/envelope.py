"""The lowest and highest values of a growing curve, so that a million steps cost as little as a thousand."""

import numpy as np

from engines.core.arrays import Floats, Ints

MOST_BLOCKS = 4096
FARTHEST = 1e300  # beyond this nothing can be drawn, and sums overflow
PROBES = 8  # places looked at to see whether a curve is still the one that was followed


class Envelope:
    """Keeps lowest and highest of blocks of equal length, a power of two that doubles as the curve grows.

    A history only grows, so that each value is looked at once; another history is noticed and read from its beginning.
    """

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self.block = 1
        self.length = 0
        self._low: Floats = np.zeros(0)
        self._high: Floats = np.zeros(0)
        self._last: tuple[Floats, Floats] = (np.zeros(0), np.zeros(0))  # of the block that is not full yet
        self._probed: tuple[Ints, Floats] = (np.zeros(0, int), np.zeros(0))

    def follow(self, values: Floats) -> None:
        """Read what is new in ``values``: (steps,), NaN or infinite where there is nothing to draw."""
        if not self._continues(values):
            self._forget()
        self.length = len(values)
        while self.length // self.block > MOST_BLOCKS:
            self._merge()
        done = len(self._low) * self.block
        whole = (self.length - done) // self.block
        if whole:
            low, high = _ends(values[done : done + whole * self.block].reshape(whole, self.block))
            self._low, self._high = np.append(self._low, low), np.append(self._high, high)
        done += whole * self.block
        self._last = _ends(values[done:].reshape(1, -1)) if done < self.length else (np.zeros(0), np.zeros(0))
        places = np.linspace(0, max(0, self.length - 1), PROBES).astype(int)[: self.length]
        self._probed = places, values[places]

    def _continues(self, values: Floats) -> bool:
        places, seen = self._probed
        return len(values) >= self.length and np.array_equal(values[places], seen, equal_nan=True)

    def _merge(self) -> None:
        """Make one block of two; a last one without a partner is read again."""
        self.block *= 2
        pairs = len(self._low) // 2
        self._low = np.fmin(self._low[: 2 * pairs : 2], self._low[1 : 2 * pairs : 2])
        self._high = np.fmax(self._high[: 2 * pairs : 2], self._high[1 : 2 * pairs : 2])

    @property
    def blocks(self) -> tuple[Ints, Floats, Floats]:
        """First step, lowest and highest value of every block that has any: (blocks,) each."""
        low, high = np.append(self._low, self._last[0]), np.append(self._high, self._last[1])
        known = np.flatnonzero(np.isfinite(low))
        return known * self.block, low[known], high[known]

    def line(self, columns: int) -> tuple[Ints, Floats]:
        """Return steps and values of a line of at most two points a column: its lowest and its highest value there.

        From one column to the next it goes on at the end it has reached, so that it does not run up and down twice.
        """
        starts, low, high = self.blocks
        if self.block == 1 and len(starts) <= 2 * columns:
            return starts, low
        column = starts * columns // max(1, self.length)
        firsts = np.flatnonzero(np.diff(column, prepend=-1))
        ends = np.column_stack([np.minimum.reduceat(low, firsts), np.maximum.reduceat(high, firsts)])
        ends[1::2] = ends[1::2, ::-1]
        return np.repeat(starts[firsts], 2), ends.ravel()


def _ends(rows: Floats) -> tuple[Floats, Floats]:
    """Return lowest and highest of each row (n, block); NaN where a row has none that can be drawn."""
    finite = np.where(np.abs(rows) < FARTHEST, rows, np.nan)
    return np.fmin.reduce(finite, axis=1), np.fmax.reduce(finite, axis=1)


def latest(values: Floats, at: int) -> float:
    """Return the last known value at step ``at`` or before it; NaN when there is none. Infinite is known."""
    end, size = min(at + 1, len(values)), 64
    while end > 0:
        start = max(0, end - size)
        known = np.flatnonzero(~np.isnan(values[start:end]))
        if len(known):
            return float(values[start + known[-1]])
        end, size = start, 4 * size
    return float("nan")
