"""Many marks at once: each kind is drawn a single time and stamped wherever it belongs."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from app.theme import theme
from app.views import marks
from app.views.raster import Raster, ToPixels
from engines.core.arrays import Floats, Ints

MOST_MARKS = 5000  # of more each is a few pixels of an image
MOST_SHAPES = 8  # classes that have a colour and a shape of their own
AS_THEY_ARE = ToPixels(1.0, 0.0, 1.0, 0.0)


def stamp(painter: QPainter, places: Floats, groups: Ints, radius: float, *, veil: float = 0.0,
          classes: tuple[str, ...] = ()) -> None:  # fmt: skip
    """Draw a mark at each place (n, 2), in pixels of the painter, for its class (n,).

    veil: how far its colour is mixed with the paper. classes: where they are more than there are shapes, and their
    names are a letter or two, the names are drawn instead.
    """
    ratio = painter.device().devicePixelRatio()
    half = radius + 2
    for which in np.flatnonzero(np.bincount(groups + 1)) - 1:
        pixmap = QPixmap(max(1, int(2 * half * ratio)), max(1, int(2 * half * ratio)))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        pen = QPainter(pixmap)
        pen.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_mark(pen, int(which), QPointF(half, half), radius, classes, veiled(int(which), veil))
        pen.end()
        for x, y in (places[groups == which] - half).tolist():
            painter.drawPixmap(QPointF(x, y), pixmap)


def paint_mark(
    painter: QPainter, which: int, centre: QPointF, radius: float, classes: tuple[str, ...], colour: QColor
) -> None:
    """Draw the mark of a class, or its name where there are more classes than shapes."""
    if not named(classes) or which < 0:
        marks.paint(painter, which, centre, radius, colour=colour)
        return
    font = theme.font("strong")
    font.setPixelSize(max(6, round(2.5 * radius)))
    painter.setFont(font)
    painter.setPen(colour)
    box = QRectF(centre.x() - 2 * radius, centre.y() - 2 * radius, 4 * radius, 4 * radius)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, classes[which])


def named(classes: tuple[str, ...]) -> bool:
    """Whether classes are told apart by their names instead of shapes."""
    return len(classes) > MOST_SHAPES and all(len(name) <= 2 for name in classes)


def veiled(which: int, veil: float) -> QColor:
    """Return the colour of a class, mixed with the paper."""
    colour = theme.tokens.class_color(which)
    return marks.mixed(colour, theme.tokens.color("card"), veil) if veil else colour


def rasterise(painter: QPainter, places: Floats, groups: Ints, width: int, height: int) -> None:
    """Write very many places (n, 2) into an image of the size of the widget, and draw that."""
    raster = Raster(width, height, AS_THEY_ARE)
    colours = np.array([theme.tokens.class_color(which).rgba() for which in range(-1, MOST_SHAPES)], np.uint32)
    which = np.where(groups < 0, 0, groups % MOST_SHAPES + 1)
    raster.draw_all(places, which, colours)
    painter.drawImage(0, 0, raster.image())


def legend(painter: QPainter, groups: Ints, classes: tuple[str, ...], width: float) -> float:
    """Name the classes that are there in a row at the top; returns its height, 0 where there is nothing to name."""
    present = [int(which) for which in np.flatnonzero(np.bincount(groups + 1)) - 1 if which >= 0]
    if not present or named(classes):
        return 0.0
    metrics = painter.fontMetrics()
    x, height = 0.0, metrics.height() + 2
    for which in present:
        name = classes[which] if which < len(classes) else str(which + 1)
        step = theme.px(14) + metrics.horizontalAdvance(name)
        if x + step > width:
            painter.setPen(theme.tokens.color("muted"))
            painter.drawText(QPointF(x, metrics.ascent()), "…")
            break
        marks.paint(painter, which, QPointF(x + theme.px(5), height / 2), 4 * theme.scale)
        painter.setPen(theme.tokens.color("muted"))
        painter.drawText(QPointF(x + theme.px(13), metrics.ascent()), name)
        x += step + theme.px(10)
    return height
