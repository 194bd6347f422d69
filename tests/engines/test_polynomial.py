"""Polynomial regression against scikit-learn's Ridge and Lasso and numpy's polynomials, and its edge cases."""

from typing import Any

import numpy as np
import pytest

from engines.core.dataset import Split
from engines.core.language import LearnerError
from engines.core.step import Change, Outcome, Step
from engines.data.features import numbers_of
from engines.data.points import Points
from engines.data.sampling import parse_sample
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.workings import Workings
from engines.regression._curve_pictures import Degrees
from engines.regression._descent import Weights
from engines.regression._powers import Reduced, least_squares
from engines.regression.polynomial import PolynomialParams, polynomial, shrunk
from tests.engines.running import finish, starter

L1, L2 = "L1 (lasso)", "L2 (ridge)"
start = starter(polynomial)


def picture(step: Step, kind: type) -> Any:
    return next(drawn for drawn in step.draw() if isinstance(drawn, kind))


def split(spec: str) -> Any:
    return parse_sample(spec).with_split(Split())


def pipeline(degree: int, model: Any, *, standardise: bool) -> Any:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

    powers = PolynomialFeatures(degree, include_bias=False)
    return make_pipeline(*([StandardScaler(), powers, StandardScaler()] if standardise else [powers]), model)


def compare(data: Any, outcome: Outcome, fitted: Any, within: float) -> None:
    features = numbers_of(data)
    fitted.fit(features.train.x, features.train.value)
    model = fitted[-1]
    np.testing.assert_allclose(outcome.arrays["predictions"], fitted.predict(features.x), atol=within)
    np.testing.assert_allclose(outcome.arrays["coef_"], model.coef_, atol=within)
    assert outcome.arrays["intercept_"] == pytest.approx(model.intercept_, abs=within)
    for name in ("train", "test"):
        share = getattr(features, name)
        assert outcome.scalars[f"{name}_r2"] == pytest.approx(fitted.score(share.x, share.value), abs=within)


@pytest.mark.parametrize("sample", ["polynomial", "sine:n=120,seed=3", "steps:seed=1", "line:n=30,seed=2"])
@pytest.mark.parametrize("degree", [1, 2, 5, 8])
@pytest.mark.parametrize("standardise", [False, True])
def test_without_a_penalty_it_is_linear_regression_over_powers(sample: str, degree: int, standardise: bool) -> None:
    from sklearn.linear_model import LinearRegression

    data = split(sample)
    _, outcome = finish(start(data, degree=degree, standardise=standardise))
    compare(data, outcome, pipeline(degree, LinearRegression(), standardise=standardise), 1e-6)


@pytest.mark.parametrize("sample", ["polynomial", "sine:n=120,seed=3", "steps:seed=1"])
@pytest.mark.parametrize(("degree", "alpha"), [(1, 1.0), (4, 0.01), (8, 100.0), (15, 1.0), (15, 1e-3)])
@pytest.mark.parametrize("standardise", [False, True])
def test_with_l2_it_is_ridge(sample: str, degree: int, alpha: float, standardise: bool) -> None:
    from sklearn.linear_model import Ridge

    data = split(sample)
    _, outcome = finish(start(data, degree=degree, penalty=L2, alpha=alpha, standardise=standardise))
    compare(data, outcome, pipeline(degree, Ridge(alpha, solver="svd"), standardise=standardise), 1e-6)


@pytest.mark.parametrize("sample", ["polynomial", "sine:n=120,seed=3"])
@pytest.mark.parametrize(
    ("degree", "alpha", "standardise"),
    [(1, 0.1, True), (5, 0.05, True), (8, 0.05, True), (15, 0.1, True), (3, 0.1, False)],
)
def test_with_l1_it_is_the_lasso(sample: str, degree: int, alpha: float, standardise: bool) -> None:
    from sklearn.linear_model import Lasso

    data = split(sample)
    steps, outcome = finish(
        start(data, degree=degree, penalty=L1, alpha=alpha, standardise=standardise, tol=1e-9, max_iter=50_000)
    )
    model = Lasso(alpha, tol=1e-11, max_iter=500_000)
    compare(data, outcome, pipeline(degree, model, standardise=standardise), 1e-4)
    assert ((outcome.arrays["coef_"] == 0) == (model.coef_ == 0)).all()
    zeros = int(np.sum(outcome.arrays["coef_"] == 0))
    assert f": {zeros} of {degree} weights are 0" in steps[-1].note.render()


@pytest.mark.parametrize("shift", [0.0, 30.0, 1000.0])
def test_degree_15_is_sound_wherever_the_points_are(shift: float) -> None:
    """Numpy fits Chebyshev polynomials on −1 … 1, in which nothing is lost; raw powers would lose all digits."""
    data = split("sine:n=200,waves=3,seed=5")
    moved = Points(data.x + np.array([shift, 0]), data.y, target="height", parts=data.parts)
    _, outcome = finish(start(moved, degree=15))
    train = data.parts == 0
    best = np.polynomial.Chebyshev.fit(data.x[train, 0], data.x[train, 1], 15)
    np.testing.assert_allclose(outcome.arrays["predictions"], best(data.x[:, 0]), atol=1e-7)
    error = float(((best(data.x[train, 0]) - data.x[train, 1]) ** 2).mean())
    assert outcome.scalars["train_loss"] == pytest.approx(error, abs=1e-10)


def test_the_shown_weights_make_the_same_curve_in_powers_of_x() -> None:
    data = split("sine:seed=2")
    _, outcome = finish(start(data, degree=9))
    curve = np.polynomial.Polynomial([outcome.arrays["intercept_"], *outcome.arrays["coef_"]])
    np.testing.assert_allclose(curve(data.x[:, 0]), outcome.arrays["predictions"], atol=1e-8)


@pytest.mark.parametrize("spec", ["diabetes", "houses:n=120", "hills:n=150"])
@pytest.mark.parametrize(("penalty", "standardise"), [("none", False), ("none", True), (L2, False), (L2, True)])
def test_several_columns_have_their_own_powers_and_no_products(spec: str, penalty: str, standardise: bool) -> None:
    from sklearn.linear_model import LinearRegression, Ridge
    from sklearn.preprocessing import StandardScaler

    data = split(spec)
    _, outcome = finish(start(data, degree=2, penalty=penalty, alpha=2.0, standardise=standardise))
    features = numbers_of(data)
    twofold = ((features.train.x == 0) | (features.train.x == 1)).all(0)
    before, after = StandardScaler().fit(features.train.x), StandardScaler()
    x = before.transform(features.x) if standardise else features.x
    powers = np.hstack([x, x[:, ~twofold] ** 2])
    if standardise or penalty == "none":  # else scikit-learn drops small columns
        powers = after.fit(powers[features.train.index]).transform(powers)
    model = LinearRegression() if penalty == "none" else Ridge(2.0, solver="svd")
    model.fit(powers[features.train.index], features.train.value)
    np.testing.assert_allclose(outcome.arrays["predictions"], model.predict(powers), rtol=1e-6, atol=1e-6)
    if penalty != "none":
        np.testing.assert_allclose(outcome.arrays["coef_"], model.coef_, rtol=1e-5, atol=1e-6)


def test_degrees_come_one_by_one_and_the_chart_grows_with_them() -> None:
    data = split("polynomial")
    steps, charts, bars = [], [], []
    for step in start(data, degree=6):  # drawn while the run stands at the step
        steps.append(step)
        charts.append(picture(step, Degrees))
        bars.append(picture(step, Weights))
    _, outcome = finish(start(data, degree=6))
    assert [step.note.render().split(":")[0] for step in steps[1:]] == [f"Degree {d}" for d in range(1, 7)]
    assert [step.then.render() for step in steps[:2]] == ["Fit a curve of degree 1", "Fit a curve of degree 2"]
    for degree, (step, chart) in enumerate(zip(steps, charts, strict=True)):
        assert chart.lines[0].x.tolist() == list(range(degree + 1))
        assert chart.lines[0].y[-1] == step.scalars["train_loss"]
        assert chart.lines[1].y[-1] == step.scalars["validation_loss"]
        assert chart.mark == 6
        assert bars[degree].values.shape == (1, 6)
        assert np.count_nonzero(bars[degree].values) == degree
    np.testing.assert_array_equal(outcome.arrays["train_errors"], picture(steps[-1], Degrees).lines[0].y)
    assert (np.diff(outcome.arrays["train_errors"]) <= 1e-12).all()  # more freedom never fits worse
    best = int(np.argmin(outcome.arrays["validation_errors"]))
    assert steps[-1].note.render().endswith(f"is that of degree {best}")
    assert steps[-1].rest


def test_the_errors_are_those_of_the_predictions() -> None:
    data = split("sine")
    features = numbers_of(data)
    _, outcome = finish(start(data, degree=7, penalty=L2, alpha=0.3))
    for name in ("train", "validation", "test"):
        share = getattr(features, name)
        error = ((outcome.arrays["predictions"][share.index] - share.value) ** 2).mean()
        assert outcome.scalars[f"{name}_loss"] == pytest.approx(error)


def test_live_alpha_and_degree_are_taken_up_at_once_when_all_is_done() -> None:
    data = split("polynomial")
    steps = start(data, degree=4, penalty=L2, alpha=1.0)
    step = next(steps)
    while not step.rest:
        step = next(steps)
    changed = PolynomialParams(degree=9, penalty=L2, alpha=0.01)
    step = steps.send(Change(params=changed))
    assert step.rest
    _, fresh = finish(start(data, degree=9, penalty=L2, alpha=0.01))
    _, outcome = finish(steps)
    np.testing.assert_allclose(outcome.arrays["coef_"], fresh.arrays["coef_"])
    assert picture(step, Degrees).mark == 9
    np.testing.assert_allclose(picture(step, Degrees).lines[1].y, fresh.arrays["validation_errors"])


def test_a_live_change_on_the_way_does_not_jump_ahead() -> None:
    steps = start(split("polynomial"), degree=9)
    for _ in range(3):
        next(steps)
    step = steps.send(Change(params=PolynomialParams(degree=12)))
    assert step.note.render().startswith("Degree 2:")
    step = steps.send(Change(params=PolynomialParams(degree=1)))
    assert step.note.render().startswith("Degree 1:")
    assert step.rest


def test_a_lasso_whose_strength_is_changed_goes_on_from_where_it_is() -> None:
    data = split("polynomial")
    steps = start(data, degree=6, penalty=L1, alpha=0.5, standardise=True, tol=1e-10)
    step = next(steps)
    while not step.rest:
        step = next(steps)
    step = steps.send(Change(params=PolynomialParams(degree=6, penalty=L1, alpha=0.05, standardise=True, tol=1e-10)))
    assert step.rest
    _, fresh = finish(start(data, degree=6, penalty=L1, alpha=0.05, standardise=True, tol=1e-10))
    _, outcome = finish(steps)
    np.testing.assert_allclose(outcome.arrays["coef_"], fresh.arrays["coef_"], atol=1e-5)


def test_edited_points_are_fitted_at_once() -> None:
    steps = start(split("polynomial"), degree=3)
    for _ in range(4):
        step = next(steps)
    assert step.rest
    other = split("line:noise=0,n=40")
    step = steps.send(Change(data=other))
    assert step.scalars["train_loss"] == pytest.approx(0, abs=1e-20)
    _, outcome = finish(steps)
    np.testing.assert_allclose(outcome.arrays["coef_"], [0.7, 0, 0], atol=1e-9)


def test_the_lasso_is_shown_sweep_by_sweep() -> None:
    steps, _ = finish(start(split("polynomial"), degree=4, penalty=L1, alpha=0.05, standardise=True))
    sweeps = [s.note.render() for s in steps if s.note.render().startswith("Degree 4, ")]
    assert sweeps[0].startswith("Degree 4, 1 sweep:")
    assert sweeps[1].startswith("Degree 4, 2 sweeps")
    assert steps[4].then.render() == "Draw every weight towards 0 once more"
    steps, _ = finish(start(split("polynomial"), degree=9, penalty=L1, alpha=1e-5, max_iter=7))
    assert steps[-1].note.render().startswith("Stopped after 7 sweeps")


@pytest.mark.parametrize("penalty", [L1, L2])
def test_a_penalty_of_strength_0_is_none(penalty: str) -> None:
    data = split("sine")
    _, free = finish(start(data, degree=6, standardise=True))
    steps, outcome = finish(start(data, degree=6, penalty=penalty, alpha=0.0, standardise=True))
    assert len(steps) == 7
    np.testing.assert_allclose(outcome.arrays["coef_"], free.arrays["coef_"], rtol=1e-8)


def test_every_step_of_a_lasso_can_be_drawn() -> None:
    """The highest weights are often 0, and numpy shortens polynomials whose last numbers are."""
    data = split("sine:n=60,noise=0.3,seed=2")
    for alpha, standardise in ((0.01, True), (0.3, False), (5.0, True)):
        for step in start(data, degree=15, penalty=L1, alpha=alpha, standardise=standardise, max_iter=100):
            line = picture(step, Workings).lines[0].render()
            assert line.startswith("ŷ = ")


def test_a_formula_is_always_in_powers_of_x() -> None:
    data = split("polynomial")
    plain, scaled = (
        picture(finish(start(data, degree=3, standardise=standardise))[0][-1], Workings).lines[0].render()
        for standardise in (False, True)
    )
    assert plain == scaled


def test_a_number_drawn_towards_zero() -> None:
    assert [shrunk(rho, 0.5) for rho in (2.0, 0.5, 0.2, -0.2, -3.0)] == [1.5, 0, 0, 0, -2.5]


def test_the_numbers_put_in_add_up() -> None:
    data = Points(np.array([[-1.0, 0.0], [0.0, 3.0], [1.0, 6.0]]), np.zeros(3, int), target="height")
    steps, _ = finish(start(data, degree=1, penalty=L2, alpha=1.0))  # w = 6 / (2 + 1) = 2, errors 1, 0, −1
    assert [line.render() for line in picture(steps[-1], Workings).lines] == [
        "ŷ = 3.000 + 2.000 · x",
        "error = 2.000 / 3 = 0.667",
        "loss = 2.000 + 1 · 4.000 = 6.000",
    ]
    steps, _ = finish(start(data, degree=1, penalty=L1, alpha=1.0))  # w = (6/3 − 1) / (2/3) = 1.5, errors ±1.5
    assert [line.render() for line in picture(steps[-1], Workings).lines] == [
        "ŷ = 3.000 + 1.500 · x",
        "error = 4.500 / 3 = 1.500",
        "loss = 4.500 / (2 · 3) + 1 · 1.500 = 2.250",
        "x ← (2.000 − 1) / 0.667 = 1.500",
    ]
    steps, _ = finish(start(data, degree=1, penalty=L1, alpha=3.0))
    assert "x ← 0, as 2.000 ≤ 3" in [line.render() for line in picture(steps[-1], Workings).lines]


def test_what_is_drawn_depends_on_the_data() -> None:
    kinds = {spec: [type(drawn) for drawn in next(start(split(spec))).draw()] for spec in ("sine", "hills", "houses")}
    cards = [Degrees, Weights, Workings]
    assert kinds == {"sine": [Fit, *cards], "hills": [Heat, *cards], "houses": cards}


def test_the_curve_is_drawn_where_the_points_are_and_the_free_one_beside_it() -> None:
    data = split("sine")
    steps, outcome = finish(start(data, degree=5, penalty=L2, alpha=50.0))
    drawn = picture(steps[-1], Fit)
    assert [name.render() for name in drawn.names] == ["degree 5", "without a penalty"]
    np.testing.assert_allclose(drawn.predicted, outcome.arrays["predictions"])
    _, free = finish(start(data, degree=5))
    place = int(np.argmin(np.abs(drawn.x)))
    curve = np.polynomial.Polynomial([free.arrays["intercept_"], *free.arrays["coef_"]])
    assert drawn.y[1, place] == pytest.approx(curve(drawn.x[place]))
    assert np.isfinite(drawn.y).all()


def test_more_weights_than_points_go_through_all_of_them() -> None:
    data = split("sine:n=14")
    steps, outcome = finish(start(data, degree=15))
    assert outcome.scalars["train_loss"] == pytest.approx(0, abs=1e-12)
    assert "goes through them all" in steps[-1].note.render()


def test_nothing_held_out_is_told() -> None:
    data = Points(np.array([[-1.0, 0.0], [0.0, 3.0], [1.0, 6.0], [2.0, 5.0]]), np.zeros(4, int), target="height")
    steps, _ = finish(start(data, degree=2))
    assert "nothing is held out" in steps[-1].note.render()
    assert len(picture(steps[-1], Degrees).lines[1].x) == 0


def test_powers_beyond_all_numbers_are_refused_in_words() -> None:
    rng = np.random.default_rng(0)
    data = Points(rng.normal(size=(30, 2)) * 1e30, np.zeros(30, int), target="height")
    with pytest.raises(LearnerError, match="standardise"):
        next(start(data, degree=15, penalty=L2))
    _, outcome = finish(start(data, degree=15, penalty=L2, standardise=True))
    assert np.isfinite(outcome.arrays["predictions"]).all()


@pytest.mark.parametrize("data", [Points(), Points(np.array([[1.0, 0], [1.0, 5]]), np.zeros(2, int), target="height")])
def test_what_no_curve_can_be_learned_from_is_refused_in_words(data: Points) -> None:
    with pytest.raises(LearnerError, match="points"):
        next(start(data))


def test_reduced_rows_have_the_same_error() -> None:
    rng = np.random.default_rng(1)
    for n in (3, 40):
        x, y = rng.normal(size=(n, 5)), rng.normal(size=n)
        rows = Reduced.of(x, y)
        for k in (0, 2, 5):
            v = rng.normal(size=k)
            assert rows.error(v) == pytest.approx(((x[:, :k] @ v - y) ** 2).mean())
        best = np.linalg.lstsq(x[:, :2], y, rcond=None)[0]
        np.testing.assert_allclose(least_squares(rows.r[:, :2], rows.z), best)
    assert np.isnan(Reduced.of(np.zeros((0, 3)), np.zeros(0)).error(np.zeros(2)))
