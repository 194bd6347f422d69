"""Polynomial regression: a curve of higher and higher degree, and two ways to keep it from wriggling.

Gergonne, "Application de la méthode des moindres quarrés à l'interpolation des suites", 1815, has the powers; Hoerl and
Kennard, "Ridge regression", 1970, the penalty on squares (L2); Tibshirani, "Regression shrinkage and selection via the
lasso", 1996, the one on sizes (L1); Friedman, Hastie and Tibshirani, "Regularization paths for generalized linear
models via coordinate descent", 2010, the way to it. The losses are those of scikit-learn's Ridge and Lasso over
PolynomialFeatures: |error|² + alpha Σ w², and |error|² / 2n + alpha Σ |w|; the intercept is never punished.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from engines.core.arrays import Floats
from engines.core.engine import Task, engine
from engines.core.forecast import forecast
from engines.core.params import Param, Params
from engines.core.step import Outcome, Pictures, Step, Steps
from engines.data.points import Points
from engines.data.table import Table
from engines.evaluation.metrics import mean_squared_error, r2
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.workings import Workings
from engines.regression._curve_notes import coming, opening, sums, told
from engines.regression._curve_pictures import Degrees, draw
from engines.regression._descent import Weights
from engines.regression._powers import Curves, Reduced, State, least_squares

HIGHEST = 15
MOST_SWEEPS = 500  # in one step


@dataclass(frozen=True)
class PolynomialParams(Params):
    """How far the curve may bend, and what large weights cost."""

    degree: Annotated[int, Param("Degree", low=1, high=HIGHEST, live=True)] = 5
    penalty: Annotated[Literal["none", "L2 (ridge)", "L1 (lasso)"], Param("Penalty")] = "none"
    alpha: Annotated[float, Param("Penalty strength", low=0, high=1000, log=True, live=True,
                                  only_if=("penalty", ("L2 (ridge)", "L1 (lasso)")))] = 1.0  # fmt: skip
    standardise: Annotated[bool, Param("Standardise", help="The columns first, then each of their powers")] = False
    max_iter: Annotated[int, Param("Sweeps at most", low=1, high=100_000, log=True,
                                   only_if=("penalty", ("L1 (lasso)",)))] = 10_000  # fmt: skip
    tol: Annotated[float, Param("Settled below gap", low=1e-12, high=0.01, log=True,
                                only_if=("penalty", ("L1 (lasso)",)))] = 1e-6  # fmt: skip


@engine(
    title="Polynomial regression",
    task=Task.REGRESS,
    shows=(Fit, Heat, Degrees, Weights, Workings),
    facts=("scaled only where the switch says so", "mean squared error", "powers of each column, no products"),
)
def polynomial(data: Points | Table, params: PolynomialParams, rng: np.random.Generator) -> Steps:
    """Fit a straight line, then a curve of degree 2, of degree 3 and so on; see where the held-out error is least."""
    state = State(posed(data, params))
    change = yield Step(
        opening(state, standardise=params.standardise), state.scores(), lambda: show(state, params),
        then=coming(state, params.degree), caution=forecast(seconds(state)),
    )  # fmt: skip
    while True:
        if change:
            at_end = state.degree >= params.degree
            params = change.params if isinstance(change.params, PolynomialParams) else params
            data = change.data if isinstance(change.data, Points | Table) else data
            degree = params.degree if at_end else min(state.degree, params.degree)
            state = again(state, posed(data, params), degree, params)
        elif state.degree < params.degree:
            state.degree += 1
            if params.penalty != "L1 (lasso)" or params.alpha == 0 or state.degree < params.degree:
                fit(state, state.degree, params)
            else:
                state.v[state.degree], state.sweeps = np.zeros(width(state, state.degree)), 0
                descend(state, state.degree, params, sweeps=1)
        else:
            descend(state, state.degree, params, sweeps=min(MOST_SWEEPS, max(1, state.sweeps // 5)))

        rest = state.degree == params.degree and state.settled
        note = told(state, params.penalty, params.tol, rest=rest)
        change = yield Step(
            note, state.scores(), lambda: show(state, params), then=coming(state, params.degree), rest=rest
        )
        if rest and not change:
            return outcome(state)


def posed(data: Points | Table, params: PolynomialParams) -> Curves:
    """Return the problem for every degree up to the one that is asked for: all are read from the same reduced rows."""
    return Curves.of(data, params.degree, standardise=params.standardise, free=params.penalty == "none")


def again(state: State, curves: Curves, last: int, params: PolynomialParams) -> State:
    """Find every degree up to the last anew, after something was changed while the run goes on."""
    begun = {degree: v for degree, v in state.v.items() if len(v) == curves.powers.count(degree)}
    fresh = State(curves, begun, last)
    for degree in range(1, last + 1):
        fit(fresh, degree, params)
    return fresh


def width(state: State, degree: int) -> int:
    """Return how many weights a degree has."""
    return state.curves.powers.count(degree)


def fit(state: State, degree: int, params: PolynomialParams) -> None:
    """Find the weights of one degree, to the end."""
    rows, k = state.curves.train, width(state, degree)
    state.sweeps, state.gap, state.settled = 0, 0.0, True
    if params.penalty == "none" or params.alpha == 0:
        state.v[degree] = least_squares(rows.r[:, :k], rows.z)
    elif params.penalty == "L2 (ridge)":
        state.v[degree] = ridge(rows, state.curves.powers.unit[:k], params.alpha)
    else:
        state.v[degree] = state.v.get(degree, np.zeros(k))
        descend(state, degree, params, sweeps=params.max_iter)


def ridge(rows: Reduced, unit: Floats, alpha: float) -> Floats:
    """Return the weights with the least |error|² + alpha Σ w²: of a row more for each w = unit · v."""
    k = len(unit)
    a = np.vstack([rows.r[:, :k], np.diag(np.sqrt(alpha) * unit)])
    return least_squares(a, np.concatenate([rows.z, np.zeros(k)]))


def descend(state: State, degree: int, params: PolynomialParams, sweeps: int) -> None:
    """Go through the weights again and again, each time putting every one where the lasso's loss is least."""
    rows, k = state.curves.train, width(state, degree)
    r, v = rows.r[:, :k], state.v[degree].copy()
    gram, pull, limit = r.T @ r / rows.n, r.T @ rows.z / rows.n, params.alpha * state.curves.powers.unit[:k]
    own, limits, left = np.diag(gram).tolist(), limit.tolist(), pull - gram @ v  # left: what each may still explain
    for sweep in range(1, min(sweeps, params.max_iter - state.sweeps) + 1):
        for j in range(k):
            before = float(v[j])
            v[j] = shrunk(float(left[j]) + own[j] * before, limits[j]) / own[j] if own[j] else 0.0
            if v[j] != before:
                left -= gram[j] * (v[j] - before)
        state.sweeps += 1
        if sweep % 10 == 0 or sweep == sweeps:
            state.gap = gap(rows, v, gram, pull, limit)
            if state.gap <= params.tol:
                break
    state.v[degree], state.settled = v, state.gap <= params.tol or state.sweeps >= params.max_iter


def shrunk(rho: float, limit: float) -> float:
    """Return a number drawn towards 0 by ``limit``, and 0 if it is nearer than that."""
    return max(rho - limit, 0.0) - max(-rho - limit, 0.0)


def gap(rows: Reduced, v: Floats, gram: Floats, pull: Floats, limit: Floats) -> float:
    """Return at most how far the lasso's loss is above the least there is, as a share of the loss without a curve.

    It is the duality gap: the loss minus what no weights can go below.
    """
    total = (float(rows.z @ rows.z) + rows.rest) / rows.n
    left = total - 2 * pull @ v + v @ gram @ v  # the mean squared error
    slope = np.abs(pull - gram @ v)
    feasible = min(1.0, float((limit / np.maximum(slope, 1e-300)).min()))
    primal = left / 2 + float(limit @ np.abs(v))
    dual = feasible * (total - float(pull @ v)) - feasible**2 * left / 2
    return max(0.0, float(primal - dual)) / total if total else 0.0


def show(state: State, params: PolynomialParams) -> Pictures:
    """Draw the curve of now; where large weights cost something, also the one that they cost nothing."""
    v, free = state.v[state.degree], None
    if params.penalty != "none":
        free = least_squares(state.curves.train.r[:, : len(v)], state.curves.train.z)
    return draw(state, free, params.degree, sums(state, params.penalty, params.alpha))


def outcome(state: State) -> Outcome:
    """Return what was learned; coef_ and intercept_ belong to the powers as they were scaled, or not."""
    curves, v = state.curves, state.v[state.degree]
    features = curves.features
    predictions = curves.predict(features.x, v)
    weights, intercept = curves.powers.shown(v, curves.mean)
    train, test = features.train, features.test
    by_degree = state.errors()
    return Outcome(
        {**state.scores(), "test_loss": mean_squared_error(predictions[test.index], test.value),
         "train_r2": r2(predictions[train.index], train.value), "test_r2": r2(predictions[test.index], test.value),
         "n_iter": state.sweeps},
        {"coef_": weights, "intercept_": np.array(intercept), "predictions": predictions,
         "train_errors": by_degree[0], "validation_errors": by_degree[1]},
    )  # fmt: skip


def seconds(state: State) -> float:
    """Return about how long it takes to reduce the rows to as many as there are powers."""
    n, p = len(state.curves.features), len(state.curves.powers.which)
    return 4e-9 * n * p * p
