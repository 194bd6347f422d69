"""Logistic regression against finite differences and scikit-learn."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from engines.classification._logistic_pictures import Sigmoid, Weights, border
from engines.classification.logistic import (
    DESCEND,
    JUMP,
    LogisticParams,
    curvature,
    logistic,
    one_hot,
    predict,
    probability,
    scores,
)
from engines.core.dataset import Split
from engines.core.language import LearnerError
from engines.core.step import Change, Poke, Step
from engines.data.points import Points
from engines.data.sampling import make_sample, parse_sample
from engines.data.table import Column, Table
from engines.data.text import Text
from engines.evaluation.checks import with_classes
from engines.pictures.confusion import Confusion
from engines.pictures.surface import Surface
from engines.pictures.workings import Workings
from tests.engines.running import finish, starter

start = starter(logistic, split=Split())


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


# Newton's method


@pytest.mark.parametrize("classes", [2, 3])
def test_the_curvature_is_the_slope_of_the_slope(classes: int) -> None:
    rng = np.random.default_rng(1)
    ones, y = np.column_stack([rng.normal(size=(40, 2)), np.ones(40)]), rng.integers(0, classes, 40)
    outputs = 1 if classes == 2 else classes
    weights = rng.normal(size=(outputs, 3))

    def slope(w: Any) -> Any:
        return ((probability(ones, w, np.zeros(outputs)) - one_hot(y, outputs)).T @ ones / 40).ravel()

    bend = curvature(ones, probability(ones, weights, np.zeros(outputs)))
    for place, index in enumerate(np.ndindex(*weights.shape)):
        nudge = np.zeros_like(weights)
        nudge[index] = 1e-6
        np.testing.assert_allclose((slope(weights + nudge) - slope(weights - nudge)) / 2e-6, bend[:, place], atol=1e-7)


@pytest.mark.parametrize("spec", ["linear:n=200,noise=0.8", "blobs:n=200,noise=0.8", "iris", "spam_words"])
@pytest.mark.parametrize("alpha", [0.003, 0.1])
def test_newton_settles_in_few_steps_where_scikit_learn_does(spec: str, alpha: float) -> None:
    from sklearn.linear_model import LogisticRegression

    data = parse_sample(spec).with_split(Split())
    _, outcome = finish(start(data, solver="newton", alpha=alpha, tol=1e-6))
    known = with_classes(data)
    theirs = LogisticRegression(C=1 / (alpha * len(known.train.y)), tol=1e-9, max_iter=10_000)
    theirs.fit(known.train.x, known.train.y)
    assert outcome.scalars["n_iter"] < 15
    np.testing.assert_allclose(outcome.arrays["coef_"], theirs.coef_, atol=1e-4)
    np.testing.assert_allclose(outcome.arrays["probabilities"], theirs.predict_proba(known.x), atol=1e-4)


@pytest.mark.parametrize("spec", ["blobs:n=150,noise=0.8", "spam_words"])
def test_gradient_descent_settles_within_a_ten_thousandth_of_scikit_learn(spec: str) -> None:
    from sklearn.linear_model import LogisticRegression

    data = parse_sample(spec).with_split(Split())
    _, outcome = finish(start(data, lr=1.0, alpha=0.05, tol=1e-5, max_iter=20_000))
    known = with_classes(data)
    theirs = LogisticRegression(C=1 / (0.05 * len(known.train.y)), tol=1e-9, max_iter=10_000)
    theirs.fit(known.train.x, known.train.y)
    np.testing.assert_allclose(outcome.arrays["coef_"], theirs.coef_, atol=1e-4)
    np.testing.assert_allclose(outcome.arrays["probabilities"], theirs.predict_proba(known.x), atol=1e-4)


def test_without_a_penalty_alpha_costs_nothing() -> None:
    data = make_sample("linear", n=100, noise=0.8, seed=2)
    _, free = finish(start(data, solver="newton", penalty="none", alpha=5.0))
    _, nothing = finish(start(data, solver="newton", penalty="L2", alpha=0.0))
    np.testing.assert_array_equal(free.arrays["coef_"], nothing.arrays["coef_"])


def test_newton_never_raises_the_loss_even_from_far_away() -> None:
    """Classes that a line parts: the weights grow without end, and the parabola fits badly."""
    data = parse_sample("exam_hours:noise=0")
    steps, _ = finish(start(data, solver="newton", penalty="none", tol=1e-5))
    losses = [step.scalars["train_loss"] for step in steps]
    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(losses))
    assert losses[-1] < 0.01


def test_newton_is_refused_where_it_cannot_jump() -> None:
    with pytest.raises(LearnerError, match="corners"):
        finish(start(make_sample("linear"), solver="newton", penalty="L1", alpha=0.1))
    wide = Table(
        (*(Column(f"c{i}", "number", np.random.default_rng(i).normal(size=20)) for i in range(1001)),
         Column("y", "category", codes=np.arange(20) % 2, labels=("a", "b"))), "y"
    )  # fmt: skip
    with pytest.raises(LearnerError, match="1002 unknowns"):
        finish(start(wide, solver="newton"))


# The L1 penalty


@pytest.mark.parametrize("spec", ["linear:n=200,noise=0.8", "spam_words", "blobs:n=150,noise=0.8"])
@pytest.mark.parametrize("alpha", [0.01, 0.05])
def test_l1_settles_where_saga_does(spec: str, alpha: float) -> None:
    from sklearn.linear_model import LogisticRegression

    data = parse_sample(spec).with_split(Split())
    _, outcome = finish(start(data, penalty="L1", lr=1.0, alpha=alpha, tol=1e-5, max_iter=20_000))
    known = with_classes(data)
    theirs = LogisticRegression(l1_ratio=1.0, solver="saga", C=1 / (alpha * len(known.train.y)), tol=1e-7,
                                max_iter=20_000).fit(known.train.x, known.train.y)  # fmt: skip
    np.testing.assert_allclose(outcome.arrays["coef_"], theirs.coef_, atol=1e-3)
    np.testing.assert_allclose(outcome.arrays["probabilities"], theirs.predict_proba(known.x), atol=1e-3)


def test_l1_makes_weights_exactly_zero_and_counts_their_sizes() -> None:
    data = parse_sample("spam_words:n=400,seed=1")
    steps, outcome = finish(start(data, penalty="L1", lr=1.0, alpha=0.05))
    weights = outcome.arrays["coef_"]
    assert (weights == 0).sum() == 4
    _, few = finish(start(data, penalty="L1", lr=1.0, alpha=0.1))
    names = with_classes(data).names
    assert {names[i] for i in np.flatnonzero(few.arrays["coef_"][0])} == {"free", "click"}
    known = with_classes(data.with_split(Split()))
    plain = scores(known, weights, outcome.arrays["intercept_"], LogisticParams())["train_loss"]
    assert steps[-1].scalars["train_loss"] == pytest.approx(plain + 0.05 * np.abs(weights).sum())


# What is drawn, for which data


def kinds(step: Step) -> list[type]:
    return [type(picture) for picture in step.draw()]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("linear", [Surface, Confusion]),
        ("exam_hours", [Sigmoid, Confusion]),
        ("exam", [Weights, Confusion]),
        ("iris", [Weights, Confusion]),
        ("spam_words", [Weights, Workings]),
        ("sentiment", [Weights, Workings]),
    ],
)
def test_a_run_draws_what_its_data_have_from_first_to_last(spec: str, expected: list[type]) -> None:
    steps, _ = finish(start(parse_sample(spec), max_iter=3))
    assert all(kinds(step) == expected for step in steps)


def picture(step: Step, kind: type) -> Any:
    return next(picture for picture in step.draw() if isinstance(picture, kind))


def test_the_border_of_the_exam_is_where_the_sum_is_zero() -> None:
    steps, outcome = finish(start(parse_sample("exam_hours:n=100,seed=2"), solver="newton"))
    drawn = picture(steps[-1], Sigmoid)
    weight, bias = outcome.arrays["coef_"][0, 0], outcome.arrays["intercept_"][0]
    assert drawn.mark == pytest.approx(-bias / weight, abs=1e-3)
    assert round(drawn.mark, 1) == 4.9
    failed, passed, curve = drawn.lines
    assert set(failed.y) == {0}
    assert set(passed.y) == {1}
    np.testing.assert_allclose(curve.y, 1 / (1 + np.exp(-(weight * curve.x + bias))))
    first = next(start(parse_sample("exam_hours")))
    assert np.isnan(picture(first, Sigmoid).mark)


def test_one_input_and_three_classes_have_a_curve_each() -> None:
    x = np.linspace(0, 10, 60)
    y = np.digitize(x, [3, 6])
    table = Table((Column("x", "number", x), Column("y", "category", codes=y, labels=("a", "b", "c"))), "y")
    steps, _ = finish(start(table, solver="newton", alpha=0.01))
    lines = picture(steps[-1], Sigmoid).lines
    assert [line.style for line in lines] == ["dots"] * 3 + ["line"] * 3
    np.testing.assert_allclose(sum(line.y for line in lines[3:]), 1)


def test_the_crossing_is_found_between_two_places() -> None:
    assert border(np.array([0.0, 1, 2]), np.array([0.1, 0.3, 0.7])) == pytest.approx(1.5)
    assert np.isnan(border(np.array([0.0, 1]), np.array([0.1, 0.3])))


def said(step: Step) -> list[str]:
    return [line.render() for line in picture(step, Workings).lines]


def test_the_sum_of_a_message_is_written_out() -> None:
    data = parse_sample("spam_words:n=400,seed=1")
    steps, outcome = finish(start(data, lr=1.0, watch=2))
    weights, bias = outcome.arrays["coef_"][0], outcome.arrays["intercept_"][0]
    known = with_classes(data)
    z = bias + known.x[1] @ weights
    lines = said(steps[-1])
    assert lines[0] == "row 2 = yes in truth"
    assert lines[1] == f"b = {bias:.3f}".replace("-", "−")
    assert {line.split(" = ")[0] for line in lines[2:6]} == {"w(free)", "w(click)", "w(urgent)", "w(project)"}
    assert lines[6] == f"sum z = {z:.3f}" == "sum z = 1.813"
    assert lines[7] == f"p(yes) = 1 ⁄ (1 + e^(−{z:.3f})) = {outcome.arrays['probabilities'][1, 1]:.3f}"
    assert picture(steps[-1], Workings).strong == 7


def test_terms_that_have_no_line_of_their_own_are_added_up() -> None:
    columns = [Column(f"w{i}", "number", np.ones(10) if i else np.arange(10) % 2 * 1.0) for i in range(9)]
    table = Table((*columns, Column("y", "category", codes=np.arange(10) % 2, labels=("a", "b"))), "y")
    steps, outcome = finish(start(table, watch=2, max_iter=50))
    weights, bias = outcome.arrays["coef_"][0], outcome.arrays["intercept_"][0]
    numbers = [float(line.split(" = ")[1].replace("−", "-")) for line in said(steps[-1])[1:-1]]
    assert said(steps[-1])[7].startswith("4 more words")
    assert sum(numbers[:-1]) == pytest.approx(bias + weights.sum(), abs=0.01)
    assert numbers[-1] == pytest.approx(bias + weights.sum(), abs=0.001)


def test_another_row_is_looked_at_without_learning() -> None:
    steps = start(parse_sample("spam_words"), lr=1.0)
    for _ in range(5):
        before = next(steps)
    after = steps.send(Change(params=LogisticParams(lr=1.0, watch=7)))
    assert after.note.render() == "Row 7 is worked out now"
    assert after.scalars == before.scalars
    assert said(after)[0].startswith("row 7")
    poked = steps.send(Change(pokes=(Poke("watch", (3,), 0.0),)))
    assert said(poked)[0].startswith("row 4")
    assert said(next(steps))[0].startswith("row 4")
    assert said(steps.send(Change(pokes=(Poke("watch", (10_000,), 0.0),))))[0].startswith("row 400")


def test_words_that_stay_keep_their_weights_when_a_text_is_edited() -> None:
    text = parse_sample("spam").with_split(Split())
    assert isinstance(text, Text)
    steps = start(text, lr=1.0)
    for _ in range(30):
        step = next(steps)
    before = picture(step, Weights)
    lines = ("a brand new message about zebras", *text.lines[1:])
    after = picture(steps.send(Change(data=Text(lines, text.y, text.names, key=text.key, parts=text.parts))), Weights)
    assert "zebras" in after.names
    assert "zebras" not in before.names
    old = dict(zip(before.names, before.values[0], strict=True))
    new = dict(zip(after.names, after.values[0], strict=True))
    assert new["free"] == pytest.approx(old["free"], abs=0.05)
    assert abs(new["zebras"]) < 0.05 < old["free"]


# The course of a run


def test_it_rests_when_the_steps_are_used_up_and_goes_on_with_new_data() -> None:
    data = make_sample("linear", n=100, noise=0.8, seed=0).with_split(Split())
    steps = start(data, max_iter=5)
    seen = [next(steps) for _ in range(6)]
    assert [step.rest for step in seen] == [False] * 5 + [True]
    more = make_sample("linear", n=120, noise=0.8, seed=5).with_split(Split())
    assert not steps.send(Change(data=more)).rest
    rest, outcome = finish(steps)
    assert rest[-1].rest
    assert outcome.scalars["n_iter"] == 10


def test_a_rate_that_is_too_large_is_told() -> None:
    steps, _ = finish(start(parse_sample("exam_hours:n=100,seed=2"), lr=1.0, max_iter=3))
    assert "lower the learning rate" in steps[1].note.render()
    assert steps[1].scalars["train_loss"] > steps[0].scalars["train_loss"]


def test_solver_penalty_and_strength_are_live() -> None:
    steps = start(make_sample("linear", n=100, noise=0.8, seed=2))
    assert next(steps).then.render() == DESCEND
    next(steps)
    jumped = steps.send(Change(params=LogisticParams(solver="newton")))
    assert jumped.then.render() == JUMP
    rest, outcome = finish(steps)
    assert len(rest) < 10
    steps = start(make_sample("linear", n=100, noise=0.8, seed=2), solver="newton")
    next(steps), next(steps)
    steps.send(Change(params=LogisticParams(solver="newton", alpha=1.0)))
    _, shrunk = finish(steps)
    assert np.abs(shrunk.arrays["coef_"]).max() < 0.5 * np.abs(outcome.arrays["coef_"]).max()


def test_squares_of_a_table_are_named_and_too_many_are_refused() -> None:
    steps, _ = finish(start(parse_sample("exam"), features="with squares", solver="newton", alpha=0.01))
    assert picture(steps[-1], Weights).names == (
        "hours studied", "hours slept", "hours studied²", "hours slept²", "hours studied · hours slept"
    )  # fmt: skip
    with pytest.raises(LearnerError, match="choose the straight line"):
        next(start(parse_sample("spam"), features="with squares"))


def test_a_class_that_turns_up_later_ends_the_run_in_words() -> None:
    def table(codes: Any) -> Table:
        columns = (Column("x", "number", np.arange(30.0)), Column("y", "category", codes=codes, labels=("a", "b", "c")))
        return Table(columns, "y").with_split(Split())

    steps = start(table(np.arange(30) % 2))
    next(steps)
    with pytest.raises(LearnerError, match="new class"):
        steps.send(Change(data=table(np.arange(30) % 3)))


def test_rows_without_a_class_are_predicted_but_not_learned_from() -> None:
    data = make_sample("linear", n=100, noise=0.8, seed=0).with_split(Split())
    y = data.y.copy()
    y[::3] = -1
    some = Points(data.x, y, key=data.key).with_split(Split())
    _, outcome = finish(start(some, solver="newton", alpha=0.1))
    kept = some.y >= 0
    _, alone = finish(start(Points(data.x[kept], y[kept], key=data.key[kept]), solver="newton", alpha=0.1))
    np.testing.assert_allclose(outcome.arrays["coef_"], alone.arrays["coef_"], atol=1e-9)
    assert len(outcome.arrays["predictions"]) == 100


def test_a_long_run_is_announced() -> None:
    big = make_sample("linear", n=200_000)
    assert "It can be stopped" in next(start(big)).caution.render()
    assert not next(start(big, solver="newton")).caution.render()
    assert not next(start(make_sample("linear"))).caution.render()
