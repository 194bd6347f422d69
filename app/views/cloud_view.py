"""A cloud of points in space that a person can turn, and how much of its variance the present view shows."""

import math
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF

from app.kit import ARROWS
from app.language import bind, tr
from app.theme import theme
from app.views import stamps
from app.views.painted import PaintedView
from app.views.registry import view
from engines.core.arrays import Floats
from engines.core.picture import Picture
from engines.core.step import Poke
from engines.pictures.cloud import Cloud

PER_PIXEL = 0.6  # degrees
PER_KEY = 5.0
BANDS = 3  # of depth: the farther the paler
FLAT = 0.01  # of the reach: what is flatter is all as near
FADED = 0.55  # how far the farthest are mixed with the paper
AXIS_COLOURS = ("accent", "bad", "good")
KEYS = (*ARROWS, Qt.Key.Key_Home)


@view(Cloud)
class CloudView(PaintedView):
    """Drag, or the arrow keys, to turn; Home, or a double-click, for the view of the run.

    The share of the variance that a view shows is tr(W C Wᵀ) / tr(C), with W the two directions of the camera and C
    the covariance: it is worked out here while the cloud is turned, and told to the engine when it is let go.
    """

    title: ClassVar[str] = "Cloud"

    def __init__(self) -> None:
        super().__init__()
        self._camera: Floats = np.eye(2, 3)
        self._at: QPointF | None = None  # the mouse while it turns the cloud
        self._moved = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        bind(self, self.setToolTip, "Drag to turn, or use the arrow keys. Home: as the run sees it")

    @property
    def cloud(self) -> Cloud | None:
        """What is drawn."""
        return self.picture if isinstance(self.picture, Cloud) else None

    @property
    def camera(self) -> Floats:
        """Which directions are to the right and up now: (2, 3)."""
        return self._camera

    @property
    def share(self) -> float:
        """The share of the variance that is seen now; NaN while the covariance is not known."""
        cloud = self.cloud
        if cloud is None or not cloud.covariance.size:
            return math.nan
        return float(np.trace(self._camera @ cloud.covariance @ self._camera.T) / np.trace(cloud.covariance))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """More than other cards: there is something to turn."""
        return QSize(theme.px(280), theme.px(220))

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Cloud; a view that a person has chosen stays until the run looks from elsewhere."""
        assert isinstance(picture, Cloud)
        before = self.cloud
        if self._at is None and (before is None or not np.array_equal(before.camera, picture.camera)):
            self._camera = picture.camera
        super().show_picture(picture)

    def empty(self) -> bool:
        """Whether there is no point."""
        return self.cloud is None or not len(self.cloud.points)

    # Painting

    def room(self) -> QRectF:
        """Return where the points go: between the legend and the bar."""
        line = self.fontMetrics().height()
        return QRectF(0, line, self.width(), max(10.0, self.height() - 2.6 * line))

    def pixels(self, vectors: Floats) -> Floats:
        """Return where places in space (n, 3) are seen: (n, 2)."""
        cloud, room = self.cloud, self.room()
        assert cloud is not None
        unit = 0.5 * min(room.width(), room.height()) / (cloud.reach or 1.0)
        if room.width() > room.height():  # what is wide may use the width
            unit = 0.5 * min(room.width(), 1.35 * room.height()) / (cloud.reach or 1.0)
        seen = vectors @ (self._camera.T * (unit, -unit)).astype(vectors.dtype)
        return room_middle(room) + seen

    def paint_picture(self, painter: QPainter) -> None:
        """Draw the points, the far ones paler, then axes, the directions of the columns, and the bar."""
        cloud = self.cloud
        assert cloud is not None
        places = self.pixels(cloud.points)
        if len(places) > stamps.MOST_MARKS:
            stamps.rasterise(painter, places, cloud.groups, self.width(), self.height())
        else:
            self._paint_marks(painter, cloud, places)
        self._paint_axes(painter, cloud)
        self._paint_columns(painter, cloud)
        stamps.legend(painter, cloud.groups, cloud.classes, self.width())
        self._paint_bar(painter, cloud)

    def _paint_marks(self, painter: QPainter, cloud: Cloud, places: Floats) -> None:
        depth = cloud.points @ np.cross(self._camera[0], self._camera[1])
        far, near = float(depth.min()), float(depth.max())
        band = np.clip((BANDS * (depth - far) / ((near - far) or 1.0)).astype(int), 0, BANDS - 1)
        if near - far < FLAT * cloud.reach:
            band[:] = BANDS - 1  # a flat cloud seen from above
        radius = 2.9 * theme.scale * min(1.5, max(1.0, self.height() / 300))
        for nearness in range(BANDS):
            rows = band == nearness
            veil = FADED * (1 - nearness / (BANDS - 1))
            stamps.stamp(painter, places[rows], cloud.groups[rows], radius, veil=veil)

    def _paint_axes(self, painter: QPainter, cloud: Cloud) -> None:
        """Draw arrows from the middle, one seen from its end as short as it then looks."""
        start = self.pixels(np.zeros((1, 3)))[0]
        for place, end in enumerate(self.pixels(cloud.axes) if len(cloud.axes) else []):
            colour = theme.tokens.color(AXIS_COLOURS[place % len(AXIS_COLOURS)])
            painter.setPen(QPen(colour, 2 * theme.scale))
            way = end - start
            painter.drawLine(QPointF(*(start - way)), QPointF(*end))
            if (length := float(np.hypot(*way))) > 8:
                along, aside = way / length, np.array([-way[1], way[0]]) / length
                head = [end, end - 8 * along + 4 * aside, end - 8 * along - 4 * aside]
                painter.setBrush(colour)
                painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in head]))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                at = end + 9 * along
                box = QRectF(at[0] - 12, at[1] - 8, 24, 16)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(place + 1))

    def _paint_columns(self, painter: QPainter, cloud: Cloud) -> None:
        """Draw in a corner which way each column grows."""
        size, room = theme.px(17), self.room()
        middle = np.array([room.left() + 1.7 * size, room.bottom() - 1.4 * size])
        painter.setPen(QPen(theme.tokens.color("muted"), 1.2 * theme.scale))
        metrics = painter.fontMetrics()
        for name, direction in zip(cloud.names, np.eye(3), strict=False):
            way = (self._camera @ direction) * (size, -size)
            painter.drawLine(QPointF(*middle), QPointF(*(middle + way)))
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, theme.px(60))
            width, at = metrics.horizontalAdvance(text), middle + 1.35 * way
            x = max(0.0, at[0] - width / 2)
            painter.drawText(QPointF(x, at[1] + metrics.ascent() / 2 - 1), text)

    def _paint_bar(self, painter: QPainter, cloud: Cloud) -> None:
        """Draw the share of the present view, and a tick at the best."""
        if not math.isfinite(self.share):
            return
        tokens, metrics = theme.tokens, painter.fontMetrics()
        thick = theme.px(6)
        full = QRectF(1, self.height() - thick - 1, self.width() - 2, thick)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("field_hover"))
        painter.drawRoundedRect(full, 3, 3)
        painter.setBrush(tokens.color("accent"))
        painter.drawRoundedRect(QRectF(full.left(), full.top(), full.width() * self.share, thick), 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        x = full.left() + full.width() * cloud.best
        painter.setPen(QPen(tokens.color("text"), 2 * theme.scale))
        painter.drawLine(QPointF(x, full.top() - 3), QPointF(x, full.bottom() + 1))
        painter.setPen(tokens.color("text"))
        text = tr("This view shows {share:.1%} of the variance, the best {best:.1%}", share=self.share, best=cloud.best)
        if metrics.horizontalAdvance(text) > self.width():
            text = tr("view {share:.1%}, best {best:.1%}", share=self.share, best=cloud.best)
        painter.drawText(QPointF(2, full.top() - metrics.descent() - 3), text)

    # Turning

    def turn(self, across: float, up: float) -> None:
        """Turn the cloud: degrees to the right and upwards, as a hand moves its front."""
        right, top = self._camera
        front = np.cross(right, top)
        a, b = np.radians(across), np.radians(up)
        right, front = np.cos(a) * right + np.sin(a) * front, np.cos(a) * front - np.sin(a) * right
        top = np.cos(b) * top + np.sin(b) * front
        top = top - (top @ right) * right
        self._camera = np.vstack([right / np.linalg.norm(right), top / np.linalg.norm(top)])
        self.update()

    def go_home(self) -> None:
        """Look as the run does."""
        if self.cloud is not None:
            self._camera = self.cloud.camera
            self.update()

    def _tell(self) -> None:
        self.poked.emit(Poke("camera", (0,), tuple(self._camera.ravel().tolist())))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take the cloud."""
        if event.button() is Qt.MouseButton.LeftButton and not self.empty():
            self._at, self._moved = event.position(), False
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Turn it."""
        if self._at is not None:
            way = event.position() - self._at
            self._at, self._moved = event.position(), True
            self.turn(PER_PIXEL * way.x(), -PER_PIXEL * way.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let go, and tell the engine from where it is seen now."""
        if self._at is not None:
            self._at = None
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            if self._moved:
                self._tell()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Look as the run does."""
        self.go_home()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Arrows turn, Home looks as the run does."""
        ways = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        way = ways.get(Qt.Key(event.key()))
        if self.empty() or event.key() not in KEYS:
            event.ignore()
        elif way is None:
            self.go_home()
        else:
            self.turn(PER_KEY * way[0], PER_KEY * way[1])
            self._tell()

    def event(self, event: QEvent) -> bool:
        """Keep the keys that turn the cloud: elsewhere they step the run."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in KEYS:
            event.accept()
            return True
        return super().event(event)


def room_middle(room: QRectF) -> Floats:
    """Return the middle of a rectangle: (2,)."""
    return np.array([room.center().x(), room.center().y()])
