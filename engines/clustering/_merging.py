"""Which two clusters merge when: nearest-neighbour chains for three linkages, a spanning tree for the fourth.

Murtagh, "A survey of recent advances in hierarchical clustering algorithms", 1983, for the chains: follow each cluster
to its nearest until two are each other's nearest; those may merge at once, wherever else smaller distances are, and the
merges sorted by distance are those of the textbook, which always takes the closest pair of all. Where distances are
equal the order is that of scipy's ``linkage``, which scikit-learn uses.
"""

import numpy as np

from engines.core.arrays import Floats
from engines.core.language import LearnerError

MOST = 15_000  # points: their table of distances takes 1.8 GB
MOST_WITHOUT_TABLE = 100_000
DISTANCES_AT_ONCE, IN_CACHE, MOVED_AT_ONCE = 2_000_000, 20_000, 10_000_000


class Merging:
    """Finds the n - 1 merges of points x (n, 2), some at a time, so that a person can stop it.

    pairs: (n - 1, 2) rows of two points that stand for the two clusters; heights: (n - 1,); not sorted, as far as they
    are ``found``. ready: how many rows of the table of distances are filled in.
    """

    def __init__(self, x: Floats, linkage: str) -> None:
        single, n = linkage == "single", len(x)
        most = MOST_WITHOUT_TABLE if single else MOST
        try:
            self._table = np.empty((0, 0) if single or n > most else (n, n))
        except MemoryError:
            most = n // 2
        if n > most:
            raise LearnerError(
                "{n} points have {pairs} pairs, too many for merging one by one: take at most {most} points.",
                n=n, pairs=n * (n - 1) // 2, most=most,
            )  # fmt: skip
        self.x, self.linkage = x, linkage
        self.pairs, self.heights = np.zeros((n - 1, 2), np.int64), np.zeros(n - 1)
        self.found = 0
        self.ready = n if single else 0  # single linkage gets by without the table
        self._names = np.arange(n)  # the point that stands for the cluster of each row of the table
        self._sizes = np.ones(n)
        self._chain: list[int] = []
        self._first = 0
        self._alive = np.zeros(0, np.int64)  # rows of the table that are kept while it shrinks
        self._moved = 0  # how many of them have their new place
        self._outside = x.copy()  # inf once in the spanning tree
        self._nearest = np.full(n, np.inf)  # from the tree to each point outside
        self._newest = 0

    def measure(self) -> None:
        """Fill in some more rows of the table of distances, a few at a time that fit into the processor's cache."""
        x, few = self.x, max(1, IN_CACHE // len(self.x))
        for begin in range(self.ready, min(len(x), self.ready + max(1, DISTANCES_AT_ONCE // len(x))), few):
            rows = slice(begin, min(len(x), begin + few))
            self._table[rows] = distances(x[rows, :1] - x[:, 0], x[rows, 1:] - x[:, 1])
            self.ready = rows.stop
            self._table[np.arange(begin, self.ready), np.arange(begin, self.ready)] = np.inf

    def find(self, most: int) -> None:
        """Find at most so many merges more."""
        for _ in range(min(most, len(self.heights) - self.found)):
            if len(self._alive) and not self._shrink():
                return
            self._grow_tree() if self.linkage == "single" else self._follow_chain()
            self.found += 1

    def _grow_tree(self) -> None:
        """Prim: the point nearest to the tree joins it; the edges are the merges of single linkage."""
        at = self._outside[self._newest].copy()
        self._outside[self._newest] = self._nearest[self._newest] = np.inf
        nearest = np.minimum(self._nearest, distances(*(self._outside - at).T), out=self._nearest)
        joining = int(np.argmin(nearest))
        self._note(self._newest, joining, float(nearest[joining]))
        self._newest = joining

    def _follow_chain(self) -> None:
        """Go to the nearest of the nearest … until two are each other's, and merge these."""
        table, chain = self._table, self._chain
        if not chain:
            while not self._sizes[self._first]:
                self._first += 1
            chain.append(self._first)
        while True:
            row = table[chain[-1]]
            nearest = int(row.argmin())
            if len(chain) > 1 and row[chain[-2]] <= row[nearest]:
                break
            chain.append(nearest)
        gone, kept = sorted((chain.pop(), chain.pop()))
        self._note(int(self._names[gone]), int(self._names[kept]), float(table[gone, kept]))
        row = self._updated(gone, kept)
        table[kept], table[:, kept] = row, row
        table[gone], table[:, gone] = np.inf, np.inf
        table[kept, kept] = np.inf
        self._sizes[kept] += self._sizes[gone]
        self._sizes[gone] = 0
        if len(table) > 2 * (len(self.heights) - self.found):
            self._alive, self._moved = np.flatnonzero(self._sizes), 0

    def _shrink(self) -> bool:
        """Leave the rows of clusters that are gone out of the table: what is left is gone through faster.

        Some rows at a time; whether all have moved. A row comes to lie where only rows were that have moved already.
        """
        alive, n, m = self._alive, len(self._table), len(self._alive)
        numbers, done = self._table.ravel(), min(m, self._moved + max(1, MOVED_AT_ONCE // n))
        for new, old in enumerate(alive[self._moved : done].tolist(), self._moved):
            numbers[new * m : new * m + m] = numbers[old * n : old * n + n].take(alive)
        self._moved = done
        if done < m:
            return False
        self._table = numbers[: m * m].reshape(m, m)
        self._chain = np.searchsorted(alive, self._chain).tolist()
        self._names, self._sizes, self._first = self._names[alive], self._sizes[alive], 0
        self._alive = alive[:0]
        return True

    def _updated(self, a: int, b: int) -> Floats:
        """Return the distances of the union of a and b to all clusters (Lance and Williams, 1967): (n,)."""
        to_a, to_b = self._table[a], self._table[b]
        if self.linkage == "complete":
            return np.maximum(to_a, to_b)
        size_a, size_b, sizes = self._sizes[a], self._sizes[b], self._sizes
        if self.linkage == "average":
            return (size_a * to_a + size_b * to_b) / (size_a + size_b)
        between, share = self._table[a, b], 1 / (size_a + size_b + sizes)
        squares = (sizes + size_a) * share * to_a * to_a + (sizes + size_b) * share * to_b * to_b
        ward: Floats = np.sqrt(squares - sizes * share * between * between)
        return ward

    def _note(self, a: int, b: int, height: float) -> None:
        self.pairs[self.found], self.heights[self.found] = (a, b), height


def distances(across: Floats, up: Floats) -> Floats:
    """Return the lengths of differences on the plane."""
    lengths: Floats = np.sqrt(across * across + up * up)
    return lengths
