"""Arrays as Qt images, without a copy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from engines.core.arrays import Ints


def packed(pixels: Ints) -> NDArray[np.uint32]:
    """Return pictures, (n, h, w[, 3]) uint8, in the words of a 32-bit image: (n, h, w)."""
    if pixels.ndim == 3:
        return pixels.astype(np.uint32) * np.uint32(0x010101) | np.uint32(0xFF000000)
    red, green, blue = (pixels[..., channel].astype(np.uint32) for channel in range(3))
    words: NDArray[np.uint32] = (red << 16 | green << 8 | blue | 0xFF000000).astype(np.uint32, copy=False)
    return words


def image_of(words: NDArray[np.uint32]) -> QImage:
    """Return (h, w) words as an image that reads the array's own memory."""
    return _over(np.ascontiguousarray(words), words.shape[1] * 4, QImage.Format.Format_RGB32)


def picture_of(pixels: Ints) -> QImage:
    """Return one picture, (h, w[, 3]) uint8, as an image that reads the array's own memory."""
    form = QImage.Format.Format_RGB888 if pixels.ndim == 3 else QImage.Format.Format_Grayscale8
    return _over(np.ascontiguousarray(pixels), pixels.shape[1] * (3 if pixels.ndim == 3 else 1), form)


def _over(memory: NDArray[Any], bytes_per_line: int, form: QImage.Format) -> QImage:
    image = QImage(memory.data, memory.shape[1], memory.shape[0], bytes_per_line, form)
    image.memory = memory  # type: ignore[attr-defined] # the image does not keep it alive by itself
    return image
