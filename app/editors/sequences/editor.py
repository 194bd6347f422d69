"""Brings chart, tool and document together."""

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut

from app.editors.sequences.document import SequencesDocument
from app.editors.sequences.tools import NOISE_SHARE, TOOLS, Hand, Pen, Tool
from app.views.series_chart import ChartEvent, SeriesChart
from engines.core.language import LearnerError
from engines.data.sequences import MOST_CHANNELS
from engines.data.series_edits import filled, smoothed, spread

SMALLEST, LARGEST = 4.0, 300.0  # pixels
WIDEN = 1.15  # by how much a key or a notch of the wheel changes the reach
SMOOTH_SHARE = 60  # a stretch is smoothed over this part of its length


class SeriesEditor(QObject):
    """Lets the chosen tool work on the document.

    ``chosen`` fires when tool, channel, selection or reach change; ``hovered(row)`` with the row under the mouse, -1
    for none; ``refused(Note)`` when something cannot be done. Keys: 1 to 8 take a channel, [ and ] are the reach.
    """

    chosen = Signal()
    hovered = Signal(int)
    refused = Signal(object)

    def __init__(self, chart: SeriesChart, document: SequencesDocument) -> None:
        super().__init__(chart)
        self.chart, self.document = chart, document
        self.hand = Hand()
        self.hidden: frozenset[int] = frozenset()
        self.tools = {tool.name: tool(document, self.hand) for tool in TOOLS}
        self.tool: Tool = self.tools[Pen.name]
        self._working: Tool | None = None  # the tool of the gesture: another one may be chosen before it ends
        self._mouse: ChartEvent | None = None
        chart.pressed.connect(self._press)
        chart.moved.connect(self._move)
        chart.released.connect(self._release)
        chart.left.connect(self._leave)
        chart.wheeled.connect(lambda _, turn: self.widen(WIDEN if turn > 0 else 1 / WIDEN))
        document.touched.connect(chart.touch)
        document.moved.connect(self._read)
        document.changed.connect(self._follow)
        document.loaded.connect(self._begin_anew)
        self._add_keys()
        self._read()

    def _add_keys(self) -> None:
        for tool in TOOLS:
            self._on_key(tool.key, partial(self.choose, tool.name))
        for key, factor in (("[", 1 / WIDEN), ("]", WIDEN)):
            self._on_key(key, partial(self.widen, factor))
        for place in range(MOST_CHANNELS):
            self._on_key(f"{place + 1}", partial(self.choose_channel, place))
        self._on_key("Delete", self.delete_rows)
        self._on_key("Escape", partial(self.select, None))
        self._on_key("Ctrl+A", self.select_all)
        self._on_key("F", self.chart.fit)

    def _on_key(self, keys: str, act: Callable[[], object]) -> None:
        QShortcut(QKeySequence(keys), self.chart).activated.connect(act)

    # What is in hand

    def choose(self, name: str) -> None:
        """Take a tool: select, pen, raise, smooth, noise or gap."""
        self.tool = self.tools[name]
        self._show_cursor()
        self.chosen.emit()

    def choose_channel(self, channel: int) -> None:
        """Edit this channel from now on; it is shown, if it was hidden."""
        if channel < len(self.document.series.names):
            self.hand.channel = channel
            self.show_hidden(self.hidden - {channel})

    def show_hidden(self, hidden: frozenset[int]) -> None:
        """Leave these channels out of the picture."""
        self.hidden = hidden
        self.chart.show_channels(self.hand.channel, hidden)
        self.chosen.emit()

    def widen(self, factor: float) -> None:
        """Make the reach of the tool larger or smaller."""
        self.hand.reach = min(LARGEST, max(SMALLEST, self.hand.reach * factor))
        self._show_cursor()
        self.chosen.emit()

    def select(self, stretch: tuple[int, int] | None) -> None:
        """Select the rows from the first to before the second, or none."""
        self.hand.selection = stretch
        self._show_selection()

    def select_all(self) -> None:
        """Select everything."""
        self.select((0, len(self.document)) if len(self.document) else None)

    @property
    def stretch(self) -> tuple[int, int]:
        """The rows that an action is for: the selected ones, else all."""
        return self.hand.selection or (0, len(self.document))

    # Actions on a stretch

    def delete_rows(self) -> None:
        """Take the selected moments away."""
        if self.hand.selection:
            self.document.delete_rows(*self.hand.selection)
            self.select(None)

    def insert_rows(self) -> None:
        """Put as many moments before the selected ones as are selected, and select the new ones."""
        if self.hand.selection:
            start, stop = self.hand.selection
            try:
                self.document.insert_rows(start, stop - start)
            except LearnerError as error:
                self.refused.emit(error.note)

    def make_gap(self) -> None:
        """Mark the selected values as missing."""
        if self.hand.selection:
            start, stop = self.hand.selection
            self.document.rewrite(self.hand.channel, start, np.full(stop - start, np.nan), "Make a gap")

    def fill_gaps(self) -> None:
        """Lead straight lines over the gaps of the stretch."""
        start, stop = self.stretch
        values = filled(self.document.values[:, self.hand.channel])[start:stop]
        self.document.rewrite(self.hand.channel, start, values, "Fill gaps")

    def smooth(self) -> None:
        """Take the edge off the stretch."""
        start, stop = self.stretch
        values = self.document.values[:, self.hand.channel]
        reach = max(1, (stop - start) // SMOOTH_SHARE)
        self.document.rewrite(self.hand.channel, start, smoothed(values, start, stop, reach), "Smooth")

    def add_noise(self) -> None:
        """Stray the values of the stretch by a tenth of their spread."""
        start, stop = self.stretch
        values = self.document.values[:, self.hand.channel]
        noise = np.random.default_rng().normal(0, NOISE_SHARE * spread(values), stop - start)
        self.document.rewrite(self.hand.channel, start, values[start:stop] + noise, "Add noise")

    # The mouse

    def _press(self, at: ChartEvent) -> None:
        if at.button is not Qt.MouseButton.LeftButton:
            return
        self._working = self.tool
        if self._working.edits:
            self.document.begin(self._working.gesture)
        self._working.press(at)
        self._after(at)

    def _move(self, at: ChartEvent) -> None:
        if self._working and at.button is not Qt.MouseButton.NoButton:
            self._working.drag(at)
        self._after(at)

    def _release(self, at: ChartEvent) -> None:
        if self._working:
            self._working.release(at)
            working, self._working = self._working, None
            if working.edits:
                self.document.end()
            self._after(at)

    def _after(self, at: ChartEvent) -> None:
        self._mouse = at
        self._show_cursor()
        if self.hand.selection != self.chart.bands.selection:
            self._show_selection()
        row = round(at.row)
        self.hovered.emit(row if 0 <= row < len(self.document.values) else -1)

    def _leave(self) -> None:
        self._mouse = None
        self.hovered.emit(-1)

    # What is shown

    def _show_cursor(self) -> None:
        if self._mouse is None:
            self.chart.show_cursor(None)
            return
        reach = self.hand.reach * self._mouse.rows_per_pixel if self.tool.broad else 0.0
        self.chart.show_cursor(self._mouse.row, self._mouse.value, reach)

    def _show_selection(self) -> None:
        self.chart.show_selection(self.hand.selection)
        self.chosen.emit()

    def _begin_anew(self) -> None:
        """All is new: no selection, no hidden channel, all of it seen."""
        self.hand.selection, self.hand.channel, self.hidden = None, 0, frozenset()
        self._read()
        self.chart.fit()

    def _follow(self) -> None:
        if not self.document.in_gesture:
            self._read()

    def _read(self) -> None:
        """Draw the values of now; what is in hand may be gone."""
        series, values = self.document.series, self.document.values
        channels = len(series.names)
        self.hand.channel = min(self.hand.channel, channels - 1)
        self.hidden = frozenset(place for place in self.hidden if place < channels and place != self.hand.channel)
        if self.hand.selection and self.hand.selection[1] > len(values):
            start = self.hand.selection[0]
            self.hand.selection = (start, len(values)) if start < len(values) else None
        self.chart.show_values(values, self.name_of, by_twelve=series.unit == "month")
        self.chart.show_channels(self.hand.channel, self.hidden)
        self._show_selection()

    def name_of(self, row: int) -> str:
        """Return what a row is called; a new one past the end has its number."""
        moments = self.document.series.moments
        return moments[row] or str(row) if row < len(moments) else str(row)
