"""A map of its own: rows of the data as points, which lead back to their rows."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPen

from app.language import bind, tr
from app.theme import theme
from app.views import stamps
from app.views.painted import KeptView
from app.views.registry import view
from engines.core.arrays import Floats, Ints
from engines.core.picture import Picture
from engines.pictures.scatter import Scatter

REACH = 9  # pixels about a point within which a click takes it
LEAST = 5  # pixels that a hand must move to draw around points
MOST_RINGS = 1000
NOBODY = np.zeros(0, np.int64)


@view(Scatter)
class ScatterView(KeptView):
    """Points in the colours of their classes. Click one, or draw a line around some: ``picked`` tells their rows."""

    title: ClassVar[str] = "Map"

    def __init__(self) -> None:
        super().__init__()
        self._line: list[QPointF] = []  # that a hand is drawing
        self.ringed: Ints = NOBODY
        self.setCursor(Qt.CursorShape.CrossCursor)
        bind(self, self.setToolTip, "Click a point, or draw around some, to see their rows in the data")

    @property
    def scatter(self) -> Scatter | None:
        """What is drawn."""
        return self.picture if isinstance(self.picture, Scatter) else None

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Scatter."""
        assert isinstance(picture, Scatter)
        self.ringed = self.ringed[self.ringed < len(picture.places)]
        super().show_picture(picture)

    def clear(self) -> None:
        """Say that there is nothing yet."""
        self.ringed = NOBODY
        super().clear()

    def empty(self) -> bool:
        """Whether no row has a place yet."""
        return self.scatter is None or not len(self.scatter.places)

    # Painting

    def room(self) -> QRectF:
        """Return where the points go: between the legend and the name of the axis below."""
        line = self.fontMetrics().height() + 2
        return QRectF(0, line, self.width(), max(10.0, self.height() - 2 * line))

    def pixels(self, places: Floats) -> Floats:
        """Return where places of the map (n, 2) are drawn: both axes have one scale."""
        scatter, room = self.scatter, self.room()
        assert scatter is not None
        left, bottom, right, top = scatter.area
        unit = min(room.width() / ((right - left) or 1.0), room.height() / ((top - bottom) or 1.0))
        middle = np.array([(left + right) / 2, (bottom + top) / 2])
        at: Floats = (places - middle) * (unit, -unit) + (room.center().x(), room.center().y())
        return at

    def paint_kept(self, painter: QPainter) -> None:
        """Draw the axes, the marks of all rows and the legend."""
        scatter = self.scatter
        assert scatter is not None
        self._paint_axes(painter, scatter)
        painter.save()
        self._paint_marks(painter, scatter)
        painter.restore()
        stamps.legend(painter, scatter.groups, scatter.classes, self.width())

    def paint_over(self, painter: QPainter) -> None:
        """Draw the rings, and what a hand is drawing."""
        assert self.scatter is not None
        painter.setPen(QPen(theme.tokens.color("text"), 2 * theme.scale))
        for x, y in self.pixels(self.scatter.places[self.ringed[:MOST_RINGS]]).tolist():
            painter.drawEllipse(QPointF(x, y), theme.px(7), theme.px(7))
        if len(self._line) > 1:
            painter.setPen(QPen(theme.tokens.color("accent"), 1.5 * theme.scale, Qt.PenStyle.DashLine))
            painter.drawPolygon(self._line)

    def _paint_axes(self, painter: QPainter, scatter: Scatter) -> None:
        room, tokens, metrics = self.room(), theme.tokens, painter.fontMetrics()
        x, y = self.pixels(np.zeros((1, 2)))[0].tolist()
        painter.setPen(QPen(tokens.color("line"), 1))
        if room.left() <= x <= room.right():
            painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
        if room.top() <= y <= room.bottom():
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
        painter.setPen(tokens.color("muted"))
        below = QRectF(0, room.bottom(), self.width(), metrics.height())
        across = metrics.elidedText(tr(scatter.across), Qt.TextElideMode.ElideRight, round(below.width() / 2))
        up = metrics.elidedText(tr(scatter.up), Qt.TextElideMode.ElideRight, round(below.width() / 2 - 12))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, f"→ {across}" if across else "")
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, f"↑ {up}" if up else "")

    def _paint_marks(self, painter: QPainter, scatter: Scatter) -> None:
        places = self.pixels(scatter.places).astype(np.float64)
        if len(places) > stamps.MOST_MARKS:
            stamps.rasterise(painter, places, scatter.groups, self.width(), self.height())
        else:
            radius = (3.4 if len(places) < 600 else 2.8) * theme.scale * min(1.6, max(1.0, self.height() / 260))
            stamps.stamp(painter, places, scatter.groups, radius, classes=scatter.classes)

    # Picking

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin to draw around points."""
        if event.button() is Qt.MouseButton.LeftButton and not self.empty():
            self._line = [event.position()]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Go on drawing."""
        if self._line and (event.position() - self._line[-1]).manhattanLength() >= 2:
            self._line.append(event.position())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take what the line goes around, or the point under the mouse."""
        if not self._line or self.scatter is None:
            return
        line, self._line = self._line, []
        places = self.pixels(self.scatter.places)
        far = max((at - line[0]).manhattanLength() for at in line)
        self.ringed = around(places, line) if far >= LEAST else nearest(places, line[0])
        self.picked.emit(self.ringed)
        self.update()


def around(places: Floats, line: list[QPointF]) -> Ints:
    """Return which places (n, 2) a closed line goes around: (m,)."""
    path = QPainterPath(line[0])
    for at in line[1:]:
        path.lineTo(at)
    path.closeSubpath()
    box = path.boundingRect()
    near = np.flatnonzero(
        (places[:, 0] >= box.left()) & (places[:, 0] <= box.right())
        & (places[:, 1] >= box.top()) & (places[:, 1] <= box.bottom())
    )  # fmt: skip
    return np.array([row for row in near.tolist() if path.contains(QPointF(*places[row]))], np.int64)


def nearest(places: Floats, at: QPointF) -> Ints:
    """Return the place under the mouse: (1,), or nothing (0,)."""
    gaps = np.hypot(places[:, 0] - at.x(), places[:, 1] - at.y())
    row = int(np.argmin(gaps))
    return np.array([row]) if gaps[row] <= REACH * theme.scale else NOBODY
