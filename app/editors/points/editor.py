"""Brings plane, tool and document together."""

from PySide6.QtCore import QObject, Qt, Signal

from app.editors.points.document import PointsDocument
from app.editors.points.tools import TOOLS, Brush, Hand, Tool
from app.views.plane import Plane, PlaneEvent
from engines.data.points import MOST_CLASSES, UNLABELLED

SMALLEST, LARGEST = 0.05, 4.0


class PointsEditor(QObject):
    """Lets the chosen tool work on the document. ``chosen`` fires when tool, classes or radius change."""

    chosen = Signal()

    def __init__(self, plane: Plane, document: PointsDocument) -> None:
        super().__init__(plane)
        self.plane, self.document = plane, document
        self.hand = Hand()
        self.tools = {tool.name: tool(document, self.hand) for tool in TOOLS}
        self.tool: Tool = self.tools[Brush.name]
        self.classes_shown = 2
        plane.pressed.connect(self._press)
        plane.moved.connect(self._move)
        plane.released.connect(self._release)
        plane.wheeled.connect(lambda _, turn: self.widen(1.1 if turn > 0 else 1 / 1.1))
        document.changed.connect(self._show)
        document.loaded.connect(self._show_only_used_classes)

    def choose(self, name: str) -> None:
        """Take a tool: brush, point, move or eraser."""
        self.tool = self.tools[name]
        self.plane.show_cursor(None)
        self.chosen.emit()

    def choose_class(self, label: int, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        """Give a class to a mouse button; UNLABELLED is none. A tool that does not paint gives way to the brush."""
        if not UNLABELLED <= label < MOST_CLASSES:
            return
        self.classes_shown = max(self.classes_shown, label + 1)
        if button is Qt.MouseButton.RightButton:
            self.hand.right = label
        else:
            self.hand.left = label
        if self.tool.name not in ("brush", "point"):
            self.tool = self.tools[Brush.name]
        self.chosen.emit()

    def add_class(self) -> None:
        """Show one more class, at most eight, and take it in the left hand."""
        if self.classes_shown < MOST_CLASSES:
            self.choose_class(self.classes_shown)

    def widen(self, factor: float) -> None:
        """Make the radius larger or smaller."""
        self.hand.radius = min(LARGEST, max(SMALLEST, self.hand.radius * factor))
        self.chosen.emit()

    def _press(self, at: PlaneEvent) -> None:
        self.document.begin(self.tool.gesture)
        self.tool.press(at)

    def _move(self, at: PlaneEvent) -> None:
        if at.button is not Qt.MouseButton.NoButton:
            self.tool.drag(at)
        self.plane.show_cursor(self.hand.radius if self.tool.round else None, at.x, at.y)

    def _release(self, at: PlaneEvent) -> None:
        self.tool.release(at)
        self.document.end()

    def _show_only_used_classes(self) -> None:
        self.classes_shown = max(2, self.hand.left + 1, self.hand.right + 1)

    def _show(self) -> None:
        points = self.document.points
        self.classes_shown = max(self.classes_shown, points.n_classes)
        self.chosen.emit()
