"""Points along a curve, for learning a number instead of a class; and outliers, which spoil any data.

The first coordinate is what is known, the second what is to be learned, so ``target`` is "height".
"""

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from engines.core.arrays import Floats
from engines.core.params import Param, Params
from engines.data.points import Points
from engines.data.samples.shapes import Count, Noise
from engines.data.sampling import sample

WIDE = 2.8


@dataclass(frozen=True)
class PolynomialSettings(Params):
    """A polynomial with as many bends as it can have."""

    n: Count = 60
    noise: Noise = 0.25
    degree: Annotated[int, Param("Degree", low=1, high=7)] = 3


@dataclass(frozen=True)
class LineSettings(Params):
    """A straight line; slope and height are those of the line itself, before the noise."""

    n: Count = 60
    noise: Noise = 0.4
    slope: Annotated[float, Param("Slope", low=-2, high=2)] = 0.7
    height: Annotated[float, Param("Height at x = 0", low=-3, high=3)] = 0.3


@dataclass(frozen=True)
class SineSettings(Params):
    """Waves."""

    n: Count = 80
    noise: Noise = 0.2
    waves: Annotated[float, Param("Waves", low=0.5, high=5)] = 1.5


@dataclass(frozen=True)
class StepsSettings(Params):
    """Stairs."""

    n: Count = 80
    noise: Noise = 0.15
    steps: Annotated[int, Param("Stairs", low=2, high=10)] = 4


@dataclass(frozen=True)
class HillsSettings(Params):
    """A number at each place of the plane."""

    n: Count = 400
    noise: Noise = 0.05


@dataclass(frozen=True)
class OutliersSettings(Params):
    """How many, and how far away."""

    n: Annotated[int, Param("Outliers", low=1, high=10_000, log=True)] = 8
    distance: Annotated[float, Param("Distance", low=0.5, high=10)] = 2.0


@sample("Polynomial", order=20)
def polynomial(settings: PolynomialSettings, rng: np.random.Generator) -> Points:
    """A Chebyshev polynomial: of its degree the one with all its bends between the same two heights."""
    at = rng.uniform(-1, 1, settings.n)
    return _along(at, 1.8 * np.cos(settings.degree * np.arccos(at)), settings.noise, rng)


@sample("Line", order=19)
def line(settings: LineSettings, rng: np.random.Generator) -> Points:
    """A straight line: what linear regression should find again, but for the noise."""
    at = rng.uniform(-1, 1, settings.n)
    return _along(at, settings.height + settings.slope * WIDE * at, settings.noise, rng)


@sample("Sine", order=21)
def sine(settings: SineSettings, rng: np.random.Generator) -> Points:
    """Waves of one height."""
    at = rng.uniform(-1, 1, settings.n)
    return _along(at, 1.6 * np.sin(np.pi * settings.waves * at), settings.noise, rng)


@sample("Steps", order=22)
def steps(settings: StepsSettings, rng: np.random.Generator) -> Points:
    """Flat pieces with jumps between them: easy for a tree, hard for a polynomial."""
    at = rng.uniform(-1, 1, settings.n)
    stair = np.minimum(np.floor((at + 1) / 2 * settings.steps), settings.steps - 1)
    return _along(at, 1.9 * (2 * stair / (settings.steps - 1) - 1), settings.noise, rng)


@sample("Hills", order=23)
def hills(settings: HillsSettings, rng: np.random.Generator) -> Points:
    """A hill and a hollow over the plane: the number to learn is the colour."""
    x = rng.uniform(-WIDE, WIDE, (settings.n, 2))
    up, down = ((x - (-1.1, 0.7)) ** 2).sum(1), ((x - (1.2, -0.6)) ** 2).sum(1)
    value = np.exp(-up / 1.4) - np.exp(-down / 1.4) + rng.normal(0, settings.noise, settings.n)
    return Points(x, np.zeros(settings.n, np.int64), value, target="value")


@sample("Outliers", order=50)
def outliers(data: Points, settings: OutliersSettings, rng: np.random.Generator) -> Points:
    """Points all around, far from the rest, each of the class of some other point.

    distance is in units of the spread of the data: its largest standard deviation, or 1 where there is none.
    """
    x = data.x if len(data) else np.zeros((1, 2))
    spread = float(x.std(0).max()) or 1.0
    angle = rng.uniform(0, 2 * np.pi, settings.n)
    reach = spread * (1.5 + settings.distance * rng.uniform(0.7, 1.3, settings.n))
    far = x.mean(0) + reach[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    like = rng.integers(0, len(x), settings.n)
    y = data.y[like] if len(data) else np.zeros(settings.n, np.int64)
    value = data.value[like] if len(data) else np.zeros(settings.n)
    return replace(
        data,
        x=np.vstack([data.x, far]),
        y=np.concatenate([data.y, y]),
        value=np.concatenate([data.value, value]),
    )


def _along(at: Floats, height: Floats, noise: float, rng: np.random.Generator) -> Points:
    """Return points along a curve over -1 … 1, widened to the stage, each strayed up or down."""
    x = np.column_stack([WIDE * at, height + rng.normal(0, noise, len(at))])
    return Points(x, np.zeros(len(at), np.int64), target="height")
