"""What neurons answer over the plane, as small images."""

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from app.theme import theme
from app.theme.tokens import bgr
from engines.core.arrays import Floats

SHADES = 256


def heat_maps(values: Floats, window: QRectF, *, probability: bool) -> list[QImage]:
    """Return the answers of a layer (units, rows, columns) as an image each; row 0 of a map is the bottom.

    One colour below the middle, another above, pale between. The middle is 0, or 0.5 for a probability; the strongest
    answer of each neuron within ``window`` (cells, the part shown in its square) has the strongest colour. What is no
    number is pale.
    """
    units, rows, columns = values.shape
    if not values.size:
        return [QImage() for _ in range(units)]
    centred = np.nan_to_num(values.astype(np.float32) - (0.5 if probability else 0.0), posinf=1e30, neginf=-1e30)
    rows_seen, columns_seen = _cells(window.top(), window.bottom()), _cells(window.left(), window.right())
    seen = np.abs(centred[:, rows_seen, columns_seen])
    reach = np.full(units, 0.5) if probability else np.maximum(1e-6, seen.max((1, 2), initial=0.0))
    share = np.clip(centred / reach[:, None, None], -1, 1)
    shade = ((share + 1) * ((SHADES - 1) / 2) + 0.5).astype(np.uint8)
    pixels = np.ascontiguousarray(shades()[shade[:, ::-1]])  # an image has its first row at the top
    kind = QImage.Format.Format_RGB32
    return [QImage(unit.data, columns, rows, 4 * columns, kind).copy() for unit in pixels]


def _cells(first: float, end: float) -> slice:
    return slice(max(0, round(first)), max(1, round(end)))


def shades() -> "np.ndarray[tuple[int, ...], np.dtype[np.uint32]]":
    """Return (SHADES,) colours from the lowest answer over none to the highest."""
    tokens = theme.tokens
    paper, above, below = (np.array(bgr(tokens.color(name)), float) for name in ("card", "positive", "negative"))
    share = np.linspace(-1, 1, SHADES)[:, None]
    mixed = np.full((SHADES, 4), 255, np.uint8)
    mixed[:, :3] = paper + np.abs(share) * (np.where(share > 0, above, below) - paper)
    return mixed.view(np.uint32)[:, 0]
