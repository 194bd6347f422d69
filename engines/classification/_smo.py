"""One support vector machine for two classes: its multipliers, two of which are improved at a time.

Platt, "Sequential minimal optimization", 1998; which two: Fan, Chen and Lin, "Working set selection using second order
information", 2005, as in LIBSVM. Instead of α we keep β = y α: β of the one class is from 0 to C, of the other from −C
to 0, and what one β gains the other loses, so that Σ β = Σ y α stays 0.
"""

from typing import NamedTuple

import numpy as np

from engines.classification._kernels import Kernel, Rows
from engines.core.arrays import Bools, Floats, Ints

BLOCK = 1_500_000  # kernel values that are computed in one go: about 30 ms


class Move(NamedTuple):
    """One update: β of i has gained t, β of j has lost it.

    gap: by how much the two disagreed. apart: their squared distance in the kernel's space. before: both β before.
    """

    i: int
    j: int
    t: float
    gap: float
    apart: float
    before: tuple[float, float]


class Machine:
    """Two classes: x (n, d), y (n,) of −1 and +1.

    index: (n,) the row of each in the data. classes: the numbers of that of −1 and that of +1. beta: (n,) y α. left:
    (2, n) what is left of y once the weighted sum of kernels is taken away; in row 0 −∞ where β may not grow, in row 1
    ∞ where it may not shrink. pace: how many updates of those before it count as shown.
    """

    def __init__(
        self, x: Floats, y: Floats, index: Ints, classes: tuple[int, int], kernel: Kernel, c: float, beta: Floats
    ) -> None:
        self.x, self.y, self.index, self.classes, self.kernel, self.c = x, y, index, classes, kernel, c
        # an rbf kernel is the same wherever 0 is, and far from it the squares would lose their last digits
        self.middle = x.mean(0) if kernel.name == "rbf" else np.zeros(x.shape[1])
        self.rows = Rows(kernel, x - self.middle)
        self.low, self.high = np.minimum(0, c * y), np.maximum(0, c * y)
        self.beta = balanced(np.clip(beta, self.low, self.high))
        self.updates, self.settled, self.pace = 0, False, 0
        self.move: Move | None = None
        left = y - self.sums(x)
        grows, shrinks = self.beta < self.high, self.beta > self.low
        self.left = np.stack([np.where(grows, left, -np.inf), np.where(shrinks, left, np.inf)])

    def improve(self, most: int, tol: float) -> int:
        """Make up to ``most`` updates, until no two points disagree by ``tol``; return how many were made."""
        for count in range(most):
            pair = self.worst_pair(tol)
            if pair is None:
                self.settled = True
                self.rows.forget()
                return count
            self.update(*pair)
        return most

    def worst_pair(self, tol: float) -> tuple[int, int] | None:
        """Return i, which most wants to grow, and j, from which taking gains most; None if no two differ by ``tol``."""
        grow, shrink = self.left
        i = int(grow.argmax())
        gap: Floats = grow[i] - shrink
        if gap.max() < tol:
            return None
        np.maximum(gap, 0, out=gap)
        gap *= gap
        gap /= self.rows.row(i)[1]  # twice what the objective would gain
        return i, int(gap.argmax())

    def update(self, i: int, j: int) -> None:
        """Take from β of j and give to β of i what makes the objective largest, as far as the box allows."""
        (row_i, apart), (row_j, _) = self.rows.row(i), self.rows.row(j)
        beta, left = self.beta, self.left
        before, gap = (float(beta[i]), float(beta[j])), float(left[0, i] - left[1, j])
        room_i, room_j = float(self.high[i]) - before[0], before[1] - float(self.low[j])
        t = min(gap / float(apart[j]), room_i, room_j)
        beta[i] = self.high[i] if t == room_i else before[0] + t
        beta[j] = self.low[j] if t == room_j else before[1] - t
        left -= t * (row_i - row_j)
        for k in (i, j):
            here = left[0, k] if left[0, k] > -np.inf else left[1, k]
            left[0, k] = here if beta[k] < self.high[k] else -np.inf
            left[1, k] = here if beta[k] > self.low[k] else np.inf
        self.updates += 1
        self.move = Move(i, j, t, gap, float(apart[j]), before)

    @property
    def ends(self) -> tuple[float, float]:
        """m(α) and M(α): what the one wants that most wants to grow, and the other. They meet at the best α."""
        return float(self.left[0].max()), float(self.left[1].min())

    @property
    def residual(self) -> Floats:
        """Return y minus the weighted sum of kernels: (n,)."""
        return np.where(self.left[0] > -np.inf, self.left[0], self.left[1])

    @property
    def objective(self) -> float:
        """The dual objective, Σ α − ½ Σ Σ α α y y K, which the updates make as large as can be."""
        return 0.5 * float(np.abs(self.beta).sum() + self.beta @ self.residual)

    @property
    def support(self) -> Bools:
        """Which points are support vectors: (n,)."""
        return self.beta != 0

    @property
    def bias(self) -> float:
        """b: what is left at the support vectors inside the box, else half-way between the two ends."""
        free = (self.beta > self.low) & (self.beta < self.high)
        return float(self.left[0, free].mean()) if free.any() else sum(self.ends) / 2

    def sums(self, places: Floats) -> Floats:
        """Return Σ β K at places (m, d): (m,)."""
        there = self.beta != 0
        x, beta = self.x[there] - self.middle, self.beta[there]
        size = max(1, BLOCK // max(1, len(x)))
        blocks = [
            self.kernel.between(places[k : k + size] - self.middle, x) @ beta for k in range(0, len(places), size)
        ]
        return np.concatenate([*blocks, np.zeros(0)])

    def decide(self, places: Floats) -> Floats:
        """Return the decision values at places (m, d): (m,), above 0 for the second of the classes."""
        return self.sums(places) + self.bias


def balanced(beta: Floats) -> Floats:
    """Return β with the heavier side made lighter, so that both add up to the same."""
    above, below = float(beta[beta > 0].sum()), -float(beta[beta < 0].sum())
    if above == below:
        return beta
    even = min(above, below)
    return np.where(beta > 0, beta * (even / above if above else 0), beta * (even / below if below else 0))
