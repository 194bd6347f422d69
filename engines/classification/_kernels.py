"""Kernels: how alike two points are, as if measured in a space of many more dimensions."""

from dataclasses import dataclass
from math import factorial

import numpy as np

from engines.core.arrays import Floats
from engines.pictures.surface import Area

SMALLEST = 1e-12  # of what is divided by


@dataclass(frozen=True)
class Kernel:
    """linear: a·b. poly: (γ a·b + c)^degree. rbf: exp(−γ |a − b|²)."""

    name: str
    gamma: float
    degree: int
    coef0: float

    def between(self, places: Floats, x: Floats, squares: Floats | None = None) -> Floats:
        """Return the kernel of each place (m, d) with each of x (n, d): (m, n). squares: |x|² (n,) where known."""
        product: Floats = places @ x.T
        if self.name == "linear":
            return product
        if self.name == "poly":
            product *= self.gamma
            product += self.coef0
            return powered(product, self.degree)
        product *= -2
        product += (places**2).sum(1)[:, None]
        product += (x**2).sum(1) if squares is None else squares
        np.maximum(product, 0, out=product)
        product *= -self.gamma
        return np.exp(product, out=product)

    def with_itself(self, x: Floats) -> Floats:
        """Return the kernel of each of x (n, d) with itself: (n,)."""
        if self.name == "rbf":
            return np.ones(len(x))
        squared: Floats = (x**2).sum(1)
        return squared if self.name == "linear" else powered(self.gamma * squared + self.coef0, self.degree)

    def on_grid(self, x: Floats, weights: Floats, area: Area, rows: int, columns: int) -> Floats:
        """Return Σ weights · kernel with x (n, 2) at the cell centres of ``area``: (rows, columns), row 0 the lowest.

        Both kernels with a bend are sums of products of one factor for each axis, so that on a grid two small matrices
        take the place of one with as many rows as there are cells: exp(−γ (Δ₁² + Δ₂²)) = exp(−γ Δ₁²) exp(−γ Δ₂²), and
        (γ (a₁ b₁ + a₂ b₂) + c)^d opens into its terms.
        """
        left, bottom, right, top = area
        across = left + (np.arange(columns) + 0.5) * (right - left) / columns
        up = bottom + (np.arange(rows) + 0.5) * (top - bottom) / rows
        if self.name == "rbf":
            wide = np.exp(-self.gamma * (across[:, None] - x[:, 0]) ** 2)
            high = np.exp(-self.gamma * (up[:, None] - x[:, 1]) ** 2)
            summed: Floats = (high * weights) @ wide.T
            return summed
        if self.name == "linear":
            slope = weights @ x
            return up[:, None] * slope[1] + across * slope[0]
        return self._opened(x, weights, across, up)

    def _opened(self, x: Floats, weights: Floats, across: Floats, up: Floats) -> Floats:
        """Return the polynomial on a grid, term by term: d! ÷ (i! j! l!) γ^(i+j) c^l (a₁b₁)^i (a₂b₂)^j."""
        total, d = np.zeros((len(up), len(across))), self.degree
        for i in range(d + 1):
            for j in range(d + 1 - i):
                rest = d - i - j
                share = factorial(d) // (factorial(i) * factorial(j) * factorial(rest))
                factor = (
                    share * self.gamma ** (i + j) * self.coef0**rest * float(weights @ (x[:, 0] ** i * x[:, 1] ** j))
                )
                if factor:
                    total += factor * up[:, None] ** j * across**i
        return total


def powered(base: Floats, degree: int) -> Floats:
    """Return base to a whole power: multiplied, which is many times quicker than raising to any power."""
    power = base
    for _ in range(degree - 1):
        power = power * base
    return power


class Rows:
    """The rows of a kernel matrix too large to be kept whole: computed when asked for, the latest are kept."""

    def __init__(self, kernel: Kernel, x: Floats, most_bytes: int = 200_000_000) -> None:
        self._kernel, self._x, self._squares = kernel, x, (x**2).sum(1)
        self.diagonal = kernel.with_itself(x)
        self._most = max(4, most_bytes // (16 * len(x)))
        self._kept: dict[int, tuple[Floats, Floats]] = {}

    def row(self, i: int) -> tuple[Floats, Floats]:
        """Return K(i, ·) and K(i, i) + K(·, ·) − 2 K(i, ·), the squared distance in the kernel's space: (n,) each."""
        kept = self._kept.get(i)
        if kept is None:
            row = self._kernel.between(self._x[i : i + 1], self._x, self._squares)[0]
            apart = np.maximum(self.diagonal[i] + self.diagonal - 2 * row, SMALLEST)
            if len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            kept = self._kept[i] = (row, apart)
        return kept

    def forget(self) -> None:
        """Let go of all rows: of many machines only the one that is being solved needs the memory."""
        self._kept.clear()
