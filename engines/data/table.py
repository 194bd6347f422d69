"""Tables: columns of numbers, categories or texts, one of them perhaps the target."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, Self, get_args

import numpy as np

from engines.core.arrays import Floats, Ints, locked
from engines.core.dataset import Dataset, Recipe, Setting, Split, fitting
from engines.core.language import LearnerError
from engines.data.points import MOST_CLASSES, UNLABELLED, Points

ColumnKind = Literal["number", "category", "text", "ignore"]
COLUMN_KINDS: tuple[ColumnKind, ...] = get_args(ColumnKind)
MISSING = -1  # the code of a missing category or text; a missing number is NaN
NO_COLOUR = " "  # instead of a column's name: the points get no classes


@dataclass(frozen=True, eq=False)
class Column:
    """One column. numbers: (n,) float64 for a number, NaN where missing.

    codes: (n,) int64 into ``labels`` for a category or a text, MISSING where missing. An ignored column keeps what it
    holds: codes where it has labels, else numbers. Labels are all different.
    """

    name: str
    kind: ColumnKind
    numbers: Floats = field(default_factory=lambda: np.zeros(0))
    codes: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", locked(self.numbers))
        object.__setattr__(self, "codes", locked(self.codes))
        coded = self.kind in ("category", "text") or (self.kind == "ignore" and bool(self.labels))
        if self.kind not in COLUMN_KINDS or len(set(self.labels)) != len(self.labels):
            raise LearnerError("The column “{name}” cannot be read.", name=self.name)
        if coded and len(self.codes) and not (self.codes.min() >= MISSING and self.codes.max() < len(self.labels)):
            raise LearnerError("The column “{name}” cannot be read.", name=self.name)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Lock again what pickle has just made writeable."""
        self.__dict__.update(state)
        object.__setattr__(self, "numbers", locked(self.numbers))
        object.__setattr__(self, "codes", locked(self.codes))

    def __len__(self) -> int:
        return max(len(self.numbers), len(self.codes))

    @property
    def coded(self) -> bool:
        """Whether its values are labels and not numbers."""
        return self.kind in ("category", "text") or bool(self.labels)

    @property
    def missing(self) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        """Which rows have no value: (n,)."""
        return self.codes == MISSING if self.coded else np.isnan(self.numbers)

    def value(self, row: int) -> str | float | None:
        """Return one value, None where it is missing."""
        if self.coded:
            return None if self.codes[row] == MISSING else self.labels[self.codes[row]]
        return None if np.isnan(self.numbers[row]) else float(self.numbers[row])

    def taken(self, rows: Any) -> "Column":
        """Return the column with these rows only: indices or a mask."""
        return replace(
            self,
            numbers=self.numbers[rows] if len(self.numbers) else self.numbers,
            codes=self.codes[rows] if len(self.codes) else self.codes,
        )


@dataclass(frozen=True, eq=False)
class Table(Dataset):
    """A table. columns: all of the same length, with different names. target: the column to be learned, or none."""

    kind: ClassVar[str] = "Table"
    title: ClassVar[str] = "Table"
    order: ClassVar[int] = 2
    columns: tuple[Column, ...] = ()
    target: str = ""

    def __post_init__(self) -> None:
        if len({len(column) for column in self.columns}) > 1:
            raise LearnerError("The columns of a table must all have as many rows.")
        if len(set(self.names)) != len(self.columns):
            raise LearnerError("The columns of a table must all have different names.")
        if self.target and self.target not in self.names:
            raise LearnerError("The table has no column “{name}”; it has: {names}.", name=self.target,
                               names=", ".join(self.names))  # fmt: skip
        super().__post_init__()

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return the column with this name; LearnerError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise LearnerError("The table has no column “{name}”; it has: {names}.", name=name, names=", ".join(self.names))

    @property
    def inputs(self) -> tuple[Column, ...]:
        """The columns to learn from: numbers and categories but the target."""
        return tuple(c for c in self.columns if c.name != self.target and c.kind in ("number", "category"))

    @property
    def strata(self) -> Ints:
        """The codes of a target that is a category; one for all otherwise."""
        if self.target and self.column(self.target).kind == "category":
            return self.column(self.target).codes
        return np.zeros(len(self), np.int64)

    def groups(self, name: str) -> Ints | None:
        """Rows with the same value in a column belong together; one whose value is missing is alone."""
        if name not in self.names:
            return None
        column = self.column(name)
        values = column.codes if column.coded else np.unique(column.numbers, return_inverse=True)[1].reshape(-1)
        alone = values.max(initial=0) + 1 + np.arange(len(values))
        return np.where(column.missing, alone, values).astype(np.int64)

    def same_shape(self, other: Dataset) -> bool:
        """A run can go on while names, kinds and labels of the columns stay."""

        def told(table: Table) -> Any:
            return table.target, [(c.name, c.kind, c.labels if c.kind == "category" else ()) for c in table.columns]

        return isinstance(other, Table) and super().same_shape(other) and told(self) == told(other)

    def taken(self, rows: Any) -> Self:
        """Return the table with these rows only: indices or a mask."""
        columns = tuple(column.taken(rows) for column in self.columns)
        return replace(self, columns=columns, key=self.key[rows], parts=self.parts[rows])

    def with_column(self, name: str, column: Column) -> Self:
        """Return the table with another column in the place of the one with this name."""
        columns = tuple(column if old.name == name else old for old in self.columns)
        target = column.name if self.target == name else self.target
        return replace(self, columns=columns, target=target)

    def with_split(self, split: Split) -> Self:
        """Return the same table with its rows given to train, validation and test.

        An edit of one cell shares keys and target with the table before it: the parts are then the same too.
        """
        split = self.fitting(split)
        if split.how == "grouped":
            groups = self.groups(split.group)
            assert groups is not None  # else the split would not fit
            return replace(self, parts=split.assign(self.key, groups))
        target = self.column(self.target) if self.target else None
        strata = target.codes if target is not None and target.kind == "category" else None
        return replace(self, parts=_last_split.parts(self.key, strata, split, self.strata))

    def to_points(self, across: str = "", up: str = "", colour: str = "", *, standardise: bool = False) -> Points:
        """Put two columns of numbers onto the plane; rows without both numbers are left out.

        across, up: the first two columns of numbers when not named. colour: the target when not named, NO_COLOUR for
        none; a category gives classes, a number with more different values than classes gives the value to be learned,
        and then rows without it are left out too. standardise: (v - mean) / sd for each number, told in the recipe.
        Raises LearnerError when there are not two columns of numbers, or more classes than can be shown.
        """
        first, second = self._axes(across, up)
        colour = "" if colour == NO_COLOUR else colour or self.target
        shade = self.column(colour) if colour and self.column(colour).kind == "number" else None
        if shade is not None and len(np.unique(shade.numbers[~shade.missing])) <= MOST_CLASSES:
            shade = None
        y, names = self._classes("" if shade is not None else colour)
        numbers = [first.numbers, second.numbers] + ([] if shade is None else [shade.numbers])
        there = np.isfinite(numbers).all(0)
        settings: list[tuple[str, Setting]] = [("x", first.name), ("y", second.name)]
        values = [column[there] for column in numbers]
        if standardise:
            for axis, place in zip(("x", "y", "value"), range(len(values)), strict=False):
                values[place], mean, deviation = _standardised(values[place])
                settings += [(f"{axis}_mean", mean), (f"{axis}_sd", deviation)]
        recipe = self.recipe.followed_by(Recipe("plane", tuple(settings)))
        x = np.column_stack(values[:2])
        if shade is not None:
            return Points(x, np.zeros(len(x), np.int64), values[2], target="value", recipe=recipe, key=self.key[there])
        return Points(x, y[there], names=names, recipe=recipe, key=self.key[there])

    def _axes(self, across: str, up: str) -> tuple[Column, Column]:
        """Return the two columns of numbers that are named, or the first ones."""
        numbers = [c.name for c in self.columns if c.kind == "number" and c.name != self.target]
        chosen = [name for name in (across, up) if name] + [n for n in numbers if n not in (across, up)]
        columns = [self.column(name) for name in chosen[:2]]
        if len(columns) < 2 or any(len(column.numbers) != len(self) for column in columns):
            raise LearnerError("Two columns of numbers are needed for the place of the points; there are: {names}.",
                               names=", ".join(numbers) or "0")  # fmt: skip
        return columns[0], columns[1]

    def _classes(self, name: str) -> tuple[Ints, tuple[str, ...]]:
        """Return the classes that a column stands for: (n,), and their names; no classes for no column."""
        if not name:
            return np.full(len(self), UNLABELLED), ()
        column = self.column(name)
        if column.coded:
            used = np.unique(column.codes[column.codes != MISSING])
            labels = [column.labels[code] for code in used.tolist()]
        else:
            used = np.unique(column.numbers[~np.isnan(column.numbers)])
            labels = [f"{value:g}" for value in used.tolist()]
        if len(used) > MOST_CLASSES:
            raise LearnerError("“{name}” has {count} different classes; at most {most} can be shown.", name=name,
                               count=len(used), most=MOST_CLASSES)  # fmt: skip
        values = column.codes if column.coded else column.numbers
        y = np.searchsorted(used, values).clip(0, max(0, len(used) - 1)) if len(used) else np.zeros(len(values), int)
        y = np.where(column.missing, UNLABELLED, y)
        return y.astype(np.int64), tuple(labels)

    # What is told about it, and files

    def facts(self) -> dict[str, Any]:
        """Return also every column with its kind and what is missing."""
        columns = [
            {"name": c.name, "kind": c.kind, "missing": int(c.missing.sum())}
            | ({"labels": list(c.labels)} if c.kind == "category" else {})
            for c in self.columns
        ]
        return super().facts() | {"target": self.target, "columns": columns}

    def arrays(self) -> dict[str, Any]:
        """Return each column's array as ``c0``, ``c1`` and so on."""
        columns = {f"c{i}": c.codes if c.coded else c.numbers for i, c in enumerate(self.columns)}
        return {"key": self.key, "parts": self.parts} | columns

    def about(self) -> dict[str, Any]:
        """Return names, kinds and labels."""
        told = [{"name": c.name, "kind": c.kind, "labels": list(c.labels), "coded": c.coded} for c in self.columns]
        return {"target": self.target, "columns": told, "components": self.components}

    @classmethod
    def restored(cls, arrays: Mapping[str, Any], about: Mapping[str, Any], recipe: Recipe) -> Self:
        """Put together what ``arrays`` and ``about`` gave."""
        columns = []
        for place, told in enumerate(about["columns"]):
            array, labels = arrays[f"c{place}"], tuple(told["labels"])
            if not all(isinstance(label, str) for label in labels) or not isinstance(told["name"], str):
                raise TypeError("not a label")
            values = (
                {"codes": fitting(array, np.zeros(0, np.int64))}
                if told["coded"]
                else {"numbers": fitting(array, np.zeros(0))}
            )
            columns.append(Column(told["name"], told["kind"], labels=labels, **values))
        split = {name: fitting(arrays[name], getattr(cls(), name)) for name in ("key", "parts")}
        components = int(about.get("components", 0))
        return cls(tuple(columns), str(about["target"]), recipe=recipe, components=components, **split)


def _standardised(values: Floats) -> tuple[Floats, float, float]:
    """Return (v - mean) / sd, the mean and the sd; an sd of 1 where all are alike. Near the end of float64 too."""
    scale = float(np.abs(values).max(initial=0.0)) or 1.0
    small = values / scale
    mean = float(small.mean()) if len(values) else 0.0
    deviation = float(small.std()) or 1.0 / scale if len(values) else 1.0
    return (small - mean) / deviation, mean * scale, deviation * scale


class _LastSplit:
    """The parts of the split that was asked for last: they need not be found again after an edit elsewhere."""

    def __init__(self) -> None:
        self._asked: tuple[Any, Any, Split | None] = (None, None, None)
        self._parts: Ints = np.zeros(0, np.uint8)

    def parts(self, key: Floats, strata: Ints | None, split: Split, found: Ints) -> Ints:
        """Return the part of each row. key, strata: compared as objects. found: the strata as they are."""
        asked = (key, strata, split)
        same = self._asked[0] is key and self._asked[1] is strata and self._asked[2] == split
        if not (same and len(self._parts) == len(key)):
            parts = split.assign(key, found)
            parts.flags.writeable = False
            self._asked, self._parts = asked, parts
        return self._parts


_last_split = _LastSplit()
