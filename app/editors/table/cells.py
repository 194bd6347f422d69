"""Draws a cell, straight with the painter: a page of them within a frame."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.editors.table.model import TableModel
from app.theme import theme
from app.views import marks
from engines.data.points import MOST_CLASSES
from engines.data.table import MISSING

SELECTED, FOCUSED = QStyle.StateFlag.State_Selected.value, QStyle.StateFlag.State_HasFocus.value
GAP = "—"  # what stands for a missing value


class CellDelegate(QStyledItemDelegate):
    """Numbers to the right, words to the left, a dash for what is missing, a class mark in the target's column."""

    def __init__(self, parent: QWidget, model: TableModel) -> None:
        super().__init__(parent)
        self._model = model
        theme.bind(self, self._restyle)

    def _restyle(self) -> None:
        tokens = theme.tokens
        self._text, self._faint = tokens.color("text"), tokens.color("faint")
        self._line, self._chosen, self._soft = tokens.color("line"), tokens.color("accent_soft"), tokens.color("field")
        self._accent, self._bad = tokens.color("accent"), tokens.color("bad")
        self._pad, self._font = theme.px(8), theme.font("body")
        self._metrics = QFontMetrics(self._font)
        self._digit = max(1, self._metrics.horizontalAdvance("0"))
        self._drop = (self._metrics.ascent() - self._metrics.descent()) // 2

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one cell."""
        rect: QRect = option.rect
        state = option.state.value
        place, row = index.column(), self._model.row_of(index.row())
        column = self._model.table.columns[place]
        ground = self._ground(state, row, ignored=column.kind == "ignore")
        if ground is not None:
            painter.fillRect(rect, ground)
        painter.setPen(self._line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        text = self._model.text(row, place)
        room = rect.adjusted(self._pad, 0, -self._pad, 0)
        if column.name == self._model.table.target and column.coded and text is not None:
            room = self._mark(painter, room, int(column.codes[row]), len(column.labels))
        ink = self._faint if text is None or column.kind == "ignore" else self._text
        ink = self._bad if self._model.troubled(row, place) else ink
        self._write(painter, room, text, ink, left=column.coded)
        if state & FOCUSED:
            painter.setPen(self._accent)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _ground(self, state: int, row: int, *, ignored: bool) -> QColor | None:
        if state & SELECTED or row in self._model.ringed:
            return self._chosen
        return self._soft if ignored else None

    def _mark(self, painter: QPainter, room: QRect, code: int, classes: int) -> QRect:
        """Draw the mark that points of this class have on the plane."""
        if classes > MOST_CLASSES or code == MISSING:
            return room
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = QPointF(room.left() + theme.px(5), room.center().y())
        marks.paint(painter, code, centre, 4.5 * theme.scale, filled=True)
        painter.restore()
        return room.adjusted(theme.px(16), 0, 0, 0)

    def _write(self, painter: QPainter, room: QRect, text: str | None, ink: QColor, *, left: bool) -> None:
        shown = GAP if text is None else text
        if not shown.isprintable():
            shown = " ".join(shown[:500].split())
        width, across = len(shown) * self._digit, room.width()
        if not left or width > across:
            width = self._metrics.horizontalAdvance(shown[:500])
        if width > across:
            shown = self._metrics.elidedText(shown[:500], Qt.TextElideMode.ElideRight, across)
            width = across
        painter.setPen(ink)
        painter.setFont(self._font)
        begin = room.left() if left else room.right() + 1 - width
        painter.drawText(begin, room.center().y() + self._drop, shown)  # three times as fast as within a rectangle

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        """As wide as the text, within reason."""
        text = self._model.text(self._model.row_of(index.row()), index.column()) or GAP
        width = self._metrics.horizontalAdvance(text[:60]) + theme.px(32)
        return QSize(width, theme.px(28))

    def updateEditorGeometry(  # noqa: N802 - Qt's name
        self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The editor fills the cell."""
        editor.setGeometry(option.rect)

    def eventFilter(self, editor: object, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keep keys of the cell being edited from the shortcuts of the window."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return False
        return super().eventFilter(editor, event)  # type: ignore[arg-type]
