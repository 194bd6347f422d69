"""Quinlan's fourteen days told in two other ways: with a number for every day, and with degrees and per cent."""

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from engines.core.params import Param, Params
from engines.data.samples.tables import BY_NAME, categories, play_tennis
from engines.data.sampling import NoSettings, sample
from engines.data.table import MISSING, Column, Table

# The training cases of C4.5's book in their order: outlook, °F, per cent, windy, play.
GOLF = """
sunny 75 70 yes yes
sunny 80 90 yes no
sunny 85 85 no no
sunny 72 95 no no
sunny 69 70 no yes
overcast 72 90 yes yes
overcast 83 78 no yes
overcast 64 65 yes yes
overcast 81 75 no yes
rain 71 80 yes no
rain 65 70 yes no
rain 75 80 no yes
rain 68 80 no yes
rain 70 96 no yes
"""
BOOKS_ROW = 5  # the day whose outlook C4.5's book loses


@sample(
    "Play tennis, day by day",
    about="the 14 days of J. R. Quinlan, “Induction of Decision Trees”, Machine Learning 1, 1986, "
    "with a column that only numbers them; facts, no licence needed",
    order=5.1,
)
def tennis_days(settings: NoSettings, rng: np.random.Generator) -> Table:
    """The same table with a label of its own for each row: it tells the days apart and nothing about another one."""
    table = play_tennis(settings, rng)
    assert isinstance(table, Table)
    days = categories("day", [f"D{day + 1}" for day in range(len(table))])
    return replace(table, columns=(days, *table.columns))


@dataclass(frozen=True)
class GolfSettings(Params):
    """How many days have lost their outlook."""

    unknown: Annotated[int, Param("Days of unknown outlook", low=0, high=12)] = 0


@sample(
    "Play golf",
    about="14 days, from J. R. Quinlan, “C4.5: Programs for Machine Learning”, 1993: "
    "the table by which thresholds and missing values are taught; facts, no licence needed",
    order=5.2,
)
def golf(settings: GolfSettings, rng: np.random.Generator) -> Table:
    """Temperature and humidity as numbers; the first outlook that is lost is the one of the book, others by lot."""
    rows = [line.split() for line in GOLF.split("\n") if line]
    outlook, degrees, per_cent, windy, play = (list(values) for values in zip(*rows, strict=True))
    columns = (
        categories("outlook", outlook),
        Column("temperature", "number", np.array(degrees, float)),
        Column("humidity", "number", np.array(per_cent, float)),
        categories("windy", windy, BY_NAME),
        categories("play", play, BY_NAME),
    )
    others = rng.permutation(np.delete(np.arange(len(rows)), BOOKS_ROW))
    lost = [BOOKS_ROW, *others.tolist()][: settings.unknown]
    codes = columns[0].codes.copy()
    codes[lost] = MISSING
    return Table((replace(columns[0], codes=codes), *columns[1:]), "play")
