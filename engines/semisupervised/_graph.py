"""Who passes labels on to whom: the graph over the points, its edges to draw, and what it says of any other place."""

from typing import Any

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.language import LearnerError
from engines.pictures.links import Links
from engines.pictures.surface import COLUMNS, ROWS, Area, Surface, area_of, grid

Matrix = Any  # (n, n) float64, an array or a sparse one
MOST_DENSE = 6_000  # points that may all be joined with all: half a gigabyte
SEEN = 6  # nearest points to which an edge is drawn where all are joined
MOST_EDGES = 3_000
SMALLEST = 1e-200  # what a place gets from all points together, below which nobody is near


class Graph:
    """Points x (n, 2), joined with their nearest neighbours, or all with all by exp(-gamma d²).

    weights: (n, n), row i says how much point i listens to each point, itself included; sparse for neighbours.
    """

    def __init__(self, x: Floats, kernel: str, gamma: float, n_neighbors: int) -> None:
        self.x, self.kernel, self.gamma = x, kernel, gamma
        self.k = min(n_neighbors, len(x))
        from scipy.spatial import cKDTree

        self._tree = cKDTree(x)
        self.weights: Matrix = self._joined() if kernel == "knn" else self._all_joined()
        self._ends, self._strengths = self._edges()
        self._places: tuple[Area, Ints] | None = None

    def _joined(self) -> Matrix:
        from scipy.sparse import csr_array

        n = len(self.x)
        _, near = self._tree.query(self.x, np.arange(1, self.k + 1))
        begins = np.arange(0, n * self.k + 1, self.k)
        return csr_array((np.ones(n * self.k), near.ravel(), begins), shape=(n, n))

    def _all_joined(self) -> Matrix:
        if len(self.x) > MOST_DENSE:
            raise LearnerError(
                "{n} points cannot all be joined with all: take at most {most}, or join only near neighbours.",
                n=len(self.x), most=MOST_DENSE,
            )  # fmt: skip
        joined = np.exp(-self.gamma * np.square(self.x[:, :1] - self.x[:, 0]))
        joined *= np.exp(-self.gamma * np.square(self.x[:, 1:] - self.x[:, 1]))
        return joined

    def averaging(self) -> Matrix:
        """Return the weights with rows that add up to 1, D⁻¹ W: each point takes the mean of those it listens to."""
        rows = np.asarray(self.weights.sum(axis=1)).ravel()
        return self._scaled(1 / rows, np.ones(len(rows)))

    def balanced(self) -> Matrix:
        """Return D^-½ W D^-½ without the diagonal: who is listened to by many gives less to each."""
        own = self.weights.diagonal()
        degree = np.asarray(self.weights.sum(axis=0)).ravel() - own
        root = 1 / np.sqrt(np.where(degree > 0, degree, 1.0))
        scaled = self._scaled(root, root)
        if self.kernel == "knn":
            scaled.setdiag(0.0)
        else:
            np.fill_diagonal(scaled, 0.0)
        return scaled

    def _scaled(self, rows: Floats, columns: Floats) -> Matrix:
        """Return the weights with each row and each column multiplied."""
        if self.kernel == "knn":
            scaled = self.weights.copy()
            scaled.data = scaled.data * np.repeat(rows, self.k) * columns[scaled.indices]
            return scaled
        return rows[:, None] * self.weights * columns

    # Pictures

    def _edges(self) -> tuple[Floats, Floats]:
        """Return edges to draw, of an even choice of points if there are many: from x, y to x, y (m, 4); how strong."""
        seen = min(self.k if self.kernel == "knn" else SEEN, len(self.x))
        rows = np.arange(0, len(self.x), max(1, -(-len(self.x) * seen // MOST_EDGES)))
        _, near = self._tree.query(self.x[rows], np.arange(1, seen + 1))
        pairs = np.stack([np.repeat(rows, seen), near.ravel()], axis=1)
        pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
        self._pairs = pairs
        ends = self.x[pairs].reshape(-1, 4)
        squared = ((ends[:, :2] - ends[:, 2:]) ** 2).sum(1)
        return ends, np.ones(len(ends)) if self.kernel == "knn" else np.exp(-self.gamma * squared)

    def links(self, labels: Ints) -> Links:
        """Draw the edges; those between two points of one class in its colour."""
        first, second = labels[self._pairs[:, 0]], labels[self._pairs[:, 1]]
        return Links(self._ends, self._strengths, np.where(first == second, first, -1))

    def surface(self, shares: Floats) -> Surface:
        """Draw what a new point at each place would be told by those it listened to; undecided where nobody is near."""
        area = area_of(self.x)
        heard = self._heard_by_neighbours(shares, area) if self.kernel == "knn" else self._heard_by_all(shares, area)
        total = heard.sum(0, keepdims=True)
        values = np.where(total > SMALLEST, heard / np.maximum(total, SMALLEST), 1 / len(heard))
        return Surface(values.reshape(-1, ROWS, COLUMNS).astype(np.float32), area)

    def _heard_by_neighbours(self, shares: Floats, area: Area) -> Floats:
        if self._places is None:
            self._places = area, self._tree.query(grid(area), np.arange(1, self.k + 1))[1]
        heard: Floats = np.sum([shares[near] for near in self._places[1].T], axis=0).T
        return heard

    def _heard_by_all(self, shares: Floats, area: Area) -> Floats:
        """The bell over a grid is a product of one across and one up, so that no place needs all points by itself."""
        left, bottom, right, top = area
        xs = left + (np.arange(COLUMNS) + 0.5) * (right - left) / COLUMNS
        ys = bottom + (np.arange(ROWS) + 0.5) * (top - bottom) / ROWS
        across = np.exp(-self.gamma * np.square(self.x[:, :1] - xs))
        up = np.exp(-self.gamma * np.square(self.x[:, 1:] - ys))
        return np.stack([(up.T @ (across * share[:, None])).ravel() for share in shares.T])
