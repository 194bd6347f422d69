"""A plane with its editor, and a hand on the mouse: shared by the tests of the points editor."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.editors.points.document import PointsDocument
from app.editors.points.editor import PointsEditor
from app.editors.points.toolbar import OptionStrip, ToolBox
from app.views.plane import Plane
from engines.data.points import Points

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
Place = tuple[float, float]


@dataclass
class Desk:
    """A plane with its editor and toolbar, and a hand on the mouse."""

    window: QWidget
    plane: Plane
    document: PointsDocument
    editor: PointsEditor
    toolbar: OptionStrip
    tools: ToolBox

    def pixel(self, place: Place) -> QPoint:
        return self.plane.mapFromScene(self.plane.getViewBox().mapViewToScene(QPointF(*place)))

    def press(self, place: Place, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.mousePress(self.plane.viewport(), button, keys, self.pixel(place))

    def go(self, place: Place, keys: Qt.KeyboardModifier = NONE) -> None:
        if keys is NONE:
            QTest.mouseMove(self.plane.viewport(), self.pixel(place))
            return
        at = QPointF(self.pixel(place))  # QTest.mouseMove takes no keys
        moved = QMouseEvent(
            QEvent.Type.MouseMove, at, self.plane.viewport().mapToGlobal(at), Qt.MouseButton.NoButton, LEFT, keys
        )
        QApplication.sendEvent(self.plane.viewport(), moved)

    def release(self, place: Place, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseRelease(self.plane.viewport(), button, keys, self.pixel(place))

    def drag(
        self,
        start: Place,
        end: Place,
        button: Qt.MouseButton = LEFT,
        moves: int = 10,
        keys: Qt.KeyboardModifier = NONE,
    ) -> None:
        self.press(start, button, keys)
        for share in np.linspace(0, 1, moves + 1)[1:]:
            self.go(tuple(np.add(start, share * np.subtract(end, start))), keys)
        self.release(end, button, keys)

    def click(self, place: Place, button: Qt.MouseButton = LEFT) -> None:
        self.press(place, button)
        self.release(place, button)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.window, key, modifiers)

    @property
    def points(self) -> Points:
        return self.document.points
