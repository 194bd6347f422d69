"""Tables from .json: a list of records, a list of rows, or columns by name."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engines.core.errand import Tell
from engines.core.language import LearnerError, Note, say
from engines.data.files._table_columns import MOST_TOLD, short
from engines.data.files._table_guess import bad_line, guess_encoding, guess_header
from engines.data.files._table_options import PREVIEW_ROWS, Raw, TableOptions, check_size
from engines.data.files._table_rows import Columns, raw_of
from engines.data.files._table_xlsx import text_of

HALVES = re.compile("[\ud800-\udfff]")


class _Twice(dict[str, Any]):
    """A record in which a name stood twice."""


def read_json(path: Path, options: TableOptions, tell: Tell, *, preview: bool = False) -> Raw:
    """Return what the file holds, or its first rows only; LearnerError when that is no table or too big."""
    encoding = options.encoding or guess_encoding(path)
    if (bad := bad_line(path, encoding)) is not None:
        raise LearnerError(
            "“{name}” is not written in {encoding}: line {line} cannot be read. Choose another encoding.",
            name=path.name, encoding=encoding, line=bad,
        )  # fmt: skip
    tell(-1, say("Reading “{name}” …", name=path.name))
    try:
        held = json.loads(path.read_text(encoding).removeprefix("\ufeff"), object_pairs_hook=_record)
    except json.JSONDecodeError as error:
        raise LearnerError("“{name}” is not sound JSON: line {line}, column {column}: {reason}.", name=path.name,
                           line=error.lineno, column=error.colno, reason=error.msg) from None  # fmt: skip
    except (RecursionError, ValueError):
        raise LearnerError("“{name}” holds JSON that is nested too deeply or has a number that is too long.",
                           name=path.name) from None  # fmt: skip
    if isinstance(held, dict) and held and all(isinstance(value, list | dict) for value in held.values()):
        raw = _by_columns(held, options, path.name)
    elif isinstance(held, list) and any(isinstance(item, dict) for item in held):
        raw = _by_records(held[: PREVIEW_ROWS if preview else None], options, path.name)
        raw.whole = not preview or len(held) <= PREVIEW_ROWS
    elif isinstance(held, list) and held and all(isinstance(item, list) for item in held):
        raw = _by_rows(held[: PREVIEW_ROWS if preview else None], options, path.name)
        raw.whole = not preview or len(held) <= PREVIEW_ROWS
    else:
        raise LearnerError("“{name}” is JSON but no table: it must be a list of records or columns by name.",
                           name=path.name)  # fmt: skip
    if preview and isinstance(held, dict):
        raw.cut(PREVIEW_ROWS)
    raw.decimal = "," if options.decimal == "," else ""
    return raw


def _record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    return made if len(made) == len(pairs) else _Twice(made)


def _text(value: Any) -> str:
    """Return a value as a text; a list or record within a cell as JSON again."""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else text_of(value)
    return HALVES.sub("�", text)  # half a character, which no file could hold again


def _by_columns(held: Mapping[str, Any], options: TableOptions, name: str) -> Raw:
    """Columns by name: lists, or records from a row's name to its value; the rows then stand as they first appear."""
    index: dict[str, None] = {}
    for values in held.values():
        if isinstance(values, dict):
            index.update(dict.fromkeys(values))
    rows = max([len(values) for values in held.values() if isinstance(values, list)] + [len(index)])
    check_size(name, rows, len(held))
    columns, problems = [], []
    for key, values in held.items():
        if isinstance(values, dict):
            values = [values.get(row) for row in index]
        if len(values) < rows:
            problems.append(say("“{column}” has {count} values, the longest column has {rows}; the others are missing.",
                                column=short(key), count=len(values), rows=rows))  # fmt: skip
        columns.append([*map(_text, values), *[""] * (rows - len(values))])
    return raw_of([HALVES.sub("�", key) for key in held], columns, options, problems, name)


def _by_records(held: list[Any], options: TableOptions, name: str) -> Raw:
    names: dict[str, None] = {}
    for item in held:
        if isinstance(item, dict):
            names.update(dict.fromkeys(item))
    check_size(name, len(held), len(names))
    problems: list[Note] = []
    wrong = 0
    for row, item in enumerate(held, 1):
        fault = "" if isinstance(item, dict) else "Row {row} is no record and has no values: “{value}”."
        fault = "Row {row} gives a name twice; the last value counts: “{value}”." if isinstance(item, _Twice) else fault
        wrong += bool(fault)
        if fault and wrong <= MOST_TOLD:
            problems.append(Note(fault, (("row", row), ("value", short(_text(item))))))
    if wrong > MOST_TOLD:
        problems.append(say("{count} more {count:row|rows} like that.", count=wrong - MOST_TOLD))
    columns = [[_text(item.get(key)) if isinstance(item, dict) else "" for item in held] for key in names]
    return raw_of([HALVES.sub("�", key) for key in names], columns, options, problems, name)


def _by_rows(held: list[list[Any]], options: TableOptions, name: str) -> Raw:
    rows = [[_text(value) for value in row] for row in held]
    header = guess_header(rows[: PREVIEW_ROWS + 1], options.marks, ".") if options.header is None else options.header
    width = max(map(len, rows))
    check_size(name, len(rows), width)
    columns = Columns(name, width)
    for row in rows[1:] if header else rows:
        columns.add(row)
    problems = columns.close()
    return raw_of(rows[0] if header else None, columns.columns, options, problems, name)
