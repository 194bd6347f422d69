"""The course: chapters and labs on the left, a tick on every lab that was run to an end."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPolygonF,
    QResizeEvent,
)  # fmt: skip
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from app.kit import Card
from app.language import bind, speaker, tr
from app.theme import theme
from engines.core.lab import Chapter, course

Index = QModelIndex | QPersistentModelIndex

LAB = Qt.ItemDataRole.UserRole
DONE = Qt.ItemDataRole.UserRole + 1
CHAPTER_LEFT, LAB_LEFT = 24, 36
ROW_PADDING = 5


class CoursePanel(QWidget):
    """Lists the chapters that have labs. ``chosen(key)``: a person asks for a lab, by click or Enter."""

    chosen = Signal(str)

    def __init__(self, chapters: tuple[Chapter, ...] | None = None) -> None:
        super().__init__()
        self._chapters = [chapter for chapter in (course() if chapters is None else chapters) if chapter.labs]
        self._card = Card("Course")
        self.tree = CourseTree()
        self._card.body.addWidget(self.tree)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._card)
        self.setFocusProxy(self.tree)
        self._labs: dict[str, QTreeWidgetItem] = {}
        self._fill()
        bind(self, self.tree.setAccessibleName, "Course")
        speaker.changed.connect(self._say)
        theme.bind(self, self.tree.lay_out)
        self.tree.asked.connect(self.chosen)

    @property
    def done(self) -> tuple[str, ...]:
        """Keys of the labs with a tick, in the order of the course."""
        return tuple(key for key, item in self._labs.items() if item.data(0, DONE))

    def select(self, key: str) -> None:
        """Show which lab is open; says nothing through ``chosen``."""
        self.tree.open_key = key
        if item := self._labs.get(key):
            self.tree.expand(self.tree.indexFromItem(item).parent())
            self.tree.setCurrentItem(item)
            self.tree.scrollToItem(item)
        self.tree.viewport().update()

    def mark_done(self, key: str) -> None:
        """Put a tick on a lab."""
        if item := self._labs.get(key):
            item.setData(0, DONE, True)
            self._say()

    def _fill(self) -> None:
        for chapter in self._chapters:
            top = QTreeWidgetItem(self.tree)
            top.setFlags(Qt.ItemFlag.ItemIsEnabled)
            for lab in chapter.labs:
                item = self._labs[lab.key] = QTreeWidgetItem(top)
                item.setData(0, LAB, lab.key)
                item.setData(0, DONE, False)
            top.setExpanded(True)
        self._say()

    def _say(self) -> None:
        """Write all titles in the current language."""
        for row, chapter in enumerate(self._chapters):
            top = self.tree.topLevelItem(row)
            assert top is not None
            top.setText(0, chapter.title[speaker.language])
            for lab in chapter.labs:
                item = self._labs[lab.key]
                item.setText(0, lab.title[speaker.language])
                item.setToolTip(0, lab.title[speaker.language])
                done = tr("run to the end") if item.data(0, DONE) else ""
                item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, done)
        self.tree.lay_out()


class CourseTree(QTreeWidget):
    """A tree whose rows the delegate paints; titles wrap when the panel is narrow.

    The row of the open lab is filled. The row that the arrow keys have reached has an outline while keys are used.
    """

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.open_key = ""
        self.by_keyboard = False
        self.setHeaderHidden(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setExpandsOnDoubleClick(False)
        self.setMouseTracking(True)
        self.setItemDelegate(CourseRow(self))
        self.viewport().setAutoFillBackground(False)
        self.itemClicked.connect(self._take)

    def lay_out(self) -> None:
        """Measure all rows again: another width, font or language."""
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Wrap the titles to the new width."""
        super().resizeEvent(event)
        self.lay_out()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter opens the lab, or folds the chapter, that the arrow keys have reached."""
        self.by_keyboard = True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (item := self.currentItem()):
            self._take(item)
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Drop the outline: the mouse shows by itself where it is."""
        self.by_keyboard = False
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show the outline when the focus came by Tab."""
        self.by_keyboard = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)

    def _take(self, item: QTreeWidgetItem) -> None:
        if key := item.data(0, LAB):
            self.asked.emit(key)
        else:
            item.setExpanded(not item.isExpanded())

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:  # noqa: N802 - Qt's name
        """Draw none: the delegate paints its own chevron, and the style's selection would show beside the row."""


class CourseRow(QStyledItemDelegate):
    """Paints a chapter (chevron, strong) or a lab (ring or tick, title over at most two lines)."""

    def __init__(self, tree: CourseTree) -> None:
        super().__init__(tree)
        self._tree = tree

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        """Return the height that the wrapped title needs."""
        left = theme.px(_left(index))
        width = max(theme.px(60), self._tree.viewport().width() - left - theme.px(6))
        lines = len(_lines(_title(index), _font(index), width))
        return QSize(width, lines * _line_height(index) + 2 * theme.px(ROW_PADDING))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the row: background when it is open, hovered or focused; mark; title."""
        tokens = theme.tokens
        state = option.state
        rect: QRect = option.rect
        selected = bool(self._tree.open_key) and index.data(LAB) == self._tree.open_key
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent_soft if selected else tokens.field))
            painter.drawRoundedRect(QRectF(rect), theme.px(6), theme.px(6))
        if state & QStyle.StateFlag.State_HasFocus and self._tree.by_keyboard:
            painter.setPen(QPen(QColor(tokens.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), theme.px(6), theme.px(6))
        self._paint_mark(painter, rect, index)
        self._paint_title(painter, rect, index, QColor(tokens.accent if selected else tokens.text))
        painter.restore()

    def _paint_title(self, painter: QPainter, rect: QRect, index: Index, colour: QColor) -> None:
        font, height = _font(index), _line_height(index)
        box = rect.adjusted(theme.px(_left(index)), theme.px(ROW_PADDING), -theme.px(6), 0)
        painter.setPen(colour)
        painter.setFont(font)
        for line in _lines(_title(index), font, box.width()):
            painter.drawText(box.x(), box.y(), box.width(), height, Qt.AlignmentFlag.AlignVCenter, line)
            box.translate(0, height)

    def _paint_mark(self, painter: QPainter, rect: QRect, index: Index) -> None:
        unit = theme.px(100) / 100
        middle = QPointF(rect.x(), rect.y() + theme.px(ROW_PADDING) + _line_height(index) / 2)
        tokens = theme.tokens
        if not index.data(LAB):
            turned = self._tree.isExpanded(index)
            shape = [(8.0, -2.0), (12.0, 2.0), (16.0, -2.0)] if turned else [(10.0, -4.0), (14.0, 0.0), (10.0, 4.0)]
            _draw_line(painter, middle, shape, unit, QPen(QColor(tokens.muted), 1.6 * unit))
            return
        centre = middle + QPointF(22 * unit, 0)
        if not index.data(DONE):
            painter.setPen(QPen(QColor(tokens.faint), 1.4 * unit))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(centre, 5.5 * unit, 5.5 * unit)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.good))
        painter.drawEllipse(centre, 6.2 * unit, 6.2 * unit)
        tick = [(-2.8, 0.2), (-0.8, 2.2), (2.9, -2.2)]
        _draw_line(painter, centre, tick, unit, QPen(QColor(tokens.card), 1.7 * unit))


def _draw_line(painter: QPainter, origin: QPointF, shape: list[tuple[float, float]], unit: float, pen: QPen) -> None:
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF([origin + QPointF(x, y) * unit for x, y in shape]))


def _title(index: Index) -> str:
    return str(index.data(Qt.ItemDataRole.DisplayRole) or "")


def _left(index: Index) -> int:
    return LAB_LEFT if index.data(LAB) else CHAPTER_LEFT


def _font(index: Index) -> QFont:
    return theme.font("body" if index.data(LAB) else "strong")


def _line_height(index: Index) -> int:
    return QFontMetrics(_font(index)).height()


def _lines(text: str, font: QFont, width: int) -> list[str]:
    """Break ``text`` into at most two lines of ``width`` pixels; the second ends in … when there is more.

    Breaks at a space or after Chinese punctuation where there is one, otherwise anywhere, as Chinese may.
    """
    metrics = QFontMetrics(font)
    if metrics.horizontalAdvance(text) <= width:
        return [text]
    fits = max(1, next((n for n in range(len(text), 0, -1) if metrics.horizontalAdvance(text[:n]) <= width), 1))
    cut = text.rfind(" ", 0, fits + 1)
    cut = cut if cut > 0 else fits
    for mark in "：，、":  # a better place, if what follows still fits
        place = text.rfind(mark, 0, fits) + 1
        if place and metrics.horizontalAdvance(text[place:]) <= width:
            cut = place
    return [text[:cut].strip(), metrics.elidedText(text[cut:].strip(), Qt.TextElideMode.ElideRight, width)]
