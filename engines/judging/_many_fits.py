"""What many fits of one model say together: their mean or vote, bias and variance, in numbers, words and pictures."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.language import LearnerError, Note, say
from engines.core.step import Pictures
from engines.data.features import Features
from engines.judging._sight import MOST_TILES, Sight, across, can_be_seen, seen_of
from engines.judging._trials import Trial
from engines.pictures.bars import Bars
from engines.pictures.boundaries import Boundaries
from engines.pictures.chart import Chart, Line
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.surface import COLUMNS, ROWS, Surface

LEVELS = np.array([0.1, 0.3])  # shares of the fits that disagree with the vote, along which a line is drawn
CELLS = ROWS, COLUMNS


@dataclass(frozen=True, eq=False)
class ErrorParts(Bars):
    """Bias, variance and the error of a single fit."""

    title: ClassVar[str] = "Parts of the error"


@dataclass(frozen=True, eq=False)
class AlongX(Chart):
    """Where on the axis the error comes from."""

    title: ClassVar[str] = "Error along x"


class Fits:
    """The fits so far. held: the rows they are compared on. said: (n,) predictions of each for all rows of the data."""

    def __init__(self, features: Features, held: Ints, n: int) -> None:
        self.features, self.held, self.n = features, held, n
        self.said: list[Floats] = []
        self.problem: Note | None = None
        self._seen: list[Floats] = []
        self._trials: list[Trial] = []
        self._sight = Sight(features) if can_be_seen(features) else None

    def take(self, trial: Trial, drawn: int) -> Note:
        """Take a fit that is finished and say how it did; drawn: how many rows it learned from."""
        if trial.problem is not None:
            self.problem = trial.problem
            return say("This fit could not be done. {problem}", problem=trial.problem)
        self.said.append(np.asarray(trial.run.predictions()[drawn:], float))
        self._trials.append(trial)
        if self._sight is not None and (seen := seen_of(trial.run, self._sight.area)) is not None:
            self._seen.append(seen)
        told = self.numbers()
        return say("Fit {k}: error {own:.3f} on the rows held out. {k} fits: {bias:.3f} is bias, {variance:.3f} is "
                   "variance", k=len(self.said), own=self._errors()[-1], bias=told["bias"],
                   variance=told["variance"])  # fmt: skip

    # Numbers

    @property
    def main(self) -> Floats:
        """What the fits say together about each row: the mean of the numbers, or the class with most votes: (n,)."""
        if not self.said:
            return np.full(len(self.features), np.nan)
        said = np.array(self.said)
        return said.mean(0) if self.features.numeric else votes(said, self.features.n_classes).argmax(0).astype(float)

    def _truth(self) -> Floats:
        return self.features.value if self.features.numeric else self.features.y.astype(float)

    def _errors(self) -> Floats:
        """Return the mean squared error, or the share of wrong rows, of each fit on what is held out: (fits,)."""
        said, truth = np.array(self.said)[:, self.held], self._truth()[self.held]
        return np.asarray(((said - truth) ** 2 if self.features.numeric else said != truth).mean(1))

    def by_row(self) -> tuple[Floats, Floats]:
        """Return bias and variance at each row held out: (m,) each.

        Of numbers (mean of the fits - number of the row)² and the mean of (fit - mean of the fits)²: they add up to the
        mean squared error, and the first holds the noise of the row too. Of classes whether the vote is wrong, and the
        share of the fits that differ from the vote.
        """
        said, truth, main = np.array(self.said)[:, self.held], self._truth()[self.held], self.main[self.held]
        if self.features.numeric:
            return (main - truth) ** 2, ((said - main) ** 2).mean(0)
        return (main != truth).astype(float), (said != main).mean(0)

    def numbers(self) -> dict[str, float]:
        """Return the means over the rows held out; NaN before the first fit."""
        if not self.said:
            return dict.fromkeys(("error", "bias", "variance"), float("nan"))
        bias, variance = self.by_row()
        return {"error": float(self._errors().mean()), "bias": float(bias.mean()), "variance": float(variance.mean())}

    # Words

    def plan(self, drawn: int, unlike: float) -> Note:
        """Say what will be done."""
        return say("{n} fits, each to {drawn} rows drawn by lot, of which {share:.0%} are different ones; compared on "
                   "{held} rows held out", n=self.n, drawn=drawn, share=unlike, held=len(self.held))  # fmt: skip

    def verdict(self) -> Note:
        """Say which part of the error is larger. LearnerError where no fit could be done."""
        if not self.said:
            assert self.problem is not None
            raise LearnerError(self.problem)
        told = self.numbers() | {"k": len(self.said)}
        if self.features.numeric:
            return say("Mean squared error of a single fit {error:.3f} = {bias:.3f} bias² and noise + {variance:.3f} "
                       "variance, over {k} fits", **told)  # fmt: skip
        return say("A single fit is wrong on {error:.3f} of the rows, the vote of {k} fits on {bias:.3f} (bias and "
                   "noise); a fit differs from the vote on {variance:.3f} (variance)", **told)  # fmt: skip

    # Pictures

    def pictures(self) -> Pictures:
        """Draw the mean of the fits on the stage, the fits themselves, and the parts of the error."""
        if self.features.axis:
            return self._curves(), self._along(), self._bars()
        if not self.features.plane:
            return (self._bars(),)
        surfaces = np.stack(self._seen) if self._seen else np.zeros((0, 1, *CELLS), np.float32)
        return *self._together(surfaces), self._tiles(), self._bars()

    def _curves(self) -> Fit:
        assert self._sight is not None
        if not self._seen:
            return Fit(np.zeros(0), np.zeros((0, 0)), ())
        lines = np.stack(self._seen)
        return Fit(across(self._sight.area), lines.mean(0)[None], (say("mean of the fits"),), faint=lines)

    def _along(self) -> AlongX:
        """Draw bias² and variance at the x of each row held out, in the order of x."""
        if not self.said:
            return AlongX((), across=say("x"))
        x = self.features.x[self.held, 0]
        order = np.argsort(x)
        bias, variance = self.by_row()
        dots = Line(say("bias² and noise"), x[order], bias[order], "dots")
        return AlongX((dots, Line(say("variance"), x[order], variance[order])), across=say("x"), from_zero=True)

    def _together(self, surfaces: Floats) -> Pictures:
        """Draw the share of the fits that say each class and where they disagree, or the mean number."""
        assert self._sight is not None
        area, k = self._sight.area, max(1, self.features.n_classes)
        if self.features.numeric:
            mean = surfaces.mean(0)[0] if len(surfaces) else np.full(CELLS, 0.5, np.float32)
            return (Heat(mean.astype(np.float32), area, 0.0, 1.0),)
        if not len(surfaces):
            blank = np.full((k, *CELLS), 1 / k, np.float32)
            return Surface(blank, area, border=False), Heat(np.zeros(CELLS, np.float32), area, 0.0, 1.0)
        shares = votes(surfaces.argmax(1), k)
        unlike = (1 - shares.max(0)).astype(np.float32)
        return Surface(shares, area), Heat(unlike, area, 0.0, 1.0, LEVELS, faint=True)

    def _tiles(self) -> Boundaries:
        assert self._sight is not None
        captions = tuple(str(i + 1) for i in range(len(self._trials)))
        scores = 1 - self._errors() if self.said and not self.features.numeric else np.zeros(len(captions))
        return self._sight.tiles([trial.run for trial in self._trials[:MOST_TILES]], captions, scores)

    def _bars(self) -> ErrorParts:
        told = self.numbers()
        first = say("bias² and noise") if self.features.numeric else say("the vote is wrong")
        names = (first, say("variance"), say("a single fit’s error"))
        return ErrorParts(names, np.array([[told["bias"], told["variance"], told["error"]]]))


def votes(said: Floats, k: int) -> Floats:
    """Return the share of the fits, the first axis, that say each of k classes."""
    return np.stack([(said == which).mean(0) for which in range(k)]).astype(np.float32)
