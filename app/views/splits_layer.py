"""The cuts of a tree over the plane: the first ones thick, the later ones thinner, and the region being worked on."""

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.theme import theme
from app.views.over_plane import OverPlane
from app.views.registry import Layer, view
from engines.core.arrays import Bools, Floats
from engines.core.picture import Picture
from engines.pictures.splits import Splits

WIDTHS = (4, 3, 2, 1)  # px of the cut of a node at depth 0, 1, 2, and of all below
MOST_CUTS = 5000  # beyond this the deepest are left out: they would fill the plane
FILL = 0.10  # of the accent in the region that is being worked on
VEIL = 0.5  # of the paper over all the rest meanwhile


@dataclass(frozen=True)
class Stroke:
    """Lines that are drawn with one pen."""

    lines: tuple[QLineF, ...]
    width: int
    colour: str


class SplitsItem(OverPlane):
    """Paints cuts and region over the background and below the points."""

    def __init__(self) -> None:
        super().__init__(10)
        self._strokes: tuple[Stroke, ...] = ()
        self._region = QRectF()

    def set_splits(self, strokes: tuple[Stroke, ...], region: QRectF) -> None:
        """Show these; a null region is none."""
        self._strokes, self._region = strokes, region
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw a veil around the region, then the cuts, those of the region last, then its outline.

        All lie along the axes: nothing needs smoothing.
        """
        tokens = theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if not self._region.isNull():
            for beside in around(self._region, self.boundingRect()):
                painter.fillRect(beside, faint(tokens.color("card"), VEIL))
            painter.fillRect(self._region, faint(tokens.color("accent"), FILL))
        for stroke in self._strokes:
            painter.setPen(cosmetic(tokens.color(stroke.colour), theme.px(stroke.width)))
            painter.drawLines(stroke.lines)
        if not self._region.isNull():
            painter.setPen(cosmetic(tokens.color("accent"), theme.px(3)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self._region)


@view(Splits)
class SplitsLayer(Layer):
    """The newest cuts."""

    def __init__(self, plane: pg.PlotWidget) -> None:
        super().__init__(plane)
        self._item = SplitsItem()
        self._shown: Splits | None = None
        plane.addItem(self._item, ignoreBounds=True)

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Splits."""
        assert isinstance(picture, Splits)
        if picture is not self._shown:
            self._shown = picture
            self._item.set_splits(strokes(picture), region(picture))

    def clear(self) -> None:
        """Draw nothing."""
        self._shown = None
        self._item.set_splits((), QRectF())

    def restyle(self) -> None:
        """Draw with the colours of now."""
        self._item.update()


def strokes(picture: Splits) -> tuple[Stroke, ...]:
    """Return the cuts by the pen they are drawn with, the deepest first, so that the first cuts lie on top."""
    ends, depths = picture.ends, picture.depths
    if len(ends) > MOST_CUTS:
        kept = np.argsort(depths, kind="stable")[:MOST_CUTS]
        ends, depths = ends[kept], depths[kept]
    deepest = len(WIDTHS) - 1
    level = np.full(len(ends), deepest) if picture.faint else np.minimum(depths, deepest)
    lit = across(ends, picture.lit)
    made = []
    for own, colour in ((False, "muted" if picture.faint else "text"), (True, "accent")):
        for which in reversed(range(len(WIDTHS))):
            rows = ends[(level == which) & (lit == own)]
            if len(rows):
                made.append(Stroke(tuple(QLineF(*row) for row in rows.tolist()), WIDTHS[which], colour))
    return tuple(made)


def across(ends: Floats, lit: tuple[float, float, float, float]) -> Bools:
    """Return which cuts go right through the region that is lit: (m,). They are its own."""
    left, bottom, right, top = lit
    x, y, to_x, to_y = ends.T
    upright = (x == to_x) & (left < x) & (x < right) & (np.minimum(y, to_y) == bottom) & (np.maximum(y, to_y) == top)
    level = (y == to_y) & (bottom < y) & (y < top) & (np.minimum(x, to_x) == left) & (np.maximum(x, to_x) == right)
    return np.asarray(upright | level, bool)


def region(picture: Splits) -> QRectF:
    """Return the region that is lit; a null one for none."""
    left, bottom, right, top = picture.lit
    return QRectF(left, bottom, right - left, top - bottom) if np.isfinite(picture.lit).all() else QRectF()


def around(region: QRectF, whole: QRectF) -> tuple[QRectF, ...]:
    """Return what of ``whole`` lies to the left, to the right, below and above of ``region``."""
    inner = region.intersected(whole)
    if inner.isEmpty():
        return (whole,)
    upright = (QRectF(whole.left(), whole.top(), inner.left() - whole.left(), whole.height()),
               QRectF(inner.right(), whole.top(), whole.right() - inner.right(), whole.height()))  # fmt: skip
    level = (QRectF(inner.left(), whole.top(), inner.width(), inner.top() - whole.top()),
             QRectF(inner.left(), inner.bottom(), inner.width(), whole.bottom() - inner.bottom()))  # fmt: skip
    return tuple(beside for beside in (*upright, *level) if not beside.isEmpty())


def cosmetic(colour: QColor, width: int) -> QPen:
    """Return a pen whose width is in pixels whatever the scale of the plane, with flat ends."""
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def faint(colour: QColor, strength: float) -> QColor:
    """Return the colour, so strong over what is behind it."""
    colour.setAlphaF(strength)
    return colour
