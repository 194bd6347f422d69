"""What can be done to a table: each edit returns a new table that shares every column it did not change.

Rows are places from 0, names are those of columns. A person's mistake is a LearnerError, and nothing has changed.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, get_args

import numpy as np

from engines.core.arrays import Bools, Floats, Ints
from engines.core.language import LearnerError
from engines.data.table import MISSING, Column, ColumnKind, Table

Fill = Literal["mean", "median", "mode", "previous", "value"]
FILLS: tuple[Fill, ...] = get_args(Fill)
MISSING_WORDS = ("", "na", "n/a", "nan", "null", "none", "?", "-", "缺失")  # what may be typed for no number


def as_number(text: str) -> float | None:
    """Return the finite number that a text reads as, a comma being a decimal mark; None when it is none."""
    try:
        value = float(text if "." in text else text.replace(",", ".").replace("，", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None


def as_text(value: float) -> str:
    """Return a number as it is written: without a point where it is whole, and exact."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)


def label_rank(labels: Sequence[str]) -> Ints:
    """Return the place of each label in order, numbers before words: (labels,)."""

    def key(place: int) -> tuple[bool, float, str]:
        number = as_number(labels[place])
        return number is None, number or 0.0, labels[place].casefold()

    order = sorted(range(len(labels)), key=key)
    rank = np.empty(len(labels), np.int64)
    rank[order] = np.arange(len(labels))
    return rank


# Columns


def as_kind(column: Column, kind: ColumnKind) -> tuple[Column, int]:
    """Return the column as another kind, and how many values could not be read as numbers and are missing now."""
    if kind == column.kind:
        return column, 0
    if kind == "ignore" or (kind in ("category", "text") and column.coded):
        return replace(column, kind=kind), 0
    if kind == "number":
        return _as_numbers(column)
    used, codes = np.unique(column.numbers[~column.missing], return_inverse=True)
    all_codes = np.full(len(column), MISSING, np.int64)
    all_codes[~column.missing] = codes
    labels = tuple(as_text(value) for value in used.tolist())
    return Column(column.name, kind, codes=all_codes, labels=labels), 0


def _as_numbers(column: Column) -> tuple[Column, int]:
    if not column.coded:
        return replace(column, kind="number"), 0
    values = [as_number(label) for label in column.labels]
    table = np.array([math.nan if value is None else value for value in values] + [math.nan])
    numbers = table[column.codes]  # MISSING is the last: NaN
    return Column(column.name, "number", numbers), int((np.isnan(numbers) & ~column.missing).sum())


def with_kind(table: Table, name: str, kind: ColumnKind) -> tuple[Table, int]:
    """Return the table with a column of another kind, and how many of its values could not be read as numbers."""
    column, lost = as_kind(table.column(name), kind)
    return table.with_column(name, column), lost


def renamed(table: Table, name: str, new: str) -> Table:
    """Return the table with a column called otherwise; LearnerError for no name or one that is taken."""
    new = " ".join(new.split())
    _check_name(table, new, besides=name)
    return table.with_column(name, _changed(table.column(name), name=new))


def _check_name(table: Table, name: str, besides: str = "") -> None:
    if not name:
        raise LearnerError("A column needs a name.")
    if name != besides and name in table.names:
        raise LearnerError("There is a column “{name}” already; choose another name.", name=name)


def with_new_column(table: Table, name: str, kind: ColumnKind = "number", at: int | None = None) -> Table:
    """Return the table with one more column, all missing, before place ``at`` or at the end."""
    name = " ".join(name.split())
    _check_name(table, name)
    n = len(table)
    column = Column(name, kind, np.full(n, np.nan)) if kind in ("number", "ignore") else \
        Column(name, kind, codes=np.full(n, MISSING, np.int64))  # fmt: skip
    place = len(table.columns) if at is None else at
    return replace(table, columns=(*table.columns[:place], column, *table.columns[place:]))


def without_columns(table: Table, names: Sequence[str]) -> Table:
    """Return the table without these columns."""
    columns = tuple(column for column in table.columns if column.name not in names)
    if not columns:
        return replace(table, columns=(), target="", key=table.key[:0], parts=table.parts[:0])
    return replace(table, columns=columns, target="" if table.target in names else table.target)


def with_target(table: Table, name: str) -> Table:
    """Return the table with another column to be learned, "" for none; an ignored one counts again."""
    if name and table.column(name).kind in ("ignore", "text"):
        column = table.column(name)
        table = table.with_column(name, as_kind(column, "category" if column.coded else "number")[0])
    return replace(table, target=name)


# Cells


def _changed(column: Column, **changes: Any) -> Column:
    """Return a column with parts of it changed whose soundness is known: a million labels are not checked again."""
    made = object.__new__(Column)
    for name, value in (vars(column) | changes).items():
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
        object.__setattr__(made, name, value)
    return made


def with_texts(column: Column, rows: Ints, texts: Sequence[str]) -> tuple[Column, list[int]]:
    """Return the column with these texts in these rows, and the places in ``texts`` that are no numbers: left alone."""
    if not column.coded and column.kind in ("number", "ignore"):
        values = [as_number(text.strip()) for text in texts]
        wrong = [place for place, value in enumerate(values)
                 if value is None and texts[place].strip().casefold() not in MISSING_WORDS]  # fmt: skip
        numbers = column.numbers.copy()
        good = np.ones(len(texts), bool)
        good[wrong] = False
        numbers[np.asarray(rows)[good]] = np.array([math.nan if v is None else v for v in values])[good]
        return _changed(column, numbers=numbers), wrong
    texts = [text.strip() for text in texts]
    labels = column.labels
    if len(texts) == 1:  # for one look nobody makes a dictionary of a million labels
        code_of = {texts[0]: labels.index(texts[0])} if texts[0] in labels else {}
    else:
        code_of = {label: code for code, label in enumerate(labels)}
    new = [text for text in dict.fromkeys(texts) if text and text not in code_of]
    code_of |= {text: len(labels) + place for place, text in enumerate(new)}
    codes = column.codes.copy()
    codes[np.asarray(rows)] = [code_of[text] if text else MISSING for text in texts]
    return _changed(column, codes=codes, labels=(*labels, *new) if new else labels), []


def with_cell(table: Table, row: int, name: str, text: str) -> Table:
    """Return the table with one cell changed; nothing means missing. LearnerError for words among numbers."""
    column, wrong = with_texts(table.column(name), np.array([row]), [text])
    if wrong:
        raise LearnerError("“{value}” is not a number. Change the kind of “{name}” first if it shall hold words.",
                           value=text[:60], name=name)  # fmt: skip
    return table.with_column(name, column)


def pasted(table: Table, rows: Ints, first: int, block: Sequence[Sequence[str]]) -> tuple[Table, int]:
    """Return the table with a block of texts in it, and how many were no numbers and changed nothing.

    rows: (len(block),) where each of its rows goes; those beyond the end are added. first: its first column; cells
    beyond the last column are not taken and count too.
    """
    if (beyond := int(rows.max(initial=-1)) + 1 - len(table)) > 0:
        table = with_new_rows(table, len(table), beyond)
    refused = 0
    for place in range(max(map(len, block), default=0)):
        having = [number for number, cells in enumerate(block) if place < len(cells)]
        if first + place >= len(table.columns):
            refused += len(having)
            continue
        name = table.columns[first + place].name
        column, wrong = with_texts(table.column(name), rows[having], [block[number][place] for number in having])
        refused += len(wrong)
        table = table.with_column(name, column)
    return table, refused


def with_missing(table: Table, rows: Ints | Bools, names: Sequence[str]) -> Table:
    """Return the table with the cells of these rows in these columns marked as missing."""
    for name in names:
        column = table.column(name)
        values = (column.codes if column.coded else column.numbers).copy()
        values[rows] = MISSING if column.coded else np.nan
        table = table.with_column(name, _changed(column, **{"codes" if column.coded else "numbers": values}))
    return table


def with_value_missing(table: Table, name: str, text: str) -> tuple[Table, int]:
    """Return the table with every cell of a column that holds this value marked as missing, and how many there were."""
    column, text = table.column(name), text.strip()
    if column.coded:
        rows = column.codes == (column.labels.index(text) if text in column.labels else len(column.labels))
    elif (value := as_number(text)) is not None:
        rows = column.numbers == value
    else:
        raise LearnerError("“{value}” is not a number, and “{name}” holds numbers.", value=text[:60], name=name)
    return with_missing(table, rows, [name]), int(rows.sum())


def filled(table: Table, name: str, how: Fill, text: str = "") -> Table:
    """Return the table with the missing cells of a column filled.

    how: mean or median of its numbers; mode, the most frequent value; previous, the last value before it; value, what
    ``text`` says. LearnerError when that cannot be had.
    """
    column = table.column(name)
    gaps = column.missing
    if how == "value":
        rows = np.flatnonzero(gaps)
        made, wrong = with_texts(column, rows, [text] * len(rows))
        if wrong:
            raise LearnerError("“{value}” is not a number, and “{name}” holds numbers.", value=text[:60], name=name)
        return table.with_column(name, made)
    if gaps.all():
        raise LearnerError("“{name}” has no values to fill with.", name=name)
    values = (column.codes if column.coded else column.numbers).copy()
    if how == "previous":
        last = np.maximum.accumulate(np.where(gaps, -1, np.arange(len(values))))
        known = gaps & (last >= 0)
        values[known] = values[last[known]]
    else:
        values[gaps] = _typical(column, values[~gaps], how)
    return table.with_column(name, _changed(column, **{"codes" if column.coded else "numbers": values}))


def _typical(column: Column, values: Floats | Ints, how: Fill) -> float:
    """Return mean, median or the most frequent of the values that are there."""
    if how == "mode":
        used, counts = np.unique(values, return_counts=True)
        return used[counts.argmax()]
    if column.coded:
        raise LearnerError("“{name}” has no numbers: fill it with the most frequent value.", name=column.name)
    return float(np.mean(values) if how == "mean" else np.median(values))


# Rows


def with_new_rows(table: Table, at: int, count: int = 1) -> Table:
    """Return the table with ``count`` rows of missing values before row ``at``."""
    if not table.columns:
        raise LearnerError("Add a column first.")

    def widened(array: Any, value: Any) -> Any:
        return np.concatenate([array[:at], np.full(count, value, array.dtype), array[at:]]) if len(array) else \
            np.full(count, value, array.dtype)  # fmt: skip

    columns = tuple(
        _changed(column, **({"codes": widened(column.codes, MISSING)} if column.coded else
                            {"numbers": widened(column.numbers, np.nan)}))
        for column in table.columns
    )  # fmt: skip
    drawn = np.random.default_rng(len(table)).random(count)
    key = np.concatenate([table.key[:at], drawn, table.key[at:]])
    return replace(table, columns=columns, key=key, parts=widened(table.parts, 0))


def without_rows(table: Table, rows: Ints) -> Table:
    """Return the table without these rows."""
    kept = np.ones(len(table), bool)
    kept[rows] = False
    return taken(table, np.flatnonzero(kept))


def taken(table: Table, rows: Ints) -> Table:
    """Return the table with these rows only, in this order."""
    columns = tuple(
        _changed(column, **({"codes": column.codes.take(rows)} if column.coded else
                            {"numbers": column.numbers.take(rows)}))
        for column in table.columns
    )  # fmt: skip
    return replace(table, columns=columns, key=table.key.take(rows), parts=table.parts.take(rows))


def order_of(column: Column, *, descending: bool) -> Ints:
    """Return the rows in the order of a column, those without a value last, equal ones as they stood: (n,)."""
    if column.coded:
        rank: Floats = np.append(label_rank(column.labels), 0)[column.codes].astype(np.float64)
        rank[column.missing] = np.nan
    else:
        rank = column.numbers
    return np.argsort(-rank if descending else rank, kind="stable")


def sorted_by(table: Table, name: str, *, descending: bool = False) -> Table:
    """Return the table with its rows in the order of a column."""
    return taken(table, order_of(table.column(name), descending=descending))
