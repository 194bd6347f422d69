"""The learner's points on the plane, kept as one picture until they or the view change."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap, QTransform

from app.theme import theme
from app.views import marks
from app.views.over_plane import OverPlane
from app.views.raster import Area, Raster, ToPixels
from engines.core.arrays import Bools, Floats, Ints
from engines.core.dataset import TEST, TRAIN
from engines.data.points import Points

MOST_MARKS = 5000  # beyond this a point is a few pixels, written straight into an image
MOST_RINGS = 2000
RADIUS = 5.0
ROOM = 3.0  # around a mark, for its edge
SEALED = 0.7  # how large a point is that is sealed
SHADES = 65  # of a number's colour


class LivePoints(Protocol):
    """Points that are being edited: rows that can be asked for by area. Their split is not known before the end."""

    def places(self, rows: Ints) -> Floats:
        """Return where rows are: (m, 2)."""
        ...

    @property
    def y(self) -> Ints:
        """The class of each row: (rows,)."""
        ...

    @property
    def value(self) -> Floats:
        """The number of each row: (rows,)."""
        ...

    def within(self, left: float, bottom: float, right: float, top: float) -> Ints:
        """Return the rows that are there and lie in an area."""
        ...


@dataclass(frozen=True, eq=False)
class Shown:
    """What is on the plane now."""

    x: Floats
    y: Ints
    value: Floats
    parts: Ints
    target: str


NOTHING = Points()


class PointsLayer(OverPlane):
    """Dot = truth: colour and shape of the class, filled to learn from, outlined when held out.

    Sealed, the test share is grey rings, all alike: one sees where its points are, to move or erase them, not what.
    While a run repaints the background sixty times a second this costs one blit: the marks are drawn anew only when the
    points, the view or the theme change. Among very many points only the area that an edit touched is drawn anew.
    """

    def __init__(self) -> None:
        super().__init__(30)
        self._shown = _shown(NOTHING)
        self._labels: Ints | None = None
        self._sealed = False
        self._ringed: Ints = np.zeros(0, int)
        self._picture: QPixmap | QImage | None = None
        self._picture_key: tuple[float, ...] = ()
        self._raster: Raster | None = None
        theme.bind(self, self._forget)

    def set_points(self, points: Points) -> None:
        """Show these points."""
        self._shown = _shown(points)
        self._ringed = self._ringed[self._ringed < len(points)]
        self._forget()

    def show_live(self, live: LivePoints, area: Area, count: int) -> None:
        """Draw the points of an area anew while they are being edited; count: how many there are in all.

        Only where there are more than MOST_MARKS, and until ``set_points`` brings the rest of what there is to show.
        """
        if self._raster is None or self._picture is None:
            return
        pixels = self._raster.area(area)
        rows = live.within(*self._raster.around(pixels))
        target = self._shown.target
        which = _colour_index(live.y[rows], live.value[rows], target, None)
        self._raster.draw_part(pixels, live.places(rows), which, _colours(target), count)
        self.update()

    def show_labels(self, labels: Ints | None) -> None:
        """Draw these groups (n,) instead of the classes, -1 as none; None, or another length, draws the classes."""
        self._labels = labels
        self._forget()

    def seal(self, *, sealed: bool) -> None:
        """Show where the points of the test share are and nothing else of them, or show what they are."""
        if sealed != self._sealed:
            self._sealed = sealed
            self._forget()

    @property
    def sealed(self) -> Bools:
        """The rows of which nothing is shown but their place: (n,)."""
        return (self._shown.parts == TEST) & self._sealed

    def _drawn(self) -> Ints:
        """Return the class of each point as it is drawn."""
        if self._labels is None or len(self._labels) != len(self._shown.y):
            return self._shown.y
        return self._labels

    def ring(self, index: Ints) -> None:
        """Put a ring around these rows: (m,); an empty array takes the rings away."""
        index = np.asarray(index, int)
        self._ringed = index[index < len(self._shown.x)]  # what is drawn may be older than the points
        self._forget()

    @property
    def x(self) -> Floats:
        """Where the points are: (n, 2)."""
        return self._shown.x

    @property
    def ringed(self) -> Ints:
        """The rows that have a ring."""
        return self._ringed

    def _forget(self) -> None:
        self._picture = None
        self.update()

    def viewTransformChanged(self) -> None:  # noqa: N802 - pyqtgraph's name
        """Draw anew when the view has moved."""
        super().viewTransformChanged()
        self._forget()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Put the kept picture on the screen."""
        to_scene = self.sceneTransform()
        size = self.getViewBox().sceneBoundingRect()
        ratio = painter.device().devicePixelRatio()
        key = (to_scene.m11(), to_scene.m22(), to_scene.dx(), to_scene.dy(), *size.getRect(), ratio)
        if self._picture is None or key != self._picture_key:
            many = len(self._shown.x) > MOST_MARKS
            self._raster = None
            self._picture_key = key
            self._picture = self._rasterised(to_scene, size, ratio) if many else self._marked(to_scene, size, ratio)
        painter.save()
        painter.setTransform(to_scene.inverted()[0], True)
        if isinstance(self._picture, QPixmap):
            painter.drawPixmap(size.topLeft(), self._picture)
        else:
            painter.drawImage(size.topLeft(), self._picture)
            self._paint_rings(painter, to_scene)
        painter.restore()

    def _paint_rings(self, painter: QPainter, to_scene: QTransform) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.tokens.color("text"), 2))
        for x, y in self._shown.x[self._ringed[:MOST_RINGS]].tolist():
            painter.drawEllipse(to_scene.map(QPointF(x, y)), theme.px(9), theme.px(9))

    def _marked(self, to_scene: QTransform, size: QRectF, ratio: float) -> QPixmap:
        """Draw a mark for each point into a transparent pixmap of the size of the view."""
        pixmap = QPixmap(max(1, int(size.width() * ratio)), max(1, int(size.height() * ratio)))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        x = self._shown.x
        across = to_scene.m11() * x[:, 0] + to_scene.dx() - size.left()
        down = to_scene.m22() * x[:, 1] + to_scene.dy() - size.top()
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._stamp(painter, across, down, ratio)
        painter.translate(-size.topLeft())
        self._paint_rings(painter, to_scene)
        painter.end()
        return pixmap

    def _stamp(self, painter: QPainter, across: Floats, down: Floats, ratio: float) -> None:
        """Draw each kind of mark once and stamp it wherever it belongs; held-out points below the others."""
        held_out, sealed = self._shown.parts != TRAIN, self.sealed
        numbers = self._shown.target == "value"
        drawn = _shade(self._shown.value) if numbers else self._drawn()
        stamps = [(np.flatnonzero(sealed), _stamp_of(0, ratio, SEALED, True, theme.tokens.color("muted")))]
        for outlined in (True, False):
            for which in np.flatnonzero(np.bincount(drawn.astype(np.int64) + 1)) - 1:  # np.unique would load numpy.ma
                rows = np.flatnonzero((drawn == which) & (held_out == outlined) & ~sealed)
                colour = theme.value_color(_value_of_shade(int(which))) if numbers else None
                if len(rows):
                    stamps.append((rows, _stamp_of(0 if numbers else int(which), ratio, 1, outlined, colour)))
        half = RADIUS * theme.scale + ROOM
        for rows, stamp in stamps:
            for i in rows:
                painter.drawPixmap(QPointF(across[i] - half, down[i] - half), stamp)

    def _rasterised(self, to_scene: QTransform, size: QRectF, ratio: float) -> QImage:
        """Write every point as a few pixels into an image: fast at a million points."""
        to_pixels = ToPixels(
            ratio * to_scene.m11(), ratio * (to_scene.dx() - size.left()),
            ratio * to_scene.m22(), ratio * (to_scene.dy() - size.top()),
        )  # fmt: skip
        self._raster = Raster(int(size.width() * ratio), int(size.height() * ratio), to_pixels)
        shown = self._shown
        which = _colour_index(self._drawn(), shown.value, shown.target, shown.parts)
        colours = _colours(shown.target)
        which[self.sealed] = len(colours) - 1
        self._raster.draw_all(shown.x, which, colours)
        image = self._raster.image()
        image.setDevicePixelRatio(ratio)
        return image


def _stamp_of(which: int, ratio: float, size: float, outlined: bool, colour: QColor | None) -> QPixmap:
    """Return a mark in the middle of a transparent square of whole pixels."""
    radius = RADIUS * theme.scale
    half = radius + ROOM
    side = int(2 * half * ratio)
    stamp = QPixmap(side, side)
    stamp.setDevicePixelRatio(ratio)
    stamp.fill(Qt.GlobalColor.transparent)
    pen = QPainter(stamp)
    pen.setRenderHint(QPainter.RenderHint.Antialiasing)
    marks.paint(pen, which, QPointF(half, half), size * radius, filled=not outlined, colour=colour)
    pen.end()
    return stamp


def _shown(points: Points) -> Shown:
    return Shown(points.x, points.y, points.value, points.parts, points.target)


def _shade(value: Floats) -> Ints:
    """Return which of SHADES colours each number has: from -1 and less to 1 and more."""
    return np.rint((np.clip(value, -1, 1) + 1) / 2 * (SHADES - 1)).astype(np.uint8)


def _value_of_shade(shade: int) -> float:
    return 2 * shade / (SHADES - 1) - 1


def _colour_index(drawn: Ints, value: Floats, target: str, parts: Ints | None) -> Any:
    """Return the place of each point's colour in ``_colours``: (n,) uint8; held-out points have the second half."""
    if target == "value":
        which, count = _shade(value), SHADES
    else:
        which, count = drawn.astype(np.int8), 9
        if len(which) and which.max() > 7:
            which = np.where(which < 0, which, which % 8)
        which = (which + 1).view(np.uint8)
    if parts is not None:
        which += np.uint8(count) * (parts != TRAIN)
    return which


def _colours(target: str) -> Any:
    """Return ARGB for every colour index: as they are, then paler for held-out points, then what is sealed."""
    tokens = theme.tokens
    if target == "value":
        made = [theme.value_color(_value_of_shade(shade)) for shade in range(SHADES)]
    else:
        made = [tokens.class_color(which) for which in range(-1, 8)]
    paler = [marks.mixed(tokens.color("card"), colour, 0.55) for colour in made]
    return np.array([colour.rgba() for colour in (*made, *paler, tokens.color("faint"))], np.uint32)
