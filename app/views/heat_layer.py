"""A number at every place of the plane, as colours behind the points and lines of equal height."""

import contourpy
import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath, QPen

from app.theme import theme
from app.theme.tokens import bgr
from app.views.registry import Layer, view
from app.views.surface_layer import SmoothPath, SurfaceItem
from engines.core.arrays import Floats
from engines.core.picture import Picture
from engines.pictures.heat import Heat

STRENGTH = 0.6  # of the colour at the ends: the points must stay stronger


@view(Heat)
class HeatLayer(Layer):
    """Colours and contours of the newest heat."""

    def __init__(self, plane: pg.PlotWidget) -> None:
        super().__init__(plane)
        self._item = SurfaceItem()
        self._item.setZValue(-25)
        self._lines = SmoothPath()
        self._lines.setZValue(-15)
        self._shown: Heat | None = None
        for item in (self._item, self._lines):
            plane.addItem(item, ignoreBounds=True)
        self.restyle()

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Heat."""
        assert isinstance(picture, Heat)
        if picture is self._shown:
            return
        self._shown = picture
        if not picture.values.size:
            self._item.clear()
            self._lines.setPath(QPainterPath())
            return
        left, bottom, right, top = picture.area
        self._item.set_image(pixels(picture), QRectF(left, bottom, right - left, top - bottom))
        self._lines.setPath(contours(picture))

    def clear(self) -> None:
        """Draw nothing."""
        self._shown = None
        self._item.clear()
        self._lines.setPath(QPainterPath())

    def restyle(self) -> None:
        """Draw with the colours of now."""
        pen = QPen(theme.tokens.color("muted"), theme.scale)
        pen.setCosmetic(True)
        self._lines.setPen(pen)
        shown, self._shown = self._shown, None
        if shown is not None:
            self.show_picture(shown)


def pixels(heat: Heat) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    """Return (rows, columns, 4) BGRA: pale in the middle between ``low`` and ``high``, or paper at ``low`` if faint."""
    tokens = theme.tokens
    reach = (heat.high - heat.low) or 1.0
    share = np.clip(np.nan_to_num((heat.values - heat.low) / reach), 0, 1).astype(np.float32)[..., None]
    paper = np.array(bgr(tokens.color("card")), np.float32)
    if heat.faint:
        above, strength = np.array(bgr(tokens.color("muted")), np.float32), STRENGTH * share
        colour = paper + strength * (above - paper)
    else:
        above, below = (np.array(bgr(tokens.color(name)), np.float32) for name in ("positive", "negative"))
        side = 2 * share - 1
        colour = paper + STRENGTH * np.abs(side) * (np.where(side > 0, above, below) - paper)
    mixed = np.full((*heat.values.shape, 4), 255, np.uint8)
    mixed[..., :3] = colour
    return mixed


def contours(heat: Heat) -> QPainterPath:
    """Return the lines along which the number is one of ``levels``."""
    path = QPainterPath()
    rows, columns = heat.values.shape
    if not len(heat.levels) or rows < 2 or columns < 2:
        return path
    left, bottom, right, top = heat.area
    xs = left + (np.arange(columns) + 0.5) * (right - left) / columns
    ys = bottom + (np.arange(rows) + 0.5) * (top - bottom) / rows
    generator = contourpy.contour_generator(xs, ys, np.nan_to_num(heat.values))
    for level in heat.levels.tolist():
        for line in generator.lines(level):
            places: Floats = np.asarray(line)
            path.addPath(pg.functions.arrayToQPath(places[:, 0].copy(), places[:, 1].copy(), finiteCheck=False))
    return path
