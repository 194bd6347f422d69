"""Training curves: train and validation on one pair of axes, both numbers always in sight."""

import math
from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from app.language import bind, speaker, tr
from app.theme import theme
from app.views.registry import CardView
from engines.core.arrays import Floats
from engines.core.language import say

NICE = (1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0)


class CurvesView(CardView):
    """One line a scalar over the steps; a hair line marks the step that is shown.

    Each line is reduced to the lowest and highest value of every pixel column, so that a million steps cost as little
    as a thousand. The upper end of the axis goes in nice steps, so that nothing jumps.
    """

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self._names: tuple[str, ...] = ()
        self._history: Mapping[str, Floats] = {}
        self._cursor = -1
        self._shown: tuple[object, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.bind(self, self.update)
        speaker.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Enough for axes and legend."""
        return QSize(theme.px(280), theme.px(190))

    def set_curves(self, title: str, names: tuple[str, ...]) -> None:
        """Choose which scalars are drawn."""
        self._title, self._names = title, names
        bind(self, self.setAccessibleName, say("Curves: {title}", title=say(title)))
        self._shown = ()
        self.update()

    def show_history(self, history: Mapping[str, Floats], cursor: int) -> None:
        """Draw these scalars, (steps,) each by name, and mark step ``cursor``; nothing is done if nothing changed."""
        key = (cursor, *(len(history.get(name, ())) for name in self._names))
        self._history, self._cursor = history, cursor
        if key != self._shown:
            self._shown = key
            self.update()

    def clear(self) -> None:
        """Draw no line."""
        self.show_history({}, -1)

    # Painting

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw legend, axes, lines and the marked step."""
        painter = QPainter(self)
        painter.setFont(theme.font("small"))
        lines = {name: self._history[name] for name in self._names if len(self._history.get(name, ()))}
        top = self._paint_legend(painter, lines)
        left, bottom = theme.px(38), self.height() - theme.px(20)
        room = QRectF(left, top + 6, self.width() - left - theme.px(8), bottom - top - 6)
        if room.width() < 30 or room.height() < 20:
            return
        if not lines:
            painter.setPen(theme.tokens.color("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("Nothing yet: press play"))
            return
        steps = max(len(values) for values in lines.values())
        low, high = self._range(lines)
        self._paint_axes(painter, room, steps, low, high)
        for place, values in enumerate(lines.values()):
            painter.setPen(QPen(_colour(place), 1.5 * theme.scale))
            painter.drawPolyline(_reduced(values, room, max(1, steps - 1), low, high))
        self._paint_cursor(painter, room, steps)

    def _range(self, lines: Mapping[str, Floats]) -> tuple[float, float]:
        highest = max((float(np.nanmax(v)) for v in lines.values() if np.isfinite(v).any()), default=1.0)
        if self._names and self._names[0].endswith("accuracy"):
            return 0.0, 1.0
        if not math.isfinite(highest) or highest <= 0:
            return 0.0, 1.0
        power = 10.0 ** math.floor(math.log10(highest))
        return 0.0, next(nice * power for nice in NICE if nice * power >= highest * 0.999)

    def _paint_legend(self, painter: QPainter, lines: Mapping[str, Floats]) -> int:
        """Names and the numbers of the marked step, in two rows if one does not hold them; returns its lower end."""
        metrics = painter.fontMetrics()
        height = metrics.height() + 2
        x, y = 0, metrics.ascent() + 2
        for place, name in enumerate(self._names):
            values = lines.get(name)
            at = min(max(self._cursor, 0), len(values) - 1) if values is not None else 0
            value = float(values[at]) if values is not None else math.nan
            number = "–" if math.isnan(value) else f"{value:.1%}" if name.endswith("accuracy") else f"{value:.4g}"
            text = f"{tr(name.replace('_', ' '))} {number}"
            width = metrics.horizontalAdvance(text) + theme.px(24)
            if x and x + width > self.width():
                x, y = 0, y + height
            painter.setPen(QPen(_colour(place), 2.5 * theme.scale))
            painter.drawLine(x, y - metrics.ascent() // 2 + 1, x + theme.px(12), y - metrics.ascent() // 2 + 1)
            painter.setPen(theme.tokens.color("text"))
            painter.drawText(x + theme.px(17), y, text)
            x += max(width, theme.px(130))
        return y + 4

    def _paint_axes(self, painter: QPainter, room: QRectF, steps: int, low: float, high: float) -> None:
        tokens = theme.tokens
        for share in (0.0, 0.5, 1.0):
            y = room.bottom() - share * room.height()
            painter.setPen(QPen(tokens.color("line"), 1))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            painter.setPen(tokens.color("muted"))
            box = QRectF(0, y - 8, room.left() - 6, 16)
            painter.drawText(
                box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{low + share * (high - low):.4g}"
            )
        last = max(1, steps - 1)
        below = QRectF(room.left(), room.bottom() + 3, room.width(), theme.px(16))
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, f"{last}")
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, tr("step"))

    def _paint_cursor(self, painter: QPainter, room: QRectF, steps: int) -> None:
        if 0 <= self._cursor < steps - 1:
            x = room.left() + self._cursor / max(1, steps - 1) * room.width()
            painter.setPen(QPen(theme.tokens.color("muted"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))


def _colour(place: int) -> QColor:
    return theme.tokens.color("curve_train" if place == 0 else "curve_validation")


def _reduced(values: Floats, room: QRectF, last: int, low: float, high: float) -> QPolygonF:
    """Return the line through ``values`` with at most two points a pixel column."""
    steps = np.flatnonzero(np.isfinite(values))
    columns = max(1, int(room.width()))
    if len(steps) > 4 * columns:
        kept = values[steps]
        column = (steps * columns) // (last + 1)
        starts = np.flatnonzero(np.diff(column, prepend=-1))
        ys = np.column_stack([np.minimum.reduceat(kept, starts), np.maximum.reduceat(kept, starts)]).ravel()
        xs = np.repeat(steps[starts], 2)
    else:
        xs, ys = steps, values[steps]
    across = room.left() + xs / last * room.width()
    down = room.bottom() - np.clip((ys - low) / (high - low), -0.02, 1.02) * room.height()
    return QPolygonF([QPointF(x, y) for x, y in zip(across.tolist(), down.tolist(), strict=True)])
