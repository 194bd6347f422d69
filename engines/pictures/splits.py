"""Where the plane is cut, parallel to its axes."""

from dataclasses import dataclass

from engines.core.arrays import Floats, Ints
from engines.core.picture import Picture


@dataclass(frozen=True, eq=False)
class Splits(Picture):
    """The cuts of a tree. ends: (m, 4) from x, y to x, y. depths: (m,) of the node, 0 for the root: thinner with depth.

    lit: (left, bottom, right, top) of the node that is being worked on; four NaN for none. faint: all cuts are thin and
    grey, where something else on the plane says more: the vote of many trees, a curve.
    """

    ends: Floats
    depths: Ints
    lit: tuple[float, float, float, float] = (float("nan"),) * 4
    faint: bool = False
