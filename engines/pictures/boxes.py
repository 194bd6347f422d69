"""A picture with boxes: what is in it, what was found in it, and the grid that the finder laid over it."""

from dataclasses import dataclass, field

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.language import Note, say
from engines.core.picture import Picture

NO_TRUTH, NO_FOUND = np.zeros((0, 5)), np.zeros((0, 6))


@dataclass(frozen=True, eq=False)
class Boxes(Picture):
    """One picture and the boxes on it. All places are in pixels from the upper left corner.

    pixels: (h, w) or (h, w, 3) uint8. names: of the classes. truth: (t, 5) class, left, top, right, bottom, class -1
    for none. found: (m, 6) class, score, left, top, right, bottom, the most certain first. removed_by: (m,) the box
    that stands in the place of this one, -1 for those that are kept. overlap: (m,) the IoU with the kept box of its
    class that it overlaps most, 0 for none. decided: how many of them non-maximum suppression has decided on.
    cell: the side of a cell, 0 for no grid. anchors: (a, 2) width and height. cells: (rows, columns, a, 6) what each
    cell says for each anchor, as ``found``. threshold: of the score. limit: of the IoU, above which a box is removed.
    caption: which picture it is.
    """

    pixels: Ints
    names: tuple[str, ...] = ()
    truth: Floats = field(default_factory=lambda: NO_TRUTH)
    found: Floats = field(default_factory=lambda: NO_FOUND)
    removed_by: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    overlap: Floats = field(default_factory=lambda: np.zeros(0))
    decided: int = 0
    cell: int = 0
    anchors: Floats = field(default_factory=lambda: np.zeros((0, 2)))
    cells: Floats = field(default_factory=lambda: np.zeros((0, 0, 0, 6)))
    threshold: float = 0.0
    limit: float = 1.0
    caption: Note = field(default_factory=lambda: say(""))


@dataclass(frozen=True)
class Shared:
    """How two boxes overlap. sides: left, top, right, bottom of what they share; joint: the area of both together."""

    sides: tuple[float, float, float, float]
    shared: float
    joint: float

    @property
    def iou(self) -> float:
        """Intersection over union."""
        return self.shared / self.joint if self.joint > 0 else 0.0


def shared_by(one: Floats, other: Floats) -> Shared:
    """Return how two boxes (4,) left, top, right, bottom overlap; what they share has no area where they do not."""
    left, top = (max(float(one[side]), float(other[side])) for side in (0, 1))
    right, bottom = (min(float(one[side]), float(other[side])) for side in (2, 3))
    shared = max(0.0, right - left) * max(0.0, bottom - top)
    areas = [float((box[2] - box[0]) * (box[3] - box[1])) for box in (one, other)]
    return Shared((left, top, right, bottom), shared, sum(areas) - shared)
