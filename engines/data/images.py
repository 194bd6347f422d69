"""Pictures, all of one size, with classes and perhaps boxes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.dataset import Dataset
from engines.core.errand import Tell, quietly
from engines.core.language import LearnerError, say
from engines.data.points import UNLABELLED

SMALLEST_SIDE, LARGEST_SIDE = 2, 512
NO_BOXES = np.zeros((0, 6))
PICTURE, CLASS, LEFT, TOP, RIGHT, BOTTOM = range(6)  # the columns of ``boxes``


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
        if len(self.boxes):
            picture, label = self.boxes[:, PICTURE], self.boxes[:, CLASS]
            inside = (picture >= 0) & (picture < n) & (label >= UNLABELLED) & (label < len(self.names))
            if not inside.all() or (self.boxes[:, :LEFT] % 1).any():
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

    def counts(self) -> Ints:
        """Return how many pictures each class has, and at the end how many have none: (classes + 1,)."""
        return np.roll(np.bincount(self.y - UNLABELLED, minlength=len(self.names) + 1), -1)

    @classmethod
    def pattern(cls, arrays: Mapping[str, Any]) -> Self:
        """Return empty pictures; those in colour have an axis more."""
        coloured = getattr(arrays.get("pixels"), "ndim", 3) == 4
        return cls(np.zeros((0, 28, 28, 3), np.uint8)) if coloured else cls()

    def same_shape(self, other: Dataset) -> bool:
        """A run can go on while size, colour and classes stay."""
        return (
            isinstance(other, Images)
            and super().same_shape(other)
            and (self.pixels.shape[1:], self.names)
            == (
                other.pixels.shape[1:],
                other.names,
            )
        )

    def facts(self) -> dict[str, Any]:
        """Return also size, colour, and the count of every class."""
        counts = dict(zip(self.names, self.counts().tolist(), strict=False))
        height, width = self.size
        return super().facts() | {
            "width": width, "height": height, "coloured": self.coloured, "classes": counts, "boxes": len(self.boxes)
        }  # fmt: skip

    def taken(self, rows: Ints) -> Self:
        """Return the pictures with these numbers, in this order, with their boxes: rows (m,), each at most once."""
        place = np.full(len(self), -1)
        place[rows] = np.arange(len(rows))
        boxes = self.boxes
        if len(boxes):
            boxes = boxes.copy()
            boxes[:, PICTURE] = place[self.boxes[:, PICTURE].astype(int)]
            boxes = boxes[boxes[:, PICTURE] >= 0]
        return replace(
            self, pixels=self.pixels[rows], y=self.y[rows], boxes=boxes, key=self.key[rows], parts=self.parts[rows]
        )

    def boxes_of(self, row: int) -> Ints:
        """Return which boxes belong to a picture: (k,) into ``boxes``."""
        return np.flatnonzero(self.boxes[:, PICTURE] == row)


def resized(pixels: Ints, height: int, width: int) -> Ints:
    """Scale pictures: (n, h, w[, 3]) uint8 to (n, height, width[, 3]) uint8.

    Linear between pixels when it enlarges; the mean of what falls into a pixel, fading out linearly, when it reduces.
    """
    if pixels.shape[1:3] == (height, width):
        return pixels
    down, across = _weights(pixels.shape[1], height), _weights(pixels.shape[2], width)
    made = np.empty((len(pixels), height, width, *pixels.shape[3:]), np.uint8)
    for start in range(0, len(pixels), 256):  # floats of a few pictures at a time: four times their memory
        part = pixels[start : start + 256].astype(np.float32)
        if part.ndim == 4:
            part = np.moveaxis(part, 3, 1)
        scaled = np.rint(down @ part @ across.T).clip(0, 255)
        made[start : start + 256] = np.moveaxis(scaled, 1, 3) if part.ndim == 4 else scaled
    return made


def recoloured(pixels: Ints, *, coloured: bool) -> Ints:
    """Return pictures in three channels (all alike) or in grey (by luminance, Rec. 601, as PIL and MNIST tools do)."""
    if coloured is (pixels.ndim == 4):
        return pixels
    if coloured:
        return np.repeat(pixels[..., None], 3, axis=3)
    red, green, blue = (pixels[..., channel].astype(np.uint32) for channel in range(3))
    return ((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16).astype(np.uint8)


def reshaped(data: Images, height: int, width: int, coloured: bool, tell: Tell = quietly) -> Images:
    """Return the whole set in another size and colour; boxes grow with the pictures."""
    tell(-1, say("Scaling {n} pictures …", n=len(data)))
    boxes = data.boxes * (1, 1, width / data.size[1], height / data.size[0], width / data.size[1],
                          height / data.size[0])  # fmt: skip
    # the fewer channels while it is scaled, the less there is to do
    pixels = data.pixels if coloured else recoloured(data.pixels, coloured=False)
    pixels = recoloured(resized(pixels, height, width), coloured=coloured)
    return replace(data, pixels=pixels, boxes=boxes)


def joined(first: Images, second: Images) -> Images:
    """Return ``first`` with the pictures of ``second`` behind it, in the size and colour of the first.

    Classes of the same name are one; new ones come behind. With an empty first the second is taken as it is.
    """
    if not len(first) and not first.names:
        return second
    height, width = first.size
    fitted = reshaped(second, height, width, first.coloured)
    names = (*first.names, *(name for name in second.names if name not in first.names))
    label = np.array([names.index(name) for name in second.names] + [UNLABELLED], np.int64)  # the last for UNLABELLED
    boxes = fitted.boxes.copy()
    boxes[:, PICTURE] += len(first)
    boxes[:, CLASS] = label[boxes[:, CLASS].astype(int)]
    return replace(
        first,
        pixels=np.concatenate([first.pixels, fitted.pixels]),
        y=np.concatenate([first.y, label[second.y]]),
        names=names,
        boxes=np.concatenate([first.boxes, boxes]),
        key=np.concatenate([first.key, second.key]),
        parts=np.zeros(0, np.uint8),
    )


def _weights(before: int, after: int) -> Floats:
    """Return how much each old pixel of a line gives to each new one: (after, before) float32, rows add up to one."""
    scale = before / after
    reach = max(1.0, scale)
    centre = (np.arange(after)[:, None] + 0.5) * scale - 0.5
    weight = np.maximum(0, 1 - np.abs(np.arange(before)[None] - centre) / reach)
    return (weight / weight.sum(1, keepdims=True)).astype(np.float32)
