"""Circles on the plane: windows that slide, with the way they have come, or the reach of points."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from app.theme import theme
from app.views.over_plane import OverPlane
from app.views.registry import Layer, view
from engines.core.arrays import Floats, Ints
from engines.core.picture import Picture
from engines.pictures.circles import Circles

MOST_FILLED = 12  # the insides of more would hide each other
MOST_CIRCLES = 150  # of more an even choice is drawn as circles, with their ways
MOST_DOTS = 600
DOT = 3.5  # pixels
FILL = 0.10


class OfCircles(OverPlane):
    """Something that is painted from the newest circles over the whole plane."""

    def __init__(self, z: float) -> None:
        super().__init__(z)
        self.circles: Circles | None = None

    def show_circles(self, circles: Circles | None) -> None:
        """Paint these from now on."""
        if circles is not self.circles:
            self.circles = circles
            self.update()


class Rims(OfCircles):
    """The circles themselves, below the points."""

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the rims; a few circles have a tinted inside too."""
        circles = self.circles
        if circles is None or not len(circles.centres):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for group, rows in by_group(circles.groups, MOST_CIRCLES):
            colour = colour_of(group)
            pen = QPen(colour, 1)  # a wider smooth line takes Qt 15 times as long
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if len(circles.centres) <= MOST_FILLED:
                inside = QColor(colour)
                inside.setAlphaF(FILL)
                painter.setBrush(inside)
            for (x, y), radius in zip(circles.centres[rows].tolist(), circles.radii[rows].tolist(), strict=True):
                if np.isfinite(x + y + radius):
                    painter.drawEllipse(QPointF(x, y), radius, radius)


class Ways(OfCircles):
    """The ways that the centres have come, and a dot on each centre, over the points."""

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the ways, then the dots, which keep their size when the view is zoomed."""
        circles = self.circles
        if circles is None or not len(circles.centres):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if len(circles.trail) > 1:
            pen = QPen(theme.tokens.color("text"), theme.scale)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(ways(circles.trail[:, thinned(len(circles.centres), MOST_CIRCLES)]))
        transform = self.sceneTransform()
        painter.save()
        painter.setTransform(transform.inverted()[0], True)
        painter.setPen(QPen(theme.tokens.color("card"), 1))
        size = DOT * theme.scale
        for group, rows in by_group(circles.groups, MOST_DOTS):
            painter.setBrush(colour_of(group))
            for x, y in circles.centres[rows].tolist():
                if np.isfinite(x + y):
                    painter.drawEllipse(transform.map(QPointF(x, y)), size, size)
        painter.restore()


@view(Circles)
class CirclesLayer(Layer):
    """The newest circles; nothing of them can be dragged."""

    def __init__(self, plane: pg.PlotWidget) -> None:
        super().__init__(plane)
        self._items = (Rims(22), Ways(38))
        for item in self._items:
            plane.addItem(item, ignoreBounds=True)

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Circles."""
        assert isinstance(picture, Circles)
        for item in self._items:
            item.show_circles(picture)

    def clear(self) -> None:
        """Draw nothing."""
        for item in self._items:
            item.show_circles(None)

    def restyle(self) -> None:
        """Draw with the colours of now."""
        for item in self._items:
            item.update()


def colour_of(group: int) -> QColor:
    """Return the colour of a class; of no class the accent, which no class has."""
    return theme.tokens.class_color(group) if group >= 0 else theme.tokens.color("accent")


def thinned(count: int, most: int) -> Ints:
    """Return which of ``count`` circles are drawn where only ``most`` are: spread evenly, the same at every step."""
    if count <= most:
        return np.arange(count)
    return np.linspace(0, count - 1, most).round().astype(np.int64)


def by_group(groups: Ints, most: int) -> list[tuple[int, Ints]]:
    """Return the rows to draw, those of one colour together."""
    rows = thinned(len(groups), most)
    found = sorted(set(groups[rows].tolist()))
    return [(int(group), rows[groups[rows] == group]) for group in found]


def ways(trail: Floats) -> QPainterPath:
    """Return a broken line for each centre: trail (t, k, 2); where it stood still no line is drawn."""
    path = QPainterPath()
    for k in range(trail.shape[1]):
        way = trail[:, k]
        turns = np.ones(len(way), bool)
        turns[1:] = (way[1:] != way[:-1]).any(1)
        places = way[turns & np.isfinite(way).all(1)].tolist()
        if len(places) < 2:
            continue
        path.moveTo(*places[0])
        for place in places[1:]:
            path.lineTo(*place)
    return path
