"""Clusters: links from points to their centre, the centres, and the way they have come."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from app.theme import theme
from app.views import marks
from app.views.points_layer import MOST_MARKS
from app.views.registry import Layer, view
from engines.core.picture import Picture
from engines.core.step import Poke
from engines.pictures.groups import Groups

RADIUS = 10.0


class OverPlane(pg.GraphicsObject):
    """Something that is painted from the newest groups over the whole plane."""

    def __init__(self, plane: pg.PlotWidget, z: float) -> None:
        super().__init__()
        self._plane = plane
        self.groups: Groups | None = None
        self.setZValue(z)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The whole visible plane."""
        return QRectF(self.viewRect())

    def viewTransformChanged(self) -> None:  # noqa: N802 - pyqtgraph's name
        """Follow the view."""
        self.prepareGeometryChange()


class Links(OverPlane):
    """Lines from points to their centre, below the points."""

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the links of the newest groups."""
        groups, x = self.groups, self._plane.points.x
        if groups is None or not len(groups.labels) == len(x) <= MOST_MARKS:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for k, (cx, cy) in enumerate(groups.centres.tolist()):
            colour = theme.tokens.class_color(k)
            colour.setAlphaF(0.7)
            pen = QPen(colour, 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines([QLineF(px, py, cx, cy) for px, py in x[groups.labels == k].tolist()])


class Centres(OverPlane):
    """The centres and the way they have come, over the points."""

    dragged: tuple[int, float, float] | None = None

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the centres of the newest groups."""
        if self.groups is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_trails(painter, self.groups)
            self._paint_centres(painter, self.groups)

    def _paint_trails(self, painter: QPainter, groups: Groups) -> None:
        pen = QPen(theme.tokens.color("text"), 1.6)
        pen.setCosmetic(True)
        painter.setPen(pen)
        for k in range(len(groups.centres)):
            way = [QPointF(px, py) for px, py in groups.trail[:, k].tolist()]
            painter.drawPolyline(way)

    def _paint_centres(self, painter: QPainter, groups: Groups) -> None:
        transform = self.sceneTransform()
        painter.save()
        painter.setTransform(transform.inverted()[0], True)
        for k, place in enumerate(groups.centres.tolist()):
            if self.dragged and self.dragged[0] == k:
                place = list(self.dragged[1:])
            at = transform.map(QPointF(*place))
            painter.setPen(QPen(theme.tokens.color("text"), 2))
            painter.setBrush(theme.tokens.color("card"))
            painter.drawEllipse(at, RADIUS * theme.scale, RADIUS * theme.scale)
            marks.paint(painter, k, at, 6.5 * theme.scale)
        painter.restore()


@view(Groups)
class GroupsLayer(Layer):
    """The newest groups; a centre can be dragged."""

    def __init__(self, plane: pg.PlotWidget) -> None:
        super().__init__(plane)
        self._points = plane.points
        self._links, self._centres = Links(plane, 20), Centres(plane, 40)
        for item in (self._links, self._centres):
            plane.addItem(item, ignoreBounds=True)

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Groups; the points take the colour and shape of their group."""
        assert isinstance(picture, Groups)
        if picture is not self._centres.groups:
            self._show(picture)
            self._points.show_labels(picture.labels)

    def clear(self) -> None:
        """Draw nothing; the points show their classes again."""
        self._show(None)
        self._points.show_labels(None)

    def restyle(self) -> None:
        """Draw with the colours of now."""
        self._show(self._centres.groups)

    def _show(self, groups: Groups | None) -> None:
        for item in (self._links, self._centres):
            item.groups = groups
            item.update()

    # Dragging a centre

    def grab(self, x: float, y: float, reach: float, *, only_look: bool = False) -> bool:
        """Take the centre under the mouse, if there is one within ``reach``."""
        groups = self._centres.groups
        if groups is None or not len(groups.centres):
            return False
        distance = np.hypot(*(groups.centres - (x, y)).T)
        nearest = int(distance.argmin())
        if distance[nearest] > reach:
            return False
        if not only_look:
            self._centres.dragged = (nearest, x, y)
        return True

    def drag(self, x: float, y: float) -> Poke | None:
        """Move the centre at once and return the poke that tells the engine."""
        if self._centres.dragged is None:
            return None
        which = self._centres.dragged[0]
        self._centres.dragged = (which, x, y)
        self._centres.update()
        return Poke("centres", (which,), (x, y))

    def drop(self) -> None:
        """Let go."""
        self._centres.dragged = None
        self._centres.update()
