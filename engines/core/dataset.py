"""What is learned from: frozen arrays, how they were made, and which rows are held out."""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from importlib import import_module
from typing import Any, ClassVar, Literal, Self, get_args

import numpy as np

from engines.core.arrays import Floats, Ints, lock_fields
from engines.core.language import LearnerError

TRAIN, VALIDATION, TEST = 0, 1, 2
DRAWN = "drawn"  # a recipe's source where a hand was at work

Setting = str | int | float
How = Literal["stratified", "random", "time", "grouped"]
HOWS: tuple[How, ...] = get_args(How)


@dataclass(frozen=True)
class Recipe:
    """How data came about: a sample or a file and its settings, or ``drawn``. The same recipe gives the same data.

    then: what was done to it afterwards, in order (outliers added, edited by hand).
    """

    source: str = DRAWN
    settings: tuple[tuple[str, Setting], ...] = ()
    seed: int = 0
    then: tuple["Recipe", ...] = ()

    def followed_by(self, step: "Recipe") -> "Recipe":
        """Return this recipe with one more step; drawing on what was drawn last is no new step."""
        last = self.then[-1] if self.then else self
        if step.source == DRAWN and last.source == DRAWN:
            return self
        return replace(self, then=(*self.then, step))

    @property
    def edited(self) -> bool:
        """Whether a hand was at work after it was made."""
        return any(step.source == DRAWN for step in self.then)

    def __str__(self) -> str:
        """Return it as ``--data`` takes it: ``moons:n=300,noise=0.2,seed=1+outliers:n=5,seed=0``."""
        parts = []
        for step in (self, *self.then):
            values = [f"{name}={value}" for name, value in step.settings]
            values += [f"seed={step.seed}"] if step.seed else []
            parts.append(f"{step.source}:{','.join(values)}" if values else step.source)
        return "+".join(parts)


@dataclass(frozen=True)
class Split:
    """Shares of train, validation and test; ``seed`` draws again.

    how: ``stratified`` keeps the share of every class, ``random`` does not, ``time`` takes the rows in their order,
    ``grouped`` keeps rows together that have the same value in the column ``group`` of a table.
    Raises LearnerError when the shares do not leave something to train on.
    """

    train: float = 0.7
    validation: float = 0.15
    seed: int = 0
    how: How = "stratified"
    group: str = ""

    def __post_init__(self) -> None:
        if not (0 < self.train <= 1 and self.validation >= 0 and self.train + self.validation <= 1 + 1e-9):
            raise LearnerError("The shares of training and validation must be above 0 and together at most 100 %.")
        if self.how not in HOWS:
            raise LearnerError("Data can be split in these ways: {ways}.", ways=", ".join(HOWS))

    @property
    def test(self) -> float:
        """The share that is left for the final test."""
        return max(0.0, 1 - self.train - self.validation)

    def assign(self, key: Floats, y: Ints) -> Ints:
        """Return TRAIN, VALIDATION or TEST for every row: (n,) uint8.

        Stratified: within each class, rows are ranked by ``key`` ((n,) in [0, 1), drawn once per row), so that adding
        or deleting a row moves at most the rows at the borders, never the whole split. Linear in the number of rows.
        y: (n,) what the rows are told apart by: their class, or for ``grouped`` their group.
        """
        parts = np.empty(len(y), np.uint8)
        if self.how == "time":
            train, known = self.borders(len(y))
            parts[:train], parts[train:known], parts[known:] = TRAIN, VALIDATION, TEST
            return parts
        shift = np.random.default_rng(self.seed).random() if self.seed else 0.0
        ranked = (key + shift) % 1.0 if shift else key
        if self.how == "random":
            parts[:] = self._cut(ranked)
            return parts
        if self.how == "grouped":
            return self._cut_groups(ranked, y)
        lowest = int(y.min(initial=0))
        for place in np.flatnonzero(np.bincount(y - lowest)):  # the classes in use: np.unique sorts a million labels
            rows = y == place + lowest
            parts[rows] = self._cut(ranked[rows])
        return parts

    def borders(self, n: int) -> tuple[int, int]:
        """Return how many of n rows are to train with, and how many to train or to validate with."""
        # a row of rank r (from 0) belongs to the share that holds (r + 0.5) / n
        borders = [
            min(n, int(np.floor(share * n + 0.5 + 1e-9))) for share in (self.train, self.train + self.validation)
        ]
        if self.train + self.validation >= 1 - 1e-9:
            borders[1] = n
        if self.train >= 1 - 1e-9:
            borders[0] = n
        return borders[0], borders[1]

    def _cut_groups(self, ranked: Floats, y: Ints) -> Ints:
        """Return the part of each row, the same for a whole group: that of its middle, by the key of its first row."""
        _, first, group, size = np.unique(y, return_index=True, return_inverse=True, return_counts=True)
        order = np.argsort(ranked[first], kind="stable")
        middle = np.empty(len(size))
        middle[order] = np.cumsum(size[order]) - size[order] / 2
        train, known = self.borders(len(y))
        parts = np.where(middle <= train, TRAIN, np.where(middle <= known, VALIDATION, TEST)).astype(np.uint8)
        parts[order[:1]] = TRAIN  # one large group is more than its share
        return parts[group.reshape(-1)]

    def _cut(self, ranked: Floats) -> Ints:
        """Return the part of each row, the lowest keys to train; the borders are found without sorting all."""
        n = len(ranked)
        parts = np.full(n, TEST, np.uint8)
        borders = self.borders(n)
        order = np.argpartition(ranked, [min(b, n - 1) for b in borders]) if n else np.zeros(0, int)
        parts[order[: borders[1]]] = VALIDATION
        parts[order[: borders[0]]] = TRAIN
        return parts


@dataclass(frozen=True, eq=False)
class Dataset:
    """Base of every kind of data. A subclass in ``engines.data`` is found by its ``kind``.

    key: (n,) float64 in [0, 1), drawn once per row; decides the split. parts: (n,) uint8, TRAIN, VALIDATION or TEST.
    Both are filled in where they are not given. components: how many principal components of the training share stand
    in for the columns, 0 for the columns themselves. kind: the name in files. title: what the window calls
    such data. order: where it stands in the list of kinds.
    """

    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""
    order: ClassVar[int] = 100
    recipe: Recipe = field(default_factory=Recipe, kw_only=True)
    key: Floats = field(default_factory=lambda: np.zeros(0), kw_only=True)
    parts: Ints = field(default_factory=lambda: np.zeros(0, np.uint8), kw_only=True)
    components: int = field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        n = len(self)
        if self.components < 0:
            raise LearnerError("There cannot be {count} components: give a whole number, 0 for none.",
                               count=self.components)  # fmt: skip
        if len(self.key) != n:
            object.__setattr__(self, "key", np.random.default_rng(0).random(n))
        if len(self.parts) != n:
            object.__setattr__(self, "parts", np.zeros(n, np.uint8))
        lock_fields(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Lock again what pickle has just made writeable."""
        self.__dict__.update(state)
        lock_fields(self)

    def __len__(self) -> int:
        return len(self.key)

    @property
    def preparation(self) -> dict[str, Any]:
        """What is done to the columns before an algorithm learns, by the names of the fields that say so."""
        return {"components": self.components}

    @property
    def strata(self) -> Ints:
        """What a stratified split keeps the shares of: (n,) integers; all alike unless a kind says more."""
        return np.zeros(len(self), np.int64)

    def groups(self, name: str) -> Ints | None:
        """Return which rows belong together by a column: (n,) integers; None for a kind without such a column."""
        return None

    def fitting(self, split: Split) -> Split:
        """Return the split, or a stratified one of the same shares where these data do not have its groups."""
        if split.how == "grouped" and self.groups(split.group) is None:
            return replace(split, how="stratified", group="")
        return split

    def with_split(self, split: Split) -> Self:
        """Return the same data with its rows given to train, validation and test."""
        split = self.fitting(split)
        return replace(self, parts=split.assign(self.key, self.strata))

    def with_a_number(self) -> Self:
        """Return the same data as one takes them who learns a number and never a class: most tell it already."""
        return self

    def same_shape(self, other: "Dataset") -> bool:
        """Whether a run can go on with ``other`` in the place of this data: else it must begin again."""
        return type(self) is type(other) and self.preparation == other.preparation

    # What is told about it

    @property
    def nbytes(self) -> int:
        """Memory of the arrays, in bytes."""
        return sum(array.nbytes for array in self.arrays().values())

    def facts(self) -> dict[str, Any]:
        """Return what ``sandtable data`` tells, in values that JSON can hold."""
        return {"kind": self.kind, "rows": len(self), "bytes": self.nbytes, "recipe": str(self.recipe)}

    # Files

    def arrays(self) -> dict[str, Any]:
        """Return every array by the name it has in a file."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}

    def about(self) -> dict[str, Any]:
        """Return what is not an array, in values that JSON can hold."""
        values = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "recipe"}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
            if not isinstance(value, np.ndarray)
        }

    @classmethod
    def pattern(cls, arrays: Mapping[str, Any]) -> Self:
        """Return empty data whose arrays have the dtype and rank that those of a file must have."""
        return cls()

    @classmethod
    def restored(cls, arrays: Mapping[str, Any], about: Mapping[str, Any], recipe: Recipe) -> Self:
        """Put together what ``arrays`` and ``about`` gave; what is missing takes its default.

        Raises LearnerError, TypeError, ValueError or KeyError for values that do not belong there.
        """
        empty = cls.pattern(arrays)
        values: dict[str, Any] = {}
        for item in fields(cls):
            default = getattr(empty, item.name)
            if isinstance(default, np.ndarray) and item.name in arrays:
                values[item.name] = fitting(arrays[item.name], default)
            elif item.name in about:
                values[item.name] = _like(about[item.name], default)
        made = cls(recipe=recipe, **values)
        if any(len(made.arrays()[name]) != len(arrays[name]) for name in ("key", "parts") if name in arrays):
            raise ValueError("not one key and one part for each row")
        return made


def fitting(array: Any, like: Any) -> Any:
    """Return ``array`` as the dtype of ``like``; TypeError or ValueError when dtype or rank do not fit."""
    if array.ndim != like.ndim:
        raise ValueError("not an array of that rank")
    return array.astype(like.dtype, casting="same_kind", order="C", copy=False)


def _like(value: Any, default: Any) -> Any:
    """Return a value from a JSON file in the type of ``default``; TypeError when it is of another."""
    if isinstance(default, tuple):
        if not isinstance(value, list) or not all(isinstance(item, (str, int, float)) for item in value):
            raise TypeError("not a list")
        return tuple(value)
    if isinstance(value, bool) is not isinstance(default, bool) or not isinstance(value, (str, int, float)):
        raise TypeError("not a value of that kind")
    return type(default)(value)


@cache
def kinds() -> Mapping[str, type[Dataset]]:
    """Return every kind of data by its name; imports all public modules of ``engines.data``."""
    package = import_module("engines.data")
    for module in pkgutil.iter_modules(package.__path__, "engines.data."):
        if not module.ispkg:
            import_module(module.name)
    return {cls.kind: cls for cls in Dataset.__subclasses__() if cls.kind}


def kind_named(name: str) -> type[Dataset]:
    """Return the kind of data with this name; LearnerError when there is none."""
    if name not in kinds():
        raise LearnerError(
            "There is no kind of data “{name}”; there are: {names}.", name=name, names=", ".join(kinds())
        )
    return kinds()[name]
