"""The line through the points: heights over the x axis, and how far each point is from its height."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from app.language import speaker, tr
from app.theme import theme
from app.views.over_plane import OverPlane
from app.views.points_layer import MOST_MARKS, PointsLayer
from app.views.registry import Layer, view
from engines.core.arrays import Floats
from engines.core.picture import Picture
from engines.pictures.fit import Fit

COLOURS = ("accent", "muted", "good")
DASH = 6.0  # pixels
BEYOND = 200.0  # pixels above and below the view at which a steep line is cut off


class OfFit(OverPlane):
    """Something that is painted from the newest fit over the whole plane."""

    def __init__(self, points: PointsLayer, z: float) -> None:
        super().__init__(z)
        self._points = points
        self.fit: Fit | None = None

    def show_fit(self, fit: Fit | None) -> None:
        """Paint this one from now on."""
        if fit is not self.fit:
            self.fit = fit
            self.update()


class Residuals(OfFit):
    """A thin upright line from each point to its height, below the points."""

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the residuals, unless the points are others than those of the fit, or too many to tell apart."""
        fit, x = self.fit, self._points.x
        if fit is None or not len(fit.predicted) == len(x) <= MOST_MARKS:
            return
        view = self.viewRect()
        colour = theme.tokens.color("bad")
        colour.setAlphaF(0.55)
        pen = QPen(colour, 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # upright lines have no steps
        ends = np.column_stack([x[:, 0], x[:, 1], fit.predicted])
        ends = ends[(ends[:, 0] >= view.left()) & (ends[:, 0] <= view.right())]
        ends[:, 2] = np.clip(ends[:, 2], view.top() - view.height(), view.bottom() + view.height())
        painter.drawLines([QLineF(at, bottom, at, top) for at, bottom, top in ends.tolist()])


class Lines(OfFit):
    """The lines, the model's own on top, and the legend."""

    def __init__(self, points: PointsLayer, z: float) -> None:
        super().__init__(points, z)
        speaker.changed.connect(self.say_again)

    def say_again(self) -> None:
        """Draw the legend in the language of now."""
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the lines from the last to the first, cut off a little beyond the view."""
        fit = self.fit
        if fit is None or not len(fit.x):
            return
        to_scene = self.sceneTransform()
        room = self.getViewBox().sceneBoundingRect()
        painter.save()
        painter.setTransform(to_scene.inverted()[0], True)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(room)
        painter.setPen(faint_pen())
        for heights in fit.faint:
            painter.drawPath(outline(fit.x, heights, to_scene, room))
        for place in reversed(range(len(fit.y))):
            painter.setPen(pen_of(place))
            pieces = segments(fit.x, fit.y[place], to_scene, room)
            painter.drawLines(dashed(pieces, DASH * theme.scale) if place else pieces)
        self._paint_legend(painter, fit, room)
        painter.restore()

    def _paint_legend(self, painter: QPainter, fit: Fit, room: QRectF) -> None:
        """Name the lines that have a name, in the upper right corner of the view."""
        named = [(place, text) for place, note in enumerate(fit.names) if (text := tr(note))]
        if not named:
            return
        painter.setFont(theme.font("small"))
        metrics = painter.fontMetrics()
        height, key, margin = metrics.height() + 4, theme.px(22), theme.px(8)
        width = key + max(metrics.horizontalAdvance(text) for _, text in named) + 2 * margin
        box = QRectF(room.right() - width - margin, room.top() + margin, width, height * len(named) + margin)
        paper = theme.tokens.color("card")
        paper.setAlphaF(0.85)
        painter.fillRect(box, paper)
        for row, (place, text) in enumerate(named):
            y = box.top() + margin / 2 + row * height
            painter.setPen(pen_of(place))
            sample = QLineF(
                box.left() + margin, y + height / 2, box.left() + margin + key - theme.px(5), y + height / 2
            )
            painter.drawLines(dashed([sample], DASH * theme.scale) if place else [sample])
            painter.setPen(theme.tokens.color("text"))
            where = QRectF(box.left() + margin + key, y, width, height)
            painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, text)


@view(Fit)
class FitLayer(Layer):
    """The newest fit; nothing of it can be dragged."""

    def __init__(self, plane: pg.PlotWidget) -> None:
        super().__init__(plane)
        self._items = (Residuals(plane.points, 20), Lines(plane.points, 35))
        for item in self._items:
            plane.addItem(item, ignoreBounds=True)

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Fit."""
        assert isinstance(picture, Fit)
        for item in self._items:
            item.show_fit(picture)

    def clear(self) -> None:
        """Draw nothing."""
        for item in self._items:
            item.show_fit(None)

    def restyle(self) -> None:
        """Draw with the colours of now."""
        for item in self._items:
            item.update()


def colour_of(place: int) -> QColor:
    """Return the colour of a line by its place; those after the last have the last one's."""
    return theme.tokens.color(COLOURS[min(place, len(COLOURS) - 1)])


def pen_of(place: int) -> QPen:
    """Return the pen of a line: the first is thick."""
    pen = QPen(colour_of(place), (2.4 if place == 0 else 1.4) * theme.scale)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap if place == 0 else Qt.PenCapStyle.FlatCap)
    return pen


def faint_pen() -> QPen:
    """Return the pen of lines behind, so pale that many of them add up."""
    colour = theme.tokens.color("accent")
    colour.setAlphaF(0.35)
    return QPen(colour, theme.scale)


def outline(x: Floats, y: Floats, to_scene: QTransform, room: QRectF) -> QPainterPath:
    """Return a thin line in pixels, held within a little beyond the view."""
    across = to_scene.m11() * x + to_scene.dx()
    down = np.clip(to_scene.m22() * y + to_scene.dy(), room.top() - BEYOND, room.bottom() + BEYOND)
    path: QPainterPath = pg.functions.arrayToQPath(across, down, connect="finite")
    return path


def dashed(pieces: list[QLineF], dash: float) -> list[QLineF]:
    """Return a broken line: ``dash`` pixels are drawn, then 0.6 times as many are not.

    Qt's own dashes take ten times as long, and begin anew with every piece.
    """
    if not pieces:
        return []
    ends = np.array([(piece.x1(), piece.y1(), piece.x2(), piece.y2()) for piece in pieces])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]))])
    begin = np.arange(0, along[-1], 1.6 * dash)
    first, last = (_at(ends, along, where) for where in (begin, np.minimum(begin + dash, along[-1])))
    together = np.hypot(*(last - first).T) <= 1.01 * dash  # no dash goes from one end of the view to the other
    return [QLineF(*row) for row in np.column_stack([first, last])[together].tolist()]


def _at(ends: Floats, along: Floats, where: Floats) -> Floats:
    """Return the places (m, 2) so many pixels along a line of pieces."""
    piece = np.clip(np.searchsorted(along, where, side="right") - 1, 0, len(ends) - 1)
    length = np.maximum(along[piece + 1] - along[piece], 1e-9)
    share = ((where - along[piece]) / length)[:, None]
    places: Floats = ends[piece, :2] + share * (ends[piece, 2:] - ends[piece, :2])
    return places


def segments(x: Floats, y: Floats, to_scene: QTransform, room: QRectF) -> list[QLineF]:
    """Return the pieces of a line that are in sight, in pixels.

    Pieces rather than one line: Qt joins the corners of a thick line at a cost that grows with its length.
    """
    across = to_scene.m11() * x + to_scene.dx()
    down = to_scene.m22() * y + to_scene.dy()
    low, high = room.top() - BEYOND, room.bottom() + BEYOND
    pieces = []
    known = np.isfinite(across) & np.isfinite(down)
    ends = np.column_stack([across[:-1], down[:-1], across[1:], down[1:]])[known[:-1] & known[1:]]
    for from_x, from_y, to_x, to_y in ends.tolist():
        if cut := clipped(from_x, from_y, to_x, to_y, low, high, room.left() - BEYOND, room.right() + BEYOND):
            pieces.append(QLineF(*cut))
    return pieces


def clipped(
    x0: float, y0: float, x1: float, y1: float, low: float, high: float, left: float, right: float
) -> tuple[float, float, float, float] | None:
    """Return the part of a piece that lies in a rectangle; None where none does (Liang and Barsky, 1984)."""
    begin, end = 0.0, 1.0
    for step, room in ((x0 - x1, x0 - left), (x1 - x0, right - x0), (y0 - y1, y0 - low), (y1 - y0, high - y0)):
        if step == 0:
            if room < 0:
                return None
        elif step < 0:
            begin = max(begin, room / step)
        else:
            end = min(end, room / step)
    if begin > end:
        return None
    return x0 + begin * (x1 - x0), y0 + begin * (y1 - y0), x0 + end * (x1 - x0), y0 + end * (y1 - y0)
