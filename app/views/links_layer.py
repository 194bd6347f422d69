"""Lines between places: to the neighbours that are asked, along which a label spreads; and the place that asks."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF, QTransform

from app.theme import theme
from app.views import marks
from app.views.over_plane import OverPlane
from app.views.registry import Layer, view
from engines.core.arrays import Ints
from engines.core.picture import Picture
from engines.core.step import Poke
from engines.pictures.links import Links

MOST_WIDE = 60  # so few lines are 2 pixels wide, on a paler one that sets them off from the background
MOST_SMOOTH = 400  # of more lines the edges are not smoothed: they would take a hundred times as long
MOST = 4000  # of more lines the strongest are drawn
SHADES = 5  # of strength: lines of one shade are drawn together
FAINTEST, FULLEST = 0.12, 0.9
RADIUS = 15.0  # pixels of the query's diamond


class LinesItem(OverPlane):
    """The lines, below the points; kept as a picture until they or the view change."""

    def __init__(self) -> None:
        super().__init__(20)
        self._links: Links | None = None
        self._picture: QPixmap | None = None
        self._key: tuple[float, ...] = ()

    def show_links(self, links: Links | None) -> None:
        """Draw these from now on."""
        self._links, self._picture = links, None
        self.update()

    def viewTransformChanged(self) -> None:  # noqa: N802 - pyqtgraph's name
        """Draw anew when the view has moved."""
        super().viewTransformChanged()
        self._picture = None

    def paint(self, painter: QPainter, *_: object) -> None:
        """Put the kept picture on the screen; a few lines are drawn straight away."""
        links = self._links
        if links is None or not len(links.ends):
            return
        to_scene = self.sceneTransform()
        painter.save()
        painter.setTransform(to_scene.inverted()[0], True)
        if len(links.ends) <= MOST_SMOOTH:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_lines(painter, links, to_scene, theme.scale)
        else:
            self._paint_kept(painter, links, to_scene)
        painter.restore()

    def _paint_kept(self, painter: QPainter, links: Links, to_scene: QTransform) -> None:
        size = self.getViewBox().sceneBoundingRect()
        ratio = painter.device().devicePixelRatio()
        key = (to_scene.m11(), to_scene.m22(), to_scene.dx(), to_scene.dy(), *size.getRect(), ratio)
        if self._picture is None or key != self._key:
            self._key = key
            self._picture = QPixmap(max(1, int(size.width() * ratio)), max(1, int(size.height() * ratio)))
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            brush = QPainter(self._picture)
            brush.translate(-size.topLeft())
            draw_lines(brush, links, to_scene, 1.0)
            brush.end()
        painter.drawPixmap(size.topLeft(), self._picture)


def draw_lines(painter: QPainter, links: Links, to_scene: QTransform, width: float) -> None:
    """Draw the lines in the scene's pixels, the strongest last."""
    rows = drawn_rows(links)
    ends = links.ends[rows]
    scale = np.array([to_scene.m11(), to_scene.m22()] * 2)
    places = np.clip(ends * scale + np.array([to_scene.dx(), to_scene.dy()] * 2), -1e6, 1e6)
    if len(rows) <= MOST_WIDE:
        under = theme.tokens.color("card")
        under.setAlphaF(0.75)
        painter.setPen(QPen(under, 5 * width))
        painter.drawLines([QLineF(*line) for line in places.tolist()])
        width *= 2.6
    shade = np.clip((links.strengths[rows] * SHADES).astype(int), 0, SHADES - 1)
    groups = links.groups[rows]
    for level in range(SHADES):
        for group in sorted(set(groups[shade == level].tolist())):
            mine = places[(shade == level) & (groups == group)]
            painter.setPen(QPen(shaded(int(group), level), width))
            painter.drawLines([QLineF(*line) for line in mine.tolist()])


def drawn_rows(links: Links) -> Ints:
    """Return which lines are drawn: those whose ends are somewhere, of very many the strongest."""
    rows = np.flatnonzero(np.isfinite(links.ends).all(1))
    if len(rows) <= MOST:
        return rows
    return np.sort(rows[np.argsort(-links.strengths[rows], kind="stable")[:MOST]])


def shaded(group: int, level: int) -> QColor:
    """Return the colour of a class, as full as the lines of this shade are; of no class, that of text."""
    colour = QColor(theme.tokens.class_color(group) if group >= 0 else theme.tokens.color("muted"))
    colour.setAlphaF(FAINTEST + (FULLEST - FAINTEST) * (level + 0.5) / SHADES)
    return colour


class QueryItem(OverPlane):
    """The place that asks: a diamond with a question mark, then with the mark of the class that was answered."""

    def __init__(self) -> None:
        super().__init__(45)
        self.place: tuple[float, float] | None = None
        self.answer = -1

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the diamond."""
        if self.place is None:
            return
        to_scene = self.sceneTransform()
        at, reach = to_scene.map(QPointF(*self.place)), RADIUS * theme.scale
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(to_scene.inverted()[0], True)
        corners = [QPointF(0, -reach), QPointF(reach, 0), QPointF(0, reach), QPointF(-reach, 0)]
        painter.setPen(QPen(theme.tokens.color("text"), 2 * theme.scale))
        painter.setBrush(theme.tokens.color("card"))
        painter.drawPolygon(QPolygonF([at + corner for corner in corners]))
        if self.answer >= 0:
            marks.paint(painter, self.answer, at, 6 * theme.scale)
        else:
            painter.setFont(theme.font("strong"))
            box = QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "?")
        painter.restore()


@view(Links)
class LinksLayer(Layer):
    """The newest lines; the query can be dragged."""

    def __init__(self, plane: pg.PlotWidget) -> None:
        super().__init__(plane)
        self._links: Links | None = None
        self._beside: tuple[float, float] | None = None  # how far beside its middle the query was taken
        self._put: tuple[float, float] | None = None  # where a hand has it, or put it since the picture came
        self._lines, self._query = LinesItem(), QueryItem()
        for item in (self._lines, self._query):
            plane.addItem(item, ignoreBounds=True)

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Links."""
        assert isinstance(picture, Links)
        if picture is not self._links:
            self._links = picture
            if self._beside is None:
                self._put = None
            self._lines.show_links(picture)
            self._show()

    def clear(self) -> None:
        """Draw nothing. A hand keeps its hold: a new run may come of its poke."""
        self._links = self._put = None
        self._lines.show_links(None)
        self._show()

    def restyle(self) -> None:
        """Draw with the colours of now."""
        self._lines.show_links(self._links)
        self._query.update()

    @property
    def query(self) -> tuple[float, float] | None:
        """Where the query is shown: in the hand where there is one; None where there is none."""
        if self._links is None or not len(self._links.query):
            return None
        x, y = self._links.query[0].tolist()
        return self._put or (x, y)

    def _show(self) -> None:
        self._query.place = self.query
        self._query.answer = self._links.answer if self._links else -1
        self._query.update()

    # Dragging the query

    def grab(self, x: float, y: float, reach: float, *, only_look: bool = False) -> bool:
        """Take the query, if it is within ``reach``."""
        place = self.query
        if place is None or not np.hypot(place[0] - x, place[1] - y) <= 1.3 * reach:
            return False
        if not only_look:
            self._beside = (place[0] - x, place[1] - y)
        return True

    def drag(self, x: float, y: float) -> Poke | None:
        """Move the query at once and return the poke that tells the engine."""
        if self._beside is None:
            return None
        self._put = (x + self._beside[0], y + self._beside[1])
        self._show()
        return Poke("query", (0,), self._put)

    def drop(self) -> None:
        """Let go; until the engine answers the query stays where it was put."""
        self._beside = None
        self._show()
