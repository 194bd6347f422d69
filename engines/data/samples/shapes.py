"""Points in the shapes that courses know: clouds, moons, rings, spirals and the like, each with its classes.

All lie within about 3 of the middle, so that they fill the stage. The shapes are those that introductory courses use
(scikit-learn's make_blobs, make_moons, make_circles, make_gaussian_quantiles; spiral and xor as network playgrounds
have them), written anew here because the window, which paints them, may not load scikit-learn.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.params import Param, Params
from engines.data.points import MOST_CLASSES, UNLABELLED, Points
from engines.data.sampling import sample

FEWEST, MOST = 2, 1_000_000
MOST_NOISE = 1.0

Count = Annotated[int, Param("Points n", low=FEWEST, high=MOST, log=True)]
Noise = Annotated[float, Param("Noise", low=0, high=MOST_NOISE)]


@dataclass(frozen=True)
class Scatter(Params):
    """How many points, and how far each may stray."""

    n: Count = 250
    noise: Noise = 0.15


@dataclass(frozen=True)
class BlobsSettings(Params):
    """Clouds."""

    n: Count = 250
    noise: Noise = 0.45
    clouds: Annotated[int, Param("Clouds", low=1, high=MOST_CLASSES)] = 3


@dataclass(frozen=True)
class StretchedSettings(Params):
    """Clouds that are drawn out and turned."""

    n: Count = 250
    noise: Noise = 0.2
    stretch: Annotated[float, Param("Stretch", low=1, high=10)] = 4.0


@dataclass(frozen=True)
class RingsSettings(Params):
    """Rings within rings."""

    n: Count = 300
    noise: Noise = 0.08
    rings: Annotated[int, Param("Rings", low=2, high=6)] = 3


@dataclass(frozen=True)
class XorSettings(Params):
    """Four squares."""

    n: Count = 250
    noise: Noise = 0.1


@dataclass(frozen=True)
class SpiralSettings(Params):
    """Arms that wind around each other."""

    n: Count = 250
    noise: Noise = 0.08
    turns: Annotated[float, Param("Turns", low=0.25, high=4)] = 1.75
    arms: Annotated[int, Param("Arms", low=2, high=6)] = 2


@dataclass(frozen=True)
class CheckerboardSettings(Params):
    """A board of squares."""

    n: Count = 400
    noise: Noise = 0.0
    squares: Annotated[int, Param("Squares a side", low=2, high=10)] = 4


@dataclass(frozen=True)
class LinearSettings(Params):
    """Two clouds beside a line."""

    n: Count = 250
    noise: Noise = 0.3


@dataclass(frozen=True)
class QuantilesSettings(Params):
    """A cloud cut into rings."""

    n: Count = 250
    noise: Noise = 0.0


@dataclass(frozen=True)
class UniformSettings(Params):
    """Points everywhere."""

    n: Count = 250


@dataclass(frozen=True)
class ImbalancedSettings(Params):
    """Two clouds of very different size."""

    n: Count = 1000
    noise: Noise = 0.3
    share: Annotated[float, Param("Share of the rare class", low=0.001, high=0.5, log=True)] = 0.01


@sample("Blobs", order=1)
def blobs(settings: BlobsSettings, rng: np.random.Generator) -> Points:
    """Clouds, as many as there are classes; three of them side by side unless more or fewer are asked for."""
    n, k = settings.n, settings.clouds
    y = _shares(n, k)
    middles = np.array([[-2.2, -1.2], [0.2, 1.5], [2.4, -0.9]])
    if k != 3:
        angle = 2 * np.pi * np.arange(k) / k + np.pi / 2
        middles = (2.0 if k > 1 else 0.0) * np.column_stack([np.cos(angle), np.sin(angle)])
    return Points(middles[y] + rng.normal(0, 0.15 + settings.noise, (n, 2)), y)


@sample("Moons", order=2)
def moons(settings: Scatter, rng: np.random.Generator) -> Points:
    """Two half circles that reach into each other; 1.6 times scikit-learn's size, about the middle."""
    n, y = settings.n, _shares(settings.n, 2)
    angle = np.concatenate([np.linspace(0, np.pi, np.sum(y == 0)), np.linspace(0, np.pi, np.sum(y == 1))])
    outer = np.stack([np.cos(angle), np.sin(angle)], 1)
    inner = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], 1)
    x = np.where((y == 0)[:, None], outer, inner) - (0.5, 0.25)
    return Points(1.6 * (x + rng.normal(0, settings.noise, (n, 2))), y)


@sample("Circles", order=3)
def circles(settings: Scatter, rng: np.random.Generator) -> Points:
    """A disc inside a ring."""
    n, y = settings.n, _shares(settings.n, 2)
    radius = np.where(y == 0, 1.1 * np.sqrt(rng.random(n)), rng.uniform(1.9, 2.6, n))
    angle = rng.uniform(0, 2 * np.pi, n)
    return Points(_polar(radius, angle) + rng.normal(0, settings.noise, (n, 2)), y)


@sample("Rings", order=4)
def rings(settings: RingsSettings, rng: np.random.Generator) -> Points:
    """Thin rings within rings, each a class."""
    n, y = settings.n, _shares(settings.n, settings.rings)
    radius = 2.6 * (y + 1) / settings.rings
    return Points(_polar(radius, rng.uniform(0, 2 * np.pi, n)) + rng.normal(0, settings.noise, (n, 2)), y)


@sample("XOR", order=5)
def xor(settings: XorSettings, rng: np.random.Generator) -> Points:
    """Four squares; those across the corner belong together."""
    n = settings.n
    place = rng.uniform(0.2, 2.5, (n, 2)) * rng.choice([-1.0, 1.0], (n, 2))
    y = (place[:, 0] * place[:, 1] > 0).astype(np.int64)
    return Points(place + rng.normal(0, settings.noise, (n, 2)), y)


@sample("Spiral", order=6)
def spiral(settings: SpiralSettings, rng: np.random.Generator) -> Points:
    """Arms that wind around each other."""
    n, arms = settings.n, settings.arms
    y = _shares(n, arms)
    along = np.concatenate([np.linspace(0.06, 1, np.sum(y == c)) for c in range(arms)])
    angle = settings.turns * 2 * np.pi * along + 2 * np.pi / arms * y
    places = 2.7 * along[:, None] * np.stack([np.sin(angle), np.cos(angle)], 1)
    return Points(places + rng.normal(0, settings.noise, (n, 2)), y)


@sample("Checkerboard", order=7)
def checkerboard(settings: CheckerboardSettings, rng: np.random.Generator) -> Points:
    """Squares of two classes in turn."""
    place = rng.uniform(0, settings.squares, (settings.n, 2))
    y = (np.floor(place).sum(1) % 2).astype(np.int64)
    x = (place / settings.squares - 0.5) * 5.4
    return Points(x + rng.normal(0, settings.noise, (settings.n, 2)), y)


@sample("Linear", order=8)
def linear(settings: LinearSettings, rng: np.random.Generator) -> Points:
    """Two clouds that one straight line tells apart."""
    n, y = settings.n, _shares(settings.n, 2)
    middles = np.array([[-1.5, -0.8], [1.5, 0.8]])
    return Points(middles[y] + rng.normal(0, 0.4 + settings.noise, (n, 2)), y)


@sample("Gaussian quantiles", order=9)
def gaussian_quantiles(settings: QuantilesSettings, rng: np.random.Generator) -> Points:
    """One round cloud cut into three rings of equally many points."""
    n = settings.n
    x = rng.normal(0, 1.1, (n, 2))
    y = np.empty(n, np.int64)
    y[np.argsort((x**2).sum(1))] = _shares(n, 3)
    return Points(x + rng.normal(0, settings.noise, (n, 2)), y)


@sample("Stretched blobs", order=10)
def stretched_blobs(settings: StretchedSettings, rng: np.random.Generator) -> Points:
    """Three clouds, drawn out along one slope, side by side: round clusters cut them wrongly."""
    n, y = settings.n, _shares(settings.n, 3)
    spread = rng.normal(0, 1, (n, 2)) * (0.1 + settings.noise) * (settings.stretch, 1.0)
    turn = np.array([[np.cos(0.6), -np.sin(0.6)], [np.sin(0.6), np.cos(0.6)]])
    return Points((spread + np.array([0.0, 1.4]) * (y[:, None] - 1.0)) @ turn.T, y)


@sample("Imbalanced", order=11)
def imbalanced(settings: ImbalancedSettings, rng: np.random.Generator) -> Points:
    """Many of one class and few of another, as with rare diseases; at least one is rare."""
    n = settings.n
    y = (np.arange(n) >= n - max(1, round(settings.share * n))).astype(np.int64)
    middles = np.array([[-0.6, -0.3], [1.6, 1.0]])
    return Points(middles[y] + rng.normal(0, 0.4 + settings.noise, (n, 2)), y)


@sample("Uniform", order=12)
def uniform(settings: UniformSettings, rng: np.random.Generator) -> Points:
    """Points everywhere alike, without a class: what any pattern found in them is worth."""
    return Points(rng.uniform(-2.7, 2.7, (settings.n, 2)), np.full(settings.n, UNLABELLED))


def _shares(n: int, classes: int) -> Ints:
    """Return class labels (n,) in classes as equal as can be, in order."""
    return np.sort(np.arange(n) % classes)


def _polar(radius: Floats, angle: Floats) -> Floats:
    """Return places (n, 2) at a distance and in a direction from the middle."""
    return radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
