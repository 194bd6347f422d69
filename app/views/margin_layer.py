"""The street between two classes: its middle, its kerbs, who holds it, and how far those beyond their kerb are."""

from typing import cast

import contourpy
import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from app.theme import theme
from app.views.over_plane import OverPlane
from app.views.registry import Layer, view
from engines.core.arrays import Floats, Ints
from engines.core.picture import Picture
from engines.pictures.margin import Margin

MOST_RINGS = 1000  # of more support vectors, every so manyth
MOST_WIDE = 150  # of more rings all are 1 pixel wide: wider ones take ten times as long
MOST_SLACK = 300  # lines to the kerb
SLACK_STRENGTH = 0.4  # how far they cover what is below them
CLEAR_SLACK = 30  # more lines are each so much fainter that together they do not hide the points
RING, CHANGED = 8.0, 12.0  # pixels


class OfMargin(OverPlane):
    """Something of the newest margin that is painted over the whole plane."""

    def __init__(self, z: float) -> None:
        super().__init__(z)
        self._margin: Margin | None = None

    def show_margin(self, margin: Margin | None) -> None:
        """Draw a margin from now on."""
        self._margin = margin
        self.update()


class Street(OfMargin):
    """The lines, below the points."""

    def __init__(self) -> None:
        super().__init__(25)
        self._middle, self._kerbs, self._slack = QPainterPath(), (QPainterPath(), QPainterPath()), QPainterPath()
        self._strength = SLACK_STRENGTH

    def show_margin(self, margin: Margin | None) -> None:
        """Find the lines of a margin and draw them from now on."""
        lines = {level: contour(margin, level) if margin else np.zeros((0, 2, 2)) for level in (-1, 0, 1)}
        self._middle = path_of(lines[0])
        self._kerbs = (path_of(lines[-1]), path_of(lines[1]))
        slack = slack_lines(margin, lines[-1], lines[1]) if margin else lines[0]
        self._slack = path_of(slack)
        self._strength = SLACK_STRENGTH * min(1.0, CLEAR_SLACK / max(1, len(slack)))
        super().show_margin(margin)

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw how far some are beyond their kerb, the middle of the street, its kerbs."""
        margin = self._margin
        if margin is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        faint = theme.tokens.color("text")
        faint.setAlphaF(self._strength)
        painter.setPen(cosmetic(faint, 1))
        painter.drawPath(self._slack)
        painter.setPen(cosmetic(theme.tokens.color("text"), 1))
        painter.drawPath(self._middle)
        for which, kerb in zip(margin.classes, self._kerbs, strict=True):
            pen = cosmetic(kerb_color(which), 1.0)
            pen.setDashPattern([6, 4])
            painter.setPen(pen)
            painter.drawPath(kerb)
        painter.restore()


class Rings(OfMargin):
    """Who holds the street, over the points; rings keep their size when the view is zoomed."""

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the rings."""
        margin = self._margin
        if margin is None:
            return
        to_scene = self.sceneTransform()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(to_scene.inverted()[0], True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        every = max(1, -(-len(margin.support) // MOST_RINGS))
        places, beyond = scene_places(margin.support[::every], to_scene), margin.slack[::every] > 0
        wide = 1.8 * theme.scale if (~beyond).sum() <= MOST_WIDE else 1.0
        for mask, colour, width in ((beyond, "muted", 1.0), (~beyond, "text", wide)):
            painter.setPen(QPen(theme.tokens.color(colour), width))
            for x, y in places[mask].tolist():
                painter.drawEllipse(QPointF(x, y), theme.px(RING), theme.px(RING))
        painter.setPen(QPen(theme.tokens.color("accent"), 2.4 * theme.scale))
        for x, y in scene_places(margin.changed, to_scene).tolist():
            painter.drawEllipse(QPointF(x, y), theme.px(CHANGED), theme.px(CHANGED))
        painter.restore()


@view(Margin)
class MarginLayer(Layer):
    """The newest margin; nothing of it can be dragged: its points can."""

    def __init__(self, plane: pg.PlotWidget) -> None:
        super().__init__(plane)
        self._margin: Margin | None = None
        self._items = (Street(), Rings(35))
        for item in self._items:
            plane.addItem(item, ignoreBounds=True)

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Margin."""
        assert isinstance(picture, Margin)
        if picture is not self._margin:
            self._margin = picture
            for item in self._items:
                item.show_margin(picture)

    def clear(self) -> None:
        """Draw nothing."""
        self._margin = None
        for item in self._items:
            item.show_margin(None)

    def restyle(self) -> None:
        """Draw with the colours of now."""
        for item in self._items:
            item.update()


def cosmetic(colour: QColor, width: float) -> QPen:
    """Return a pen whose width is in pixels; a smooth line wider than 1 takes Qt many times as long."""
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    return pen


def kerb_color(which: int) -> QColor:
    """Return the colour of a kerb: the class's, nearer to that of text, as it lies on the class's own background."""
    own, text = theme.tokens.class_color(which), theme.tokens.color("text")
    pairs = zip(own.getRgb()[:3], text.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(0.55 * a + 0.45 * b) for a, b in pairs))


def contour(margin: Margin, level: float) -> Floats:
    """Return the pieces of the line on which the decision value is ``level``: (m, 2, 2), from place to place."""
    rows, columns = margin.values.shape
    if rows < 2 or columns < 2 or not np.isfinite(margin.values).all():
        return np.zeros((0, 2, 2))
    left, bottom, right, top = margin.area
    xs = left + (np.arange(columns) + 0.5) * (right - left) / columns
    ys = bottom + (np.arange(rows) + 0.5) * (top - bottom) / rows
    generator = contourpy.contour_generator(xs, ys, margin.values, line_type=contourpy.LineType.ChunkCombinedOffset)
    found, offsets = cast("tuple[list[Floats | None], list[Ints | None]]", generator.lines(level))
    if found[0] is None or offsets[0] is None:
        return np.zeros((0, 2, 2))
    places = found[0]
    joined = np.ones(len(places) - 1, bool)
    joined[offsets[0][1:-1].astype(int) - 1] = False  # the last place of a line is not joined to the next line
    return np.stack([places[:-1], places[1:]], axis=1)[joined]


def slack_lines(margin: Margin, below: Floats, above: Floats) -> Floats:
    """Return a line from each support vector that is beyond its kerb to the nearest place of it: (m, 2, 2)."""
    lines = [np.zeros((0, 2, 2))]
    for side, kerb in ((-1, below), (1, above)):
        mine = margin.support[(margin.sides == side) & (margin.slack > 0)]
        mine = mine[:: max(1, -(-len(mine) // (MOST_SLACK // 2)))]
        if len(mine) and len(kerb):
            lines.append(np.stack([mine, nearest_on(kerb, mine)], axis=1))
    return np.concatenate(lines)


def nearest_on(pieces: Floats, places: Floats) -> Floats:
    """Return the nearest place on any of the straight pieces (m, 2, 2) to each of the places (n, 2): (n, 2)."""
    start, way = pieces[:, 0], pieces[:, 1] - pieces[:, 0]
    middle = start + way / 2
    squared = (places**2).sum(1)[:, None] - 2 * places @ middle.T + (middle**2).sum(1)
    best = squared.argmin(1)
    start, way = start[best], way[best]
    length = np.maximum((way**2).sum(1), 1e-300)
    share = np.clip(((places - start) * way).sum(1) / length, 0, 1)
    nearest: Floats = start + share[:, None] * way
    return nearest


def path_of(pieces: Floats) -> QPainterPath:
    """Return straight pieces (m, 2, 2) as a path; those that follow one another are one line."""
    if not len(pieces):
        return QPainterPath()
    ends = pieces.reshape(-1, 2)
    joins = np.ones(len(ends), np.int32)
    joins[1::2] = 0
    joins[1:-1:2] = (ends[1:-1:2] == ends[2::2]).all(1)
    path: QPainterPath = pg.functions.arrayToQPath(
        ends[:, 0].copy(), ends[:, 1].copy(), connect=joins, finiteCheck=False
    )
    return path


def scene_places(places: Floats, to_scene: QTransform) -> Floats:
    """Return where places in data units are in the scene: (m, 2)."""
    scale = np.array([to_scene.m11(), to_scene.m22()])
    return np.clip(places * scale + np.array([to_scene.dx(), to_scene.dy()]), -1e6, 1e6)
