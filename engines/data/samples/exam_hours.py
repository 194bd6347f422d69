"""One input, two classes: who passes an exam, by the hours of study alone. The smallest case of logistic regression."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from engines.core.params import Param, Params
from engines.data.samples.tables import BY_NAME
from engines.data.sampling import sample
from engines.data.table import Column, Table

WEIGHT, BORDER = 1.2, 5.0  # of an hour, and the hours at which the chance to pass is one half


@dataclass(frozen=True)
class HoursSettings(Params):
    """How many students, and how much luck there is in an exam."""

    n: Annotated[int, Param("Rows n", low=10, high=200_000, log=True)] = 100
    noise: Annotated[float, Param("Luck", low=0, high=3)] = 1.0


@sample("Exam by hours", about="made by Sandtable from a logistic curve; no real students", order=9)
def exam_hours(settings: HoursSettings, rng: np.random.Generator) -> Table:
    """Each hour of study adds 1.2 to the score, which is 0 at five hours; above 0 one passes.

    ``noise`` scales a logistic stray of the score: at 1 the chance to pass is exactly the sigmoid of the score, so that
    logistic regression finds the weight 1.2 and the bias -6 again; at 0 nothing is left to luck.
    """
    hours = np.round(rng.uniform(0, 10, settings.n), 1)
    passed = WEIGHT * (hours - BORDER) + settings.noise * rng.logistic(size=settings.n) > 0
    columns = (
        Column("hours studied", "number", hours),
        Column("passed", "category", codes=passed.astype(np.int64), labels=BY_NAME),
    )
    return Table(columns, "passed")
