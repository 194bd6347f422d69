"""How a cloud spreads: mean, covariance and principal axes, for many rows and for very wide ones."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.core.arrays import Floats

ROWS = 4096  # that are worked on at a time: they stay in the processor's cache
LARGE = 300  # a matrix of this side: the largest eigenvalues alone are found sooner by Lanczos' way


@dataclass(frozen=True, eq=False)
class Spread:
    """A cloud seen from its mean, each column divided by its scale.

    x: (n, d). mean, scale: (d,). matrix: the covariance (d, d), or, where there are more columns than rows, the Gram
    matrix of the rows (n, n): its eigenvalues are the same, and it is smaller. total: the variance of all columns.
    """

    x: Floats
    mean: Floats
    scale: Floats
    matrix: Floats
    total: float

    @property
    def wide(self) -> bool:
        """Whether ``matrix`` is about rows."""
        return self.x.shape[1] > len(self.x)

    def blocks(self) -> Iterator[tuple[slice, Floats]]:
        """Give some centred and scaled rows at a time: which, and (m, d)."""
        for start in range(0, len(self.x), ROWS):
            rows = slice(start, min(start + ROWS, len(self.x)))
            yield rows, self.seen(self.x[rows])

    def seen(self, x: Floats) -> Floats:
        """Return rows (m, d) from the mean and in the scale of the cloud."""
        centred = x - self.mean
        if (self.scale != 1).any():
            centred /= self.scale
        return centred

    def covering(self, u: Floats) -> Floats:
        """Return the direction (d,) in the space of the columns for a vector that ``matrix`` works on, of length 1."""
        if self.wide:
            u = sum((part.T @ u[rows] for rows, part in self.blocks()), np.zeros(self.x.shape[1]))
        length = float(np.linalg.norm(u))
        return u / length if length else u

    def projected(self, axes: Floats) -> Floats:
        """Return the coordinates of all rows along axes (k, d): (n, k). The mean is taken off the result."""
        across = (axes / self.scale).T
        return self.x @ across - self.mean @ across

    def rebuilt(self, places: Floats, axes: Floats) -> Floats:
        """Return rows (m, d) in the units of the data from their coordinates (m, k) along axes (k, d)."""
        return places @ axes * self.scale + self.mean


def spread_of(x: Floats, *, standardise: bool) -> Spread:
    """Measure a cloud (n, d) of at least two rows; a column that is constant keeps its scale."""
    mean = np.full(len(x), 1 / len(x)) @ x  # as x.mean(0), in a fifth of the time
    scale = np.ones(x.shape[1])
    if standardise:
        deviation = x.std(0)
        scale = np.where(deviation > 1e-12 * np.maximum(1, np.abs(mean)), deviation, 1.0)
    empty = Spread(x, mean, scale, np.zeros((0, 0)), 0.0)
    n, d = x.shape
    if empty.wide:
        centred = empty.seen(x)
        matrix = centred @ centred.T
    else:
        matrix = np.zeros((d, d))
        for _, part in empty.blocks():
            matrix += part.T @ part
    matrix /= n - 1
    return Spread(x, mean, scale, matrix, float(np.trace(matrix)))


def principal(spread: Spread, count: int) -> tuple[Floats, Floats, Floats]:
    """Return the ``count`` largest variances (k,), the eigenvectors of ``matrix`` (k, ·), and the axes (k, d).

    The sign of an axis is free: its largest number is made positive.
    """
    values, vectors = _largest(spread.matrix, count)
    axes = np.array([spread.covering(vector) for vector in vectors])
    if spread.wide:  # where nothing is left rounding decides: such an axis is made upright to the others
        axes = np.linalg.qr(axes.T)[0].T
    signs = np.sign(axes[np.arange(count), np.abs(axes).argmax(1)])
    signs[signs == 0] = 1.0
    return np.maximum(values, 0.0), vectors, axes * signs[:, None]


def _largest(matrix: Floats, count: int) -> tuple[Floats, Floats]:
    """Return the largest eigenvalues, largest first, and their eigenvectors as rows."""
    if len(matrix) < LARGE or count > len(matrix) // 8:
        values, vectors = np.linalg.eigh(matrix)
    else:
        from scipy.sparse.linalg import eigsh

        start = np.full(len(matrix), 1.0) + np.linspace(0, 0.5, len(matrix))
        values, vectors = eigsh(matrix, count, v0=start)
    order = np.argsort(-values, kind="stable")[:count]
    return values[order], np.ascontiguousarray(vectors[:, order].T)
