"""Which clusters merged with which, and how far apart they were."""

from dataclasses import dataclass, field

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.language import Note, say
from engines.core.picture import Picture
from engines.pictures.chart import Cut


@dataclass(frozen=True, eq=False)
class Dendrogram(Picture):
    """The last p merges of a tree of clusters, the closest first; what merged before is in the leaves.

    places: (p, 2) where the two legs of each merge stand, the leaves at 0, 1, 2 … feet: (p, 2) the heights at which the
    legs begin. heights: (p,) where they meet. groups: (p, 3) the class whose colour each has: the left leg, the right
    leg, the bar; -1 for what is above the cut. counts: (p + 1,) points in each leaf. rows: (n,) of the data from left
    to right; spans: (p, 2) where in ``rows`` the points of each merge begin and end. done: how many of the merges have
    happened; lit: the newest, -1 for none. top: where the upright axis ends, the same from step to step. cut: lies at a
    height; one whose param is ``n_clusters`` is moved by asking for the number of clusters below it. up: what is
    measured.
    """

    places: Floats
    feet: Floats
    heights: Floats
    groups: Ints
    counts: Ints
    rows: Ints
    spans: Ints
    done: int
    top: float
    lit: int = -1
    cut: Cut | None = None
    up: Note = field(default_factory=lambda: say(""))


def nothing(up: Note) -> Dendrogram:
    """Return the dendrogram of a tree that is not known yet."""
    none, pairs = np.zeros(0, np.int64), np.zeros((0, 2))
    return Dendrogram(
        pairs, pairs, np.zeros(0), np.zeros((0, 3), np.int64), none, none, pairs.astype(int), 0, 1.0, up=up
    )
