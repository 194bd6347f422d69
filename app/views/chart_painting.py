"""How one line of a chart is painted: its colour, its key in the legend, its band, its points and its area."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from app.theme import theme
from app.views.axes import Axis
from engines.core.arrays import Floats
from engines.pictures.chart import NO_CLASS, Line

MOST_POINTS = 2000  # of a line; more are reduced to the lowest and highest of every pixel column
OWN_COLOURS = ("curve_train", "curve_validation", "good", "bad", "muted")


@dataclass(frozen=True)
class Room:
    """Where the lines are drawn, and the two axes."""

    rect: QRectF
    across: Axis
    up: Axis


def colour_of(line: Line, place: int) -> QColor:
    """Return the colour of a line: its class's, that of what has no class, or the chart's own for its place."""
    if line.colour >= 0:
        return theme.tokens.class_color(line.colour)
    if line.colour == NO_CLASS:
        return theme.tokens.color("unlabelled")
    return theme.tokens.color(OWN_COLOURS[place % len(OWN_COLOURS)])


def paint_key(painter: QPainter, line: Line, colour: QColor, middle: QPointF) -> None:
    """Draw the sign of a line in the legend."""
    half = theme.px(6)
    if line.style == "dots":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(middle, 3 * theme.scale, 3 * theme.scale)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        return
    dashes = Qt.PenStyle.DotLine if line.style == "dashes" else Qt.PenStyle.SolidLine
    painter.setPen(QPen(colour, (6 if line.style == "area" else 2.5) * theme.scale, dashes))
    painter.drawLine(middle - QPointF(half, 0), middle + QPointF(half, 0))


def edges(line: Line) -> list[Floats]:
    """Return the heights that a line reaches: its own, or the lower and the upper edge of its band."""
    if line.spread.shape[-1] != len(line.y):
        return [line.y]
    below, above = line.spread if line.spread.ndim == 2 else (line.spread, line.spread)
    return [line.y - below, line.y + above]


def paint_band(painter: QPainter, line: Line, colour: QColor, room: Room) -> None:
    """Paint the band about a line, between its gaps."""
    if len(edges(line)) < 2:
        return
    x = room.across.pixels(line.x)
    low, high = (room.up.pixels(edge) for edge in edges(line))
    soft = QColor(colour)
    soft.setAlphaF(0.18)
    for below, above in zip(_runs(x, low), _runs(x, high), strict=False):
        path = QPainterPath()
        path.addPolygon(QPolygonF([*below.toList(), *reversed(above.toList())]))
        path.closeSubpath()
        painter.fillPath(path, soft)


def paint_line(painter: QPainter, line: Line, colour: QColor, room: Room) -> None:
    """Draw a line, its dots or its area."""
    x, y = room.across.pixels(line.x), room.up.pixels(line.y)
    if line.style == "dots":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        radius = 2.6 * theme.scale
        every = max(1, len(x) // MOST_POINTS)
        for px, py in zip(x[::every].tolist(), y[::every].tolist(), strict=True):
            if np.isfinite(px + py):
                painter.drawEllipse(QPointF(px, py), radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        return
    style = Qt.PenStyle.DashLine if line.style == "dashes" else Qt.PenStyle.SolidLine
    x, y = _thinned(x, y)
    for part in _runs(x, y):
        if line.style == "area":
            _fill(painter, part, colour, room)
        painter.setPen(QPen(colour, 1.5 * theme.scale, style))
        painter.drawPolyline(part)
    if len(x) == 1:
        painter.drawEllipse(QPointF(float(x[0]), float(y[0])), 2, 2)


def _fill(painter: QPainter, part: QPolygonF, colour: QColor, room: Room) -> None:
    path = QPainterPath(QPointF(part.first().x(), room.rect.bottom()))
    for point in part.toList():
        path.lineTo(point)
    path.lineTo(part.last().x(), room.rect.bottom())
    soft = QColor(colour)
    soft.setAlphaF(0.25)
    painter.fillPath(path, soft)


def _thinned(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return a long line with the lowest and the highest point of each of some pieces only, in their order."""
    if len(x) <= MOST_POINTS:
        return x, y
    size = -(-len(x) // (MOST_POINTS // 2))
    pieces = [np.arange(begin, min(begin + size, len(x))) for begin in range(0, len(x), size)]
    kept = [sorted({int(p[np.argmin(y[p])]), int(p[np.argmax(y[p])])}) for p in pieces]
    index = np.array([i for pair in kept for i in pair])
    return x[index], y[index]


def _runs(x: Floats, y: Floats) -> list[QPolygonF]:
    """Return the pieces of a line between its gaps."""
    there = np.isfinite(x) & np.isfinite(y)
    pieces: list[QPolygonF] = []
    now: list[QPointF] = []
    for px, py, ok in zip(x.tolist(), y.tolist(), there.tolist(), strict=True):
        if ok:
            now.append(QPointF(px, py))
        elif now:
            pieces.append(QPolygonF(now))
            now = []
    return [*pieces, QPolygonF(now)] if now else pieces
