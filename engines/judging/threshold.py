"""The threshold: how sure one must be before one says yes, and what either mistake costs.

Fawcett, "An introduction to ROC analysis", 2006; Saito and Rehmsmeier, "The precision-recall plot is more informative
than the ROC plot when evaluating binary classifiers on imbalanced datasets", 2015.
"""

from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal

import numpy as np

from engines.core.dataset import TEST
from engines.core.engine import Task
from engines.core.experiment import Experiment
from engines.core.judge import judge
from engines.core.language import LearnerError, Note, say
from engines.core.params import Param, Params
from engines.core.step import Change, Outcome, Pictures, Step, Steps
from engines.data.features import Features
from engines.evaluation.training import Run, begin, target_of
from engines.judging._threshold_pictures import AtThreshold, Costs, PrecisionRecall, Roc, draw, nothing, shifted
from engines.judging._yes import Ranked, rank
from engines.pictures.surface import Surface

STOPS = 24  # of the walk from the highest threshold to the lowest
TRAIN_ON = "Train on"
WALK = "Lower the threshold"
NUMBERS = ("threshold", "recall", "precision", "accuracy", "always_no_accuracy", "roc_auc", "average_precision",
           "cost", "cheapest_threshold", "cheapest_cost")  # fmt: skip


@dataclass(frozen=True)
class ThresholdParams(Params):
    """Where yes begins, what the mistakes cost, what yes is, and on which rows it is judged."""

    threshold: Annotated[
        float, Param("Threshold", low=0, high=1, live=True, help="Who gets at least so much is called positive")
    ] = 0.5
    false_alarm_cost: Annotated[
        float,
        Param("Cost of a false alarm", low=0, high=1000, live=True, log=True, help="A negative is called positive"),
    ] = 1.0
    miss_cost: Annotated[
        float, Param("Cost of a miss", low=0, high=1000, live=True, log=True, help="A positive is not found")
    ] = 1.0
    positive: Annotated[
        int, Param("Positive class", low=0, high=100, live=True, help="Its number; 0 takes the rarest class")
    ] = 0
    part: Annotated[Literal["validation", "training"], Param("Judged on", live=True)] = "validation"


@judge(
    title="Threshold, ROC and precision-recall",
    shows=(Surface, Costs, AtThreshold, PrecisionRecall, Roc),
    facts=("the test share takes no part",),
    tasks=(Task.CLASSIFY,),
    order=30,
)
def threshold(experiment: Experiment, params: ThresholdParams, rng: np.random.Generator) -> Steps:
    """Train once, rank the rows by how sure the model is, and walk the threshold down from the surest."""
    data = experiment.split_data
    features = with_a_class(target_of(data))
    positive_class(features, params)
    run = begin(experiment, data)
    run.advance()
    stage = Stage(run, features)
    note = say("Train once on all training rows; what counts then is how sure the model is of each row")
    caution = run.step.caution if run.step else ""
    change = yield Step(note, unknown(), lambda: stage.draw(None, 0, params), then=TRAIN_ON, caution=caution)
    params = renewed(params, change)
    while run.advance():
        note = say("Training, step {count}", count=run.count)
        params = renewed(params, (yield Step(note, unknown(), lambda: stage.draw(None, 0, params), then=TRAIN_ON)))
    end_of_run = run.finish()
    run.predictions()  # a run that only shows something says so here
    ranked = rank(features, end_of_run, positive_class(features, params), params.part)
    params, ranked = yield from walk_down(ranked, run, stage, params)
    while True:
        ranked = ranked.again(features, run.finish(), positive_class(features, params), params.part)
        now, end = params, len(ranked.walk)
        numbers = numbers_at(ranked, params.threshold, params)
        change = yield Step(told(ranked, numbers), numbers, lambda: stage.draw(ranked, end, now), rest=True)
        if not change:
            return outcome(ranked, numbers)
        params = renewed(params, change)


def walk_down(
    ranked: Ranked, run: Run, stage: "Stage", params: ThresholdParams
) -> Generator[Step, Change | None, tuple[ThresholdParams, Ranked]]:
    """Lower the threshold from above all rows to below them, then say what the areas are."""
    walk = ranked.walk
    note = say("{n} rows are ranked by how sure the model is that they are “{name}”: {yes} are, {no} are not",
               n=len(ranked.rows), name=ranked.name, yes=walk.positives, no=walk.negatives)  # fmt: skip
    for place in np.unique(np.linspace(0, len(walk) - 1, STOPS + 1).astype(int)).tolist():
        at = float(min(walk.settings()[place], 1.0))
        numbers = numbers_at(ranked, at, params, place)
        if place:
            note = say(
                "Threshold {at:.3f}: {hits} of {yes} found, recall {recall:.3f}; {wrong} false alarms, precision "
                "{precision:.3f}", at=at, hits=int(walk.hits[place]), yes=walk.positives,
                wrong=int(walk.false_alarms[place]), recall=numbers["recall"], precision=numbers["precision"],
            )  # fmt: skip
        pictures = partial(stage.draw, ranked, place + 1, params.with_values(threshold=at), place)
        params = renewed(params, (yield Step(note, numbers, pictures, then=WALK)))
    note = say(
        "Area under ROC {auc:.3f}: of a positive and a negative, the positive gets more in {auc:.1%} of all pairs. "
        "Average precision {ap:.3f}; by guessing {chance:.3f}",
        auc=walk.roc_auc, ap=walk.average_precision, chance=ranked.share,
    )  # fmt: skip
    now = params
    numbers = numbers_at(ranked, params.threshold, params)
    change = yield Step(note, numbers, lambda: stage.draw(ranked, len(walk), now), then="Choose the threshold")
    return renewed(params, change), ranked


class Stage:
    """What is drawn: the boundary where the stage is a plane with two classes, and the cards."""

    def __init__(self, run: Run, features: Features) -> None:
        self._run, self._features = run, features
        self._final: Surface | None = None
        self._plane = features.plane and features.n_classes == 2 and self._surface() is not None

    def _surface(self) -> Surface | None:
        """Return what the model says about the plane now; what it said last is kept."""
        if self._final is not None or self._run.step is None:
            return self._final
        found = next((item for item in self._run.step.draw() if isinstance(item, Surface)), None)
        if self._run.outcome is not None:
            self._final = found
        return found

    def draw(self, ranked: Ranked | None, upto: int, params: ThresholdParams, place: int | None = None) -> Pictures:
        """Draw the walk up to a place, and what the threshold, or the one of ``place``, makes of the rows."""
        if ranked is None:
            cards = nothing()
        else:
            where = ranked.walk.at(params.threshold) if place is None else place
            cards = draw(ranked, upto, where, params.threshold, (params.false_alarm_cost, params.miss_cost))
        surface = self._surface() if self._plane else None
        if surface is None:
            return cards
        return (surface if ranked is None else shifted(surface, ranked, params.threshold)), *cards


def with_a_class(features: Features) -> Features:
    """Return the features; LearnerError where a number is learned, or no class."""
    if features.numeric:
        raise LearnerError("A number is learned here: a threshold needs classes. Choose a category as the target.")
    if len(np.unique(features.y[features.y >= 0])) < 2:
        raise LearnerError("There is one class only: a threshold needs two. Draw or choose data with two classes.")
    return features


def positive_class(features: Features, params: ThresholdParams) -> int:
    """Return which class is the positive one: the one with this number, or the rarest; of several the last."""
    if params.positive > features.n_classes:
        raise LearnerError("There is no class {number}: there are {count}. Choose another positive class.",
                           number=params.positive, count=features.n_classes)  # fmt: skip
    if params.positive:
        return params.positive - 1
    counts = np.bincount(features.y[(features.y >= 0) & (features.parts != TEST)], minlength=features.n_classes)
    counts = np.where(counts, counts, len(features) + 1)  # a class without rows is not the rarest
    return int(len(counts) - 1 - counts[::-1].argmin())


def renewed(params: ThresholdParams, change: Change | None) -> ThresholdParams:
    """Return the settings of now."""
    return change.params if change and isinstance(change.params, ThresholdParams) else params


def unknown() -> dict[str, float]:
    """Return every number before it is known."""
    return dict.fromkeys(NUMBERS, float("nan"))


def numbers_at(ranked: Ranked, at: float, params: ThresholdParams, place: int | None = None) -> dict[str, float]:
    """Return what a threshold comes to, beside what saying always no does, and the cheapest threshold."""
    walk = ranked.walk
    place = walk.at(at) if place is None else place
    costs = walk.costs(params.false_alarm_cost, params.miss_cost)
    best = ranked.cheapest(params.false_alarm_cost, params.miss_cost)
    values = (at, walk.recall[place], walk.precision[place], walk.accuracy[place], 1 - ranked.share, walk.roc_auc,
              walk.average_precision, costs[place], walk.settings()[best], costs[best])  # fmt: skip
    return dict(zip(NUMBERS, map(float, values), strict=True))


def told(ranked: Ranked, numbers: dict[str, float]) -> Note:
    """Say what the threshold comes to, in one line; where nobody is called positive there is no precision."""
    called = (ranked.scores >= numbers["threshold"]).any()
    values = {**numbers, "precision": f"{numbers['precision']:.3f}" if called else "–"}
    values["best"] = cheapest_words(numbers["cheapest_threshold"])
    return say(
        "Threshold {threshold:.3f}: accuracy {accuracy:.1%} (always “no”: {always_no_accuracy:.1%}), recall "
        "{recall:.3f}, precision {precision}; cost {cost:.4g} a row, least {cheapest_cost:.4g} {best}", **values,
    )  # fmt: skip


def cheapest_words(at: float) -> Note:
    """Say where it is cheapest."""
    if not np.isfinite(at):
        return say("by never saying yes")
    return say("at {at:.3f}", at=at)


def outcome(ranked: Ranked, numbers: dict[str, float]) -> Outcome:
    """Return the numbers, and the curves with scikit-learn's names, from the highest threshold to the lowest."""
    walk = ranked.walk
    arrays = {
        "fpr": walk.false_positive_rate, "tpr": walk.recall, "precision": walk.precision, "recall": walk.recall,
        "thresholds": walk.thresholds, "rows": ranked.rows, "scores": ranked.scores, "truth": ranked.truth,
    }  # fmt: skip
    return Outcome(numbers, arrays)
