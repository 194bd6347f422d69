"""What the mouse does on the plane: each tool is a small class with press, drag and release."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt

from app.editors.points.document import PointsDocument
from app.views.plane import PlaneEvent

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
    """Sprays a few points within the radius, again each time the mouse has gone half a radius."""

    name, text, icon, key, gesture, round = "brush", "Brush", "brush", "B", "Brush stroke", True
    _last: tuple[float, float] = (0.0, 0.0)

    def press(self, at: PlaneEvent) -> None:
        """Spray where the button went down."""
        self._spray(at)

    def drag(self, at: PlaneEvent) -> None:
        """Spray along the way."""
        if np.hypot(at.x - self._last[0], at.y - self._last[1]) >= self._hand.radius / 2:
            self._spray(at)

    def _spray(self, at: PlaneEvent) -> None:
        self._last = (at.x, at.y)
        dice = np.random.default_rng()
        radius = self._hand.radius * np.sqrt(dice.random(PER_SPRAY))
        angle = dice.uniform(0, 2 * np.pi, PER_SPRAY)
        places = np.column_stack([at.x + radius * np.cos(angle), at.y + radius * np.sin(angle)])
        self._document.add(places, self._hand.label(at.button))


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
        row, distance = self._document.nearest(at.x, at.y)
        self._row = row if distance <= GRAB_PIXELS * at.per_pixel else -1

    def drag(self, at: PlaneEvent) -> None:
        """Move it."""
        if self._row >= 0:
            self._document.move(self._row, at.x, at.y)

    def release(self, at: PlaneEvent) -> None:
        """Let go."""
        self._row = -1


class Eraser(Tool):
    """Takes away the points within the radius."""

    name, text, icon, key, gesture, round = "eraser", "Eraser", "eraser", "E", "Erase", True

    def press(self, at: PlaneEvent) -> None:
        """Erase where the button went down."""
        self._document.remove(self._document.near(at.x, at.y, self._hand.radius))

    def drag(self, at: PlaneEvent) -> None:
        """Erase along the way."""
        self.press(at)


TOOLS: tuple[type[Tool], ...] = (Move, Brush, Single, Eraser)
