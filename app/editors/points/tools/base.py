"""What every tool is: something that works on the document while a mouse button is down on the plane."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainterPath

from app.editors.points.document import PointsDocument
from app.editors.points.selection import Selection
from app.views.plane import PlaneEvent

GRAB_PIXELS = 14


@dataclass
class Hand:
    """What the learner has in hand: the class of each mouse button (-1: none) and how tools work.

    radius: in data units. intensity: from 1 to 100, how much at once. value: the number that is painted where numbers
    are learned, of the right button its negative. grid: the distance of the lines that points are put on.
    """

    left: int = 0
    right: int = 1
    radius: float = 0.45
    intensity: float = 30.0
    value: float = 1.0
    grid: float = 0.5

    def label(self, button: Qt.MouseButton) -> int:
        """Return the class that a button paints."""
        return self.right if button is Qt.MouseButton.RightButton else self.left

    def number(self, button: Qt.MouseButton) -> float:
        """Return the number that a button paints."""
        return -self.value if button is Qt.MouseButton.RightButton else self.value


class Tool:
    """Base of the tools. round: whether the circle under the cursor means something.

    intense: whether the intensity does. continuous: whether it goes on working while the mouse rests (``tick``).
    paints: whether it uses the class in hand.
    """

    name: ClassVar[str] = ""
    text: ClassVar[str] = ""
    hint: ClassVar[str] = ""
    icon: ClassVar[str] = ""
    key: ClassVar[str] = ""
    gesture: ClassVar[str] = ""
    round: ClassVar[bool] = False
    intense: ClassVar[bool] = False
    continuous: ClassVar[bool] = False
    paints: ClassVar[bool] = False

    def __init__(self, document: PointsDocument, hand: Hand, selection: Selection) -> None:
        self._document, self._hand, self._selection = document, hand, selection
        self._dice = np.random.default_rng()

    def press(self, at: PlaneEvent) -> None:
        """Begin."""

    def drag(self, at: PlaneEvent) -> None:
        """Go on with the button down."""

    def tick(self, at: PlaneEvent) -> None:
        """Go on while the button is down and the mouse rests."""

    def release(self, at: PlaneEvent) -> None:
        """End."""

    def ghost(self) -> QPainterPath | None:
        """Return what will come of the gesture, as an outline in data units; None for nothing."""
        return None
