"""The series that are edited: a stroke writes in place, and is one frozen dataset and one undo at its end."""

from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import Signal

from app.editors.document import Document
from engines.core.arrays import Floats, Ints
from engines.core.dataset import DRAWN, Dataset, Recipe
from engines.core.language import LearnerError, Note
from engines.data.moments import following
from engines.data.sequences import MOST_CHANNELS, MOST_MOMENTS, Sequences
from engines.data.series_edits import between

LIVE_UP_TO = 20_000  # rows up to which the run follows a stroke while it is drawn
LONGEST_NAME = 60


class SequencesDocument(Document):
    """Series that can be edited.

    ``touched(channel, start, stop)`` tells of values written in place in a gesture, ``moved()`` that ``values`` is
    another array; ``changed`` then comes at the end of the gesture, or at once while the series is short.
    """

    touched = Signal(int, int, int)
    moved = Signal()

    def __init__(self) -> None:
        super().__init__(Sequences())
        self._work: Floats | None = None  # (room, channels) while a gesture writes
        self._length = 0
        self._late = False  # whether the gesture wrote what nobody was told of yet

    @property
    def series(self) -> Sequences:
        """The series of now, frozen; a gesture under way in a long one shows only in ``values``."""
        assert isinstance(self.data, Sequences)
        return self.data

    @property
    def values(self) -> Floats:
        """The values of now, with what a gesture under way has written: (n, channels)."""
        return self.series.values if self._work is None else self._work[: self._length]

    # Within a gesture

    def write(self, channel: int, start: int, values: Floats) -> None:
        """Write values (m,) from row ``start`` on; past the end the series grows, the other channels get gaps.

        What lies before the beginning or past the most a series can have is left out.
        """
        if start < 0:
            start, values = 0, values[-start:]
        values = values[: max(0, MOST_MOMENTS - start)]
        if not len(values) or not self.in_gesture:
            return
        stop = start + len(values)
        moved = self._work is None or stop > self._length  # whoever draws the values must look anew
        work = self._room_for(stop)
        work[start:stop, channel] = values
        self._late = True
        if moved:
            self.moved.emit()
        else:
            self.touched.emit(channel, start, stop)
        if self._length <= LIVE_UP_TO:
            self._take_work()
            self.changed.emit()

    def end(self) -> None:
        """End the gesture and tell what it wrote."""
        if self._work is not None and self._late:
            self._take_work()
            super().end()
            self._work = None
            self.changed.emit()
        else:
            super().end()
            self._work = None

    def _room_for(self, stop: int) -> Floats:
        """Return the array that is written to, with at least ``stop`` rows of room; it grows by doubling."""
        values = self.values
        if self._work is None or stop > len(self._work):
            room = min(MOST_MOMENTS, max(stop, 2 * len(values)) if stop > len(values) else len(values))
            work = np.full((room, values.shape[1]), np.nan)
            work[: len(values)] = values
            self._work, self._length = work, len(values)
        self._length = max(self._length, stop)
        return self._work

    def _take_work(self) -> None:
        """Make what was written the frozen data of now."""
        assert self._work is not None
        values = self._work[: self._length].copy()
        values.flags.writeable = False
        self._data = self._with(values, self.series)
        self._last_load = None
        self._late = False

    def _with(self, values: Floats, series: Sequences) -> Sequences:
        """Return the series with other values, which may be more."""
        more = len(values) - len(series)
        recipe = series.recipe.followed_by(Recipe(DRAWN))
        if more <= 0:
            return replace(series, values=values, recipe=recipe)
        key = np.concatenate([series.key, np.random.default_rng(len(series)).random(more)])
        moments = (*series.moments, *following(series.moments[-1], more)) if series.moments else ()
        parts = np.zeros(len(values), np.uint8)
        return replace(series, values=values, moments=moments, key=key, parts=parts, recipe=recipe)

    # Whole edits, each one undo

    def rewrite(self, channel: int, start: int, values: Floats, name: str | Note) -> None:
        """Write values (m,) as a gesture of its own; nothing is done where they are those that are there."""
        there = self.values[start : start + len(values), channel]
        if len(values) and not np.array_equal(there, values, equal_nan=True):
            self.begin(name)
            self.write(channel, start, values)
            self.end()

    def delete_rows(self, start: int, stop: int) -> None:
        """Take moments away."""
        kept = np.concatenate([np.arange(start), np.arange(stop, len(self))])
        if len(kept) < len(self):
            self.put(self.series.taken(kept), "Delete moments")

    def insert_rows(self, at: int, count: int) -> None:
        """Put new moments before row ``at``, on a straight line; LearnerError where they would be too many."""
        series = self.series
        if len(series) + count > MOST_MOMENTS:
            raise LearnerError("A series has at most {most} moments.", most=MOST_MOMENTS)
        at = min(max(0, at), len(series))
        values = np.concatenate([series.values[:at], between(series.values, at, count), series.values[at:]])
        key = np.insert(series.key, at, np.random.default_rng(len(series)).random(count))
        moments = (*series.moments[:at], *("",) * count, *series.moments[at:]) if series.moments else ()
        made = replace(series, values=values, key=key, parts=np.zeros(len(values), np.uint8), moments=moments)
        self.put(made, "Insert moments")

    def add_channel(self, name: str) -> None:
        """Add an empty channel; LearnerError when there are as many as can be."""
        series = self.series
        if series.values.shape[1] >= MOST_CHANNELS:
            raise LearnerError("Series have from 1 to {most} channels.", most=MOST_CHANNELS)
        values = np.column_stack([series.values, np.full(len(series), np.nan)])
        self.put(replace(series, values=values, names=(*series.names, self._free(name))), "Add a channel")

    def rename_channel(self, channel: int, name: str) -> None:
        """Call a channel by another name; nothing is done for an empty one."""
        name = name.strip()[:LONGEST_NAME]
        names = list(self.series.names)
        if name and name != names[channel]:
            names[channel] = self._free(name)
            self.put(replace(self.series, names=tuple(names)), "Rename a channel")

    def delete_channel(self, channel: int) -> None:
        """Take a channel away; the last one stays."""
        series = self.series
        if series.values.shape[1] > 1:
            names = (*series.names[:channel], *series.names[channel + 1 :])
            self.put(replace(series, values=np.delete(series.values, channel, 1), names=names), "Delete a channel")

    def set_unit(self, unit: str) -> None:
        """Say what one step of time is."""
        unit = unit.strip()[:LONGEST_NAME]
        if unit != self.series.unit:
            self.put(replace(self.series, unit=unit), "Change the unit")

    def known(self, channel: int) -> Ints:
        """Return the rows that have a value: (m,)."""
        return np.flatnonzero(np.isfinite(self.values[:, channel]))

    def _free(self, name: str) -> str:
        """Return the name, or one with a number after it where it is taken."""
        made, number = name, 2
        while made in self.series.names:
            made, number = f"{name} {number}", number + 1
        return made

    # Undo

    def _opened(self) -> None:
        super()._opened()
        self._work, self._late = None, False

    def _exchange(self, data: Dataset) -> Any:
        self._work = None
        return super()._exchange(data)
