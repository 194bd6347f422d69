"""Bell-shaped clouds on the plane: lines of equal density, and a cross where each is highest."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from app.theme import theme
from app.views import marks
from app.views.over_plane import OverPlane
from app.views.registry import Layer, view
from engines.core.arrays import Floats
from engines.core.picture import Picture
from engines.pictures.ellipses import Ellipses

MOST_CLOUDS = 60  # of more the first are drawn: they could not be told apart
FAINTEST = 0.45  # how strong the outermost line is; the innermost is at full strength
DARKER = 0.35  # a class's colour is mixed with that of the text, to be seen on the background of its own class
ARM = 5.0  # pixels, of the cross


class Clouds(OverPlane):
    """Paints the newest ellipses over the whole plane, above the background and below the points."""

    def __init__(self) -> None:
        super().__init__(15)
        self.ellipses: Ellipses | None = None
        self._paths: list[tuple[int, list[QPainterPath]]] = []

    def show_ellipses(self, ellipses: Ellipses | None) -> None:
        """Paint these from now on."""
        if ellipses is self.ellipses:
            return
        self.ellipses = ellipses
        self._paths = [] if ellipses is None else [
            (int(ellipses.groups[k]), [outline(ellipses.means[k], ellipses.covariances[k], s) for s in ellipses.levels])
            for k in range(min(len(ellipses.means), MOST_CLOUDS))
            if np.isfinite(ellipses.means[k]).all() and np.isfinite(ellipses.covariances[k]).all()
        ]  # fmt: skip
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the lines, the fainter the farther out, then the crosses."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for group, paths in self._paths:
            colour = colour_of(group)
            for place, path in enumerate(paths):
                faded = QColor(colour)
                faded.setAlphaF(1 - (1 - FAINTEST) * place / max(1, len(paths) - 1))
                pen = QPen(faded, 1)  # a wider smooth line takes Qt 15 times as long
                pen.setCosmetic(True)
                painter.setPen(pen)
                painter.drawPath(path)
        self._paint_crosses(painter)

    def _paint_crosses(self, painter: QPainter) -> None:
        """Draw a cross in each middle; it keeps its size when the view is zoomed."""
        if self.ellipses is None:
            return
        transform, arm = self.sceneTransform(), ARM * theme.scale
        painter.save()
        painter.setTransform(transform.inverted()[0], True)
        for mean, group in zip(self.ellipses.means[:MOST_CLOUDS], self.ellipses.groups.tolist(), strict=False):
            if np.isfinite(mean).all():
                at = transform.map(QPointF(float(mean[0]), float(mean[1])))
                painter.setPen(QPen(colour_of(group), 2 * theme.scale))
                painter.drawLines([
                    QLineF(at.x() - arm, at.y(), at.x() + arm, at.y()),
                    QLineF(at.x(), at.y() - arm, at.x(), at.y() + arm),
                ])  # fmt: skip
        painter.restore()


@view(Ellipses)
class EllipsesLayer(Layer):
    """The newest ellipses; nothing of them can be dragged."""

    def __init__(self, plane: pg.PlotWidget) -> None:
        super().__init__(plane)
        self._clouds = Clouds()
        plane.addItem(self._clouds, ignoreBounds=True)

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, an Ellipses."""
        assert isinstance(picture, Ellipses)
        self._clouds.show_ellipses(picture)

    def clear(self) -> None:
        """Draw nothing."""
        self._clouds.show_ellipses(None)

    def restyle(self) -> None:
        """Draw with the colours of now."""
        self._clouds.update()


def colour_of(group: int) -> QColor:
    """Return the colour of a class, a little nearer to that of the text; of no class the accent."""
    if group < 0:
        return theme.tokens.color("accent")
    return marks.mixed(theme.tokens.class_color(group), theme.tokens.color("text"), DARKER)


def outline(mean: Floats, covariance: Floats, deviations: float) -> QPainterPath:
    """Return the line so many standard deviations away from ``mean`` (2,): covariance (2, 2), symmetric.

    Its half axes are the square roots of the eigenvalues; one without any spread is drawn as a line or not at all.
    """
    values, axes = np.linalg.eigh((covariance + covariance.T) / 2)
    reach = deviations * np.sqrt(np.maximum(values, 0))
    (a, b), (c, d) = (axes * reach).tolist()  # columns: the two half axes
    circle = QPainterPath()
    circle.addEllipse(QPointF(0, 0), 1, 1)
    path: QPainterPath = QTransform(a, c, b, d, float(mean[0]), float(mean[1])).map(circle)
    return path
