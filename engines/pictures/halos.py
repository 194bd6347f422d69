"""A halo around each point, the larger the more the point counts."""

from dataclasses import dataclass

import numpy as np

from engines.core.arrays import Floats
from engines.core.picture import Picture

NOBODY = np.zeros(0)


@dataclass(frozen=True, eq=False)
class Halos(Picture):
    """How much each point of the data counts, its chance to be drawn: (n,) from 0, adding up to 1; empty for no halos.

    The area of a halo is the share. All halos together always cover as much, so that they can be compared from step to
    step.
    """

    shares: Floats
