"""What can be done to a stretch of a series: smooth, fill its gaps, raise a part of it softly, lengthen it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.core.arrays import Floats


def along(first: tuple[float, float], last: tuple[float, float]) -> tuple[int, Floats]:
    """Return the first row and the values (m,) of a straight way from (row, value) to (row, value).

    Every whole row on the way gets a value, however far the two lie apart; at least one does.
    """
    if first[0] > last[0]:
        first, last = last, first
    start, stop = round(first[0]), round(last[0])
    rows = np.arange(start, stop + 1)
    values = np.interp(rows, [first[0], last[0]], [first[1], last[1]]) if last[0] > first[0] else np.array([last[1]])
    return start, values


def smoothed(values: Floats, start: int, stop: int, reach: int) -> Floats:
    """Return the rows ``start`` to ``stop`` (exclusive) of values (n,), each the mean of those within ``reach``.

    Gaps take no part and stay gaps.
    """
    low, high = max(0, start - reach), min(len(values), stop + reach + 1)
    piece = values[low:high]
    known = np.isfinite(piece)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, piece, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    at = np.arange(start - low, stop - low)
    begin, end = np.maximum(at - reach, 0), np.minimum(at + reach + 1, len(piece))
    number = counts[end] - counts[begin]
    means = (sums[end] - sums[begin]) / np.maximum(number, 1)
    return np.where(known[at], means, np.nan)


def filled(values: Floats) -> Floats:
    """Return values (n,) with a straight line over every gap; before the first and after the last known one, level.

    Without any known value they stay as they are.
    """
    known = np.isfinite(values)
    if not known.any() or known.all():
        return values
    at = np.arange(len(values))
    made = values.copy()
    made[~known] = np.interp(at[~known], at[known], values[known])
    return made


def hill(centre: float, reach: float, start: int, stop: int) -> Floats:
    """Return how much each row from ``start`` to ``stop`` (exclusive) takes part: 1 at the centre, 0 at the reach."""
    away = np.abs(np.arange(start, stop) - centre) / max(reach, 1e-9)
    return np.where(away < 1, 0.5 + 0.5 * np.cos(np.pi * away), 0.0)


def spread(values: Floats) -> float:
    """Return the standard deviation of what is known in an array of any shape; 1 where there is none."""
    known = values[np.isfinite(values)]
    return (float(known.std()) if len(known) else 0.0) or 1.0


def between(values: Floats, at: int, count: int) -> Floats:
    """Return (count, channels) new rows that lead straight from the row before ``at`` to the one that is there."""
    if not len(values):
        return np.zeros((count, values.shape[1]))
    before, after = values[max(0, at - 1)], values[min(at, len(values) - 1)]
    share = (np.arange(1, count + 1) / (count + 1))[:, None]
    return before + share * (after - before)


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return first and last row (exclusive) of every stretch in which ``mask`` (n,) holds."""
    edges: Any = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
