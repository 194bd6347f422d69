"""Who lies near whom on the plane: what DBSCAN asks, answered by a k-d tree and by cells as wide as the reach."""

import numpy as np

from engines.core.arrays import Floats, Ints

WIDER = 1 + 1e-6  # than the reach, so that rounding cannot put two near points two cells apart


class Neighbours:
    """Points x (n, 2) that can be asked for the distance to their neighbours and for who is within reach."""

    def __init__(self, x: Floats) -> None:
        from scipy.spatial import cKDTree

        self.x = x
        self._tree_of = cKDTree
        self._tree = cKDTree(x)
        self._cells: Cells | None = None

    def squared_to(self, k: int, rows: slice) -> Floats:
        """Return the squared distance from each of some rows to its k-th nearest point, itself the first; inf for none.

        From the coordinates and not from the tree's square root: on the border a single bit decides.
        """
        asked = self.x[rows]
        if k > len(self.x):
            return np.full(len(asked), np.inf)
        _, found = self._tree.query(asked, k=[k])
        return squared(asked, self.x[found[:, 0]])

    def count(self, row: int, eps: float) -> int:
        """Return how many points are within ``eps`` of a point, itself included."""
        near = self._around(np.array([row]), eps)
        return int(np.sum(squared(self.x[near], self.x[row][None]) <= eps * eps))

    def reached(self, front: Ints, labels: Ints, eps: float) -> Ints:
        """Return the rows without a label that lie within ``eps`` of a point of the front, in the order of the data.

        Only the cells around the front are searched: the work grows with the points there, not with the number of
        pairs, which in dense data would not fit into memory.
        """
        near = self._around(front, eps)
        near = np.sort(near[labels[near] < 0])
        if not len(near):
            return near
        _, found = self._tree_of(self.x[front]).query(self.x[near])
        return near[squared(self.x[near], self.x[front[found]]) <= eps * eps]

    def _around(self, rows: Ints, eps: float) -> Ints:
        if self._cells is None or self._cells.reach != eps:
            self._cells = Cells(self.x, eps)
        return self._cells.around(rows)


class Cells:
    """A grid of cells as wide as the reach: who is near a point is in its own cell or in one of the eight around it."""

    def __init__(self, x: Floats, reach: float) -> None:
        self.reach = reach
        column, row = np.floor((x - x.min(0)) / (reach * WIDER)).astype(np.int64).T
        height = int(row.max()) + 3
        self._cell = column * height + row
        self._beside = (np.arange(-1, 2)[:, None] * height + np.arange(-1, 2)).ravel()
        self._rows = np.argsort(self._cell, kind="stable")
        self._known, self._first = np.unique(self._cell[self._rows], return_index=True)
        self._last = np.append(self._first[1:], len(x))

    def around(self, front: Ints) -> Ints:
        """Return the rows of all points in the cells of some rows and in those beside them."""
        wanted = np.unique(np.unique(self._cell[front])[:, None] + self._beside)
        place = np.searchsorted(self._known, wanted)
        place = place[self._known[np.minimum(place, len(self._known) - 1)] == wanted]
        first, sizes = self._first[place], self._last[place] - self._first[place]
        begins = np.cumsum(sizes) - sizes
        return self._rows[np.arange(sizes.sum()) + np.repeat(first - begins, sizes)]


def squared(a: Floats, b: Floats) -> Floats:
    """Return the squared distances between places, pair by pair: (m,)."""
    difference: Floats = a - b
    across, up = difference[:, 0], difference[:, 1]
    return across * across + up * up
