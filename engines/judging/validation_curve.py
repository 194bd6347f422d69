"""The validation curve: one hyper-parameter from low to high, and what it does to rows seen and not seen.

The same as scikit-learn's ``validation_curve`` with the same folds.
"""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, ClassVar

import numpy as np

from engines.core.arrays import Floats
from engines.core.experiment import Experiment
from engines.core.judge import judge
from engines.core.language import LearnerError, Note, say
from engines.core.params import Param, Params, ParamSpec, named_by, specs
from engines.core.step import Outcome, Pictures, Step, Steps
from engines.data.features import Features
from engines.evaluation.checks import some
from engines.evaluation.training import Run, begin, target_of, with_parts
from engines.judging._curves import By, Scores, Splits, cuts, measure
from engines.judging._sight import Sight, can_be_seen
from engines.judging._trials import Trial, advance, begun, load
from engines.pictures.boundaries import Boundaries
from engines.pictures.chart import Chart, Cut, Line

FEWEST, MOST = 1e-3, 1e3  # times the default: the reach of a setting that goes by factors, unless it is said otherwise


@dataclass(frozen=True, eq=False)
class ValidationCurve(Chart):
    """Scores against the values of a hyper-parameter."""

    title: ClassVar[str] = "Validation curve"


@dataclass(frozen=True)
class ValidationCurveParams(Params):
    """Which setting is tried, with which values, and on which rows each is judged."""

    param: Annotated[str, Param("Setting", names="numbers")] = ""
    low: Annotated[float, Param("Lowest value", low=0, high=1e9, help="both 0: a reach that suits the setting")] = 0.0
    high: Annotated[float, Param("Highest value", low=0, high=1e9)] = 0.0
    n_values: Annotated[int, Param("Number of values", low=2, high=24)] = 10
    by: By = "k folds"
    n_splits: Splits = 5


@judge(
    title="Validation curve",
    shows=(ValidationCurve, Boundaries),
    facts=("the test share takes no part",),
    order=40,
)
def validation_curve(experiment: Experiment, params: ValidationCurveParams, rng: np.random.Generator) -> Steps:
    """Try one setting from low to high, and see where what was learned helps with rows that were not seen."""
    data = experiment.split_data
    some(data)
    features, spec = target_of(data), chosen(experiment, params.param)
    tried = values_of(spec, params)
    pairs = cuts(data, features, params.by, params.n_splits, experiment.seed)
    trials = [
        [Trial(begin(experiment, with_parts(data, *pair), params=experiment.params.with_values(**{spec.name: value})))
         for pair in pairs]
        for value in tried
    ]  # fmt: skip
    expected = yield from begun(trials)
    told = Told(experiment, features, spec, np.array(tried, float), Scores.of(len(tried), len(pairs)))
    draw = partial(told.draw, trials)
    yield Step(told.plan(len(pairs)), {"best": np.nan}, draw, then=told.next(0), caution=expected)  # fmt: skip
    count = 0
    for place, side in enumerate(trials):
        while (yield from advance(side, count, load(experiment))):
            count += 1
            steps = max(trial.run.count for trial in side)
            note = say("{label} = {value}: {k} trainings, {steps} steps so far", k=len(side), steps=steps,
                       **told.at(place))  # fmt: skip
            yield Step(note, {"best": told.best_score}, draw, then=told.next(place))
        problem = told.scores.take(place, side, features, pairs)
        note = told.found(place, problem)
        yield Step(note, {"best": told.best_score}, draw, then=told.next(place + 1))
    yield Step(told.verdict(), {"best": told.best_score}, draw, rest=True)
    best = tried[told.best] if told.best >= 0 else float("nan")
    return Outcome(
        {"best": told.best_score, f"best_{spec.name}": best},
        {"param_range": np.array(tried), "train_scores": told.scores.trained, "validation_scores": told.scores.held},
    )


@dataclass
class Told:
    """What is said and drawn of the curve so far."""

    experiment: Experiment
    features: Features
    spec: ParamSpec
    tried: Floats
    scores: Scores

    def __post_init__(self) -> None:
        self._sight = Sight(self.features) if can_be_seen(self.features) else None

    @property
    def best(self) -> int:
        """The place with the highest mean score on what was held out, the first of several; -1 while none is known."""
        means = self.scores.mean("held")
        return int(np.nanargmax(means)) if np.isfinite(means).any() else -1

    @property
    def best_score(self) -> float:
        """Its score, NaN while none is known."""
        return float(self.scores.mean("held")[self.best]) if self.best >= 0 else float("nan")

    def at(self, place: int) -> dict[str, object]:
        """Return label and value of a place, for a note."""
        return {"label": say(self.spec.param.label), "value": f"{self.tried[place]:.4g}"}

    def plan(self, k: int) -> Note:
        """Say what will be tried."""
        told = {"low": f"{self.tried[0]:.4g}", "high": f"{self.tried[-1]:.4g}", "n": len(self.tried), "k": k}
        return say("{label}: {n} values from {low} to {high}, {k} trainings each", label=say(self.spec.param.label),
                   **told)  # fmt: skip

    def next(self, place: int) -> Note | str:
        """Say which value comes next."""
        return say("train with {label} = {value}", **self.at(place)) if place < len(self.tried) else ""

    def found(self, place: int, problem: Note | None) -> Note:
        """Say the scores of a value, and why there is none."""
        trained, held = self.scores.mean("trained")[place], self.scores.mean("held")[place]
        if np.isnan(held):
            return say("{label} = {value} has no score. {problem}", problem=problem or say(""), **self.at(place))
        told = {"trained": trained, "held": held, "sd": self.scores.spread("held")[place], **self.at(place)}
        note = say(
            "{label} = {value}: {trained:.3f} on what it was trained on, {held:.3f} ± {sd:.3f} on what was held out",
            **told,
        )
        return say("{note}. Some could not be trained: {problem}", note=note, problem=problem) if problem else note

    def verdict(self) -> Note:
        """Say which value is best, and what goes wrong at the two ends."""
        if self.best < 0:
            return say("No value has a score")
        held, gaps = self.scores.mean("held"), self.scores.mean("trained") - self.scores.mean("held")
        wide = int(np.nanargmax(gaps))
        note = say("Best on what was held out: {label} = {value}, {score:.3f}", score=held[self.best],
                   **self.at(self.best))  # fmt: skip
        if wide == self.best or gaps[wide] < gaps[self.best] + 0.02:
            return note
        return say("{note}. The gap between the curves is widest at {value}, {gap:.3f}: overfitting", note=note,
                   value=f"{self.tried[wide]:.4g}", gap=gaps[wide])  # fmt: skip

    def draw(self, trials: list[list[Trial]]) -> Pictures:
        """Draw the chart, and the first model of every value side by side where there is a plane."""
        now = float(getattr(self.experiment.params, self.spec.name))
        cut = Cut(self.spec.name, now, upright=True) if self.tried[0] <= now <= self.tried[-1] else None
        lines: tuple[Line, ...] = self.scores.lines(self.tried)
        if self.best >= 0:
            place = np.array([self.best])
            lines = (*lines, Line(say("best"), self.tried[place], self.scores.mean("held")[place], "dots"))
        chart = ValidationCurve(lines, say(self.spec.param.label), measure(self.features), cut=cut,
                                log_x=by_factors(self.spec, self.tried))  # fmt: skip
        if self._sight is None:
            return (chart,)
        runs: list[Run | None] = [side[0].run for side in trials]
        captions = tuple(f"{value:.4g}" for value in self.tried)
        takes = tuple(((self.spec.name, self._exact(value)),) for value in self.tried)
        return chart, self._sight.tiles(runs, captions, self.scores.mean("held"), best=self.best, takes=takes)

    def _exact(self, value: float) -> float:
        return int(value) if self.spec.kind == "int" else float(value)


def chosen(experiment: Experiment, name: str) -> ParamSpec:
    """Return the setting that is named, the first that is a number for none. LearnerError where there is none."""
    names = named_by("numbers", type(experiment.params))
    if not names:
        raise LearnerError("“{engine}” has no setting that is a number.", engine=say(experiment.engine.title))
    wanted = name or names[0]
    if wanted not in names:
        raise LearnerError("There is no setting “{name}”; there are: {names}.", name=name, names=", ".join(names))
    return next(spec for spec in specs(type(experiment.params)) if spec.name == wanted)


def values_of(spec: ParamSpec, params: ValidationCurveParams) -> list[float]:
    """Return the values to try, ascending and all different: by equal steps, or by equal factors as its slider goes."""
    low, high = (params.low, params.high) if params.high > 0 else reach(spec, params.n_values)
    low, high = max(low, spec.param.low), min(high, spec.param.high)
    if spec.param.log and low <= 0:
        low = min(high, max(FEWEST * abs(float(spec.default)), 1e-4 * high))
    if not low < high:
        bounds = {"low": f"{spec.param.low:g}", "high": f"{spec.param.high:g}"}
        raise LearnerError(
            "The lowest value must be below the highest; “{label}” goes from {low} to {high}.",
            label=say(spec.param.label), **bounds,
        )  # fmt: skip
    values = np.geomspace(low, high, params.n_values) if spec.param.log else np.linspace(low, high, params.n_values)
    if spec.kind == "int":
        return [int(value) for value in np.unique(np.rint(values))]
    return [float(value) for value in np.clip(values, low, high)]


def reach(spec: ParamSpec, count: int) -> tuple[float, float]:
    """Return from where to where a setting is tried when nobody says: about its default."""
    default, low, high = float(spec.default), spec.param.low, spec.param.high
    if spec.kind == "int" and spec.param.log:
        return low, min(high, max(20 * default, low + count - 1))
    if spec.param.log:
        return max(low, FEWEST * default), min(high, MOST * default if default else 1.0)
    if spec.kind == "int":
        return low, min(high, max(3 * default, low + count - 1))
    return low, min(high, max(4 * default, low + 1))


def by_factors(spec: ParamSpec, tried: Floats) -> bool:
    """Whether the axis goes by factors."""
    return spec.param.log and bool((tried > 0).all())
