"""What a curve over settings or sizes is made of: how rows are held out, scores with their spread, and the chart."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.dataset import TRAIN, VALIDATION, Dataset
from engines.core.language import LearnerError, Note, say
from engines.core.params import Param
from engines.data.features import Features
from engines.evaluation.folds import folds
from engines.evaluation.training import rows_to_learn_from, score
from engines.judging._trials import Trial
from engines.pictures.chart import Line

# Two settings that all curves have.
By = Annotated[Literal["k folds", "the split"], Param("Held out by")]
Splits = Annotated[int, Param("Folds k", low=2, high=20, only_if=("by", ("k folds",)))]
Cuts = list[tuple[Ints, Ints]]


def cuts(data: Dataset, features: Features, by: By, n_splits: int, seed: int) -> Cuts:
    """Return pairs of rows to train on and rows held out: one for each fold, or the one pair of the split.

    LearnerError where the split has no validation share.
    """
    rows = rows_to_learn_from(data)
    if by == "k folds":
        fold = folds(features, rows, n_splits, "stratified", seed)
        return [(rows[fold != i], rows[fold == i]) for i in range(n_splits)]
    train, held = rows[data.parts[rows] == TRAIN], rows[data.parts[rows] == VALIDATION]
    if not len(held):
        raise LearnerError("The split has no validation share: give it some rows in the Data tab, or use k folds.")
    return [(train, held)]


@dataclass(frozen=True, eq=False)
class Scores:
    """trained, held: (m, k) scores of k trainings at each of m places, NaN for not yet or not possible."""

    trained: Floats
    held: Floats

    @classmethod
    def of(cls, m: int, k: int) -> "Scores":
        """Return scores of which none is known yet."""
        return cls(np.full((m, k), np.nan), np.full((m, k), np.nan))

    def take(self, place: int, trials: list[Trial], features: Features, pairs: Cuts) -> Note | None:
        """Score the trainings of one place; returns why one could not be done, None where all could."""
        problem = None
        for fold, (trial, (train, held)) in enumerate(zip(trials, pairs, strict=True)):
            if trial.problem is not None:
                problem = problem or trial.problem
                continue
            said = trial.run.predictions()
            self.trained[place, fold] = score(features, said, train)
            self.held[place, fold] = score(features, said, held)
        return problem

    def mean(self, which: str) -> Floats:
        """Return the mean of "trained" or "held" over the trainings that have a score: (m,)."""
        return _over_folds(np.nanmean, getattr(self, which))

    def spread(self, which: str) -> Floats:
        """Return the standard deviation over the trainings that have a score: (m,)."""
        return _over_folds(np.nanstd, getattr(self, which))

    def lines(self, x: Floats) -> tuple[Line, Line]:
        """Return the two curves with bands of one standard deviation."""
        names = (say("on what it was trained on"), say("on what was held out"))
        first, second = (
            Line(name, x, self.mean(which), spread=self.spread(which))
            for name, which in zip(names, ("trained", "held"), strict=True)
        )
        return first, second


def _over_folds(what: Callable[..., Floats], scores: Floats) -> Floats:
    """Return what a function of numpy makes of each row's known scores; NaN where none is known."""
    found = np.full(len(scores), np.nan)
    known = np.isfinite(scores).any(1)
    found[known] = what(scores[known], axis=1)
    return found


def measure(features: Features) -> Note:
    """Return what the scores are, for an axis."""
    return say("R²") if features.numeric else say("accuracy")
