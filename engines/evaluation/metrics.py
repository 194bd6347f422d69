"""Numbers and the confusion picture for classifiers, in plain numpy."""

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


def confusion(data: Points, predicted: Ints) -> Confusion:
    """Return truth against prediction of every labelled point; predicted: (n,) for all points of ``data``."""
    index = np.flatnonzero(data.y != UNLABELLED)
    return Confusion(data.y[index], predicted[index], data.parts[index], index, data.n_classes)


def macro_f1(predicted: Ints, y: Ints) -> float:
    """Return the mean over the classes present of F1 = 2 TP / (2 TP + FP + FN); NaN for no rows."""
    scores = []
    for value in np.union1d(predicted, y):
        hits = np.sum((predicted == value) & (y == value))
        scores.append(2 * hits / (np.sum(predicted == value) + np.sum(y == value)))
    return float(np.mean(scores)) if scores else float("nan")
