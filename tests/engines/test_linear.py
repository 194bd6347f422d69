"""Linear regression against least squares and scikit-learn, a step worked by hand, and its edge cases."""

from typing import Any

import numpy as np
import pytest

from engines.core.dataset import Split
from engines.core.language import LearnerError
from engines.core.step import Change, Poke, Step
from engines.data.points import Points
from engines.data.sampling import make_sample, parse_sample
from engines.pictures.bowl import Bowl
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.workings import Workings
from engines.regression._descent import Weights, thinned
from engines.regression._problem import Problem, closed_form, with_ones
from engines.regression.linear import LinearParams, linear
from tests.engines.running import finish, starter

BY_HAND = Points(np.array([[0.0, 1.0], [1.0, 3.0], [2.0, 5.0]]), np.zeros(3, int), target="height")  # y = 2 x + 1
start = starter(linear)


def picture(step: Step, kind: type) -> Any:
    return next(drawn for drawn in step.draw() if isinstance(drawn, kind))


def split(spec: str) -> Any:
    return parse_sample(spec).with_split(Split())


def theirs(data: Any, *, standardise: bool = False) -> Any:
    """Scikit-learn's least squares on the training share, and all rows."""
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    features = Problem.of(data, standardise=False).features
    train = features.train
    model = LinearRegression()
    fitted = (make_pipeline(StandardScaler(), model) if standardise else model).fit(train.x, train.value)
    return model, fitted, features


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("sample", ["line:n=80", "line:n=200,noise=1,slope=-1.5,height=2", "hills:n=150", "sine"])
def test_it_settles_on_the_least_squares(sample: str, standardise: bool, seed: int) -> None:
    data = split(f"{sample}{',' if ':' in sample else ':'}seed={seed}")
    steps, outcome = finish(start(data, standardise=standardise))
    model, fitted, features = theirs(data, standardise=standardise)
    assert steps[-1].note.render().startswith("Settled")
    np.testing.assert_allclose(outcome.arrays["coef_"], model.coef_, atol=1e-6)
    np.testing.assert_allclose(outcome.arrays["intercept_"], model.intercept_, atol=1e-6)
    np.testing.assert_allclose(outcome.arrays["predictions"], fitted.predict(features.x), atol=1e-5)
    assert outcome.scalars["train_r2"] == pytest.approx(fitted.score(features.train.x, features.train.value), abs=1e-9)
    assert outcome.scalars["test_r2"] == pytest.approx(fitted.score(features.test.x, features.test.value), abs=1e-6)


@pytest.mark.parametrize("sample", ["houses", "houses:n=80,seed=4"])
def test_a_table_with_standardised_columns_settles_too(sample: str) -> None:
    """A column for each district and one of ones say the same twice: predictions are compared, which are unique."""
    data = split(sample)
    steps, outcome = finish(start(data, standardise=True, max_iter=5000))
    _, fitted, features = theirs(data, standardise=True)
    assert steps[-1].note.render().startswith("Settled")
    np.testing.assert_allclose(outcome.arrays["predictions"], fitted.predict(features.x), atol=1e-4)
    train = features.train
    exact = closed_form(with_ones((train.x - train.x.mean(0)) / train.x.std(0)), train.value)
    np.testing.assert_allclose(outcome.arrays["coef_"], exact[:-1], atol=1e-5)
    np.testing.assert_allclose(outcome.arrays["mean_"], train.x.mean(0))
    np.testing.assert_allclose(outcome.arrays["scale_"], train.x.std(0))


@pytest.mark.parametrize("seed", range(3))
def test_mini_batches_with_a_falling_rate_come_near(seed: int) -> None:
    """The slopes of few points keep pulling about: 300 epochs come to within 0.01, not 1e-6."""
    data = split(f"line:n=100,seed={seed}")
    _, outcome = finish(start(data, seed, batch="mini-batch", learning_rate="falling", lr=0.05, max_iter=300))
    model, *_ = theirs(data)
    assert abs(outcome.arrays["coef_"][0] - model.coef_[0]) < 0.01
    assert abs(outcome.arrays["intercept_"] - model.intercept_) < 0.01
    _, constant = finish(start(data, seed, batch="mini-batch", lr=0.05, max_iter=300))
    assert outcome.scalars["train_loss"] < constant.scalars["train_loss"]


def test_without_noise_single_points_agree_and_it_settles() -> None:
    data = split("line:n=50,noise=0")
    steps, outcome = finish(start(data, batch="one point", lr=0.05))
    assert steps[-1].note.render().startswith("Settled")
    assert outcome.arrays["coef_"][0] == pytest.approx(0.7, abs=1e-6)
    assert outcome.arrays["intercept_"] == pytest.approx(0.3, abs=1e-6)


def test_the_first_step_by_hand() -> None:
    """Errors −1, −3, −5: slope w = 2/3 · (0 − 3 − 10) = −26/3, slope b = 2/3 · −9 = −6."""
    steps = start(BY_HAND, lr=0.1)
    first, second = next(steps), next(steps)
    assert first.scalars["train_loss"] == pytest.approx(35 / 3)
    assert picture(second, Bowl).path[-1] == pytest.approx([26 / 30, 0.6])
    lines = [line.render() for line in picture(second, Workings).lines]
    assert lines == [
        "slope w = 2/3 · Σ error · x = −8.667",
        "slope b = 2/3 · Σ error = −6.000",
        "w ← 0.000 − 0.1 · (−8.667) = 0.867",
        "b ← 0.000 − 0.1 · (−6.000) = 0.600",
        "★ = 2.000 · x + 1.000",
    ]
    left = np.array([0.6 - 1, 0.6 + 26 / 30 - 3, 0.6 + 52 / 30 - 5])
    assert second.scalars["train_loss"] == pytest.approx((left**2).mean())
    assert second.note.render() == f"Step 1: the loss falls from 11.7 to {(left**2).mean():.3f}, " + (
        f"{(left**2).mean():.3f} above the lowest possible"
    )
    assert np.isnan(second.scalars["validation_loss"])


def test_the_scores_are_the_errors_of_the_predictions() -> None:
    data = split("diabetes")
    steps = start(data, standardise=True)
    for _ in range(20):
        step = next(steps)
    problem = Problem.of(data, standardise=True)
    theta = np.append(picture(step, Weights).values[0], 0)
    validation = problem.features.validation
    for intercept in (0.0, 100.0):
        theta[-1] = intercept
        left = problem.predict(validation.x, theta) - validation.value
        assert problem.scores(theta)["validation_loss"] == pytest.approx((left**2).mean())
        error = problem.x @ theta - problem.value
        assert problem.scores(theta)["train_loss"] == pytest.approx((error**2).mean())
        np.testing.assert_allclose(problem.train.slope(theta), 2 * error @ problem.x / len(error), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("factor", "falls"), [(0.98, True), (1.02, False)])
def test_the_largest_rate_is_the_border_between_falling_and_growing(factor: float, falls: bool) -> None:
    data = split("houses")
    most = Problem.of(data, standardise=False).largest_rate
    losses = []
    steps = start(data, lr=factor * most, max_iter=300)
    for step in steps:
        losses.append(step.scalars["train_loss"])
        if len(losses) > 200:
            break
    assert (losses[-1] < losses[0]) is falls
    assert ("The rate" in step.note.render()) is not falls


def test_a_rate_that_is_too_large_is_told_in_words() -> None:
    data = split("houses")
    steps = start(data, lr=0.1)
    next(steps)
    assert "is too large: below 8.32·10⁻⁵ every full step goes down" in next(steps).note.render()
    with pytest.raises(LearnerError, match=r"learning rate of 0\.1 is too large\. Below 8\.32·10⁻⁵"):
        finish(steps)


def test_the_live_rate_is_the_one_of_the_next_step() -> None:
    steps = start(BY_HAND, lr=0.1)
    next(steps)
    step = steps.send(Change(params=LinearParams(lr=0.01)))
    assert picture(step, Bowl).path[-1] == pytest.approx([0.26 / 3, 0.06])


def test_a_falling_rate_is_half_after_ten_epochs() -> None:
    steps = start(BY_HAND, lr=0.1, learning_rate="falling")
    for _ in range(12):
        step = next(steps)
    assert " − 0.05 · " in picture(step, Workings).lines[2].render()


def test_a_click_in_the_bowl_is_the_new_start_and_wakes_a_settled_run() -> None:
    steps = start(BY_HAND)
    step = next(steps)
    while not step.rest:
        step = next(steps)
    step = steps.send(Change(pokes=(Poke("start", (0,), (0.5, -2.0)),)))
    assert picture(step, Bowl).path.tolist() == [[0.5, -2.0]]
    assert not step.rest
    assert step.scalars["train_loss"] == pytest.approx(np.mean([9.0, 20.25, 36.0]))
    steps_after, outcome = finish(steps)
    assert picture(steps_after[-1], Bowl).path[0].tolist() == [0.5, -2.0]
    assert outcome.arrays["coef_"][0] == pytest.approx(2, abs=1e-5)


def test_a_poke_of_something_else_or_of_another_size_changes_nothing() -> None:
    steps = start(BY_HAND)
    next(steps)
    step = steps.send(Change(pokes=(Poke("weights", (0,), 1.0), Poke("start", (0,), (1.0, 1.0, 1.0)))))
    assert picture(step, Bowl).path.tolist() == [[0.0, 0.0]]


def test_edited_points_move_the_star_and_the_line_follows() -> None:
    steps = start(BY_HAND)
    next(steps)
    other = Points(np.array([[0.0, 0.0], [1.0, -1.0], [2.0, -2.0]]), np.zeros(3, int), target="height")
    assert picture(steps.send(Change(data=other)), Bowl).best == pytest.approx([-1, 0], abs=1e-9)
    _, outcome = finish(steps)
    assert outcome.arrays["coef_"][0] == pytest.approx(-1, abs=1e-6)


def test_a_table_with_other_columns_begins_at_zero() -> None:
    steps = start(split("houses"), standardise=True)
    next(steps)
    next(steps)
    step = steps.send(Change(data=split("diabetes")))
    assert picture(step, Weights).values.shape == (1, 11)


def test_what_is_drawn_depends_on_the_data() -> None:
    kinds = {spec: [type(drawn) for drawn in next(start(split(spec), standardise=True)).draw()]
             for spec in ("line", "hills", "houses")}  # fmt: skip
    assert kinds == {"line": [Fit, Bowl, Workings], "hills": [Heat, Weights, Workings], "houses": [Weights, Workings]}


def test_the_pictures_say_what_the_model_says() -> None:
    data = split("line")
    steps = start(data)
    for _ in range(4):
        step = next(steps)
    drawn, bowl = picture(step, Fit), picture(step, Bowl)
    w, b = bowl.path[-1]
    np.testing.assert_allclose(drawn.y[0], w * drawn.x + b)
    np.testing.assert_allclose(drawn.predicted, w * data.x[:, 0] + b)
    left, bottom, right, top = bowl.area
    assert left < 0 < right
    assert bottom < 0 < top
    row, column = np.unravel_index(bowl.values.argmin(), bowl.values.shape)
    cell = np.array([left + (column + 0.5) * (right - left) / 64, bottom + (row + 0.5) * (top - bottom) / 64])
    assert (np.abs(cell - bowl.best) <= [(right - left) / 64, (top - bottom) / 64]).all()
    assert bowl.values.min() == pytest.approx(Problem.of(data, standardise=False).lowest, rel=0.02)


def test_a_heat_is_the_prediction_at_each_place() -> None:
    data = split("hills")
    steps, _ = finish(start(data))
    heat, bars = picture(steps[-1], Heat), picture(steps[-1], Weights)
    left, _, right, _ = heat.area
    per_cell = (heat.values[0, 100] - heat.values[0, 20]) / 80
    assert per_cell == pytest.approx(bars.values[0, 0] * (right - left) / 128, rel=1e-3)
    np.testing.assert_allclose(bars.values, bars.reference, atol=1e-6)


def test_it_stops_at_the_most_epochs_and_says_so() -> None:
    steps, outcome = finish(start(split("line"), max_iter=3))
    assert outcome.scalars["n_iter"] == 3
    assert steps[-1].note.render().startswith("Stopped after 3 epochs")
    steps, outcome = finish(start(split("line"), max_iter=2, batch="mini-batch", batch_size=20))
    assert len(steps) == 1 + 2 * 3  # 42 training points in batches of 20


def test_every_point_is_looked_at_once_an_epoch() -> None:
    data = split("line")
    steps = start(data, batch="one point", lr=1e-8)
    next(steps)
    slopes = [-picture(next(steps), Bowl).path[-1, 1] / 1e-8]
    slopes += [-float(np.diff(picture(next(steps), Bowl).path[-2:, 1])[0]) / 1e-8 for _ in range(41)]
    np.testing.assert_allclose(sorted(slopes), sorted(-2 * data.x[data.parts == 0, 1]), atol=1e-4)


def test_long_runs_tell_beforehand() -> None:
    data = make_sample("line", n=100_000)
    assert "hours" in next(start(data, batch="one point")).caution.render()  # type: ignore[union-attr]
    assert not next(start(make_sample("line", n=1000))).caution.text  # type: ignore[union-attr]


def test_a_constant_column_and_far_away_points_are_borne() -> None:
    x = np.random.default_rng(0).normal(size=(30, 2)) + 1e4
    steps = start(Points(x, np.zeros(30, int), target="height"), standardise=True)
    _, outcome = finish(steps)
    line = np.polynomial.Polynomial.fit(x[:, 0], x[:, 1], 1)
    np.testing.assert_allclose(outcome.arrays["predictions"], line(x[:, 0]), atol=1e-5)
    flat = Points(np.array([[0.0, 1.0], [0.0, 2.0], [0.0, 4.0]]), np.zeros(3, int), np.arange(3.0), target="value")
    _, outcome = finish(start(flat, standardise=True))
    assert outcome.arrays["coef_"][0] == 0


ONE_POINT = Points(np.zeros((1, 2)), np.zeros(1, int), target="height")
UPRIGHT = Points(np.array([[1.0, 0], [1.0, 5]]), np.zeros(2, int), target="height")


@pytest.mark.parametrize("data", [Points(), ONE_POINT, UPRIGHT])
def test_what_no_line_can_be_learned_from_is_refused_in_words(data: Points) -> None:
    with pytest.raises(LearnerError, match="points"):
        next(start(data))


def test_a_table_whose_target_is_no_number_is_refused() -> None:
    with pytest.raises(LearnerError, match="column of numbers"):
        next(start(split("iris")))


def test_a_long_path_keeps_its_ends() -> None:
    path = [np.array([i, 0.0]) for i in range(401)]
    shorter = thinned(path)
    assert len(shorter) < 210
    assert shorter[0][0] == 0
    assert shorter[-1][0] == 400
    assert thinned(path[:400]) is not None
    assert len(thinned(path[:400])) == 400


def test_of_columns_that_say_the_same_the_smallest_weights_are_taken() -> None:
    x = with_ones(np.column_stack([np.arange(4.0), np.arange(4.0)]))
    weights = closed_form(x, 2 * np.arange(4.0))
    assert weights == pytest.approx([1, 1, 0], abs=1e-12)
