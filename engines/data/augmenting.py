"""More pictures out of few: each is shifted, turned, mirrored and strewn with noise by chance. Boxes go along.

A box that is turned becomes the upright box around the turned one, so it may be a little loose. A box of which less
than a quarter is left within the picture is dropped.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np

from engines.core.arrays import Bools, Floats, Ints
from engines.core.language import LearnerError
from engines.core.params import Param, Params
from engines.data.images import BOTTOM, LEFT, NO_BOXES, PICTURE, RIGHT, TOP, Images

Flip = Literal["none", "left-right", "up-down", "both"]
LEAST_LEFT = 0.25  # of the area of a box
MOST_BYTES = 512 * 2**20
BATCH_BYTES = 2**20  # of pixels that are turned at a time: the floats for it fit into the cache


@dataclass(frozen=True)
class AugmentSettings(Params):
    """What chance may do to each picture."""

    copies: Annotated[int, Param("Changed copies of each", low=1, high=10)] = 1
    keep: Annotated[
        bool, Param("Keep the originals", help="Off: the changed copies take the place of the pictures that are there")
    ] = True
    shift: Annotated[float, Param("Shift", low=0, high=0.5, help="Share of the side, each way, at most")] = 0.1
    rotate: Annotated[float, Param("Rotate", low=0, high=180, help="Degrees, either way, at most")] = 10.0
    flip: Annotated[
        Flip, Param("Flip", help="By chance, each other picture. A digit or a letter in a mirror is none any more")
    ] = "none"
    noise: Annotated[float, Param("Noise", low=0, high=1, help="Standard deviation as a share of full brightness")] = (
        0.0
    )


def augmented(data: Images, settings: AugmentSettings, rng: np.random.Generator) -> Images:
    """Return the data with changed copies of every picture behind, or in place of, the originals.

    A copy has the split key of its original, so that both fall to the same share: a changed copy of a test picture
    is never trained on (but for at most one picture of each class at each border). Raises LearnerError when it would
    be too much to hold.
    """
    times = settings.copies + settings.keep
    if data.pixels.nbytes * times > MOST_BYTES:
        raise LearnerError(
            "That would be {count} pictures and more than {most} MB; make fewer copies, or smaller pictures.",
            count=len(data) * times, most=MOST_BYTES // 2**20,
        )  # fmt: skip
    pixels = [data.pixels] if settings.keep else []
    boxes = [data.boxes] if settings.keep else []
    for turn in range(settings.copies):
        changed, moved = _copy(data, settings, rng)
        moved[:, PICTURE] += (turn + settings.keep) * len(data)
        pixels.append(changed)
        boxes.append(moved)
    return replace(
        data,
        pixels=np.concatenate(pixels),
        y=np.tile(data.y, times),
        boxes=np.concatenate(boxes),
        key=np.tile(data.key, times),
        parts=np.zeros(0, np.uint8),
    )


def _copy(data: Images, settings: AugmentSettings, rng: np.random.Generator) -> tuple[Ints, Floats]:
    """Return every picture changed once, (n, h, w[, 3]) uint8, and the boxes that are left of it, (m, 6)."""
    n, (height, width) = len(data), data.size
    shift = rng.uniform(-settings.shift, settings.shift, (n, 2)) * (width, height)
    angle = np.deg2rad(rng.uniform(-settings.rotate, settings.rotate, n))
    across = (rng.random(n) < 0.5) & (settings.flip in ("left-right", "both"))
    down = (rng.random(n) < 0.5) & (settings.flip in ("up-down", "both"))
    pixels = mirrored(data.pixels, across, down)
    pixels = moved(pixels, angle, shift) if settings.rotate else shifted(pixels, np.rint(shift).astype(int))
    if settings.noise:
        pixels = with_noise(pixels, settings.noise, rng)
    whole = shift if settings.rotate else np.rint(shift)
    return pixels, moved_boxes(data.boxes, data.size, angle, whole, across, down)


def mirrored(pixels: Ints, across: Bools, down: Bools) -> Ints:
    """Return pictures of which some, (n,) each, are mirrored left to right or upside down."""
    if not (across.any() or down.any()):
        return pixels
    made = pixels.copy()
    made[across] = made[across][:, :, ::-1]
    made[down] = made[down][:, ::-1]
    return made


def shifted(pixels: Ints, shift: Ints) -> Ints:
    """Move pictures by whole pixels, (n, 2) to the right and down; black comes in."""
    if not shift.any():
        return pixels
    made = np.zeros_like(pixels)
    height, width = pixels.shape[1:3]
    steps, which = np.unique(shift.clip((-width, -height), (width, height)), axis=0, return_inverse=True)
    for place, (right, under) in enumerate(steps.tolist()):
        rows = np.flatnonzero(which.reshape(-1) == place)
        to_x, to_y = slice(max(0, right), width + min(0, right)), slice(max(0, under), height + min(0, under))
        from_x, from_y = slice(max(0, -right), width + min(0, -right)), slice(max(0, -under), height + min(0, -under))
        made[rows, to_y, to_x] = pixels[rows, from_y, from_x]
    return made


def moved(pixels: Ints, angle: Floats, shift: Floats) -> Ints:
    """Turn pictures about their middle, then move them; linear between pixels, black comes in.

    angle: (n,) radians, clockwise as one sees it. shift: (n, 2) pixels to the right and down.
    """
    made = np.empty_like(pixels)
    step = max(1, BATCH_BYTES // max(1, pixels[:1].nbytes * 4))
    for start in range(0, len(pixels), step):
        rows = slice(start, start + step)
        made[rows] = _moved(pixels[rows], angle[rows], shift[rows])
    return made


def _moved(pixels: Ints, angle: Floats, shift: Floats) -> Ints:
    n, height, width = pixels.shape[:3]
    channels = pixels.shape[3:]
    cos, sin = (part.astype(np.float32)[:, None, None] for part in (np.cos(angle), np.sin(angle)))
    right, under = (shift[:, axis].astype(np.float32)[:, None, None] for axis in (0, 1))
    middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
    x = np.arange(width, dtype=np.float32)[None, None] - middle_x - right
    y = np.arange(height, dtype=np.float32)[None, :, None] - middle_y - under
    # where each new pixel comes from; one pixel of black all around, so that the border fades out
    from_x = (cos * x + sin * y + (middle_x + 1)).clip(0, width + 1)
    from_y = (cos * y - sin * x + (middle_y + 1)).clip(0, height + 1)
    left, top = from_x.astype(np.int32), from_y.astype(np.int32)
    part_x, part_y = from_x - left, from_y - top
    wide = width + 3
    padded = np.zeros((n, height + 3, wide, *channels), np.uint8)
    padded[:, 1:-2, 1:-2] = pixels
    flat = padded.reshape(n * (height + 3) * wide, *channels)
    first = (np.arange(n, dtype=np.int64) * ((height + 3) * wide))[:, None, None] + top * wide + left
    if channels:
        part_x, part_y = part_x[..., None], part_y[..., None]
    upper = flat[first] * (1 - part_x) + flat[first + 1] * part_x
    lower = flat[first + wide] * (1 - part_x) + flat[first + wide + 1] * part_x
    return np.rint(upper * (1 - part_y) + lower * part_y).astype(np.uint8)


def with_noise(pixels: Ints, noise: float, rng: np.random.Generator) -> Ints:
    """Strew normal noise over pictures; ``noise`` is its standard deviation as a share of full brightness."""
    made = np.empty_like(pixels)
    step = max(1, BATCH_BYTES // max(1, pixels[:1].nbytes))
    for start in range(0, len(pixels), step):
        part = pixels[start : start + step]
        strewn = rng.standard_normal(part.shape, np.float32) * np.float32(255 * noise) + part
        made[start : start + step] = np.rint(strewn).clip(0, 255)
    return made


def moved_boxes(
    boxes: Floats, size: tuple[int, int], angle: Floats, shift: Floats, across: Bools, down: Bools
) -> Floats:
    """Return boxes, (m, 6), mirrored, turned, moved and cut to the picture as their pictures are; lost ones left out.

    size: height and width. The others: one row for each picture, as for ``moved`` and ``mirrored``.
    """
    if not len(boxes):
        return NO_BOXES.copy()
    height, width = size
    picture = boxes[:, PICTURE].astype(int)
    x, y = boxes[:, [LEFT, RIGHT]] - width / 2, boxes[:, [TOP, BOTTOM]] - height / 2
    x = np.where(across[picture, None], -x, x)
    y = np.where(down[picture, None], -y, y)
    corners_x, corners_y = x[:, [0, 1, 1, 0]], y[:, [0, 0, 1, 1]]
    cos, sin = np.cos(angle[picture])[:, None], np.sin(angle[picture])[:, None]
    turned_x = cos * corners_x - sin * corners_y + width / 2 + shift[picture, 0, None]
    turned_y = sin * corners_x + cos * corners_y + height / 2 + shift[picture, 1, None]
    around = np.column_stack([turned_x.min(1), turned_y.min(1), turned_x.max(1), turned_y.max(1)])
    made = boxes.copy()
    made[:, LEFT:] = around.clip(0, (width, height, width, height))
    kept = _area(made[:, LEFT:]) >= LEAST_LEFT * _area(around)
    return made[kept & (_area(made[:, LEFT:]) >= 1)]


def _area(sides: Floats) -> Floats:
    """Return the area of boxes: (m, 4) to (m,)."""
    return (sides[:, 2] - sides[:, 0]) * (sides[:, 3] - sides[:, 1])
