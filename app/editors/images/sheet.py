"""The contact sheet: all pictures, small, painted by one widget; only what can be seen is drawn."""

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from app.editors.images.classes import shown_name
from app.editors.images.editor import ImagesEditor
from app.editors.images.painting import image_of, packed
from app.kit import ARROWS
from app.language import bind, tr
from app.theme import theme
from engines.core.arrays import Bools, Ints
from engines.core.dataset import TEST, TRAIN, VALIDATION
from engines.data.points import UNLABELLED

SMALLEST, USUAL, LARGEST = 20, 40, 120
BAR = 3  # height of the stripe in the colour of the class
GAP = 5  # between pictures, so that outlines and the frame of the selection fit
ZOOM = 1.15


class ContactSheet(QAbstractScrollArea):
    """Shows the pictures that the filter lets through. Click, Shift and Ctrl select; arrows walk; Ctrl+wheel enlarges.

    A dashed outline: held out for validation; a whole one: held out for the test. ``asked(QPoint)`` wants a menu.
    """

    asked = Signal(QPoint)

    def __init__(self, editor: ImagesEditor) -> None:
        super().__init__()
        self._editor = editor
        self._side = USUAL
        self._shown: Ints = np.zeros(0, int)
        self._parts: Ints = np.zeros(0, np.uint8)
        self._ringed: Bools = np.zeros(0, bool)
        self._row = -1  # that was last made visible
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        bind(self, self.setAccessibleName, "All pictures")
        editor.chosen.connect(self.refresh)
        editor.live.connect(self._show_live)
        theme.bind(self, self.refresh)

    # What is shown

    def show_parts(self, parts: Ints) -> None:
        """Tell which pictures are held out: (n,) TRAIN, VALIDATION or TEST."""
        self._parts = parts
        self.viewport().update()

    def ring(self, index: Ints) -> None:
        """Mark these pictures: (m,)."""
        self._ringed = np.zeros(len(self._editor.images), bool)
        self._ringed[index[index < len(self._ringed)]] = True
        self.viewport().update()
        if len(index):
            self._reveal(int(index[0]))

    def refresh(self) -> None:
        """Follow the editor."""
        self._shown = self._editor.shown
        self._measure()
        if self._editor.row != self._row:
            self._row = self._editor.row
            self._reveal(self._row)
        self.viewport().update()

    def _show_live(self) -> None:
        """Draw again the one picture that is drawn on."""
        place = int(np.searchsorted(self._shown, self._editor.row))
        if place < len(self._shown):
            self.viewport().update(self._cell(place))

    # Geometry

    @property
    def _step(self) -> tuple[int, int]:
        """Width and height of a cell."""
        height, width = self._editor.images.size
        across = (self.viewport().width() - GAP) // self.columns
        return across, max(8, round((across - GAP) * height / width)) + BAR + GAP

    @property
    def columns(self) -> int:
        """How many pictures stand side by side: as many as fit, and then they are enlarged to fill the width."""
        height, width = self._editor.images.size
        wanted = max(8, theme.px(self._side) * width / max(height, width))
        return max(1, int((self.viewport().width() - GAP) // (wanted + GAP)))

    def _cell(self, place: int) -> QRect:
        """Return where the picture at a place of the sheet is on the viewport."""
        width, height = self._step
        row, column = divmod(place, self.columns)
        return QRect(GAP // 2 + column * width, GAP // 2 + row * height - self.verticalScrollBar().value(), width,
                     height)  # fmt: skip

    def place_at(self, point: QPoint) -> int:
        """Return the number of the picture at a point of the viewport, -1 for none."""
        width, height = self._step
        column = (point.x() - GAP // 2) // width
        place = (point.y() - GAP // 2 + self.verticalScrollBar().value()) // height * self.columns + column
        inside = 0 <= column < self.columns and 0 <= place < len(self._shown)
        return int(self._shown[place]) if inside else -1

    def centre_of(self, row: int) -> QPoint:
        """Return the middle of a shown picture on the viewport."""
        return self._cell(int(np.searchsorted(self._shown, row))).center()

    def _measure(self) -> None:
        """Let the scroll bar cover all rows."""
        bar, height = self.verticalScrollBar(), self._step[1]
        total = -(-len(self._shown) // self.columns) * height + GAP
        bar.setRange(0, max(0, total - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(height)

    def _reveal(self, row: int) -> None:
        """Scroll as little as is needed for a picture to be seen."""
        place = int(np.searchsorted(self._shown, row))
        if place >= len(self._shown) or self._shown[place] != row:
            return
        cell, bar = self._cell(place), self.verticalScrollBar()
        if cell.top() < 0:
            bar.setValue(bar.value() + cell.top() - GAP)
        elif cell.bottom() > self.viewport().height():
            bar.setValue(bar.value() + cell.bottom() - self.viewport().height() + GAP)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Arrange anew."""
        super().resizeEvent(event)
        self._measure()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the pictures within the area that is to be drawn."""
        painter = QPainter(self.viewport())
        if not len(self._shown):
            if len(self._editor.images):
                painter.setPen(theme.tokens.color("muted"))
                painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, tr("No pictures of this class"))
            return
        height, top = self._step[1], self.verticalScrollBar().value()
        first = max(0, (event.rect().top() + top) // height) * self.columns
        last = min(len(self._shown), ((event.rect().bottom() + top) // height + 1) * self.columns)
        if first < last:
            corner = self._cell(first).topLeft()
            painter.drawImage(corner, self._composed(self._shown[first:last]))
            self._paint_outlines(painter, first, last)

    def _composed(self, rows: Ints) -> QImage:
        """Return pictures side by side with the stripes of their classes, put together at once: (m,)."""
        editor, images, tokens = self._editor, self._editor.images, theme.tokens
        across, down = self._step
        width, height = across - GAP, down - BAR - GAP
        y = np.arange(height) * images.size[0] // height
        x = np.arange(width) * images.size[1] // width
        small = images.pixels[rows[:, None, None], y[:, None], x]
        if (live := editor.pixels) is not None:
            small[rows == editor.row] = live[y[:, None], x]
        lines = -(-len(rows) // self.columns)
        cells = np.full((lines * self.columns, down, across), tokens.color("card").rgb(), np.uint32)
        inner = slice(GAP // 2, GAP // 2 + width)
        cells[: len(rows), GAP // 2 : GAP // 2 + height, inner] = packed(small)
        colours = np.array(
            [tokens.class_color(label).rgb() for label in range(UNLABELLED, len(images.names))], np.uint32
        )
        stripe = colours[images.y[rows] - UNLABELLED]
        cells[: len(rows), GAP // 2 + height : GAP // 2 + height + BAR, inner] = stripe[:, None, None]
        whole = cells.reshape(lines, self.columns, down, across).swapaxes(1, 2)
        return image_of(whole.reshape(lines * down, self.columns * across))

    def _paint_outlines(self, painter: QPainter, first: int, last: int) -> None:
        """Draw what is selected, ringed or held out."""
        rows = self._shown[first:last]
        parts = self._parts if len(self._parts) == len(self._editor.images) else np.zeros(len(self._editor.images))
        ringed = self._ringed if len(self._ringed) == len(self._editor.images) else np.zeros(len(parts), bool)
        marked = (parts[rows] != TRAIN) | self._editor.selected[rows] | ringed[rows]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for place in np.flatnonzero(marked).tolist():
            row = int(rows[place])
            cell = self._cell(first + place)
            area = QRect(cell.left() + GAP // 2, cell.top() + GAP // 2, cell.width() - GAP, cell.height() - GAP)
            self._paint_outline(painter, area, row, int(parts[row]), bool(ringed[row]))

    def _paint_outline(self, painter: QPainter, area: QRect, row: int, part: int, ringed: bool) -> None:
        tokens, selected = theme.tokens, bool(self._editor.selected[row])
        style = Qt.PenStyle.DashLine if part == VALIDATION else Qt.PenStyle.SolidLine
        if selected:
            self._outline(painter, area, QPen(tokens.color("accent"), 3 if row == self._editor.row else 2))
        elif ringed:
            self._outline(painter, area, QPen(tokens.color("bad"), 3))
        elif part != TRAIN:
            self._outline(painter, area, QPen(tokens.color("text"), 1, style))
        if selected and part != TRAIN:
            painter.setPen(QPen(QColor(255, 255, 255), 1, style))
            painter.drawRect(area.adjusted(1, 1, -2, -2))

    def _outline(self, painter: QPainter, area: QRect, pen: QPen) -> None:
        painter.setPen(pen)
        painter.drawRect(area.adjusted(-1, -1, 0, 0))

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Select."""
        row = self.place_at(event.position().toPoint())
        if row < 0:
            return
        keys = event.modifiers()
        if event.button() is Qt.MouseButton.RightButton and self._editor.selected[row]:
            return  # the menu is for all that is selected
        self._editor.pick(
            row,
            add=bool(keys & Qt.KeyboardModifier.ControlModifier),
            reach=bool(keys & Qt.KeyboardModifier.ShiftModifier),
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Select on while the button is held."""
        row = self.place_at(event.position().toPoint())
        if row >= 0 and event.buttons() & Qt.MouseButton.LeftButton and row != self._editor.row:
            self._editor.pick(row, reach=True)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Offer what can be done to what is selected."""
        if self._editor.selected.any():
            self.asked.emit(event.globalPos())

    def event(self, event: QEvent) -> bool:
        """Claim the arrows before the window's shortcuts see them; elsewhere they step the run."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            if event.key() in ARROWS and plain:
                event.accept()
                return True
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Tell number, class and share of the picture under the mouse."""
        if event.type() is QEvent.Type.ToolTip and hasattr(event, "pos"):
            row = self.place_at(event.pos())
            if row >= 0:
                QToolTip.showText(event.globalPos(), self._told(row), self.viewport())  # type: ignore[attr-defined]
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def _told(self, row: int) -> str:
        images = self._editor.images
        part = int(self._parts[row]) if row < len(self._parts) else TRAIN
        name = shown_name(images, int(images.y[row]))
        if part == TEST:
            return tr("Picture {n}: {name}, held out for the test", n=row + 1, name=name)
        if part == VALIDATION:
            return tr("Picture {n}: {name}, held out for validation", n=row + 1, name=name)
        return tr("Picture {n}: {name}, for training", n=row + 1, name=name)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Walk over the pictures."""
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -self.columns, Qt.Key.Key_Down: self.columns,
            Qt.Key.Key_Home: -len(self._shown), Qt.Key.Key_End: len(self._shown),
        }  # fmt: skip
        by = steps.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        else:
            self._editor.step(by)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Scroll; with Ctrl enlarge or reduce."""
        turn = event.angleDelta().y()
        if turn and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(ZOOM if turn > 0 else 1 / ZOOM)
            event.accept()
        else:
            super().wheelEvent(event)

    def zoom(self, factor: float) -> None:
        """Show the pictures larger or smaller."""
        self._side = round(min(LARGEST, max(SMALLEST, self._side * factor)))
        self._measure()
        self._reveal(self._editor.row)
        self.viewport().update()
