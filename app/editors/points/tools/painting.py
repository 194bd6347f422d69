"""Tools that put points: brush, spray, single points, and points along a line, an ellipse or a ring."""

from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath

from app.editors.points.document import PointsDocument
from app.editors.points.selection import Selection
from app.editors.points.tools.base import Hand, Tool
from app.views.plane import PlaneEvent
from engines.core.arrays import Floats

PER_SPRAY = 3  # points of the brush at each place, at the usual intensity
USUAL_INTENSITY = 30.0
PER_LENGTH = 8.0  # points of a line for each unit of its length, at the usual intensity
PER_AREA = 24.0  # points of an ellipse for each unit of its area, at the usual intensity


class Painter(Tool):
    """Base of what paints."""

    paints = True

    def _put(self, places: Floats, button: Qt.MouseButton) -> None:
        """Add points with the class and the number of the button."""
        self._document.add(places, self._hand.label(button), self._hand.number(button))

    def _amount(self, usual: float) -> int:
        """Return how many points the intensity makes of the usual number: at least one."""
        return max(1, round(usual * self._hand.intensity / USUAL_INTENSITY))


class Brush(Painter):
    """Sprays a few points within the radius, again after every half radius of the way, however fast the mouse goes."""

    name, text, icon, key, gesture = "brush", "Brush", "brush", "B", "Brush stroke"
    hint = "puts points evenly along the way"
    round = intense = True

    def __init__(self, document: PointsDocument, hand: Hand, selection: Selection) -> None:
        super().__init__(document, hand, selection)
        self._last = np.zeros(2)  # where it sprayed last

    def press(self, at: PlaneEvent) -> None:
        """Spray where the button went down."""
        self._last = np.array([at.x, at.y])
        self._spray(self._last[None], at.button)

    def drag(self, at: PlaneEvent) -> None:
        """Spray along the way from where it sprayed last, as often as half a radius fits in."""
        way = np.array([at.x, at.y]) - self._last
        length, step = float(np.hypot(*way)), self._hand.radius / 2
        sprays = int(length / step)
        if sprays:
            places = self._last + np.arange(1, sprays + 1)[:, None] * step * way / length
            self._last = places[-1]
            self._spray(places, at.button)

    def _spray(self, places: Floats, button: Qt.MouseButton) -> None:
        """Add points evenly within the radius about each of the places (m, 2)."""
        centres = np.repeat(places, self._amount(PER_SPRAY), axis=0)
        radius = self._hand.radius * np.sqrt(self._dice.random(len(centres)))
        angle = self._dice.uniform(0, 2 * np.pi, len(centres))
        self._put(centres + np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), button)


class Spray(Painter):
    """A spray can: densest in the middle, and the longer the button is down the more points there are."""

    name, text, icon, key, gesture = "spray", "Spray", "spray", "A", "Spray"
    hint = "the longer it is held the denser it gets, most in the middle"
    round = intense = continuous = True

    def press(self, at: PlaneEvent) -> None:
        """Begin to spray."""
        self.tick(at)

    def tick(self, at: PlaneEvent) -> None:
        """Spray once more."""
        away = self._dice.normal(0, self._hand.radius / 2, (self._amount(4), 2))
        away *= np.minimum(1, self._hand.radius / np.maximum(np.hypot(*away.T), 1e-12))[:, None]
        self._put(np.array([at.x, at.y]) + away, at.button)


class Single(Painter):
    """Puts one point exactly where one clicks."""

    name, text, icon, key, gesture = "point", "Single point", "point", "P", "Add a point"
    hint = "one click, one point"

    def press(self, at: PlaneEvent) -> None:
        """Put the point."""
        self._put(np.array([[at.x, at.y]]), at.button)


class Shape(Painter):
    """Base of what is drawn from corner to corner and put when the button is let go. With Shift it is even."""

    intense = True

    def __init__(self, document: PointsDocument, hand: Hand, selection: Selection) -> None:
        super().__init__(document, hand, selection)
        self._start: tuple[float, float] | None = None
        self._end = (0.0, 0.0)

    def press(self, at: PlaneEvent) -> None:
        """Take the first corner."""
        self._start = self._end = (at.x, at.y)

    def drag(self, at: PlaneEvent) -> None:
        """Move the other corner."""
        if self._start is not None:
            even = bool(at.modifiers & Qt.KeyboardModifier.ShiftModifier)
            self._end = self._evened(at.x, at.y) if even else (at.x, at.y)

    def release(self, at: PlaneEvent) -> None:
        """Put the points; a click that did not move puts none."""
        if self._start is not None and self._end != self._start:
            self._put(self._points(), at.button)
        self._start = None

    def ghost(self) -> QPainterPath | None:
        """Return the outline."""
        return None if self._start is None else self._outline()

    def _evened(self, x: float, y: float) -> tuple[float, float]:
        """Return the corner that makes width and height alike."""
        assert self._start is not None
        across, up = x - self._start[0], y - self._start[1]
        side = max(abs(across), abs(up))
        return self._start[0] + float(np.copysign(side, across)), self._start[1] + float(np.copysign(side, up))

    def _box(self) -> QRectF:
        assert self._start is not None
        return QRectF(QPointF(*self._start), QPointF(*self._end)).normalized()

    def _outline(self) -> QPainterPath:
        path = QPainterPath()
        path.addEllipse(self._box())
        return path

    def _points(self) -> Floats:
        raise NotImplementedError


class Line(Shape):
    """Points along a straight line, strayed by a little of the radius."""

    name, text, icon, key, gesture = "line", "Line of points", "line", "I", "Draw a line"
    hint = "drag from end to end; Shift: level, upright or aslant"
    STRAY = 0.2

    def _evened(self, x: float, y: float) -> tuple[float, float]:
        """Return the end on the nearest of eight directions."""
        assert self._start is not None
        way = complex(x - self._start[0], y - self._start[1])
        turned = abs(way) * np.exp(1j * np.pi / 4 * round(np.angle(way) / (np.pi / 4)))
        return self._start[0] + turned.real, self._start[1] + turned.imag

    def _outline(self) -> QPainterPath:
        assert self._start is not None
        path = QPainterPath(QPointF(*self._start))
        path.lineTo(QPointF(*self._end))
        return path

    def _points(self) -> Floats:
        assert self._start is not None
        way = np.subtract(self._end, self._start)
        n = self._amount(PER_LENGTH * float(np.hypot(*way)))
        places = self._start + self._dice.random((n, 1)) * way
        return places + self._dice.normal(0, self.STRAY * self._hand.radius, (n, 2))


class Ellipse(Shape):
    """Points all over an ellipse."""

    name, text, icon, key, gesture = "ellipse", "Filled ellipse", "ellipse", "O", "Draw an ellipse"
    hint = "drag from corner to corner; Shift: a circle"

    def _points(self) -> Floats:
        box = self._box()
        n = self._amount(PER_AREA * np.pi / 4 * box.width() * box.height())
        return _on_ellipse(box, np.sqrt(self._dice.random(n)), self._dice.uniform(0, 2 * np.pi, n))


class Ring(Shape):
    """Points along the rim of an ellipse, strayed by a little of the radius."""

    name, text, icon, key, gesture = "ring", "Ring", "ring", "N", "Draw a ring"
    hint = "drag from corner to corner; Shift: a circle"

    def _points(self) -> Floats:
        box = self._box()
        rim = np.pi / 2 * (box.width() + box.height())
        n = self._amount(PER_LENGTH * rim)
        places = _on_ellipse(box, np.ones(n), self._dice.uniform(0, 2 * np.pi, n))
        return places + self._dice.normal(0, Line.STRAY * self._hand.radius, (n, 2))


def _on_ellipse(box: QRectF, share: Floats, angle: Floats) -> Floats:
    """Return places (n, 2) at a share of the way from the middle of ``box`` to its inscribed ellipse."""
    middle = (box.center().x(), box.center().y())
    return np.column_stack([
        middle[0] + share * box.width() / 2 * np.cos(angle),
        middle[1] + share * box.height() / 2 * np.sin(angle),
    ])  # fmt: skip


def outline_of(places: list[tuple[float, float]]) -> QPainterPath:
    """Return a path through places."""
    path = QPainterPath()
    if places:
        path.moveTo(QPointF(*places[0]))
        for _, place in pairwise(places):
            path.lineTo(QPointF(*place))
    return path
