"""Tables from .xlsx: the zip is looked into before anything unpacks it; each cell becomes a text that says the same."""

import itertools
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from engines.core.errand import Tell
from engines.core.language import LearnerError, Note, say
from engines.data.files._table_columns import short
from engines.data.files._table_guess import guess_header
from engines.data.files._table_options import PREVIEW_ROWS, Raw, TableOptions, check_columns, check_size
from engines.data.files._table_rows import Columns, raw_of
from engines.data.table_edits import as_text

MEGABYTE = 2**20
MOST_UNPACKED = 1024 * MEGABYTE
MOST_RATIO = 200  # unpacked over packed; a sheet of like rows reaches some 40
SMALL = 16 * MEGABYTE  # unpacked, whatever the ratio
MOST_MEMBERS = 5_000
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read_xlsx(path: Path, options: TableOptions, tell: Tell, *, preview: bool = False) -> Raw:
    """Return what a sheet holds, or its first rows only; LearnerError when that is no table or too big."""
    formulas = look_into(path)
    import openpyxl

    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and drawings, which nobody asks for here
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            try:
                return _from_book(book, path, options, tell, formulas=formulas, preview=preview)
            finally:
                book.close()
    except (LearnerError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - a broken workbook fails in as many ways as there are tags in it
        raise LearnerError("“{name}” is a damaged .xlsx file: {reason}", name=path.name,
                           reason=short(str(error)) or type(error).__name__) from None  # fmt: skip


def look_into(path: Path) -> bool:
    """Refuse what is no workbook or would fill the memory when unpacked; return whether there are formulas."""
    with path.open("rb") as file:
        begin = file.read(4)
    if begin == OLD_EXCEL:
        raise LearnerError("“{name}” is an old .xls workbook or has a password; save it as .xlsx without one.",
                           name=path.name)  # fmt: skip
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_sizes(path, members)
            formulas = [_check_member(path.name, archive, member) for member in members]  # each of them
            return any(formulas)
    except LearnerError:
        raise
    except Exception as error:  # noqa: BLE001 - zipfile fails in many ways on what is no zip
        raise LearnerError(
            "“{name}” is no .xlsx workbook: {reason}", name=path.name, reason=short(str(error))
        ) from None


def _check_sizes(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """A member never unpacks to more than it declares, so that the declared sizes are to be trusted."""
    unpacked = sum(member.file_size for member in members)
    ratio = unpacked / max(1, path.stat().st_size)
    if unpacked > MOST_UNPACKED or (unpacked > SMALL and ratio > MOST_RATIO) or len(members) > MOST_MEMBERS:
        raise LearnerError("“{name}” would unpack to {size} MB, {ratio} times its size; that is too much for a table. "
                           "Save it as .csv.", name=path.name, size=unpacked // MEGABYTE,
                           ratio=round(ratio))  # fmt: skip


def _check_member(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Refuse declared entities, which may grow without end; return whether this is a sheet with formulas."""
    if not member.filename.endswith((".xml", ".rels")):
        return False
    sheet = "worksheets/" in member.filename
    with archive.open(member) as file:
        block = file.read(2**16)
        if b"<!DOCTYPE" in block or b"<!ENTITY" in block:
            raise LearnerError("“{name}” declares things that no workbook needs and is not opened.", name=name)
        while sheet and block:
            if b"<f>" in block or b"<f " in block:
                return True
            block = block[-4:] + more if (more := file.read(MEGABYTE)) else b""
    return False


def _from_book(book: Any, path: Path, options: TableOptions, tell: Tell, *, formulas: bool, preview: bool) -> Raw:
    sheets = tuple(sheet.title for sheet in book.worksheets)
    if not sheets:
        raise LearnerError("“{name}” holds no sheet with cells.", name=path.name)
    wanted = options.sheet if options.sheet is not None else sheets[0]
    if wanted not in sheets:
        raise LearnerError("“{name}” has no sheet “{sheet}”; it has: {sheets}.", name=path.name, sheet=wanted,
                           sheets=", ".join(sheets))  # fmt: skip
    sheet = book.worksheets[sheets.index(wanted)]
    sheet.reset_dimensions()  # what a file says of its extent need not be so
    rows = _rows(sheet, path.name, tell)
    first = list(itertools.islice((row for row in rows if row), PREVIEW_ROWS + 1))
    header = guess_header(first, options.marks, ".") if options.header is None else options.header
    problems: list[Note] = []
    if formulas:
        problems.append(say("Formulas are taken with the values they had when the workbook was last saved; those "
                            "never worked out are missing."))  # fmt: skip
    kept = first if preview else [*first, *rows]
    width = max(map(len, kept), default=0)
    columns = Columns(path.name, width)
    for row in kept[1:] if header else kept:
        columns.add(row and row + [""] * (width - len(row)))
    problems += columns.close()
    found = TableOptions(None, None, options.decimal, header, options.missing, options.kinds, options.target, wanted)
    raw = raw_of(kept[0] if header and kept else None, columns.columns, found, problems, path.name)
    raw.sheets, raw.whole = sheets, not preview or len(first) <= PREVIEW_ROWS
    raw.decimal = "," if options.decimal == "," else ""
    return raw


def _rows(sheet: Any, file_name: str, tell: Tell) -> Iterator[list[str]]:
    """Yield each row as texts, without the empty cells at its end."""
    cells = 0
    for count, values in enumerate(sheet.iter_rows(values_only=True)):
        row = [text_of(value) for value in values]
        while row and not row[-1].strip():
            row.pop()
        check_columns(file_name, len(row))
        cells += len(row)
        check_size(file_name, max(count, cells), 1)
        if not count % 5_000:
            tell(-1, say("Reading rows: {count} …", count=count))
        yield row


def text_of(value: Any) -> str:
    """Return a value of a cell as a text that says the same; a day without a time is only the day."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return as_text(value)
    if isinstance(value, datetime):
        text = value.isoformat(sep=" ")
        return text.removesuffix(" 00:00:00")
    return value.isoformat() if isinstance(value, date) else str(value)
