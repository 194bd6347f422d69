"""A chart of series on which one draws: time from left to right, with the split as bands one can drag."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QWheelEvent

from app.language import bind, speaker
from app.theme import theme
from app.views.series_items import BandsItem, CursorItem, LinesItem
from app.views.series_reduction import Reduction
from engines.core.arrays import Floats, Ints

GRAB_PIXELS = 6
HOME_ROWS, HOME_REACH = 100, 1.6  # what is seen of an empty chart
MARGIN = 0.08  # of the range of values, above and below
LEAST_ROWS, MOST_ROWS = 4.0, 4_000_000.0
SIDE = 0.02  # of the length, left and right
MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240)  # rows between ticks where twelve are a year
WHEEL = 0.999  # a notch of 120 is about 11 %


@dataclass(frozen=True)
class ChartEvent:
    """A mouse event. row and value where it is; button: that of the gesture, NoButton while hovering.

    rows_per_pixel: how many rows a pixel is wide; value_per_pixel: what it is high.
    """

    row: float
    value: float
    button: Qt.MouseButton
    modifiers: Qt.KeyboardModifier
    rows_per_pixel: float
    value_per_pixel: float


class MomentAxis(pg.AxisItem):
    """The axis of time: rows by their names where they have any."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.name_of: Callable[[int], str] = str
        self.length = 0
        self.by_twelve = False  # whether twelve rows are a year

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802 - pyqtgraph's name
        """Name whole rows that are there."""
        end = self.length or HOME_ROWS  # past the end nothing has a name
        whole = [value == round(value) and 0 <= value < end for value in values]
        return [self.name_of(round(value)) if good else "" for value, good in zip(values, whole, strict=True)]

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:  # noqa: N802 - pyqtgraph's name
        """Return one level of ticks in whole rows, with room for long names."""
        name = self.name_of(self.length - 1) if self.length else ""
        widest = theme.px(20) + QFontMetrics(theme.font("small")).horizontalAdvance(name)
        least = max(1.0, (high - low) * max(widest, theme.px(56)) / max(1.0, size))
        if self.by_twelve and least <= MONTHS[-1]:
            return [(float(next(step for step in MONTHS if step >= least)), 0)]
        power = 10.0 ** np.floor(np.log10(least))
        return [(next(step * power for step in (1, 2, 5, 10) if step * power >= least * (1 - 1e-9)), 0)]


class SeriesChart(pg.PlotWidget):
    """Wheel: zoom in time, with Shift in value. Middle button: pan. Double-click on an axis: all of it.

    The borders of the split and the tool's events go out as signals: ``border_moved(which, row)``, ``border_dropped``,
    ``pressed``, ``moved``, ``released``, ``left`` and ``wheeled(modifiers, turn)`` with Ctrl.
    """

    pressed = Signal(object)
    moved = Signal(object)
    released = Signal(object)
    left = Signal()
    wheeled = Signal(object, int)
    border_moved = Signal(int, float)
    border_dropped = Signal()

    def __init__(self) -> None:
        self.moments = MomentAxis()
        super().__init__(axisItems={"bottom": self.moments})
        self._button = Qt.MouseButton.NoButton
        self._panning: QPointF | None = None
        self._border = -1  # the border that is dragged
        self._both_from: float | None = None  # where both were taken, as long as it is not known which is meant
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        view = self.getViewBox()
        view.setMouseEnabled(False, False)
        view.disableAutoRange()
        view.setDefaultPadding(0)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.bands, self.lines, self.cursor_ = BandsItem(), LinesItem(), CursorItem()
        for part in (self.bands, self.lines, self.cursor_):
            self.addItem(part, ignoreBounds=True)
        bind(self, self.setAccessibleName, "The series over time: draw your curve here")
        theme.bind(self, self._restyle)
        speaker.changed.connect(self._repaint_bands)
        self.fit()

    @property
    def _closed(self) -> bool:
        """Whether pyqtgraph has emptied the scene already; the widget itself goes later, and still hears events."""
        return self.getPlotItem() is None

    def close(self) -> bool:
        """Close; again does nothing, where pyqtgraph would stumble."""
        return True if self._closed else bool(super().close())

    # What is shown

    def show_values(self, values: Floats, name_of: Callable[[int], str], *, by_twelve: bool = False) -> None:
        """Draw other series: (n, channels). They may be changed in place, if ``touch`` is told."""
        self.lines.channels = [Reduction() for _ in range(values.shape[1])]
        for place, channel in enumerate(self.lines.channels):
            channel.read(values[:, place])
        self.moments.name_of, self.moments.length, self.moments.by_twelve = name_of, len(values), by_twelve
        self.moments.picture = None
        self.moments.update()
        self.lines.update()

    def touch(self, channel: int, start: int, stop: int) -> None:
        """Draw anew what was edited in place."""
        self.lines.channels[channel].touch(start, stop)
        self.lines.update()

    def show_split(self, borders: tuple[int, int] | None, length: int) -> None:
        """Show the bands of a split in time, or none."""
        if (borders, length) != (self.bands.borders, self.bands.length):
            self.bands.borders, self.bands.length = borders, length
            self.bands.update()

    def show_selection(self, selection: tuple[int, int] | None) -> None:
        """Mark a stretch of rows (the second is not in it), or none."""
        self.bands.selection = selection
        self.bands.update()

    def show_channels(self, active: int, hidden: frozenset[int]) -> None:
        """Bring one channel to the front and leave others out."""
        self.lines.active, self.lines.hidden, self.cursor_.channel = active, hidden, active
        self.lines.update()

    def show_cursor(self, row: float | None, value: float = 0.0, reach: float = 0.0) -> None:
        """Mark where the mouse is, and how many rows to either side the tool reaches."""
        if not self._closed:
            self.cursor_.row, self.cursor_.value, self.cursor_.reach = row, value, reach
            self.cursor_.update()

    def ring(self, index: Ints) -> None:
        """Ring these moments: (m,)."""
        self.lines.ringed = index
        self.lines.update()

    def fit(self) -> None:
        """Show all there is."""
        if self._closed:
            return
        length = max((len(channel) for channel in self.lines.channels), default=0)
        ends = [channel.reach for place, channel in enumerate(self.lines.channels) if place not in self.lines.hidden]
        known = [end for end in ends if not np.isnan(end[0])]
        low = min((end[0] for end in known), default=-HOME_REACH)
        high = max((end[1] for end in known), default=HOME_REACH)
        if high <= low:
            low, high = low - 1, high + 1
        rows = length or HOME_ROWS
        side, margin = max(0.5, SIDE * rows), MARGIN * (high - low)
        self._look_at(-side, rows - 1 + side, low - margin, high + margin)

    def _look_at(self, left: float, right: float, low: float, high: float) -> None:
        self.getViewBox().setRange(QRectF(left, low, right - left, high - low), padding=0, disableAutoRange=True)

    def _repaint_bands(self) -> None:
        if not self._closed:
            self.bands.update()

    def _restyle(self) -> None:
        if self._closed:
            return
        tokens = theme.tokens
        self.setBackground(tokens.card)
        for name in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(name)
            axis.setPen(tokens.line)
            axis.setTextPen(tokens.muted)
            axis.setStyle(tickFont=theme.font("small"), tickLength=-4)
            axis.enableAutoSIPrefix(False)
        self.getPlotItem().getAxis("left").setWidth(theme.px(40))
        for part in (self.bands, self.lines, self.cursor_):
            part.update()

    # The mouse

    def event_at(self, event: QMouseEvent) -> ChartEvent:
        """Return a mouse event in rows and values."""
        view = self.getViewBox()
        place = view.mapSceneToView(self.mapToScene(event.position().toPoint()))
        per_row, per_value = view.viewPixelSize()
        return ChartEvent(place.x(), place.y(), self._button, event.modifiers(), float(per_row), float(per_value))

    def pixel_of(self, row: float, value: float) -> QPointF:
        """Return where a moment and a value are in this widget."""
        return QPointF(self.mapFromScene(self.getViewBox().mapViewToScene(QPointF(row, value))))

    def _inside(self, event: QMouseEvent) -> bool:
        if self._closed:
            return False
        return bool(self.getViewBox().sceneBoundingRect().contains(self.mapToScene(event.position().toPoint())))

    def _border_at(self, at: ChartEvent) -> int:
        """Return which border is under the mouse: 0 after training, 1 after validation, -1 none."""
        if self.bands.borders is None:
            return -1
        away = [abs(border - 0.5 - at.row) for border in self.bands.borders]
        near = int(np.argmin(away))
        return near if away[near] <= GRAB_PIXELS * at.rows_per_pixel else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin a gesture: pan, drag a border, or let the tool work."""
        if not self._inside(event):
            return
        if event.button() is Qt.MouseButton.MiddleButton:
            self._panning = event.position()
        elif self._button is Qt.MouseButton.NoButton:
            self._button = event.button()
            at = self.event_at(event)
            self._border = self._border_at(at) if event.button() is Qt.MouseButton.LeftButton else -1
            borders = self.bands.borders
            self._both_from = at.row if self._border >= 0 and borders and borders[0] == borders[1] else None
            if self._border < 0:
                self.pressed.emit(at)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Go on with the gesture, or hover."""
        if self._closed:
            return
        if self._panning is not None:
            moved = event.position() - self._panning
            per_row, per_value = self.getViewBox().viewPixelSize()
            self.getViewBox().translateBy(x=-moved.x() * per_row, y=moved.y() * per_value)
            self._panning = event.position()
            return
        at = self.event_at(event)
        if self._border >= 0:
            if self._both_from is not None:  # the way it goes tells which of the two is dragged
                self._border, self._both_from = int(at.row > self._both_from), None
            self.border_moved.emit(self._border, at.row + 0.5)
            return
        on_border = self._button is Qt.MouseButton.NoButton and self._border_at(at) >= 0
        self.setCursor(Qt.CursorShape.SplitHCursor if on_border else Qt.CursorShape.CrossCursor)
        self.moved.emit(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """End the gesture."""
        if self._closed:
            return
        if event.button() is Qt.MouseButton.MiddleButton:
            self._panning = None
        elif event.button() is self._button:
            at = self.event_at(event)
            border, self._border = self._border, -1
            self._button = Qt.MouseButton.NoButton
            if border >= 0:
                self.border_dropped.emit()
            else:
                self.released.emit(at)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Twice on an axis: all of it. On the chart it is a second press."""
        if self._inside(event):
            self.mousePressEvent(event)
        else:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom about the mouse: in time, with Shift in value; with Ctrl the tool gets it."""
        if self._closed:
            return
        turn = event.angleDelta().y() or event.angleDelta().x()  # some desktops turn it aside with Shift
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.wheeled.emit(event.modifiers(), turn)
            return
        view = self.getViewBox()
        factor = WHEEL**turn
        centre = view.mapSceneToView(self.mapToScene(event.position().toPoint()))
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            view.scaleBy((1, factor), center=centre)
        elif LEAST_ROWS < view.viewRect().width() * factor < MOST_ROWS:
            view.scaleBy((factor, 1), center=centre)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Take the hair line away."""
        self.show_cursor(None)
        self.left.emit()
        super().leaveEvent(event)
