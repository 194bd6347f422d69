"""Clusters: links from points to their centre, the centres, and the way they have come."""

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QPainter, QPen

from app.theme import theme
from app.views import marks
from app.views.over_plane import OverPlane
from app.views.points_layer import MOST_MARKS
from app.views.registry import Layer, view
from engines.core.arrays import Floats
from engines.core.picture import Picture
from engines.core.step import Poke
from engines.pictures.groups import Groups

RADIUS = 10.0


class OfGroups(OverPlane):
    """Something that is painted from the newest groups over the whole plane."""

    def __init__(self, plane: pg.PlotWidget, z: float) -> None:
        super().__init__(z)
        self._plane = plane
        self.groups: Groups | None = None
        self.centres: Floats = np.zeros((0, 2))  # as they are shown: one may be under a hand


class Links(OfGroups):
    """Lines from points to their centre, below the points."""

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the links of the newest groups."""
        groups, x = self.groups, self._plane.points.x
        if groups is None or not len(groups.labels) == len(x) <= MOST_MARKS:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for k, (cx, cy) in enumerate(self.centres.tolist()):
            colour = theme.tokens.class_color(k)
            colour.setAlphaF(0.7)
            pen = QPen(colour, 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines([QLineF(px, py, cx, cy) for px, py in x[groups.labels == k].tolist()])


class Centres(OfGroups):
    """The centres and the way they have come, over the points."""

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the centres of the newest groups."""
        if self.groups is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_trails(painter, self.groups)
            self._paint_centres(painter)

    def _paint_trails(self, painter: QPainter, groups: Groups) -> None:
        pen = QPen(theme.tokens.color("text"), 1.6)
        pen.setCosmetic(True)
        painter.setPen(pen)
        for way in groups.trail.transpose(1, 0, 2).tolist():
            painter.drawPolyline([QPointF(px, py) for px, py in way])

    def _paint_centres(self, painter: QPainter) -> None:
        transform = self.sceneTransform()
        painter.save()
        painter.setTransform(transform.inverted()[0], True)
        for k, place in enumerate(self.centres.tolist()):
            at = transform.map(QPointF(*place))
            painter.setPen(QPen(theme.tokens.color("text"), 2))
            painter.setBrush(theme.tokens.color("card"))
            painter.drawEllipse(at, RADIUS * theme.scale, RADIUS * theme.scale)
            marks.paint(painter, k, at, 6.5 * theme.scale)
        painter.restore()


@dataclass
class Hand:
    """Holds a centre: which, how far beside its middle it was taken, and where it is now."""

    which: int
    beside: tuple[float, float]
    place: tuple[float, float]


@view(Groups)
class GroupsLayer(Layer):
    """The newest groups; a centre can be dragged."""

    def __init__(self, plane: pg.PlotWidget) -> None:
        super().__init__(plane)
        self._points = plane.points
        self._groups: Groups | None = None
        self._hand: Hand | None = None
        self._put: dict[int, tuple[float, float]] = {}  # centres let go of since the picture came
        self._links, self._centres = Links(plane, 20), Centres(plane, 40)
        for item in (self._links, self._centres):
            plane.addItem(item, ignoreBounds=True)

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Groups; the points take the colour and shape of their group."""
        assert isinstance(picture, Groups)
        if picture is not self._groups:
            self._groups = picture
            self._put.clear()
            self._show()
            self._points.show_labels(picture.labels)

    def clear(self) -> None:
        """Draw nothing; the points show their classes again. A hand keeps its hold: a new run may come of its poke."""
        self._groups = None
        self._put.clear()
        self._show()
        self._points.show_labels(None)

    def restyle(self) -> None:
        """Draw with the colours of now."""
        self._show()

    @property
    def centres(self) -> Floats:
        """Where the centres are shown: (k, 2), the one in the hand where the hand is."""
        centres = np.zeros((0, 2)) if self._groups is None else self._groups.centres.copy()
        moved = self._put | ({self._hand.which: self._hand.place} if self._hand else {})
        for which, place in moved.items():
            if which < len(centres):
                centres[which] = place
        return centres

    def _show(self) -> None:
        centres = self.centres
        for item in (self._links, self._centres):
            item.groups, item.centres = self._groups, centres
            item.update()

    # Dragging a centre

    def grab(self, x: float, y: float, reach: float, *, only_look: bool = False) -> bool:
        """Take the centre under the mouse, if there is one within ``reach``."""
        centres = self.centres
        distance = np.nan_to_num(np.hypot(*(centres - (x, y)).T), nan=np.inf)
        if not len(distance) or distance.min() > reach:
            return False
        if not only_look:
            which = int(distance.argmin())
            at = (float(centres[which, 0]), float(centres[which, 1]))
            self._hand = Hand(which, (at[0] - x, at[1] - y), at)
        return True

    def drag(self, x: float, y: float) -> Poke | None:
        """Move the centre at once and return the poke that tells the engine."""
        if self._hand is None:
            return None
        self._hand.place = (x + self._hand.beside[0], y + self._hand.beside[1])
        self._show()
        return Poke("centres", (self._hand.which,), self._hand.place)

    def drop(self) -> None:
        """Let go; until the engine answers with new groups the centre stays where it was put."""
        if self._hand is not None:
            self._put[self._hand.which] = self._hand.place
        self._hand = None
        self._show()
