"""Who passes labels on to whom: the graph over the points, its edges to draw, and what it says of any other place."""

from typing import Any

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.language import LearnerError
from engines.data.features import Features
from engines.pictures.links import Links
from engines.pictures.surface import COLUMNS, ROWS, Area, Surface, area_of, grid

Matrix = Any  # (n, n) float64, an array or a sparse one
MOST_DENSE = 6_000  # points that may all be joined with all: half a gigabyte
SEEN = 6  # nearest points to which an edge is drawn where all are joined
MOST_EDGES = 3_000
PAIRS_A_STEP, POINTS_A_STEP = 2_500_000, 30_000  # that are joined in one go: all with all, or with near neighbours
PAIRS_AT_ONCE = 100_000  # that stay in the processor's cache
SMALLEST = 1e-200  # what a place gets from all points together, below which nobody is near


class Graph:
    """Points x (n, d), joined with their nearest neighbours, or all with all by exp(-gamma d²), some at a time.

    W (n, n), row i of it, says how much point i listens to each point; sparse for neighbours. What a point hears is
    their mean, D⁻¹ W; balanced it is D^-½ W D^-½ without the diagonal: who is listened to by many gives less to each.
    joined: how many points are joined with others already; before all are, nothing can be ``heard``.
    """

    def __init__(self, features: Features, kernel: str, gamma: float, n_neighbors: int, *, balanced: bool) -> None:
        x = features.x
        if kernel == "rbf" and len(x) > MOST_DENSE:
            raise LearnerError(
                "{n} points cannot all be joined with all: take at most {most}, or join only near neighbours.",
                n=len(x), most=MOST_DENSE,
            )  # fmt: skip
        from scipy.spatial import cKDTree

        self.features, self.x, self.kernel, self.gamma = features, x, kernel, gamma
        self.k, self._balanced = min(n_neighbors, len(x)), balanced
        self.joined = 0
        self._tree = cKDTree(x)
        self._near = np.empty((len(x) if kernel == "knn" else 0, self.k), np.int64)
        self._weights: Matrix = np.empty((len(x), len(x)) if kernel == "rbf" else (0, 0))
        self._given, self._taken = np.ones((2, len(x), 1))  # by what a point's voice is multiplied, and what it hears
        self._ends, self._strengths = self._edges()
        self._places: tuple[Area, Ints] | None = None

    def join_more(self) -> bool:
        """Join the next points with others; return whether all are joined now."""
        x, begin = self.x, self.joined
        many = POINTS_A_STEP if self.kernel == "knn" else max(1, PAIRS_A_STEP // len(x))
        self.joined = end = min(len(x), begin + many)
        if self.kernel == "knn":
            self._near[begin:end] = self._tree.query(x[begin:end], np.arange(1, self.k + 1))[1]
        else:
            height = max(1, PAIRS_AT_ONCE // len(x))
            for first in range(begin, end, height):
                rows = slice(first, min(end, first + height))
                apart = [x[rows, axis : axis + 1] - x[:, axis] for axis in range(x.shape[1])]
                self._weights[rows] = np.exp(-self.gamma * sum(along * along for along in apart))
        if end == len(x):
            self._complete()
        return end == len(x)

    def _complete(self) -> None:
        """Put the weights together, and find by what they are multiplied."""
        n = len(self.x)
        if self.kernel == "knn":
            from scipy.sparse import csr_array

            begins = np.arange(0, n * self.k + 1, self.k)
            self._weights = csr_array((np.ones(n * self.k), self._near.ravel(), begins), shape=(n, n))
        if not self._balanced:
            self._taken = 1 / self._weights.sum(axis=1).reshape(n, 1)
            return
        if self.kernel == "knn":
            self._weights.setdiag(0.0)
        else:
            np.fill_diagonal(self._weights, 0.0)
        degree = self._weights.sum(axis=0).reshape(n, 1)
        self._given = self._taken = 1 / np.sqrt(np.where(degree > 0, degree, 1.0))

    def heard(self, shares: Floats) -> Floats:
        """Return what each point hears when these are the shares of all, (n, classes) both."""
        heard: Floats = self._taken * (self._weights @ (self._given * shares))
        return heard

    # Pictures

    def _edges(self) -> tuple[Floats, Floats]:
        """Return edges to draw, of an even choice of points if there are many: from x, y to x, y (m, 4); how strong."""
        seen = min(self.k if self.kernel == "knn" else SEEN, len(self.x))
        rows = np.arange(0, len(self.x), max(1, -(-len(self.x) * seen // MOST_EDGES)))
        _, near = self._tree.query(self.x[rows], np.arange(1, seen + 1))
        pairs = np.stack([np.repeat(rows, seen), near.ravel()], axis=1)
        pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
        self._pairs = pairs
        ends = self.features.places[pairs].reshape(-1, 4)
        squared = ((self.x[pairs[:, 0]] - self.x[pairs[:, 1]]) ** 2).sum(1)
        return ends, np.ones(len(ends)) if self.kernel == "knn" else np.exp(-self.gamma * squared)

    def links(self, labels: Ints) -> Links:
        """Draw the edges; those between two points of one class in its colour."""
        first, second = labels[self._pairs[:, 0]], labels[self._pairs[:, 1]]
        return Links(self._ends, self._strengths, np.where(first == second, first, -1))

    def surface(self, shares: Floats) -> Surface:
        """Draw what a new point at each place would be told by those it listened to; undecided where nobody is near."""
        area = area_of(self.features.places)
        heard = self._heard_by_neighbours(shares, area) if self.kernel == "knn" else self._heard_by_all(shares, area)
        total = heard.sum(0, keepdims=True)
        values = np.where(total > SMALLEST, heard / np.maximum(total, SMALLEST), 1 / len(heard))
        return Surface(values.reshape(-1, ROWS, COLUMNS).astype(np.float32), area)

    def _heard_by_neighbours(self, shares: Floats, area: Area) -> Floats:
        if self._places is None:
            self._places = area, self._tree.query(self.features.at(grid(area)), np.arange(1, self.k + 1))[1]
        heard: Floats = np.sum([shares[near] for near in self._places[1].T], axis=0).T
        return heard

    def _heard_by_all(self, shares: Floats, area: Area) -> Floats:
        """The bell over a grid is a product of one across and one up, so that no place needs all points by itself.

        Added features are further numbers in which a place differs from a point: then every place needs them all.
        """
        if self.features.added:
            return self._heard_one_by_one(shares, self.features.at(grid(area)))
        left, bottom, right, top = area
        xs = left + (np.arange(COLUMNS) + 0.5) * (right - left) / COLUMNS
        ys = bottom + (np.arange(ROWS) + 0.5) * (top - bottom) / ROWS
        across = np.exp(-self.gamma * np.square(self.x[:, :1] - xs))
        up = np.exp(-self.gamma * np.square(self.x[:, 1:] - ys))
        return np.stack([(up.T @ (across * share[:, None])).ravel() for share in shares.T])

    def _heard_one_by_one(self, shares: Floats, places: Floats) -> Floats:
        """Return what places (m, d) hear of all points, some at a time: (classes, m)."""
        heard, height = np.empty((shares.shape[1], len(places))), max(1, PAIRS_AT_ONCE // len(self.x))
        squares = (self.x**2).sum(1)
        for first in range(0, len(places), height):
            some = places[first : first + height]
            apart = (some**2).sum(1)[:, None] + squares - 2 * some @ self.x.T
            heard[:, first : first + height] = (np.exp(-self.gamma * np.maximum(apart, 0)) @ shares).T
        return heard
