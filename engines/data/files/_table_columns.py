"""From texts to columns: names that differ, kinds, numbers; every cell that could not be read is told by its row."""

import math
import re
from collections.abc import Sequence

import numpy as np

from engines.core.arrays import Floats
from engines.core.dataset import Recipe
from engines.core.errand import Tell
from engines.core.language import LearnerError, Note, say
from engines.data.files._table_options import Raw
from engines.data.table import MISSING, Column, ColumnKind, Table
from engines.data.table_edits import as_kind

MOST_TOLD = 100  # cells of one column that are told one by one
LONGEST_TOLD = 60  # characters of a cell that are told
MOSTLY = 0.8  # share of numbers that makes a column one of numbers, the rest being told
MOST_LABELS = 1_000
FEW_LABELS = 20
LONG_LABEL = 40  # characters; longer on average is a text
EXACT = 2**53  # whole numbers beyond lose digits as float64
CODES = re.compile(r"_|(?:^|,)\s*[+-]?0\d")  # what Python reads as a number and a person as something else
TARGETS = ("target", "class", "label", "species", "y", "类别", "标签", "目标")


def table_of(raw: Raw, source: str, tell: Tell) -> tuple[Table, tuple[Note, ...]]:
    """Return the table and all that could not be read as it stands."""
    options = raw.options
    names, renamed = different_names(raw.names)
    problems = [*raw.problems, *renamed]
    chosen = dict(options.kinds)
    columns = []
    for place, name in enumerate(names):
        tell(place / len(names), say("Reading column “{name}” …", name=short(name)))
        cells, kind = raw.columns[place], chosen.get(place)
        raw.columns[place] = ()  # the texts are not kept beside what was made of them
        if isinstance(cells, np.ndarray):
            column = Column(name, "number", np.ascontiguousarray(cells, np.float64))
            columns.append(as_kind(column, kind)[0] if kind else column)
        else:
            column, found = column_of_texts(name, cells, kind, options.marks, raw.decimal)
            columns.append(column)
            problems += found
    target = options.target if options.target is not None else guess_target(columns)
    if target and target not in names:
        raise LearnerError("The table has no column “{name}”; it has: {names}.", name=target,
                           names=", ".join(names[:50]))  # fmt: skip
    return Table(tuple(columns), target, recipe=Recipe(source)), tuple(problems)


def short(text: str) -> str:
    """Return a text in one line that fits into a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TOLD else f"{line[: LONGEST_TOLD - 1]}…"


def different_names(given: Sequence[str]) -> tuple[list[str], list[Note]]:
    """Return names that are all there and all different, and what was changed for it."""
    cleaned = [" ".join(name.split()) for name in given]
    names, problems = [], []
    taken: set[str] = set()
    reserved = set(cleaned)
    for place, old in enumerate(cleaned, 1):
        name = base = old or f"column {place}"
        count = 2
        while name in taken or (name != old and name in reserved):
            name, count = f"{base} {count}", count + 1
        if not old:
            problems.append(say("Column {place} has no name; it is called “{name}” now.", place=place, name=name))
        elif name != old:
            problems.append(say("Column {place} is called “{old}” like another; it is called “{name}” now.",
                                place=place, old=short(old), name=short(name)))  # fmt: skip
        taken.add(name)
        names.append(name)
    return names, problems


def guess_target(columns: Sequence[Column]) -> str:
    """Return the column that is probably to be learned: by its name, or a last one of few categories; else none."""
    for column in columns:
        if column.name.casefold() in TARGETS and column.kind in ("category", "number"):
            return column.name
    if len(columns) > 1 and columns[-1].kind == "category" and 2 <= len(columns[-1].labels) <= FEW_LABELS:
        return columns[-1].name
    return ""


def column_of_texts(
    name: str, cells: Sequence[str], kind: ColumnKind | None, marks: frozenset[str], decimal: str
) -> tuple[Column, list[Note]]:
    """Return a column and what of it could not be read. kind: None guesses."""
    if kind in (None, "number") and (numbers := _plain_numbers(cells, marks, decimal)) is not None:
        return Column(name, "number", numbers), []
    cells = [cell.strip() for cell in cells]
    distinct = set(cells)
    value_of = {cell: _number(cell, decimal) for cell in distinct if cell.casefold() not in marks}
    filled = [cell for cell in cells if cell in value_of] if len(value_of) < len(distinct) else cells
    if kind is None:
        kind = _guess_kind(filled, value_of)
    if kind == "ignore" and any(value is None for value in value_of.values()):
        return _labelled(name, "ignore", cells, value_of), []
    if kind in ("number", "ignore"):
        return _numbered(name, kind, cells, value_of)
    return _labelled(name, kind, cells, value_of), []


def _plain_numbers(cells: Sequence[str], marks: frozenset[str], decimal: str) -> Floats | None:
    """Return the numbers of a column that has but numbers and empty cells; None where it needs a closer look."""
    if decimal == "," or any(_number(mark, "") is not None for mark in marks):
        return None
    try:
        numbers = np.array([float(cell) if cell else math.nan for cell in cells])
    except ValueError:
        return None
    there = ~np.isnan(numbers)
    if (np.abs(numbers[there]) > EXACT).any() or there.sum() != len(cells) - cells.count("") or not there.any():
        return None
    return None if CODES.search(",".join(cells)) else numbers


def _number(cell: str, decimal: str) -> float | None:
    """Return the number a cell reads as, perhaps infinite; None when it is none."""
    if decimal == ",":
        if "." in cell:
            return None
        cell = cell.replace(",", ".")
    try:
        value = float(cell)
    except ValueError:
        if decimal or cell.count(",") != 1:
            return None
        return _number(cell.replace(",", "."), ".")
    return None if "_" in cell or math.isnan(value) else value


def _guess_kind(filled: Sequence[str], value_of: dict[str, float | None]) -> ColumnKind:
    numbers = {cell for cell, value in value_of.items() if value is not None}
    if len(numbers) == len(value_of):
        readable = 1.0
    else:
        readable = sum(1 for cell in filled if cell in numbers) / len(filled)
    if readable >= MOSTLY and not any(_loses(cell, value_of[cell]) for cell in numbers):
        return "number"
    count = len(value_of)
    length = sum(map(len, value_of)) / max(1, count)
    many = count > MOST_LABELS or (count > FEW_LABELS and count > len(filled) / 2)
    return "text" if many or length > LONG_LABEL else "category"


def _loses(cell: str, value: float | None) -> bool:
    """Whether a cell says more than its number: 007, or a whole number of more digits than float64 has."""
    digits = cell.lstrip("+-")
    if digits[:1] == "0" and digits[1:2].isdigit():
        return True
    if value is None or math.isinf(value) or abs(value) <= EXACT:
        return False
    return digits.isdecimal() and int(cell) != int(value)


def _labelled(name: str, kind: ColumnKind, cells: list[str], value_of: dict[str, float | None]) -> Column:
    labels = sorted(value_of, key=lambda cell: (value_of[cell] is None, value_of[cell] or 0.0, cell))
    code_of = dict.fromkeys(set(cells), MISSING) | {label: code for code, label in enumerate(labels)}
    codes = np.fromiter(map(code_of.__getitem__, cells), np.int64, len(cells))
    return Column(name, kind, codes=codes, labels=tuple(labels))


def _numbered(
    name: str, kind: ColumnKind, cells: list[str], value_of: dict[str, float | None]
) -> tuple[Column, list[Note]]:
    taken = {cell: math.nan if value is None or math.isinf(value) else value for cell, value in value_of.items()}
    numbers = np.fromiter((taken.get(cell, math.nan) for cell in cells), np.float64, len(cells))
    wrong = {cell for cell, value in taken.items() if math.isnan(value)}
    problems = []
    rows = [row for row, cell in enumerate(cells, 1) if cell in wrong] if wrong else []
    for row in rows[:MOST_TOLD]:
        cell = cells[row - 1]
        problems.append(say(NO_NUMBER if value_of[cell] is None else INFINITE, row=row, column=short(name),
                            value=short(cell)))  # fmt: skip
    if len(rows) > MOST_TOLD:
        problems.append(say("“{column}”: {count} more {count:cell|cells} like that, from row {first} to row {last}.",
                            column=short(name), count=len(rows) - MOST_TOLD,
                            first=rows[MOST_TOLD], last=rows[-1]))  # fmt: skip
    if any(value is not None and abs(value) > EXACT and _loses(cell, value) for cell, value in value_of.items()):
        problems.append(say("“{column}” has whole numbers of more than 15 digits, which are rounded; read as "
                            "categories or texts they keep all digits.", column=short(name)))  # fmt: skip
    return Column(name, kind, numbers), problems


NO_NUMBER = "Row {row}, “{column}”: “{value}” is not a number and is taken as missing."
INFINITE = "Row {row}, “{column}”: “{value}” is infinite and is taken as missing."
