"""Halos behind the points: the area of each is the point's share."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from app.theme import theme
from app.views.over_plane import OverPlane
from app.views.registry import Layer, view
from engines.core.picture import Picture
from engines.pictures.halos import Halos

RADIUS = 9.0  # pixels, of a point with an average share
WIDEST = 90.0
MOST = 1500  # of more an even choice is drawn
STRENGTH = 0.28


class HalosItem(OverPlane):
    """The halos of the newest picture; they keep their size in pixels when the view is zoomed."""

    def __init__(self, plane: pg.PlotWidget) -> None:
        super().__init__(15)
        self._plane = plane
        self.halos: Halos | None = None

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw a disc behind each point that has a share."""
        x = self._plane.points.x
        if self.halos is None or not 0 < len(self.halos.shares) == len(x):
            return
        rows = np.arange(0, len(x), -(-len(x) // MOST))
        radii = np.minimum(RADIUS * np.sqrt(self.halos.shares[rows] * len(x)), WIDEST) * theme.scale
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = theme.tokens.color("muted")
        colour.setAlphaF(STRENGTH)
        transform = self.sceneTransform()
        painter.save()
        painter.setTransform(transform.inverted()[0], True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for (across, up), radius in zip(x[rows].tolist(), radii.tolist(), strict=True):
            if radius > 0.5:
                painter.drawEllipse(transform.map(QPointF(across, up)), radius, radius)
        painter.restore()


@view(Halos)
class HalosLayer(Layer):
    """The newest halos."""

    def __init__(self, plane: pg.PlotWidget) -> None:
        super().__init__(plane)
        self._item = HalosItem(plane)
        plane.addItem(self._item, ignoreBounds=True)

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Halos."""
        assert isinstance(picture, Halos)
        if picture is not self._item.halos:
            self._item.halos = picture
            self._item.update()

    def clear(self) -> None:
        """Draw nothing."""
        self._item.halos = None
        self._item.update()

    def restyle(self) -> None:
        """Draw with the colours of now."""
        self._item.update()
