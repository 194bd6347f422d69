"""The class of every pixel, from pictures with boxes: what stands out from the ground within a box is of its class."""

from dataclasses import dataclass

import numpy as np

from engines.core.arrays import Bools, Floats, Ints
from engines.data.images import BOTTOM, CLASS, LEFT, PICTURE, RIGHT, TOP, Images

LEAST_DIFFERENCE = 20  # of 255: what differs less from the ground is ground
HALFWAY = 0.5  # from the ground to the ink: where a soft edge is cut


@dataclass(frozen=True)
class _Drawn:
    """What is in one box. where: its slices of the picture. shade: (channels,) of its ink. ink: what stands out."""

    label: int
    where: tuple[slice, slice]
    shade: Floats
    ink: Bools


def masks_of(images: Images) -> Ints:
    """Return the class of every pixel: (n, height, width) int64, 0 for the ground and k + 1 for class k.

    A pixel in a box belongs to its class when it is more than halfway from the shade of the ground to that of what is
    drawn there. Where boxes overlap it belongs to the box whose ink is nearest to it in shade, and of boxes of like
    shade to the smallest. A box without a class marks nothing. Boxes may reach out of the picture.
    """
    masks = np.zeros(images.pixels.shape[:3], np.int64)
    boxes = images.boxes[images.boxes[:, CLASS] >= 0]
    boxes = boxes[np.argsort(boxes[:, PICTURE], kind="stable")]
    rows = boxes[:, PICTURE].astype(int)
    starts = np.searchsorted(rows, np.arange(len(images) + 1))
    for row in np.unique(rows).tolist():
        pixels = images.pixels[row].astype(np.float32)
        mine = boxes[starts[row] : starts[row + 1]]
        masks[row] = _mask(pixels if images.coloured else pixels[..., None], mine)
    return masks


def _mask(pixels: Floats, boxes: Floats) -> Ints:
    """Return the classes of one picture: pixels (height, width, channels), boxes (m, 6)."""
    shape = pixels.shape[:2]
    places = [(box, where) for box in boxes if (where := _inside(box, shape)) is not None]
    many = np.zeros(shape, np.int64)  # in how many boxes a pixel lies
    for _, where in places:
        many[where] += 1
    ground = _ground(pixels, many > 0)
    far = np.abs(pixels - ground).max(2)
    mask, best = np.zeros(shape, np.int64), np.full(shape, np.inf)
    largest_first = sorted(places, key=lambda item: -_area(item[1]))
    for drawn in (_drawn(pixels, far, many, box, where) for box, where in largest_first):
        distance = np.abs(pixels[drawn.where] - drawn.shade).max(2)
        wins = drawn.ink & (distance <= best[drawn.where])
        mask[drawn.where][wins] = drawn.label + 1
        best[drawn.where][wins] = distance[wins]
    return mask


def _drawn(pixels: Floats, far: Floats, many: Ints, box: Floats, where: tuple[slice, slice]) -> _Drawn:
    """Tell the ink in a box by what lies in no other box, where there is such a place."""
    difference, alone = far[where], many[where] == 1
    told = alone if alone.sum() * 4 >= alone.size else np.ones_like(alone)
    strongest = float(np.quantile(difference[told], 0.95))
    ink = difference >= max(LEAST_DIFFERENCE, HALFWAY * strongest)
    solid = told & (difference >= max(LEAST_DIFFERENCE, 0.8 * strongest))
    shade = np.median(pixels[where][solid], axis=0) if solid.any() else pixels[where].reshape(-1, pixels.shape[2])[0]
    return _Drawn(int(box[CLASS]), where, shade, ink)


def _ground(pixels: Floats, boxed: Bools) -> Floats:
    """Return the shade of the ground at every pixel: the plane through what lies in no box, or what most are like.

    Where the boxes leave less than a tenth of the picture free, it is the median of the picture's rim.
    """
    height, width, channels = pixels.shape
    free = ~boxed
    if free.sum() * 10 < free.size:
        rim = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        return np.broadcast_to(np.median(rim, axis=0), pixels.shape)
    middle = np.median(pixels[free], axis=0)
    free &= np.abs(pixels - middle).max(2) < 2 * LEAST_DIFFERENCE  # what somebody drew without a box is no ground
    if free.sum() * 10 < free.size:
        return np.broadcast_to(middle, pixels.shape)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    terms = np.stack([np.ones_like(x), x, y], 2).astype(np.float32)
    known = terms[free]
    weights = np.linalg.solve(known.T @ known, known.T @ pixels[free])
    return (terms @ weights).reshape(height, width, channels)


def _inside(box: Floats, shape: tuple[int, int]) -> tuple[slice, slice] | None:
    """Return the pixels of which a box holds the middle; None where it holds none of the picture."""
    low = np.ceil(box[[LEFT, TOP]] - 0.5).clip(0).astype(int)
    high = np.minimum(np.ceil(box[[RIGHT, BOTTOM]] - 0.5), shape[::-1]).astype(int)
    if (high <= low).any():
        return None
    return slice(low[1], high[1]), slice(low[0], high[0])


def _area(where: tuple[slice, slice]) -> int:
    return (where[0].stop - where[0].start) * (where[1].stop - where[1].start)
