"""What a linear model is fitted to: the rows, scaled or not, and the bowl that their squared error makes."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from engines.core.arrays import Floats
from engines.core.dataset import Dataset
from engines.data.features import Features
from engines.evaluation.checks import with_numbers


@dataclass(frozen=True, eq=False)
class Scaling:
    """What is taken from each column (d,) and by what it is then divided (d,): 0 and 1 where nothing is scaled."""

    mean: Floats
    scale: Floats

    @classmethod
    def of(cls, x: Floats, *, wanted: bool) -> Self:
        """Return mean and standard deviation of the rows x (n, d), or a scaling that changes nothing."""
        width = x.shape[1]
        if not wanted:
            return cls(np.zeros(width), np.ones(width))
        deviation = x.std(0)
        return cls(x.mean(0), np.where(deviation > 0, deviation, 1.0))

    def columns(self, x: Floats) -> Floats:
        """Return the scaled columns (n, d)."""
        return (x - self.mean) / self.scale


@dataclass(frozen=True, eq=False)
class Squares:
    """L(θ) = height + 2 tilt·(θ − centre) + (θ − centre)ᵀ curve (θ − centre): what the mean squared error is exactly.

    So the loss costs the same for a million rows as for ten. centre: (p,). tilt: (p,), 0 where the centre is the lowest
    place. curve: (p, p) = XᵀX / n. All NaN for no rows.
    """

    centre: Floats
    height: float
    tilt: Floats
    curve: Floats

    @classmethod
    def about(cls, centre: Floats, x: Floats, value: Floats) -> Self:
        """Gather what is needed of the rows: x (n, p), value (n,)."""
        p = len(centre)
        if not len(x):
            return cls(centre, float("nan"), np.full(p, np.nan), np.full((p, p), np.nan))
        error = x @ centre - value
        return cls(centre, float((error**2).mean()), error @ x / len(x), x.T @ x / len(x))

    def at(self, theta: Floats) -> Floats:
        """Return the loss at each of the weights (..., p): (...)."""
        away = theta - self.centre
        loss: Floats = self.height + 2 * away @ self.tilt + ((away @ self.curve) * away).sum(-1)
        return loss

    def slope(self, theta: Floats) -> Floats:
        """Return the slope of the loss at some weights: (p,)."""
        return 2 * (self.tilt + self.curve @ (theta - self.centre))


@dataclass(frozen=True, eq=False)
class Problem:
    """Training rows with a column of ones for the intercept: x (n, p), value (n,). best: (p,), the closed form."""

    features: Features
    scaling: Scaling
    x: Floats
    value: Floats
    best: Floats
    train: Squares
    validation: Squares

    @classmethod
    def of(cls, data: Dataset, *, standardise: bool) -> Self:
        """Return the problem that data pose; LearnerError where no number can be learned from them."""
        features = with_numbers(data)
        train, validation = features.train, features.validation
        scaling = Scaling.of(train.x, wanted=standardise)
        x = with_ones(scaling.columns(train.x))
        best = closed_form(x, train.value)
        exact = Squares.about(best, x, train.value)
        exact = Squares(best, exact.height, np.zeros(len(best)), exact.curve)  # at the lowest place there is no slope
        held_out = Squares.about(best, with_ones(scaling.columns(validation.x)), validation.value)
        return cls(features, scaling, x, train.value, best, exact, held_out)

    @property
    def width(self) -> int:
        """The number of weights, the intercept included."""
        return self.x.shape[1]

    @property
    def lowest(self) -> float:
        """The smallest loss that any weights have."""
        return self.train.height

    @property
    def largest_rate(self) -> float:
        """Below this learning rate every full step goes down: 2 / the largest eigenvalue of 2 XᵀX / n."""
        return 1 / float(np.linalg.eigvalsh(self.train.curve)[-1])

    @property
    def names(self) -> tuple[str, ...]:
        """What the weights are called: w of one coordinate, else of the column; b for the intercept."""
        return ("w", "b") if self.features.axis and not self.features.added else (*self.features.names, "b")

    def scores(self, theta: Floats) -> dict[str, float]:
        """Return the mean squared error on the training and validation shares."""
        return {"train_loss": float(self.train.at(theta)), "validation_loss": float(self.validation.at(theta))}

    def predict(self, x: Floats, theta: Floats) -> Floats:
        """Return the prediction for each of some rows (n, d) as they are in the data: (n,)."""
        return self.scaling.columns(x) @ theta[:-1] + theta[-1]


def with_ones(x: Floats) -> Floats:
    """Return columns (n, d) and one more of ones, by which the intercept is a weight like the others: (n, d + 1)."""
    return np.column_stack([x, np.ones(len(x))])


def closed_form(x: Floats, value: Floats) -> Floats:
    """Return the weights (p,) with the least squared error of the rows x (n, p), value (n,).

    Where several do, because columns say the same, those with the smallest sum of squares: it is where gradient descent
    from zero arrives. Columns are brought to one size first, so that small ones are not taken for nothing.
    """
    size = np.sqrt((x**2).mean(0))
    size[size == 0] = 1.0
    weights, _, rank, _ = np.linalg.lstsq(x / size, value, rcond=None)
    if rank < x.shape[1]:
        return np.linalg.lstsq(x, value, rcond=None)[0]
    return weights / size
