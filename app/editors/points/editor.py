"""Brings plane, tool and document together."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut

from app.editors.points.document import PointsDocument
from app.editors.points.tools import TOOLS, Brush, Hand, Tool
from app.views.plane import Plane, PlaneEvent
from engines.data.points import MOST_CLASSES, UNLABELLED

SMALLEST, LARGEST = 0.05, 4.0
WIDEN = 1.1  # by how much a key or a notch of the wheel changes the radius
PAINTING = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)


class PointsEditor(QObject):
    """Lets the chosen tool work on the document. ``chosen`` fires when tool, classes or radius change.

    Keys: 1 to 8 give a class to the left button, 9 gives it none; with Shift to the right one. [ and ] are the radius.
    """

    chosen = Signal()

    def __init__(self, plane: Plane, document: PointsDocument) -> None:
        super().__init__(plane)
        self.plane, self.document = plane, document
        self.hand = Hand()
        self.tools = {tool.name: tool(document, self.hand) for tool in TOOLS}
        self.tool: Tool = self.tools[Brush.name]
        self.classes_shown = 2
        self._working: Tool | None = None  # the tool of the gesture: another one may be chosen before it ends
        self._mouse: tuple[float, float] | None = None  # where it is over the plane
        plane.pressed.connect(self._press)
        plane.moved.connect(self._move)
        plane.released.connect(self._release)
        plane.left.connect(self._leave)
        plane.wheeled.connect(lambda _, turn: self.widen(WIDEN if turn > 0 else 1 / WIDEN))
        document.changed.connect(self._show)
        document.loaded.connect(self._show_only_used_classes)
        self._add_keys()

    def _add_keys(self) -> None:
        """Act at once: a button's own shortcut first shows it pressed, and a quick hand would use the old tool."""
        for tool in TOOLS:
            self._on_key(tool.key, partial(self.choose, tool.name))
        for key, factor in (("[", 1 / WIDEN), ("]", WIDEN)):
            self._on_key(key, partial(self.widen, factor))
        for place, label in enumerate((*range(MOST_CLASSES), UNLABELLED), start=1):
            self._on_key(f"{place}", partial(self.choose_class, label))
            self._on_key(f"Shift+{place}", partial(self.choose_class, label, Qt.MouseButton.RightButton))

    def _on_key(self, keys: str, act: Callable[[], object]) -> None:
        QShortcut(QKeySequence(keys), self.plane).activated.connect(act)

    def choose(self, name: str) -> None:
        """Take a tool: brush, point, move or eraser."""
        self.tool = self.tools[name]
        self._show_cursor()
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
            self.choose(Brush.name)
        else:
            self.chosen.emit()

    def add_class(self) -> None:
        """Show one more class, at most eight, and take it in the left hand."""
        if self.classes_shown < MOST_CLASSES:
            self.choose_class(self.classes_shown)

    def widen(self, factor: float) -> None:
        """Make the radius larger or smaller."""
        self.hand.radius = min(LARGEST, max(SMALLEST, self.hand.radius * factor))
        self._show_cursor()
        self.chosen.emit()

    def _press(self, at: PlaneEvent) -> None:
        if at.button in PAINTING:
            self._working = self.tool
            self.document.begin(self._working.gesture)
            self._working.press(at)

    def _move(self, at: PlaneEvent) -> None:
        if self._working and at.button is not Qt.MouseButton.NoButton:
            self._working.drag(at)
        self._mouse = (at.x, at.y)
        self._show_cursor()

    def _release(self, at: PlaneEvent) -> None:
        if self._working:
            self._working.release(at)
            self._working = None
            self.document.end()

    def _leave(self) -> None:
        self._mouse = None
        self._show_cursor()

    def _show_cursor(self) -> None:
        if self._mouse and self.tool.round:
            self.plane.show_cursor(self.hand.radius, *self._mouse)
        else:
            self.plane.show_cursor(None)

    def _show_only_used_classes(self) -> None:
        self.classes_shown = max(2, self.hand.left + 1, self.hand.right + 1)

    def _show(self) -> None:
        points = self.document.points
        self.classes_shown = max(self.classes_shown, points.n_classes)
        self.chosen.emit()
