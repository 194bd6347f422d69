"""The points being drawn: growing arrays whose rows keep their number, so that an edit costs what it touches."""

from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from app.editors.document import Document
from engines.core.arrays import Bools, Floats, Ints
from engines.core.dataset import DRAWN, Dataset, Recipe
from engines.core.language import Note
from engines.data.points import MOST_CLASSES, UNLABELLED, Points

Area = tuple[float, float, float, float]  # left, bottom, right, top
EVERYWHERE: Area = (-np.inf, -np.inf, np.inf, np.inf)
FIELDS = ("x", "y", "value", "key", "alive")


@dataclass(frozen=True)
class Looks:
    """What belongs to all points together: what is learned, and the classes' names and colours."""

    target: str = "class"
    names: tuple[str, ...] = ()
    colours: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Delta:
    """What some rows of one field were before."""

    field: str
    rows: Any
    old: Any


@dataclass(frozen=True, eq=False)
class Whole:
    """All rows set aside while others are there: nothing writes to them meanwhile, so that they need no copy."""

    points: Points
    arrays: dict[str, Any]
    length: int


@dataclass(frozen=True, eq=False)
class Turn:
    """What turns a gesture back: the rows it changed, and what belonged to all points before it."""

    deltas: tuple[Delta, ...]
    recipe: Recipe
    looks: Looks


class PointsDocument(Document):
    """Points that can be edited; ``points`` is a frozen picture of now.

    A row keeps its number as long as nothing else is loaded: a removed one is only marked, so that a stroke of the
    eraser among a million points touches but the few it takes. Rows given to and returned by the methods are those
    numbers, never places in ``points``.
    """

    def __init__(self) -> None:
        self._points = Points()
        self._arrays: dict[str, Any] = _with_room(self._points, 64)
        self._length = 0  # the first ``_length`` rows have been used
        self._count = 0  # so many of them are alive
        self._recipe, self._looks = Recipe(), Looks()
        self._touched = False
        self._deltas: list[Delta] | None = None  # of the gesture under way
        self._at_first = (self._recipe, self._looks)
        self._dirty: Area | None = None
        self._dice = np.random.default_rng()
        super().__init__(self._points)

    @property
    def points(self) -> Points:
        """The points of now, frozen; made only when they have changed since the last look."""
        if self._touched:
            rows: Any = slice(0, self._length) if self._count == self._length else np.flatnonzero(self.alive)
            x, y, value, key = (self._arrays[name][: self._length][rows] for name in FIELDS[:4])
            looks = self._looks
            self._points = Points(x, y, value, looks.target, looks.names, looks.colours, key=key, recipe=self._recipe)
            self._touched = False
        return self._points

    @property
    def data(self) -> Dataset:
        """The same, as every document tells it."""
        return self.points

    def __len__(self) -> int:
        return self._count

    # The rows

    @property
    def x(self) -> Floats:
        """Where each row is, removed ones too: (rows, 2). Not for writing."""
        return cast(Floats, self._arrays["x"][: self._length])

    @property
    def y(self) -> Ints:
        """The class of each row, removed ones too: (rows,). Not for writing."""
        return cast(Ints, self._arrays["y"][: self._length])

    @property
    def value(self) -> Floats:
        """The number of each row, removed ones too: (rows,). Not for writing."""
        return cast(Floats, self._arrays["value"][: self._length])

    @property
    def alive(self) -> Bools:
        """Which rows are there: (rows,). Not for writing."""
        return cast(Bools, self._arrays["alive"][: self._length])

    @property
    def looks(self) -> Looks:
        """What belongs to all points together."""
        return self._looks

    def within(self, left: float, bottom: float, right: float, top: float) -> Ints:
        """Return the rows that lie in an area: (m,)."""
        across, up = self.x[:, 0], self.x[:, 1]
        inside = across >= left
        for other in (across <= right, up >= bottom, up <= top, self.alive):
            inside &= other
        return np.flatnonzero(inside)

    def near(self, x: float, y: float, radius: float) -> Ints:
        """Return the rows that lie within ``radius`` of a place: (m,)."""
        return self.along((x, y), (x, y), radius)

    def along(self, start: tuple[float, float], end: tuple[float, float], radius: float) -> Ints:
        """Return the rows that lie within ``radius`` of the straight way from ``start`` to ``end``: (m,)."""
        low, high = np.minimum(start, end) - radius, np.maximum(start, end) + radius
        rows = self.within(*low, *high)
        # by columns: among very many points, sums over pairs take several times as long
        across, up = self.x[rows, 0] - start[0], self.x[rows, 1] - start[1]
        way_across, way_up = end[0] - start[0], end[1] - start[1]
        squared = way_across**2 + way_up**2
        if squared > 0:
            share = np.clip((across * way_across + up * way_up) / squared, 0, 1)
            across -= share * way_across
            up -= share * way_up
        return rows[across * across + up * up <= radius**2]

    def places(self, rows: Ints) -> Floats:
        """Return where rows are: (m, 2), each coordinate in one piece."""
        return cast(Floats, _taken(self._arrays["x"], rows))

    def of_class(self, label: int) -> Ints:
        """Return the rows of a class: (m,)."""
        return np.flatnonzero((self.y == label) & self.alive)

    def nearest(self, x: float, y: float, reach: float = np.inf) -> int:
        """Return the row nearest to a place within ``reach``; -1 when there is none."""
        rows = self.within(x - reach, y - reach, x + reach, y + reach)
        if not len(rows):
            return -1
        squared = ((self.x[rows] - (x, y)) ** 2).sum(1)
        return int(rows[squared.argmin()]) if squared.min() <= reach**2 else -1

    # Edits

    def add(self, x: Floats, label: int | Ints, value: float | Floats = 0.0) -> Ints:
        """Add points (m, 2) of one class or of a class each, and return their rows; ValueError for no such class."""
        m = len(x)
        if m and not UNLABELLED <= np.min(label) <= np.max(label) < MOST_CLASSES:
            raise ValueError(f"class {label}")
        if not m:
            return np.zeros(0, np.int64)
        if self._length + m > len(self._arrays["x"]):
            for name, old in self._arrays.items():
                grown = np.zeros((2 * (self._length + m), *old.shape[1:]), old.dtype, order="F")
                grown[: self._length] = old[: self._length]
                self._arrays[name] = grown
        rows = np.arange(self._length, self._length + m)
        new = {"x": x, "y": label, "value": value, "key": self._dice.random(m)}
        for name, values in new.items():
            self._arrays[name][rows[0] : rows[-1] + 1] = values
        self._length += m
        self._write("alive", rows, True)
        return rows

    def add_data(self, data: Points, name: str | Note) -> None:
        """Add the points of a sample to the drawing; one undo."""
        self.begin(name)
        if len(data):
            self.add(data.x, data.y, data.value)
            self._recipe = self._at_first[0].followed_by(data.recipe)
        self.end()
        self.changed.emit()

    def remove(self, rows: Ints) -> None:
        """Take rows away: (m,)."""
        self._write("alive", rows[self.alive[rows]], False)

    def move(self, rows: Ints, x: Floats) -> None:
        """Put rows elsewhere: x (m, 2). Rows that are no longer there, or have no finite place, are left alone."""
        if not np.isfinite(x).all() or (len(rows) and rows.max() >= self._length):
            fine = np.isfinite(x).all(1) & (rows < self._length)
            rows, x = rows[fine], x[fine]
        self._write("x", rows, x)

    def label(self, rows: Ints, label: int) -> None:
        """Give rows another class: only those whose class changes are touched."""
        self._write("y", rows[self.y[rows] != label], label)

    def set_values(self, rows: Ints, value: float) -> None:
        """Give rows another number."""
        self._write("value", rows[self.value[rows] != value], value)

    def set_looks(self, looks: Looks) -> None:
        """Change what is learned, names or colours."""
        if looks != self._looks:
            self._looks = looks
            self._edited(EVERYWHERE)

    def take_dirty(self) -> Area | None:
        """Return the area that has changed since the last call; None when nothing has."""
        dirty, self._dirty = self._dirty, None
        return dirty

    def _write(self, field: str, rows: Ints, values: Any) -> None:
        """Change some rows of one field; the first change of these very rows in a gesture is remembered."""
        if not len(rows):
            return
        array = self._arrays[field]
        before = self.area_of(rows)
        if self._deltas is not None:
            last = self._deltas[-1] if self._deltas else None
            if last is None or last.field != field or last.rows is not rows:
                self._deltas.append(Delta(field, rows, _taken(array, rows)))
        _put(array, rows, values)
        self._recount(field, rows)
        self._edited(_joined(before, self.area_of(rows)) if field == "x" else before)

    def _recount(self, field: str, rows: Ints) -> None:
        """Keep the number of points; rows of one write are alive or removed all together."""
        if field == "alive":
            self._count += len(rows) if self._arrays["alive"][rows[0]] else -len(rows)

    def area_of(self, rows: Ints) -> Area:
        """Return the smallest area that holds these rows."""
        across, up = self.x[rows, 0], self.x[rows, 1]
        return float(across.min()), float(up.min()), float(across.max()), float(up.max())

    def _edited(self, area: Area) -> None:
        self._touched = True
        self._last_load = None
        self._dirty = _joined(self._dirty, area)
        self._recipe = self._recipe.followed_by(Recipe(DRAWN))
        self.changed.emit()

    # What undo needs

    def _opened(self) -> None:
        self._deltas, self._at_first = [], (self._recipe, self._looks)

    def _closed(self) -> Any:
        deltas, self._deltas = tuple(self._deltas or ()), None
        return Turn(deltas, *self._at_first) if deltas or self._looks != self._at_first[1] else None

    def _turn_back(self, state: Any) -> Any:
        if isinstance(state, Whole):
            return self._swap_whole(state)
        again = []
        recipe, looks = self._recipe, self._looks
        for delta in reversed(state.deltas):
            array = self._arrays[delta.field]
            again.append(Delta(delta.field, delta.rows, _taken(array, delta.rows)))
            area = self.area_of(delta.rows)
            _put(array, delta.rows, delta.old)
            self._recount(delta.field, delta.rows)
            self._dirty = _joined(self._dirty, _joined(area, self.area_of(delta.rows)))
        self._recipe, self._looks, self._touched = state.recipe, state.looks, True
        if looks != self._looks:
            self._dirty = EVERYWHERE
        return Turn(tuple(again), recipe, looks)

    def _exchange(self, data: Dataset) -> Any:
        assert isinstance(data, Points)
        return self._swap_whole(Whole(data, _with_room(data, len(data) + len(data) // 4 + 64), len(data)))

    def _swap_whole(self, other: Whole) -> Whole:
        """Put other rows in the place of these; what is remembered of earlier gestures speaks of the rows set aside."""
        aside = Whole(self.points, self._arrays, self._length)
        self._points, self._arrays, self._length = other.points, other.arrays, other.length
        self._count, self._touched = len(other.points), False
        points = other.points
        self._recipe, self._looks = points.recipe, Looks(points.target, points.names, points.colours)
        self._dirty = EVERYWHERE
        return aside

    def _emptied(self) -> Dataset:
        return replace(Points(), target=self._looks.target, names=self._looks.names, colours=self._looks.colours)

    def _arrays_of(self, state: Any) -> list[Any]:
        if isinstance(state, Turn):
            return [delta.old for delta in state.deltas]
        return list(state.arrays.values())


def _with_room(points: Points, size: int) -> dict[str, Any]:
    """Return copies of the arrays with room to grow."""
    arrays: dict[str, Any] = {}
    for name in FIELDS:
        given = np.ones(len(points), bool) if name == "alive" else getattr(points, name)
        arrays[name] = np.zeros((size, *given.shape[1:]), given.dtype, order="F")  # each coordinate in one piece
        arrays[name][: len(points)] = given
    return arrays


def _taken(array: Any, rows: Ints) -> Any:
    """Return some rows; of places each coordinate for itself, which is several times as fast as pairs."""
    return array[rows] if array.ndim == 1 else np.stack([array[rows, 0], array[rows, 1]]).T


def _put(array: Any, rows: Ints, values: Any) -> None:
    """Change some rows, of places each coordinate for itself."""
    if array.ndim == 1:
        array[rows] = values
    else:
        array[rows, 0], array[rows, 1] = values[:, 0], values[:, 1]


def _joined(one: Area | None, other: Area) -> Area:
    """Return the smallest area that holds both."""
    if one is None:
        return other
    return (min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3]))
