"""How boxes on a picture are painted: places on the picture become places of the view."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from app.language import tr
from app.theme import theme
from app.views.boxes_words import name_of
from engines.core.arrays import Floats, Ints
from engines.pictures.boxes import Boxes, shared_by

SHARED, JOINT = QColor(64, 208, 124, 150), QColor(232, 150, 30, 80)  # on the picture, so in both looks the same
STRONGEST = 0.3  # how opaque the tint of a cell is that is quite sure


@dataclass(frozen=True)
class Frame:
    """Where the picture is: its upper left corner in the view, and how many pixels of the view one of it has."""

    left: float
    top: float
    unit: float
    height: int
    width: int

    @property
    def whole(self) -> QRectF:
        """The picture."""
        return QRectF(self.left, self.top, self.unit * self.width, self.unit * self.height)

    def rect(self, sides: Floats) -> QRectF:
        """Return a box, (4,) left, top, right, bottom, cut to the picture."""
        low = sides[:2].clip(0, (self.width, self.height))
        high = sides[2:].clip(0, (self.width, self.height))
        size = (high - low).clip(0)
        return QRectF(self.left + self.unit * low[0], self.top + self.unit * low[1], self.unit * size[0],
                      self.unit * size[1])  # fmt: skip

    def place(self, point: QPointF) -> tuple[float, float] | None:
        """Return the place on the picture, None beside it."""
        if not self.whole.contains(point):
            return None
        return (point.x() - self.left) / self.unit, (point.y() - self.top) / self.unit


def image_of(pixels: Ints) -> QImage:
    """Return a picture (h, w[, 3]) uint8 as one that can be painted."""
    whole = np.ascontiguousarray(pixels)
    height, width = whole.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if whole.ndim == 2 else QImage.Format.Format_RGB888
    return QImage(whole.data, width, height, whole.strides[0], kind).copy()


def paint_grid(painter: QPainter, boxes: Boxes, frame: Frame) -> None:
    """Draw the grid, each cell the more tinted the surer it is that the middle of something is in it."""
    if not boxes.cell or not boxes.cells.size:
        return
    painter.save()
    painter.setClipRect(frame.whole)
    side = frame.unit * boxes.cell
    rows, columns = boxes.cells.shape[:2]
    accent = theme.tokens.color("accent")
    sure = boxes.cells[..., 1].max(2)
    for row, column in np.argwhere(sure > 0.02).tolist():
        accent.setAlphaF(STRONGEST * float(sure[row, column]))
        painter.fillRect(QRectF(frame.left + column * side, frame.top + row * side, side, side), accent)
    pen = QPen(QColor(128, 140, 160, 120), 1)
    painter.setPen(pen)
    for row in range(1, rows):
        y = frame.top + row * side
        painter.drawLine(QPointF(frame.left, y), QPointF(frame.whole.right(), y))
    for column in range(1, columns):
        x = frame.left + column * side
        painter.drawLine(QPointF(x, frame.top), QPointF(x, frame.whole.bottom()))
    painter.restore()


def outline(painter: QPainter, box: QRectF, colour: QColor, width: float, style: Qt.PenStyle) -> None:
    """Draw a rectangle with a dark line below it, so that it is seen on light and on dark."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    under = QPen(QColor(0, 0, 0, 150), width + 1.4 * theme.scale, style)
    over = QPen(colour, width, style)
    for pen in (under, over):
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        if style is not Qt.PenStyle.SolidLine:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawRect(box)


def paint_truth(painter: QPainter, boxes: Boxes, frame: Frame) -> None:
    """Draw what is truly there: white broken lines."""
    for row in boxes.truth:
        outline(painter, frame.rect(row[1:]), QColor("white"), 1.3 * theme.scale, Qt.PenStyle.DashLine)


def paint_found(painter: QPainter, boxes: Boxes, frame: Frame, place: int, chosen: int) -> None:
    """Draw what was found, as far as suppression has come.

    place: how many boxes are decided on. Kept boxes have a line and a tag; those to come a dotted line; a removed one
    is drawn only while it is looked at.
    """
    order = [*range(len(boxes.found) - 1, -1, -1)]
    for number in order:
        row = boxes.found[number]
        colour = theme.tokens.class_color(int(row[0]))
        lit = number == chosen
        if number >= place:
            outline(painter, frame.rect(row[2:]), colour, 1.5 * theme.scale, Qt.PenStyle.DotLine)
        elif boxes.removed_by[number] < 0:
            outline(painter, frame.rect(row[2:]), colour, (2.8 if lit else 1.9) * theme.scale, Qt.PenStyle.SolidLine)
        elif lit:
            outline(painter, frame.rect(row[2:]), theme.tokens.color("bad"), 1.9 * theme.scale, Qt.PenStyle.DashLine)
    shown = [number for number in order if number < place and (boxes.removed_by[number] < 0 or number == chosen)]
    for number in shown:
        paint_tag(painter, boxes, frame, number)


def paint_tag(painter: QPainter, boxes: Boxes, frame: Frame, number: int) -> None:
    """Write class and score of a box on its upper edge; of a removed one on its lower: it is often as high."""
    row = boxes.found[number]
    label, removed = int(row[0]), boxes.removed_by[number] >= 0
    text = tr("{name} {score:.2f}", name=name_of(boxes, label), score=float(row[1]))
    colour = theme.tokens.color("bad") if removed else theme.tokens.class_color(label)
    metrics = QFontMetricsF(painter.font())
    box, tall = frame.rect(row[2:]), metrics.height()
    wide = metrics.horizontalAdvance(text) + 6
    top = box.top() - tall if box.top() - tall >= frame.top else box.top()
    if removed:
        top = box.bottom() if box.bottom() + tall <= frame.whole.bottom() else box.bottom() - tall
    left = min(max(frame.left, box.left() - 1), max(frame.left, frame.whole.right() - wide))
    tag = QRectF(left, top, wide, tall)
    painter.fillRect(tag, colour)
    painter.setPen(QColor("white" if colour.lightnessF() < 0.62 else "#10141b"))
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)


def paint_overlap(painter: QPainter, frame: Frame, one: Floats, other: Floats) -> None:
    """Fill what two boxes share, and outline what they are together."""
    for sides in (one, other):
        painter.fillRect(frame.rect(sides), JOINT)
    both = shared_by(one, other)
    if both.shared > 0:
        painter.fillRect(frame.rect(np.array(both.sides)), SHARED)


def paint_cell(painter: QPainter, boxes: Boxes, frame: Frame, row: int, column: int) -> None:
    """Draw a cell, its anchors about its middle, and the boxes that it says."""
    side = boxes.cell
    cell = np.array([column * side, row * side, (column + 1) * side, (row + 1) * side], float)
    accent = theme.tokens.color("accent")
    middle = np.concatenate([(cell[:2] + cell[2:]) / 2] * 2)
    for size in boxes.anchors:
        reach = np.concatenate([-size / 2, size / 2])
        outline(painter, frame.rect(middle + reach), accent, 1.2 * theme.scale, Qt.PenStyle.DashLine)
    for said in boxes.cells[row, column]:
        colour = theme.tokens.class_color(int(said[0]))
        width = (0.8 + 2 * float(said[1])) * theme.scale
        outline(painter, frame.rect(said[2:]), colour, width, Qt.PenStyle.SolidLine)
    outline(painter, frame.rect(cell), accent, 2 * theme.scale, Qt.PenStyle.SolidLine)
