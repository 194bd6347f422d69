"""What logistic regression learns from: the inputs, and their squares and products where the border may bend."""

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from engines.core.arrays import Floats
from engines.core.language import LearnerError
from engines.data.features import Features, Share

Boundary = Literal["straight line", "with squares"]
MOST_COLUMNS = 600
PER_ROW, PER_NUMBER = 36e-9, 1e-9  # measured: seconds that a step takes for each output


@dataclass(frozen=True, eq=False)
class Material:
    """The data, made ready once for all steps. train, validation: with expanded x. names: of the expanded columns."""

    features: Features
    boundary: Boundary
    names: tuple[str, ...]
    train: Share
    validation: Share

    def expand(self, x: Floats) -> Floats:
        """Return the columns that have weights: (n, columns)."""
        return expand(x, self.boundary)

    def row(self, watch: int) -> int:
        """Return the row that is watched: the last one where there are fewer."""
        return max(0, min(watch, len(self.features) - 1))

    def seconds(self, n_outputs: int, steps: int) -> float:
        """Return about how long so many steps take."""
        n, d = self.train.x.shape
        return steps * n * n_outputs * (PER_ROW + PER_NUMBER * d)


def material(features: Features, boundary: Boundary) -> Material:
    """Expand the inputs; LearnerError when their squares and products are too many."""
    d = features.x.shape[1]
    count = d if boundary == "straight line" else 2 * d + d * (d - 1) // 2
    if boundary != "straight line" and count > MOST_COLUMNS:
        raise LearnerError(
            "With squares and products {d} inputs become {count}, and {most} is the limit: choose the straight line.",
            d=d, count=count, most=MOST_COLUMNS,
        )  # fmt: skip
    shares = [
        Share(expand(share.x, boundary), share.y, share.value, share.index)
        for share in (features.train, features.validation)
    ]
    return Material(features, boundary, expanded_names(features.names, boundary), shares[0], shares[1])


def expand(x: Floats, boundary: Boundary) -> Floats:
    """Return x itself, or x with all squares and then all products of two columns."""
    if boundary == "straight line":
        return x
    products = [x[:, first] * x[:, second] for first, second in combinations(range(x.shape[1]), 2)]
    return np.column_stack([x, x**2, *products])


def expanded_names(names: tuple[str, ...], boundary: Boundary) -> tuple[str, ...]:
    """Return the names of the columns of ``expand``."""
    if boundary == "straight line":
        return names
    products = tuple(f"{first} · {second}" for first, second in combinations(names, 2))
    return (*names, *(f"{name}²" for name in names), *products)


def carried(weights: Floats, before: tuple[str, ...], now: tuple[str, ...]) -> Floats:
    """Return the weights (outputs, columns) of the columns of now: by their name, 0 for a new one."""
    if before == now:
        return weights
    place = {name: i for i, name in enumerate(before)}
    moved = np.zeros((len(weights), len(now)))
    for i, name in enumerate(now):
        if name in place:
            moved[:, i] = weights[:, place[name]]
    return moved
