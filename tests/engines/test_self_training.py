"""Self-training against scikit-learn, the numbers of its notes, and why it stops."""

from typing import Any

import numpy as np
import pytest

from engines.core.dataset import Split
from engines.core.step import Change, Step
from engines.data.points import Points
from engines.data.sampling import parse_sample
from engines.pictures.groups import Groups
from engines.pictures.marked import Marked
from engines.semisupervised.self_training import LEARN, TAKE, SelfTrainingParams, classifier, self_training
from tests.engines.running import drawn, finish, starter

start = starter(self_training)


def text(step: Step) -> str:
    return step.note.render()  # type: ignore[union-attr]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("estimator", ["naive Bayes", "k nearest neighbours", "logistic regression"])
@pytest.mark.parametrize("how", [{"threshold": 0.9}, {"threshold": 0.6}, {"criterion": "k_best", "k_best": 15}])
@pytest.mark.parametrize("name", ["moons:n=200,noise=0.1,seed=1+few_labels:n=6", "blobs:n=150,seed=2+few_labels:n=6"])
def test_same_labels_rounds_and_classifier_as_scikit_learn(estimator: Any, how: dict[str, Any], name: str) -> None:
    from sklearn.semi_supervised import SelfTrainingClassifier

    if estimator == "k nearest neighbours" and "k_best" in how:
        pytest.skip("many points are equally sure: which of them come first is anybody’s choice")
    data = parse_sample(name)
    _, outcome = finish(start(data, estimator=estimator, **how, max_iter=8))
    base = classifier(SelfTrainingParams(estimator=estimator), 12)
    theirs = SelfTrainingClassifier(base, **how, max_iter=8).fit(data.x, data.y)
    assert (outcome.arrays["transduction_"] == theirs.transduction_).all()
    assert (outcome.arrays["labeled_iter_"] == theirs.labeled_iter_).all()
    np.testing.assert_allclose(outcome.arrays["probabilities"], theirs.predict_proba(data.x), atol=1e-12)


def test_the_note_counts_who_is_taken_and_how_sure_it_is() -> None:
    from sklearn.naive_bayes import GaussianNB

    data = parse_sample("moons:n=120,noise=0.1,seed=3+few_labels:n=4")
    steps = start(data, threshold=0.8)
    first = next(steps)
    assert text(first) == "Learned from 8 points: 8 with a given label and 0 with its own"
    assert first.then.render() == TAKE  # type: ignore[union-attr]
    second = next(steps)
    known = data.y >= 0
    sure = GaussianNB().fit(data.x[known], data.y[known]).predict_proba(data.x[~known]).max(1)
    told = dict(second.note.values)  # type: ignore[union-attr]
    assert (told["taken"], told["rest"]) == (np.sum(sure > 0.8), 112)
    assert told["low"] == pytest.approx(sure[sure > 0.8].min())
    assert told["high"] == pytest.approx(sure.max())
    assert second.then.render() == LEARN  # type: ignore[union-attr]
    assert drawn(second, Marked).ringed.tolist() == np.flatnonzero(~known)[sure > 0.8].tolist()
    labels = drawn(second, Groups).labels
    assert (labels >= 0).sum() == second.scalars["labelled"] == 8 + told["taken"]
    third = next(steps)
    assert not len(drawn(third, Marked).ringed)
    assert f"{told['taken']} with its own" in text(third)


def test_it_stops_when_all_have_a_label_when_it_is_unsure_and_at_the_limit() -> None:
    data = parse_sample("blobs:n=100,noise=0.6,seed=1+few_labels:n=5")
    steps, _ = finish(start(data, threshold=0.0))
    assert text(steps[-1]) == "After 1 round every point has a label"
    steps, outcome = finish(start(data, threshold=0.999))
    left = int((outcome.arrays["transduction_"] < 0).sum())
    assert left > 0
    assert f"sure of none of the rest ({left})" in text(steps[-1])
    steps, outcome = finish(start(data, criterion="k_best", k_best=3, max_iter=4))
    assert text(steps[-1]).startswith("Stopped after 4 rounds")
    assert outcome.scalars["n_iter"] == 4
    assert outcome.scalars["labelled"] == 15 + 12


def test_a_lower_threshold_wakes_a_run_at_rest() -> None:
    data = parse_sample("blobs:n=100,noise=0.6,seed=1+few_labels:n=5")
    steps = start(data, threshold=0.999)
    while not (step := next(steps)).rest:
        pass
    before = step.scalars["labelled"]
    steps.send(Change(params=SelfTrainingParams(threshold=0.5)))
    _, outcome = finish(steps)
    assert outcome.scalars["labelled"] == 100 > before


def test_edited_points_begin_anew_and_kept_back_labels_are_scored() -> None:
    data = parse_sample("moons:n=200,noise=0.08,seed=3").with_split(Split(0.2, 0.3))
    steps = start(data)
    next(steps)
    next(steps)
    step = steps.send(Change(data=data))
    assert text(step).startswith(f"Learned from {len(data.train.y)} points")
    seen, outcome = finish(steps)
    test = data.test
    assert outcome.scalars["test_accuracy"] == np.mean(outcome.arrays["predictions"][test.index] == test.y)
    assert 0.5 < seen[-1].scalars["validation_accuracy"] <= 1


def test_a_missing_class_and_fewer_points_than_neighbours() -> None:
    x = np.vstack([np.random.default_rng(0).normal(-2, 0.4, (20, 2)), np.random.default_rng(1).normal(2, 0.4, (20, 2))])
    y = np.full(40, -1)
    y[0], y[20] = 0, 2
    _, outcome = finish(start(Points(x, y), estimator="k nearest neighbours", n_neighbors=1))
    assert outcome.arrays["transduction_"].tolist() == [0] * 20 + [2] * 20
    assert outcome.arrays["probabilities"][:, 1].sum() == 0
    _, outcome = finish(start(Points(x, y), estimator="k nearest neighbours", n_neighbors=30))
    assert np.isfinite(outcome.arrays["probabilities"]).all()
