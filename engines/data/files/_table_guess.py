"""What a text file does not say about itself: encoding, separator, decimal mark, header. Found by looking at it."""

import codecs
import csv
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from engines.core.language import LearnerError
from engines.data.files._table_options import SEPARATORS

BLOCK = 4 * 2**20
HEAD = 2**18
LONGEST_LINE = 8 * 2**20
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
AGREEMENT = 0.99  # share of lines with as many cells that settles a separator
COMMA_NUMBER, POINT_NUMBER = re.compile(r"[+-]?\d+,\d+"), re.compile(r"[+-]?\d*\.\d+")
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")

Rows = list[list[str]]


def guess_encoding(path: Path) -> str:
    """Return the encoding: from its mark, else strict UTF-8, else GB18030; LearnerError when it is none of them."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    for mark, encoding in BOMS:
        if head.startswith(mark):
            return encoding
    if b"\0" in head:
        return _without_mark(head, path)
    for encoding in ("utf-8", "gb18030"):
        if bad_line(path, encoding) is None:
            return encoding
    raise LearnerError("“{name}” is written neither in UTF-8 nor in GB18030; choose its encoding, such as latin-1.",
                       name=path.name)  # fmt: skip


def _without_mark(head: bytes, path: Path) -> str:
    """Return which UTF-16 it is when every other byte is zero; else it is no text."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if path.stat().st_size % 2 or max(even, odd) < len(head) // 4 or min(even, odd) > max(even, odd) // 8:
        raise LearnerError("“{name}” holds no text: it is some other kind of file under this name.", name=path.name)
    return "utf-16-le" if odd > even else "utf-16-be"


def bad_line(path: Path, encoding: str) -> int | None:
    """Return the number of the first line, from 1, that is not written in ``encoding``; None when all are.

    LearnerError when there is no such encoding.
    """
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        raise LearnerError("There is no encoding “{name}”.", name=encoding) from None
    line = 1
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            try:
                decoder.decode(block, final=not block)
            except UnicodeError as error:
                return line + block[: getattr(error, "start", 0)].count(b"\n")
            if not block:
                return None
            line += block.count(b"\n")


def head_of(path: Path, encoding: str) -> tuple[str, bool]:
    """Return the first lines, and whether they are all there is; a line that was cut is left out."""
    size = path.stat().st_size
    try:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
    except LookupError:
        raise LearnerError("There is no encoding “{name}”.", name=encoding) from None
    with path.open("rb") as file:
        head = file.read(HEAD)
        while len(head) < min(size, LONGEST_LINE) and b"\n" not in head and b"\r" not in head:
            head += file.read(HEAD)
    whole = len(head) >= size
    text = decoder.decode(head, final=whole)
    if not whole:
        cut = max(text.rfind("\n"), text.rfind("\r"))
        text = text[: cut + 1] if cut >= 0 else text
    return text, whole


def rows_of(text: str, separator: str, most: int) -> Rows:
    """Return the first rows of cells, lines without anything left out; never fails."""
    found: Rows = []
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    try:
        for row in reader:
            if row:
                found.append(row)
            if len(found) >= most:
                break
    except csv.Error:  # said by the one who reads the whole
        pass
    return found


def guess_separator(text: str, ending: str) -> str:
    """Return the separator with which most lines have as many cells."""
    best, best_score = "\t" if ending == ".tsv" else ",", 0.0
    for separator in SEPARATORS:
        widths = Counter(len(row) for row in rows_of(text, separator, 60))
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        share = count / sum(widths.values())
        if width > 1 and share >= AGREEMENT:
            return separator
        score = share if width > 1 else 0.0
        if score > best_score:
            best, best_score = separator, score
    return best


def guess_decimal(rows: Iterable[Sequence[str]], separator: str) -> str:
    """Return the decimal mark: a comma when numbers have commas that cannot all be thousands."""
    if separator == ",":
        return "."
    cells = [cell.strip() for row in rows for cell in row]
    commas = [cell for cell in cells if COMMA_NUMBER.fullmatch(cell)]
    points = sum(1 for cell in cells if POINT_NUMBER.fullmatch(cell))
    return "," if len(commas) > points and not all(THOUSANDS.fullmatch(cell) for cell in commas) else "."


def is_number(cell: str, decimal: str = ".") -> bool:
    """Whether a cell reads as a number."""
    try:
        value = float(cell.replace(",", ".") if decimal != "." else cell)
    except ValueError:
        return False
    return "_" not in cell and not math.isnan(value)


def guess_header(rows: Rows, marks: frozenset[str], decimal: str) -> bool:
    """Whether the first row holds names: no number is in it, and what stands below looks otherwise."""
    if not rows:
        return False
    first = [cell.strip() for cell in rows[0]]
    named = [cell for cell in first if cell.casefold() not in marks]
    if not named or any(is_number(cell, decimal) for cell in named):
        return False
    below = [[cell.strip() for cell in column] for column in _columns(rows[1:], len(first))]
    for column in below:
        filled = [cell for cell in column if cell.casefold() not in marks]
        if filled and sum(is_number(cell, decimal) for cell in filled) >= 0.8 * len(filled):
            return True
    return len(set(named)) == len(named) and not any(
        name in column for name, column in zip(first, below, strict=True) if name
    )


def _columns(rows: Rows, width: int) -> list[list[str]]:
    return [[row[place] for row in rows if place < len(row)] for place in range(width)]
