"""From rows of cells to columns: a header or none, rows of another length, empty rows, columns without anything."""

from collections.abc import Iterable
from dataclasses import replace

from engines.core.language import LearnerError, Note, say
from engines.data.files._table_columns import MOST_TOLD, short
from engines.data.files._table_options import Raw, TableOptions, check_size

CHUNK = 20_000  # rows put into columns at a time


class Columns:
    """Takes rows one after the other and keeps them as columns of texts, all as long; tells of rows that do not fit."""

    def __init__(self, file_name: str, width: int) -> None:
        self._file_name, self.width = file_name, width
        self.columns: list[list[str]] = [[] for _ in range(width)]
        self.rows = 0
        self._empty: list[int] = []
        self._uneven: list[Note] = []
        self._uneven_count = 0
        self._chunk: list[list[str]] = []

    def add(self, row: list[str]) -> None:
        """Take one row."""
        if not row:
            self._empty.append(self.rows + 1)
            return
        self.rows += 1
        if len(row) != self.width:
            row = self._fitted(row)
        self._chunk.append(row)
        if len(self._chunk) >= CHUNK:
            self._put()

    def _fitted(self, row: list[str]) -> list[str]:
        count, width = len(row), self.width
        rest = [cell for cell in row[width:] if cell.strip()]
        if rest or count < width:
            self._uneven_count += 1
            if len(self._uneven) < MOST_TOLD:
                self._uneven.append(
                    say("Row {row} has {count} cells instead of {width}; left out: “{rest}”.", row=self.rows,
                        count=count, width=width, rest=short(", ".join(rest)))
                    if rest else
                    say("Row {row} has {count} cells instead of {width}; the others are missing.", row=self.rows,
                        count=count, width=width)
                )  # fmt: skip
        return row[:width] + [""] * (width - count)

    def _put(self) -> None:
        check_size(self._file_name, self.rows, self.width)
        for column, cells in zip(self.columns, zip(*self._chunk, strict=True), strict=True):
            column.extend(cells)
        self._chunk = []

    def close(self) -> list[Note]:
        """Take the last rows and return what is to be told."""
        if self._chunk:
            self._put()
        told = list(self._uneven)
        if self._uneven_count > len(told):
            told.append(say("{count} more rows are too short or too long.", count=self._uneven_count - len(told)))
        while self._empty and self._empty[-1] > self.rows:
            self._empty.pop()  # the end of the file
        if self._empty:
            told.append(say("Empty lines are left out: {count}, the first before row {row}.", count=len(self._empty),
                            row=self._empty[0]))  # fmt: skip
        return told


def usual_width(rows: Iterable[list[str]]) -> int:
    """Return how many cells most of the rows have; the widest of the most usual."""
    counts: dict[int, int] = {}
    for row in rows:
        counts[len(row)] = counts.get(len(row), 0) + 1
    return max(counts, key=lambda width: (counts[width], width), default=0)


def raw_of(
    header: list[str] | None, columns: list[list[str]], options: TableOptions, problems: list[Note], file_name: str
) -> Raw:
    """Return what was found; LearnerError when there is nothing. A last column without name and values is left out."""
    width = len(columns)
    names = [""] * width if header is None else [*header[:width], *[""] * (width - len(header))]
    if header is None:
        names = [f"column {place}" for place in range(1, width + 1)]
    elif extra := [cell for cell in header[width:] if cell.strip()]:
        problems.insert(0, say("The header has more names than there are columns; left out: “{rest}”.",
                               rest=short(", ".join(extra))))  # fmt: skip
    while width and header is not None and not names[width - 1].strip() and not any(map(str.strip, columns[width - 1])):
        problems.append(say("Column {place} has neither a name nor values and is left out.", place=width))
        width -= 1
    if not width:
        raise LearnerError("“{name}” holds no table: there is nothing in it.", name=file_name)
    if not columns[0]:
        problems.append(say("“{name}” has a header and no rows.", name=file_name))
    return Raw(names[:width], list(columns[:width]), replace(options, header=header is not None), problems)
