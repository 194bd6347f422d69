"""What a confusion matrix comes to: shares, precision, recall and F1 of every class, and their means.

In plain numpy, for the window too; the numbers are those of ``sklearn.metrics`` with ``zero_division=0``.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.core.arrays import Floats, Ints, Locked

Average = Literal["macro", "micro", "weighted"]
AVERAGES: tuple[Average, ...] = ("macro", "micro", "weighted")
Shown = Literal["counts", "row", "column"]


@dataclass(frozen=True, eq=False)
class Scores(Locked):
    """The scores of one confusion matrix.

    precision, recall, f1: (classes,), 0 where scikit-learn divides 0 by 0, NaN for a class that neither occurs nor is
    predicted. support: (classes,) rows whose truth is the class. averages: (3, 3), macro, micro and weighted down,
    precision, recall and F1 across. accuracy, balanced_accuracy: NaN for no rows.
    """

    precision: Floats
    recall: Floats
    f1: Floats
    support: Ints
    averages: Floats
    accuracy: float
    balanced_accuracy: float

    def average(self, kind: Average) -> tuple[float, float, float]:
        """Return precision, recall and F1 averaged in one way."""
        precision, recall, f1 = self.averages[AVERAGES.index(kind)].tolist()
        return precision, recall, f1


def counted(truth: Ints, predicted: Ints, n_classes: int) -> Ints:
    """Return how many rows of each class were called each class: (classes, classes), truth down, prediction across."""
    return np.bincount(truth * n_classes + predicted, minlength=n_classes * n_classes).reshape(n_classes, n_classes)


def shares(counts: Ints, of: Shown) -> Floats:
    """Return each cell as a share of its row (what became of a class) or of its column (what a prediction is worth).

    Rows or columns without a count have shares of 0. ``of="counts"`` gives the counts themselves.
    """
    if of == "counts":
        return counts.astype(float)
    return ratio(counts, counts.sum(1, keepdims=True) if of == "row" else counts.sum(0, keepdims=True))


def scores(counts: Ints) -> Scores:
    """Return the scores of a confusion matrix (classes, classes), truth down, prediction across.

    Precision: of what was called the class, how much is it. Recall: of what is the class, how much was called it. F1 is
    their harmonic mean, 2 TP ÷ (predicted + true). Macro: every class counts the same. Weighted: each by its rows.
    Micro: all rows in one pot, which is the accuracy here. Classes that neither occur nor are predicted take no part;
    balanced accuracy is the mean recall of those that occur.
    """
    hits, support, called = np.diag(counts), counts.sum(1), counts.sum(0)
    each = np.stack([ratio(hits, called), ratio(hits, support), ratio(2 * hits, called + support)])
    there, total = (support + called) > 0, int(support.sum())
    accuracy = int(hits.sum()) / total if total else float("nan")
    if total:
        weighted = each @ support / total
        averages = np.stack([each[:, there].mean(1), np.full(3, accuracy), weighted])
    else:
        averages = np.full((3, 3), np.nan)
    balanced = float(each[1, support > 0].mean()) if total else float("nan")
    each[:, ~there] = np.nan
    return Scores(each[0], each[1], each[2], support, averages, accuracy, balanced)


def ratio(over: Floats | Ints, under: Floats | Ints) -> Floats:
    """Return ``over`` ÷ ``under``, 0 where ``under`` is 0."""
    wide = np.broadcast_to(np.asarray(under, float), np.shape(over))
    return np.divide(over, wide, out=np.zeros(np.shape(over)), where=wide != 0)
