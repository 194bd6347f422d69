"""Tables that nobody collected: each is made by the recipe in its function, so that one knows what is to be found.

They stand for questions that courses ask: who passes, what is a house worth, which message is spam, which connection
is an attack, who is ill. In the last two hardly anybody is, which is what makes them hard.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from engines.core.arrays import Bools, Floats, Ints
from engines.core.params import Param, Params
from engines.data.samples.tables import BY_NAME
from engines.data.sampling import sample
from engines.data.table import Column, Table

FEWEST_ROWS, MOST_ROWS = 10, 200_000

Rows = Annotated[int, Param("Rows n", low=FEWEST_ROWS, high=MOST_ROWS, log=True)]
Spread = Annotated[float, Param("Noise", low=0, high=1)]
RareShare = Annotated[float, Param("Share of the rare class", low=0.001, high=0.5, log=True)]


@dataclass(frozen=True)
class ExamSettings(Params):
    """How many students, and how much luck there is in an exam."""

    n: Rows = 100
    noise: Annotated[float, Param("Luck", low=0, high=3)] = 1.0


@dataclass(frozen=True)
class HousesSettings(Params):
    """How many houses, and how far prices stray."""

    n: Rows = 300
    noise: Spread = 0.1


@dataclass(frozen=True)
class SpamSettings(Params):
    """How many messages, how many of them spam, and how much spam talks like other mail."""

    n: Rows = 400
    share: Annotated[float, Param("Share of spam", low=0.01, high=0.9)] = 0.4
    noise: Spread = 0.0


@dataclass(frozen=True)
class IntrusionSettings(Params):
    """How many connections, and how many of them attacks."""

    n: Rows = 2000
    share: RareShare = 0.01


@dataclass(frozen=True)
class ScreeningSettings(Params):
    """How many people, and how many of them ill."""

    n: Rows = 2000
    share: RareShare = 0.01


@sample("Exam passed", about="made by Sandtable from a logistic curve; no real students", order=10)
def exam(settings: ExamSettings, rng: np.random.Generator) -> Table:
    """Each hour of study, and half as much each hour of sleep, adds to the score; above 0 one passes.

    ``noise`` scales a logistic stray of the score: at 1 the chance to pass is exactly the sigmoid of the score, and
    logistic regression finds the weights 1.1 and 0.5 again; at 0 nothing is left to luck.
    """
    n = settings.n
    studied = np.round(rng.uniform(0, 10, n), 1)
    slept = np.round(np.clip(rng.normal(7, 1.2, n), 3, 10), 1)
    score = 1.1 * (studied - 5) + 0.5 * (slept - 7)
    passed = score + settings.noise * rng.logistic(size=n) > 0
    return Table((_number("hours studied", studied), _number("hours slept", slept), _truth("passed", passed)), "passed")


DISTRICTS = ("old town", "riverside", "suburb", "industrial")
DISTRICT_WORTH = np.array([1.25, 1.15, 1.0, 0.75])  # price against the suburb's
DISTRICT_KM = np.array([1.0, 3.0, 9.0, 6.0])  # how far from the centre


@sample("House prices", about="made by Sandtable: the price follows a formula, and strays; no real houses", order=11)
def houses(settings: HousesSettings, rng: np.random.Generator) -> Table:
    """A price per square metre, raised or lowered by the district, age and distance; ``noise`` is its relative stray.

    price (thousand) = district · (3 · area + 12 · rooms) · 0.98^distance · (1 − 0.004 · age) · e^(noise · normal)
    """
    n = settings.n
    district = rng.choice(len(DISTRICTS), n, p=[0.2, 0.2, 0.45, 0.15])
    area = np.round(np.clip(rng.lognormal(np.log(95), 0.35, n), 25, 300))
    rooms = np.clip(np.round(area / 27 + rng.normal(0, 0.7, n)), 1, 10)
    age = np.floor(np.clip(rng.gamma(1.6, 20, n), 0, 120))
    distance = np.round(DISTRICT_KM[district] * rng.uniform(0.5, 1.5, n), 1)
    worth = DISTRICT_WORTH[district] * (3 * area + 12 * rooms) * 0.98**distance * (1 - 0.004 * age)
    price = np.round(worth * np.exp(settings.noise * rng.normal(size=n)), 1)
    columns = (
        _number("area (m²)", area),
        _number("rooms", rooms),
        _number("age (years)", age),
        _number("distance (km)", distance),
        Column("district", "category", codes=district.astype(np.int64), labels=DISTRICTS),
        _number("price (thousand)", price),
    )
    return Table(columns, "price (thousand)")


# How often a key word is found in a message that is no spam, and in one that is.
KEY_WORDS = {
    "free": (0.06, 0.55), "win": (0.03, 0.40), "money": (0.07, 0.35), "offer": (0.08, 0.45), "click": (0.06, 0.50),
    "urgent": (0.05, 0.25), "meeting": (0.35, 0.03), "project": (0.30, 0.04), "lunch": (0.20, 0.02),
    "thanks": (0.40, 0.10),
}  # fmt: skip


@sample("Spam key words", about="made by Sandtable from the chance of each word; no real messages", order=12)
def spam_words(settings: SpamSettings, rng: np.random.Generator) -> Table:
    """Whether each key word is in a message: 1 or 0, independent of the others given the class, as naive Bayes says.

    ``noise`` draws the two chances of a word together: at 1 spam uses the same words as other mail.
    """
    spam = _some(settings.n, settings.share, rng)
    columns = []
    for word, chances in KEY_WORDS.items():
        middle = sum(chances) / 2
        chance = np.array([middle + (1 - settings.noise) * (one - middle) for one in chances])
        columns.append(_number(word, rng.random(settings.n) < chance[spam.astype(int)]))
    return Table((*columns, _truth("spam", spam)), "spam")


PROTOCOLS = ("tcp", "udp", "icmp")


@sample("Intrusion", about="made by Sandtable after the columns of KDD Cup 1999; no real network", order=13)
def intrusion(settings: IntrusionSettings, rng: np.random.Generator) -> Table:
    """Network connections, a few of them attacks: a flood, the guessing of a password, or the theft of data."""
    n = settings.n
    attack = _some(n, settings.share, rng)
    way = np.where(attack, rng.integers(1, 4, n), 0)  # 1 floods, 2 guesses, 3 steals
    flood, guess, theft = (way == number for number in (1, 2, 3))
    protocol = np.where(flood, rng.choice(3, n, p=[0.4, 0.2, 0.4]), rng.choice(3, n, p=[0.75, 0.22, 0.03]))
    seconds = rng.lognormal(np.select([flood, theft], [-3.0, 4.0], 0.5), 1.2)
    sent = np.round(rng.lognormal(np.select([flood, guess, theft], [3.5, 5.0, 12.0], 6.0), 1.0))
    received = np.round(rng.lognormal(np.select([flood, guess, theft], [1.5, 5.0, 7.0], 7.5), 1.2))
    failed = rng.poisson(np.where(guess, 4.0, 0.05))
    connections = 1 + rng.poisson(np.select([flood, guess], [120.0, 12.0], 4.0) * rng.gamma(2, 0.5, n))
    errors = np.clip(np.where(flood, rng.beta(6, 2, n), rng.beta(1, 12, n)), 0, 1)
    columns = (
        Column("protocol", "category", codes=protocol.astype(np.int64), labels=PROTOCOLS),
        _number("seconds", np.round(seconds, 2)),
        _number("bytes sent", sent),
        _number("bytes received", received),
        _number("failed logins", failed),
        _number("connections", connections),
        _number("error share", np.round(errors, 2)),
        Column("connection", "category", codes=attack.astype(np.int64), labels=("normal", "attack")),
    )
    return Table(columns, "connection")


@sample("Cancer screening", about="made by Sandtable; no real people, no medical advice", order=14)
def screening(settings: ScreeningSettings, rng: np.random.Generator) -> Table:
    """Healthy people and a few ill ones, whose numbers overlap: whoever calls all healthy is right in 99 of 100.

    The ill are older, more often have the illness in the family, and have a marker and a scan score that are higher
    on average; nothing tells for certain.
    """
    n = settings.n
    ill = _some(n, settings.share, rng)
    age = np.round(np.clip(np.where(ill, rng.normal(63, 8, n), rng.normal(57, 9, n)), 40, 80))
    family = rng.random(n) < np.where(ill, 0.35, 0.12)
    marker = np.round(rng.lognormal(np.where(ill, 1.6, 0.6), 0.55), 2)
    scan = np.round(np.clip(np.where(ill, rng.normal(6.2, 1.6, n), rng.normal(3.0, 1.4, n)), 0, 10), 1)
    columns = (
        _number("age (years)", age),
        _truth("family history", family),
        _number("marker (ng/ml)", marker),
        _number("scan score", scan),
        _truth("cancer", ill),
    )
    return Table(columns, "cancer")


def _some(n: int, share: float, rng: np.random.Generator) -> Bools:
    """Return which rows are the rare ones: (n,), exactly their share to the nearest row, at least one, anywhere."""
    return rng.permutation(n) < max(1, round(share * n))


def _number(name: str, values: Floats | Ints | Bools) -> Column:
    return Column(name, "number", np.asarray(values, np.float64))


def _truth(name: str, values: Bools) -> Column:
    """Return a column of no and yes: (n,)."""
    return Column(name, "category", codes=values.astype(np.int64), labels=BY_NAME)
