"""A table of numbers with a name in front of each row: only what is in view is painted."""

import math
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QHelpEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip

from app.kit import ARROWS
from app.language import as_said, bind, speaker, tr
from app.theme import theme
from app.views.painted import small_figures
from engines.core.arrays import Floats
from engines.pictures.tree import Candidates

LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
CENTRE = Qt.AlignmentFlag.AlignCenter
LEAST_NAME = 0.3  # of the width, for the names
MEASURED = 200  # rows by which a column of numbers is made wide enough


class Rows(QAbstractScrollArea):
    """Paints the rows that are in view under a head that stays. leaves_out: columns, where names would be cut off."""

    leaves_out: ClassVar[bool] = True
    indent: ClassVar[int] = 15  # of the names, in pixels: room for the mark of the winner

    def __init__(self) -> None:
        super().__init__()
        self.picture: Candidates | None = None
        self._texts: list[list[str]] = []
        self._at = -1
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        bind(self, self.setAccessibleName, "What was weighed, a row each")
        theme.bind(self, self._fit)
        speaker.changed.connect(self.viewport().update)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Enough for five rows."""
        return QSize(theme.px(240), theme.px(170))

    def set_picture(self, picture: Candidates | None) -> None:
        """Show these rows; the winner, where there is one, in view."""
        before, self.picture = self.picture, picture
        self._texts = [] if picture is None else texts_of(picture.values)
        if picture is None or before is None or len(before.names) != len(picture.names):
            self._at = -1
        self._fit()
        if picture is not None and picture.winner >= 0:
            self._bring(picture.winner)

    # Where things are

    @property
    def row_height(self) -> int:
        """The height of a row."""
        return theme.px(22)

    @property
    def head_height(self) -> int:
        """The height of the line of heads."""
        return theme.px(22)

    def row_rect(self, row: int) -> QRectF:
        """Return where a row is drawn, in the viewport's pixels."""
        top = self.head_height + row * self.row_height - self.verticalScrollBar().value()
        return QRectF(0, top, self.viewport().width(), self.row_height)

    def _fit(self) -> None:
        rows = 0 if self.picture is None else len(self.picture.names)
        room = self.viewport().height() - self.head_height
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, rows * self.row_height - room))
        bar.setPageStep(max(1, room))
        bar.setSingleStep(self.row_height)
        self.viewport().update()

    def _bring(self, row: int) -> None:
        """Scroll until a row is in view."""
        bar, top = self.verticalScrollBar(), row * self.row_height
        room = self.viewport().height() - self.head_height
        bar.setValue(min(max(bar.value(), top + self.row_height - room), top))

    def resizeEvent(self, _: QEvent) -> None:  # noqa: N802 - Qt's name
        """Scroll as far as there are rows."""
        self._fit()

    # Painting

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the rows in view, the head over them."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        picture, tokens = self.picture, theme.tokens
        if picture is None or not picture.names:
            painter.setFont(theme.font("small"))
            painter.setPen(tokens.color("muted"))
            text = tr("Nothing yet: press play") if picture is None else tr("Nothing is weighed here")
            painter.drawText(QRectF(self.viewport().rect()), CENTRE | Qt.TextFlag.TextWordWrap, text)
            return
        columns = self._columns(picture)
        first = self.verticalScrollBar().value() // self.row_height
        last = first + self.viewport().height() // self.row_height + 2
        painter.save()
        painter.setClipRect(QRectF(0, self.head_height, self.viewport().width(), self.viewport().height()))
        for row in range(max(0, first), min(len(picture.names), last)):
            self._paint_row(painter, picture, row, columns)
        painter.restore()
        self._paint_head(painter, picture, columns)

    def _columns(self, picture: Candidates) -> list[tuple[float, float]]:
        """Return where the names and each column of numbers begin and how wide they are: heads are cut off first.

        Where the names would be cut off too, columns between the first and the last are left out: their width is 0.
        """
        metrics, heads, pad = QFontMetricsF(figures(strong=True)), QFontMetricsF(theme.font("small")), theme.px(9)
        total, least = float(self.viewport().width()), metrics.horizontalAdvance("0.000")
        numbers, wanted = [], []
        for column, head in enumerate(picture.heads):
            widest = max((metrics.horizontalAdvance(texts[column]) for texts in self._texts[:MEASURED]), default=0.0)
            numbers.append(max(widest, least) + pad)
            wanted.append(max(numbers[-1], heads.horizontalAdvance(tr(head)) + pad))
        longest = max((metrics.horizontalAdvance(as_said(name)) for name in picture.names[:MEASURED]), default=0.0)
        for column in range(len(numbers) - 2, 0, -1):
            if self.leaves_out and total - sum(numbers) < longest + theme.px(28):
                numbers[column] = wanted[column] = 0.0
        room = total * (1 - LEAST_NAME)
        more = sum(wanted) - sum(numbers)
        share = min(1.0, max(0.0, (room - sum(numbers)) / more)) if more else 0.0
        shrink = min(1.0, room / max(1.0, sum(numbers)))
        widths = [(low + share * (high - low)) * shrink for low, high in zip(numbers, wanted, strict=True)]
        places = [(0.0, total - sum(widths))]
        for width in widths:
            places.append((sum(places[-1]), width))
        return places

    def _paint_head(self, painter: QPainter, picture: Candidates, columns: list[tuple[float, float]]) -> None:
        tokens, edge = theme.tokens, theme.px(6)
        painter.setFont(theme.font("small"))
        metrics = painter.fontMetrics()
        painter.setPen(tokens.color("muted"))
        for place, (head, (left, width)) in enumerate(zip((picture.of, *picture.heads), columns, strict=True)):
            if not width:
                continue
            rect = QRectF(left + (edge if place == 0 else 2), 0, width - edge - 2, self.head_height)
            text = metrics.elidedText(tr(head), Qt.TextElideMode.ElideRight, int(rect.width()))
            painter.drawText(rect, LEFT if place == 0 else RIGHT, text)
        painter.setPen(QPen(tokens.color("line"), 1))
        painter.drawLine(QPointF(0, self.head_height - 0.5), QPointF(self.viewport().width(), self.head_height - 0.5))

    def _paint_row(self, painter: QPainter, picture: Candidates, row: int, columns: list[tuple[float, float]]) -> None:
        tokens, rect, edge = theme.tokens, self.row_rect(row), theme.px(6)
        wins = row == picture.winner
        if wins:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.color("accent_soft"))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), theme.px(4), theme.px(4))
        if self.hasFocus() and row == self._at:
            painter.setPen(QPen(tokens.color("text"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), theme.px(4), theme.px(4))
        painter.setFont(figures(strong=wins))
        metrics = painter.fontMetrics()
        name = QRectF(rect.left() + edge, rect.top(), columns[0][1] - 2 * edge, rect.height())
        painter.setPen(tokens.color("accent" if wins else "text"))
        if wins:
            _paint_check(painter, QPointF(name.left() + theme.px(5), name.center().y()), theme.scale)
        name = name.adjusted(theme.px(self.indent), 0, 0, 0)
        text = metrics.elidedText(as_said(picture.names[row]), Qt.TextElideMode.ElideRight, int(name.width()) + 1)
        painter.drawText(name, LEFT, text)
        for text, (left, width), value in zip(self._texts[row], columns[1:], picture.values[row], strict=True):
            if not width:
                continue
            painter.setPen(tokens.color("accent" if wins else "faint" if math.isnan(value) else "text"))
            painter.drawText(QRectF(left, rect.top(), width - edge, rect.height()), RIGHT, text)

    # The keyboard, and words

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Up and down go from row to row."""
        if self.picture is None or event.key() not in (Qt.Key.Key_Up, Qt.Key.Key_Down) or not self.picture.names:
            event.ignore()
            return
        step = 1 if event.key() == Qt.Key.Key_Down else -1
        start = self._at if self._at >= 0 else self.picture.winner - step if self.picture.winner >= 0 else -1
        self._at = min(max(start + step, 0), len(self.picture.names) - 1)
        self._bring(self._at)
        self.setAccessibleDescription(self.describe(self._at))
        self.viewport().update()

    def describe(self, row: int) -> str:
        """Return a row in words."""
        assert self.picture is not None
        picture = self.picture
        parts = [as_said(picture.names[row])]
        parts += [f"{tr(head)}: {text}" for head, text in zip(picture.heads, self._texts[row], strict=True)]
        if row == picture.winner:
            parts.append(tr("is chosen"))
        return "\n".join(parts)

    def event(self, event: QEvent) -> bool:
        """Keep the arrows, which step the run elsewhere."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in ARROWS[2:]:
            event.accept()
            return True
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Say all about the row under the mouse."""
        if isinstance(event, QHelpEvent):
            self._explain(event.pos(), event.globalPos())
            return True
        return super().viewportEvent(event)

    def _explain(self, at: QPoint, where: QPoint) -> None:
        row = (at.y() - self.head_height + self.verticalScrollBar().value()) // self.row_height
        known = self.picture is not None and at.y() >= self.head_height and 0 <= row < len(self.picture.names)
        QToolTip.showText(where, self.describe(row) if known else "", self.viewport())


def texts_of(values: Floats) -> list[list[str]]:
    """Return the numbers (r, c) as texts: a column with as many decimals throughout; – for NaN."""
    columns = [_texts(values[:, column]) for column in range(values.shape[1])]
    return [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in values]


def _texts(column: Floats) -> list[str]:
    finite = column[np.isfinite(column)]
    largest = float(np.abs(finite).max(initial=0.0))
    smallest = float(np.abs(finite[finite != 0]).min(initial=math.inf))
    if len(finite) and largest < 1e6 and bool((finite == np.round(finite)).all()) and largest >= 2:
        form = ".0f"
    elif largest >= 1e5 or smallest < 5e-5:
        form = ".3g"
    else:
        form = ".3f" if largest < 10 else ".2f" if largest < 1000 else ".1f"
    return [_text(value, form) for value in column.tolist()]


def _text(value: float, form: str) -> str:
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:{form}}"
    return text.lstrip("-") if not text.strip("-0.") else text.replace("-", "−")


def figures(*, strong: bool) -> QFont:
    """Return the font of a row; its figures are of one width."""
    if not strong:
        return small_figures()
    font = theme.font("strong")
    font.setPixelSize(theme.font("small").pixelSize())
    return font


def _paint_check(painter: QPainter, centre: QPointF, scale: float) -> None:
    """Draw a check mark in the pen's colour."""
    painter.save()
    pen = QPen(painter.pen().color(), 1.8 * scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    corners = ((-4.0, 0.0), (-1.2, 3.0), (4.0, -3.2))
    painter.drawPolyline([centre + QPointF(x, y) * scale for x, y in corners])
    painter.restore()
