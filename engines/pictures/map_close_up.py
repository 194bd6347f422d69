"""One feature map from near: how one of its numbers is worked out, where it looks, and what excites it."""

from dataclasses import dataclass
from typing import Literal

from engines.core.arrays import Bools, Floats, Ints
from engines.core.language import Note
from engines.core.picture import Picture

PIXEL = "pixel"  # the question of which number of the map is worked out: (row, column)
EXCITING = "exciting"  # the question of what excites it: (1,) while somebody looks, (0,) when nobody does any more
Frame = tuple[int, int, int, int]  # top, left, bottom, right in pixels of a picture, the last two not within
Source = Literal["map", "unit", "grey", "red", "green", "blue"]


@dataclass(frozen=True, eq=False)
class MapCloseUp(Picture):
    """One map of one layer, and one number of it.

    name: of the layer. channel: which of its ``channels`` maps. pixels: (h, w[, 3]) uint8 the picture; ``field``: the
    part of it that the number depends on. values: (rows, columns) float32 the map; reach: the number with the strongest
    colour. at: row and column of the number. sources: (k,) the maps of the layer before that give most to it, the
    strongest first, out of ``n_sources``; kind_of_source: what they are, a name for each. patches: (k, r, c) float32
    what is seen of each; outside: (r, c) where that is padding. kernels: (k, r, c) float32 what they are multiplied
    with; (0, 0, 0) for a layer that multiplies with nothing. sums: (k,) what each gives. lines: the arithmetic in
    words. exciting: (m, h, w[, 3]) uint8 the pictures in which this map has its largest numbers, ``index`` (m,) their
    rows in the data, ``peaks`` (m,) these numbers, ``frames`` where in each it looks; found among ``looked_at``
    pictures, -1 while nobody asks. unit: whether it is a unit of a dense layer, a single number.
    """

    name: Note
    channel: int
    channels: int
    pixels: Ints
    field: Frame
    values: Floats
    reach: float
    at: tuple[int, int]
    sources: Ints
    n_sources: int
    kind_of_source: tuple[Source, ...]
    patches: Floats
    outside: Bools
    kernels: Floats
    sums: Floats
    lines: tuple[Note, ...]
    exciting: Ints
    index: Ints
    peaks: Floats
    frames: tuple[Frame, ...]
    looked_at: int
    unit: bool = False
