"""Powers of columns, and a least-squares problem in its smallest form, from which every lower degree can be read."""

from dataclasses import dataclass, field
from typing import Self, cast

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.dataset import Dataset
from engines.core.language import LearnerError
from engines.data.features import Features
from engines.data.preparing import unprepared
from engines.evaluation.checks import with_numbers
from engines.regression._problem import Scaling

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, eq=False)
class Reduced:
    """Few rows with the same squared error as many: |X v − y|² = |r v − z|² + rest for all v.

    r: (m, p) with m ≤ p, upper triangular, so that its first k columns are those of the first k columns of X. z: (m,).
    n: the number of rows it stands for.
    """

    r: Floats
    z: Floats
    rest: float
    n: int

    @classmethod
    def of(cls, x: Floats, y: Floats) -> Self:
        """Reduce rows x (n, p), y (n,) by Householder's reflections: nothing is squared, so no digits are lost."""
        n, p = x.shape
        if not n:
            return cls(np.zeros((0, p)), np.zeros(0), float("nan"), 0)
        triangle = cast("Floats", np.linalg.qr(np.column_stack([x, y]), mode="r"))
        m = min(n, p)
        return cls(triangle[:m, :p], triangle[:m, p], float(triangle[p, p] ** 2) if n > p else 0.0, n)

    def error(self, v: Floats) -> float:
        """Return the mean squared error of the weights of the first k columns, (k,); NaN for no rows."""
        if not self.n:
            return float("nan")
        return (float(((self.r[:, : len(v)] @ v - self.z) ** 2).sum()) + self.rest) / self.n


@dataclass(frozen=True, eq=False)
class Powers:
    """Which powers there are, and how columns are brought to one size.

    before: what is done to the columns themselves. which: (p, 2) of column and exponent, the lowest exponents first.
    after: what is done to their powers. bare: whether that is only how it is computed, and no more.
    """

    before: Scaling
    which: Ints
    after: Scaling
    bare: bool

    @classmethod
    def of(cls, x: Floats, degree: int, *, standardise: bool, free: bool) -> Self:
        """Choose for training rows x (n, d). free: no penalty, so that the curve is the same in any units.

        Then the columns are brought to -1 … 1 on the way, in which powers differ most. A column of 0 and 1 has no
        powers but itself.
        """
        before = Scaling.of(x, wanted=standardise)
        if free and not standardise:
            low, high = x.min(0), x.max(0)
            before = Scaling((low + high) / 2, np.where(high > low, (high - low) / 2, 1.0))
        twofold = ((x == 0) | (x == 1)).all(0)
        which = [(j, e) for e in range(1, degree + 1) for j in range(x.shape[1]) if e == 1 or not twofold[j]]
        table = np.array(which)
        raised = _raised(before.columns(x), table)
        if not np.isfinite(raised).all() or np.abs(raised).max() > 1e140:
            raise LearnerError("The powers of such large numbers are beyond what can be computed: standardise the "
                               "columns, or lower the degree.")  # fmt: skip
        return cls(before, table, Scaling.of(raised, wanted=True), bare=not standardise)

    def columns(self, x: Floats) -> Floats:
        """Return the powers of rows x (n, d), each of one size: (n, p)."""
        return self.after.columns(_raised(self.before.columns(x), self.which))

    def count(self, degree: int) -> int:
        """Return how many columns have at most this exponent."""
        return int((self.which[:, 1] <= degree).sum())

    def names(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Return what the powers are called: x, x², x³."""
        return tuple(columns[j] + (str(e).translate(SUPERSCRIPTS) if e > 1 else "") for j, e in self.which.tolist())

    @property
    def unit(self) -> Floats:
        """Return by what weights of columns of one size are multiplied to be those that are punished: (p,)."""
        return 1 / self.after.scale if self.bare else np.ones(len(self.which))

    def shown(self, v: Floats, mean: float) -> tuple[Floats, float]:
        """Return weights and intercept as they are shown: of the powers of x, or of the standardised ones.

        v: (k,) of the columns of one size. mean: of the number to learn.
        """
        return self.plain(v, mean) if self.bare else (v, mean)

    def plain(self, v: Floats, mean: float) -> tuple[Floats, float]:
        """Return weights (k,) and intercept of the powers of x as it is in the data."""
        plain = v / self.after.scale[: len(v)]
        intercept = mean - float(plain @ self.after.mean[: len(v)])
        if not self.before.mean.any() and (self.before.scale == 1).all():
            return plain, intercept
        weights = np.zeros(len(v))
        which = self.which[: len(v)]
        for j in range(len(self.before.mean)):
            own = np.flatnonzero(which[:, 0] == j)  # in the order of their exponents: 1, 2, 3 …
            x = np.polynomial.Polynomial([-self.before.mean[j], 1.0]) / self.before.scale[j]
            expanded = np.polynomial.Polynomial([0.0, *plain[own]])(x).coef
            weights[own[: len(expanded) - 1]] = expanded[1:]  # numpy leaves out the last ones where they are 0
            intercept += float(expanded[0])
        return weights, intercept


@dataclass(frozen=True, eq=False)
class Curves:
    """What curves of all degrees are fitted to. mean: of the number to learn in the training share."""

    features: Features
    powers: Powers
    mean: float
    train: Reduced
    validation: Reduced

    @classmethod
    def of(cls, data: Dataset, degree: int, *, standardise: bool, free: bool) -> Self:
        """Return what data ask for; LearnerError where no number can be learned from them."""
        features = with_numbers(unprepared(data))  # it makes its powers itself
        train, validation = features.train, features.validation
        powers = Powers.of(train.x, degree, standardise=standardise, free=free)
        mean = float(train.value.mean())
        reduced = [Reduced.of(powers.columns(part.x), part.value - mean) for part in (train, validation)]
        return cls(features, powers, mean, *reduced)

    def predict(self, x: Floats, v: Floats) -> Floats:
        """Return the height of the curve at rows x (n, d): (n,)."""
        return self.mean + self.powers.columns(x)[:, : len(v)] @ v


@dataclass
class State:
    """Where the run stands. v: the weights of each degree so far, of columns of one size; degree 0 is a flat line.

    sweeps, gap: how far a lasso has come on the last degree. settled: whether its weights are final.
    """

    curves: Curves
    v: dict[int, Floats] = field(default_factory=lambda: {0: np.zeros(0)})
    degree: int = 0
    sweeps: int = 0
    gap: float = 0.0
    settled: bool = True

    def errors(self) -> Floats:
        """Return the mean squared error on the training and validation shares of degree 0 and up: (2, degree + 1)."""
        return np.array(
            [
                [rows.error(self.v[degree]) for degree in range(self.degree + 1)]
                for rows in (self.curves.train, self.curves.validation)
            ]
        )

    def scores(self) -> dict[str, float]:
        """Return the errors of the degree of now."""
        v = self.v[self.degree]
        return {"train_loss": self.curves.train.error(v), "validation_loss": self.curves.validation.error(v)}


def _raised(x: Floats, which: Ints) -> Floats:
    """Return powers of the columns of x (n, d): (n, p), each made from the one below it."""
    raised = np.empty((len(x), len(which)))
    last: dict[int, int] = {}
    with np.errstate(over="ignore", invalid="ignore"):
        for place, (j, _) in enumerate(which.tolist()):
            raised[:, place] = x[:, j] if j not in last else raised[:, last[j]] * x[:, j]
            last[j] = place
    return raised


def least_squares(a: Floats, b: Floats) -> Floats:
    """Return the v (p,) with the smallest |a v − b|², the columns of a (m, p) brought to one length on the way."""
    length = np.sqrt((a**2).sum(0))
    length[length == 0] = 1.0
    return np.linalg.lstsq(a / length, b, rcond=None)[0] / length
