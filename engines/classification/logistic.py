"""Logistic regression: a straight line, and how sure one is on either side of it.

Cox, "The regression analysis of binary sequences", 1958; gradient descent as in any textbook. With alpha = 1 / (C n)
the loss is scikit-learn's LogisticRegression(C) divided by C n, so both settle on the same line.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.engine import Task, engine
from engines.core.language import LearnerError, say
from engines.core.params import Param, Params
from engines.core.step import Outcome, Pictures, Step, Steps
from engines.data.points import Points
from engines.evaluation.checks import classifiable
from engines.evaluation.metrics import accuracy, confusion, cross_entropy, macro_f1
from engines.pictures.confusion import Confusion
from engines.pictures.surface import COLUMNS, ROWS, Surface, area_of, grid

DESCEND = "Go one step down the slope of the loss"


@dataclass(frozen=True)
class LogisticParams(Params):
    """What the line may bend to, how far each step goes, and when to stop."""

    features: Annotated[Literal["straight line", "with squares"], Param("Boundary")] = "straight line"
    lr: Annotated[float, Param("Learning rate", low=0.001, high=10, log=True, live=True)] = 0.3
    alpha: Annotated[float, Param("L2 penalty", low=0, high=10, log=True, live=True)] = 0.0
    max_iter: Annotated[int, Param("Steps at most", low=1, high=100_000, log=True)] = 2000
    tol: Annotated[float, Param("Settled below slope", low=1e-6, high=0.1, log=True)] = 0.001


@engine(
    title="Logistic regression",
    task=Task.CLASSIFY,
    shows=(Surface, Confusion),
    curves={"Loss": ("train_loss", "validation_loss"), "Accuracy": ("train_accuracy", "validation_accuracy")},
    facts=("no scaling", "cross-entropy loss", "all training points in every step"),
)
def logistic(data: Points, params: LogisticParams, rng: np.random.Generator) -> Steps:
    """Turn a weighted sum of the coordinates into a probability, and move the weights against the slope of the loss."""
    data = classifiable(data)
    n_outputs = 1 if data.n_classes <= 2 else data.n_classes
    x = expand(data.train.x, params)
    target = one_hot(data.train.y, n_outputs)
    weights = np.zeros((n_outputs, x.shape[1]))
    bias = np.zeros(n_outputs)
    change = yield Step(
        "All weights are zero: every class is as likely as any other",
        scores(data, weights, bias, params), lambda: draw(data, weights, bias, params), then=DESCEND,
    )  # fmt: skip
    for step in range(1, params.max_iter + 1):
        if change and isinstance(change.params, LogisticParams):
            params = change.params
        if change and isinstance(change.data, Points):
            data = classifiable(change.data)
            x, target = expand(data.train.x, params), one_hot(data.train.y, n_outputs)

        error = probability(x, weights, bias) - target
        slope_weights = error.T @ x / len(x) + params.alpha * weights
        slope_bias = error.mean(0)
        weights = weights - params.lr * slope_weights
        bias = bias - params.lr * slope_bias

        size = float(np.sqrt((slope_weights**2).sum() + (slope_bias**2).sum()))
        numbers = scores(data, weights, bias, params)
        if not np.isfinite(numbers["train_loss"] + np.abs(weights).max()):
            raise LearnerError(
                "The loss is no longer a number: the learning rate {lr:g} is too large. Lower it and begin again.",
                lr=params.lr,
            )
        settled = size < params.tol
        note = say(
            "Step {step}: the slope is {size:.4f}, the loss is now {loss:.4f}",
            step=step,
            size=size,
            loss=numbers["train_loss"],
        )
        change = yield Step(note, numbers, lambda: draw(data, weights, bias, params), then=DESCEND, rest=settled)
        if settled and not change:
            break
    probabilities = predict(expand(data.x, params), weights, bias)
    predictions, test = probabilities.argmax(1), data.test
    return Outcome(
        {**numbers, "test_accuracy": accuracy(probabilities[test.index], test.y),
         "test_f1": macro_f1(predictions[test.index], test.y), "n_iter": step},
        {"coef_": weights, "intercept_": bias, "probabilities": probabilities, "predictions": predictions},
    )  # fmt: skip


def probability(x: Floats, weights: Floats, bias: Floats) -> Floats:
    """Return the probability of each output (n, outputs): the sigmoid of one sum, the softmax of several."""
    z = x @ weights.T + bias
    if z.shape[1] == 1:
        return 1 / (1 + np.exp(-np.clip(z, -500, 500)))
    raised = np.exp(z - z.max(1, keepdims=True))  # the largest is subtracted, so that none overflows
    return raised / raised.sum(1, keepdims=True)


def predict(x: Floats, weights: Floats, bias: Floats) -> Floats:
    """Return the probability of every class (n, classes)."""
    p = probability(x, weights, bias)
    return np.hstack([1 - p, p]) if p.shape[1] == 1 else p


def expand(x: Floats, params: LogisticParams) -> Floats:
    """Return the coordinates the weights apply to: x₁, x₂, and perhaps x₁², x₂², x₁x₂."""
    if params.features == "straight line":
        return x
    return np.column_stack([x, x**2, x[:, 0] * x[:, 1]])


def one_hot(y: Ints, n_outputs: int) -> Floats:
    """Return what the outputs should be (n, outputs): 1 for the true class; for one output, 1 for class 1."""
    if n_outputs == 1:
        return (y == 1).astype(float)[:, None]
    if y.max() >= n_outputs:
        raise LearnerError("There is a new class in the data: begin the run again.")
    return np.eye(n_outputs)[y]


def scores(data: Points, weights: Floats, bias: Floats, params: LogisticParams) -> dict[str, float]:
    """Return loss and accuracy on the training and validation shares."""
    numbers = {}
    for name, part in (("train", data.train), ("validation", data.validation)):
        p = predict(expand(part.x, params), weights, bias)
        numbers[f"{name}_loss"] = cross_entropy(p, part.y)
        numbers[f"{name}_accuracy"] = accuracy(p, part.y)
    numbers["train_loss"] += 0.5 * params.alpha * float((weights**2).sum())
    return numbers


def draw(data: Points, weights: Floats, bias: Floats, params: LogisticParams) -> Pictures:
    """Draw the probabilities over the plane, and truth against prediction."""
    area = area_of(data.x)
    values = predict(expand(grid(area), params), weights, bias)
    predicted = predict(expand(data.x, params), weights, bias).argmax(1)
    surface = Surface(values.T.reshape(-1, ROWS, COLUMNS).astype(np.float32), area)
    return surface, confusion(data, predicted)
