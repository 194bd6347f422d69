"""Background = prediction: the classes' colours by their probability, and the border between them."""

import contourpy
import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from app.theme import theme
from app.theme.tokens import bgr
from app.views.registry import Layer, view
from engines.core.arrays import Floats
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


@view(Surface)
class SurfaceLayer(Layer):
    """Colours and border of the newest surface."""

    def __init__(self, plane: pg.PlotWidget) -> None:
        super().__init__(plane)
        self._item = SurfaceItem()
        self._item.setZValue(-20)
        self._border = QGraphicsPathItem()
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
        values = np.nan_to_num(picture.values)
        self._item.set_image(pixels(values), QRectF(left, bottom, right - left, top - bottom))
        self._border.setPath(borders(values, picture.area))

    def clear(self) -> None:
        """Draw nothing."""
        self._shown = None
        self._item.clear()
        self._border.setPath(QPainterPath())

    def restyle(self) -> None:
        """Draw with the colours of now."""
        pen = QPen(theme.tokens.color("text"), 1.2 * theme.scale)
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
    path = QPainterPath()
    count, rows, columns = values.shape
    left, bottom, right, top = area
    xs = left + (np.arange(columns) + 0.5) * (right - left) / columns
    ys = bottom + (np.arange(rows) + 0.5) * (top - bottom) / rows
    for k in range(1 if count == 2 else 0, count if count > 1 else 0):
        others = np.delete(values, k, axis=0).max(0)
        if np.ptp(values[k] - others) == 0:
            continue
        for line in contourpy.contour_generator(xs, ys, values[k] - others).lines(0.0):
            points = np.asarray(line)
            path.moveTo(*points[0])
            for x, y in points[1:]:
                path.lineTo(x, y)
    return path
