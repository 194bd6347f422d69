"""Small pictures in a grid."""

from dataclasses import dataclass

from engines.core.arrays import Floats, Ints
from engines.core.language import Note
from engines.core.picture import Picture


@dataclass(frozen=True, eq=False)
class Tiles(Picture):
    """Pictures of one size, row by row, each with a caption.

    values: (m, height, width[, 3]) float32, 0 is black and 1 white; NaN where a picture is not there yet. signed: (m,)
    bool, pictures of numbers from -1 to 1 in the colours of below and above 0. captions: (m,). columns: how many there
    are in a row. index: (m,) the row of the data that a picture shows, -1 for none; a click tells it.
    """

    values: Floats
    signed: Ints
    captions: tuple[Note | str, ...]
    columns: int
    index: Ints
