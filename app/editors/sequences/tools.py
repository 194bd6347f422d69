"""What the mouse does on the chart: each tool is a small class with press, drag and release."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from app.editors.sequences.document import SequencesDocument
from app.views.series_chart import ChartEvent
from engines.core.arrays import Floats
from engines.data.sequences import MOST_MOMENTS
from engines.data.series_edits import along, hill, smoothed, spread

FARTHEST_JUMP = 100_000  # rows that one press may lie past the end
ENOUGH = 20_000  # values by which the spread of a series is told
NOISE_SHARE = 0.1  # of the spread, the noise that one stroke adds


@dataclass
class Hand:
    """What is edited: the channel, the reach of a tool in pixels, the stretch that is selected, if any."""

    channel: int = 0
    reach: float = 24.0
    selection: tuple[int, int] | None = None


class Tool:
    """Base of the tools. broad: whether it works within a reach about the mouse."""

    name: ClassVar[str] = ""
    text: ClassVar[str] = ""
    icon: ClassVar[str] = ""
    key: ClassVar[str] = ""
    gesture: ClassVar[str] = ""
    broad: ClassVar[bool] = False
    edits: ClassVar[bool] = True

    def __init__(self, document: SequencesDocument, hand: Hand) -> None:
        self.document, self.hand = document, hand

    def press(self, at: ChartEvent) -> None:
        """Begin."""

    def drag(self, at: ChartEvent) -> None:
        """Go on with the button down."""

    def release(self, at: ChartEvent) -> None:
        """End."""

    def rows(self, first: float, last: float, at: ChartEvent) -> tuple[int, int]:
        """Return the rows within reach of the way from ``first`` to ``last``, the second not among them."""
        reach = max(0.5, self.hand.reach * at.rows_per_pixel)
        low, high = min(first, last) - reach, max(first, last) + reach
        length = len(self.document.values)
        return min(length, max(0, int(np.ceil(low)))), min(length, max(0, int(np.floor(high)) + 1))


class Pen(Tool):
    """Sets the values along the way, each row between two places of a fast mouse too; past the end the series grows.

    Where it begins past the end, a straight line leads there from the last value.
    """

    name, text, icon, key, gesture = "pen", "Draw", "pen", "B", "Draw a curve"
    _last: tuple[float, float] = (0.0, 0.0)

    def press(self, at: ChartEvent) -> None:
        """Set the value where the button went down."""
        here = self._bounded(at)
        length = len(self.document.values)
        known = self.document.known(self.hand.channel) if here[0] > length else np.zeros(0, int)
        self._last = here
        if len(known) and here[0] - length < FARTHEST_JUMP:
            end = int(known[-1])
            self._last = (float(end), float(self.document.values[end, self.hand.channel]))
        self.drag(at)

    def drag(self, at: ChartEvent) -> None:
        """Set the values on the way here."""
        here = self._bounded(at)
        start, values = along(self._last, here)
        self.document.write(self.hand.channel, start, values)
        self._last = here

    def _bounded(self, at: ChartEvent) -> tuple[float, float]:
        most = min(MOST_MOMENTS - 1, len(self.document.values) + FARTHEST_JUMP)
        return min(most, max(0.0, at.row)), at.value


class Sweep(Tool):
    """Base of the tools that change what is within reach along the way."""

    broad = True
    _last = 0.0

    def press(self, at: ChartEvent) -> None:
        """Change what is within reach."""
        self._last = at.row
        self.drag(at)

    def drag(self, at: ChartEvent) -> None:
        """Change what is within reach of the way here."""
        start, stop = self.rows(self._last, at.row, at)
        self._last = at.row
        if stop > start:
            self.document.write(self.hand.channel, start, self.changed(start, stop))

    def changed(self, start: int, stop: int) -> Floats:
        """Return the new values of these rows."""
        raise NotImplementedError


class Smooth(Sweep):
    """Takes the edge off."""

    name, text, icon, key, gesture = "smooth", "Smooth", "smooth", "M", "Smooth"

    def changed(self, start: int, stop: int) -> Floats:
        """Return the means around each row; wider where more rows are within reach."""
        reach = max(1, min(2000, (stop - start) // 12))
        return smoothed(self.document.values[:, self.hand.channel], start, stop, reach)


class Raise(Tool):
    """Raises or lowers: a soft hill about the mouse, or the whole selection if one takes hold of that."""

    name, text, icon, key, gesture = "raise", "Raise or lower", "raise", "U", "Raise or lower"
    broad = True

    def __init__(self, document: SequencesDocument, hand: Hand) -> None:
        super().__init__(document, hand)
        self._start = 0
        self._from = 0.0
        self._before: Floats = np.zeros(0)
        self._share: Floats = np.zeros(0)

    def press(self, at: ChartEvent) -> None:
        """Take hold."""
        chosen, length = self.hand.selection, len(self.document.values)
        self._from = at.value
        if chosen and chosen[0] <= at.row < chosen[1]:
            start, stop = chosen[0], min(length, chosen[1])
            self._share = np.ones(max(0, stop - start))
        else:
            start, stop = self.rows(at.row, at.row, at)
            self._share = hill(at.row, max(0.5, self.hand.reach * at.rows_per_pixel), start, stop)
        self._start = start
        self._before = self.document.values[start:stop, self.hand.channel].copy()

    def drag(self, at: ChartEvent) -> None:
        """Move what is held."""
        if len(self._before):
            moved = self._before + (at.value - self._from) * self._share
            self.document.write(self.hand.channel, self._start, moved)


class Noise(Sweep):
    """Strays the values by chance, by a tenth of their spread a stroke."""

    name, text, icon, key, gesture = "noise", "Add noise", "jitter", "N", "Add noise"

    def __init__(self, document: SequencesDocument, hand: Hand) -> None:
        super().__init__(document, hand)
        self._dice = np.random.default_rng()
        self._size = 1.0
        self._until = 0  # rows before it had their noise in this stroke
        self._since = 0

    def press(self, at: ChartEvent) -> None:
        """Look how far the values spread, and begin."""
        values = self.document.values[:, self.hand.channel]
        self._size = NOISE_SHARE * spread(values[:: max(1, len(values) // ENOUGH)])
        self._since = self._until = self.rows(at.row, at.row, at)[0]
        super().press(at)

    def changed(self, start: int, stop: int) -> Floats:
        """Return the values with noise where this stroke has not been yet."""
        made = self.document.values[start:stop, self.hand.channel].copy()
        for low, high in ((start, min(stop, self._since)), (max(start, self._until), stop)):
            if high > low:
                made[low - start : high - start] += self._dice.normal(0, self._size, high - low)
        self._since, self._until = min(self._since, start), max(self._until, stop)
        return made


class Gap(Sweep):
    """Marks values as missing."""

    name, text, icon, key, gesture = "gap", "Make a gap", "eraser", "E", "Make a gap"

    def changed(self, start: int, stop: int) -> Floats:
        """Return nothing but gaps."""
        return np.full(stop - start, np.nan)


class Select(Tool):
    """Marks a stretch of time; a click takes the mark away."""

    name, text, icon, key, gesture = "select", "Select a stretch", "range", "V", ""
    edits = False
    _from = 0.0
    _pixel = 1.0

    def press(self, at: ChartEvent) -> None:
        """Begin where the button went down."""
        self._from, self._pixel = at.row, at.rows_per_pixel
        self.hand.selection = None

    def drag(self, at: ChartEvent) -> None:
        """Select from there to here."""
        low, high = sorted((self._from, at.row))
        if high - low < 3 * self._pixel:
            self.hand.selection = None
            return
        length = len(self.document.values)
        start, stop = min(length, max(0, round(low))), min(length, max(0, round(high) + 1))
        self.hand.selection = (start, stop) if stop > start else None


TOOLS: tuple[type[Tool], ...] = (Select, Pen, Raise, Smooth, Noise, Gap)
