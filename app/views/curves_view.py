"""Training curves: train and validation on one pair of axes, both numbers always in sight."""

import math
from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from app.language import bind, speaker, tr
from app.theme import theme
from app.views.axes import tick_text
from app.views.envelope import Envelope, latest
from app.views.registry import CardView
from engines.core.arrays import Floats
from engines.core.language import say

COLOURS = ("curve_train", "curve_validation", "good", "bad")
COLOUR_OF = {"noise": "unlabelled"}  # grey on the plane too: the second colour is that of the first class there
BEST = "best_epoch"  # a scalar that says since when nothing was better, where training may stop early
NICE = (1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0)


class CurvesView(CardView):
    """One line a scalar over the steps; a hair line marks the step that is shown, a ring the best of early stopping.

    Each line is reduced to the lowest and highest value of every pixel column, so that a million steps cost as little
    as a thousand. The ends of the axis go in nice steps, so that nothing jumps.
    """

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._history: Mapping[str, Floats] = {}
        self._envelopes: dict[str, Envelope] = {}
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
        self._names = names
        bind(self, self.setAccessibleName, say("Curves: {title}", title=say(title)))
        self._envelopes = {name: Envelope() for name in names}
        self._shown = ()
        self.update()

    def show_history(self, history: Mapping[str, Floats], cursor: int) -> None:
        """Draw these scalars, (steps,) each by name, and mark step ``cursor``; nothing is done if nothing changed."""
        key = (cursor, *(_told(history.get(name)) for name in (*self._names, BEST)))
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
        painter.setFont(_font())
        lines = {name: self._history[name] for name in self._names if len(self._history.get(name, ()))}
        for name, values in lines.items():
            self._envelopes[name].follow(values)
        low, high = self._range(list(lines))
        top = self._paint_legend(painter, lines, low, high)
        left = max(theme.px(38), max(painter.fontMetrics().horizontalAdvance(tick_text(y)) for y in (low, high)) + 8)
        bottom = self.height() - theme.px(20)
        room = QRectF(left, top + 6, self.width() - left - theme.px(8), bottom - top - 6)
        if room.width() < 30 or room.height() < 20:
            return
        if not lines:
            painter.setPen(theme.tokens.color("muted"))
            where = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), where, tr("Nothing yet: press play"))
            return
        steps = max(len(values) for values in lines.values())
        self._paint_axes(painter, room, steps, low, high)
        self._paint_cursor(painter, room, steps)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, name in enumerate(self._names):
            if name in lines:
                polyline = _polyline(self._envelopes[name], room, max(1, steps - 1), low, high)
                painter.setPen(QPen(_colour(place, name), 1.4 * theme.scale))
                painter.drawPolyline(polyline)
                if polyline.count() == 1:  # a line of one place is not seen
                    painter.setBrush(_colour(place, name))
                    painter.drawEllipse(polyline.first(), 2 * theme.scale, 2 * theme.scale)
                    painter.setBrush(Qt.BrushStyle.NoBrush)
        self._paint_best(painter, room, steps, low, high)

    @property
    def best_step(self) -> int:
        """The step shown or before it that was best, if training may stop early; else -1."""
        values = self._history.get(BEST, np.zeros(0))[: self._cursor + 1]
        if not len(values) or not values[-1] > 0:
            return -1
        return int(np.argmax(values == values[-1]))

    def _paint_best(self, painter: QPainter, room: QRectF, steps: int, low: float, high: float) -> None:
        """Ring the validation curve where it was best, on an upright line, and say which step that is."""
        best, name = self.best_step, next((name for name in self._names if name.startswith("validation")), "")
        if best < 0 or best >= len(values := self._history.get(name, np.zeros(0))) or not np.isfinite(values[best]):
            return
        x = room.left() + best / max(1, steps - 1) * room.width()
        y = room.bottom() - (float(values[best]) - low) / (high - low) * room.height()
        painter.setPen(QPen(theme.tokens.color("good"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
        painter.setPen(QPen(theme.tokens.color("good"), 2 * theme.scale))
        painter.drawEllipse(QPointF(x, y), 4 * theme.scale, 4 * theme.scale)
        text, metrics = tr("best: step {step}", step=best), painter.fontMetrics()
        beside = (
            x + 5 if x + 5 + metrics.horizontalAdvance(text) < room.right() else x - 5 - metrics.horizontalAdvance(text)
        )
        painter.drawText(QPointF(beside, room.top() + metrics.ascent()), text)

    def _range(self, names: list[str]) -> tuple[float, float]:
        """Lower and upper end of the axis: 0 is always on it."""
        if self._names and self._names[0].endswith("accuracy"):
            return 0.0, 1.0
        ends = [self._envelopes[name].blocks[1:] for name in names]
        lowest = min((float(low.min()) for low, _ in ends if len(low)), default=0.0)
        highest = max((float(high.max()) for _, high in ends if len(high)), default=0.0)
        if lowest >= 0 and highest <= 0:
            return 0.0, 1.0
        return -_nice(-lowest), _nice(highest)

    def _paint_legend(self, painter: QPainter, lines: Mapping[str, Floats], low: float, high: float) -> int:
        """Names and the numbers of the marked step, in two rows if one does not hold them; returns its lower end."""
        metrics = painter.fontMetrics()
        height = metrics.height() + 2
        x, y = 0, metrics.ascent() + 2
        for place, name in enumerate(self._names):
            form = ".0f" if counts(name, lines.get(name)) else _form(name, max(-low, high))
            value = latest(lines[name], max(0, self._cursor)) if name in lines else math.nan
            number = "–" if math.isnan(value) else format(value, form) if math.isfinite(value) else "∞"
            label = tr(name.replace("_", " "))
            begin = theme.px(17) + metrics.horizontalAdvance(label) + theme.px(6)
            widest = metrics.horizontalAdvance(format(1.0 if form.endswith("%") else max(-low, high), form))
            width = begin + max(widest, metrics.horizontalAdvance(number))
            if x and x + width > self.width():
                x, y = 0, y + height
            middle = y - metrics.ascent() // 2 + 1
            painter.setPen(QPen(_colour(place, name), 2.5 * theme.scale))
            painter.drawLine(x, middle, x + theme.px(12), middle)
            painter.setPen(theme.tokens.color("muted"))
            painter.drawText(x + theme.px(17), y, label)
            painter.setPen(theme.tokens.color("text"))
            painter.drawText(x + begin, y, number)
            x += width + theme.px(16)
        return y + 4

    def _paint_axes(self, painter: QPainter, room: QRectF, steps: int, low: float, high: float) -> None:
        tokens = theme.tokens
        shares = {0.0, 0.5, 1.0} if low == 0 or high == 0 else {0.0, -low / (high - low), 1.0}
        for share in shares:
            y = room.bottom() - share * room.height()
            painter.setPen(QPen(tokens.color("line"), 1))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            painter.setPen(tokens.color("muted"))
            box = QRectF(0, y - theme.px(8), room.left() - 6, theme.px(16))
            where = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, where, tick_text(low + share * (high - low)))
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


def _told(values: Floats | None) -> tuple[float, ...]:
    """Return what tells one history from another: how long it is, how it begins and ends."""
    if values is None or not len(values):
        return ()
    # NaN is not itself: as a key it would ask for a redraw each time
    return len(values), *np.nan_to_num(values[[0, -1]], nan=-math.pi).tolist()


def _font() -> QFont:
    """Return the small font with figures of one width, so that running numbers do not shake."""
    font = theme.font("small")
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _colour(place: int, name: str) -> QColor:
    return theme.tokens.color(COLOUR_OF.get(name, COLOURS[place % len(COLOURS)]))


def _nice(size: float) -> float:
    """Return the next nice number that is not smaller than ``size``; 0 for 0 and below."""
    if size <= 0:
        return 0.0
    power = 10.0 ** max(-300, math.floor(math.log10(size)))
    return next((nice * power for nice in NICE if nice * power >= size * 0.999), size)


def counts(name: str, values: Floats | None) -> bool:
    """Whether a scalar (steps,) is a count: only whole numbers are at its two ends, and more is not looked at."""
    if values is None or name.endswith(("accuracy", "loss")):
        return False
    ends = np.concatenate([values[:64], values[-64:]])
    ends = ends[np.isfinite(ends)]
    return len(ends) > 0 and bool((ends == np.rint(ends)).all()) and bool(np.abs(ends).max() < 1e7)


def _form(name: str, reach: float) -> str:
    """Return how the numbers of a scalar are written on an axis that reaches to ``reach``: always as wide."""
    if name.endswith("accuracy"):
        return ".1%"
    if not 1e-3 <= reach < 1e7:
        return ".3e"
    return f".{min(6, max(0, 3 - math.floor(math.log10(reach))))}f"


def _polyline(envelope: Envelope, room: QRectF, last: int, low: float, high: float) -> QPolygonF:
    """Return a curve in pixels."""
    steps, values = envelope.line(max(1, int(room.width())))
    if not len(steps):
        return QPolygonF()  # pyqtgraph cannot make one of nothing
    across = room.left() + steps / last * room.width()
    down = room.bottom() - (values - low) / (high - low) * room.height()
    polyline: QPolygonF = pg.functions.arrayToQPolygonF(across, down)
    return polyline
