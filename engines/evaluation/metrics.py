"""Numbers and the confusion picture for supervised engines, in plain numpy."""

from typing import Protocol

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.data.points import UNLABELLED, Points
from engines.pictures.confusion import Confusion

SMALLEST = 1e-12  # a probability of exactly 0 would cost infinitely much


def cross_entropy(probabilities: Floats, y: Ints) -> float:
    """Return the mean of -ln p(true class): probabilities (n, classes), y (n,); NaN for no rows."""
    if not len(y):
        return float("nan")
    return float(-np.log(np.maximum(probabilities[np.arange(len(y)), y], SMALLEST)).mean())


def accuracy(probabilities: Floats, y: Ints) -> float:
    """Return the share of rows whose likeliest class is the true one; NaN for no rows."""
    return float((probabilities.argmax(1) == y).mean()) if len(y) else float("nan")


class Labelled(Protocol):
    """Points, or Features: rows with a class and a part."""

    @property
    def y(self) -> Ints:
        """The classes: (n,)."""

    @property
    def parts(self) -> Ints:
        """The part of each row: (n,)."""

    @property
    def n_classes(self) -> int:
        """One more than the highest class."""


def confusion(data: Labelled, predicted: Ints) -> Confusion:
    """Return truth against prediction of every labelled row; predicted: (n,) for all rows of ``data``."""
    index = np.flatnonzero(data.y != UNLABELLED)
    names = data.names if isinstance(data, Points) else getattr(data, "classes", ())
    return Confusion(data.y[index], predicted[index], data.parts[index], index, data.n_classes, names)


def macro_f1(predicted: Ints, y: Ints) -> float:
    """Return the mean over the classes present of F1 = 2 TP / (2 TP + FP + FN); NaN for no rows."""
    scores = []
    for value in np.union1d(predicted, y):
        hits = np.sum((predicted == value) & (y == value))
        scores.append(2 * hits / (np.sum(predicted == value) + np.sum(y == value)))
    return float(np.mean(scores)) if scores else float("nan")


def mean_squared_error(predicted: Floats, value: Floats) -> float:
    """Return the mean of (prediction - truth)²; NaN for no rows."""
    return float(((predicted - value) ** 2).mean()) if len(value) else float("nan")


def r2(predicted: Floats, value: Floats) -> float:
    """Return the share of the variance that is explained, 1 - Σ(v - p)² / Σ(v - mean)²; NaN where that is 0 / 0."""
    if not len(value):
        return float("nan")
    spread = float(((value - value.mean()) ** 2).sum())
    return 1 - float(((predicted - value) ** 2).sum()) / spread if spread else float("nan")
