"""Named numbers as bars to the right and to the left of 0."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip

from app.language import as_said, tr
from app.theme import theme
from app.views.axes import nice_step
from app.views.painted import PaintedView
from app.views.registry import view
from engines.core.arrays import Floats, Ints
from engines.pictures.bars import Bars

OWN_COLOURS = ("curve_train", "curve_validation", "good", "bad")


@view(Bars)
class BarsView(PaintedView):
    """One row for each name; what does not fit is left out and counted in the last line."""

    title: ClassVar[str] = "Bars"

    @property
    def bars(self) -> Bars | None:
        """What is drawn."""
        return self.picture if isinstance(self.picture, Bars) else None

    def empty(self) -> bool:
        """Whether there is no bar."""
        return self.bars is None or not self.bars.values.size

    def paint_picture(self, painter: QPainter) -> None:
        """Draw the legend, then row by row the name, the bars, the number."""
        bars = self.bars
        assert bars is not None
        top = self._paint_legend(painter, bars)
        rows = self.rows(top)
        metrics = painter.fontMetrics()
        left_out = len(bars.names) - len(rows)
        foot = metrics.height() if left_out else 0
        height = min(theme.px(30), (self.height() - top - foot) / max(1, len(rows)))
        names = [as_said(bars.names[row]) for row in rows]
        numbers = [self.figures(int(row)) for row in rows]
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0) + 8
        label = min(widest, int(self.width() * 0.42))
        figure = max((metrics.horizontalAdvance(text) for row in numbers for text in row), default=0) + 6
        room = QRectF(label, top, self.width() - label - figure, height * len(rows))
        zero, unit = _scale(bars, room)
        for place, row in enumerate(rows):
            line = QRectF(0, top + place * height, self.width(), height)
            painter.setPen(theme.tokens.color("text"))
            shown = metrics.elidedText(names[place], Qt.TextElideMode.ElideMiddle, label - 6)
            box = QRectF(0, line.top(), label - 6, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
            self._paint_row(painter, bars, int(row), line, (zero, unit), numbers[place])
        painter.setPen(QPen(theme.tokens.color("faint"), 1))
        painter.drawLine(QPointF(zero, top), QPointF(zero, top + height * len(rows)))
        if left_out:
            painter.setPen(theme.tokens.color("muted"))
            box = QRectF(0, self.height() - foot, self.width(), foot)
            text = tr("{count} more are not shown: enlarge the card", count=left_out)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, metrics.elidedText(
                text, Qt.TextElideMode.ElideRight, self.width()))  # fmt: skip

    def rows(self, top: float) -> Ints:
        """Return which names are shown below ``top``: (m,)."""
        bars = self.bars
        assert bars is not None
        least = theme.px(15) * max(1.0, 0.62 * len(bars.values))
        room = self.height() - top
        n = len(bars.names)
        fit = max(1, int(room / least))
        if fit < n:
            fit = max(1, int((room - theme.px(16)) / least))
        if fit >= n:
            return np.arange(n)
        if not bars.ranked:
            return np.arange(fit)
        strength = np.abs(np.nan_to_num(bars.values)).max(0)
        return np.argsort(-strength, kind="stable")[:fit]

    def figures(self, row: int) -> list[str]:
        """Return the numbers of a row as they are written: votes, whole numbers for classes, without decimals."""
        bars = self.bars
        assert bars is not None
        votes = bars.by_class and bool((bars.values == np.rint(bars.values)).all()) and bool((bars.values > 1).any())
        return [f"{value:.0f}" if votes else _figure(value) for value in bars.values[:, row].tolist()]

    def _paint_legend(self, painter: QPainter, bars: Bars) -> float:
        metrics = painter.fontMetrics()
        x, y, height = 0, metrics.ascent() + 2, metrics.height() + 2
        if compared := as_said(bars.compared):
            painter.setPen(QPen(theme.tokens.color("text"), 2 * theme.scale))
            painter.drawLine(QPointF(3, y - theme.px(10)), QPointF(3, y + 1))
            painter.setPen(theme.tokens.color("muted"))
            painter.drawText(theme.px(10), y, compared)
            x = theme.px(24) + metrics.horizontalAdvance(compared)
        elif not bars.series:
            return 0
        for place, name in enumerate(bars.series):
            text = as_said(name)
            width = theme.px(14) + metrics.horizontalAdvance(text)
            if x and x + width > self.width():
                x, y = 0, y + height
            painter.fillRect(QRectF(x, y - theme.px(9), theme.px(9), theme.px(9)), _colour(bars, place, 0, 1.0))
            painter.setPen(theme.tokens.color("muted"))
            painter.drawText(x + theme.px(14), y, text)
            x += width + theme.px(14)
        return y + 6

    def _paint_row(
        self, painter: QPainter, bars: Bars, row: int, line: QRectF, scale: tuple[float, float], figures: list[str]
    ) -> None:
        """Draw the bars of one name. scale: where 0 is, and pixels a unit."""
        zero, unit = scale
        count = len(bars.values)
        height = line.height() / count
        thick = max(2.0, min(theme.px(14), height * 0.72))
        for place in range(count):
            value = float(np.nan_to_num(bars.values[place, row]))
            middle = line.top() + (place + 0.5) * height
            end = zero + value * unit
            painter.fillRect(QRectF(zero, middle - thick / 2, end - zero, thick).normalized(),
                             _colour(bars, place, row, value))  # fmt: skip
            if bars.reference.shape == bars.values.shape and np.isfinite(bars.reference[place, row]):
                at = zero + float(bars.reference[place, row]) * unit
                painter.setPen(QPen(theme.tokens.color("text"), 2 * theme.scale))
                painter.drawLine(QPointF(at, middle - thick / 2 - 2), QPointF(at, middle + thick / 2 + 2))
            if height >= painter.fontMetrics().height() * 0.8:
                painter.setPen(theme.tokens.color("muted"))
                box = QRectF(line.right() - self.width(), middle - height / 2, self.width(), height)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, figures[place])

    def event(self, event: QEvent) -> bool:
        """Tell the whole name and the numbers of the row under the mouse."""
        if isinstance(event, QHelpEvent) and self.bars is not None and not self.empty():
            top = theme.px(20) if self.bars.series or as_said(self.bars.compared) else 0
            rows = self.rows(top)
            height = min(theme.px(30), (self.height() - top) / max(1, len(rows)))
            place = int((event.pos().y() - top) / max(1.0, height))
            if 0 <= place < len(rows):
                QToolTip.showText(event.globalPos(), self.describe(int(rows[place])), self)
            return True
        return super().event(event)

    def describe(self, row: int) -> str:
        """Return the name of a row and its numbers in words."""
        bars = self.bars
        assert bars is not None
        names = [as_said(name) + ": " for name in bars.series] or [""] * len(bars.values)
        told = [name + figure for name, figure in zip(names, self.figures(row), strict=False)]
        if (compared := as_said(bars.compared)) and bars.reference.shape == bars.values.shape:
            told += [f"{compared}: {_figure(value)}" for value in bars.reference[:, row].tolist()]
        return f"{as_said(bars.names[row])}\n" + "\n".join(told)


def _colour(bars: Bars, place: int, row: int, value: float) -> QColor:
    """Return the colour of a bar: of the class, of the series, or of what is above or below 0."""
    if bars.by_class:
        return theme.tokens.class_color(place if bars.series else row)
    if len(bars.values) > 1:
        return theme.tokens.color(OWN_COLOURS[place % len(OWN_COLOURS)])
    return theme.tokens.color("positive" if value >= 0 else "negative")


def _scale(bars: Bars, room: QRectF) -> tuple[float, float]:
    """Return the pixel at which 0 stands, and pixels a unit; the ends are round, so that growing bars seldom jump."""
    values: Floats = np.concatenate([bars.values.ravel(), bars.reference.ravel(), [0.0]])
    values = values[np.isfinite(values)]
    low, high = float(values.min()), float(values.max())
    step = nice_step(max(high, -low) / 2)
    low, high = step * np.floor(low / step + 1e-9), step * np.ceil(high / step - 1e-9)
    unit = (room.width() - 4) / max(high - low, 1e-300)
    return room.left() + 2 - low * unit, float(unit)


def _figure(value: float) -> str:
    """Return a number as short as it can be read."""
    if not np.isfinite(value):
        return "–"
    size = abs(value)
    if size and not 1e-3 <= size < 1e5:
        return f"{value:.1e}".replace("-", "−")
    return (f"{value:.3f}" if size < 10 else f"{value:.1f}").replace("-", "−")
