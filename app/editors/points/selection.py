"""Which points are selected, and what can be done to them together."""

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.editors.points.document import PointsDocument
from engines.core.arrays import Floats, Ints

Handle = Literal["left bottom", "right bottom", "right top", "left top", "turn", "inside"]
CORNERS: tuple[Handle, ...] = ("left bottom", "right bottom", "right top", "left top")
Box = tuple[float, float, float, float]  # left, bottom, right, top
AWAY = 0.25  # how far beside it a duplicate is put
SMALLEST = 1e-6


class Selection(QObject):
    """Rows of a document. ``changed`` when others are selected or they have moved."""

    changed = Signal()

    def __init__(self, document: PointsDocument) -> None:
        super().__init__()
        self._document = document
        self._rows: Ints = np.zeros(0, np.int64)
        document.changed.connect(self._follow)
        document.loaded.connect(self.clear)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def rows(self) -> Ints:
        """The selected rows of the document: (m,)."""
        return self._rows

    @property
    def box(self) -> Box | None:
        """The area the selected points take up; None when there are none."""
        return self._document.area_of(self._rows) if len(self._rows) else None

    def select(self, rows: Ints, *, add: bool = False) -> None:
        """Select these rows, or add them to what is selected."""
        self._rows = np.union1d(self._rows, rows) if add else np.asarray(rows, np.int64)
        self.changed.emit()

    def select_all(self) -> None:
        """Select every point."""
        self.select(np.flatnonzero(self._document.alive))

    def clear(self) -> None:
        """Select nothing."""
        if len(self._rows):
            self.select(np.zeros(0, np.int64))

    def _follow(self) -> None:
        """Let go of rows that have gone."""
        if not len(self._rows):
            return
        there = self._rows[self._rows < len(self._document.alive)]
        there = there[self._document.alive[there]]
        if len(there) != len(self._rows):
            self._rows = there
        self.changed.emit()

    # What can be done to them; each is one undo

    def remove(self) -> None:
        """Take them away."""
        self._as_one("Delete the selection", lambda: self._document.remove(self._rows))

    def label(self, label: int) -> None:
        """Give them another class."""
        self._as_one("Relabel the selection", lambda: self._document.label(self._rows, label))

    def duplicate(self) -> None:
        """Put a copy beside them and select it."""
        document, rows = self._document, self._rows
        if not len(rows):
            return
        document.begin("Duplicate")
        copies = document.add(document.x[rows] + (AWAY, -AWAY), document.y[rows], document.value[rows])
        document.end()
        self.select(copies)

    def mirror(self, axis: int) -> None:
        """Mirror them within their box: axis 0 swaps left and right, 1 swaps top and bottom."""
        if (box := self.box) is None:
            return
        places = self._document.x[self._rows]
        places[:, axis] = box[axis] + box[axis + 2] - places[:, axis]
        self._as_one("Mirror", lambda: self._document.move(self._rows, places))

    def align(self, grid: float) -> None:
        """Put them on the crossings of a grid; without a selection all points."""
        rows = self._rows if len(self._rows) else np.flatnonzero(self._document.alive)
        places = np.round(self._document.x[rows] / grid) * grid
        self._as_one("Align to the grid", lambda: self._document.move(rows, places))

    def _as_one(self, name: str, act: Callable[[], object]) -> None:
        self._document.begin(name)
        act()
        self._document.end()


def transformed(places: Floats, box: Box, handle: Handle, start: tuple[float, float],
                end: tuple[float, float], *, even: bool) -> Floats:  # fmt: skip
    """Return places (m, 2) of a selection after its box was dragged from ``start`` to ``end``.

    handle: "inside" moves; a corner scales about the opposite one, ``even`` alike in both directions; "turn" rotates
    about the middle, ``even`` by steps of 15 degrees.
    """
    if handle == "inside":
        return places + np.subtract(end, start)
    left, bottom, right, top = box
    if handle == "turn":
        middle = np.array([(left + right) / 2, (bottom + top) / 2])
        angle = math.atan2(end[1] - middle[1], end[0] - middle[0]) - math.atan2(
            start[1] - middle[1], start[0] - middle[0]
        )
        if even:
            angle = round(angle / (math.pi / 12)) * math.pi / 12
        turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        return (places - middle) @ turn.T + middle
    held = np.array([left if "right" in handle else right, bottom if "top" in handle else top])
    moved = np.array([right if "right" in handle else left, top if "top" in handle else bottom])
    size = moved - held
    scale = np.where(np.abs(size) > SMALLEST, (moved + np.subtract(end, start) - held) / np.where(size, size, 1), 1.0)
    if even:
        scale[:] = scale[np.argmax(np.abs(scale))]
    return held + (places - held) * scale
