"""What can be said about how a file holds a table, what is shown of it beforehand, and how big it may be."""

from dataclasses import dataclass, field
from typing import Any

from engines.core.language import LearnerError, Note
from engines.data.table import ColumnKind

MISSING_MARKS = ("", "NA", "N/A", "#N/A", "NaN", "null", "None", "?", "-", "--", ".", "缺失")
ENCODINGS = ("utf-8", "gb18030", "utf-16", "big5", "latin-1")
SEPARATORS = ("\t", ";", "|", ",")  # in the order in which they are tried
MOST_ROWS = 5_000_000
MOST_COLUMNS = 2_000
MOST_CELLS = 30_000_000  # some 2 GB while texts are turned into numbers
PREVIEW_ROWS = 200


@dataclass(frozen=True)
class TableOptions:
    """How a table is read; None: found out from the file itself.

    encoding: as Python names it. separator: one character between cells. decimal: "." or ",". header: whether the first
    row holds the names. missing: the marks of an empty cell, in any case. kinds: (place, kind) of the columns that are
    not to be guessed, counted from 0. target: the name of a column, "" for none. sheet: of a workbook.
    """

    encoding: str | None = None
    separator: str | None = None
    decimal: str | None = None
    header: bool | None = None
    missing: tuple[str, ...] = MISSING_MARKS
    kinds: tuple[tuple[int, ColumnKind], ...] = ()
    target: str | None = None
    sheet: str | None = None

    @property
    def marks(self) -> frozenset[str]:
        """The marks of an empty cell, folded; nothing at all is always one."""
        return frozenset({"", *(mark.strip().casefold() for mark in self.missing)})


@dataclass(frozen=True)
class TablePreview:
    """What the import dialog shows. options: with the guesses in the places that were None. sheets: of a workbook.

    cells: the first rows as they stand in the file, (rows, columns). whole: whether these are all the rows.
    """

    options: TableOptions
    cells: tuple[tuple[str, ...], ...] = ()
    sheets: tuple[str, ...] = ()
    whole: bool = True


@dataclass
class Raw:
    """What a format found: names as they stand there, and each column as texts or as numbers (NaN: missing).

    decimal: "." or ","; "" where numbers came as numbers and either may stand in a text.
    """

    names: list[str]
    columns: list[Any]  # of Sequence[str] or Floats
    options: TableOptions
    problems: list[Note] = field(default_factory=list)
    sheets: tuple[str, ...] = ()
    whole: bool = True
    decimal: str = ""

    def cut(self, rows: int) -> None:
        """Keep the first rows only."""
        self.whole = self.whole and all(len(column) <= rows for column in self.columns)
        self.columns = [column[:rows] for column in self.columns]


def check_columns(name: str, columns: int) -> None:
    """Refuse a table that is too wide; LearnerError."""
    if columns > MOST_COLUMNS:
        raise LearnerError(
            "“{name}” has {count} columns; a table can have at most {most}. If rows and columns are the wrong way "
            "round, or the separator is another, change that first.",
            name=name, count=columns, most=MOST_COLUMNS,
        )  # fmt: skip


def check_size(name: str, rows: int, columns: int) -> None:
    """Refuse a table that would not fit into memory; LearnerError."""
    check_columns(name, columns)
    if rows > MOST_ROWS:
        raise LearnerError("“{name}” has about {count} rows; at most {most} can be read. Keep a part of it.",
                           name=name, count=rows, most=MOST_ROWS)  # fmt: skip
    if rows * columns > MOST_CELLS:
        raise LearnerError(
            "“{name}” has about {rows} rows of {columns} cells; at most {most} cells can be read. Keep fewer rows or "
            "columns.",
            name=name, rows=rows, columns=columns, most=MOST_CELLS,
        )  # fmt: skip


def check_options(options: TableOptions) -> None:
    """Refuse options that nobody can read with; LearnerError."""
    if options.separator is not None and (len(options.separator) != 1 or options.separator in '"\r\n'):
        raise LearnerError("Cells are separated by one character, such as a comma, a semicolon or a tab.")
    if options.decimal not in (None, ".", ","):
        raise LearnerError("The decimal mark is a point or a comma.")
    if options.decimal is not None and options.decimal == options.separator:
        raise LearnerError("The decimal mark and the separator are the same; choose another separator.")
