"""Ready-made points: each a small recipe with a size, a noise and a seed. The same recipe gives the same points.

All lie within about 3 of the middle, so that they fill the stage. The shapes are those that introductory courses use
(scikit-learn's make_blobs, make_moons, make_circles, make_gaussian_quantiles; spiral and xor as network playgrounds
have them), written anew here because the window, which paints them, may not load scikit-learn.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.dataset import Recipe
from engines.core.language import LearnerError
from engines.data.points import Points

Make = Callable[[int, float, np.random.Generator], tuple[Floats, Ints]]
FEWEST, MOST = 2, 20_000
MOST_NOISE = 1.0
MOST_SEED = 2**32 - 1


@dataclass(frozen=True)
class Sample:
    """One recipe: its title, its usual noise, and the function (n, noise, rng) → x (n, 2), y (n,).

    classes: how many it makes; y is within 0 … classes - 1.
    """

    name: str
    title: str
    noise: float
    classes: int
    make: Make


_samples: dict[str, Sample] = {}


def sample(title: str, *, noise: float, classes: int) -> Callable[[Make], Make]:
    """Register a function as a sample under its own name."""

    def register(make: Make) -> Make:
        _samples[make.__name__] = Sample(make.__name__, title, noise, classes, make)
        return make

    return register


def samples() -> Mapping[str, Sample]:
    """Return all samples by name."""
    return MappingProxyType(_samples)


def make_sample(name: str, n: int = 250, noise: float | None = None, seed: int = 0) -> Points:
    """Make ``n`` points with ``noise`` (0 … 1) from ``seed``.

    Raises LearnerError for an unknown name or a value out of range.
    """
    if name not in _samples:
        raise LearnerError("There is no sample “{name}”; there are: {names}.", name=name, names=", ".join(_samples))
    if not (FEWEST <= n <= MOST and n == int(n)):
        raise LearnerError("A sample has from {low} to {high} points, not {n}.", low=FEWEST, high=MOST, n=n)
    noise = _samples[name].noise if noise is None else noise
    if not (0 <= noise <= MOST_NOISE):
        raise LearnerError("Noise is from 0 to {high:g}, not {noise:g}.", high=MOST_NOISE, noise=noise)
    if not (0 <= seed <= MOST_SEED and seed == int(seed)):
        raise LearnerError("A seed is a whole number from 0 to {high}, not {seed}.", high=MOST_SEED, seed=seed)
    n, seed = int(n), int(seed)
    rng = np.random.default_rng(seed)
    x, y = _samples[name].make(n, noise, rng)
    recipe = Recipe(name, (("n", float(n)), ("noise", float(noise))), seed)
    return Points(x, y.astype(np.int64), rng.random(n), recipe=recipe)


def parse_sample(text: str) -> Points:
    """Make the sample that ``moons:n=300,noise=0.2,seed=1`` describes; LearnerError when it cannot be read."""
    name, _, rest = text.partition(":")
    settings: dict[str, float] = {}
    for item in filter(None, rest.split(",")):
        key, _, value = item.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = np.nan
        whole = key.strip() != "noise"
        if key.strip() not in ("n", "noise", "seed") or not 0 <= number < np.inf or (whole and number % 1):
            raise LearnerError("“{item}” is not a setting of a sample; write n=300, noise=0.2 or seed=1.", item=item)
        settings[key.strip()] = number
    return make_sample(name.strip(), int(settings.get("n", 250)), settings.get("noise"), int(settings.get("seed", 0)))


def _shares(n: int, classes: int) -> Ints:
    """Return class labels (n,) in classes as equal as can be, in order."""
    return np.sort(np.arange(n) % classes)


@sample("Blobs", noise=0.45, classes=3)
def blobs(n: int, noise: float, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Three clouds."""
    y = _shares(n, 3)
    middles = np.array([[-2.2, -1.2], [0.2, 1.5], [2.4, -0.9]])
    return middles[y] + rng.normal(0, 0.15 + noise, (n, 2)), y


@sample("Moons", noise=0.15, classes=2)
def moons(n: int, noise: float, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Two half circles that reach into each other; 1.6 times scikit-learn's size, about the middle."""
    y = _shares(n, 2)
    angle = np.concatenate([np.linspace(0, np.pi, np.sum(y == 0)), np.linspace(0, np.pi, np.sum(y == 1))])
    outer = np.stack([np.cos(angle), np.sin(angle)], 1)
    inner = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], 1)
    x = np.where((y == 0)[:, None], outer, inner) - (0.5, 0.25)
    return 1.6 * (x + rng.normal(0, noise, (n, 2))), y


@sample("Circles", noise=0.15, classes=2)
def circles(n: int, noise: float, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """A disc inside a ring."""
    y = _shares(n, 2)
    radius = np.where(y == 0, 1.1 * np.sqrt(rng.random(n)), rng.uniform(1.9, 2.6, n))
    angle = rng.uniform(0, 2 * np.pi, n)
    return radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1) + rng.normal(0, noise, (n, 2)), y


@sample("XOR", noise=0.1, classes=2)
def xor(n: int, noise: float, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Four squares; those across the corner belong together."""
    place = rng.uniform(0.2, 2.5, (n, 2)) * rng.choice([-1.0, 1.0], (n, 2))
    y = (place[:, 0] * place[:, 1] > 0).astype(np.int64)
    return place + rng.normal(0, noise, (n, 2)), y


@sample("Spiral", noise=0.08, classes=2)
def spiral(n: int, noise: float, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Two arms that wind around each other."""
    y = _shares(n, 2)
    along = np.concatenate([np.linspace(0.06, 1, np.sum(y == c)) for c in range(2)])
    angle = 1.75 * 2 * np.pi * along + np.pi * y
    arms = 2.7 * along[:, None] * np.stack([np.sin(angle), np.cos(angle)], 1)
    return arms + rng.normal(0, noise, (n, 2)), y


@sample("Linear", noise=0.3, classes=2)
def linear(n: int, noise: float, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Two clouds that one straight line tells apart."""
    y = _shares(n, 2)
    middles = np.array([[-1.5, -0.8], [1.5, 0.8]])
    return middles[y] + rng.normal(0, 0.4 + noise, (n, 2)), y


@sample("Gaussian quantiles", noise=0.0, classes=3)
def gaussian_quantiles(n: int, noise: float, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """One round cloud cut into three rings of equally many points."""
    x = rng.normal(0, 1.1, (n, 2))
    y = np.empty(n, np.int64)
    y[np.argsort((x**2).sum(1))] = _shares(n, 3)
    return x + rng.normal(0, noise, (n, 2)), y
