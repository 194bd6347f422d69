"""A tree of clusters: who merged with whom, in the order of the distances, and what a cut through it gives."""

import numpy as np

from engines.core.arrays import Floats, Ints


class Hierarchy:
    """The tree of n points. Node i < n is point i; node n + m is the m-th merge, the closest first.

    children: (n - 1, 2) nodes; heights: (n - 1,) ascending; sizes: (2n - 1,) points below each node. rows: (n,) the
    points from left to right, so that no branches cross; first: (2n - 1,) where in ``rows`` those of a node begin.
    """

    def __init__(self, pairs: Ints, heights: Floats) -> None:
        order = np.argsort(heights, kind="stable")
        n = len(heights) + 1
        self.heights, self.n = heights[order], n
        self.children, self.sizes = joined(pairs[order])
        first, sizes = [0] * (2 * n - 1), self.sizes.tolist()
        for m, (left, right) in zip(range(n - 2, -1, -1), self.children[::-1].tolist(), strict=True):
            first[left] = first[n + m]
            first[right] = first[n + m] + sizes[left]
        self.first = np.array(first, np.int64)
        self.rows = np.argsort(self.first[:n], kind="stable")

    def members(self, node: int) -> Ints:
        """Return the points below a node."""
        return self.rows[self.first[node] : self.first[node] + self.sizes[node]]

    def count_below(self, height: float) -> int:
        """Return how many clusters there are when all merges below a height have happened."""
        return self.n - int(np.searchsorted(self.heights, height, side="left"))

    def height_of(self, k: int) -> float:
        """Return a height at which a cut leaves k clusters, half way between two merges."""
        last = self.heights[self.n - k - 1] if k < self.n else 0.0
        following = self.heights[self.n - k] if k > 1 else self.top
        return float(last + following) / 2

    @property
    def top(self) -> float:
        """A little above the last merge; 1 where all points lie on one spot."""
        return float(self.heights[-1]) * 1.06 or 1.0

    def labels(self, k: int) -> Ints:
        """Return the cluster of each point (n,) when k are left.

        From the top: where a cluster falls apart the larger part keeps its number and the other has the next. So a
        cluster keeps its number, and its colour, when a cut is moved elsewhere.
        """
        node, labels = 2 * self.n - 2, np.zeros(self.n, np.int64)
        for label in range(1, k):
            left, right = self.children[node - self.n]
            smaller = right if self.sizes[right] <= self.sizes[left] else left
            labels[self.members(int(smaller))] = label
            node -= 1
        return labels


def joined(pairs: Ints) -> tuple[Ints, Ints]:
    """Return the two nodes of each merge (n - 1, 2), the older left, and the sizes of all nodes."""
    n = len(pairs) + 1
    children, sizes = [], [1] * n
    above = list(range(2 * n - 1))
    for node, (a, b) in enumerate(pairs.tolist(), n):
        left, right = sorted((_top(above, a), _top(above, b)))
        children.append((left, right))
        sizes.append(sizes[left] + sizes[right])
        above[left] = above[right] = node
    return np.array(children, np.int64).reshape(-1, 2), np.array(sizes, np.int64)


def _top(above: list[int], node: int) -> int:
    """Return the node that holds this one and is in no other yet; ways that were long are made short."""
    top = node
    while above[top] != top:
        top = above[top]
    while above[node] != top and node != top:
        above[node], node = top, above[node]
    return top
