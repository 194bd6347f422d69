"""Scenes: several shapes in a picture, of different size and shade, some partly behind another, each with its box."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from engines.core.arrays import Bools, Floats, Ints
from engines.core.params import Param, Params
from engines.data.augmenting import with_noise
from engines.data.images import BOTTOM, LEFT, NO_BOXES, PICTURE, RIGHT, TOP, Images
from engines.data.points import UNLABELLED
from engines.data.samples.pictures import BATCH, SHAPES, boxes_around, outside
from engines.data.sampling import sample

MOST_SCENES = 5000
KINDS = SHAPES[:3]  # circle, square, triangle
TRIES = 16  # places that are tried for a shape before it is left out
LIGHTEST_GROUND, DARKEST_INK = 60, 135  # of 255
SLOPE = 10  # by how much the ground is lighter at one side than in the middle, at most
INNER = 0.72  # of an outline, as a share of the radius


@dataclass(frozen=True)
class ScenesSettings(Params):
    """What is drawn."""

    n: Annotated[int, Param("Pictures n", low=5, high=MOST_SCENES, log=True)] = 400
    size: Annotated[int, Param("Side in pixels", low=32, high=96)] = 48
    shapes: Annotated[int, Param("Shapes in a picture, at most", low=1, high=6)] = 4
    overlap: Annotated[
        float, Param("Overlap", low=0, high=0.6, help="At most, as a share of the smaller of two boxes")
    ] = 0.2
    outlines: Annotated[
        float, Param("Outlines", low=0, high=1, help="Share of the shapes that are drawn as a line, as a pen does")
    ] = 0.25
    noise: Annotated[float, Param("Noise", low=0, high=0.5)] = 0.03
    colour: Annotated[bool, Param("In colour")] = False


@sample(
    "Shape scenes", order=63, slow_from=200,
    about="Circles, squares and triangles by recipe, several in a picture, each with its box: to find and to outline",
)  # fmt: skip
def scenes(settings: ScenesSettings, rng: np.random.Generator) -> Images:
    """Draw scenes; their pictures have no class, for there are several things in each."""
    return scenes_and_masks(settings, rng)[0]


def scenes_and_masks(settings: ScenesSettings, rng: np.random.Generator) -> tuple[Images, Ints]:
    """Return scenes and what was drawn: (n, size, size) int64, 0 the ground and k + 1 a shape of class k.

    Later shapes are drawn over earlier ones. Boxes are tight to the whole shape, also to what is hidden of it.
    """
    n, size, many = settings.n, settings.size, settings.shapes
    kinds = rng.permutation(np.arange(n * many) % len(KINDS)).reshape(n, many)
    there = np.arange(many) < rng.integers(1, many + 1, (n, 1))
    radius = rng.uniform(0.13, 0.27, (n, many)) * size
    middle, there = _placed(size, radius, there, settings.overlap, rng)
    angle = rng.uniform(0, 2 * np.pi, (n, many))
    hollow = rng.random((n, many)) < settings.outlines
    ground, ink = _shades(n, many, size, rng, coloured=settings.colour)
    pixels = np.empty((n, size, size, *ink.shape[2:]), np.uint8)
    masks = np.zeros((n, size, size), np.int64)
    boxes: list[Floats] = [NO_BOXES]
    for start in range(0, n, BATCH):
        part = slice(start, min(n, start + BATCH))
        made = ground[part].copy()
        for place in range(many):
            rows = start + np.flatnonzero(there[part, place])
            one = (rows, place)
            far = outside(size, kinds[one], middle[one], radius[one], angle[one])
            hole = outside(size, kinds[one], middle[one], INNER * radius[one], angle[one])
            cover = (0.5 - np.where(hollow[one][:, None, None], np.maximum(far, -hole), far)).clip(0, 1)
            share = cover[..., None] if settings.colour else cover
            colour = ink[one].reshape(len(rows), 1, 1, *ink.shape[2:])
            made[rows - start] += (colour - made[rows - start]) * share
            masks[rows] = np.where(cover >= 0.5, kinds[one][:, None, None] + 1, masks[rows])
            found = boxes_around(cover >= 0.5, kinds[one], 0)
            found[:, PICTURE] = rows[found[:, PICTURE].astype(int)]
            boxes.append(found)
        pixels[part] = np.rint(made)
    if settings.noise:
        pixels = with_noise(pixels, settings.noise, rng)
    all_boxes = np.concatenate(boxes)
    order = np.argsort(all_boxes[:, PICTURE], kind="stable")
    return Images(pixels, np.full(n, UNLABELLED), KINDS, all_boxes[order]), masks


def _placed(size: int, radius: Floats, there: Bools, overlap: float, rng: np.random.Generator) -> tuple[Floats, Bools]:
    """Return a middle for each shape, (n, many, 2), and which are there: one for which there is no room is left out."""
    n, many = radius.shape
    middle = np.zeros((n, many, 2))
    there = there.copy()
    sides = np.zeros((n, many, 6))  # as boxes are; of what is not there they have no area
    every = np.arange(n)
    for place in range(many):
        r = radius[:, place, None]
        tried = r[..., None] + rng.random((n, TRIES, 2)) * (size - 2 * r[..., None])
        fits: Bools = np.ones((n, TRIES), bool)
        for other in range(place):
            shared = _shared(tried, r, sides[:, other, None])
            smaller = np.minimum(4 * r**2, 4 * radius[:, other, None] ** 2)
            fits &= shared <= overlap * smaller
        middle[:, place] = tried[every, fits.argmax(1)]
        there[:, place] &= fits.any(1)
        reach = np.where(there[:, place], radius[:, place], 0)[:, None]
        sides[:, place, [LEFT, TOP]] = middle[:, place] - reach
        sides[:, place, [RIGHT, BOTTOM]] = middle[:, place] + reach
    return middle, there


def _shared(middle: Floats, r: Floats, box: Floats) -> Floats:
    """Return the area that squares about a middle, (n, tries, 2), share with a box, (n, 1, 6): (n, tries)."""
    across = np.minimum(middle[..., 0] + r, box[..., RIGHT]) - np.maximum(middle[..., 0] - r, box[..., LEFT])
    down = np.minimum(middle[..., 1] + r, box[..., BOTTOM]) - np.maximum(middle[..., 1] - r, box[..., TOP])
    return across.clip(0) * down.clip(0)


def _shades(n: int, many: int, size: int, rng: np.random.Generator, *, coloured: bool) -> tuple[Floats, Floats]:
    """Return the ground of each picture, (n, size, size[, 3]), and the ink of each shape, (n, many[, 3]): 0 to 255.

    The ground grows lighter to one side. The shapes of a picture differ in shade, in colour also in hue.
    """
    rank = rng.permuted(np.tile(np.arange(many), (n, 1)), axis=1)
    place = (rank + rng.random((n, many))) / many
    direction = rng.uniform(0, 2 * np.pi, (n, 1, 1))
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    slope = rng.uniform(0, SLOPE, (n, 1, 1)) * (np.cos(direction) * x + np.sin(direction) * y) / np.sqrt(2)
    base = rng.uniform(SLOPE, LIGHTEST_GROUND - SLOPE, (n, 1, 1, 3) if coloured else (n, 1, 1))
    if not coloured:
        return (base + slope).astype(np.float32), (DARKEST_INK + (255 - DARKEST_INK) * place).astype(np.float32)
    hue = place[..., None] + np.array([0, 1 / 3, 2 / 3])
    ink = 255 * (0.75 + 0.45 * np.cos(2 * np.pi * hue)).clip(0.15, 1)
    return (base + slope[..., None]).astype(np.float32), ink.astype(np.float32)
