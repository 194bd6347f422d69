"""Grids of numbers as squares: grey or coloured as a picture is, or in the colours of below and above 0."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from app.theme import theme
from app.views.heat_map import SHADES, shades
from app.views.painted import small_figures
from engines.core.arrays import Bools, Floats

Colours = NDArray[np.uint32]
SMALLEST = 18  # pixels of a square in which a number can be read
SHARE = 0.36  # of a square is the height of its figures


@dataclass(frozen=True)
class Grid:
    """Where the squares are: ``unit`` pixels each, the first at ``left``, ``top``."""

    left: float
    top: float
    unit: float
    rows: int
    columns: int

    @property
    def box(self) -> QRectF:
        """All of it."""
        return QRectF(self.left, self.top, self.unit * self.columns, self.unit * self.rows)

    def cell(self, row: float, column: float, rows: float = 1, columns: float = 1) -> QRectF:
        """Return a block of squares from its upper left one on; it may lie outside."""
        return QRectF(self.left + column * self.unit, self.top + row * self.unit, columns * self.unit, rows * self.unit)

    def at(self, point: QPointF) -> tuple[int, int] | None:
        """Return row and column of the square at a place, None outside."""
        if self.unit <= 0 or not self.box.contains(point):
            return None
        row, column = int((point.y() - self.top) / self.unit), int((point.x() - self.left) / self.unit)
        return min(row, self.rows - 1), min(column, self.columns - 1)


def fitting(room: QRectF, rows: int, columns: int, most: float = 1e9) -> Grid:
    """Return the largest grid in the middle of ``room``; a square is at most ``most`` pixels wide."""
    unit = max(0.1, min(room.width() / columns, room.height() / rows, most))
    if unit > 3:
        unit = float(int(unit * 2)) / 2  # halves: squares of the same size to the eye
    left = room.center().x() - unit * columns / 2
    return Grid(left, room.center().y() - unit * rows / 2, unit, rows, columns)


def signed_colours(values: Floats, reach: float) -> Colours:
    """Return the colours of numbers from -reach to reach: (rows, columns); what is not known is pale."""
    unknown = np.isnan(values)
    half = (SHADES - 1) / 2
    place = np.where(unknown, 0, values).astype(np.float32) * np.float32(half / (reach or 1.0)) + np.float32(half + 0.5)
    made = shades()[np.clip(place, 0, SHADES - 1).astype(np.uint8)]
    if unknown.any():
        made[unknown] = theme.tokens.color("field").rgba()
    return np.ascontiguousarray(made)


def plain_colours(values: Floats) -> Colours:
    """Return the colours of a picture of numbers from 0 to 1, (rows, columns[, 3]): grey, or red, green, blue."""
    unknown = np.isnan(values)
    shade = (np.clip(np.where(unknown, 0, values), 0, 1) * np.float32(255) + np.float32(0.5)).astype(np.uint8)
    made = np.full((*values.shape[:2], 4), 255, np.uint8)
    made[..., :3] = shade[..., ::-1] if values.ndim == 3 else shade[..., None]
    packed = made.view(np.uint32)[..., 0]
    if unknown.any():
        packed[unknown.any(axis=2) if values.ndim == 3 else unknown] = theme.tokens.color("field").rgba()
    return packed


def tinted_colours(values: Floats, channel: int) -> Colours:
    """Return the colours of one channel, (rows, columns) from 0 to 1: 0 red, 1 green, 2 blue."""
    made = np.zeros((*values.shape, 3), np.float32)
    made[..., channel] = values
    return plain_colours(made)


def image_of(colours: Colours) -> QImage:
    """Return an image with a pixel for each number."""
    rows, columns = colours.shape
    return QImage(colours.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()


def paint_image(painter: QPainter, grid: Grid, image: QImage) -> None:
    """Draw an image so that each pixel fills its square; one that is larger than its room is smoothed."""
    smooth = grid.unit < 1
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=smooth)
    painter.drawImage(grid.box, image)


def legible(grid: Grid, smallest: float = SMALLEST) -> bool:
    """Whether numbers can be read in its squares."""
    return grid.unit >= smallest * theme.scale**0.5


def paint_numbers(painter: QPainter, grid: Grid, values: Floats, colours: Colours, shown: Bools | None = None) -> None:
    """Write each number, (rows, columns), into its square, dark on light and light on dark. shown: which of them."""
    cells = np.argwhere(~np.isnan(values) if shown is None else shown).tolist()
    texts = [short(float(values[row, column])) for row, column in cells]
    painter.setFont(_font(grid.unit, max(texts, key=len, default="")))
    blue, green, red = (colours >> shift & 0xFF for shift in (0, 8, 16))
    light = (299 * red + 587 * green + 114 * blue) > 140_000
    dark_pen, light_pen = QColor("#171c26"), QColor("#f6f8fb")
    for (row, column), text in zip(cells, texts, strict=True):
        painter.setPen(dark_pen if light[row, column] else light_pen)
        painter.drawText(grid.cell(row, column), Qt.AlignmentFlag.AlignCenter, text)


def _font(unit: float, longest: str) -> QFont:
    """Return the font in which the longest number fits into its square."""
    font = small_figures()
    font.setPixelSize(max(6, round(min(unit * SHARE, theme.px(16)))))
    wide = QFontMetricsF(font).horizontalAdvance(longest)
    if wide > unit - 2:
        font.setPixelSize(max(5, int(font.pixelSize() * (unit - 2) / wide)))
    return font


def short(value: float) -> str:
    """Return a number as it is written into a square: two decimals at most, no 0 before the point."""
    text = f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}" if abs(value) < 100 else f"{value:.0f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
    return "0" if text in ("", "-0", "-") else text.replace("-", "−")
