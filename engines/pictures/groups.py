"""Points gathered around centres."""

from dataclasses import dataclass

from engines.core.arrays import Floats, Ints
from engines.core.picture import Picture


@dataclass(frozen=True, eq=False)
class Groups(Picture):
    """Which group each point belongs to, and where the groups' centres are.

    labels: (n,) int, the group of each point of the data, -1 for none yet. centres: (k, 2). trail: (t, k, 2), where
    the centres were before, oldest first, the newest equal to ``centres``; t may be 0. A person may drag a centre:
    the view sends ``Poke("centres", (which,), (x, y))``.
    """

    labels: Ints
    centres: Floats
    trail: Floats
