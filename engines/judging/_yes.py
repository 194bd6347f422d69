"""How sure a trained model is that each row is of the positive class, and the rows in that order."""

from dataclasses import dataclass, field

import numpy as np

from engines.core.arrays import Bools, Floats, Ints
from engines.core.dataset import TRAIN, VALIDATION
from engines.core.language import LearnerError, Note
from engines.core.step import Outcome
from engines.data.features import Features
from engines.evaluation.thresholds import Walk, walk
from engines.evaluation.words import class_name


@dataclass(frozen=True, eq=False)
class Ranked:
    """Rows of one share and how sure the model is of each.

    positive: the class, name: what it is called, other: what all else is called; classes: of the confusion at a
    threshold, the class where positive is not. rows: (m,) of the data. scores: (m,) from 0 to 1. truth: (m,).
    decided: whether the scores are squeezed decision values. part: which share.
    """

    positive: int
    name: Note
    features: Features
    rows: Ints
    scores: Floats
    truth: Bools
    decided: bool
    part: str
    walk: Walk = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "walk", walk(self.scores, self.truth))

    @property
    def share(self) -> float:
        """The share of the positives: what precision is by guessing."""
        return self.walk.positives / len(self.rows)

    def again(self, features: Features, outcome: Outcome, positive: int, part: str) -> "Ranked":
        """Return the rows for another positive class or share; itself where both are the same."""
        same = positive == self.positive and part == self.part
        return self if same else rank(features, outcome, positive, part)

    def cheapest(self, of_false_alarm: float, of_miss: float) -> int:
        """Return the place in the walk with the least cost; of several the one with the highest threshold."""
        return int(self.walk.costs(of_false_alarm, of_miss).argmin())


def rank(features: Features, outcome: Outcome, positive: int, part: str) -> Ranked:
    """Rank the rows of a share; LearnerError when it holds no row of the positive class, or none of another."""
    share = features.part(VALIDATION if part == "validation" else TRAIN)
    name = class_name(features, positive)
    if not len(share.index):
        raise LearnerError("No rows are kept for validation: give it a share in the Data tab, or judge on training.")
    truth = share.y == positive
    if truth.all() or not truth.any():
        raise LearnerError(
            "All {n} rows judged are of one kind, as to “{name}”: give them a larger share, or judge on training.",
            n=len(truth), name=name,
        )  # fmt: skip
    scores, decided = sureness(features, outcome, positive)
    return Ranked(positive, name, features, share.index, scores[share.index], truth, decided, part)


def sureness(features: Features, outcome: Outcome, positive: int) -> tuple[Floats, bool]:
    """Return how sure the model is that each row is positive: (n,) from 0 to 1, and if these are decision values.

    The probability where there is one; the decision value f of two classes as ``squeezed``; else 1 for a yes.
    """
    arrays = outcome.arrays
    if "probabilities" in arrays:
        p = np.asarray(arrays["probabilities"], float)
        return (np.clip(p[:, positive], 0, 1) if positive < p.shape[1] else np.zeros(len(p))), False
    decision = np.asarray(arrays.get("decision_function_", np.zeros((0, 0))), float)
    if decision.ndim == 1 and np.isfinite(decision).all():
        above = np.unique(features.train.y)[-1] == positive
        return squeezed(decision if above else -decision), True
    return (np.asarray(arrays["predictions"]) == positive).astype(float), False


def squeezed(decision: Floats) -> Floats:
    """Return decision values as numbers from 0 to 1: 0 becomes 0.5, and the order stays, far out too."""
    return 0.5 + 0.5 * decision / (1 + np.abs(decision))
