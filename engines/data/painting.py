"""Drawing on one picture: strokes of a pen, filling, turning light to dark. Plain numpy on (h, w[, 3]) uint8.

Places are (x, y) in pixels from the upper left corner; the middle of the first pixel is (0.5, 0.5).
"""

import numpy as np

from engines.core.arrays import Bools, Floats, Ints

SOFTNESS = 1.4  # pixels over which a soft stroke fades out, about as in MNIST
LIKE = 24  # of 255: how different neighbours may be to count as the same area


def snapped(x: float, y: float, size: int) -> tuple[float, float]:
    """Return where a hard pen of ``size`` pixels stands: on the middle of a pixel, or where four meet."""
    if size % 2:
        return float(np.floor(x)) + 0.5, float(np.floor(y)) + 0.5
    return float(np.rint(x)), float(np.rint(y))


def cover(
    shape: tuple[int, int], start: tuple[float, float], end: tuple[float, float], size: int, *, soft: bool
) -> Floats:
    """Return how much of each pixel a straight stroke covers, 0 to 1: (h, w) float32.

    size: of the pen in pixels. soft: fades out as ink does; else a pixel is covered or not.
    """
    y, x = np.ogrid[0.5 : shape[0], 0.5 : shape[1]]
    way_x, way_y = end[0] - start[0], end[1] - start[1]
    length = way_x**2 + way_y**2
    along = ((x - start[0]) * way_x + (y - start[1]) * way_y) / length if length else np.zeros(shape)
    along = along.clip(0, 1)
    distance = np.hypot(x - start[0] - along * way_x, y - start[1] - along * way_y)
    if soft:
        return ((size / 2 - 0.5 - distance) / SOFTNESS + 1).clip(0, 1).astype(np.float32)
    return (distance <= size / 2 + 1e-6).astype(np.float32)


def inked(before: Ints, covered: Floats, colour: Ints) -> Ints:
    """Return the picture with a colour, () or (3,), laid over it as far as it is covered, (h, w)."""
    share = covered[..., None] if before.ndim == 3 else covered
    return np.rint(before + (colour.astype(np.float32) - before) * share).astype(np.uint8)


def filled(before: Ints, column: int, row: int, colour: Ints) -> Ints:
    """Return the picture with the area about a pixel in another colour: all that hangs together and is about alike."""
    difference = np.abs(before.astype(np.int16) - before[row, column].astype(np.int16))
    alike = (difference.max(2) if before.ndim == 3 else difference) <= LIKE
    area = _grown(alike, row, column)
    made = before.copy()
    made[area] = colour
    return made


def _grown(alike: Bools, row: int, column: int) -> Bools:
    """Return what hangs together with one pixel: whole runs of a row, then of a column, until nothing is added."""
    across = np.cumsum(np.diff(alike.astype(np.int8), axis=1, prepend=0) != 0, axis=1)
    across += np.arange(len(across))[:, None] * (across.shape[1] + 2)
    down = np.cumsum(np.diff(alike.astype(np.int8), axis=0, prepend=0) != 0, axis=0)
    down += np.arange(down.shape[1])[None] * (down.shape[0] + 2)
    area = np.zeros(alike.shape, bool)
    area[row, column] = True
    before = 0
    while (now := int(area.sum())) > before:
        before = now
        for runs in (across, down):
            hit = np.zeros(int(runs.max()) + 1, bool)
            hit[runs[area]] = True
            area = hit[runs] & alike
    return area


def rolled(pixels: Ints, right: int, down: int) -> Ints:
    """Move pictures, (n, h, w[, 3]), by whole pixels; what goes out at one side comes in at the other."""
    return np.roll(pixels, (down, right), axis=(1, 2))


def inverted(pixels: Ints) -> Ints:
    """Turn light to dark and dark to light."""
    return 255 - pixels


def ground_of(picture: Ints) -> Ints:
    """Return what a picture is drawn on: the middle value along its border, () or (3,)."""
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    return np.median(border, axis=0).astype(np.uint8)
