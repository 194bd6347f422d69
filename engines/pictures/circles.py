"""Circles on the plane: a window that slides, the reach of a point."""

from dataclasses import dataclass, field

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.picture import Picture

NO_TRAIL = np.zeros((0, 0, 2))


@dataclass(frozen=True, eq=False)
class Circles(Picture):
    """Circles with the way their centres have come.

    centres: (k, 2). radii: (k,) in data units. groups: (k,) the class whose colour each has, -1 for none. trail:
    (t, k, 2), oldest first, the newest equal to ``centres``; t may be 0.
    """

    centres: Floats
    radii: Floats
    groups: Ints
    trail: Floats = field(default_factory=lambda: NO_TRAIL)
