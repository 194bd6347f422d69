"""The learner's points on the plane, kept as one picture until they or the view change."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QPixmap

from app.theme import theme
from app.views import marks
from engines.core.arrays import Floats, Ints
from engines.core.dataset import TRAIN
from engines.data.points import Points

MOST_MARKS = 5000  # beyond this a point is a few pixels, written straight into an image
RADIUS = 5.0


class PointsLayer(pg.GraphicsObject):
    """Dot = truth: colour and shape of the class, filled to learn from, outlined when held out.

    While a run repaints the background sixty times a second this costs one blit: the marks are drawn anew only when the
    points, the view or the theme change.
    """

    def __init__(self) -> None:
        super().__init__()
        self._x: Floats = np.zeros((0, 2))
        self._y: Ints = np.zeros(0, int)
        self._parts: Ints = np.zeros(0, int)
        self._labels: Ints | None = None
        self._ringed: Ints = np.zeros(0, int)
        self._cache: QPixmap | None = None
        self._cache_key: tuple[float, ...] = ()
        self.setZValue(30)
        theme.bind(self, self._forget)

    def set_points(self, points: Points) -> None:
        """Show these points."""
        self._x, self._y, self._parts = points.x, points.y, points.parts
        self._ringed = self._ringed[self._ringed < len(points)]
        self._forget()

    def show_labels(self, labels: Ints | None) -> None:
        """Draw these groups (n,) instead of the classes, -1 as none; None, or another length, draws the classes."""
        self._labels = labels
        self._forget()

    def _drawn(self) -> Ints:
        return self._y if self._labels is None or len(self._labels) != len(self._y) else self._labels

    def ring(self, index: Ints) -> None:
        """Put a ring around these rows: (m,); an empty array takes the rings away."""
        self._ringed = np.asarray(index, int)
        self._forget()

    @property
    def x(self) -> Floats:
        """Where the points are: (n, 2)."""
        return self._x

    @property
    def ringed(self) -> Ints:
        """The rows that have a ring."""
        return self._ringed

    def _forget(self) -> None:
        self._cache = None
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The whole visible plane."""
        return QRectF(self.viewRect())

    def viewTransformChanged(self) -> None:  # noqa: N802 - pyqtgraph's name
        """Draw anew when the view has moved."""
        self.prepareGeometryChange()
        self._forget()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Put the kept picture on the screen."""
        to_scene = self.sceneTransform()
        size = self.getViewBox().sceneBoundingRect()
        ratio = painter.device().devicePixelRatio()
        key = (to_scene.m11(), to_scene.m22(), to_scene.dx(), to_scene.dy(), *size.getRect(), ratio)
        if self._cache is None or key != self._cache_key:
            across = to_scene.m11() * self._x[:, 0] + to_scene.dx() - size.left()
            down = to_scene.m22() * self._x[:, 1] + to_scene.dy() - size.top()
            self._cache, self._cache_key = self._render(across, down, size, ratio), key
        painter.save()
        painter.setTransform(to_scene.inverted()[0], True)
        painter.drawPixmap(size.topLeft(), self._cache)
        painter.restore()

    def _render(self, across: Floats, down: Floats, size: QRectF, ratio: float) -> QPixmap:
        """Draw all points into a transparent pixmap of the size of the view."""
        if len(across) > MOST_MARKS:
            pixmap = QPixmap.fromImage(self._rasterised(across, down, size, ratio))
            pixmap.setDevicePixelRatio(ratio)
        else:
            pixmap = QPixmap(max(1, int(size.width() * ratio)), max(1, int(size.height() * ratio)))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if len(across) <= MOST_MARKS:
            self._stamp(painter, across, down, ratio)
        painter.setPen(QPen(theme.tokens.color("text"), 2))
        for i in self._ringed:
            painter.drawEllipse(QPointF(across[i], down[i]), theme.px(9), theme.px(9))
        painter.end()
        return pixmap

    def _stamp(self, painter: QPainter, across: Floats, down: Floats, ratio: float) -> None:
        """Draw each kind of mark once and stamp it wherever it belongs; held-out points below the others."""
        radius = RADIUS * theme.scale
        half = radius + 3
        held_out = self._parts != TRAIN
        drawn = self._drawn()
        for outlined in (True, False):
            for which in np.unique(drawn):
                rows = np.flatnonzero((drawn == which) & (held_out == outlined))
                if not len(rows):
                    continue
                stamp = QPixmap(int(2 * half * ratio), int(2 * half * ratio))
                stamp.setDevicePixelRatio(ratio)
                stamp.fill(Qt.GlobalColor.transparent)
                pen = QPainter(stamp)
                pen.setRenderHint(QPainter.RenderHint.Antialiasing)
                marks.paint(pen, int(which), QPointF(half, half), radius, filled=not outlined)
                pen.end()
                for i in rows:
                    painter.drawPixmap(QPointF(across[i] - half, down[i] - half), stamp)

    def _rasterised(self, across: Floats, down: Floats, size: QRectF, ratio: float) -> QImage:
        """Write every point as three by three pixels into an image: fast at a million points."""
        width, height = max(1, int(size.width() * ratio)), max(1, int(size.height() * ratio))
        pixels = np.zeros((height, width), np.uint32)
        drawn = self._drawn()
        colours = [theme.tokens.class_color(which).rgba() for which in range(-1, 8)]
        colour = np.array(colours, np.uint32)[np.where(drawn < 0, 0, drawn % 8 + 1)]
        column, row = (across * ratio).astype(np.int64), (down * ratio).astype(np.int64)
        for by_row in (-1, 0, 1):
            for by_column in (-1, 0, 1):
                r, c = row + by_row, column + by_column
                inside = (r >= 0) & (r < height) & (c >= 0) & (c < width)
                pixels[r[inside], c[inside]] = colour[inside]
        return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_ARGB32).copy()
