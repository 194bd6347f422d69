"""Bell-shaped clouds seen from above."""

from dataclasses import dataclass

from engines.core.arrays import Floats, Ints
from engines.core.picture import Picture


@dataclass(frozen=True, eq=False)
class Ellipses(Picture):
    """Lines of equal density of normal distributions on the plane.

    means: (k, 2). covariances: (k, 2, 2). groups: (k,) the class whose colour each has, -1 for none. levels: how many
    standard deviations away each line is drawn.
    """

    means: Floats
    covariances: Floats
    groups: Ints
    levels: tuple[float, ...] = (1.0, 2.0, 3.0)
