"""The judge of thresholds: its curves, what a threshold comes to, its costs, and what it refuses."""

from dataclasses import replace

import numpy as np
import pytest

from engines.core.dataset import TEST, TRAIN, VALIDATION, Dataset, Split
from engines.core.experiment import Experiment
from engines.core.language import LearnerError
from engines.core.registry import engine_named, judge_named
from engines.core.step import Change, Outcome, Step
from engines.data.points import Points
from engines.data.sampling import parse_sample
from engines.judging._threshold_pictures import AtThreshold, Costs, PrecisionRecall, Roc
from engines.judging._yes import squeezed
from engines.judging.threshold import ThresholdParams
from engines.pictures.surface import Surface

metrics = pytest.importorskip("sklearn.metrics")

BAYES, LOGISTIC = "classification.naive_bayes", "classification.logistic"


def experiment(engine: str = BAYES, sample: str | Dataset = "screening:n=2000", **settings: object) -> Experiment:
    params = engine_named(engine).params()
    if "max_iter" in params.to_json() and engine == LOGISTIC:
        params = params.with_values(max_iter=20)
    data = parse_sample(sample) if isinstance(sample, str) else sample
    return Experiment(engine, params, data, Split(), 0, "threshold", ThresholdParams().with_values(**settings))


def judged(run: Experiment) -> tuple[list[Step], Outcome]:
    steps, seen = run.start(), []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return seen, end.value


def once(run: Experiment) -> Outcome:
    """The same engine trained without a judge."""
    steps = replace(run, judge_key="", judge_params=None).start()
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def pictures(step: Step) -> dict[type, object]:
    return {type(picture): picture for picture in step.draw()}


@pytest.mark.parametrize("part", ["validation", "training"])
@pytest.mark.parametrize(
    ("engine", "sample"),
    [(BAYES, "screening:n=1000"), (LOGISTIC, "moons:n=200,noise=0.4"), ("trees.cart", "intrusion:n=1000"),
     ("classification.knn", "moons:n=120,noise=0.4")],
)  # fmt: skip
def test_its_curves_are_scikit_learns(engine: str, sample: str, part: str) -> None:
    run = experiment(engine, sample, part=part)
    _, outcome = judged(run)
    data = run.split_data
    p = once(run).arrays["probabilities"][:, 1]
    y = data.y if isinstance(data, Points) else data.column(data.target).codes
    rows = np.flatnonzero(data.parts == (VALIDATION if part == "validation" else TRAIN))
    assert (outcome.arrays["rows"] == rows).all()
    assert outcome.arrays["scores"] == pytest.approx(p[rows])
    false_alarms, recall, thresholds = metrics.roc_curve(y[rows] == 1, p[rows], drop_intermediate=False)
    assert outcome.arrays["fpr"] == pytest.approx(false_alarms)
    assert outcome.arrays["tpr"] == pytest.approx(recall)
    assert outcome.arrays["thresholds"] == pytest.approx(thresholds)
    precision, recall, _ = metrics.precision_recall_curve(y[rows] == 1, p[rows])
    assert outcome.arrays["precision"] == pytest.approx(precision[::-1])
    assert outcome.arrays["recall"] == pytest.approx(recall[::-1])
    assert outcome.scalars["roc_auc"] == pytest.approx(metrics.roc_auc_score(y[rows] == 1, p[rows]))
    assert outcome.scalars["average_precision"] == pytest.approx(metrics.average_precision_score(y[rows] == 1, p[rows]))


def test_an_svm_is_ranked_by_its_decision_values_as_svc_is() -> None:
    from sklearn.svm import SVC

    run = experiment("classification.svm", "moons:n=120,noise=0.4,seed=2")
    _, outcome = judged(run)
    data = run.split_data
    theirs = SVC().fit(data.x[data.parts == TRAIN], data.y[data.parts == TRAIN])
    rows = outcome.arrays["rows"]
    decision = theirs.decision_function(data.x[rows])
    assert outcome.arrays["scores"] == pytest.approx(squeezed(decision), abs=2e-3)
    assert outcome.scalars["roc_auc"] == pytest.approx(metrics.roc_auc_score(data.y[rows], decision), abs=0.01)
    assert outcome.scalars["accuracy"] == pytest.approx((theirs.predict(data.x[rows]) == data.y[rows]).mean())
    ours = once(run).arrays["decision_function_"]
    assert ours == pytest.approx(theirs.decision_function(data.x), abs=5e-3)


def test_far_decision_values_stay_in_order() -> None:
    values = np.array([-1e9, -50.0, -1.0, 0.0, 1.0, 50.0, 51.0, 1e9])
    assert (np.diff(squeezed(values)) > 0).all()
    assert squeezed(values)[[2, 3, 4]].tolist() == [0.25, 0.5, 0.75]


def test_accuracy_lies_where_one_in_a_hundred_is_ill_and_the_note_says_so() -> None:
    steps, outcome = judged(experiment(threshold=1.0))
    numbers = outcome.scalars
    assert numbers["recall"] == 0
    assert numbers["accuracy"] == numbers["always_no_accuracy"] == 0.99
    note = steps[-1].note.render()
    assert "accuracy 99.0% (always “no”: 99.0%), recall 0.000, precision –" in note


def test_the_numbers_at_the_threshold_are_counted() -> None:
    steps, outcome = judged(experiment(threshold=0.3, false_alarm_cost=2, miss_cost=80))
    scores, truth = outcome.arrays["scores"], outcome.arrays["truth"]
    said = scores >= 0.3
    numbers = outcome.scalars
    assert numbers["precision"] == pytest.approx(metrics.precision_score(truth, said))
    assert numbers["recall"] == pytest.approx(metrics.recall_score(truth, said))
    assert numbers["accuracy"] == pytest.approx(metrics.accuracy_score(truth, said))
    cost = (2 * (said & ~truth).sum() + 80 * (~said & truth).sum()) / len(truth)
    assert numbers["cost"] == pytest.approx(cost)
    matrix = pictures(steps[-1])[AtThreshold]
    assert (matrix.truth == truth).all()
    assert (matrix.predicted == said).all()
    assert (matrix.index == outcome.arrays["rows"]).all()
    assert [note.render() for note in matrix.names] == ["no", "yes"]


@pytest.mark.parametrize("prices", [(1, 1), (1, 50), (20, 1), (0, 1), (1, 0), (0, 0)])
def test_no_threshold_is_cheaper_than_the_cheapest(prices: tuple[float, float]) -> None:
    _, outcome = judged(experiment(false_alarm_cost=prices[0], miss_cost=prices[1]))
    scores, truth = outcome.arrays["scores"], outcome.arrays["truth"]

    def cost(at: float) -> float:
        said = scores >= at
        return float(prices[0] * (said & ~truth).sum() + prices[1] * (~said & truth).sum()) / len(truth)

    every = [cost(at) for at in (*scores.tolist(), *np.linspace(0, 1, 501).tolist(), 2.0)]
    numbers = outcome.scalars
    assert numbers["cheapest_cost"] == pytest.approx(min(every))
    assert cost(numbers["cheapest_threshold"]) == pytest.approx(min(every))


def test_never_saying_yes_can_be_cheapest_where_some_are_certain() -> None:
    """A whole tree gives 0 or 1: only a threshold above 1 says no to all."""
    steps, outcome = judged(experiment("trees.cart", "moons:n=90,noise=1,seed=4", false_alarm_cost=1000))
    assert outcome.arrays["scores"].max() == 1
    assert outcome.arrays["fpr"][1] > 0
    assert np.isinf(outcome.scalars["cheapest_threshold"])
    assert outcome.scalars["cheapest_cost"] == pytest.approx(outcome.arrays["truth"].mean())
    assert steps[-1].note.render().endswith("by never saying yes")
    assert 0 <= pictures(steps[-1])[Costs].mark <= 1


def test_threshold_costs_and_class_change_live_without_another_training() -> None:
    run = experiment(LOGISTIC, "moons:n=200,noise=0.4")
    steps = run.start()
    step = next(steps)
    while not step.rest:
        step = next(steps)
    params = run.judge_params
    lower = steps.send(Change(params=params.with_values(threshold=0.1)))
    assert lower.rest
    assert lower.scalars["recall"] >= step.scalars["recall"]
    assert lower.scalars["roc_auc"] == step.scalars["roc_auc"]
    assert pictures(lower)[Costs].cut.value == 0.1
    dear = steps.send(Change(params=params.with_values(threshold=0.1, miss_cost=100)))
    assert dear.scalars["cost"] > lower.scalars["cost"]
    other = steps.send(Change(params=params.with_values(positive=1)))
    assert other.scalars["roc_auc"] == pytest.approx(step.scalars["roc_auc"])  # turned round, it ranks as well
    training = steps.send(Change(params=params.with_values(part="training")))
    assert set(pictures(training)[AtThreshold].parts.tolist()) == {TRAIN}
    with pytest.raises(StopIteration):
        next(steps)


def test_the_boundary_moves_with_the_threshold() -> None:
    """At every place of the plane the shifted surface is for the second class exactly where p ≥ threshold."""
    run = experiment(LOGISTIC, "moons:n=200,noise=0.4", threshold=0.2)
    steps, _ = judged(run)
    plain = next(item for item in replace(run, judge_params=ThresholdParams(threshold=0.5)).start()).draw()[0]
    shown = pictures(steps[-1])[Surface]
    assert shown.values.shape == plain.values.shape
    at_half = pictures(judged(replace(run, judge_params=ThresholdParams(threshold=0.5)))[0][-1])[Surface]
    assert ((shown.values[1] >= 0.5) == (at_half.values[1] >= 0.2 - 1e-6)).mean() > 0.999
    assert shown.values.sum(0) == pytest.approx(np.ones(shown.values.shape[1:]), abs=1e-5)


def test_the_curves_grow_while_the_threshold_falls() -> None:
    steps, outcome = judged(experiment())
    walked = [step for step in steps if not np.isnan(step.scalars["recall"])][:-2]
    recalls = [step.scalars["recall"] for step in walked]
    assert recalls == sorted(recalls)
    assert recalls[0] == 0
    assert recalls[-1] == 1
    lengths = [len(pictures(step)[Roc].lines[0].x) for step in walked]
    assert lengths == sorted(lengths)
    assert lengths[-1] == len(outcome.arrays["fpr"])
    last = pictures(steps[-1])
    assert last[Roc].lines[0].name.render() == f"area {outcome.scalars['roc_auc']:.3f}"
    assert last[PrecisionRecall].lines[2].y.tolist() == [0.01, 0.01]
    assert any(f"Area under ROC {outcome.scalars['roc_auc']:.3f}" in step.note.render() for step in steps)


def test_the_test_share_takes_no_part() -> None:
    run = experiment()
    steps, outcome = judged(run)
    assert not (run.split_data.parts[outcome.arrays["rows"]] == TEST).any()
    data = run.split_data
    absurd = tuple(
        replace(c, numbers=np.where(data.parts == TEST, 10.0, c.numbers)) if c.name == "scan score" else c
        for c in data.columns
    )
    swapped = replace(data, columns=absurd)
    again = judge_named("threshold").start(
        replace(run, data=swapped, judge_key="", judge_params=None), run.judge_params, np.random.default_rng(0)
    )
    other = [next(again) for _ in range(len(steps))]
    assert [step.note.render() for step in other][-30:] == [step.note.render() for step in steps][-30:]


def test_one_class_against_the_rest() -> None:
    run = experiment(BAYES, "iris", positive=2)
    steps, outcome = judged(run)
    data = run.split_data
    rows = outcome.arrays["rows"]
    assert (outcome.arrays["truth"] == (data.column("species").codes[rows] == 1)).all()
    matrix = pictures(steps[-1])[AtThreshold]
    assert [note.render() for note in matrix.names] == ["not versicolor", "versicolor"]
    assert matrix.n_classes == 2
    assert outcome.scalars["always_no_accuracy"] == pytest.approx(16 / 24)


def test_without_a_choice_the_rarest_class_is_positive() -> None:
    rare_first = Points(np.random.default_rng(0).normal(size=(100, 2)), np.r_[np.zeros(20, int), np.ones(80, int)])
    _, outcome = judged(experiment(BAYES, rare_first))
    assert outcome.scalars["always_no_accuracy"] == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("sample", "settings", "split", "part"),
    [
        ("iris", {"positive": 4}, Split(), "There is no class 4: there are 3"),
        ("moons:n=100", {}, Split(0.8, 0.0), "No rows are kept for validation"),
        ("screening:n=100", {}, Split(), "of one kind, as to “yes”"),
        ("houses:n=80", {}, Split(), "a threshold needs classes"),
        (Points(np.zeros((5, 2)), np.zeros(5, int)), {}, Split(), "There is one class only"),
    ],
)
def test_what_cannot_be_judged_is_said(sample: str | Dataset, settings: dict, split: Split, part: str) -> None:
    engine = "trees.cart" if sample == "houses:n=80" else BAYES
    run = replace(experiment(engine, sample, **settings), split=split)
    with pytest.raises(LearnerError, match=part):
        judged(run)


def test_where_there_is_only_yes_and_no_the_curve_has_one_corner() -> None:
    run = experiment("classification.svm", "iris", part="training", positive=1)
    _, outcome = judged(run)
    assert set(np.unique(outcome.arrays["scores"]).tolist()) <= {0.0, 1.0}
    assert len(outcome.arrays["fpr"]) == 3
