"""What can be said of data before anything is learned: sizes, classes, what guessing reaches, rows in both shares."""

from dataclasses import dataclass

import numpy as np

from engines.core.arrays import Bools, Floats, Ints
from engines.core.dataset import TRAIN, VALIDATION, Dataset
from engines.data.images import Images
from engines.data.points import UNLABELLED, Points
from engines.data.table import Table
from engines.data.text import Text

MOST_BYTES = 20_000_000  # of data that are searched for rows that occur twice


@dataclass(frozen=True)
class DataFacts:
    """counts: rows of each class in the training share, () where a number is learned. names: of the classes.

    n_train, n_validation: rows of a share that have what is to be learned. baseline: on the training share the accuracy
    of always saying the commonest class, or the mean squared error of always saying the mean; NaN where unknown.
    twins: rows of the validation share that are in the training share too, exactly; those of tables of nothing but
    categories, where this comes by itself, and of very large data are not counted.
    """

    counts: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    n_train: int = 0
    n_validation: int = 0
    baseline: float = float("nan")
    twins: int = 0


def facts_of(data: Dataset) -> DataFacts:
    """Look at data of any kind; what cannot be said of a kind stays as it is by default."""
    y, names = _classes(data)
    target = y if y is not None else _numbers(data)
    if target is None:
        return DataFacts()
    known: Bools = (target != UNLABELLED) if y is not None else np.isfinite(target)
    train, validation = known & (data.parts == TRAIN), known & (data.parts == VALIDATION)
    sizes = (int(train.sum()), int(validation.sum()))
    twins = _twins(data, target, train, validation)
    if y is None:
        spread = float(target[train].var()) if sizes[0] else float("nan")
        return DataFacts((), (), *sizes, spread, twins)
    counts = np.bincount(y[train]) if sizes[0] else np.zeros(0, int)
    commonest = float(counts.max() / sizes[0]) if sizes[0] else float("nan")
    return DataFacts(tuple(counts.tolist()), names, *sizes, commonest, twins)


def _classes(data: Dataset) -> tuple[Ints | None, tuple[str, ...]]:
    """Return the class of each row (n,), UNLABELLED where there is none, and the names; None for no classes."""
    if isinstance(data, Table):
        target = data.column(data.target) if data.target else None
        return (target.codes, target.labels) if target is not None and target.coded else (None, ())
    if isinstance(data, Points):
        return (data.y if data.target == "class" else None), data.names
    return (data.y, data.names) if isinstance(data, (Images, Text)) else (None, ())


def _numbers(data: Dataset) -> Floats | None:
    """Return the number to be learned of each row (n,); None where none is."""
    if isinstance(data, Points):
        return data.value if data.target == "value" else data.x[:, 1]
    if isinstance(data, Table) and data.target and data.column(data.target).kind == "number":
        return data.column(data.target).numbers
    return None


def _twins(data: Dataset, target: Ints | Floats, train: Bools, validation: Bools) -> int:
    """Count the rows of the validation share of which the training share holds the very same, target and all."""
    if data.nbytes > MOST_BYTES:
        return 0
    rows: list[object] = []
    if isinstance(data, Text):
        rows = list(zip(data.lines, target.tolist(), strict=True))
    elif isinstance(data, Images):
        rows = [(picture.tobytes(), y) for picture, y in zip(data.pixels, target.tolist(), strict=True)]
    elif isinstance(data, Points):
        return _same(np.column_stack([data.x, target]), train, validation)
    elif isinstance(data, Table) and any(column.kind == "number" for column in data.inputs):
        columns = [column.numbers if column.kind == "number" else column.codes for column in data.inputs]
        return _same(np.column_stack([*columns, target]), train, validation)
    if not rows:
        return 0
    seen = {rows[i] for i in np.flatnonzero(train)}
    return sum(rows[i] in seen for i in np.flatnonzero(validation))


def _same(rows: Floats, train: Bools, validation: Bools) -> int:
    """Count the rows (n, d) of one share that are in the other; only those whose mixed sum is are compared in full."""
    mixed = (rows * np.random.default_rng(0).random(rows.shape[1])).sum(1)
    learned, asked = np.flatnonzero(train), np.flatnonzero(validation)
    asked = asked[np.isin(mixed[asked], mixed[learned])]
    learned = learned[np.isin(mixed[learned], mixed[asked])]
    seen = set(map(tuple, rows[learned].tolist()))
    return sum(row in seen for row in map(tuple, rows[asked].tolist()))
