"""Background = prediction: the classes' colours by their probability, and the border between them."""

from typing import cast

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from app.theme import theme
from app.theme.tokens import bgr
from app.views.registry import Layer, view
from engines.core.arrays import Floats, Ints
from engines.core.picture import Picture
from engines.pictures.surface import Surface

STRENGTH = 0.55  # of a class's colour where the model is sure; the points must stay stronger


class SurfaceItem(pg.GraphicsObject):
    """A small image drawn smoothly over an area of the plane."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._area = QRectF()

    def set_image(self, rgb: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]", area: QRectF) -> None:
        """Show (rows, columns, 4) BGRA pixels, row 0 at the bottom."""
        rows, columns = rgb.shape[:2]
        pixels = np.ascontiguousarray(rgb)
        self._image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()
        if area != self._area:
            self.prepareGeometryChange()
            self._area = area
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._image = None
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The area of the plane that is covered."""
        return self._area

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the image; row 0 is the lowest y, which is how the plane runs."""
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._area, self._image)


class SmoothPath(QGraphicsPathItem):
    """A path with smooth edges; pyqtgraph's plane draws without, for speed."""

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw the path."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        super().paint(painter, option, widget)


@view(Surface)
class SurfaceLayer(Layer):
    """Colours and border of the newest surface."""

    def __init__(self, plane: pg.PlotWidget) -> None:
        super().__init__(plane)
        self._item = SurfaceItem()
        self._item.setZValue(-20)
        self._border = SmoothPath()
        self._border.setZValue(-10)
        self._shown: Surface | None = None
        for item in (self._item, self._border):
            plane.addItem(item, ignoreBounds=True)
        self.restyle()

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Surface."""
        assert isinstance(picture, Surface)
        if picture is self._shown:
            return
        self._shown = picture
        left, bottom, right, top = picture.area
        values = np.clip(np.nan_to_num(picture.values, posinf=1.0, neginf=0.0), 0.0, 1.0)
        self._item.set_image(pixels(values), QRectF(left, bottom, right - left, top - bottom))
        self._border.setPath(borders(values, picture.area) if picture.border else QPainterPath())

    def clear(self) -> None:
        """Draw nothing."""
        self._shown = None
        self._item.clear()
        self._border.setPath(QPainterPath())

    def restyle(self) -> None:
        """Draw with the colours of now."""
        pen = QPen(theme.tokens.color("text"), theme.scale)  # 1 px: a wider smooth line takes Qt 15 times as long
        pen.setCosmetic(True)
        self._border.setPen(pen)
        shown, self._shown = self._shown, None
        if shown is not None:
            self.show_picture(shown)


def pixels(values: Floats) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    """Return (rows, columns, 4) BGRA: the likeliest class's colour, the paler the less it leads the second."""
    tokens = theme.tokens
    paper = np.array(bgr(tokens.color("card")), np.float32)
    colours = np.array([bgr(tokens.class_color(k)) for k in range(len(values))], np.float32)
    if len(values) == 1:
        winner, lead = np.zeros(values.shape[1:], int), np.ones(values.shape[1:], np.float32)
    elif len(values) == 2:
        winner, lead = (values[1] > values[0]).astype(int), np.abs(values[1] - values[0])
    else:
        winner = values.argmax(0)
        ranked = np.partition(values, -2, axis=0)
        lead = ranked[-1] - ranked[-2]
    share = (STRENGTH * np.sqrt(lead))[..., None].astype(np.float32)
    mixed = np.full((*winner.shape, 4), 255, np.uint8)
    mixed[..., :3] = paper + share * (colours[winner] - paper)
    return mixed


def borders(values: Floats, area: tuple[float, float, float, float]) -> QPainterPath:
    """Return the lines on which two classes are equally likely."""
    count, rows, columns = values.shape
    if count < 2 or rows < 2 or columns < 2:
        return QPainterPath()
    import contourpy  # the first boundary brings it, not the start

    left, bottom, right, top = area
    xs = left + (np.arange(columns) + 0.5) * (right - left) / columns
    ys = bottom + (np.arange(rows) + 0.5) * (top - bottom) / rows
    points: list[Floats] = [np.zeros((0, 2))]
    joined = [np.zeros(0, np.int32)]
    for field in _leads(values):
        generator = contourpy.contour_generator(xs, ys, field, line_type=contourpy.LineType.ChunkCombinedOffset)
        found, offsets = cast("tuple[list[Floats | None], list[Ints | None]]", generator.lines(0.0))
        if found[0] is None or offsets[0] is None:
            continue
        joins = np.ones(len(found[0]), np.int32)
        joins[offsets[0][1:].astype(int) - 1] = 0  # the last point of a line is not joined to the next line
        points.append(found[0])
        joined.append(joins)
    places = np.concatenate(points)
    # a copy per column: arrayToQPath wants them in a row
    path: QPainterPath = pg.functions.arrayToQPath(
        places[:, 0].copy(), places[:, 1].copy(), connect=np.concatenate(joined), finiteCheck=False
    )
    return path


def _leads(values: Floats) -> list[Floats]:
    """Return by how much a class leads the strongest other: (rows, columns) for each class but one that wins anywhere.

    Every border lies between two classes, so the last one's borders are there already.
    """
    if len(values) == 2:
        lead = values[1] - values[0]
        return [lead] if lead.any() else []
    winner = values.argmax(0)
    ranked = np.partition(values, -2, axis=0)
    second, first = ranked[-2], ranked[-1]
    winning = np.unique(winner)[:-1]
    return [np.where(winner == k, first - second, values[k] - first) for k in winning]
