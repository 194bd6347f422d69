"""Rows of any data as points of a small map of its own."""

from dataclasses import dataclass, field

from engines.core.arrays import Floats, Ints
from engines.core.language import Note, say
from engines.core.picture import Picture
from engines.pictures.surface import Area


@dataclass(frozen=True, eq=False)
class Scatter(Picture):
    """A place for each row of the data, in the colour and shape of its class.

    places: (n, 2), or (0, 2) while there are none; both axes have the same scale. groups: (n,) class of each, -1 for
    none. classes: their names. across, up: what the axes show. area: what is to be seen, the same from step to step so
    that nothing jumps. A person may click a point or draw around some: the view tells their rows.
    """

    places: Floats
    groups: Ints
    classes: tuple[str, ...]
    area: Area
    across: Note = field(default_factory=lambda: say(""))
    up: Note = field(default_factory=lambda: say(""))
