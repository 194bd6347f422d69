"""What every layer of a network makes of one picture."""

from dataclasses import dataclass

from engines.core.arrays import Floats, Ints, Locked
from engines.core.language import Note
from engines.core.picture import Picture

ZERO = 128  # the shade of 0; 255 is the strongest number above it, 1 the strongest below
MAP = "map"  # the question of which map is looked at: (layer, channel)


@dataclass(frozen=True, eq=False)
class MapRow(Locked):
    """The maps of one layer, or its kernels.

    name: of the layer. shades: (m, height, width[, 3]) uint8, see ``ZERO``: one scale for the whole row; those of large
    maps are smaller than the maps. low, high: (m,) float32, the smallest and the largest number of each. shape: of what
    the layer makes, (channels, height, width) or (units,). layer: its number, as in the question ``MAP``. kernels:
    whether these are its kernels.
    """

    name: Note
    shades: Ints
    low: Floats
    high: Floats
    shape: tuple[int, ...]
    layer: int
    kernels: bool = False

    @property
    def left_out(self) -> int:
        """How many maps there are beyond those that are shown."""
        return self.shape[0] - len(self.shades)


@dataclass(frozen=True, eq=False)
class FeatureMaps(Picture):
    """One picture and the maps of all layers, from the first to the last.

    pixels: (height, width[, 3]) uint8. rows: of the first convolution the kernels come before its maps. chosen: layer
    and channel of the map that is looked at more closely. A click on a map sends ``Question(MAP, (layer, channel))``.
    """

    pixels: Ints
    rows: tuple[MapRow, ...]
    chosen: tuple[int, int] = (0, 0)
