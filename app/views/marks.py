"""A shape for every class, so that nobody has to tell classes by colour alone."""

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from app.theme import theme
from app.theme.tokens import bgr

SHAPES = ("circle", "square", "triangle", "diamond", "star", "plus", "cross", "hexagon")


def path(which: int) -> QPainterPath:
    """Return the outline of the mark of class ``which`` about the origin, with a radius of 1; a small disc for -1."""
    made = QPainterPath()
    name = "circle" if which < 0 else SHAPES[which % len(SHAPES)]
    if name == "circle":
        made.addEllipse(QPointF(0, 0), 0.95, 0.95)
    elif name == "square":
        made.addRect(-0.85, -0.85, 1.7, 1.7)
    elif name in ("plus", "cross"):
        arms = [(0.35, 1), (0.35, 0.35), (1, 0.35), (1, -0.35), (0.35, -0.35), (0.35, -1)]
        arms += [(-x, -y) for x, y in arms]
        turn = math.pi / 4 if name == "cross" else 0.0
        made.addPolygon(_closed([_turned(x, y, turn) for x, y in arms]))
    else:
        corners, inner = {"triangle": (3, 0.0), "diamond": (4, 0.0), "star": (5, 0.45), "hexagon": (6, 0.0)}[name]
        made.addPolygon(_closed(_star(corners, inner)))
    return made


def _star(corners: int, inner: float) -> list[QPointF]:
    points = []
    for i in range(corners * (2 if inner else 1)):
        radius = inner if inner and i % 2 else 1.1
        angle = -math.pi / 2 + 2 * math.pi * i / (corners * (2 if inner else 1))
        points.append(QPointF(radius * math.cos(angle), radius * math.sin(angle)))
    return points


def _turned(x: float, y: float, angle: float) -> QPointF:
    return QPointF(x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle))


def _closed(points: list[QPointF]) -> QPolygonF:
    return QPolygonF([*points, points[0]])


def paint(
    painter: QPainter, which: int, centre: QPointF, radius: float, *, filled: bool = True, colour: QColor | None = None
) -> None:
    """Draw the mark of class ``which``: filled with an edge of the card's colour, or as an outline."""
    colour = colour or theme.tokens.class_color(which)
    painter.save()
    painter.translate(centre)
    painter.scale(radius, radius)
    if filled:
        painter.setPen(QPen(theme.tokens.color("card"), 1.4 / radius))
        painter.setBrush(colour)
    else:
        painter.setPen(QPen(colour, 1.8 / radius))
        painter.setBrush(theme.tokens.color("card"))
    painter.drawPath(path(which))
    painter.restore()
    painter.setBrush(Qt.BrushStyle.NoBrush)


def mixed(low: QColor, high: QColor, share: float) -> QColor:
    """Return the colour that lies ``share`` of the way from ``low`` to ``high``."""
    blue, green, red = (round(a + (b - a) * share) for a, b in zip(bgr(low), bgr(high), strict=True))
    return QColor(red, green, blue)
