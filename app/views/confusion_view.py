"""The confusion matrix: who was taken for whom. A cell leads back to its points."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from app.kit import ARROWS, QuietButton, Segmented
from app.language import bind, speaker, tr
from app.session.seal import Seal
from app.theme import theme
from app.views import marks
from app.views.registry import CardView, view
from engines.core.arrays import Ints
from engines.core.dataset import TEST, TRAIN, VALIDATION
from engines.core.language import say
from engines.core.picture import Picture
from engines.pictures.confusion import Confusion

PARTS = {"train": TRAIN, "validation": VALIDATION, "test": TEST}
EMPTY = {
    "validation": say("No points are kept for validation: these are the training points"),
    "test": say("No points are kept for the test: these are the training points"),
}


@view(Confusion)
class ConfusionView(CardView):
    """Counts for one share of the data; click a cell, or move with the arrows and press Enter."""

    title: ClassVar[str] = "Confusion matrix"

    def __init__(self) -> None:
        super().__init__()
        self.parts = Segmented([("train", "training"), ("validation", "validation"), ("test", "test")])
        self.parts.choose("validation")
        self.instead = QLabel()  # says so when the chosen share is empty
        self.instead.setWordWrap(True)
        self.instead.setProperty("muted", True)
        self.instead.hide()
        self.sealed = SealedPage()
        self.sealed.button.clicked.connect(self.exam)
        self.sealed.hide()
        self._seal: Seal | None = None
        self._matrix = Matrix()
        self._wanted = self.parts.current
        self.parts.chosen.connect(self._want)
        self._matrix.chosen.connect(self._pick)
        self._picture: Confusion | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.parts)
        layout.addWidget(self.instead)
        layout.addWidget(self.sealed, stretch=1)
        layout.addWidget(self._matrix, stretch=1)
        theme.bind(self.instead, lambda: self.instead.setFont(theme.font("small")))
        bind(self, self.setAccessibleName, "Confusion matrix")

    def heed(self, seal: Seal) -> None:
        """Show the test share only while the seal is open."""
        self._seal = seal
        seal.changed.connect(self._follow_seal)

    def _follow_seal(self) -> None:
        """Turn to the test after the exam, and back to validation when the model is another."""
        assert self._seal is not None
        if self._seal.open:
            self._wanted = "test"
        elif self._wanted == "test":
            self._wanted = "validation"
        self._count()

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Confusion."""
        assert isinstance(picture, Confusion)
        if picture is not self._picture:
            self._picture = picture
            self._count()

    def clear(self) -> None:
        """Say that there is nothing yet."""
        self._picture = None
        self._count()

    def _want(self, part: str) -> None:
        self._wanted = part
        self._count()
        self.looked.emit()

    def _count(self) -> None:
        """Count the share that is wanted; where it has no points, those learned from, and say so."""
        picture, part = self._picture, self._wanted
        falls = picture is not None and not _has(picture, part) and _has(picture, "train")
        if falls:
            bind(self.instead, self.instead.setText, EMPTY[part])
            part = "train"
        self.instead.setVisible(falls)
        self.parts.choose(part)
        sealed = part == "test" and self._seal is not None and not self._seal.open
        self.sealed.setVisible(sealed)
        self._matrix.setVisible(not sealed)
        self._matrix.set_counts(None if sealed else picture, self._part())

    def _part(self) -> int:
        return PARTS[self.parts.current]

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return where the cell for truth ``row`` and prediction ``column`` is, in this widget's pixels."""
        return self._matrix.cell(row, column).translated(QPointF(self._matrix.pos()))

    @property
    def counts(self) -> Ints:
        """The counts shown: (classes, classes), truth down, prediction across."""
        return self._matrix.counts

    def _pick(self, row: int, column: int) -> None:
        picture = self._picture
        if picture is not None:
            hit = (picture.truth == row) & (picture.predicted == column) & (picture.parts == self._part())
            self.picked.emit(picture.index[hit])
            self.looked.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Pass a click that was sent to the card on to the matrix."""
        self._matrix.press(event.position() - QPointF(self._matrix.pos()))


class SealedPage(QWidget):
    """Stands in the place of the test share before the final exam."""

    def __init__(self) -> None:
        super().__init__()
        text = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        text.setProperty("muted", True)
        bind(text, text.setText, "Sealed until the final exam")
        self.button = QuietButton("Final exam", "lock")
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addStretch()
        layout.addWidget(text)
        layout.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignCenter)
        layout.addStretch()


class Matrix(QWidget):
    """Paints counts as cells whose colour tells the share of their row."""

    chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.counts: Ints = np.zeros((0, 0), int)
        self._at = (0, 0)
        self._part = TEST
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        bind(self, self.setAccessibleName, "Counts: truth down, prediction across")
        theme.bind(self, self.update)
        speaker.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Enough for two classes."""
        return QSize(theme.px(200), theme.px(170))

    def set_counts(self, picture: Confusion | None, part: int) -> None:
        """Count the pairs of one share; redraws only if a count changed."""
        counts = np.zeros((0, 0), int)
        if picture is not None:
            n = picture.n_classes
            chosen = picture.parts == part
            pairs = picture.truth[chosen] * n + picture.predicted[chosen]
            counts = np.bincount(pairs, minlength=n * n).reshape(n, n)
        if counts.shape != self.counts.shape or (counts != self.counts).any() or part != self._part:
            self.counts, self._part = counts, part
            self.update()

    @property
    def _captioned(self) -> bool:
        """Whether there is room for the line below: the counts come first, and the tooltip says it all."""
        return self.height() >= theme.px(64) + theme.px(22) * max(1, len(self.counts))

    def cell(self, row: int, column: int) -> QRectF:
        """Return where a cell is."""
        n = max(1, len(self.counts))
        edge = theme.px(22)
        below = edge if self._captioned else 2
        side = max(4.0, min((self.width() - 2 * edge) / n, (self.height() - edge - below) / n))
        wide = min(side * 1.5, (self.width() - 2 * edge) / n)
        left = edge + (self.width() - edge - wide * n) / 2
        return QRectF(left + column * wide, edge + row * side, wide, side)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw cells, marks of the classes, captions."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme.tokens
        n = len(self.counts)
        if not n or not self.counts.sum():
            painter.setFont(theme.font("small"))
            painter.setPen(tokens.color("muted"))
            text = tr("Nothing yet: press play") if not n else tr("No points in this share")
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
            return
        painter.setFont(self._number_font())
        for row in range(n):
            total = max(1, int(self.counts[row].sum()))
            for column in range(n):
                self._paint_cell(painter, row, column, int(self.counts[row, column]) / total)
        self._paint_captions(painter, n)

    def _number_font(self) -> QFont:
        """Return the font in which the longest count fits its cell."""
        cell = self.cell(0, 0)
        font = theme.font("number" if len(self.counts) < 4 else "strong")
        digits = len(str(self.counts.max()))
        font.setPixelSize(max(5, min(font.pixelSize(), int(cell.height() * 0.75), int(cell.width() / digits * 1.3))))
        return font

    def _paint_cell(self, painter: QPainter, row: int, column: int, share: float) -> None:
        tokens = theme.tokens
        rect = self.cell(row, column).adjusted(1, 1, -1, -1)
        colour = marks.mixed(tokens.color("field"), tokens.color("accent" if row == column else "bad"), share)
        painter.setPen(
            QPen(tokens.color("text"), 2) if self.hasFocus() and self._at == (row, column) else Qt.PenStyle.NoPen
        )
        painter.setBrush(colour)
        painter.drawRoundedRect(rect, 3, 3)
        painter.setPen(tokens.color("on_accent" if share > 0.55 else "text" if share else "muted"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(self.counts[row, column]))

    def _paint_captions(self, painter: QPainter, n: int) -> None:
        first = self.cell(0, 0)
        for k in range(n):
            across, down = self.cell(0, k), self.cell(k, 0)
            marks.paint(painter, k, QPointF(across.center().x(), first.top() - theme.px(9)), 5 * theme.scale)
            marks.paint(painter, k, QPointF(first.left() - theme.px(10), down.center().y()), 5 * theme.scale)
        if not self._captioned:
            return
        painter.setFont(theme.font("small"))
        painter.setPen(theme.tokens.color("muted"))
        below = self.cell(n - 1, 0).bottom() + 2
        accuracy = np.trace(self.counts) / max(1, self.counts.sum())
        text = tr("accuracy {accuracy:.1%} · down: truth · across: prediction", accuracy=float(accuracy))
        if painter.fontMetrics().horizontalAdvance(text) > self.width():
            text = tr("accuracy {accuracy:.1%} · ↓ truth · → prediction", accuracy=float(accuracy))
        box = QRectF(0, below, self.width(), theme.px(18))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)

    # Choosing a cell

    def press(self, at: QPointF) -> None:
        """Choose the cell under a place."""
        for row in range(len(self.counts)):
            for column in range(len(self.counts)):
                if self.cell(row, column).contains(at):
                    self._at = (row, column)
                    self.chosen.emit(row, column)
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
            self.update()
        elif n and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(*self._at)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Say in words what the cell under the mouse counts."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in ARROWS:
            event.accept()  # the arrows move among the cells, and step the run elsewhere
            return True
        if isinstance(event, QHelpEvent):
            self._explain(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def _explain(self, at: QPoint, where: QPoint) -> None:
        for row in range(len(self.counts)):
            for column in range(len(self.counts)):
                if self.cell(row, column).contains(QPointF(at)):
                    QToolTip.showText(where, self.describe(row, column), self)

    def describe(self, row: int, column: int) -> str:
        """Return in words what a cell counts."""
        count, classes = int(self.counts[row, column]), {"truth": row + 1, "predicted": column + 1}
        if count == 0:
            return tr("No point of class {truth} was called class {predicted}.", **classes)
        if count == 1:
            return tr(
                "1 point of class {truth} was called class {predicted}. Click to ring it on the plane.", **classes
            )
        return tr(
            "{n} points of class {truth} were called class {predicted}. Click to ring them on the plane.",
            n=count, **classes,
        )  # fmt: skip


def _has(picture: Confusion, part: str) -> bool:
    return bool((picture.parts == PARTS[part]).any())
