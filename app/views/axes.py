"""An axis: from numbers to pixels, and the round numbers that stand beside it."""

import math
from dataclasses import dataclass

import numpy as np

from engines.core.arrays import Floats

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
SMALLEST = 1e-300


@dataclass(frozen=True)
class Axis:
    """low, high: the numbers at its ends. start, end: the pixels there. log: it goes by factors."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def pixels(self, values: Floats) -> Floats:
        """Return where numbers are, NaN for what the axis cannot show."""
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = (self._bent(np.asarray(values, float)) - self._bent(self.low)) / self._reach
        return np.where(np.isfinite(shares), self.start + shares * (self.end - self.start), np.nan)

    def pixel(self, value: float) -> float:
        """Return where one number is."""
        return float(self.pixels(np.array([value]))[0])

    def value(self, pixel: float) -> float:
        """Return the number at a pixel, within the ends."""
        share = min(1.0, max(0.0, (pixel - self.start) / ((self.end - self.start) or 1.0)))
        bent = self._bent(self.low) + share * self._reach
        return float(10.0**bent if self.log else bent)

    def ticks(self, most: int, *, whole: bool = False) -> list[float]:
        """Return at most about ``most`` round numbers between the ends; whole: no number has decimals."""
        if self.log:
            first, last = math.ceil(self._bent(self.low) - 1e-9), math.floor(self._bent(self.high) + 1e-9)
            every = max(1, math.ceil((last - first + 1) / max(1, most)))
            return [10.0**power for power in range(first, last + 1, every)]
        step = nice_step((self.high - self.low) / max(1, most))
        if whole:
            step = max(1.0, math.ceil(step))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [step * k for k in range(first, last + 1)]

    @property
    def _reach(self) -> float:
        return float(self._bent(self.high) - self._bent(self.low)) or 1.0

    def _bent(self, value: "Floats | float") -> "Floats | float":
        if not self.log:
            return value
        return np.log10(np.maximum(value, SMALLEST)) if isinstance(value, float) else np.log10(value)


def nice_step(size: float) -> float:
    """Return the next round number that is not smaller than ``size``: 1, 2, 2.5 or 5 times a power of ten."""
    if not (math.isfinite(size) and size > 0):
        return 1.0
    power = 10.0 ** math.floor(math.log10(size))
    return next(step * power for step in STEPS if step * power >= size * 0.999)


def ends(values: list[Floats], *, log: bool, from_zero: bool, whole: bool = False) -> tuple[float, float]:
    """Return round ends for an axis that is to show all of ``values``; 0 and 1 where there is nothing to show.

    whole: the ends are the lowest and the highest number themselves.
    """
    found = [array[np.isfinite(array) & ((array > 0) | (not log))] for array in values]
    found = [array for array in found if len(array)]
    if not found:
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = min(float(a.min()) for a in found), max(float(a.max()) for a in found)
    if log:
        low, high = 10.0 ** math.floor(math.log10(low) + 1e-9), 10.0 ** math.ceil(math.log10(high) - 1e-9)
        return (low, high) if high > low else (low, low * 10)
    if from_zero:
        low, high = min(0.0, low), max(0.0, high)
    if high - low < 1e-12 * max(abs(low), abs(high), 1e-12):
        low, high = low - (abs(low) or 1.0) / 2, high + (abs(high) or 1.0) / 2
    if whole:
        return low, high
    step = nice_step((high - low) / 4)
    return step * math.floor(low / step + 1e-9), step * math.ceil(high / step - 1e-9)


def tick_text(value: float) -> str:
    """Return a round number as short as it can be read: all its figures below a million, powers of ten as 1e5."""
    text = f"{value:.4g}"
    if 1e4 <= abs(value) < 1e6 and not text.lstrip("-").startswith("1e"):
        text = f"{value:.6g}"
    return text.replace("e+0", "e").replace("e-0", "e-")
