"""Numbers against numbers: lines, dots and areas on one pair of axes, and a cut that can be dragged."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen

from app.language import tr
from app.theme import theme
from app.views.axes import Axis, ends, tick_text
from app.views.chart_painting import Room, colour_of, edges, paint_band, paint_key, paint_line
from app.views.painted import PaintedView
from app.views.registry import view
from engines.pictures.chart import Chart

REACH = 8  # pixels about a cut within which it can be taken


@view(Chart)
class ChartView(PaintedView):
    """Draws the newest chart; the ends of the axes are round numbers, so that a growing line moves them seldom."""

    title: ClassVar[str] = "Chart"

    def __init__(self) -> None:
        super().__init__()
        self._held: float | None = None  # where the cut is while a hand holds it
        self._room: Room | None = None
        self.setMouseTracking(True)

    @property
    def chart(self) -> Chart | None:
        """What is drawn."""
        return self.picture if isinstance(self.picture, Chart) else None

    def empty(self) -> bool:
        """Whether no line has a point."""
        return self.chart is None or not any(len(line.x) for line in self.chart.lines)

    # Painting

    def paint_picture(self, painter: QPainter) -> None:
        """Draw legend, axes, lines, mark and cut."""
        chart = self.chart
        assert chart is not None
        top = self._paint_legend(painter, chart)
        self._room = room = self._make_room(painter, chart, top)
        if room.rect.width() < 30 or room.rect.height() < 20:
            self._room = None
            return
        self._paint_axes(painter, chart, room)
        painter.save()
        painter.setClipRect(room.rect.adjusted(-3, -3, 3, 3))
        for place, line in enumerate(chart.lines):
            paint_band(painter, line, colour_of(line, place), room)
        for place, line in enumerate(chart.lines):
            paint_line(painter, line, colour_of(line, place), room)
        self._paint_mark(painter, chart, room)
        painter.restore()
        self._paint_cut(painter, chart, room)

    def _paint_legend(self, painter: QPainter, chart: Chart) -> float:
        """Name the lines that have a name, in as many rows as they need; returns the lower end."""
        metrics = painter.fontMetrics()
        x, y, height = 0, metrics.ascent() + 2, metrics.height() + 2
        named = False
        for place, line in enumerate(chart.lines):
            if not (text := tr(line.name)):
                continue
            named = True
            width = theme.px(17) + metrics.horizontalAdvance(text)
            if x and x + width > self.width():
                x, y = 0, y + height
            middle = QPointF(x + theme.px(6), y - metrics.ascent() / 2 + 1)
            paint_key(painter, line, colour_of(line, place), middle)
            painter.setPen(theme.tokens.color("muted"))
            painter.drawText(x + theme.px(17), y, text)
            x += width + theme.px(14)
        return y + 4 if named else 0

    def _make_room(self, painter: QPainter, chart: Chart, top: float) -> Room:
        """Return where the lines go: beside the longest number at the left, above the numbers below."""
        cut = chart.cut
        x = [line.x for line in chart.lines] + [np.array([chart.mark])]
        y = [edge for line in chart.lines for edge in (line.y, *edges(line))]
        if cut is not None:
            (x if cut.upright else y).append(np.array([cut.value]))
        low_x, high_x = ends(x, log=chart.log_x, from_zero=False, whole=True)
        low_y, high_y = ends(y, log=chart.log_y, from_zero=chart.from_zero)
        metrics = painter.fontMetrics()
        unit = tr(chart.up)
        if unit:
            painter.setPen(theme.tokens.color("muted"))
            painter.drawText(0, round(top) + metrics.ascent() + 1, metrics.elidedText(
                unit, Qt.TextElideMode.ElideRight, self.width()))  # fmt: skip
            top += metrics.height()
        height = self.height() - top - 6 - (metrics.height() + 4)
        figures = Axis(low_y, high_y, 0, 1, chart.log_y).ticks(_ticks_up(height))
        left = max([theme.px(24), *(metrics.horizontalAdvance(tick_text(t)) + 8 for t in figures)])
        rect = QRectF(left, top + 6, self.width() - left - theme.px(10), height)
        return Room(
            rect,
            Axis(low_x, high_x, rect.left(), rect.right(), chart.log_x),
            Axis(low_y, high_y, rect.bottom(), rect.top(), chart.log_y),
        )

    def _paint_axes(self, painter: QPainter, chart: Chart, room: Room) -> None:
        tokens, metrics = theme.tokens, painter.fontMetrics()
        rect = room.rect
        for value in room.up.ticks(_ticks_up(rect.height())):
            y = room.up.pixel(value)
            painter.setPen(QPen(tokens.color("line"), 1))
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
            painter.setPen(tokens.color("muted"))
            box = QRectF(0, y - metrics.height() / 2, rect.left() - 6, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tick_text(value))
        name = tr(chart.across)
        taken = QRectF(0, rect.bottom() + 3, rect.right(), metrics.height())
        edge = taken.right() - metrics.horizontalAdvance(name) - 8 if name else self.width()
        whole = all(bool((line.x == np.rint(line.x)).all()) for line in chart.lines)  # nobody wants 2.5 clusters
        for value in room.across.ticks(max(2, int(rect.width() / theme.px(56))), whole=whole and not chart.log_x):
            x, text = room.across.pixel(value), tick_text(value)
            half = metrics.horizontalAdvance(text) / 2
            if x + half <= edge:
                painter.drawText(QPointF(max(0.0, x - half), taken.top() + metrics.ascent()), text)
        painter.drawText(taken, Qt.AlignmentFlag.AlignRight, name)

    def _paint_mark(self, painter: QPainter, chart: Chart, room: Room) -> None:
        x = room.across.pixel(chart.mark)
        if np.isfinite(x):
            painter.setPen(QPen(theme.tokens.color("muted"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, room.rect.top()), QPointF(x, room.rect.bottom()))

    def _paint_cut(self, painter: QPainter, chart: Chart, room: Room) -> None:
        if chart.cut is None:
            return
        upright, value = chart.cut.upright, chart.cut.value if self._held is None else self._held
        colour = theme.tokens.color("accent")
        painter.setPen(QPen(colour, 2 * theme.scale))
        at = (room.across if upright else room.up).pixel(value)
        if not np.isfinite(at):
            return
        rect = room.rect
        begin, end = (
            (QPointF(at, rect.top()), QPointF(at, rect.bottom()))
            if upright
            else (QPointF(rect.left(), at), QPointF(rect.right(), at))
        )
        painter.drawLine(begin, end)
        painter.setBrush(colour)
        painter.drawEllipse(begin if upright else end, 4.5 * theme.scale, 4.5 * theme.scale)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        text = f"{value:.3g}"
        metrics = painter.fontMetrics()
        width = metrics.horizontalAdvance(text)
        x = min(at + 6, rect.right() - width) if upright else rect.right() - width - 8
        y = rect.top() + metrics.ascent() if upright else max(at - 5, rect.top() + metrics.ascent())
        painter.drawText(QPointF(x, y), text)

    # The cut

    def _near_cut(self, at: QPointF) -> bool:
        chart, room = self.chart, self._room
        if chart is None or chart.cut is None or room is None:
            return False
        upright = chart.cut.upright
        place = (room.across if upright else room.up).pixel(chart.cut.value)
        return abs((at.x() if upright else at.y()) - place) <= REACH * theme.scale

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take the cut, if it is under the mouse."""
        if event.button() is Qt.MouseButton.LeftButton and self._near_cut(event.position()):
            self._drag(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Move the cut that is held; show that it can be taken."""
        if self._held is not None:
            self._drag(event.position())
            return
        chart = self.chart
        shape = Qt.CursorShape.ArrowCursor
        if chart is not None and chart.cut is not None and self._near_cut(event.position()):
            shape = Qt.CursorShape.SplitHCursor if chart.cut.upright else Qt.CursorShape.SplitVCursor
        self.setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let go of the cut."""
        self._held = None
        self.update()

    def _drag(self, at: QPointF) -> None:
        chart, room = self.chart, self._room
        if chart is None or chart.cut is None or room is None:  # the run has begun anew while a hand holds the cut
            return
        axis = room.across if chart.cut.upright else room.up
        self._held = axis.value(at.x() if chart.cut.upright else at.y())
        self.update()
        self.asked.emit(chart.cut.param, self._held)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Leave the keys to the window: the hyper-parameter of the cut has a slider too."""
        event.ignore()


def _ticks_up(height: float) -> int:
    """Return how many numbers have room beside an upright axis."""
    return max(2, int(height / theme.px(34)))
