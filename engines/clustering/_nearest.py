"""Which centre is nearest to each point, when that is asked again and again for centres that move little by little.

The answer is the plain one: every squared distance, the smallest wins, the first of equals. It is only had faster. Far
from the borders nothing can change: when no centre has gone farther than a way w since a point was last looked at, its
margin (how much nearer the nearest centre is than the second nearest) has shrunk by 2 w at most. Only the points whose
margin may be used up are looked at again (Hamerly, "Making k-means even faster", 2010). All is done in blocks of rows
that stay in the processor's cache.
"""

import numpy as np

from engines.core.arrays import Floats, Ints

ROWS = 16_384  # a block
ROUNDING = 1e-9  # of the largest distance: what lies as close to a border as that is looked at anyway


class Nearest:
    """The points x (n, d), and for centres (k, d) asked in turn: the labels, the sums of each group, the inertia.

    labels: (n,) int8, -1 before the first asking; a new array whenever one of them changes. counts, sums: (k,) and
    (k, d), of each group. corners: (2, d), the lowest and the highest coordinates. At most 127 centres.
    """

    def __init__(self, x: Floats) -> None:
        self.x = x
        self._columns = np.ascontiguousarray(x.T)
        self._origin = x.mean(0)
        self.corners = np.stack([self._columns.min(1), self._columns.max(1)])
        middled = zip(self._columns, self._origin, strict=True)
        self._square = sum(float(np.square(column - middle).sum()) for column, middle in middled)
        self._margin = np.zeros(len(x))
        self._way = 0.0  # that the centres have gone at most, all rounds added up
        self._centres: Floats = np.zeros((0, x.shape[1]))
        self.labels: Ints = np.full(len(x), -1, np.int8)
        self.counts: Ints = np.zeros(0, np.int64)
        self.sums: Floats = self._centres

    def assign(self, centres: Floats) -> int:
        """Give each point to its nearest centre; return how many points changed theirs."""
        if centres.shape != self._centres.shape or (self.labels[:1] < 0).any():
            moved = self._assign_all(centres)
        else:
            self._way += float(np.sqrt(((centres - self._centres) ** 2).sum(1)).max())
            moved = self._assign_doubtful(centres)
        self._centres = centres.copy()
        return moved

    def _assign_all(self, centres: Floats) -> int:
        before, self.labels = self.labels, np.empty(len(self.x), np.int8)
        self._way = 0.0
        for first in range(0, len(self.x), ROWS):
            rows = slice(first, first + ROWS)
            self.labels[rows], self._margin[rows] = two_nearest(self._columns[:, rows], centres)
        self.counts, self.sums = self._totals(slice(None), self.labels, len(centres))
        return int(np.count_nonzero(before != self.labels))

    def _assign_doubtful(self, centres: Floats) -> int:
        """Look again only at points whose margin the centres may have used up."""
        reach = max(float(np.abs(centres - corner).max()) for corner in self.corners)
        doubtful = np.flatnonzero(self._margin <= 2 * self._way + ROUNDING * reach)
        changed, groups = [], []
        for first in range(0, len(doubtful), ROWS):
            rows = doubtful[first : first + ROWS]
            labels, margin = two_nearest(self._columns[:, rows], centres)
            self._margin[rows] = margin + 2 * self._way
            new = labels != self.labels[rows]
            changed.append(rows[new])
            groups.append(labels[new])
        rows = np.concatenate(changed) if changed else doubtful
        if len(rows):
            self._move(rows, np.concatenate(groups))
        return len(rows)

    def give(self, rows: Ints, groups: Ints) -> None:
        """Put rows (m,) into other groups (m,), though another centre may be nearer."""
        self._move(rows, groups)
        self._margin[rows] = -np.inf  # so that they are looked at the next time

    def _move(self, rows: Ints, groups: Ints) -> None:
        """Take rows out of their old groups and put them into new ones."""
        counts, sums = self._totals(rows, self.labels[rows], len(self.counts))
        more, added = self._totals(rows, groups, len(self.counts))
        self.counts, self.sums = self.counts - counts + more, self.sums - sums + added
        self.labels = self.labels.copy()  # a picture may hold the old ones
        self.labels[rows] = groups

    def _totals(self, rows: "Ints | slice", labels: Ints, k: int) -> tuple[Ints, Floats]:
        """Return how many of the rows each group has (k,), and their sum (k, d)."""
        groups = labels.astype(np.intp)
        columns = [np.bincount(groups, column[rows], k) for column in self._columns]
        return np.bincount(groups, minlength=k), np.stack(columns, axis=1)

    def inertia(self, centres: Floats) -> float:
        """Return the sum of squared distances from each point to the centre of its group, from the groups' sums.

        Σ |x - c|² = Σ |x|² - 2 c·Σx + n |c|² in each group, all seen from the middle of the points.
        """
        about = centres - self._origin
        sums = self.sums - self.counts[:, None] * self._origin
        return max(0.0, self._square - 2 * float((about * sums).sum()) + float(self.counts @ (about**2).sum(1)))

    def distances(self, centres: Floats) -> Floats:
        """Return the squared distance of each point to the centre of its group: (n,)."""
        squared = np.empty(len(self.x))
        for first in range(0, len(self.x), ROWS):
            rows = slice(first, first + ROWS)
            squared[rows] = ((self.x[rows] - centres[self.labels[rows]]) ** 2).sum(1)
        return squared

    def distance_to(self, place: Floats) -> Floats:
        """Return the squared distance of each point to one place (d,): (n,)."""
        squared = np.empty(len(self.x))
        for first in range(0, len(self.x), ROWS):
            rows = slice(first, first + ROWS)
            squared[rows] = squared_distance(self._columns[:, rows], place)
        return squared


def two_nearest(columns: Floats, centres: Floats) -> tuple[Ints, Floats]:
    """Return of each point the nearest centre (n,) int8, and by how much the second nearest is farther (n,).

    columns: (d, n), the points' coordinates. The margin is infinite where there is one centre only.
    """
    n = columns.shape[1]
    labels = np.zeros(n, np.int8)
    best = squared_distance(columns, centres[0])
    second = np.full(n, np.inf)
    for k in range(1, len(centres)):
        squared = squared_distance(columns, centres[k])
        nearer = squared < best
        np.minimum(second, np.maximum(squared, best), out=second)
        np.copyto(labels, np.int8(k), where=nearer)
        np.minimum(best, squared, out=best)
    return labels, np.sqrt(second) - np.sqrt(best)


def squared_distance(columns: Floats, place: Floats) -> Floats:
    """Return the squared distance of points to one place: columns (d, n), place (d,) -> (n,)."""
    total: Floats = np.square(columns[0] - place[0])
    for column, coordinate in zip(columns[1:], place[1:], strict=True):
        total += np.square(column - coordinate)
    return total
