"""Which pixels a network's answer depends on."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.picture import Picture

How = Literal["saliency", "grad_cam", "occlusion"]
HOWS: tuple[How, ...] = ("saliency", "grad_cam", "occlusion")
HOW = "how"  # the question of how it is found out: (place in HOWS,), (-1,) while nobody looks
PATCH = "patch"  # the question of what happens when a part is covered: (top, left, side) in pixels, () for none
ABOUT = "class"  # the question of which class it is about: (class,), () for the likeliest


@dataclass(frozen=True, eq=False)
class WhereItLooks(Picture):
    """A picture, how much each of its pixels matters for one class, and what becomes of it under a patch.

    pixels: (h, w[, 3]) uint8. heat: (h, w) float16 from -1 to 1, of ``how``; (0, 0) where nobody looks. strongest: what
    the strongest colour stands for: with occlusion by how much the probability falls. names, probabilities: (c,) of the
    classes. about: the class that is asked about. patch: top, left and side of what is covered, () for nothing;
    covered: (c,) the probabilities then, (0,) for nothing. side: of the patch that the map of occlusion was made with.
    """

    pixels: Ints
    heat: Floats
    how: How
    strongest: float
    names: tuple[str, ...]
    probabilities: Floats
    about: int
    patch: tuple[int, ...]
    covered: Floats
    side: int


def ground_of(pixels: Ints) -> Ints:
    """Return what a picture (h, w[, 3]) is covered with: the middle value of its border, of each colour ([3])."""
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return np.asarray(np.median(border, axis=0).astype(np.uint8))
