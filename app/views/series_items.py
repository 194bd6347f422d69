"""What a chart of series is made of: bands of the split under the lines, the lines, and marks over them."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app.language import tr
from app.theme import theme
from app.views.series_reduction import Reduction
from engines.core.arrays import Floats, Ints
from engines.data.series_edits import runs

DOTS_FROM = 7.0  # pixels a row from which each value has a dot
SMOOTH_UP_TO = 700  # points that may be drawn smoothly within a frame
FAR = 3.0e4  # pixels beyond the picture where a line may be cut off: more overflows the painter
BAND_NAMES = ("train", "validation", "test")
FIRST_COLOURS = (1, 0)  # the first channel is blue


def channel_color(channel: int) -> QColor:
    """Return the colour of a channel."""
    return theme.tokens.class_color(FIRST_COLOURS[channel] if channel < len(FIRST_COLOURS) else channel)


def clear_color(name: str, share: float) -> QColor:
    """Return a colour of the theme that lets through what is under it."""
    colour = theme.tokens.color(name)
    colour.setAlphaF(share)
    return colour


class ViewItem(pg.GraphicsObject):
    """An item as large as what is seen, painted in pixels."""

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """All that is seen."""
        box = self.getViewBox()
        return QRectF(box.viewRect()) if box is not None else QRectF()

    def viewTransformChanged(self) -> None:  # noqa: N802 - pyqtgraph's name
        """Paint anew when another part is seen."""
        self.prepareGeometryChange()
        self.update()

    def paint(self, painter: QPainter, _: QStyleOptionGraphicsItem, __: QWidget | None = None) -> None:
        """Paint in the pixels of the view box."""
        box = self.getViewBox()
        if box is None or box.width() < 4 or box.height() < 4:
            return
        painter.save()
        # pixels, not rows and values: scales as unlike as a million rows to one value would distort pens and type
        painter.setTransform(self.sceneTransform().inverted()[0] * painter.transform())
        place = box.mapRectToScene(box.rect())
        painter.translate(place.topLeft())
        self.draw(painter, QRectF(0, 0, place.width(), place.height()), QRectF(box.viewRect()))
        painter.restore()

    def draw(self, painter: QPainter, room: QRectF, seen: QRectF) -> None:
        """Paint into ``room``, in pixels, what is ``seen``, in rows and values."""
        raise NotImplementedError


def across(rows: Floats, room: QRectF, seen: QRectF) -> Floats:
    """Return where rows lie, in pixels."""
    return (rows - seen.left()) / max(seen.width(), 1e-300) * room.width()


def down(values: Floats, room: QRectF, seen: QRectF) -> Floats:
    """Return where values lie, in pixels; far away they are cut off."""
    share = (values - seen.top()) / max(seen.height(), 1e-300)
    return np.clip(room.height() - share * room.height(), -FAR, FAR)


class LinesItem(ViewItem):
    """The channels, each as a line; the one that is edited is the last and the strongest."""

    def __init__(self) -> None:
        super().__init__()
        self.channels: list[Reduction] = []
        self.hidden: frozenset[int] = frozenset()
        self.active = 0
        self.ringed: Ints = np.zeros(0, int)

    def draw(self, painter: QPainter, room: QRectF, seen: QRectF) -> None:
        """Draw what is shown."""
        order = [place for place in range(len(self.channels)) if place != self.active] + [self.active]
        for place in order:
            if place < len(self.channels) and place not in self.hidden:
                self._draw_channel(painter, place, room, seen)

    def _draw_channel(self, painter: QPainter, place: int, room: QRectF, seen: QRectF) -> None:
        first, last = int(np.floor(seen.left())) - 1, int(np.ceil(seen.right())) + 2
        rows, values = self.channels[place].line(first, last, max(1, int(room.width())))
        if not len(rows):
            return
        x, y = across(rows, room, seen), down(values, room, seen)
        colour = channel_color(place)
        if place != self.active:
            colour.setAlphaF(0.75 if len(rows) <= SMOOTH_UP_TO else 1.0)  # clear lines are slow to paint
        few = len(rows) <= SMOOTH_UP_TO
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, few)
        painter.setPen(QPen(colour, 1.5 * theme.scale if few else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        stretches = runs(np.isfinite(y))
        for begin, end in stretches:
            if end - begin > 1:
                painter.drawPolyline(pg.functions.arrayToQPolygonF(x[begin:end], y[begin:end]))
        per_row = room.width() / max(seen.width(), 1e-300)
        self._draw_dots(painter, x, y, stretches, all_of_them=per_row >= DOTS_FROM, colour=colour)
        self._draw_rings(painter, place, room, seen)

    def _draw_dots(
        self, painter: QPainter, x: Floats, y: Floats, stretches: list[tuple[int, int]], *,
        all_of_them: bool, colour: QColor,
    ) -> None:  # fmt: skip
        """Dot every value where there is room, else those that stand alone between gaps."""
        alone = [begin for begin, end in stretches[:SMOOTH_UP_TO] if end - begin == 1]
        chosen = np.flatnonzero(np.isfinite(y))[:SMOOTH_UP_TO].tolist() if all_of_them else alone
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for place in chosen:
            painter.drawEllipse(QPointF(x[place], y[place]), 2.4 * theme.scale, 2.4 * theme.scale)

    def _draw_rings(self, painter: QPainter, place: int, room: QRectF, seen: QRectF) -> None:
        rows = self.ringed[(self.ringed >= seen.left()) & (self.ringed <= seen.right())][:SMOOTH_UP_TO]
        rows = rows[rows < len(self.channels[place])]
        if not len(rows):
            return
        values = np.concatenate([self.channels[place].line(row, row + 1, 1)[1] for row in rows.tolist()])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.tokens.color("text"), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for x, y in zip(
            across(rows.astype(float), room, seen).tolist(), down(values, room, seen).tolist(), strict=True
        ):
            if np.isfinite(y):
                painter.drawEllipse(QPointF(x, y), theme.px(6), theme.px(6))


class BandsItem(ViewItem):
    """Which moments are to train, to validate and to test with, and the stretch that is selected.

    borders: the first row of validation and of test, None where the split is not in time. length: all rows.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(-10)
        self.borders: tuple[int, int] | None = None
        self.length = 0
        self.selection: tuple[int, int] | None = None

    def draw(self, painter: QPainter, room: QRectF, seen: QRectF) -> None:
        """Tint the bands, name them, and draw their borders."""
        if self.borders is not None and self.length:
            self._draw_bands(painter, room, seen, self.borders)
        if self.selection is not None:
            begin, end = across(np.array(self.selection, float) - 0.5, room, seen).tolist()
            painter.fillRect(QRectF(begin, 0, end - begin, room.height()), clear_color("accent", 0.14))
            painter.setPen(QPen(theme.tokens.color("accent"), 1))
            painter.drawLines([QLineF(x, 0, x, room.height()) for x in (begin, end)])

    def _draw_bands(self, painter: QPainter, room: QRectF, seen: QRectF, borders: tuple[int, int]) -> None:
        edges = np.array([0, *borders, self.length], float) - 0.5
        at = np.clip(across(edges, room, seen), -1, room.width() + 1).tolist()
        tints = (None, clear_color("negative", 0.10), clear_color("faint", 0.20))
        painter.setFont(theme.font("small"))
        metrics = painter.fontMetrics()
        for place, tint in enumerate(tints):
            begin, end = at[place], at[place + 1]
            if tint is not None and end > begin:
                painter.fillRect(QRectF(begin, 0, end - begin, room.height()), tint)
            name = tr(BAND_NAMES[place])
            begin, end = max(0.0, begin), min(room.width(), end)
            if end - begin > metrics.horizontalAdvance(name) + theme.px(12):
                painter.setPen(theme.tokens.color("muted"))
                painter.drawText(QPointF(begin + theme.px(6), metrics.ascent() + theme.px(4)), name)
        painter.setPen(QPen(theme.tokens.color("muted"), 1, Qt.PenStyle.DashLine))
        for x in sorted({at[1], at[2]}):
            if 0 <= x <= room.width():
                painter.drawLine(QPointF(x, 0), QPointF(x, room.height()))
                self._draw_handle(painter, x, room)

    def _draw_handle(self, painter: QPainter, x: float, room: QRectF) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.tokens.color("muted"), 1))
        painter.setBrush(theme.tokens.color("card"))
        width, height = theme.px(7), theme.px(22)
        box = QRectF(x - width / 2, room.height() / 2 - height / 2, width, height)
        painter.drawRoundedRect(box, width / 2, width / 2)
        painter.restore()


class CursorItem(ViewItem):
    """The moment under the mouse, and how far the tool reaches. row: None while the mouse is elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(20)
        self.row: float | None = None
        self.value = 0.0
        self.reach = 0.0  # rows to either side, 0 for a tool that has none
        self.channel = 0

    def draw(self, painter: QPainter, room: QRectF, seen: QRectF) -> None:
        """Draw a hair line, the reach about it, and the pen's tip."""
        if self.row is None:
            return
        x = float(across(np.array([self.row]), room, seen)[0])
        if self.reach:
            half = self.reach / max(seen.width(), 1e-300) * room.width()
            painter.fillRect(QRectF(x - half, 0, 2 * half, room.height()), clear_color("faint", 0.14))
        painter.setPen(QPen(clear_color("muted", 0.5), 1))
        painter.drawLine(QPointF(x, 0), QPointF(x, room.height()))
        if not self.reach:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.tokens.color("card"), 1))
            painter.setBrush(channel_color(self.channel))
            y = float(down(np.array([self.value]), room, seen)[0])
            painter.drawEllipse(QPointF(x, y), theme.px(4), theme.px(4))
