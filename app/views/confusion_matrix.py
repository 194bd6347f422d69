"""The cells of a confusion matrix: counts, or shares of what is true or of what is said; each can be chosen."""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.kit import ARROWS, EnterButton
from app.language import as_said, bind, speaker, tr
from app.theme import theme
from app.views import confusion_words as words
from app.views import marks
from engines.core.arrays import Ints
from engines.core.language import Note, say
from engines.evaluation.scores import Scores, Shown, counted, scores, shares
from engines.pictures.confusion import Confusion

SIGNS: dict[Shown, str] = {"counts": "123", "row": "→ %", "column": "↓ %"}
WAYS: dict[Shown, Note] = {
    "counts": say("Counts; press for shares of what is true"),
    "row": say("Shares of each row, of what is true; press for shares of what is said"),
    "column": say("Shares of each column, of what is said; press for counts"),
}
MOST_ROUND = 12  # classes up to which cells have round corners
NAMED_FROM = 330  # pixels of width from which the classes have their names beside their marks


class Matrix(QWidget):
    """Paints counts as cells whose colour tells the share of their row, or of their column where that is shown.

    ``chosen(row, column)``: a cell was clicked. ``turned``: the button in the corner was pressed.
    """

    chosen = Signal(int, int)
    turned = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.counts: Ints = np.zeros((0, 0), int)
        self.scores: Scores = scores(self.counts)
        self.of: Shown = "counts"
        self.names: tuple[Note | str, ...] = ()
        self._begun = False  # whether there is a row in any share
        self._part = -1
        self._at = (0, 0)
        self._measured: tuple[object, int] = (None, 0)
        self.corner = EnterButton()
        self.corner.setParent(self)
        self.corner.clicked.connect(self.turned)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        bind(self, self.setAccessibleName, "Counts: truth down, prediction across")
        theme.bind(self, self._restyle)
        speaker.changed.connect(self.update)
        self.show_as("counts")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Enough for two classes."""
        return QSize(theme.px(200), theme.px(170))

    def _restyle(self) -> None:
        font = theme.font("small")
        font.setUnderline(True)  # it can be pressed, and there is no room for more
        self.corner.setFont(font)
        self.corner.setGeometry(0, 0, theme.px(36), theme.px(20))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the button in its corner."""
        super().resizeEvent(event)
        self._restyle()

    def set_counts(self, picture: Confusion | None, part: int) -> None:
        """Count the pairs of one share; redraws only if a count changed."""
        counts = np.zeros((0, 0), int)
        if picture is not None:
            chosen = picture.parts == part
            counts = counted(picture.truth[chosen], picture.predicted[chosen], picture.n_classes)
        names = () if picture is None else picture.names
        begun = picture is not None and len(picture.truth) > 0
        same = counts.shape == self.counts.shape and not (counts != self.counts).any()
        if not same or (part, names, begun) != (self._part, self.names, self._begun):
            self.counts, self._part, self.names, self._begun = counts, part, names, begun
            self.scores = scores(counts)
            self.update()

    def show_as(self, of: Shown) -> None:
        """Show counts, or shares of the row or the column."""
        self.of = of
        self.corner.setText(SIGNS[of])
        bind(self.corner, self.corner.setToolTip, WAYS[of])
        bind(self.corner, self.corner.setAccessibleName, WAYS[of])
        self.update()

    def label(self, k: int) -> Note | str:
        """Return what a class is called: its name in the data, or its number."""
        return words.label(self.names, k)

    def _said(self, k: int) -> str:
        return as_said(self.label(k))

    # Where things are

    @property
    def _captioned(self) -> bool:
        """Whether there is room for the line below: the counts come first, and the tooltip says it all."""
        return self.height() >= theme.px(64) + theme.px(22) * max(1, len(self.counts))

    def _before(self) -> int:
        """Return how wide the captions of the rows are; measured once, as every cell asks."""
        key = (self.width(), theme.scale, speaker.language, self.names, len(self.counts))
        if key != self._measured[0]:
            self._measured = (key, self._measure())
        return self._measured[1]

    def _measure(self) -> int:
        if self.width() < theme.px(NAMED_FROM) or not len(self.counts):
            return theme.px(22)
        metrics = QFontMetrics(theme.font("small"))
        widest = max(metrics.horizontalAdvance(self._said(k)) for k in range(len(self.counts)))
        return theme.px(26) + min(widest, self.width() // 4)

    def cell(self, row: int, column: int) -> QRectF:
        """Return where a cell is."""
        n = max(1, len(self.counts))
        edge, before = theme.px(22), self._before()
        below = edge if self._captioned else 2
        after = max(2, 2 * edge - before)
        side = max(4.0, min((self.width() - before - after) / n, (self.height() - edge - below) / n))
        wide = min(side * 1.5, (self.width() - before - after) / n)
        left = before + (self.width() - before - wide * n) / 2
        return QRectF(left + column * wide, edge + row * side, wide, side)

    def _under(self, at: QPointF) -> tuple[int, int] | None:
        cells = ((row, column) for row in range(len(self.counts)) for column in range(len(self.counts)))
        return next((place for place in cells if self.cell(*place).contains(at)), None)

    def _class_under(self, at: QPointF) -> int | None:
        """Return the class whose mark, beside a row or above a column, is under a place."""
        first, n = self.cell(0, 0), len(self.counts)
        for k in range(n):
            across, down = self.cell(0, k), self.cell(k, 0)
            if at.y() < first.top() and across.left() <= at.x() <= across.right():
                return k
            if at.x() < first.left() and down.top() <= at.y() <= down.bottom():
                return k
        return None

    # Painting

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw cells, marks of the classes, captions."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        n = len(self.counts)
        if not n or not self.counts.sum():
            painter.setFont(theme.font("small"))
            painter.setPen(theme.tokens.color("muted"))
            text = tr("No points in this share") if n and self._begun else tr("Nothing yet: press play")
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
            return
        strength = shares(self.counts, "column" if self.of == "column" else "row")
        texts = self._texts()
        painter.setFont(self._number_font(max(len(text) for row in texts for text in row)))
        for row in range(n):
            for column in range(n):
                self._paint_cell(painter, row, column, float(strength[row, column]), texts[row][column])
        self._paint_captions(painter, n)

    def _texts(self) -> list[list[str]]:
        if self.of == "counts":
            return [[str(count) for count in row] for row in self.counts.tolist()]
        form = ".1%" if len(self.counts) <= 3 else ".0%"
        return [[f"{share:{form}}" for share in row] for row in shares(self.counts, self.of).tolist()]

    def _number_font(self, characters: int) -> QFont:
        """Return the font in which the longest number fits its cell."""
        cell = self.cell(0, 0)
        font = theme.font("number" if len(self.counts) < 4 else "strong")
        fitting = int(cell.width() / characters * 1.3)
        font.setPixelSize(max(5, min(font.pixelSize(), int(cell.height() * 0.75), fitting)))
        return font

    def _paint_cell(self, painter: QPainter, row: int, column: int, share: float, text: str) -> None:
        tokens = theme.tokens
        rect = self.cell(row, column).adjusted(1, 1, -1, -1)
        colour = marks.mixed(tokens.color("field"), tokens.color("accent" if row == column else "bad"), share)
        painter.setPen(
            QPen(tokens.color("text"), 2) if self.hasFocus() and self._at == (row, column) else Qt.PenStyle.NoPen
        )
        painter.setBrush(colour)
        painter.drawRoundedRect(rect, 3, 3) if len(self.counts) <= MOST_ROUND else painter.drawRect(rect)
        painter.setPen(tokens.color("on_accent" if share > 0.55 else "text" if share else "muted"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_captions(self, painter: QPainter, n: int) -> None:
        first, before = self.cell(0, 0), self._before()
        named = before > theme.px(22)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.tokens.color("muted"))
        metrics = painter.fontMetrics()
        for k in range(n):
            across, down = self.cell(0, k), self.cell(k, 0)
            above = QPointF(across.center().x(), first.top() - theme.px(9))
            if named:
                room = int(across.width()) - theme.px(16)
                text = metrics.elidedText(self._said(k), Qt.TextElideMode.ElideRight, room)
                above -= QPointF(metrics.horizontalAdvance(text) / 2, 0)
                painter.drawText(above + QPointF(theme.px(9), metrics.ascent() / 2 - 1), text)
                box = QRectF(first.left() - before, down.top(), before - theme.px(20), down.height())
                text = metrics.elidedText(self._said(k), Qt.TextElideMode.ElideRight, int(box.width()) + 1)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
            marks.paint(painter, k, above, 5 * theme.scale)
            marks.paint(painter, k, QPointF(first.left() - theme.px(10), down.center().y()), 5 * theme.scale)
        if self._captioned:
            left = before if named else 0
            below = QRectF(left, self.cell(n - 1, 0).bottom() + 2, self.width() - left, theme.px(18))
            self._paint_line_below(painter, below)

    def _paint_line_below(self, painter: QPainter, room: QRectF) -> None:
        metrics, text = painter.fontMetrics(), ""
        for text in self._lines_below():
            if metrics.horizontalAdvance(text) < room.width() - 2:
                break
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, shown)

    def _lines_below(self) -> Iterator[str]:
        """Say the same with ever fewer words."""
        values = {"accuracy": self.scores.accuracy, "balanced": self.scores.balanced_accuracy}
        yield tr("accuracy {accuracy:.1%} · balanced {balanced:.1%} · down: truth · across: prediction", **values)
        yield tr("accuracy {accuracy:.1%} · balanced {balanced:.1%} · ↓ truth · → prediction", **values)
        yield tr("accuracy {accuracy:.1%} · down: truth · across: prediction", accuracy=values["accuracy"])
        yield tr("accuracy {accuracy:.1%} · ↓ truth · → prediction", accuracy=values["accuracy"])

    # Choosing a cell

    def press(self, at: QPointF) -> None:
        """Choose the cell under a place."""
        if place := self._under(at):
            self._at = place
            self.chosen.emit(*place)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Choose the cell under the mouse."""
        self.press(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Arrows move, Enter chooses."""
        n = len(self.counts)
        moves = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        if n and event.key() in moves:
            down, across = moves[Qt.Key(event.key())]
            self._at = ((self._at[0] + down) % n, (self._at[1] + across) % n)
            self.setAccessibleDescription(self.describe(*self._at))
            self.update()
        elif n and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(*self._at)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Say in words what is under the mouse."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in ARROWS:
            event.accept()  # the arrows move among the cells, and step the run elsewhere
            return True
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.told_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def told_at(self, at: QPointF) -> str:
        """Return what is to be said of a place: of a cell, of a class, of all below the cells; else nothing."""
        if not self.counts.sum():
            return ""
        if place := self._under(at):
            return self.describe(*place)
        if (k := self._class_under(at)) is not None:
            return words.of_class(self.scores, k, self.label(k))
        return words.of_all(self.scores) if at.y() > self.cell(len(self.counts) - 1, 0).bottom() else ""

    def describe(self, row: int, column: int) -> str:
        """Return in words what a cell counts, and which shares that is."""
        return words.of_cell(self.counts, row, column, self.label(row), self.label(column))
