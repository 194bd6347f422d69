"""Tables as .csv, .tsv, .xlsx and .json: what is written is read back as the same values."""

import csv
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engines.core.language import LearnerError
from engines.data.table import MISSING, Column, Table
from engines.data.table_edits import as_text

CHUNK = 20_000
MOST_SHEET_ROWS, MOST_SHEET_COLUMNS, LONGEST_CELL = 1_048_576, 16_384, 32_767


def _chunks(table: Table, make: Any) -> Iterator[list[list[Any]]]:
    """Yield the columns of some rows at a time, each value as ``make(column, rows)`` gives it."""
    for begin in range(0, len(table), CHUNK):
        yield [make(column, slice(begin, begin + CHUNK)) for column in table.columns]


def _values(column: Column, rows: slice) -> list[Any]:
    """Return values as JSON and a workbook know them: None where missing, whole numbers without a point."""
    if column.coded:
        return [None if code == MISSING else column.labels[code] for code in column.codes[rows].tolist()]
    return [None if math.isnan(value) else int(value) if value.is_integer() and abs(value) < 1e16 else value
            for value in column.numbers[rows].tolist()]  # fmt: skip


def _texts(column: Column, rows: slice) -> list[str]:
    if column.coded:
        return ["" if code == MISSING else column.labels[code] for code in column.codes[rows].tolist()]
    return ["" if math.isnan(value) else as_text(value) for value in column.numbers[rows].tolist()]


def write_csv(table: Table, path: Path) -> None:
    """Write it with commas, a .tsv with tabs; in UTF-8 with its mark, so that spreadsheets show Chinese too."""
    separator = "\t" if path.suffix.lower() == ".tsv" else ","
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file, delimiter=separator, lineterminator="\n")
        writer.writerow(table.names)
        for columns in _chunks(table, _texts):
            writer.writerows(zip(*columns, strict=True))


def write_json(table: Table, path: Path) -> None:
    """Write it as a list of records, one a line."""
    names = table.names
    with path.open("w", encoding="utf-8", errors="replace") as file:
        before = "[\n"
        for columns in _chunks(table, _values):
            for row in zip(*columns, strict=True):
                file.write(before + json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False))
                before = ",\n"
        file.write("\n]\n" if before == ",\n" else json.dumps({name: [] for name in names}, ensure_ascii=False))


def write_xlsx(table: Table, path: Path) -> None:
    """Write it as a workbook of one sheet; LearnerError for what a workbook cannot hold."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell

    if len(table) >= MOST_SHEET_ROWS or len(table.columns) > MOST_SHEET_COLUMNS:
        raise LearnerError("A workbook holds at most {rows} rows and {columns} columns; write .csv or .parquet.",
                           rows=MOST_SHEET_ROWS - 1, columns=MOST_SHEET_COLUMNS)  # fmt: skip
    for column in table.columns:
        for text in (column.name, *column.labels):
            if len(text) > LONGEST_CELL or ILLEGAL_CHARACTERS_RE.search(text):
                raise LearnerError("“{name}” holds a text that a workbook cannot: too long, or with control "
                                   "characters. Write .csv or .json.", name=column.name[:60])  # fmt: skip
    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")

    def cell(value: Any) -> Any:
        exact = not isinstance(value, float) or float(f"{value:.16g}") == value
        if not isinstance(value, str) and exact:
            return value
        made = WriteOnlyCell(sheet, value="")
        # a text such as =1+1 is no formula here; a number has all its digits, of which openpyxl writes sixteen
        made._value, made.data_type = (value, "s") if isinstance(value, str) else (repr(value), "n")
        return made

    sheet.append([cell(name) for name in table.names])
    for columns in _chunks(table, _values):
        for row in zip(*columns, strict=True):
            sheet.append([cell(value) for value in row])
    book.save(path)
    book.close()
