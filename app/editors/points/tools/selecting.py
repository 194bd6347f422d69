"""Tools that select: a rectangle, a lasso; inside the box of a selection they move, scale and turn it."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath

from app.editors.points.document import PointsDocument
from app.editors.points.selection import CORNERS, Handle, Selection, transformed
from app.editors.points.tools.base import GRAB_PIXELS, Hand, Tool
from app.editors.points.tools.painting import outline_of
from app.views.plane import PlaneEvent
from engines.core.arrays import Floats, Ints

HANDLE_PIXELS = 9
TURN_PIXELS = 26  # how far above the box the handle that turns it is


class Selector(Tool):
    """Base of both. Press on a handle or inside the box to change what is selected; elsewhere to select anew."""

    def __init__(self, document: PointsDocument, hand: Hand, selection: Selection) -> None:
        super().__init__(document, hand, selection)
        self._grip: Handle = "inside"
        self._changing = False
        self._start = self._end = (0.0, 0.0)
        self._places: Floats = np.zeros((0, 2))
        self._box = (0.0, 0.0, 0.0, 0.0)
        self._rows: Ints = np.zeros(0, np.int64)
        self._selecting = False
        self._way = 0.0

    def press(self, at: PlaneEvent) -> None:
        """Take hold of the selection, or begin another."""
        self._start = self._end = (at.x, at.y)
        self._way = 0.0
        grip, box = grip_at(self._selection, at), self._selection.box
        self._changing = grip is not None
        self._selecting = grip is None
        if grip is not None and box is not None:
            self._grip, self._box = grip, box
            self._rows = self._selection.rows
            self._places = self._document.places(self._rows)
        else:
            self._begin(at)

    def drag(self, at: PlaneEvent) -> None:
        """Change the selected points, or go on selecting."""
        self._end = (at.x, at.y)
        self._way = max(self._way, float(np.hypot(*np.subtract(self._end, self._start))))
        if self._changing:
            even = bool(at.modifiers & Qt.KeyboardModifier.ShiftModifier)
            places = transformed(self._places, self._box, self._grip, self._start, self._end, even=even)
            self._document.move(self._rows, places)
        elif self._selecting:
            self._go_on(at)

    def release(self, at: PlaneEvent) -> None:
        """Let go, or select; a click that did not move selects the point under it, or nothing."""
        if self._selecting:
            add = bool(at.modifiers & Qt.KeyboardModifier.ShiftModifier)
            moved = self._way > 2 * at.per_pixel  # how far it ever was: a lasso ends where it began
            row = self._document.nearest(at.x, at.y, GRAB_PIXELS * at.per_pixel)
            clicked = np.array([row] if row >= 0 else [], np.int64)
            self._selection.select(self._found() if moved else clicked, add=add)
        self._changing = self._selecting = False

    def _begin(self, at: PlaneEvent) -> None:
        """Begin to select."""

    def _go_on(self, at: PlaneEvent) -> None:
        """Go on selecting."""

    def _found(self) -> Ints:
        raise NotImplementedError


class Rectangle(Selector):
    """Selects what lies in a rectangle."""

    name, text, icon, key, gesture = "select", "Select", "select", "S", "Change the selection"
    hint = "drag a rectangle; Shift adds; drag the box to move, its corners to scale, the round handle to turn"

    def _rectangle(self) -> QRectF:
        return QRectF(QPointF(*self._start), QPointF(*self._end)).normalized()

    def _found(self) -> Ints:
        box = self._rectangle()
        return self._document.within(box.left(), box.top(), box.right(), box.bottom())

    def ghost(self) -> QPainterPath | None:
        """Return the rectangle."""
        if not self._selecting:
            return None
        path = QPainterPath()
        path.addRect(self._rectangle())
        return path


class Lasso(Selector):
    """Selects what lies in an outline drawn by hand."""

    name, text, icon, key, gesture = "lasso", "Lasso", "lasso", "L", "Change the selection"
    hint = "draw around points; Shift adds; drag the box to move, its corners to scale, the round handle to turn"
    _outline: tuple[tuple[float, float], ...] = ()

    def _begin(self, at: PlaneEvent) -> None:
        self._outline = ((at.x, at.y),)

    def _go_on(self, at: PlaneEvent) -> None:
        self._outline = (*self._outline, (at.x, at.y))

    def _found(self) -> Ints:
        corners = np.array(self._outline)
        rows = self._document.within(*corners.min(0), *corners.max(0))
        return rows[inside(self._document.x[rows], corners)]

    def ghost(self) -> QPainterPath | None:
        """Return the outline."""
        return outline_of(list(self._outline)) if self._selecting else None


def handles(selection: Selection, per_pixel: float) -> dict[Handle, tuple[float, float]]:
    """Return where the handles of a selection are; none for no selection."""
    if (box := selection.box) is None:
        return {}
    left, bottom, right, top = box
    places = ((left, bottom), (right, bottom), (right, top), (left, top))
    made: dict[Handle, tuple[float, float]] = dict(zip(CORNERS, places, strict=True))
    made["turn"] = ((left + right) / 2, top + TURN_PIXELS * per_pixel)
    return made


def grip_at(selection: Selection, at: PlaneEvent) -> Handle | None:
    """Return what of a selection is under the mouse: a handle, its inside, or None. One point can only be moved."""
    box = selection.box
    if box is None:
        return None
    if len(selection) > 1:
        for handle, place in handles(selection, at.per_pixel).items():
            if np.hypot(place[0] - at.x, place[1] - at.y) <= HANDLE_PIXELS * at.per_pixel:
                return handle
    reach = (GRAB_PIXELS if len(selection) == 1 else 4) * at.per_pixel
    left, bottom, right, top = box
    return "inside" if left - reach <= at.x <= right + reach and bottom - reach <= at.y <= top + reach else None


def inside(places: Floats, corners: Floats) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Return which places (m, 2) lie in the polygon with these corners (k, 2): a ray to the right crosses it oddly."""
    odd = np.zeros(len(places), bool)
    x, y = places[:, 0], places[:, 1]
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y1 == y2:
            continue
        crosses = (y1 > y) != (y2 > y)
        odd ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return odd
