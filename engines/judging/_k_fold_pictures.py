"""What k-fold cross-validation has found so far, in numbers, words and pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.language import LearnerError, Note, say
from engines.core.step import Pictures
from engines.data.features import Features
from engines.evaluation.training import score
from engines.evaluation.words import class_name
from engines.judging._sight import MOST_TILES, Sight, can_be_seen
from engines.judging._trials import Trial
from engines.pictures.bars import Bars
from engines.pictures.folds import Folds

MOST_BARS = 40


@dataclass(frozen=True, eq=False)
class FoldScores(Bars):
    """The score of each fold, and their mean."""

    title: ClassVar[str] = "Scores of the folds"


@dataclass
class Held:
    """The folds and what is known about them. fold: (m,) of each of ``rows``; sealed: rows kept for the test.

    scores, train_scores: (k,) on what was held out, and on what was trained on; NaN for not yet, or not possible.
    predictions: (n,) for each row by the model that has not seen it; -1 or NaN where there is none.
    """

    features: Features
    rows: Ints
    fold: Ints
    sealed: int
    most_told: int = MOST_TILES
    problems: dict[int, Note] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.k = int(self.fold.max(initial=-1)) + 1
        self.scores, self.train_scores = np.full(self.k, np.nan), np.full(self.k, np.nan)
        nothing = np.full(len(self.features), np.nan)
        self.predictions: Floats = nothing if self.features.numeric else np.full(len(self.features), -1)
        self._sight = Sight(self.features) if can_be_seen(self.features) else None
        # in the order of the folds, and of the rows within each, whatever order they were dealt in
        self._order = np.argsort(self.fold, kind="stable")
        shown = np.zeros((min(self.k, MOST_TILES), len(self.features)), bool)
        for i in range(len(shown)):
            shown[i, rows_in(self, i)] = True
        self._strong = shown

    # Numbers

    @property
    def mean(self) -> float:
        """The mean over the folds that have a score; NaN for none."""
        return float(np.nanmean(self.scores)) if np.isfinite(self.scores).any() else float("nan")

    @property
    def train_mean(self) -> float:
        """The mean score on what was trained on."""
        return float(np.nanmean(self.train_scores)) if np.isfinite(self.train_scores).any() else float("nan")

    @property
    def spread(self) -> float:
        """The standard deviation over the folds that have a score."""
        return float(np.nanstd(self.scores)) if np.isfinite(self.scores).any() else float("nan")

    @property
    def pooled(self) -> float:
        """One score over all predictions for rows that were held out; it has a value for single rows too."""
        known = np.isfinite(self.predictions[self.rows])
        if not self.features.numeric:
            known &= self.predictions[self.rows] >= 0
        return score(self.features, self.predictions, self.rows[known])

    def mark(self, i: int, trial: Trial) -> Note:
        """Score the model that was trained without fold ``i``, and say how it did."""
        held, others = rows_in(self, i), self.rows[self.fold != i]
        if trial.problem is not None:
            self.problems[i] = trial.problem
            return say("Fold {i} cannot be scored. {problem}", i=i + 1, problem=trial.problem)
        said = trial.run.predictions()
        self.predictions[held] = said[held]
        self.scores[i] = score(self.features, said, held)
        self.train_scores[i] = score(self.features, said, others)
        if self.features.numeric:
            if np.isnan(self.scores[i]):
                return say("Fold {i}: R² has no value, as all that is held out has the same number", i=i + 1)
            return say("Fold {i}: R² = {score:.3f} on the {n} rows held out, {train:.3f} on those it was trained on",
                       i=i + 1, score=self.scores[i], n=len(held), train=self.train_scores[i])  # fmt: skip
        note = say("Fold {i}: {right} of the {n} rows held out are right = {score:.3f}; {train:.3f} on those it was "
                   "trained on", i=i + 1, right=int((said[held] == self.features.y[held]).sum()), n=len(held),
                   score=self.scores[i], train=self.train_scores[i])  # fmt: skip
        return self._with_missing(note, held, others)

    def _with_missing(self, note: Note, held: Ints, others: Ints) -> Note:
        """Add to the note of a fold which class only stands in what was held out: it could not be learned."""
        y = self.features.y
        for which in np.setdiff1d(y[held], y[others]).tolist():
            return say("{note}. Class “{name}” is in this fold only: its {n} rows cannot be right.", note=note,
                       name=class_name(self.features, which), n=int((y[held] == which).sum()))  # fmt: skip
        return note

    # Words

    def cut(self) -> Note:
        """Say how the rows are cut."""
        sizes = np.bincount(self.fold, minlength=self.k)
        if self.k == len(self.rows):
            return say("Each of the {n} rows is a fold of its own; {sealed} rows of the test stay sealed",
                       n=len(self.rows), sealed=self.sealed)  # fmt: skip
        if sizes.min() == sizes.max():
            return say("{n} rows are cut into {k} folds of {low}; {sealed} rows of the test stay sealed",
                       n=len(self.rows), k=self.k, low=int(sizes.min()), sealed=self.sealed)  # fmt: skip
        return say("{n} rows are cut into {k} folds of {low} to {high}; {sealed} rows of the test stay sealed",
                   n=len(self.rows), k=self.k, low=int(sizes.min()), high=int(sizes.max()),
                   sealed=self.sealed)  # fmt: skip

    def verdict(self) -> Note:
        """Say what came of it. LearnerError where no fold could be trained at all."""
        if len(self.problems) == self.k:
            raise LearnerError(self.problems[0])
        if not np.isfinite(self.scores).any():
            return say("A single row has no R² of its own; over all {n} predictions for rows held out R² = {score:.3f}",
                       n=len(self.rows), score=self.pooled)  # fmt: skip
        if self.k == len(self.rows) and not self.features.numeric:
            return say("{right} of {n} rows are right when they are left out = {score:.3f}",
                       right=round(self.mean * self.k), n=self.k, score=self.mean)  # fmt: skip
        note = say("Score of the {k} folds: {mean:.3f} ± {sd:.3f}, from {low:.3f} to {high:.3f}", k=self.k,
                   mean=self.mean, sd=self.spread, low=float(np.nanmin(self.scores)),
                   high=float(np.nanmax(self.scores)))  # fmt: skip
        without = int(np.isnan(self.scores).sum())
        if without:
            return say("{note}; folds without a score, which do not count: {count}", note=note, count=without)
        return note

    # Pictures

    def draw(self, trials: Sequence[Trial], lit: int = -1) -> Callable[[], Pictures]:
        """Return what draws the folds, the models side by side where there is a plane, and the scores."""

        def pictures() -> Pictures:
            return (self._folds(lit), *self._models(trials, lit), self._bars())

        return pictures

    def _folds(self, lit: int) -> Folds:
        features, rows = self.features, self.rows[self._order]
        groups = np.full(len(rows), -1) if features.numeric else features.y[rows]
        return Folds(rows, self.fold[self._order], groups, features.classes, self.sealed, self.scores, lit)

    def _models(self, trials: Sequence[Trial], lit: int) -> Pictures:
        if self._sight is None:
            return ()
        runs = [trial.run for trial in trials[:MOST_TILES]]
        captions = tuple(str(i + 1) for i in range(len(runs)))
        return (self._sight.tiles(runs, captions, self.scores, lit=lit, strong=self._strong),)

    def _bars(self) -> FoldScores:
        mean = say("mean ± {sd:.3f}", sd=self.spread) if np.isfinite(self.spread) else say("mean")
        names = (mean, *(say("fold {i}", i=i + 1) for i in range(min(self.k, MOST_BARS))))
        scores, trained = (
            np.r_[self.mean, self.scores[:MOST_BARS]],
            np.r_[self.train_mean, self.train_scores[:MOST_BARS]],
        )
        return FoldScores(names, scores[None], reference=trained[None], compared=say("on what it was trained on"))


def rows_in(held: Held, i: int) -> Ints:
    """Return the rows of the data that are held out in fold ``i``."""
    return held.rows[held.fold == i]
