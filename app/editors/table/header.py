"""Heads of columns: name, kind, and how the values are spread; a small arrow opens what can be done to the column."""

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QToolTip, QWidget

from app.editors.table.model import TableModel
from app.language import tr
from app.theme import icon, theme
from engines.core.language import Note, say
from engines.data.table import Column, ColumnKind
from engines.data.table_summary import ColumnSummary, summary_of

SIGNS: dict[ColumnKind, str] = {"number": "#", "category": "◆", "text": "T", "ignore": "×"}
KINDS: dict[ColumnKind, str] = {
    "number": "Number", "category": "Category", "text": "Text", "ignore": "Ignored",
}  # fmt: skip
MIDDLE_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
WIDTH, WIDEST = 128, 280  # of a column, at first and where its name is longer
MOST_LETTERS = 100  # of a name that are measured
MOST_FITTED = 60  # columns; more of them leave no room anyway
MOST_TOLD = 5  # categories in the tooltip


def kind_note(kind: ColumnKind) -> Note:
    """Return what a kind of column is called."""
    return say(KINDS[kind])


class ColumnHeader(QHeaderView):
    """``menu_wanted(place, QPoint)``: somebody wants the menu of a column at this global position.

    bars: whether the spread of the values is drawn; else the kind is written out, as a box that can be opened.
    """

    menu_wanted = Signal(int, QPoint)

    def __init__(self, parent: QWidget, model: TableModel, *, bars: bool = True) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._model, self._bars = model, bars
        self._over = -1
        self._by_hand: dict[str, int] = {}  # widths that somebody has chosen
        self._fitting = False
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_at)
        self.sectionResized.connect(self._remember)
        theme.bind(self, self._restyle)

    def _restyle(self) -> None:
        self._fitting = True
        self.setDefaultSectionSize(theme.px(WIDTH))
        self.setMinimumSectionSize(theme.px(56))
        self.setFixedHeight(theme.px(68 if self._bars else 52))
        self._fitting = False
        self._by_hand.clear()  # the old widths are of another scale
        self.fit()
        self.viewport().update()

    # Widths

    def fit(self) -> None:
        """Give the room that is left over to names that are cut; a width that was chosen by hand stays."""
        columns = self._model.table.columns
        if self._fitting or not 0 < len(columns) == self.count() <= MOST_FITTED:
            return
        metrics, usual = QFontMetrics(theme.font("strong")), theme.px(WIDTH)
        beside = theme.px(16 + (32 if self._bars else 0))
        sizes = [self._by_hand.get(column.name, usual) for column in columns]
        wishes = [0] * len(columns)
        for place, column in enumerate(columns):
            if column.name not in self._by_hand:
                sign = theme.px(18) if column.name == self._model.table.target else 0
                needed = metrics.horizontalAdvance(column.name[:MOST_LETTERS]) + beside + sign + theme.px(4)
                wishes[place] = max(0, min(needed, theme.px(WIDEST)) - usual)
        spare = self.viewport().width() - sum(sizes)
        share = min(1.0, max(0.0, spare / max(1, sum(wishes))))
        self._fitting = True
        for place, (size, wish) in enumerate(zip(sizes, wishes, strict=True)):
            self.resizeSection(place, size + int(wish * share))
        self._fitting = False

    def _remember(self, place: int, _: int, size: int) -> None:
        if not self._fitting and place < len(self._model.table.columns):
            self._by_hand[self._model.table.columns[place].name] = size

    def reset(self) -> None:
        """All is new: fit anew."""
        self._fitting = True
        super().reset()
        self._fitting = False
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """There is more room, or less."""
        super().resizeEvent(event)
        self.fit()

    # Drawing

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for a name over its bars."""
        return QSize(super().sizeHint().width(), theme.px(68 if self._bars else 52))

    def paintSection(self, painter: QPainter, rect: QRect, place: int) -> None:  # noqa: N802 - Qt's name
        """Draw one head."""
        if place >= len(self._model.table.columns):
            return
        tokens, column = theme.tokens, self._model.table.columns[place]
        painter.save()
        painter.fillRect(rect, tokens.color("field_hover" if place == self._over else "card"))
        painter.setPen(tokens.color("line"))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        target = column.name == self._model.table.target
        if target:
            painter.fillRect(QRect(rect.left(), rect.top(), rect.width() - 1, theme.px(3)), tokens.color("accent"))
        line = QRect(rect.left() + theme.px(8), rect.top() + theme.px(6), rect.width() - theme.px(16), theme.px(20))
        self._draw_name(painter, line, column, target=target)
        below = rect.adjusted(theme.px(8), theme.px(30), -theme.px(8), -theme.px(6))
        if self._bars:
            self._draw_bars(painter, below, summary_of(column), target=target)
        else:
            self._draw_kind(painter, below, column)
        painter.restore()

    def _draw_name(self, painter: QPainter, line: QRect, column: Column, *, target: bool) -> None:
        tokens = theme.tokens
        if self._bars:
            painter.setFont(theme.font("small"))
            painter.setPen(tokens.color("muted"))
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, SIGNS[column.kind])
            arrow = QRect(line.right() - theme.px(13), line.top() + theme.px(3), theme.px(14), theme.px(14))
            icon("chevron-down", "muted").paint(painter, arrow)
            line = line.adjusted(theme.px(16), 0, -theme.px(16), 0)
        if target:
            size = theme.px(14)
            icon("target", "accent").paint(painter, QRect(line.left(), line.top() + theme.px(3), size, size))
            line = line.adjusted(size + theme.px(4), 0, 0, 0)
        painter.setFont(theme.font("strong"))
        painter.setPen(tokens.color("faint" if column.kind == "ignore" else "text"))
        name = painter.fontMetrics().elidedText(column.name, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)

    def _draw_kind(self, painter: QPainter, below: QRect, column: Column) -> None:
        """Draw the kind as a box with an arrow."""
        tokens = theme.tokens
        box = below.adjusted(-theme.px(2), -theme.px(3), theme.px(2), theme.px(1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("field"))
        painter.drawRoundedRect(box, theme.px(5), theme.px(5))
        painter.setFont(theme.font("small"))
        painter.setPen(tokens.color("muted"))
        words = f"{SIGNS[column.kind]}  {tr(kind_note(column.kind))}"
        painter.drawText(box.adjusted(theme.px(6), 0, -theme.px(18), 0), Qt.AlignmentFlag.AlignVCenter, words)
        arrow = QRect(box.right() - theme.px(16), box.center().y() - theme.px(6), theme.px(12), theme.px(12))
        icon("chevron-down", "muted").paint(painter, arrow)

    def _draw_bars(self, painter: QPainter, below: QRect, summary: ColumnSummary, *, target: bool) -> None:
        """Draw a histogram, or a bar for each of the most frequent categories; what is missing as a faint one."""
        tokens = theme.tokens
        counts = [*summary.bars, summary.rest] if summary.rest else list(summary.bars)
        if not counts:
            return
        gaps = theme.px(2) if summary.labels else 1
        width = min(theme.px(18), max(1.0, (below.width() + gaps) / len(counts) - gaps))
        highest = max(counts)
        for place, count in enumerate(counts):
            height = max(1, round(below.height() * count / highest)) if count else 0
            left = below.left() + round(place * (width + gaps))
            right = below.left() + round(place * (width + gaps) + width)
            bar = QRect(left, below.bottom() + 1 - height, max(1, right - left), height)
            rest = bool(summary.rest) and place == len(counts) - 1
            if target and summary.labels and not rest:
                colour = tokens.color("accent")
            else:
                colour = tokens.color("faint" if rest else "accent")
            colour.setAlpha(110 if not rest else 70)
            painter.fillRect(bar, colour)
        if summary.missing:
            share = max(theme.px(4), round(below.width() * summary.missing))
            painter.fillRect(
                QRect(below.left(), below.bottom() + theme.px(2), share, theme.px(2)), tokens.color("warn")
            )

    # What a person does

    def _ask_at(self, position: QPoint) -> None:
        if (place := self.logicalIndexAt(position)) >= 0:
            self.menu_wanted.emit(place, self.viewport().mapToGlobal(position))

    def _arrow(self, place: int) -> QRect:
        """Return where a click opens the menu."""
        left, width = self.sectionViewportPosition(place), self.sectionSize(place)
        if self._bars:
            return QRect(left + width - theme.px(28), 0, theme.px(22), theme.px(28))
        return QRect(left + theme.px(6), theme.px(26), width - theme.px(12), theme.px(24))

    def ask(self, place: int) -> None:
        """Want the menu of a column, under its head."""
        corner = QPoint(self.sectionViewportPosition(place), self.height())
        self.menu_wanted.emit(place, self.viewport().mapToGlobal(corner))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """The arrow opens the menu; elsewhere the column is chosen."""
        position = event.position().toPoint()
        place = self.logicalIndexAt(position)
        if event.button() is Qt.MouseButton.LeftButton and place >= 0 and self._arrow(place).contains(position):
            self.ask(place)
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Light the head under the mouse."""
        self._light(self.logicalIndexAt(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """No head is lit any more."""
        self._light(-1)
        super().leaveEvent(event)

    def _light(self, place: int) -> None:
        if place != self._over:
            self._over = place
            self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Tell about a column in its tooltip."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.logicalIndexAt(event.pos())
            if 0 <= place < len(self._model.table.columns):
                QToolTip.showText(event.globalPos(), tr(told(self._model.table.columns[place])), self)
            return True
        return super().viewportEvent(event)


def told(column: Column) -> Note:
    """Return a column in words: kind, what is missing, range or most frequent values."""
    summary = summary_of(column)
    parts = [say("{name}: {kind}", name=column.name, kind=kind_note(column.kind))]
    if summary.labels:
        most = ", ".join(
            f"{label[:30]} {count}"
            for label, count in list(zip(summary.labels, summary.bars, strict=False))[:MOST_TOLD]
        )
        parts.append(say("different values: {count}; most frequent: {most}", count=summary.distinct, most=most))
    elif summary.bars:
        parts.append(say("from {low:.6g} to {high:.6g}, mean {mean:.6g}", low=summary.low, high=summary.high,
                         mean=summary.mean))  # fmt: skip
    parts.append(say("missing: {share:.1%}", share=summary.missing))
    if not summary.whole:
        parts.append(say("told from a sample of {rows} rows", rows=summary.rows))
    return Note(
        "\n".join(f"{{part{i}}}" for i in range(len(parts))), tuple((f"part{i}", p) for i, p in enumerate(parts))
    )


class RowHeader(QHeaderView):
    """The numbers of the rows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        theme.bind(self, self._restyle)

    def _restyle(self) -> None:
        self.setDefaultSectionSize(theme.px(28))
        self.setFixedWidth(theme.px(64))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:  # noqa: N802 - Qt's name
        """Draw one number."""
        tokens = theme.tokens
        painter.fillRect(rect, tokens.color("card"))
        painter.setPen(tokens.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(theme.font("small"))
        painter.setPen(tokens.color("muted"))
        number = str(self.model().headerData(section, Qt.Orientation.Vertical))
        painter.drawText(rect.adjusted(0, 0, -theme.px(8), 0), MIDDLE_RIGHT, number)
