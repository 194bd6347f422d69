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


class GroupsItem(pg.GraphicsObject):
    """Paints links, trails and centres in one go."""

    def __init__(self, plane: pg.PlotWidget) -> None:
        super().__init__()
        self._plane = plane
        self.groups: Groups | None = None
        self.dragged: tuple[int, float, float] | None = None
        self.setZValue(20)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The whole visible plane."""
        return QRectF(self.viewRect())

    def viewTransformChanged(self) -> None:  # noqa: N802 - pyqtgraph's name
        """Follow the view."""
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the newest groups."""
        groups = self.groups
        if groups is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = self._plane.points.x
        if len(groups.labels) == len(x) <= MOST_MARKS:
            self._paint_links(painter, groups, x)
        self._paint_trails(painter, groups)
        self._paint_centres(painter, groups)

    def _paint_links(self, painter: QPainter, groups: Groups, x: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> None:
        for k, (cx, cy) in enumerate(groups.centres.tolist()):
            colour = theme.tokens.class_color(k)
            colour.setAlphaF(0.45)
            pen = QPen(colour, 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines([QLineF(px, py, cx, cy) for px, py in x[groups.labels == k].tolist()])

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
        self._item = GroupsItem(plane)
        plane.addItem(self._item, ignoreBounds=True)

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Groups."""
        assert isinstance(picture, Groups)
        self._item.groups = picture
        self._item.update()

    def clear(self) -> None:
        """Draw nothing."""
        self._item.groups = None
        self._item.update()

    def restyle(self) -> None:
        """Draw with the colours of now."""
        self._item.update()

    # Dragging a centre

    def grab(self, x: float, y: float, reach: float, *, only_look: bool = False) -> bool:
        """Take the centre under the mouse, if there is one within ``reach``."""
        groups = self._item.groups
        if groups is None or not len(groups.centres):
            return False
        distance = np.hypot(*(groups.centres - (x, y)).T)
        nearest = int(distance.argmin())
        if distance[nearest] > reach:
            return False
        if not only_look:
            self._item.dragged = (nearest, x, y)
        return True

    def drag(self, x: float, y: float) -> Poke | None:
        """Move the centre at once and return the poke that tells the engine."""
        if self._item.dragged is None:
            return None
        which = self._item.dragged[0]
        self._item.dragged = (which, x, y)
        self._item.update()
        return Poke("centres", (which,), (x, y))

    def drop(self) -> None:
        """Let go."""
        self._item.dragged = None
        self._item.update()
