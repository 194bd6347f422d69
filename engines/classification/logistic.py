"""Logistic regression: a weighted sum, and how sure one is on either side of its zero.

Cox, "The regression analysis of binary sequences", 1958; gradient descent and Newton's method (iteratively reweighted
least squares) as in any textbook; soft thresholds for the L1 penalty: Daubechies, Defrise and De Mol, 2004. With
alpha = 1 / (C n) the loss is scikit-learn's LogisticRegression(C) divided by C n, so both settle on the same weights.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from engines.classification._logistic_material import Material, carried, material
from engines.classification._logistic_pictures import Sigmoid, Weights, draw, look_of
from engines.classification._newton import check_newton, solved
from engines.core.arrays import Floats, Ints
from engines.core.engine import Task, engine
from engines.core.forecast import forecast
from engines.core.language import LearnerError, Note, say
from engines.core.params import Param, Params
from engines.core.step import Change, Outcome, Pictures, Step, Steps
from engines.data.features import Share
from engines.data.points import Points
from engines.data.table import Table
from engines.data.text import Text
from engines.evaluation.checks import with_classes
from engines.evaluation.metrics import accuracy, cross_entropy, macro_f1
from engines.pictures.confusion import Confusion
from engines.pictures.surface import Surface
from engines.pictures.workings import Workings

DESCEND = "Go one step down the slope of the loss"
JUMP = "Jump to the lowest place of the parabola that fits the loss here"
NEWTON_STEPS = 20  # more are hardly ever needed
SHORTEST = 1e-4  # share of a jump that is still tried


@dataclass(frozen=True)
class LogisticParams(Params):
    """What the border may bend to, how to go down, what large weights cost, and when to stop."""

    features: Annotated[Literal["straight line", "with squares"], Param("Boundary")] = "straight line"
    solver: Annotated[
        Literal["gradient descent", "newton"],
        Param("Way down", live=True, help="Newton’s method takes few, costly steps and needs no learning rate"),
    ] = "gradient descent"
    lr: Annotated[
        float,
        Param("Learning rate", low=0.001, high=10, log=True, live=True, only_if=("solver", ("gradient descent",))),
    ] = 0.3
    penalty: Annotated[
        Literal["none", "L2", "L1"],
        Param("Penalty", live=True, help="What large weights cost: L2 their squares, L1 their sizes"),
    ] = "L2"
    alpha: Annotated[
        float, Param("Penalty strength", low=0, high=10, log=True, live=True, only_if=("penalty", ("L2", "L1")))
    ] = 0.0
    max_iter: Annotated[int, Param("Steps at most", low=1, high=100_000, log=True)] = 2000
    tol: Annotated[float, Param("Settled below slope", low=1e-6, high=0.1, log=True)] = 0.001
    watch: Annotated[
        int, Param("Row worked out", low=1, high=500, live=True, help="For words: the message whose sum is shown")
    ] = 1


@engine(
    title="Logistic regression",
    task=Task.CLASSIFY,
    shows=(Surface, Sigmoid, Weights, Workings, Confusion),
    curves={"Loss": ("train_loss", "validation_loss"), "Accuracy": ("train_accuracy", "validation_accuracy")},
    facts=("no scaling", "cross-entropy loss", "all training points in every step"),
    prepared=(Points, Table, Text),
)
def logistic(data: Points | Table | Text, params: LogisticParams, rng: np.random.Generator) -> Steps:
    """Turn a weighted sum of the inputs into a probability, and move the weights against the slope of the loss."""
    known = material(with_classes(data), params.features)
    look, watch = look_of(known.features), params.watch - 1
    n_outputs = 1 if known.features.n_classes <= 2 else known.features.n_classes
    weights: Floats = np.zeros((n_outputs, known.train.x.shape[1]))
    bias: Floats = np.zeros(n_outputs)
    p = probability(known.train.x, weights, bias)
    numbers = scores(known, weights, bias, params, p)
    steps = NEWTON_STEPS if params.solver == "newton" else params.max_iter

    def pictures() -> Pictures:
        return draw(look, known, weights, bias, watch, predict)

    change = yield Step(
        "All weights are zero: every class is as likely as any other",
        numbers, pictures, then=way_down(params), caution=forecast(known.seconds(n_outputs, steps)),
    )  # fmt: skip
    step, left, rest = 0, params.max_iter, False
    while True:
        if change:
            before = params
            if isinstance(change.params, LogisticParams):
                params = change.params
            watch = watched(change, params.watch - 1 if params.watch != before.watch else watch)
            if change.data is not None:
                renewed = material(with_classes(change.data), params.features)
                weights = carried(weights, known.names, renewed.names)
                known, p = renewed, probability(renewed.train.x, weights, bias)
            elif params == before.with_values(watch=params.watch):  # another row is looked at: nothing to learn
                note = say("Row {row} is worked out now", row=known.row(watch) + 1)
                change = yield Step(note, numbers, pictures, then=way_down(params), rest=rest)
                if rest and not change:
                    break
                continue
            left = params.max_iter

        step, left, loss_before = step + 1, left - 1, numbers["train_loss"]
        if params.solver == "newton":
            weights, bias, size, share = newton(known.train, p, weights, bias, params)
        else:
            weights, bias, size, share = descend(known.train, p, weights, bias, params)
        p = probability(known.train.x, weights, bias)
        numbers = scores(known, weights, bias, params, p)
        refuse_nonsense(numbers["train_loss"], weights, params)
        rest = size < params.tol or left == 0
        rose = numbers["train_loss"] > loss_before and not change
        note = told(step, size, numbers["train_loss"], share, params, rose=rose, rest=rest)
        change = yield Step(note, numbers, pictures, then=way_down(params), rest=rest)
        if rest and not change:
            break
    return outcome(known, weights, bias, {**numbers, "n_iter": step})


def watched(change: Change, otherwise: int) -> int:
    """Return the row that a hand has chosen to be worked out, or ``otherwise``."""
    return next((poke.index[0] for poke in change.pokes if poke.target == "watch"), otherwise)


def refuse_nonsense(loss: float, weights: Floats, params: LogisticParams) -> None:
    """Raise LearnerError when the steps were so long that the loss is no number any more."""
    if not np.isfinite(loss + np.abs(weights).max()):
        raise LearnerError(
            "The loss is no longer a number: the learning rate {lr:g} is too large. Lower it and begin again.",
            lr=params.lr,
        )


def probability(x: Floats, weights: Floats, bias: Floats) -> Floats:
    """Return the probability of each output (n, outputs): the sigmoid of one sum, the softmax of several."""
    z = x @ weights.T + bias
    if z.shape[1] == 1:
        return 1 / (1 + np.exp(-np.clip(z, -500, 500)))
    raised = np.exp(z - z.max(1, keepdims=True))  # the largest is subtracted, so that none overflows
    return raised / raised.sum(1, keepdims=True)


def predict(x: Floats, weights: Floats, bias: Floats) -> Floats:
    """Return the probability of every class (n, classes)."""
    return of_classes(probability(x, weights, bias))


def of_classes(p: Floats) -> Floats:
    """Return the probability of every class (n, classes) from that of each output."""
    return np.hstack([1 - p, p]) if p.shape[1] == 1 else p


def descend(
    train: Share, p: Floats, weights: Floats, bias: Floats, params: LogisticParams
) -> tuple[Floats, Floats, float, float]:
    """Go one step against the slope; return weights, bias, how steep it was, and 1: the whole step is taken.

    The L1 penalty has a corner at 0, where there is no slope: each weight is drawn towards 0 after the step, and stays
    there if it would go past. How steep it was is then the way that was gone, divided by the learning rate.
    """
    error = p - one_hot(train.y, len(bias))
    slope_weights, slope_bias = error.T @ train.x / len(error), error.mean(0)
    if params.penalty == "L2":
        slope_weights = slope_weights + params.alpha * weights
    moved = weights - params.lr * slope_weights
    if params.penalty == "L1":
        moved = np.sign(moved) * np.maximum(np.abs(moved) - params.lr * params.alpha, 0) + 0.0
        slope_weights = (weights - moved) / params.lr
    size = float(np.sqrt((slope_weights**2).sum() + (slope_bias**2).sum()))
    return moved, bias - params.lr * slope_bias, size, 1.0


def newton(
    train: Share, p: Floats, weights: Floats, bias: Floats, params: LogisticParams
) -> tuple[Floats, Floats, float, float]:
    """Jump to where the slope would be 0 if the loss were a parabola; half as far while that makes it no smaller.

    Returns weights, bias, how steep it was, and the share of the jump that was taken.
    """
    check_newton(weights.size + bias.size, params.penalty)
    ones = np.column_stack([train.x, np.ones(len(train.x))])
    now = np.column_stack([weights, bias])
    cost = np.full(now.shape, params.alpha if params.penalty == "L2" else 0.0)
    cost[:, -1] = 0  # the bias costs nothing
    slope = (p - one_hot(train.y, len(bias))).T @ ones / len(ones) + cost * now
    jump = solved(curvature(ones, p) + np.diag(cost.ravel()), slope)
    before, share = loss(p, train.y, weights, params), 1.0
    while True:
        weights, bias = (now - share * jump)[:, :-1], (now - share * jump)[:, -1]
        lower = loss(probability(train.x, weights, bias), train.y, weights, params) <= before
        if lower or share < SHORTEST:
            return weights, bias, float(np.linalg.norm(slope)), share
        share /= 2


def curvature(ones: Floats, p: Floats) -> Floats:
    """Return how the slope of the mean cross-entropy changes with each weight: (outputs · d, outputs · d).

    Between the outputs k and l it is the mean of p_k (1 - p_k) x xᵀ where they are the same, else of -p_k p_l x xᵀ.
    """
    outputs, d = p.shape[1], ones.shape[1]
    bend = np.empty((outputs, d, outputs, d))
    for k in range(outputs):
        for other in range(k, outputs):
            weight = p[:, k] * ((k == other) - p[:, other])
            bend[k, :, other] = bend[other, :, k] = (ones * weight[:, None]).T @ ones / len(ones)
    return bend.reshape(outputs * d, outputs * d)


def loss(p: Floats, y: Ints, weights: Floats, params: LogisticParams) -> float:
    """Return the mean cross-entropy and what the weights cost: half the squares or the sizes, times alpha."""
    costs = {"none": 0.0, "L2": 0.5 * float((weights**2).sum()), "L1": float(np.abs(weights).sum())}
    return cross_entropy(of_classes(p), y) + params.alpha * costs[params.penalty]


def one_hot(y: Ints, n_outputs: int) -> Floats:
    """Return what the outputs should be (n, outputs): 1 for the true class; for one output, 1 for class 1."""
    if y.max() >= max(2, n_outputs):
        raise LearnerError("There is a new class in the data: begin the run again.")
    if n_outputs == 1:
        return (y == 1).astype(float)[:, None]
    return np.eye(n_outputs)[y]


def scores(
    data: Material | Points, weights: Floats, bias: Floats, params: LogisticParams, p: Floats | None = None
) -> dict[str, float]:
    """Return loss and accuracy on the training and validation shares. p: of each output on the training share."""
    train, validation = data.train, data.validation
    if p is None:
        p = probability(train.x, weights, bias)
    held_out = predict(validation.x, weights, bias)
    return {
        "train_loss": loss(p, train.y, weights, params),
        "train_accuracy": accuracy(of_classes(p), train.y),
        "validation_loss": cross_entropy(held_out, validation.y),
        "validation_accuracy": accuracy(held_out, validation.y),
    }


def outcome(known: Material, weights: Floats, bias: Floats, numbers: dict[str, float]) -> Outcome:
    """Return what a run came to: its last numbers, the test, and what every row is taken for."""
    probabilities = predict(known.expand(known.features.x), weights, bias)
    predictions, test = probabilities.argmax(1), known.features.test
    tested = {
        "test_accuracy": accuracy(probabilities[test.index], test.y),
        "test_f1": macro_f1(predictions[test.index], test.y),
    }
    arrays = {"coef_": weights, "intercept_": bias, "probabilities": probabilities, "predictions": predictions}
    return Outcome(numbers | tested, arrays)


def told(step: int, size: float, value: float, share: float, params: LogisticParams, *, rose: bool, rest: bool) -> Note:
    """Say how steep it was, how the loss is now, what is odd about it, and why it was the last step if it was."""
    numbers = {"step": step, "size": size, "loss": value}
    if rose and params.solver == "gradient descent":
        return say(
            "Step {step}: the loss rose to {loss:.4f}, the step went too far: lower the learning rate", **numbers
        )
    if rest and size < params.tol:
        return say(
            "Settled after {step} {step:step|steps}: the slope is below {tol:g}, the loss is {loss:.4f}",
            **numbers,
            tol=params.tol,
        )
    if rest:
        return say(
            "Stopped after {step} {step:step|steps}, the most that are allowed: the slope is still {size:.4f}, the "
            "loss {loss:.4f}",
            **numbers,
        )
    if share < 1:
        return say(
            "Step {step}: the slope is {size:.4f}, {share:.1%} of the jump was taken, the loss is now {loss:.4f}",
            **numbers, share=share,
        )  # fmt: skip
    return say("Step {step}: the slope is {size:.4f}, the loss is now {loss:.4f}", **numbers)


def way_down(params: LogisticParams) -> str:
    """Return what the next step does."""
    return JUMP if params.solver == "newton" else DESCEND
