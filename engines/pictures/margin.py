"""The street between two classes, and the points that hold it."""

from dataclasses import dataclass, field

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.picture import Picture
from engines.pictures.surface import Area


def _nowhere() -> Floats:
    return np.zeros((0, 2))


@dataclass(frozen=True, eq=False)
class Margin(Picture):
    """Lines at the decision values −1, 0 and +1, and the support vectors.

    values: (rows, columns) float32 decision values over ``area``, row 0 the lowest; (0, 0) for no lines. classes: whose
    side is below 0, and whose is above. support: (m, 2) places of the support vectors. sides: (m,) -1 or 1, the side
    that each belongs on. slack: (m,) how far each is beyond its margin, 1 − side · value, 0 for those on it. changed:
    (0 or 2, 2) the two points whose multipliers have just been changed.
    """

    values: Floats
    area: Area
    classes: tuple[int, int]
    support: Floats
    sides: Ints
    slack: Floats
    changed: Floats = field(default_factory=_nowhere)
