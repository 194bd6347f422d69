"""``--data SPEC``: a sample, a table file, or the data of a saved experiment."""

import sys
from pathlib import Path
from typing import Any

import numpy as np

from app.session import project
from engines.core.arrays import Floats, Ints
from engines.core.dataset import Dataset, Recipe
from engines.core.experiment import Experiment
from engines.core.language import LearnerError
from engines.data.points import MOST_CLASSES, UNLABELLED, Points
from engines.data.samples import parse_sample

TABLES = (".csv", ".tsv", ".xlsx", ".parquet")
MOST_BYTES = 512 * 2**20
NO_CLASS = "(none)"

Names = tuple[str, str, str]  # what was taken for x, y and the class: nothing is chosen in silence


def read_data(spec: str, target: str = "") -> Dataset | Experiment:
    """Return the data that ``spec`` names; a whole experiment for a ``.sandtable``.

    target: the column (or the array in an ``.npz``) that holds the class. Raises LearnerError with what is wrong.
    """
    path = Path(spec)
    ending = path.suffix.lower()
    if ending not in (*TABLES, ".npz", project.SUFFIX):
        if target:
            raise LearnerError("--target names a column of a table, but “{name}” is a sample.", name=spec)
        return parse_sample(spec)
    if not path.is_file():
        raise LearnerError("There is no file “{name}”.", name=spec)
    if path.stat().st_size > MOST_BYTES:
        raise LearnerError("“{name}” is too big: at most {most} MB can be read.", name=spec, most=MOST_BYTES // 2**20)
    if ending == project.SUFFIX:
        return project.load(path)
    x, y, names = _read_arrays(path, target) if ending == ".npz" else _read_table(path, target)
    points = Points(x=x, y=y, recipe=Recipe(source=path.name))
    print(f"{path.name}: x = {names[0]}, y = {names[1]}, class = {names[2]}", file=sys.stderr)
    return points


def _read_arrays(path: Path, target: str) -> tuple[Floats, Ints, Names]:
    """Read ``X`` and the classes (``y``, or the array named by target; none is no classes) of an ``.npz``."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except Exception as error:  # noqa: BLE001 - the file border: numpy and zip have many ways to say no
        raise _unreadable(path, error) from None
    x = arrays.get("X", arrays.get("x"))
    if x is None or x.ndim != 2 or x.shape[1] != 2 or x.dtype.kind not in "iufb":
        raise LearnerError(
            "“{name}” must hold an array X with two columns of numbers; it holds: {names}.",
            name=path.name,
            names=", ".join(f"{name} {array.shape}" for name, array in arrays.items()),
        )
    if target and target not in arrays:
        raise _no_column(path, target, list(arrays))
    values = arrays.get(target or "y", np.full(len(x), np.nan))
    if values.shape != (len(x),):
        raise LearnerError("In “{name}” there must be one class for each point.", name=path.name)
    named = target or ("y" if "y" in arrays else NO_CLASS)
    return x.astype(float), _classes(values, path), ("X[:, 0]", "X[:, 1]", named)


def _read_table(path: Path, target: str) -> tuple[Floats, Ints, Names]:
    """Read a table: its first two columns of numbers are the place, target is the class."""
    table = _table(path)
    columns = [str(name) for name in table.columns]
    table.columns = columns
    if target and target not in columns:
        raise _no_column(path, target, columns)
    numbers = [name for name in columns if name != target and table[name].dtype.kind in "iuf"]
    if len(numbers) < 2:
        raise LearnerError(
            "“{name}” needs two columns of numbers for the place of the points; it has: {names}.",
            name=path.name,
            names=", ".join(numbers) or "0",
        )
    x = table[numbers[:2]].to_numpy(float)
    y = _classes(table[target].to_numpy(), path) if target else np.full(len(x), UNLABELLED)
    return x, y, (numbers[0], numbers[1], target or NO_CLASS)


def _table(path: Path) -> Any:
    import pandas as pd

    try:
        match path.suffix.lower():
            case ".csv":
                return pd.read_csv(path)
            case ".tsv":
                return pd.read_csv(path, sep="\t")
            case ".xlsx":
                return pd.read_excel(path)
            case _:
                return pd.read_parquet(path)
    except ImportError:
        raise LearnerError(
            "Reading “{name}” needs one more package: pip install {package}.",
            name=path.name,
            package="openpyxl" if path.suffix.lower() == ".xlsx" else "pyarrow",
        ) from None
    except Exception as error:  # noqa: BLE001 - the file border: every reader fails in its own way
        raise _unreadable(path, error) from None


def _classes(values: Any, path: Path) -> Ints:
    """Number the values that occur, in their order, from 0; what is missing is no class."""
    known = np.array([value is not None and value == value for value in values.tolist()], bool)
    kinds = sorted(set(values[known].tolist()), key=lambda value: (isinstance(value, str), value))
    if len(kinds) > MOST_CLASSES:
        raise LearnerError(
            "“{name}” has {count} different classes; at most {most} can be shown.",
            name=path.name,
            count=len(kinds),
            most=MOST_CLASSES,
        )
    place = {value: number for number, value in enumerate(kinds)}
    y = np.full(len(values), UNLABELLED)
    y[known] = [place[value] for value in values[known].tolist()]
    return y


def _no_column(path: Path, target: str, names: list[str]) -> LearnerError:
    return LearnerError(
        "“{name}” has no column “{column}”; it has: {names}.", name=path.name, column=target, names=", ".join(names)
    )


def _unreadable(path: Path, error: Exception) -> LearnerError:
    reason = str(error).strip().split("\n")[0] or type(error).__name__
    return LearnerError("“{name}” cannot be read: {reason}", name=path.name, reason=reason)
