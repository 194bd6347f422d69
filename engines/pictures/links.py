"""Lines between places: to the neighbours that are asked, along which a label spreads."""

from dataclasses import dataclass, field

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.picture import Picture

NOWHERE = np.zeros((0, 2))


@dataclass(frozen=True, eq=False)
class Links(Picture):
    """Straight lines between places on the plane, and a place to ask about.

    ends: (m, 4) from x, y to x, y. strengths: (m,) from 0 to 1, how strong each is drawn. groups: (m,) the class whose
    colour each has, -1 for none. query: (0 or 1, 2) a place that a person may drag: the view sends
    ``Poke("query", (0,), (x, y))``. answer: the class of the query's place, -1 for none.
    """

    ends: Floats
    strengths: Floats
    groups: Ints
    query: Floats = field(default_factory=lambda: NOWHERE)
    answer: int = -1
