"""Brings plane, tools, selection and document together."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut

from app.editors.points.clipboard import copy_points, paste_points
from app.editors.points.document import PointsDocument
from app.editors.points.selection import Selection
from app.editors.points.tools import TOOLS, Brush, Hand, Tool
from app.editors.points.tools.selecting import Selector, handles
from app.views.plane import Plane, PlaneEvent
from app.views.tool_overlay import MOST_RINGS, ToolOverlay
from engines.core.language import Note
from engines.data.points import MOST_CLASSES, UNLABELLED

SMALLEST, LARGEST = 0.05, 4.0
WIDEN = 1.1  # by how much a key or a notch of the wheel changes the radius
FAINTEST, STRONGEST = 1.0, 100.0
STRENGTHEN = 1.25
PAINTING = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)
TICK_MILLISECONDS = 30


class PointsEditor(QObject):
    """Lets the chosen tool work on the document. ``chosen`` fires when tool, classes, radius or intensity change.

    Keys: 1 to 8 give a class to the left button, 9 gives it none; with Shift to the right one. [ and ] are the radius,
    { and } the intensity. ``said(Note, kind)`` is for the message bar.
    """

    chosen = Signal()
    said = Signal(object, str)

    def __init__(self, plane: Plane, document: PointsDocument) -> None:
        super().__init__(plane)
        self.plane, self.document = plane, document
        self.hand = Hand()
        self.selection = Selection(document)
        self.selection.setParent(self)
        self.tools = {tool.name: tool(document, self.hand, self.selection) for tool in TOOLS}
        self.tool: Tool = self.tools[Brush.name]
        self.classes_shown = 2
        self._working: Tool | None = None  # the tool of the gesture: another one may be chosen before it ends
        self._mouse: tuple[float, float] | None = None  # where it is over the plane
        self._last: PlaneEvent | None = None  # of the gesture under way
        self._ticks = QTimer(self, interval=TICK_MILLISECONDS)
        self._ticks.timeout.connect(self._tick)
        self._overlay = ToolOverlay()
        plane.addItem(self._overlay, ignoreBounds=True)
        plane.pressed.connect(self._press)
        plane.moved.connect(self._move)
        plane.released.connect(self._release)
        plane.left.connect(self._leave)
        plane.wheeled.connect(self._turn)
        plane.zoomed.connect(self._show_selection)
        document.changed.connect(self._show)
        document.loaded.connect(self._show_only_used_classes)
        self.selection.changed.connect(self._show_selection)
        self._add_keys()

    def _add_keys(self) -> None:
        """Act at once: a button's own shortcut first shows it pressed, and a quick hand would use the old tool."""
        for tool in TOOLS:
            self._on_key(tool.key, partial(self.choose, tool.name))
        for key, factor in (("[", 1 / WIDEN), ("]", WIDEN)):
            self._on_key(key, partial(self.widen, factor))
        for key, factor in (("{", 1 / STRENGTHEN), ("}", STRENGTHEN)):
            self._on_key(key, partial(self.strengthen, factor))
        for place, label in enumerate((*range(MOST_CLASSES), UNLABELLED), start=1):
            self._on_key(f"{place}", partial(self.choose_class, label))
            self._on_key(f"Shift+{place}", partial(self.choose_class, label, Qt.MouseButton.RightButton))
        for keys, act in (
            ("Del", self.selection.remove),
            ("Backspace", self.selection.remove),
            ("Esc", self.selection.clear),
            ("Ctrl+A", self.select_all),
            ("Ctrl+J", self.selection.duplicate),
            ("Ctrl+C", self.copy),
            ("Ctrl+V", self.paste),
        ):
            self._on_key(keys, act)

    def _on_key(self, keys: str, act: Callable[[], object]) -> None:
        QShortcut(QKeySequence(keys), self.plane).activated.connect(act)

    # What is chosen

    def choose(self, name: str) -> None:
        """Take a tool by its name; one that does not select lets go of what is selected."""
        self.tool = self.tools[name]
        if not isinstance(self.tool, Selector):
            self.selection.clear()
        self._show_cursor()
        self.chosen.emit()

    def choose_class(self, label: int, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        """Give a class to a mouse button; UNLABELLED is none.

        What is selected gets that class. A tool that does not paint gives way to the brush.
        """
        if not UNLABELLED <= label < MOST_CLASSES:
            return
        self.classes_shown = max(self.classes_shown, label + 1)
        if button is Qt.MouseButton.RightButton:
            self.hand.right = label
        else:
            self.hand.left = label
        if len(self.selection):
            self.selection.label(label)
        if self.tool.paints or len(self.selection):
            self.chosen.emit()
        else:
            self.choose(Brush.name)

    def add_class(self) -> None:
        """Show one more class, at most eight, and take it in the left hand."""
        if self.classes_shown < MOST_CLASSES:
            self.choose_class(self.classes_shown)

    def drop_class(self, label: int) -> None:
        """Show one class fewer: it was merged or deleted, and those above it have moved down."""
        hand = self.hand
        self.classes_shown = max(2, self.classes_shown - 1)
        hand.left, hand.right = (min(held - (held > label), self.classes_shown - 1) for held in (hand.left, hand.right))
        self.chosen.emit()

    def widen(self, factor: float) -> None:
        """Make the radius larger or smaller."""
        self.set_radius(self.hand.radius * factor)

    def set_radius(self, radius: float) -> None:
        """Take this radius, within bounds."""
        self.hand.radius = min(LARGEST, max(SMALLEST, radius))
        self._show_cursor()
        self.chosen.emit()

    def strengthen(self, factor: float) -> None:
        """Make the intensity larger or smaller."""
        self.set_intensity(self.hand.intensity * factor)

    def set_intensity(self, intensity: float) -> None:
        """Take this intensity, within bounds."""
        self.hand.intensity = min(STRONGEST, max(FAINTEST, intensity))
        self._show_cursor()
        self.chosen.emit()

    def select_all(self) -> None:
        """Select every point, with the tool for it."""
        if not isinstance(self.tool, Selector):
            self.choose("select")
        self.selection.select_all()

    # The clipboard

    def copy(self) -> None:
        """Put the selected points, or all, into the clipboard as columns of a spreadsheet."""
        copy_points(self.document, self.selection.rows)

    def paste(self) -> None:
        """Add points from columns of a spreadsheet and select them."""
        rows, note = paste_points(self.document, self.hand.left)
        if len(rows):
            self.choose("select")
            self.selection.select(rows)
        if isinstance(note, Note):
            self.said.emit(note, "warn")

    # The mouse

    def _press(self, at: PlaneEvent) -> None:
        if at.button in PAINTING:
            self._working, self._last = self.tool, at
            self.document.begin(self._working.gesture)
            self._working.press(at)
            if self._working.continuous:
                self._ticks.start()
            self._show_ghost()

    def _move(self, at: PlaneEvent) -> None:
        if self._working and at.button is not Qt.MouseButton.NoButton:
            self._last = at
            self._working.drag(at)
            self._show_ghost()
        self._mouse = (at.x, at.y)
        self._show_cursor()

    def _tick(self) -> None:
        if self._working and self._last:
            self._working.tick(self._last)

    def _release(self, at: PlaneEvent) -> None:
        if self._working:
            self._ticks.stop()
            self._working.release(at)
            self._working = None
            self.document.end()
            self._show_ghost()

    def _turn(self, modifiers: Qt.KeyboardModifier, turn: int) -> None:
        """Follow the wheel: Ctrl changes the radius, Shift the intensity."""
        up = turn > 0
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self.widen(WIDEN if up else 1 / WIDEN)
        else:
            self.strengthen(STRENGTHEN if up else 1 / STRENGTHEN)

    def _leave(self) -> None:
        self._mouse = None
        self._show_cursor()

    # What is shown

    def _show_cursor(self) -> None:
        if self._mouse and self.tool.round:
            strength = self.hand.intensity / STRONGEST if self.tool.intense else 0.0
            self.plane.show_cursor(self.hand.radius, *self._mouse, strength=strength)
        else:
            self.plane.show_cursor(None)

    def _show_ghost(self) -> None:
        self._overlay.show_ghost(self._working.ghost() if self._working else None)

    def _show_selection(self) -> None:
        rows, box = self.selection.rows, self.selection.box
        places = self.document.x[rows] if len(rows) <= MOST_RINGS else self.document.x[rows[:0]]
        around = handles(self.selection, self.plane.per_pixel) if len(rows) > 1 else {}
        self._overlay.show_selection(places, box, around)
        self.chosen.emit()

    def _show_only_used_classes(self) -> None:
        self.classes_shown = max(2, self.hand.left + 1, self.hand.right + 1)

    def _show(self) -> None:
        highest = int(self.document.y.max(initial=-1)) if len(self.document.y) < 100_000 else -1
        self.classes_shown = max(self.classes_shown, highest + 1, len(self.document.looks.names))
        self.chosen.emit()
