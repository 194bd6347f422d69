"""Very many points as pixels of one image, and a part of it anew when only a few of them have changed."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from engines.core.arrays import Floats, Ints

BIG, SMALL = 3, 2  # pixels a side of one point
MANY = 200_000  # beyond it points are small
FAR = 1 << 16  # pixels: further away nothing is drawn
SLACK = 4  # pixels around an area that points just outside it may reach into

Area = tuple[float, float, float, float]  # left, bottom, right, top in data units


@dataclass(frozen=True)
class ToPixels:
    """From data units to pixels: column = a·x + b, row = c·y + d."""

    a: float
    b: float
    c: float
    d: float


class Raster:
    """An image of the size of the view. ``colours`` are ARGB, one for each value of ``which``."""

    def __init__(self, width: int, height: int, to_pixels: ToPixels) -> None:
        self.width, self.height, self.to_pixels = max(1, width), max(1, height), to_pixels
        self._pixels: Ints = np.zeros((self.height, self.width), np.uint32)

    def draw_all(self, x: Floats, which: Ints, colours: Ints) -> None:
        """Draw points (n, 2) of colour ``colours[which]``; later ones over earlier ones."""
        self._pixels = self._drawn(x, which, colours, 0, 0, self.width, self.height, _side(len(x)))

    def area(self, area: Area) -> tuple[int, int, int, int]:
        """Return the pixels (left, top, right, bottom) that points of an area may cover, within the image."""
        t = self.to_pixels
        reach = np.nan_to_num([t.a * area[0] + t.b, t.c * area[3] + t.d, t.a * area[2] + t.b, t.c * area[1] + t.d])
        left, top, right, bottom = np.clip(reach, -1e6, 1e6).tolist()
        return (
            max(0, int(left) - SLACK), max(0, int(top) - SLACK),
            min(self.width, int(right) + SLACK + 1), min(self.height, int(bottom) + SLACK + 1),
        )  # fmt: skip

    def around(self, pixels: tuple[int, int, int, int]) -> Area:
        """Return the area of all points that reach into these pixels."""
        left, top, right, bottom = pixels
        t = self.to_pixels
        return (
            (left - SLACK - t.b) / t.a, (bottom + SLACK - t.d) / t.c,
            (right + SLACK - t.b) / t.a, (top - SLACK - t.d) / t.c,
        )  # fmt: skip

    def draw_part(self, pixels: tuple[int, int, int, int], x: Floats, which: Ints, colours: Ints, count: int) -> None:
        """Draw these pixels anew. x, which: the points that lie ``around`` them; count: how many there are in all."""
        left, top, right, bottom = pixels
        if right <= left or bottom <= top:
            return
        part = self._drawn(x, which, colours, left, top, right - left, bottom - top, _side(count))
        self._pixels[top:bottom, left:right] = part

    def image(self) -> QImage:
        """Return the image as it is now, without a copy: it changes with the next drawing."""
        width, height = self.width, self.height
        return QImage(self._pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)

    def _drawn(
        self, x: Floats, which: Ints, colours: Ints, left: int, top: int, width: int, height: int, side: int
    ) -> Ints:
        """Return (height, width) pixels with the points drawn into them."""
        t = self.to_pixels
        padded = width + side
        flat = np.zeros((height + side) * padded, np.uint32)
        # cut down to whole pixels while they are surely above 0: of negative numbers the cut would go the other way
        column = (t.a * x[:, 0] + (t.b + FAR)).astype(np.int32) - (FAR + left - side // 2)
        row = (t.c * x[:, 1] + (t.d + FAR)).astype(np.int32) - (FAR + top - side // 2)
        inside = (column >= 0) & (column < padded) & (row >= 0) & (row < height + side)
        place = (row * padded + column)[inside]
        colour = colours[which[inside]]
        for down in range(side):
            for across in range(side):
                at = place - (down * padded + across)
                flat[at] = colour  # a negative place wraps into the padding, which is cut off
        return np.ascontiguousarray(flat.reshape(height + side, padded)[:height, :width])


def _side(count: int) -> int:
    return BIG if count <= MANY else SMALL
