"""The memory of k nearest neighbours: finds the nearest of the training points, and counts their votes."""

from collections.abc import Callable

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.language import LearnerError
from engines.data.features import Features

POWERS = {"manhattan": 1.0, "euclidean": 2.0, "chebyshev": np.inf}

Found = tuple[Floats, Ints]
Find = Callable[[Floats], Found]


class Memory:
    """The training points of ``features``; ``find`` (m, d) returns the distances and the training rows, (m, k) each."""

    def __init__(self, features: Features, n_neighbors: int, metric: str, weights: str) -> None:
        train = features.train
        if n_neighbors > len(train.x):
            raise LearnerError(
                "There are only {n} training points, and {k} neighbours are to be asked: draw more points, or lower k.",
                n=len(train.x), k=n_neighbors,
            )  # fmt: skip
        self.at = features.at  # what is asked about at a place of the plane
        self.x, self.y, self.index = train.x, train.y, train.index
        self.n_classes = len(features.classes)
        self.k, self.metric, self.weights = n_neighbors, metric, weights
        finder = plane_finder if features.plane else any_finder
        self.find: Find = finder(train.x, n_neighbors, metric)

    def votes(self, found: Found) -> Floats:
        """Return what each class gets: (m, classes)."""
        distances, rows = found
        places = np.arange(len(rows))[:, None] * self.n_classes + self.y[rows]
        weights = vote_weights(distances, self.weights).ravel()
        counted: Floats = np.bincount(places.ravel(), weights, minlength=len(rows) * self.n_classes).astype(float)
        return counted.reshape(len(rows), self.n_classes)

    def probabilities(self, places: Floats) -> Floats:
        """Return the share of the votes of each class at places (m, d): (m, classes)."""
        votes = self.votes(self.find(places))
        return votes / votes.sum(1, keepdims=True)


def plane_finder(x: Floats, k: int, metric: str) -> Find:
    """Return what finds the k nearest of points on the plane: scipy's tree, the quickest there."""
    from scipy.spatial import cKDTree

    tree = cKDTree(x, balanced_tree=False, compact_nodes=False)  # built in half the time, and found in no more

    def find(places: Floats) -> Found:
        distances, rows = tree.query(places, k, p=POWERS[metric])
        return distances.reshape(len(places), k), rows.reshape(len(places), k)

    return find


def any_finder(x: Floats, k: int, metric: str) -> Find:
    """Return what finds the k nearest of rows with any number of columns: scikit-learn's, ties as there."""
    from sklearn.neighbors import NearestNeighbors

    find: Find = NearestNeighbors(n_neighbors=k, metric=metric).fit(x).kneighbors
    return find


def vote_weights(distances: Floats, weights: str) -> Floats:
    """Return how much each neighbour counts: (m, k). Those at the very place (distance 0) outvote all others."""
    if weights == "uniform":
        return np.ones(distances.shape)
    with np.errstate(divide="ignore", over="ignore"):
        weight = 1 / distances
    endless = np.isinf(weight)
    met = endless.any(1)
    weight[met] = endless[met]
    return weight


def distances_to(place: Floats, x: Floats, metric: str) -> Floats:
    """Return how far each row of x (n, d) is from one place (d,): (n,)."""
    apart = np.abs(x - place)
    if metric == "euclidean":
        return np.sqrt((apart**2).sum(1))
    return apart.sum(1) if metric == "manhattan" else apart.max(1)
