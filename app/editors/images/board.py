"""The drawing board: one picture, large, pixel by pixel, with its boxes."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QShortcut,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.editors.images.classes import shown_name
from app.editors.images.editor import TOOLS, ImagesEditor
from app.editors.images.painting import picture_of
from app.editors.images.tools import SIDES, BoxTool, box_at, corner_at
from app.language import bind, speaker
from app.theme import theme
from engines.data.images import BOTTOM, CLASS, LEFT, RIGHT, TOP
from engines.data.points import UNLABELLED

LEAST_GRID = 6  # screen pixels a pixel must have for the grid to be drawn
GRID = QColor(128, 128, 128, 72)
REACH = 6  # screen pixels about the corner of a box
DRAWING = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)


class Board(QWidget):
    """Shows the picture of the editor and lets the mouse draw on it. The right button erases."""

    def __init__(self, editor: ImagesEditor) -> None:
        super().__init__()
        self._editor = editor
        self._mouse: tuple[float, float] | None = None  # in pixels of the picture
        self._grid, self._grid_of = QPixmap(), (0.0, 0.0, 0, 0)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        bind(self, self.setAccessibleName, "Drawing board")
        editor.live.connect(self.update)
        editor.chosen.connect(self._show)
        speaker.changed.connect(self.update)
        theme.bind(self, lambda: self.setMinimumSize(theme.px(160), theme.px(160)))
        theme.bind(self, self.update)
        self._add_keys()

    def _add_keys(self) -> None:
        editor = self._editor
        for tool in TOOLS:
            self._on_key(tool.key, partial(editor.choose, tool))
        for digit in range(10):
            self._on_key(f"{digit}", partial(editor.label_by_key, digit))
        for keys, right, down in (
            ("Shift+Left", -1, 0), ("Shift+Right", 1, 0), ("Shift+Up", 0, -1), ("Shift+Down", 0, 1),
        ):  # fmt: skip
            self._on_key(keys, partial(editor.shift, right, down))
        for keys, act in (
            ("-", lambda: editor.label(UNLABELLED)),
            ("[", lambda: editor.set_pen(size=editor.hand.size - 1)),
            ("]", lambda: editor.set_pen(size=editor.hand.size + 1)),
            ("N", editor.new_picture),
            ("I", editor.invert),
            ("Ctrl+J", editor.duplicate),
            ("Ctrl+A", editor.select_shown),
            ("Del", editor.remove),
            ("Backspace", editor.remove),
            ("PgUp", lambda: editor.step(-1)),
            ("PgDown", lambda: editor.step(1)),
        ):
            self._on_key(keys, act)

    def _on_key(self, keys: str, act: Callable[[], object]) -> None:
        QShortcut(QKeySequence(keys), self).activated.connect(act)

    # Geometry

    @property
    def cell(self) -> float:
        """Screen pixels a pixel of the picture has."""
        height, width = self._editor.images.size
        cell = min((self.width() - 2) / width, (self.height() - 2) / height)
        return float(int(cell)) if cell >= 1 else max(0.05, cell)

    @property
    def frame(self) -> QRectF:
        """Where the picture is."""
        height, width = self._editor.images.size
        cell = self.cell
        return QRectF(int((self.width() - width * cell) / 2), 1, width * cell, height * cell)

    def to_screen(self, x: float, y: float) -> QPointF:
        """Return where a place of the picture is on this widget."""
        frame = self.frame
        return QPointF(frame.left() + x * self.cell, frame.top() + y * self.cell)

    def _at(self, event: QMouseEvent) -> tuple[float, float]:
        frame = self.frame
        place = event.position()
        return (place.x() - frame.left()) / self.cell, (place.y() - frame.top()) / self.cell

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for a good place to draw."""
        return QSize(theme.px(420), theme.px(420))

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin to draw."""
        if event.button() in DRAWING and not self._editor.drawing:
            erasing = event.button() is Qt.MouseButton.RightButton
            self._editor.press(*self._at(event), erasing=erasing, reach=REACH / self.cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Go on drawing, and let the outline of the pen follow."""
        self._mouse = self._at(event)
        if self._editor.drawing:
            self._editor.drag(*self._mouse)
        self._show_cursor()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """End the stroke."""
        if event.button() in DRAWING:
            self._editor.release()

    def leaveEvent(self, _: QEvent) -> None:  # noqa: N802 - Qt's name
        """Take the outline of the pen away."""
        self._mouse = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Ctrl and the wheel change the pen, the wheel alone the picture."""
        turn = event.angleDelta().y()
        if turn and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._editor.set_pen(size=self._editor.hand.size + (1 if turn > 0 else -1))
        elif turn:
            self._editor.step(-1 if turn > 0 else 1)
        event.accept()

    # What is shown

    def _show(self) -> None:
        self._show_cursor()
        self.update()

    def _show_cursor(self) -> None:
        shape = Qt.CursorShape.CrossCursor
        if self._editor.tool is BoxTool and self._mouse is not None:
            boxes = self._editor.boxes
            if corner_at(boxes, self._editor.box, *self._mouse, REACH / self.cell) is not None:
                shape = Qt.CursorShape.SizeAllCursor
            elif box_at(boxes, *self._mouse) >= 0:
                shape = Qt.CursorShape.OpenHandCursor
        if self.cursor().shape() is not shape:
            self.setCursor(shape)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the picture, the grid, the boxes and the outline of the pen."""
        pixels = self._editor.pixels
        if pixels is None:
            return
        painter = QPainter(self)
        frame, cell = self.frame, self.cell
        painter.drawImage(frame, picture_of(pixels))
        if cell >= LEAST_GRID:
            self._paint_grid(painter, frame, cell, pixels.shape[0], pixels.shape[1])
        painter.setPen(QPen(theme.tokens.color("faint"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(frame.adjusted(-0.5, -0.5, 0.5, 0.5))
        self._paint_boxes(painter)
        self._paint_pen(painter, cell)

    def _paint_grid(self, painter: QPainter, frame: QRectF, cell: float, rows: int, columns: int) -> None:
        """Lay the grid over the picture; it is kept, as lines are slow to draw."""
        size = (frame.width(), frame.height(), rows, columns)
        if size != self._grid_of:
            self._grid_of = size
            self._grid = grid = QPixmap(frame.size().toSize())
            grid.fill(Qt.GlobalColor.transparent)
            on_grid = QPainter(grid)
            for k in range(1, columns):
                on_grid.fillRect(int(k * cell), 0, 1, grid.height(), GRID)
            for k in range(1, rows):
                on_grid.fillRect(0, int(k * cell), grid.width(), 1, GRID)
            on_grid.end()
        painter.drawPixmap(frame.topLeft(), self._grid)

    def _paint_boxes(self, painter: QPainter) -> None:
        editor, tokens = self._editor, theme.tokens
        painter.setFont(theme.font("small"))
        for place, box in enumerate(editor.boxes):
            label, chosen = int(box[CLASS]), place == editor.box
            colour = tokens.class_color(label)
            area = QRectF(self.to_screen(box[LEFT], box[TOP]), self.to_screen(box[RIGHT], box[BOTTOM]))
            painter.setPen(QPen(colour, 3 if chosen else 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area)
            name = shown_name(editor.images, label)
            width = painter.fontMetrics().horizontalAdvance(name) + 8
            height = painter.fontMetrics().height() + 2
            top = area.top() - height if area.top() - height >= self.frame.top() else area.top()
            tag = QRectF(area.left() - 1, top, width, height)
            painter.fillRect(tag, colour)
            painter.setPen(QColor("#10141c"))
            painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, name)
            if chosen:
                painter.setPen(QPen(colour, 2))
                painter.setBrush(tokens.color("card"))
                for across, up in SIDES:
                    corner = self.to_screen(box[across], box[up])
                    painter.drawRect(QRectF(corner.x() - 4, corner.y() - 4, 8, 8))

    def _paint_pen(self, painter: QPainter, cell: float) -> None:
        editor = self._editor
        if self._mouse is None or not editor.tool.draws:
            return
        centre = self.to_screen(*self._mouse)
        radius = editor.hand.size * cell / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((QColor(0, 0, 0, 150), 3.0), (QColor(255, 255, 255, 230), 1.2)):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(centre, radius, radius)
