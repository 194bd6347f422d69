"""The learning curve: the score against how many rows there are to learn from.

The same as scikit-learn's ``learning_curve`` with shuffled rows and the same folds.
"""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, ClassVar

import numpy as np

from engines.core.arrays import Ints
from engines.core.experiment import Experiment
from engines.core.judge import judge
from engines.core.language import LearnerError, Note, say
from engines.core.params import Param, Params
from engines.core.step import Outcome, Pictures, Step, Steps
from engines.data.features import Features
from engines.evaluation.checks import some
from engines.evaluation.training import Run, begin, target_of, with_parts
from engines.evaluation.words import signed
from engines.judging._curves import By, Cuts, Scores, Splits, cuts, measure
from engines.judging._sight import Sight, can_be_seen
from engines.judging._trials import Trial, advance, begun, load
from engines.pictures.boundaries import Boundaries
from engines.pictures.chart import Chart

WIDE = 0.05  # a gap between the curves from which on it is called overfitting
WELL = 0.8  # a model without a gap whose scores both lie below it is called underfitting


@dataclass(frozen=True, eq=False)
class LearningCurve(Chart):
    """Scores against the number of rows to learn from."""

    title: ClassVar[str] = "Learning curve"


@dataclass(frozen=True)
class LearningCurveParams(Params):
    """How many sizes are tried, and on which rows each is judged."""

    smallest: Annotated[float, Param("Smallest share of the rows", low=0.01, high=0.9)] = 0.1
    n_sizes: Annotated[int, Param("Number of sizes", low=2, high=24)] = 8
    by: By = "k folds"
    n_splits: Splits = 5


@judge(
    title="Learning curve",
    shows=(LearningCurve, Boundaries),
    facts=("the test share takes no part",),
    order=50,
)
def learning_curve(experiment: Experiment, params: LearningCurveParams, rng: np.random.Generator) -> Steps:
    """Learn from few rows, then from more and more, and see whether more data would help or a better model."""
    data = experiment.split_data
    some(data)
    features = target_of(data)
    pairs = shuffled(cuts(data, features, params.by, params.n_splits, experiment.seed), experiment.seed)
    sizes = sizes_of(len(pairs[0][0]), params)
    shares = [[(train[:size], held) for train, held in pairs] for size in sizes.tolist()]
    trials = [[Trial(begin(experiment, with_parts(data, *pair))) for pair in share] for share in shares]
    expected = yield from begun(trials)
    told = Told(features, sizes, Scores.of(len(sizes), len(pairs)))
    draw = partial(told.draw, [side[0].run for side in trials], [share[0][0] for share in shares])
    yield Step(told.plan(len(pairs)), {"gap": np.nan}, draw, then=told.next(0), caution=expected)  # fmt: skip
    count = 0
    for place, side in enumerate(trials):
        while (yield from advance(side, count, load(experiment))):
            count += 1
            note = say("Learning from {n} rows: {k} trainings, {steps} steps so far", n=int(sizes[place]),
                       k=len(side), steps=max(trial.run.count for trial in side))  # fmt: skip
            yield Step(note, {"gap": told.gap}, draw, then=told.next(place))
        problem = told.scores.take(place, side, features, shares[place])
        yield Step(told.found(place, problem), {"gap": told.gap}, draw, then=told.next(place + 1))
    yield Step(told.verdict(), {"gap": told.gap}, draw, rest=True)
    return Outcome(
        {"gap": told.gap, "validation": float(told.scores.mean("held")[-1])},
        {"train_sizes": sizes, "train_scores": told.scores.trained, "validation_scores": told.scores.held},
    )


@dataclass
class Told:
    """What is said and drawn of the curve so far."""

    features: Features
    sizes: Ints
    scores: Scores

    def __post_init__(self) -> None:
        self._sight = Sight(self.features) if can_be_seen(self.features) else None

    @property
    def gap(self) -> float:
        """How far the two curves are apart at the largest size that has a score; NaN while none has."""
        gaps = self.scores.mean("trained") - self.scores.mean("held")
        known = np.flatnonzero(np.isfinite(gaps))
        return float(gaps[known[-1]]) if len(known) else float("nan")

    def plan(self, k: int) -> Note:
        """Say what will be tried."""
        return say("{m} sizes from {low} to {high} rows, {k} trainings each; the rows that are held out stay the same",
                   m=len(self.sizes), low=int(self.sizes[0]), high=int(self.sizes[-1]), k=k)  # fmt: skip

    def next(self, place: int) -> Note | str:
        """Say which size comes next."""
        return say("learn from {n} rows", n=int(self.sizes[place])) if place < len(self.sizes) else ""

    def found(self, place: int, problem: Note | None) -> Note:
        """Say the scores of a size, and why there is none."""
        trained, held = self.scores.mean("trained")[place], self.scores.mean("held")[place]
        n = int(self.sizes[place])
        if np.isnan(held):
            return say("{n} rows: no score. {problem}", n=n, problem=problem or say(""))
        note = say("{n} rows: {trained:.3f} on what it was trained on, {held:.3f} ± {sd:.3f} on what was held out",
                   n=n, trained=trained, held=held, sd=self.scores.spread("held")[place])  # fmt: skip
        return say("{note}. Some could not be trained: {problem}", note=note, problem=problem) if problem else note

    def verdict(self) -> Note:
        """Name what the ends of the curves tell: a gap, or two low scores, or neither."""
        trained, held = self.scores.mean("trained")[-1], self.scores.mean("held")[-1]
        if np.isnan(held + trained):
            return say("With all rows there is no score")
        numbers = {"trained": float(trained), "held": float(held), "gap": signed(trained - held)}
        if trained - held >= WIDE:
            return say("{trained:.3f} on its own rows but {held:.3f} on others, a gap of {gap}: overfitting. More "
                       "rows, or a simpler model, may narrow it", **numbers)  # fmt: skip
        if max(held, trained) < WELL:
            return say("{trained:.3f} and {held:.3f} lie close together (gap {gap}) and both are below "
                       "{well}: underfitting, unless the rest is noise. More rows will not help, a "
                       "richer model may", well=WELL, **numbers)  # fmt: skip
        return say("{trained:.3f} and {held:.3f} lie close together (gap {gap}) and are not low: "
                   "neither under- nor overfitting can be seen", **numbers)  # fmt: skip

    def draw(self, runs: list[Run], learned: list[Ints]) -> Pictures:
        """Draw the chart, and one model of every size side by side where there is a plane, with the rows it had."""
        chart = LearningCurve(self.scores.lines(self.sizes.astype(float)), say("rows learned from"),
                              measure(self.features))  # fmt: skip
        if self._sight is None:
            return (chart,)
        captions = tuple(str(size) for size in self.sizes.tolist())
        held = self.scores.mean("held")
        strong = np.zeros((len(runs), len(self.features)), bool)
        for place, rows in enumerate(learned):
            strong[place, rows] = True
        return chart, self._sight.tiles(runs, captions, held, strong=strong)


def shuffled(pairs: Cuts, seed: int) -> Cuts:
    """Return the rows to train on in the order in which scikit-learn's ``learning_curve(shuffle=True)`` takes them."""
    from sklearn.utils import check_random_state

    dice = check_random_state(seed)
    return [(dice.permutation(train), held) for train, held in pairs]


def sizes_of(most: int, params: LearningCurveParams) -> Ints:
    """Return how many rows are learned from: equal steps from the smallest share to all, each at least 1."""
    if most < 2:
        raise LearnerError("There are too few rows to learn from: draw more points.")
    shares = np.linspace(params.smallest, 1.0, params.n_sizes)
    return np.unique(np.clip((shares * most).astype(np.int64), 1, most))
