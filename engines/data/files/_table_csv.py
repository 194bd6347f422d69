"""Tables from .csv and .tsv: clean numbers by pandas in one go, all else as texts, row by row, so that all is told."""

import csv
import io
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from engines.core.arrays import Floats
from engines.core.errand import Tell
from engines.core.language import LearnerError, Note, say
from engines.data.files._table_columns import EXACT
from engines.data.files._table_guess import (
    BLOCK,
    bad_line,
    guess_decimal,
    guess_encoding,
    guess_header,
    guess_separator,
    head_of,
    is_number,
    rows_of,
)
from engines.data.files._table_options import PREVIEW_ROWS, Raw, TableOptions, check_columns, check_size
from engines.data.files._table_rows import Columns, raw_of, usual_width

ZERO, NEWLINE, MINUS, PLUS, SPACE = 0x30, 0x0A, 0x2D, 0x2B, 0x20


def read_csv(path: Path, options: TableOptions, tell: Tell, *, preview: bool = False) -> Raw:
    """Return what the file holds, or its first rows only; LearnerError when that is no table or too big."""
    encoding = options.encoding or guess_encoding(path)
    head, whole = head_of(path, encoding)
    head = head.removeprefix("\ufeff")
    if "\0" in head:
        raise LearnerError("“{name}” holds no text: it is some other kind of file under this name.", name=path.name)
    separator = options.separator or guess_separator(head, path.suffix.lower())
    rows = rows_of(head, separator, PREVIEW_ROWS + 1)
    if not rows:
        raise LearnerError("“{name}” holds no table: there is nothing in it.", name=path.name)
    decimal = options.decimal or guess_decimal(rows[1:] or rows, separator)
    header = guess_header(rows, options.marks, decimal) if options.header is None else options.header
    found = replace(options, encoding=encoding, separator=separator, decimal=decimal, header=header)
    body = rows[1:] if header else rows
    width = usual_width(body) or len(rows[0])
    if header and abs(len(rows[0]) - width) and any(len(row) == len(rows[0]) for row in body):
        width = len(rows[0])  # the header has the last word where some rows agree with it
    check_columns(path.name, width)
    names = rows[0] if header else None
    if preview:
        _check_encoding(path, head, options, encoding)
        raw = _from_texts(iter(body), names, width, found, path.name, [])
        raw.whole = whole and len(rows) <= PREVIEW_ROWS
        return raw
    check_size(path.name, _lines(path), width)
    if (bad := bad_line(path, encoding)) is not None:
        _refuse(path.name, encoding, bad)
    raw = _by_pandas(path, found, width, names) or _by_rows(path, found, width, names, tell)
    raw.decimal = decimal
    return raw


def _check_encoding(path: Path, head: str, options: TableOptions, encoding: str) -> None:
    """Refuse a chosen encoding that does not fit already at the beginning."""
    if options.encoding and "�" in head and (bad := bad_line(path, encoding)) is not None:
        _refuse(path.name, encoding, bad)


def _refuse(name: str, encoding: str, line: int) -> None:
    raise LearnerError("“{name}” is not written in {encoding}: line {line} cannot be read. Choose another encoding.",
                       name=name, encoding=encoding, line=line)  # fmt: skip


def _lines(path: Path) -> int:
    """Return how many lines there are."""
    count = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            count += block.count(b"\n") or block.count(b"\r")
    return count


# As texts, row by row


def _by_rows(path: Path, options: TableOptions, width: int, names: list[str] | None, tell: Tell) -> Raw:
    """Read every cell as a text; a quotation mark out of place makes all of them ordinary characters."""
    ways: tuple[Literal[0, 3], ...] = (csv.QUOTE_MINIMAL, csv.QUOTE_NONE)
    for quoting in ways:
        problems: list[Note] = []
        try:
            with path.open(encoding=options.encoding, newline="") as file:
                reader = _reader(file, path.stat().st_size, options, quoting, tell)
                header = next((row for row in reader if row), []) if names is not None else None
                if quoting == csv.QUOTE_NONE:
                    problems.append(say("A quotation mark is opened and never closed, or stands inside a cell; all "
                                        "quotation marks are taken as ordinary characters."))  # fmt: skip
                return _from_texts(reader, header, width, options, path.name, problems)
        except csv.Error:
            continue
    raise LearnerError("“{name}” holds a cell that is longer than can be read.", name=path.name)


def _reader(
    file: io.TextIOWrapper, size: int, options: TableOptions, quoting: Literal[0, 3], tell: Tell
) -> Iterator[list[str]]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    reader = csv.reader(file, delimiter=options.separator or ",", quoting=quoting, strict=True)
    for count, row in enumerate(reader):
        if not count and row and row[0].startswith("\ufeff"):
            row[0] = row[0][1:]
        if not count % 50_000:
            buffer: Any = file.buffer
            tell(buffer.tell() / max(1, size), say("Reading rows: {count} …", count=count))
        yield row


def _from_texts(
    rows: Iterator[list[str]], header: list[str] | None, width: int, options: TableOptions, file_name: str,
    problems: list[Note],
) -> Raw:  # fmt: skip
    columns = Columns(file_name, width)
    for row in rows:
        columns.add(row)
    problems += columns.close()
    raw = raw_of(header, columns.columns, options, problems, file_name)
    raw.decimal = options.decimal or "."
    return raw


# By pandas, where every line is as wide as the others and no number says more than its value


def _by_pandas(path: Path, options: TableOptions, width: int, names: list[str] | None) -> Raw | None:
    """Return the columns where the file is clean, None where it must be looked at row by row."""
    marks = [mark for mark in options.missing if mark]
    if options.encoding not in ("utf-8", "utf-8-sig") or any(is_number(mark, ",") for mark in marks):
        return None
    if names is not None and not names[-1].strip():
        return None  # perhaps there is nothing in the last column
    if not _clean(path, ord(options.separator or ","), width):
        return None
    import pandas

    how = {
        "sep": options.separator, "header": None, "names": list(range(width)), "skiprows": int(names is not None),
        "decimal": options.decimal, "na_values": ["", *marks], "keep_default_na": False, "encoding": "utf-8-sig",
        "quoting": csv.QUOTE_NONE, "engine": "c", "low_memory": False, "index_col": False,
    }  # fmt: skip
    if tuple(map(int, pandas.__version__.split(".")[:2])) < (3, 1):
        how["float_precision"] = "round_trip"  # later versions always do
    try:
        frame = pandas.read_csv(path, **how)
        if not len(frame):
            return None
        labelled = {place for place, kind in options.kinds if kind in ("category", "text")}  # these keep 0. and 0 apart
        columns = {place: None if place in labelled else _numbers(frame[place]) for place in range(width)}
        again = [place for place, numbers in columns.items() if numbers is None]
        texts: Any = (
            pandas.read_csv(path, **how | {"usecols": again, "dtype": str, "na_values": [""]}) if again else None
        )
    except (ValueError, OverflowError, MemoryError):  # it is read row by row then
        return None
    made: list[Any] = [
        texts[place].fillna("").tolist() if numbers is None else numbers for place, numbers in columns.items()
    ]
    return Raw(names or [f"column {place}" for place in range(1, width + 1)], made, options)


def _numbers(series: Any) -> Floats | None:
    """Return the numbers of a pandas column, None where it has other things, infinite ones or more digits than fit."""
    values = series.to_numpy()
    if values.dtype.kind not in "iuf":
        return None
    if values.dtype.kind in "iu" and len(values) and (values.max() > EXACT or values.min() < -EXACT):
        return None
    numbers: Floats = values.astype(np.float64)
    far = np.abs(numbers) > EXACT
    return None if far.any() else numbers


def _clean(path: Path, separator: int, width: int) -> bool:
    """Whether all lines have ``width`` cells, none is quoted, and no whole number begins with a zero."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            block += file.readline()
            if b'"' in block or b"\0" in block or block.count(b"\r") != block.count(b"\r\n"):
                return False
            if not block.endswith(b"\n"):
                block += b"\n"
            codes = np.frombuffer(block.replace(b"\r\n", b"\n"), np.uint8)
            ends = np.flatnonzero(codes == NEWLINE)
            between = np.concatenate([[0], np.cumsum(codes == separator)[ends]])
            if (np.diff(between) != width - 1).any() or (np.diff(ends, prepend=-1) <= 1).any():
                return False
            border = (codes == separator) | (codes == NEWLINE) | (codes == SPACE)
            border[1:] |= border[:-1] & ((codes[1:] == MINUS) | (codes[1:] == PLUS))
            digit = (codes >= ZERO) & (codes < ZERO + 10)
            if (border[:-2] & (codes[1:-1] == ZERO) & digit[2:]).any() or (codes[0] == ZERO and digit[1:2].any()):
                return False
    return True
