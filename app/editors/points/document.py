"""The points being drawn: growing arrays, and an undo for every gesture."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence

from app.language import bind
from engines.core.arrays import Bools, Floats, Ints
from engines.core.dataset import Dataset, Recipe
from engines.core.language import say
from engines.data.points import MOST_CLASSES, UNLABELLED, Points

MOST_UNDO = 200


@dataclass(frozen=True)
class Past:
    """The points before a gesture, and what the gesture was."""

    name: str
    points: Points


class PointsDocument(QObject):
    """Points that can be edited; ``points`` is a frozen picture of now.

    ``changed`` fires after every edit, ``loaded`` before it when all are new. Between ``begin`` and ``end`` edits are
    one gesture and one undo. A gesture that changed nothing leaves no trace.
    """

    changed = Signal()
    loaded = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._points = Points()
        self._x: Floats = np.zeros((64, 2))  # arrays with room to grow; the first ``_length`` rows count
        self._y: Ints = np.zeros(64, np.int64)
        self._key: Floats = np.zeros(64)
        self._length = 0
        self._dice = np.random.default_rng()
        self._undo: list[Past] = []
        self._redo: list[Past] = []
        self._gesture: Past | None = None
        self._touched = False
        self._last_load: object = None  # what the newest load is part of, while nothing has come after it
        self._recipe = Recipe()
        self.undo_action, self.redo_action = QAction(self), QAction(self)
        self.undo_action.setShortcut(QKeySequence("Ctrl+Z"))
        self.redo_action.setShortcuts([QKeySequence("Ctrl+Y"), QKeySequence("Ctrl+Shift+Z")])
        self.undo_action.triggered.connect(self.undo)
        self.redo_action.triggered.connect(self.redo)
        self._name_actions()

    @property
    def points(self) -> Points:
        """The points of now, frozen; made only when they have changed since the last look."""
        if self._touched:
            n = self._length
            self._points = Points(self._x[:n], self._y[:n], self._key[:n], recipe=self._recipe)
            self._touched = False
        return self._points

    def __len__(self) -> int:
        return self._length

    # Gestures

    def begin(self, name: str) -> None:
        """Begin a gesture; one whose end got lost ends now."""
        self.end()
        self._gesture = Past(name, self.points)

    def end(self) -> None:
        """End the gesture: one undo, if anything changed."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None and self.points is not gesture.points:
            self._remember(gesture)

    def add(self, x: Floats, label: int) -> None:
        """Add points (m, 2) of one class; ValueError for a class there cannot be."""
        if not UNLABELLED <= label < MOST_CLASSES:
            raise ValueError(f"class {label}")
        m = len(x)
        if not m:
            return
        if self._length + m > len(self._x):
            size = 2 * (self._length + m)
            for name in ("_x", "_y", "_key"):
                old = getattr(self, name)
                grown = np.zeros((size, *old.shape[1:]), old.dtype)
                grown[: self._length] = old[: self._length]
                setattr(self, name, grown)
        rows = slice(self._length, self._length + m)
        self._x[rows], self._y[rows], self._key[rows] = x, label, self._dice.random(m)
        self._length += m
        self._edited()

    def remove(self, which: Bools) -> None:
        """Take away the rows where ``which`` (n,) is true."""
        if which.any():
            self._put(
                self._x[: self._length][~which], self._y[: self._length][~which], self._key[: self._length][~which]
            )
            self._edited()

    def move(self, row: int, x: float, y: float) -> None:
        """Put one point elsewhere; a row that is no longer there is left alone."""
        if 0 <= row < self._length:
            self._x[row] = (x, y)
            self._edited()

    def near(self, x: float, y: float, radius: float) -> Bools:
        """Return which points (n,) lie within ``radius`` of a place."""
        return self.along((x, y), (x, y), radius)

    def along(self, start: tuple[float, float], end: tuple[float, float], radius: float) -> Bools:
        """Return which points (n,) lie within ``radius`` of the straight way from ``start`` to ``end``."""
        way, x = np.subtract(end, start), self._x[: self._length] - start
        share = np.clip(x @ way / max(float(way @ way), 1e-300), 0, 1)
        return np.asarray(((x - share[:, None] * way) ** 2).sum(1) <= radius**2)

    def nearest(self, x: float, y: float) -> tuple[int, float]:
        """Return the row of the nearest point and its distance; (-1, inf) when there is none."""
        if not self._length:
            return -1, float("inf")
        distance = np.hypot(*(self._x[: self._length] - (x, y)).T)
        return int(distance.argmin()), float(distance.min())

    # Whole changes

    def load(self, points: Dataset, name: str, part_of: object = None) -> None:
        """Replace everything; one undo.

        part_of: loads in a row that are part of the same thing (a slider being dragged) are one undo together.
        """
        assert isinstance(points, Points)
        interrupted = self._gesture
        self.end()
        before, goes_on = self.points, part_of is not None and part_of == self._last_load
        self._take(points)
        if not goes_on and (len(before) or self._undo or self._redo):  # an empty beginning is nothing to go back to
            self._remember(Past(name, before))
        self._last_load = part_of
        if interrupted:
            self.begin(interrupted.name)
        self.loaded.emit()
        self.changed.emit()

    def clear(self) -> None:
        """Take all points away; one undo."""
        if self._length:
            self.load(Points(), "Clear")

    # Undo

    def undo(self) -> None:
        """Take the last gesture back."""
        self._swap(self._undo, self._redo)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._swap(self._redo, self._undo)

    def _swap(self, source: list[Past], target: list[Past]) -> None:
        if source and self._gesture is None:
            past = source.pop()
            target.append(Past(past.name, self.points))
            self._take(past.points)
            self._last_load = None
            self._name_actions()
            self.changed.emit()

    def _remember(self, past: Past) -> None:
        self._undo = [*self._undo[-MOST_UNDO + 1 :], past]
        self._redo.clear()
        self._name_actions()

    def _name_actions(self) -> None:
        for action, stack, plain, named in (
            (self.undo_action, self._undo, "Undo", "Undo: {what}"),
            (self.redo_action, self._redo, "Redo", "Redo: {what}"),
        ):
            note = say(named, what=say(stack[-1].name)) if stack else say(plain)
            bind(action, action.setText, note)
            action.setEnabled(bool(stack))

    def _take(self, points: Points) -> None:
        self._put(points.x, points.y, points.key)
        self._recipe, self._points, self._touched = points.recipe, points, False

    def _put(self, x: Floats, y: Ints, key: Floats) -> None:
        self._length = len(x)
        self._x, self._y, self._key = x.copy(), y.copy(), key.copy()

    def _edited(self) -> None:
        self._touched = True
        self._last_load = None
        if self._recipe.source != "drawn" and not self._recipe.source.endswith("+drawn"):
            self._recipe = Recipe(f"{self._recipe.source}+drawn", self._recipe.settings, self._recipe.seed)
        self.changed.emit()
