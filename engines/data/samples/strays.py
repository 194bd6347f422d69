"""Points most of which are as usual, and a few that are not: to find the few without being told."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from engines.core.params import Param, Params
from engines.data.points import Points
from engines.data.sampling import sample
from engines.data.table import Column, Table

NAMES = ("usual", "stray")
REACH = (-4.6, -2.7), (4.6, 2.7)  # lower left and upper right corner of where strays are
NEAR = 0.35  # a stray is farther than this from every usual point


@dataclass(frozen=True)
class StraysSettings(Params):
    """How many points, how many of them strays, and in which shape the others lie."""

    n: Annotated[int, Param("Points n", low=20, high=200_000, log=True)] = 300
    share: Annotated[float, Param("Share of strays", low=0.001, high=0.5, log=True)] = 0.04
    bent: Annotated[bool, Param("Bent like a banana")] = False


@dataclass(frozen=True)
class SensorSettings(Params):
    """How many readings, how many of them wrong, and how far off those are."""

    n: Annotated[int, Param("Rows n", low=20, high=200_000, log=True)] = 400
    share: Annotated[float, Param("Share of faults", low=0.001, high=0.4, log=True)] = 0.03
    distance: Annotated[float, Param("How far off (°C)", low=1, high=50)] = 8.0


@sample("Strays", order=40)
def strays(settings: StraysSettings, rng: np.random.Generator) -> Points:
    """A cloud that is drawn out along a slope, or bent, and strays anywhere around but not in it; class 2 strays."""
    few = max(1, round(settings.share * settings.n))
    n = settings.n - few
    if settings.bent:
        along = rng.uniform(-1.9, 1.9, n)
        usual = np.column_stack([1.5 * along, 1.3 - 0.9 * along**2]) + rng.normal(0, 0.22, (n, 2))
    else:
        tilt = np.array([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]])
        usual = rng.normal(size=(n, 2)) * (1.3, 0.4) @ tilt.T
    seen = usual[:200]
    far = np.zeros((0, 2))
    while len(far) < few:
        tried = rng.uniform(*REACH, (2 * few, 2))
        gaps = np.min([((tried - place) ** 2).sum(1) for place in seen], axis=0)
        far = np.vstack([far, tried[gaps > NEAR**2]])
    return Points(np.vstack([usual, far[:few]]), np.repeat([0, 1], [n, few]), names=NAMES)


@sample("Faulty sensor", about="made by Sandtable: a bell curve and faults; no real machine", order=15)
def sensor(settings: SensorSettings, rng: np.random.Generator) -> Table:
    """Temperatures of a machine about 60 °C, standard deviation 2; a faulty reading is too high by ``distance`` ± 1."""
    faulty = rng.permutation(settings.n) < max(1, round(settings.share * settings.n))
    heat = rng.normal(60, 2, settings.n) + faulty * rng.normal(settings.distance, 1, settings.n)
    column = Column("reading", "category", codes=faulty.astype(np.int64), labels=("fine", "faulty"))
    return Table((Column("temperature (°C)", "number", np.round(heat, 1)), column), "reading")
