"""How a line is painted and edited in the list: its number, its class as a chip, the text, what it is held out for."""

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.editors.text.lines_model import LinesModel
from app.language import tr
from app.theme import theme
from app.views import marks
from engines.core.dataset import TRAIN, VALIDATION
from engines.data.points import UNLABELLED
from engines.data.text import MOST_CHARACTERS

Index = QModelIndex | QPersistentModelIndex
CHIP_WIDTH, HEIGHT = 112, 32
TYPED_AT_MOST = 10 * MOST_CHARACTERS  # what is pasted there is cut in the document, which says so
LEFT_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
RIGHT_MIDDLE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
MOST_PAINTED = 400  # characters: more never fit


class LineDelegate(QStyledItemDelegate):
    """Paints a line; the text is edited in place."""

    def __init__(self, model: LinesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        theme.bind(self, self._restyle)

    def _restyle(self) -> None:
        """Keep fonts and their measures: to make them for every line takes longer than to paint it."""
        self._small, self._body = theme.font("small"), theme.font("body")
        self._body_measures = QFontMetrics(self._body)
        self._digit = QFontMetrics(self._small).horizontalAdvance("0")

    def number_width(self) -> int:
        """Return the room for the numbers of lines."""
        rows = self._model.rows
        return self._digit * max(3, len(str(int(rows[-1]) + 1)) if len(rows) else 0) + theme.px(8)

    def text_rect(self, row: QRect) -> QRect:
        """Return where the text of a line stands: there is room for the part at the right."""
        left = self.number_width() + theme.px(10 + CHIP_WIDTH + 10)
        return row.adjusted(left, 0, -theme.px(84), 0)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        """All lines are of one height."""
        return QSize(theme.px(200), theme.px(HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint number, class, text and part."""
        tokens = theme.tokens
        place, line, label, part, ringed = self._model.shown(index.row())
        row = QRect(option.rect)
        state = option.state
        painter.save()
        painter.fillRect(row, tokens.color("card"))  # over the row that a table paints with square corners
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.color("accent_soft" if chosen else "field"))
            painter.drawRoundedRect(row.adjusted(1, 1, -1, -1), theme.px(6), theme.px(6))
        if ringed:
            painter.setPen(QPen(tokens.color("text"), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(row.adjusted(1, 1, -2, -2), theme.px(6), theme.px(6))
        painter.setFont(self._small)
        painter.setPen(tokens.color("faint"))
        number = QRect(row.left(), row.top(), self.number_width(), row.height())
        painter.drawText(number, RIGHT_MIDDLE, str(place + 1))
        self._paint_class(painter, QRect(number.right() + theme.px(10), row.top(), theme.px(CHIP_WIDTH), row.height()),
                          label)  # fmt: skip
        if part != TRAIN:
            self._paint_part(painter, row, tr("validation") if part == VALIDATION else tr("test"))
        painter.setFont(self._body)
        painter.setPen(tokens.color("text"))
        room = self.text_rect(row)
        text = self._body_measures.elidedText(line[:MOST_PAINTED], Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, LEFT_MIDDLE, text)
        painter.restore()

    def _paint_class(self, painter: QPainter, place: QRect, label: int) -> None:
        tokens = theme.tokens
        centre = QPointF(place.left() + theme.px(10), place.center().y() + 0.5)
        marks.paint(painter, label, centre, 5.5 * theme.scale, filled=label != UNLABELLED)
        name = self._model.name_of(label) or tr("No class")
        room = place.adjusted(theme.px(22), 0, 0, 0)
        painter.setPen(tokens.color("muted" if label != UNLABELLED else "faint"))
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, LEFT_MIDDLE, shown)

    def _paint_part(self, painter: QPainter, row: QRect, name: str) -> None:
        width = painter.fontMetrics().horizontalAdvance(name) + theme.px(14)
        box = QRectF(row.right() - theme.px(8) - width, row.center().y() - theme.px(9), width, theme.px(19))
        painter.setPen(QPen(theme.tokens.color("line"), 1))
        painter.setBrush(theme.tokens.color("card"))
        painter.drawRoundedRect(box, theme.px(6), theme.px(6))
        painter.setPen(theme.tokens.color("muted"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)

    # Editing

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: N802
        """Return a field for the text."""
        field = QLineEdit(parent)
        field.setMaxLength(TYPED_AT_MOST)
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802 - Qt's name
        """Put the text into the field."""
        assert isinstance(editor, QLineEdit)
        editor.setText(str(index.data()))

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        """Lay the field over the text."""
        row = QRect(option.rect)
        row.setLeft(self.text_rect(row).left() - theme.px(9))
        editor.setGeometry(row.adjusted(0, 1, 0, -1))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:  # noqa: N802
        """Hand the text to the document, through the model."""
        assert isinstance(editor, QLineEdit)
        model.setData(index, editor.text())
