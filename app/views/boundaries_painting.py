"""What is inside one tile of the models side by side: the model's word on the plane, the points, a curve."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from app.theme import theme
from app.views.heat_layer import pixels as heat_pixels
from app.views.surface_layer import pixels as surface_pixels
from engines.core.arrays import Floats
from engines.pictures.boundaries import Boundaries
from engines.pictures.heat import Heat

HALO = 110  # pixels of a tile from which on there is room for a rim about a dot
FAINT = 0.3  # opacity of a dot that does not count in its tile


def image_of(picture: Boundaries, place: int) -> QImage | None:
    """Return what a model says about the plane as an image with row 0 at the bottom; None where that is not known."""
    if picture.surfaces.ndim != 4 or not picture.surfaces[place].size or np.isnan(picture.surfaces[place]).any():
        return None
    values = np.clip(picture.surfaces[place], 0.0, 1.0)
    mixed = heat_pixels(Heat(values[0], picture.area, 0.0, 1.0)) if len(values) == 1 else surface_pixels(values)
    mixed = np.ascontiguousarray(mixed[::-1])
    rows, columns = mixed.shape[:2]
    return QImage(mixed.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()


def _to_tile(x: Floats, y: Floats, picture: Boundaries, box: QRectF) -> tuple[Floats, Floats]:
    """Return where places of the plane are in a tile, in pixels."""
    left, bottom, right, top = picture.area
    across = box.left() + (x - left) / (right - left) * box.width()
    return across, box.bottom() - (y - bottom) / (top - bottom) * box.height()


def paint_dots(painter: QPainter, picture: Boundaries, place: int, box: QRectF, every: int) -> None:
    """Draw the points as dots in the colours of their classes: first the pale ones, then those that count."""
    if not len(picture.points):
        return
    points, groups = picture.points[::every], picture.groups[::every]
    strong = picture.strong[place][::every].astype(bool) if picture.strong.size else np.ones(len(points), bool)
    across, down = _to_tile(points[:, 0], points[:, 1], picture, box)
    size = max(1.6, min(6.0, box.width() / 45)) * theme.scale
    opacity = painter.opacity()
    for counts in (False, True):
        painter.setOpacity(opacity if counts else FAINT * opacity)
        if counts and strong.any() and box.width() >= HALO * theme.scale:
            # a dot of the colour of what is said there would not be seen without a rim
            _paint_round(painter, across[strong], down[strong], theme.tokens.color("card"), 1.4 * size)
        for which in np.unique(groups[strong == counts]).tolist():
            here = (groups == which) & (strong == counts)
            _paint_round(painter, across[here], down[here], theme.tokens.class_color(which), size)
    painter.setOpacity(opacity)


def _paint_round(painter: QPainter, across: Floats, down: Floats, colour: QColor, size: float) -> None:
    """Draw round dots."""
    pen = QPen(colour, size)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in zip(across.tolist(), down.tolist(), strict=True)]))


def pieces(heights: Floats, picture: Boundaries, box: QRectF) -> list[QPolygonF]:
    """Return a curve over the width of a tile, in pieces between its gaps."""
    left, _, right, _ = picture.area
    x = left + (np.arange(len(heights)) + 0.5) * (right - left) / max(1, len(heights))
    across, down = _to_tile(x, heights, picture, box)
    down = np.clip(down, box.top() - box.height(), box.bottom() + box.height())
    there = np.isfinite(down)
    cuts = np.flatnonzero(np.diff(there.astype(int))) + 1
    parts = [part for part in np.split(np.arange(len(down)), cuts) if len(part) and there[part[0]]]
    return [
        QPolygonF([QPointF(x, y) for x, y in zip(across[part].tolist(), down[part].tolist(), strict=True)])
        for part in parts
    ]
