"""The bowl of the loss over two weights: its lines of equal loss, the way down, and the lowest place."""

from typing import ClassVar

import contourpy
import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip

from app.kit import ARROWS
from app.language import as_said, tr
from app.theme import theme
from app.theme.tokens import bgr
from app.views import marks
from app.views.axes import Axis, tick_text
from app.views.painted import PaintedView
from app.views.registry import view
from engines.core.arrays import Floats
from engines.core.picture import Picture
from engines.core.step import Poke
from engines.pictures.bowl import Bowl

LEVELS = 12
STRENGTH = 0.6  # of the colour at the highest place
FINER = 5  # times as many cells are coloured
KEY_STEP = 1 / 40  # of the width or height, by which an arrow moves the start
MOST_DOTS = 60  # places of a path that are dotted, if it has no more


@view(Bowl)
class BowlView(PaintedView):
    """Draws the newest bowl; a click or a drag puts the start there, the arrows move it."""

    title: ClassVar[str] = "The bowl of the loss"

    def __init__(self) -> None:
        super().__init__()
        self._room = QRectF()
        self._held: tuple[float, float] | None = None  # where a hand has put the start, until the engine answers
        self._holding = False
        self._kept: tuple[object, QImage, QPainterPath] | None = None  # the ground, as long as it stays the same
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)

    @property
    def bowl(self) -> Bowl | None:
        """What is drawn."""
        return self.picture if isinstance(self.picture, Bowl) else None

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Enough for the axes and a way."""
        return QSize(theme.px(250), theme.px(190))

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``; its ground is painted anew only if it is another."""
        assert isinstance(picture, Bowl)
        before = self.bowl
        if before is not None and not (picture.area == before.area and np.array_equal(picture.values, before.values)):
            self._kept = None
        if not self._holding:
            self._held = None
        super().show_picture(picture)

    def clear(self) -> None:
        """Say that there is nothing yet."""
        self._kept, self._held, self._holding = None, None, False
        super().clear()

    # Where things are

    def axes(self) -> tuple[Axis, Axis]:
        """Return the axis across and the axis up in the pixels of now."""
        assert self.bowl is not None
        left, bottom, right, top = self.bowl.area
        room = self._room
        return Axis(left, right, room.left(), room.right()), Axis(bottom, top, room.bottom(), room.top())

    def pixels(self, places: Floats) -> Floats:
        """Return where pairs of weights (m, 2) are in this widget: (m, 2)."""
        across, up = self.axes()
        return np.column_stack([across.pixels(places[:, 0]), up.pixels(places[:, 1])])

    def place(self, at: QPointF) -> tuple[float, float]:
        """Return the pair of weights at a pixel, within the bowl."""
        across, up = self.axes()
        return across.value(at.x()), up.value(at.y())

    # Painting

    def paint_picture(self, painter: QPainter) -> None:
        """Draw the ground, the lines of equal loss, the way, the star and the place of now."""
        bowl = self.bowl
        assert bowl is not None
        metrics = painter.fontMetrics()
        _, bottom, _, top = bowl.area
        widest = max(metrics.horizontalAdvance(tick_text(value)) for value in Axis(bottom, top, 1, 0).ticks(4))
        edge, foot = max(theme.px(26), widest + theme.px(6)), theme.px(32)
        head = metrics.height() + 2
        self._room = QRectF(edge, head, self.width() - edge - theme.px(6), self.height() - foot - head)
        if self._room.width() < 30 or self._room.height() < 20:
            return
        image, lines = self._ground(bowl)
        painter.save()
        painter.setClipRect(self._room)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self._room, image)
        painter.save()
        painter.translate(self._room.bottomLeft())
        painter.scale(self._room.width(), -self._room.height())
        pen = QPen(marks.mixed(theme.tokens.color("card"), theme.tokens.color("muted"), 0.6), 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawPath(lines)
        painter.restore()
        self._paint_way(painter, bowl)
        painter.restore()
        self._paint_axes(painter, bowl, edge)

    def _ground(self, bowl: Bowl) -> tuple[QImage, QPainterPath]:
        """Return colours and lines of equal loss, the lines in shares of the room."""
        key = theme.dark
        if self._kept is None or self._kept[0] != key:
            self._kept = (key, ground(bowl.values), contours(bowl.values))
        return self._kept[1], self._kept[2]

    def _paint_way(self, painter: QPainter, bowl: Bowl) -> None:
        tokens = theme.tokens
        way = np.clip(self.pixels(bowl.path), -1e5, 1e5)
        colour = tokens.color("text")
        colour.setAlphaF(1.0 if len(way) <= MOST_DOTS else 0.6)  # one that crosses itself often would hide the ground
        painter.setPen(QPen(colour, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in way.tolist()]))
        if len(way) <= MOST_DOTS:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            for x, y in way[:-1].tolist():
                painter.drawEllipse(QPointF(x, y), 1.8 * theme.scale, 1.8 * theme.scale)
        star = QPointF(*self.pixels(bowl.best[None])[0].tolist())
        marks.paint(painter, 4, star, 9 * theme.scale, colour=tokens.color("good"))
        now = QPointF(*way[-1].tolist()) if self._held is None else self._at(self._held)
        painter.setPen(QPen(tokens.color("text"), 2 if self.hasFocus() else 1.4))
        painter.setBrush(tokens.color("accent"))
        painter.drawEllipse(now, 4 * theme.scale, 4 * theme.scale)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _at(self, place: tuple[float, float]) -> QPointF:
        return QPointF(*self.pixels(np.array([place]))[0].tolist())

    def _paint_axes(self, painter: QPainter, bowl: Bowl, edge: float) -> None:
        tokens, room = theme.tokens, self._room
        across, up = self.axes()
        painter.setPen(tokens.color("muted"))
        high, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        for value in up.ticks(4):
            y = up.pixel(value)
            painter.drawText(
                QRectF(0, y - theme.px(8), edge - theme.px(4), theme.px(16)), right | high, tick_text(value)
            )
        for value in across.ticks(5):
            box = QRectF(across.pixel(value) - theme.px(30), room.bottom() + 1, theme.px(60), theme.px(16))
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, tick_text(value))
        below = QRectF(room.left(), room.bottom() + theme.px(15), room.width(), theme.px(16))
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, as_said(bowl.across))
        painter.drawText(QRectF(0, 0, self.width() / 2, room.top()), high, as_said(bowl.up))
        key = QRectF(room.left(), 0, room.width(), room.top())
        text = tr("closed form")
        painter.drawText(key, right | high, text)
        at = QPointF(room.right() - painter.fontMetrics().horizontalAdvance(text) - theme.px(9), room.top() / 2)
        marks.paint(painter, 4, at, 5 * theme.scale, colour=tokens.color("good"))
        painter.setPen(QPen(tokens.color("line"), 1))
        painter.drawRect(room)

    # A hand in the bowl

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Put the start where the mouse is."""
        inside = self._room.contains(event.position())
        if self.bowl is not None and event.button() is Qt.MouseButton.LeftButton and inside:
            self._holding = True
            self._put(self.place(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take the start along."""
        if self._holding and self.bowl is not None:
            self._put(self.place(event.position()))

    def mouseReleaseEvent(self, _: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let go; the start stays where it was put until the engine answers."""
        self._holding = False

    def _put(self, place: tuple[float, float]) -> None:
        self._held = place
        self.update()
        self.poked.emit(Poke("start", (0,), place))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Arrows move the start by a fortieth of the bowl."""
        moves = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        bowl = self.bowl
        if bowl is None or event.key() not in moves:
            event.ignore()
            return
        left, bottom, right, top = bowl.area
        across, up = moves[Qt.Key(event.key())]
        begin = self._held or tuple(bowl.path[-1].tolist())
        x = begin[0] + across * KEY_STEP * (right - left)
        y = begin[1] + up * KEY_STEP * (top - bottom)
        self._put((min(right, max(left, x)), min(top, max(bottom, y))))

    def event(self, event: QEvent) -> bool:
        """Keep the arrows for the start; say in words where the mouse is."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in ARROWS:
            event.accept()
            return True
        if isinstance(event, QHelpEvent) and self.bowl is not None and self._room.contains(QPointF(event.pos())):
            QToolTip.showText(event.globalPos(), self.describe(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def describe(self, at: QPointF) -> str:
        """Return in words the loss at a pixel and what a click does there."""
        bowl = self.bowl
        assert bowl is not None
        x, y = self.place(at)
        left, bottom, right, top = bowl.area
        rows, columns = bowl.values.shape
        row = min(rows - 1, int((y - bottom) / (top - bottom) * rows))
        column = min(columns - 1, int((x - left) / (right - left) * columns))
        return tr(
            "{across} = {x:.3g}, {up} = {y:.3g}: the loss is about {loss:.3g}. Click to begin the descent here.",
            across=as_said(bowl.across), x=x, up=as_said(bowl.up), y=y, loss=float(bowl.values[row, column]),
        )  # fmt: skip


def heights(values: Floats) -> Floats:
    """Return from 0 at the lowest to 1 at the highest: the root, so that lines of equal loss are evenly apart."""
    known: Floats = np.nan_to_num(np.asarray(values, float), posinf=float(np.finfo(np.float32).max))
    low, high = known.min(), known.max()
    shares: Floats = np.sqrt((known - low) / ((high - low) or 1.0))
    return shares


def ground(values: Floats) -> QImage:
    """Return the bowl in bands of colour, pale at the bottom; the first row of the image is the highest."""
    tokens = theme.tokens
    paper, colour = (np.array(bgr(tokens.color(name)), np.float32) for name in ("card", "curve_train"))
    rows, columns = values.shape
    fine = finer(rows) @ heights(values) @ finer(columns).T
    share = np.floor(fine * LEVELS) / LEVELS * STRENGTH
    mixed = np.full((*fine.shape, 4), 255, np.uint8)
    mixed[..., :3] = paper + share[..., None] * (colour - paper)
    pixels = np.ascontiguousarray(mixed[::-1])
    return QImage(pixels.data, fine.shape[1], fine.shape[0], 4 * fine.shape[1], QImage.Format.Format_RGB32).copy()


def finer(n: int) -> Floats:
    """Return (FINER n, n) weights by which n numbers become more, those between by straight lines: bands get smooth."""
    places = np.clip((np.arange(FINER * n) + 0.5) / FINER - 0.5, 0, n - 1)
    return np.maximum(0.0, 1 - np.abs(places[:, None] - np.arange(n)))


def contours(values: Floats) -> QPainterPath:
    """Return the lines of equal loss, in shares of the width and of the height."""
    rows, columns = values.shape
    beyond = np.pad(heights(values), 1, mode="reflect", reflect_type="odd")  # so that the lines reach the rim
    xs, ys = (np.arange(-1, columns + 1) + 0.5) / columns, (np.arange(-1, rows + 1) + 0.5) / rows
    generator = contourpy.contour_generator(xs, ys, beyond)
    path = QPainterPath()
    for level in (np.arange(1, LEVELS) / LEVELS).tolist():
        for line in generator.lines(level):
            places: Floats = np.asarray(line)
            path.addPath(pg.functions.arrayToQPath(places[:, 0].copy(), places[:, 1].copy(), finiteCheck=False))
    return path
