"""Series in the shapes that courses know: waves, oscillations that die away, walks, seasons, and three real ones."""

import csv
from dataclasses import dataclass
from importlib import resources
from typing import Annotated

import numpy as np

from engines.core.arrays import Floats
from engines.core.params import Param, Params
from engines.data.sampling import NoSettings, sample
from engines.data.sequences import Sequences

FEWEST, MOST = 2, 1_000_000

Moments = Annotated[int, Param("Moments n", low=FEWEST, high=MOST, log=True)]
Stray = Annotated[float, Param("Noise", low=0, high=1)]
Period = Annotated[float, Param("Period in moments", low=2, high=500, log=True)]


@dataclass(frozen=True)
class SineWaveSettings(Params):
    """A wave of one height."""

    n: Moments = 240
    noise: Stray = 0.15
    period: Period = 30.0


@dataclass(frozen=True)
class DampedSettings(Params):
    """A wave that dies away."""

    n: Moments = 240
    noise: Stray = 0.05
    period: Period = 24.0
    half_life: Annotated[float, Param("Half-life in moments", low=1, high=5000, log=True)] = 50.0


@dataclass(frozen=True)
class RandomWalkSettings(Params):
    """Steps by chance."""

    n: Moments = 300
    step: Annotated[float, Param("Size of a step", low=0.01, high=10, log=True)] = 1.0
    drift: Annotated[float, Param("Drift a step", low=-1, high=1)] = 0.0


@dataclass(frozen=True)
class SeasonalSettings(Params):
    """A demand that grows and comes and goes with the year."""

    n: Moments = 120
    noise: Stray = 0.3
    trend: Annotated[float, Param("Growth a year in %", low=-30, high=50)] = 6.0
    season: Annotated[float, Param("Season in %", low=0, high=80)] = 25.0


@sample("Noisy sine", order=1)
def sine_wave(settings: SineWaveSettings, rng: np.random.Generator) -> Sequences:
    """A sine of height 1, each value strayed by normal noise."""
    wave = np.sin(2 * np.pi * np.arange(settings.n) / settings.period)
    return _one(wave + rng.normal(0, settings.noise, settings.n), "wave")


@sample("Damped swing", order=2)
def damped(settings: DampedSettings, rng: np.random.Generator) -> Sequences:
    """A pendulum that comes to rest: after every half-life the swing is half as wide."""
    at = np.arange(settings.n)
    swing = 0.5 ** (at / settings.half_life) * np.cos(2 * np.pi * at / settings.period)
    return _one(swing + rng.normal(0, settings.noise, settings.n), "swing")


@sample("Random walk", order=3)
def random_walk(settings: RandomWalkSettings, rng: np.random.Generator) -> Sequences:
    """Each value is the last one and a step by chance: the best forecast is the last value itself."""
    steps = rng.normal(settings.drift, settings.step, settings.n)
    steps[0] = 0.0
    return _one(np.cumsum(steps), "place")


@sample("Seasonal demand", order=4)
def seasonal(settings: SeasonalSettings, rng: np.random.Generator) -> Sequences:
    """Monthly demand around 100: growth by the year times a season times noise; never below zero.

    Noise 1 strays a month by a quarter of its value.
    """
    month = np.arange(settings.n)
    years = np.minimum(month / 12 * np.log1p(settings.trend / 100), 12.0)  # growth without end has no numbers
    year = 2 * np.pi * month / 12
    season = 1 + settings.season / 100 * (0.85 * np.sin(year - 1.3) + 0.25 * np.sin(2 * year + 0.4))
    demand = 100 * np.exp(years) * season * (1 + 0.25 * settings.noise * rng.normal(0, 1, settings.n))
    return _one(np.round(np.maximum(demand, 0), 1), "demand", "month")


@sample(
    "Airline passengers", order=10,
    about="international passengers in thousands a month, 1949–1960; Box and Jenkins, series G",
)  # fmt: skip
def airline_passengers(settings: NoSettings, rng: np.random.Generator) -> Sequences:
    """A trend, and seasons that grow with it."""
    return _shipped("airline_passengers", "month")


@sample(
    "Seattle weather", order=11,
    about="temperatures, precipitation and wind day by day, 2012–2015; NOAA, public domain",
)  # fmt: skip
def seattle_weather(settings: NoSettings, rng: np.random.Generator) -> Sequences:
    """Four channels side by side with one year in common."""
    return _shipped("seattle_weather", "day")


@sample(
    "Nile", order=12,
    about="flow of the Nile at Aswan year by year, 1871–1970, in 10^8 m³; Cobb 1978, public domain",
)  # fmt: skip
def nile(settings: NoSettings, rng: np.random.Generator) -> Sequences:
    """A level that drops about 1898."""
    return _shipped("nile", "year")


def _one(values: Floats, name: str, unit: str = "") -> Sequences:
    return Sequences(values.reshape(-1, 1), (name,), unit=unit)


def _shipped(name: str, unit: str) -> Sequences:
    """Read a series of ``resources/datasets``: moments in the first column, a channel in each other one."""
    file = resources.files("resources").joinpath("datasets", f"{name}.csv")
    header, *rows = csv.reader(file.read_text(encoding="utf-8").splitlines())
    values = np.array([row[1:] for row in rows], float)
    return Sequences(values, tuple(header[1:]), tuple(row[0] for row in rows), unit)
