"""The tools of the drawing board. Places are (x, y) in pixels of the picture, from its upper left corner."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.data.images import BOTTOM, CLASS, LEFT, RIGHT, TOP
from engines.data.painting import cover, filled, ground_of, inked, snapped
from engines.data.points import UNLABELLED

WIDEST = 8
SIDES = ((LEFT, TOP), (RIGHT, TOP), (RIGHT, BOTTOM), (LEFT, BOTTOM))  # of each corner


@dataclass
class Hand:
    """What the tools work with. size: of the pen, in pixels. ink: red, green, blue. label: of what is new."""

    size: int = 2
    soft: bool = True
    ink: tuple[int, int, int] = (255, 255, 255)
    label: int = UNLABELLED


class Stroke:
    """One stroke on a picture, from where it was pressed: the ink is laid on once, however often one goes over it."""

    def __init__(self, before: Ints, hand: Hand, *, erasing: bool, soft: bool) -> None:
        self._before, self._size, self._soft = before, hand.size, soft
        self._ink = ground_of(before) if erasing else ink_of(before, hand)
        self._covered = np.zeros(before.shape[:2], np.float32)
        self._last: tuple[float, float] | None = None

    def to(self, x: float, y: float) -> Ints:
        """Draw on to a place and return the picture."""
        here = (x, y) if self._soft else snapped(x, y, self._size)
        shape = (self._before.shape[0], self._before.shape[1])
        piece = cover(shape, self._last or here, here, self._size, soft=self._soft)
        np.maximum(self._covered, piece, out=self._covered)
        self._last = here
        return inked(self._before, self._covered, self._ink)


class Tool:
    """One tool: how it is called and which key takes it."""

    name: ClassVar[str]
    text: ClassVar[str]
    icon: ClassVar[str]
    key: ClassVar[str]
    gesture: ClassVar[str] = ""
    draws: ClassVar[bool] = True  # whether pen size matters


class Pen(Tool):
    """Draws; with the right button it erases."""

    name, text, icon, key, gesture = "pen", "Pen", "brush", "B", "Draw"


class Eraser(Tool):
    """Draws in the colour of the ground."""

    name, text, icon, key, gesture = "eraser", "Eraser", "eraser", "E", "Erase"


class Fill(Tool):
    """Fills an area."""

    name, text, icon, key, gesture, draws = "fill", "Fill an area", "fill-area", "F", "Fill", False

    @staticmethod
    def filled(before: Ints, hand: Hand, x: float, y: float, *, erasing: bool) -> Ints:
        """Return the picture with the area about a place filled; itself where the place is outside."""
        column, row = int(np.floor(x)), int(np.floor(y))
        if not (0 <= row < before.shape[0] and 0 <= column < before.shape[1]):
            return before
        return filled(before, column, row, ground_of(before) if erasing else ink_of(before, hand))


class BoxTool(Tool):
    """Draws, moves and resizes boxes."""

    name, text, icon, key, gesture, draws = "box", "Boxes", "box-tool", "X", "Change a box", False


TOOLS: tuple[type[Tool], ...] = (Pen, Eraser, Fill, BoxTool)


class BoxDrag:
    """One drag on the boxes of a picture: a corner, a whole box, or a new one.

    boxes: (k, 6). chosen: which of them is worked on, -1 none. size: height and width of the picture.
    """

    def __init__(
        self, boxes: Floats, chosen: int, size: tuple[int, int], row: int, label: int, x: float, y: float, reach: float
    ) -> None:
        self._size, self._from = size, (x, y)
        self._sides: tuple[int, int] | None = None
        self.boxes = boxes.copy()
        corner = corner_at(boxes, chosen, x, y, reach)
        if corner is not None:
            self.chosen, self._sides = chosen, corner
        elif (hit := box_at(boxes, x, y)) >= 0:
            self.chosen = hit
        else:
            self.chosen = len(boxes)
            self._sides = (RIGHT, BOTTOM)
            at = self._inside(x, y)
            self.boxes = np.vstack([boxes, [row, label, *at, *at]])
        self._start = self.boxes[self.chosen].copy()

    def to(self, x: float, y: float) -> None:
        """Go on to a place; sides stay on whole pixels and within the picture."""
        box = self.boxes[self.chosen]
        if self._sides is not None:
            box[:] = self._start
            box[list(self._sides)] = self._inside(x, y)
            box[[LEFT, RIGHT]], box[[TOP, BOTTOM]] = np.sort(box[[LEFT, RIGHT]]), np.sort(box[[TOP, BOTTOM]])
            return
        height, width = self._size
        right = np.rint(x - self._from[0]).clip(-self._start[LEFT], width - self._start[RIGHT])
        down = np.rint(y - self._from[1]).clip(-self._start[TOP], height - self._start[BOTTOM])
        box[LEFT:] = self._start[LEFT:] + np.array([right, down, right, down])

    def end(self) -> None:
        """Leave out a box that is no pixel wide: a click beside all boxes lets go."""
        box = self.boxes[self.chosen]
        if box[RIGHT] - box[LEFT] < 1 or box[BOTTOM] - box[TOP] < 1:
            self.boxes = np.delete(self.boxes, self.chosen, axis=0)
            self.chosen = -1

    def _inside(self, x: float, y: float) -> tuple[float, float]:
        height, width = self._size
        return float(np.rint(x).clip(0, width)), float(np.rint(y).clip(0, height))


def corner_at(boxes: Floats, chosen: int, x: float, y: float, reach: float) -> tuple[int, int] | None:
    """Return the two sides that meet in the corner of the chosen box at a place; None when there is none."""
    if 0 <= chosen < len(boxes):
        for across, up in SIDES:
            if max(abs(boxes[chosen, across] - x), abs(boxes[chosen, up] - y)) <= reach:
                return across, up
    return None


def box_at(boxes: Floats, x: float, y: float) -> int:
    """Return the smallest box about a place, -1 for none."""
    hit = np.flatnonzero(
        (boxes[:, LEFT] <= x) & (x <= boxes[:, RIGHT]) & (boxes[:, TOP] <= y) & (y <= boxes[:, BOTTOM])
    )
    if not len(hit):
        return -1
    area = (boxes[hit, RIGHT] - boxes[hit, LEFT]) * (boxes[hit, BOTTOM] - boxes[hit, TOP])
    return int(hit[area.argmin()])


def with_class(boxes: Floats, which: int, label: int) -> Floats:
    """Return boxes of which one has another class."""
    made = boxes.copy()
    made[which, CLASS] = label
    return made


def ink_of(picture: Ints, hand: Hand) -> Ints:
    """Return the ink as a picture of its kind has it: one number or three."""
    if picture.ndim == 3:
        return np.array(hand.ink, np.uint8)
    red, green, blue = hand.ink
    return np.array(round(0.299 * red + 0.587 * green + 0.114 * blue), np.uint8)
