"""The best threshold of every column at once, from one walk along each column in ascending order.

Behind every row of that walk one may cut. The classes counted so far are those of the left side, the rest are those of
the right, so that the impurity after each cut is known without looking at any row a second time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engines.core.arrays import Bools, Floats, Ints

AT_ONCE = 1 << 16  # numbers that are worked on together: they fit into the processor's cache


@dataclass(frozen=True)
class Cuts:
    """The best cut of each column: threshold, and the impurity of both sides after it, weighted by their rows.

    thresholds, after: (d,), NaN and infinity where a column cannot be cut.
    """

    thresholds: Floats
    after: Floats

    @property
    def best(self) -> int:
        """The column of the best cut; of equally good ones the first."""
        return int(self.after.argmin())

    @property
    def possible(self) -> bool:
        """Whether any column can be cut."""
        return bool(np.isfinite(self.after).any())


def impurity(counts: Floats, criterion: str) -> float:
    """Return Gini's impurity 1 - Σ p² or the entropy -Σ p log₂ p of the classes counted: (classes,)."""
    share = counts / counts.sum()
    if criterion == "gini":
        return float(1 - (share**2).sum())
    share = share[share > 0]
    return float(-(share * np.log2(share)).sum()) + 0.0  # no minus zero


def best_cuts(columns: Floats, target: Floats | Ints, orders: Ints, criterion: str, least: int) -> Cuts:
    """Return the best cut of each column among the rows of one node.

    columns: (d, all rows). target: (all rows,) class or number. orders: (d, n), the rows of the node in the ascending
    order of each column. criterion: gini, entropy or squared_error. least: rows on either side. A threshold lies in the
    middle between two values; of equally good ones the lowest is taken.
    """
    d, n = orders.shape
    thresholds, after = np.full(d, np.nan), np.full(d, np.inf)
    if n < 2 * least:
        return Cuts(thresholds, after)
    height = max(1, AT_ONCE // n)
    for first in range(0, d, height):
        block = orders[first : first + height]
        begins = np.arange(first, first + len(block)) * columns.shape[1]  # of the columns, one behind the other
        x = columns.take(block + begins[:, None])
        allowed = x[:, 1:] > x[:, :-1]
        allowed[:, : least - 1] = False
        allowed[:, n - least :] = False
        found = np.where(allowed, impurities_after(target.take(block), criterion), np.inf)
        places = found.argmin(1)
        here = np.arange(len(block))
        after[first : first + height] = found[here, places]
        thresholds[first : first + height] = between(x[here, places], x[here, places + 1])
    return Cuts(np.where(np.isfinite(after), thresholds, np.nan), after)


def between(low: Floats, high: Floats) -> Floats:
    """Return the middle; the lower one where there is no number in the middle."""
    middle = low / 2 + high / 2
    return np.where(middle < high, middle, low)


def impurities_after(target: Floats | Ints, criterion: str) -> Floats:
    """Return the impurity after a cut behind each row but the last: (columns, n - 1).

    target: (columns, n) the class or number of each row in the order of each column.
    """
    n = target.shape[1]
    left = np.arange(1.0, n)
    if criterion == "squared_error":
        return _squared_errors(target, left)
    classes = np.asarray(target, np.int64)
    if criterion == "entropy":
        return _entropies(classes)
    total = np.zeros((len(target), n - 1))
    for counts in _classes_so_far(classes):
        on_left, on_right = counts[:, :-1], counts[:, -1:] - counts[:, :-1]
        total += on_left * on_left / left + on_right * on_right / left[::-1]
    return np.maximum(1 - total / n, 0)


def _classes_so_far(target: Ints) -> Iterator[Ints]:
    """Yield of each class how many rows of it there are up to each place: (columns, n). The last is what is left."""
    rest = np.broadcast_to(np.arange(1, target.shape[1] + 1), target.shape)
    for value in range(int(target[0].max())):
        counts = np.cumsum(target == value, axis=1, dtype=np.int64)
        rest = rest - counts
        yield counts
    yield rest


def _entropies(target: Ints) -> Floats:
    """Return (Σ m log₂ m of both sides - Σ k log₂ k of their classes) / n: what is looked up depends on k alone."""
    n = target.shape[1]
    table, total = x_log_x(n.bit_length()), np.zeros(target.shape)
    for counts in _classes_so_far(target):
        everyone = int(counts[0, -1])
        total += (table[: everyone + 1] + table[everyone::-1]).take(counts)  # of k on the left, the others on the right
    return np.maximum((table[1:n] + table[n - 1 : 0 : -1] - total[:, :-1]) / n, 0)


def _squared_errors(target: Floats | Ints, left: Floats) -> Floats:
    """Return the mean squared distance from the mean of one's side. Σ(v - mean)² = Σv² - (Σv)²/n on either side."""
    numbers = target - float(target[0].mean())  # near 0, so that no digits are lost in the squares
    sums = np.cumsum(numbers, axis=1)
    on_left, on_right = sums[:, :-1], sums[:, -1:] - sums[:, :-1]
    squares = (numbers[0] ** 2).sum()
    return np.asarray(np.maximum((squares - on_left**2 / left - on_right**2 / left[::-1]) / len(numbers[0]), 0))


@lru_cache(maxsize=32)
def x_log_x(bits: int) -> Floats:
    """Return k log₂ k for all k of so many binary digits: looked up many times, reckoned once."""
    k = np.arange(2.0**bits)
    k[1:] *= np.log2(k[1:])
    return k


def parted(orders: Ints, goes_left: Bools) -> tuple[Ints, Ints]:
    """Return the orders of both sides, each still ascending: (d, left) and (d, right). goes_left: (all rows,)."""
    mask = goes_left.take(orders).ravel()
    flat, d = orders.ravel(), len(orders)
    return flat.take(np.flatnonzero(mask)).reshape(d, -1), flat.take(np.flatnonzero(~mask)).reshape(d, -1)
