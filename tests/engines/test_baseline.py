"""The baselines against scikit-learn's DummyClassifier and DummyRegressor, and what they say."""

import itertools

import numpy as np
import pytest

from engines.classification.baseline import BaselineParams
from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.core.step import Change
from engines.data.features import classes_of, numbers_of
from engines.data.points import Points
from engines.data.sampling import parse_sample
from engines.pictures.surface import Surface
from engines.regression.baseline import BaselineParams as NumberParams


def run(key, spec, params, seed=0):
    experiment = Experiment(key, params, parse_sample(spec) if isinstance(spec, str) else spec, Split(), seed)
    steps, seen = experiment.start(), []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return experiment.split_data, seen, end.value


@pytest.mark.parametrize("spec", ["moons", "blobs:seed=3", "imbalanced:n=300", "iris", "digits", "spam", "play_tennis"])
def test_the_most_frequent_class_is_scikit_learns(spec):
    data, steps, outcome = run("classification.baseline", spec, BaselineParams())
    from sklearn.dummy import DummyClassifier

    features = classes_of(data)
    theirs = DummyClassifier(strategy="most_frequent").fit(features.train.x, features.train.y)
    assert (outcome.arrays["predictions"] == theirs.predict(features.x)).all()
    test = features.test
    assert outcome.scalars["test_accuracy"] == pytest.approx(theirs.score(test.x, test.y))
    present = outcome.arrays["class_prior_"][theirs.classes_]
    assert present == pytest.approx(theirs.class_prior_)
    assert f"{outcome.scalars['validation_accuracy']:.1%}" in steps[-1].note.render()


def test_the_dice_fall_as_often_as_the_classes_occur():
    data, steps, outcome = run("classification.baseline", "imbalanced:n=20000,share=0.2",
                               BaselineParams(strategy="at random by share"))  # fmt: skip
    from sklearn.dummy import DummyClassifier

    features = classes_of(data)
    shares = outcome.arrays["class_prior_"]
    fallen = np.bincount(outcome.arrays["predictions"]) / len(features)
    theirs = DummyClassifier(strategy="stratified", random_state=0).fit(features.train.x, features.train.y)
    assert fallen == pytest.approx(shares, abs=0.02)
    assert np.bincount(theirs.predict(features.x)) / len(features) == pytest.approx(fallen, abs=0.02)
    assert outcome.scalars["train_accuracy"] == pytest.approx((shares**2).sum(), abs=0.02)
    assert f"{(shares**2).sum():.1%}" in steps[-1].note.render()
    _, _, again = run("classification.baseline", "imbalanced:n=20000,share=0.2",
                      BaselineParams(strategy="at random by share"), seed=1)  # fmt: skip
    assert (again.arrays["predictions"] != outcome.arrays["predictions"]).any()


def test_the_plane_has_one_colour_or_is_thrown_by_dice():
    for strategy, classes in (("most frequent", 1), ("at random by share", 3)):
        _, steps, _ = run("classification.baseline", "blobs:seed=3", BaselineParams(strategy=strategy))
        surface = next(item for item in steps[-1].draw() if isinstance(item, Surface))
        assert len(np.unique(surface.values.argmax(0))) == classes
        assert surface.values.sum(0) == pytest.approx(1)


def test_another_answer_and_edited_data_wake_it():
    experiment = Experiment("classification.baseline", BaselineParams(), parse_sample("moons"), Split())
    steps = experiment.start()
    list(itertools.islice(steps, 3))
    steps.send(Change(params=BaselineParams(strategy="at random by share")))
    step = next(steps)
    assert "dice" in step.note.render()
    more = Points(np.vstack([experiment.data.x] * 2), np.r_[experiment.data.y, np.ones(len(experiment.data), int)])
    steps.send(Change(data=more.with_split(Split())))
    steps.send(Change(params=BaselineParams()))
    step = next(steps)
    assert step.scalars["train_accuracy"] == pytest.approx(0.75, abs=0.01)


@pytest.mark.parametrize("strategy", ["mean", "median"])
@pytest.mark.parametrize("spec", ["line", "polynomial:seed=2", "hills", "houses"])
def test_one_number_for_all_is_scikit_learns(spec, strategy):
    data, steps, outcome = run("regression.baseline", spec, NumberParams(strategy=strategy))
    from sklearn.dummy import DummyRegressor

    features = numbers_of(data)
    theirs = DummyRegressor(strategy=strategy).fit(features.train.x, features.train.value)
    assert outcome.arrays["predictions"] == pytest.approx(theirs.predict(features.x))
    assert outcome.arrays["constant_"] == pytest.approx(theirs.constant_.ravel())
    test = features.test
    assert outcome.scalars["test_r2"] == pytest.approx(theirs.score(test.x, test.value))
    if strategy == "mean":
        assert outcome.scalars["train_r2"] == pytest.approx(0)
    assert f"{outcome.arrays['constant_'][0]:.4g}".replace("-", "−") in steps[-1].note.render()


def test_the_workings_of_the_mean_are_right():
    data = Points(np.array([[0.0, 1.0], [1.0, 2.0], [2.0, 6.0]]), np.zeros(3, int), target="height")
    experiment = Experiment("regression.baseline", NumberParams(), data, Split(1.0, 0.0))
    step = list(itertools.islice(experiment.start(), 3))[-1]
    lines = [line.render() for line in step.draw()[-1].lines]
    assert lines == ["mean = 9 ÷ 3 = 3", "squared error = 4.667, on average", "R² = 1 − 4.667 ÷ 4.667 = 0"]
