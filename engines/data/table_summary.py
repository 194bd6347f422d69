"""What one column looks like at a glance: how its values are spread, how many are missing."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from engines.data.table import MISSING, Column

BINS = 24
BARS = 12  # categories that are drawn one by one
MOST_ROWS = 20_000  # looked at; of longer columns every n-th row


@dataclass(frozen=True, eq=False)
class ColumnSummary:
    """A glance at a column. rows: how many were looked at, ``whole`` when all.

    bars: counts of the bins of a histogram, or of the most frequent categories. labels: of those categories. rest: rows
    of all other categories. low, high, mean: of the numbers. missing: share of the rows looked at, 0 to 1. distinct:
    different values among them.
    """

    rows: int
    whole: bool
    bars: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()
    rest: int = 0
    low: float = 0.0
    high: float = 0.0
    mean: float = 0.0
    missing: float = 0.0
    distinct: int = 0


_known: WeakKeyDictionary[Column, ColumnSummary] = WeakKeyDictionary()


def known_summary(column: Column) -> ColumnSummary | None:
    """Return the summary of a column if it has been found already."""
    return _known.get(column)


def summary_of(column: Column) -> ColumnSummary:
    """Return the summary of a column; found once for each column, within a few milliseconds for any length."""
    if column not in _known:
        _known[column] = _found(column)
    return _known[column]


def _found(column: Column) -> ColumnSummary:
    step = max(1, -(-len(column) // MOST_ROWS))
    values = (column.codes if column.coded else column.numbers)[::step]
    rows, whole = len(values), step == 1
    if not rows:
        return ColumnSummary(0, whole)
    if column.coded:
        there = values[values != MISSING]
        used, counts = np.unique(there, return_counts=True)
        order = np.argsort(-counts, kind="stable")[:BARS]
        bars = tuple(counts[order].tolist())
        labels = tuple(column.labels[code] for code in used[order].tolist())
        return ColumnSummary(rows, whole, bars, labels, len(there) - sum(bars), missing=1 - len(there) / rows,
                             distinct=len(used))  # fmt: skip
    there = values[np.isfinite(values)]
    if not len(there):
        return ColumnSummary(rows, whole, missing=1.0)
    low, high = float(there.min()), float(there.max())
    with np.errstate(all="ignore"):
        scaled = (there / 2 - low / 2) / (high / 2 - low / 2) if high > low else np.full(len(there), 0.5)
        mean = float(there.mean())
    places = np.nan_to_num(scaled * BINS, posinf=BINS).astype(np.int64).clip(0, BINS - 1)
    bars = tuple(np.bincount(places, minlength=BINS).tolist())
    return ColumnSummary(rows, whole, bars, low=low, high=high, mean=mean, missing=1 - len(there) / rows,
                         distinct=len(np.unique(there)))  # fmt: skip
