"""Arrays as Qt images, without a copy."""

import numpy as np
from PySide6.QtGui import QImage

from engines.core.arrays import Ints


def picture_of(pixels: Ints) -> QImage:
    """Return one picture, (h, w[, 3]) uint8, as an image that reads the array's own memory: draw it at once."""
    whole = np.ascontiguousarray(pixels)
    height, width = whole.shape[:2]
    if whole.ndim == 3:
        image = QImage(whole.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    else:
        image = QImage(whole.data, width, height, width, QImage.Format.Format_Grayscale8)
    image.memory = whole  # type: ignore[attr-defined] # the image does not keep it alive by itself
    return image
