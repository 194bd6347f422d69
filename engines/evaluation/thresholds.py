"""All thresholds at once: whoever scores at least the threshold is called positive.

Fawcett, "An introduction to ROC analysis", 2006. The numbers are those of scikit-learn's roc_curve,
precision_recall_curve, auc and average_precision_score.
"""

from dataclasses import dataclass

import numpy as np

from engines.core.arrays import Bools, Floats, Ints, Locked
from engines.evaluation.scores import ratio


@dataclass(frozen=True, eq=False)
class Walk(Locked):
    """What comes of every threshold that makes a difference, from the highest, above all scores, to the lowest.

    thresholds: (t,) descending, the first infinite: nobody is called positive. hits, false_alarms: (t,) rows that are
    rightly and wrongly called positive. positives, negatives: how many there are in truth.
    """

    thresholds: Floats
    hits: Ints
    false_alarms: Ints
    positives: int
    negatives: int

    def __len__(self) -> int:
        return len(self.thresholds)

    @property
    def recall(self) -> Floats:
        """Of the positives, how many are found: (t,)."""
        return ratio(self.hits, np.full(len(self), self.positives))

    @property
    def false_positive_rate(self) -> Floats:
        """Of the negatives, how many raise a false alarm: (t,)."""
        return ratio(self.false_alarms, np.full(len(self), self.negatives))

    @property
    def precision(self) -> Floats:
        """Of those called positive, how many are: (t,); 1 where nobody is called so, as the curve is usually drawn."""
        called = self.hits + self.false_alarms
        return np.where(called > 0, ratio(self.hits, called), 1.0)

    @property
    def accuracy(self) -> Floats:
        """Of all rows, how many are called what they are: (t,)."""
        return (self.hits + self.negatives - self.false_alarms) / (self.positives + self.negatives)

    @property
    def roc_auc(self) -> float:
        """The area under recall against false positive rate: the chance that a positive outscores a negative."""
        return float(np.trapezoid(self.recall, self.false_positive_rate))

    @property
    def average_precision(self) -> float:
        """The area under the steps of precision against recall."""
        return float((np.diff(self.recall) * self.precision[1:]).sum())

    def costs(self, of_false_alarm: float, of_miss: float) -> Floats:
        """Return what a row costs on average: (t,)."""
        misses = self.positives - self.hits
        return (of_false_alarm * self.false_alarms + of_miss * misses) / (self.positives + self.negatives)

    def at(self, threshold: float) -> int:
        """Return the place in the walk of what a threshold does."""
        return int(np.searchsorted(-self.thresholds, -threshold, side="right")) - 1

    def settings(self) -> Floats:
        """Return a threshold from 0 to 1 for each place, halfway to the next lower score: (t,) descending.

        Scores must be from 0 to 1. The first is infinite where a score of 1 leaves no room above it.
        """
        first = (1 + self.thresholds[1]) / 2 if self.thresholds[1] < 1 else np.inf
        return np.concatenate([[first], (self.thresholds[1:] + np.append(self.thresholds[2:], 0.0)) / 2])


def walk(scores: Floats, positive: Bools) -> Walk:
    """Return what comes of every threshold: scores (m,), positive (m,) the truth; m must be at least 1."""
    order = np.argsort(-scores, kind="stable")
    ranked, right = scores[order], positive[order]
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)  # of those with the same score
    hits = np.cumsum(right)[last]
    thresholds = np.concatenate([[np.inf], ranked[last]])
    found = np.concatenate([[0], hits])
    wrong = np.concatenate([[0], 1 + last - hits])
    return Walk(thresholds, found, wrong, int(right.sum()), int((~right).sum()))
