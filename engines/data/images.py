"""Pictures, all of one size, with classes and perhaps boxes."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.dataset import Dataset
from engines.core.language import LearnerError
from engines.data.points import UNLABELLED

SMALLEST_SIDE, LARGEST_SIDE = 2, 512


@dataclass(frozen=True, eq=False)
class Images(Dataset):
    """Pictures of one size.

    pixels: (n, height, width) grey or (n, height, width, 3) red, green, blue; uint8, 0 is black. y: (n,) int64 into
    ``names``, or UNLABELLED. names: of the classes. boxes: (m, 6) float64: which picture, class, left, top, right,
    bottom, in pixels from the upper left corner.
    """

    kind: ClassVar[str] = "Images"
    title: ClassVar[str] = "Pictures"
    order: ClassVar[int] = 3
    pixels: Ints = field(default_factory=lambda: np.zeros((0, 28, 28), np.uint8))
    y: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    names: tuple[str, ...] = ()
    boxes: Floats = field(default_factory=lambda: np.zeros((0, 6)))

    def __post_init__(self) -> None:
        shape, n = self.pixels.shape, len(self.pixels)
        sides_fit = len(shape) in (3, 4) and all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in shape[1:3])
        if self.pixels.dtype != np.uint8 or not sides_fit or (len(shape) == 4 and shape[3] != 3):
            raise LearnerError(
                "Pictures must be {low} to {high} pixels a side, grey or in three colours.",
                low=SMALLEST_SIDE, high=LARGEST_SIDE,
            )  # fmt: skip
        if self.y.shape != (n,) or (n and not (self.y.min() >= UNLABELLED and self.y.max() < len(self.names))):
            raise LearnerError("Each picture needs one of the classes, or none.")
        if self.boxes.ndim != 2 or self.boxes.shape[1] != 6 or not np.isfinite(self.boxes).all():
            raise LearnerError("A box is a picture’s number, a class, and four sides.")
        super().__post_init__()

    def __len__(self) -> int:
        return len(self.pixels)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return int(self.pixels.shape[1]), int(self.pixels.shape[2])

    @property
    def coloured(self) -> bool:
        """Whether there are three channels."""
        return self.pixels.ndim == 4

    @property
    def strata(self) -> Ints:
        """The class: (n,)."""
        return self.y

    def same_shape(self, other: Dataset) -> bool:
        """A run can go on while size, colour and classes stay."""
        return isinstance(other, Images) and (self.pixels.shape[1:], self.names) == (
            other.pixels.shape[1:],
            other.names,
        )

    def facts(self) -> dict[str, Any]:
        """Return also size, colour, and the count of every class."""
        counts = {name: int((self.y == k).sum()) for k, name in enumerate(self.names)}
        height, width = self.size
        return super().facts() | {
            "width": width, "height": height, "coloured": self.coloured, "classes": counts, "boxes": len(self.boxes)
        }  # fmt: skip
