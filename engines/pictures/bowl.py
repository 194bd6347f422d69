"""The loss over two weights, seen from above: a bowl, and the way down."""

from dataclasses import dataclass

from engines.core.arrays import Floats
from engines.core.language import Note
from engines.core.picture import Picture
from engines.pictures.surface import Area


@dataclass(frozen=True, eq=False)
class Bowl(Picture):
    """The loss at every pair of two weights, and the way that was gone.

    values: (rows, columns) float32 loss on a regular grid; row 0 is the bottom, cell centres lie half a cell inside
    ``area`` (left, bottom, right, top), which stays as it is while the data do. path: (t, 2) with t ≥ 1, oldest first,
    the newest is the present place. best: (2,) the lowest place, from the closed form. across, up: names of the two
    weights. A person may click or drag: the view sends ``Poke("start", (0,), (across, up))``.
    """

    values: Floats
    area: Area
    path: Floats
    best: Floats
    across: Note | str
    up: Note | str
