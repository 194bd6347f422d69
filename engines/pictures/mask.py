"""A picture with the class of every pixel."""

from dataclasses import dataclass
from typing import ClassVar

from engines.core.arrays import Floats, Ints
from engines.core.picture import Picture


@dataclass(frozen=True, eq=False)
class Mask(Picture):
    """One picture, and what each of its pixels is said to belong to.

    pixels: (h, w[, 3]) uint8. predicted: (h, w) int, 0 for the ground and k + 1 for class k. sureness: (h, w) float32,
    the probability of what is predicted. truth: (h, w) int, or (0, 0) where nobody knows it: of what is just being
    drawn. names: of the classes. row: of the picture in the data, -1 for none.
    """

    title: ClassVar[str] = "Each pixel’s class"
    pixels: Ints
    predicted: Ints
    sureness: Floats
    truth: Ints
    names: tuple[str, ...]
    row: int = -1
