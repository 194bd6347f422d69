"""Points that stand out: ringed, crossed out, faded."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from app.theme import theme
from app.views.over_plane import OverPlane
from app.views.registry import Layer, view
from engines.core.arrays import Floats, Ints
from engines.core.picture import Picture
from engines.pictures.marked import Marked

MOST = 3000  # of each kind that are drawn: of more, every so manyth


class MarkedItem(OverPlane):
    """Rings and crosses over the points, and a veil over those that are faded."""

    def __init__(self, plane: pg.PlotWidget) -> None:
        super().__init__(35)
        self._plane = plane
        self.marked: Marked | None = None

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw what stands out among the points that are on the plane now."""
        if self.marked is None:
            return
        to_scene = self.sceneTransform()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(to_scene.inverted()[0], True)
        self._veil(painter, self._pixels(self.marked.faded, to_scene))
        self._cross(painter, self._pixels(self.marked.crossed, to_scene))
        self._ring(painter, self._pixels(self.marked.ringed, to_scene))
        painter.restore()

    def _pixels(self, index: Ints, to_scene: QTransform) -> Floats:
        """Return where these rows are in the scene: (m, 2), thinned out where they are too many."""
        x = self._plane.points.x
        index = index[index < len(x)]
        index = index[:: max(1, -(-len(index) // MOST))]
        return np.column_stack([
            to_scene.m11() * x[index, 0] + to_scene.dx(), to_scene.m22() * x[index, 1] + to_scene.dy(),
        ])  # fmt: skip

    def _veil(self, painter: QPainter, places: Floats) -> None:
        veil = QColor(theme.tokens.color("card"))
        veil.setAlphaF(0.72)
        painter.setPen(QPen(veil, 0))
        painter.setBrush(veil)
        for x, y in places.tolist():
            painter.drawEllipse(QPointF(x, y), theme.px(6), theme.px(6))

    def _ring(self, painter: QPainter, places: Floats) -> None:
        painter.setBrush(QColor(0, 0, 0, 0))
        painter.setPen(QPen(theme.tokens.color("text"), 1.8 * theme.scale))
        for x, y in places.tolist():
            painter.drawEllipse(QPointF(x, y), theme.px(8), theme.px(8))

    def _cross(self, painter: QPainter, places: Floats) -> None:
        painter.setPen(QPen(theme.tokens.color("muted"), 1.8 * theme.scale))
        arm = theme.px(5)
        lines = [QLineF(x - arm, y - arm, x + arm, y + arm) for x, y in places.tolist()]
        lines += [QLineF(x - arm, y + arm, x + arm, y - arm) for x, y in places.tolist()]
        if lines:
            painter.drawLines(lines)


@view(Marked)
class MarkedLayer(Layer):
    """The newest marks."""

    def __init__(self, plane: pg.PlotWidget) -> None:
        super().__init__(plane)
        self.item = MarkedItem(plane)
        plane.addItem(self.item, ignoreBounds=True)

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Marked."""
        assert isinstance(picture, Marked)
        self._show(picture)

    def clear(self) -> None:
        """Draw nothing."""
        self._show(None)

    def restyle(self) -> None:
        """Draw with the colours of now."""
        self.item.update()

    def _show(self, marked: Marked | None) -> None:
        if marked is not self.item.marked:
            self.item.marked = marked
            self.item.update()
