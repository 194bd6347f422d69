"""What the mouse does on the plane: each tool is a small class with press, drag and release."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt

from app.editors.points.document import PointsDocument
from app.views.plane import PlaneEvent
from engines.core.arrays import Floats

PER_SPRAY = 3
GRAB_PIXELS = 14


@dataclass
class Hand:
    """What the learner has in hand: the class of each mouse button (-1: none) and the radius in data units."""

    left: int = 0
    right: int = 1
    radius: float = 0.45

    def label(self, button: Qt.MouseButton) -> int:
        """Return the class that a button paints."""
        return self.right if button is Qt.MouseButton.RightButton else self.left


class Tool:
    """Base of the tools. round: whether the circle under the cursor means something."""

    name: ClassVar[str] = ""
    text: ClassVar[str] = ""
    icon: ClassVar[str] = ""
    key: ClassVar[str] = ""
    gesture: ClassVar[str] = ""
    round: ClassVar[bool] = False

    def __init__(self, document: PointsDocument, hand: Hand) -> None:
        self._document, self._hand = document, hand

    def press(self, at: PlaneEvent) -> None:
        """Begin."""

    def drag(self, at: PlaneEvent) -> None:
        """Go on with the button down."""

    def release(self, at: PlaneEvent) -> None:
        """End."""


class Brush(Tool):
    """Sprays a few points within the radius, again after every half radius of the way, however fast the mouse goes."""

    name, text, icon, key, gesture, round = "brush", "Brush", "brush", "B", "Brush stroke", True

    def __init__(self, document: PointsDocument, hand: Hand) -> None:
        super().__init__(document, hand)
        self._last = np.zeros(2)  # where it sprayed last
        self._dice = np.random.default_rng()

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
        centres = np.repeat(places, PER_SPRAY, axis=0)
        radius = self._hand.radius * np.sqrt(self._dice.random(len(centres)))
        angle = self._dice.uniform(0, 2 * np.pi, len(centres))
        around = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
        self._document.add(centres + around, self._hand.label(button))


class Single(Tool):
    """Puts one point exactly where one clicks."""

    name, text, icon, key, gesture = "point", "Single point", "point", "P", "Add a point"

    def press(self, at: PlaneEvent) -> None:
        """Put the point."""
        self._document.add(np.array([[at.x, at.y]]), self._hand.label(at.button))


class Move(Tool):
    """Drags the nearest point."""

    name, text, icon, key, gesture = "move", "Move a point", "move", "V", "Move a point"
    _row = -1

    def press(self, at: PlaneEvent) -> None:
        """Take the point under the mouse."""
        self._row = self._document.nearest(at.x, at.y, GRAB_PIXELS * at.per_pixel)

    def drag(self, at: PlaneEvent) -> None:
        """Move it."""
        if self._row >= 0:
            self._document.move(np.array([self._row]), np.array([[at.x, at.y]]))

    def release(self, at: PlaneEvent) -> None:
        """Let go."""
        self._row = -1


class Eraser(Tool):
    """Takes away the points within the radius."""

    name, text, icon, key, gesture, round = "eraser", "Eraser", "eraser", "E", "Erase", True
    _last: tuple[float, float] = (0.0, 0.0)

    def press(self, at: PlaneEvent) -> None:
        """Erase where the button went down."""
        self._last = (at.x, at.y)
        self.drag(at)

    def drag(self, at: PlaneEvent) -> None:
        """Erase along the way, also between two places of a fast mouse."""
        here = (at.x, at.y)
        self._document.remove(self._document.along(self._last, here, self._hand.radius))
        self._last = here


TOOLS: tuple[type[Tool], ...] = (Move, Brush, Single, Eraser)
