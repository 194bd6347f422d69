"""What becomes of a picture on its way: one map after the other."""

from dataclasses import dataclass

from engines.core.arrays import Floats
from engines.core.language import Note
from engines.core.picture import Picture


@dataclass(frozen=True, eq=False)
class MapChain(Picture):
    """Maps in a row, each made from the one before it.

    maps: each (height, width) or (height, width, 3) float32, NaN where it is not known yet. captions: one for each,
    what it is. reaches: for each the number with the strongest colour; 0 for a picture of numbers from 0 to 1. now:
    which one is being worked on, -1 for none. differences: empty, or for each map, (height, width), by how much it
    differs from what it is compared with, drawn below it in the same colours. poke: the target of the poke that a click
    on a map sends, with its number; nothing is sent where it is empty.
    """

    maps: tuple[Floats, ...]
    captions: tuple[Note, ...]
    reaches: tuple[float, ...]
    now: int = -1
    differences: tuple[Floats, ...] = ()
    poke: str = ""
