"""What a network says of the picture on the board, and which pictures it takes for others."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engines.pictures.bars import Bars
from engines.pictures.tiles import Tiles


@dataclass(frozen=True, eq=False)
class Guess(Bars):
    """The probability of each class for one picture."""

    title: ClassVar[str] = "What the network says"

    @classmethod
    def of(cls, bars: Bars) -> "Guess":
        """Return bars under this title, with what can be seen of the numbers: three decimals."""
        return cls(bars.names, np.round(bars.values, 3), bars.series, bars.by_class)


@dataclass(frozen=True, eq=False)
class Mistakes(Tiles):
    """Validation pictures with what they are and what they were taken for."""

    title: ClassVar[str] = "Mistakes"

    @classmethod
    def of(cls, tiles: Tiles) -> "Mistakes":
        """Return tiles under this title, as large as few can be: a caption needs its room."""
        count = len(tiles.values)
        columns = 3 if count <= 9 else 4 if count <= 16 else tiles.columns
        return cls(tiles.values, tiles.signed, tiles.captions, columns, tiles.index)
