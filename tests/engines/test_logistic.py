"""Logistic regression against finite differences and scikit-learn."""

from typing import Any

import numpy as np
import pytest

from engines.classification.logistic import LogisticParams, logistic, one_hot, predict, probability, scores
from engines.core.dataset import Split
from engines.core.language import LearnerError
from engines.core.step import Change, Outcome, Step
from engines.data.points import Points
from engines.data.sampling import make_sample


def start(data: Points, **params: Any) -> Any:
    return logistic.start(data.with_split(Split()), LogisticParams(**params), np.random.default_rng(0))


def finish(steps: Any) -> tuple[list[Step], Outcome]:
    seen = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return seen, end.value


@pytest.mark.parametrize("classes", [2, 3])
def test_the_slope_is_that_of_the_loss(classes: int) -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(30, 2)), rng.integers(0, classes, 30)
    outputs = 1 if classes == 2 else classes
    weights, bias = rng.normal(size=(outputs, 2)), rng.normal(size=outputs)

    def loss(w: Any) -> float:
        p = predict(x, w, bias)
        return float(-np.log(p[np.arange(30), y]).mean())

    slope = (probability(x, weights, bias) - one_hot(y, outputs)).T @ x / 30
    for index in np.ndindex(*weights.shape):
        nudge = np.zeros_like(weights)
        nudge[index] = 1e-6
        assert (loss(weights + nudge) - loss(weights - nudge)) / 2e-6 == pytest.approx(slope[index], abs=1e-6)


@pytest.mark.parametrize("sample", ["linear", "blobs"])
def test_settles_where_scikit_learn_does(sample: str) -> None:
    from sklearn.linear_model import LogisticRegression

    data = make_sample(sample, n=200, noise=0.8, seed=2).with_split(Split())
    alpha = 0.05
    _, outcome = finish(start(data, alpha=alpha, lr=1.0, tol=1e-6, max_iter=50_000))
    train = data.train
    theirs = LogisticRegression(C=1 / (alpha * len(train.y)), tol=1e-10, max_iter=10_000).fit(train.x, train.y)
    np.testing.assert_allclose(outcome.arrays["coef_"], theirs.coef_, atol=2e-3)
    np.testing.assert_allclose(
        outcome.arrays["intercept_"] - outcome.arrays["intercept_"].mean() * (len(theirs.intercept_) > 1),
        theirs.intercept_ - theirs.intercept_.mean() * (len(theirs.intercept_) > 1),
        atol=2e-3,
    )
    np.testing.assert_allclose(outcome.arrays["probabilities"], theirs.predict_proba(data.x), atol=2e-3)
    assert outcome.scalars["test_accuracy"] == pytest.approx(theirs.score(data.test.x, data.test.y))


def test_a_line_cannot_but_squares_can_separate_circles() -> None:
    data = make_sample("circles", n=300, noise=0.05, seed=0)
    _, line = finish(start(data, lr=0.5, max_iter=500))
    _, curve = finish(start(data, lr=0.5, max_iter=500, features="with squares"))
    assert line.scalars["test_accuracy"] < 0.7
    assert curve.scalars["test_accuracy"] > 0.95


def test_the_first_step_knows_nothing() -> None:
    step = next(start(make_sample("linear")))
    assert step.scalars["train_loss"] == pytest.approx(np.log(2))


def test_a_new_learning_rate_is_used_at_once() -> None:
    steps = start(make_sample("linear"), lr=0.001)
    first = next(steps).scalars["train_loss"]
    slow = first - next(steps).scalars["train_loss"]
    before = next(steps).scalars["train_loss"]
    fast = before - steps.send(Change(params=LogisticParams(lr=0.1))).scalars["train_loss"]
    assert fast > 10 * slow


def test_edited_points_are_used_and_the_line_is_kept() -> None:
    data = make_sample("linear", n=100, seed=0)
    steps = start(data)
    for _ in range(50):
        step = next(steps)
    flipped = Points(data.x, 1 - data.y, key=data.key).with_split(Split())
    after = steps.send(Change(data=flipped))
    assert after.scalars["train_loss"] > 2 * step.scalars["train_loss"]


def test_scores_count_the_penalty() -> None:
    data = make_sample("linear").with_split(Split())
    weights = np.array([[3.0, 4.0]])
    plain = scores(data, weights, np.zeros(1), LogisticParams())["train_loss"]
    assert scores(data, weights, np.zeros(1), LogisticParams(alpha=0.1))["train_loss"] == pytest.approx(plain + 1.25)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (Points(), "no points"),
        (Points(np.zeros((4, 2)), np.full(4, -1)), "No point has a class"),
        (Points(np.random.default_rng(0).normal(size=(4, 2)), np.zeros(4, int)), "one class"),
        (Points(np.ones((10, 2)), np.arange(10) % 2), "same spot"),
    ],
)
def test_hopeless_data_is_refused_in_words(data: Points, words: str) -> None:
    with pytest.raises(LearnerError, match=words):
        next(start(data))


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid")
def test_far_away_points_and_a_silly_rate_never_crash() -> None:
    data = make_sample("linear", n=50)
    far = Points(data.x * 1e100, data.y)
    with pytest.raises(LearnerError, match="learning rate"):
        for _ in start(far, lr=10.0, features="with squares"):
            pass
