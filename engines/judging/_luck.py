"""What the seed dice have found so far, in numbers, words and pictures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from engines.core.arrays import Bools, Floats, Ints
from engines.core.language import Note, say
from engines.core.step import Pictures
from engines.data.features import Features
from engines.evaluation.training import Run, score, score_name
from engines.pictures.chart import NO_CLASS, Chart, Line
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.surface import COLUMNS, ROWS, Area, Surface, area_of

MOST_PLACES = 200  # steps of the run at which the band is drawn
LEVELS = np.array([0.1, 0.3])  # shares of the seeds that disagree, along which a line is drawn
PAIRS = (("train_accuracy", "validation_accuracy"), ("train_loss", "validation_loss"), ("validation_accuracy",))
# Rows and columns of what networks that train together say about the plane, by how many there are: a frame stays short.
FINENESS = ((16, (ROWS, COLUMNS)), (32, (3 * ROWS // 4, 3 * COLUMNS // 4)), (1000, (ROWS // 2, COLUMNS // 2)))


@dataclass(frozen=True, eq=False)
class SeedCurves(Chart):
    """Training and validation over the steps, as bands over the seeds."""

    title: ClassVar[str] = "All seeds over the steps"


@dataclass(frozen=True, eq=False)
class SeedScores(Chart):
    """What each seed came to."""

    title: ClassVar[str] = "Score of each seed"


class Luck:
    """The seeds and what is known about them.

    features: of the first throw. held_out: the validation rows of each throw. names: the seed of each, (s,). look:
    returns the class of every cell for every seed, (s, rows, columns), or None while only what was kept is known.
    scores: (s,) on the validation share; NaN for not yet. cells: rows and
    columns of the pictures while nothing is kept.
    """

    def __init__(self, features: Features, held_out: Sequence[Ints], names: Sequence[int]) -> None:
        self.features, self.held_out, self.names = features, held_out, np.array(names)
        self.s = len(names)
        self.area: Area = area_of(features.x) if features.plane else (0.0, 0.0, 1.0, 1.0)
        self.cells = next(cells for most, cells in FINENESS if self.s <= most)
        self.look: Callable[[], Ints] | None = None
        self.scores = np.full(self.s, np.nan)
        self.predictions: list[Floats | Ints | None] = [None] * self.s
        self._kept: list[Floats | None] = [None] * self.s
        self._x: list[float] = []  # the step of each entry of the curves
        self._curves: dict[str, Floats] = {}  # (s, entries) each
        self._counts = np.zeros(self.s, int)
        self._across: Floats = np.zeros(0)  # where the heights of lines are

    # What is seen of the trainings

    def expect(self, told: Mapping[str, float]) -> None:
        """Learn from the numbers of a first step which of them make the curves."""
        names = next((pair for pair in PAIRS if set(pair) <= set(told)), ())
        self._curves = {name: np.full((self.s, 64), np.nan) for name in names}

    def see(self, step: int, numbers: Mapping[str, Floats], going: Bools) -> None:
        """Take the numbers of all seeds at one step, (s,) each, but of those that no longer train."""
        if not self._curves:
            self.expect(dict.fromkeys(numbers, 0.0))
        self._make_room(len(self._x) + 1)
        self._x.append(step)
        for name, values in self._curves.items():
            values[going, len(self._x) - 1] = numbers[name][going]
        self._counts[going] = len(self._x)

    def see_one(self, place: int, entry: int, run: Run) -> None:
        """Take the numbers that a training has told so far as its next entry."""
        self._make_room(entry + 1)
        if entry == len(self._x):
            self._x.append(run.count)
        for name, values in self._curves.items():
            values[place, entry] = run.told.get(name, np.nan)
        self._counts[place] = entry + 1

    def _make_room(self, entries: int) -> None:
        for name, values in self._curves.items():
            if values.shape[1] < entries:
                self._curves[name] = np.hstack([values, np.full_like(values, np.nan)])

    def keep(self, place: int, run: Run) -> None:
        """Keep what a finished training says about the plane."""
        assert run.step is not None
        for picture in run.step.draw():
            match picture:
                case Surface(values=values):
                    self._kept[place] = values.argmax(0).astype(float)
                case Heat(values=values) if self.features.numeric and values.size:
                    self._kept[place] = values.astype(float)
                case Fit(x=x, y=y) if len(x):
                    self._kept[place], self._across = y[0].astype(float), x

    def finish(self, place: int, predictions: Floats | Ints) -> None:
        """Take what a finished training says about every row, (n,), and score it."""
        self.predictions[place] = predictions
        self.scores[place] = score(self.features, np.asarray(predictions, float), self.held_out[place])

    # Numbers

    @property
    def now(self) -> Floats:
        """The scores of the seeds that are known, (m,): of those that train together their validation accuracy so far.

        NaN are left out.
        """
        known = self.scores[np.isfinite(self.scores)]
        if not len(known) and self.look is not None and len(self._x):
            known = self._curves["validation_accuracy"][np.arange(self.s), self._counts - 1]
        return known

    def numbers(self) -> dict[str, float]:
        """Return mean, standard deviation, lowest and highest score of now."""
        now = self.now
        if not len(now):
            return dict.fromkeys(("mean", "sd", "lowest", "highest"), float("nan"))
        return {"mean": float(now.mean()), "sd": float(now.std()), "lowest": float(now.min()),
                "highest": float(now.max())}  # fmt: skip

    def arrays(self) -> dict[str, Any]:
        """Return the seeds, their scores and predictions, and the share of the seeds that agree about each row."""
        said = np.stack([one for one in self.predictions if one is not None])
        found = {"seeds": self.names, "scores": self.scores, "predictions_of_seeds": said}
        if self.features.numeric:
            return found | {"predictions": said.mean(0)}
        votes = np.stack([(said == k).mean(0) for k in range(int(said.max(initial=0)) + 1)])
        return found | {"predictions": votes.argmax(0), "agreement": votes.max(0)}

    # Words

    def so_far(self, epoch: int) -> Note:
        """Return how the seeds that train together stand."""
        told = self.numbers()
        return say("Epoch {epoch} of {n} networks: validation accuracy {mean:.3f} ± {sd:.3f}, from {low:.3f} to "
                   "{high:.3f}", epoch=epoch, n=self.s, mean=told["mean"], sd=told["sd"], low=told["lowest"],
                   high=told["highest"])  # fmt: skip

    def training(self, place: int, count: int) -> Note:
        """Return which seed is being trained."""
        return say("Seed {seed}, {place} of {n}: step {count}", seed=int(self.names[place]), place=place + 1, n=self.s,
                   count=count)  # fmt: skip

    def finished(self, place: int) -> Note:
        """Return what a seed came to."""
        told = self.numbers()
        return say("Seed {seed} came to {score:.3f}; the mean of {n} is {mean:.3f} ± {sd:.3f}",
                   seed=int(self.names[place]), score=self.scores[place], n=place + 1, mean=told["mean"],
                   sd=told["sd"])  # fmt: skip

    @property
    def alike(self) -> bool:
        """Whether every seed says and scores the same."""
        first = self.predictions[0]
        same = all(np.array_equal(np.asarray(one), np.asarray(first)) for one in self.predictions)
        return same and bool(np.ptp(self.scores) == 0)

    def verdict(self) -> Note:
        """Return how much was luck."""
        name = say(score_name(self.features))
        best, worst = int(self.scores.argmax()), int(self.scores.argmin())
        if self.alike:
            return say("All {n} seeds came to the same, {name} {score:.3f}: nothing here is luck of these dice",
                       n=self.s, name=name, score=self.scores[0])  # fmt: skip
        told = self.numbers()
        if told["lowest"] == told["highest"]:
            return say("All {n} seeds scored the same, {name} {score:.3f}, though their models differ: these "
                       "validation rows do not tell them apart", n=self.s, name=name, score=self.scores[0])  # fmt: skip
        return say(
            "{n} seeds: {name} {mean:.3f} ± {sd:.3f}. Best: seed {best} with {high:.3f}, worst: seed {worst} with "
            "{low:.3f}. So much was luck: {gap:.3f}",
            n=self.s, name=name, mean=told["mean"], sd=told["sd"], best=int(self.names[best]), high=told["highest"],
            worst=int(self.names[worst]), low=told["lowest"], gap=told["highest"] - told["lowest"],
        )  # fmt: skip

    # Pictures

    def draw(self) -> Pictures:
        """Draw the agreement on the plane, where there is one, the band of the curves, and the scores."""
        cards = (self._band(), self._strip())
        if self.features.axis:
            return self._lines(), *cards
        if not self.features.plane:
            return cards
        if self.features.numeric:
            return self._mean_heat(), *cards
        return *self._agreement(), *cards

    def _answers(self) -> Floats:
        """Return the cells of all seeds that say something already: (m, rows, columns), or (m, places) of lines."""
        if self.look is not None:
            return self.look().astype(float)
        known = [one for one in self._kept if one is not None]
        return np.stack(known) if known else np.zeros((0, *self.cells))

    def _agreement(self) -> tuple[Surface, Heat]:
        """Draw the share of the seeds that say each class, and lines along which a share of them says another one."""
        said = self._answers()
        k = max(1, self.features.n_classes)
        if not len(said):
            blank = np.full((k, *self.cells), 1 / k, np.float32)
            return Surface(blank, self.area, border=False), Heat(np.zeros(self.cells, np.float32), self.area, 0.0, 1.0)
        shares = np.stack([(said == each).mean(0) for each in range(k)]).astype(np.float32)
        return Surface(shares, self.area), Heat(1 - shares.max(0), self.area, 0.0, 1.0, LEVELS, faint=True)

    def _mean_heat(self) -> Heat:
        said = self._answers()
        value = self.features.value[np.isfinite(self.features.value)]
        low, high = (float(value.min()), float(value.max())) if len(value) else (0.0, 1.0)
        mean = said.mean(0).astype(np.float32) if len(said) else np.full(self.cells, (low + high) / 2, np.float32)
        return Heat(mean, self.area, low, high)

    def _lines(self) -> Fit:
        """Draw the median of the lines of all seeds, and between what they lie."""
        said = self._answers()
        if said.ndim != 2 or not len(said):
            nothing = np.zeros(0)
            return Fit(nothing, np.zeros((0, 0)), ())
        names = (say("median of the seeds"), say("lowest and highest"), say(""))
        return Fit(self._across, np.stack([np.median(said, 0), said.min(0), said.max(0)]), names)

    def _band(self) -> SeedCurves:
        """Draw the median and the middle half of the seeds at each step; what has ended stays where it was."""
        going = self._counts > 0
        lines = []
        places = np.unique(np.linspace(0, len(self._x) - 1, MOST_PLACES).astype(int)) if self._x else np.zeros(0, int)
        x = np.array(self._x)[places]
        for name, values in self._curves.items():
            if not len(x) or not going.any():
                break
            held = np.minimum(places, self._counts[going, None] - 1)
            at = np.take_along_axis(values[going], held, axis=1)
            low, below, middle, above, high = np.quantile(at, (0, 0.25, 0.5, 0.75, 1), axis=0)
            spread = np.stack([middle - below, above - middle])
            lines.append(Line(say(name.replace("_", " ")), x, middle, spread=spread))
            if name.startswith("validation"):
                edge = say("lowest and highest")
                lines += [Line(edge, x, low, "dashes", NO_CLASS), Line(say(""), x, high, "dashes", NO_CLASS)]
        return SeedCurves(tuple(lines), across=say("step"))

    def _strip(self) -> SeedScores:
        """Draw a dot for each seed, and their mean with the standard deviation about it."""
        known = np.isfinite(self.scores)
        if not known.any():
            return SeedScores((), across=say("seed"), up=say(score_name(self.features)))
        ends = np.array([self.names[0] - 0.5, self.names[-1] + 0.5])
        told = self.numbers()
        mean = Line(say("mean ± standard deviation"), ends, np.full(2, told["mean"]), "dashes",
                    spread=np.full(2, told["sd"]))  # fmt: skip
        dots = Line(say("each seed"), self.names[known].astype(float), self.scores[known], "dots")
        return SeedScores((mean, dots), across=say("seed"), up=say(score_name(self.features)))
