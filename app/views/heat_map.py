"""A neuron's answers over the plane as a small image."""

import numpy as np
from PySide6.QtGui import QImage

from app.theme import theme
from app.theme.tokens import bgr
from engines.core.arrays import Floats


def heat_map(values: Floats, *, probability: bool) -> QImage:
    """Return (rows, columns) answers as an image: one colour below the middle, another above, pale between.

    The middle is 0, or 0.5 for a probability; the strongest answer has the strongest colour.
    """
    centred = np.nan_to_num(values - 0.5 if probability else values)
    reach = 0.5 if probability else max(1e-6, float(np.abs(centred).max()))
    share = np.clip(centred / reach, -1, 1)[..., None]
    tokens = theme.tokens
    paper, above, below = (np.array(bgr(tokens.color(name)), np.float32) for name in ("card", "positive", "negative"))
    mixed = np.full((*values.shape, 4), 255, np.uint8)
    mixed[..., :3] = paper + np.abs(share) * (np.where(share > 0, above, below) - paper)
    rows, columns = values.shape
    pixels = np.ascontiguousarray(mixed[::-1])  # row 0 of the map is the bottom, of an image the top
    return QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()
