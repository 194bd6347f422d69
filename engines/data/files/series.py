"""Series in and out: ``.dat``, the numbers of one moment a line; and ``.csv``, out only, for it is read as a table."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from engines.core.arrays import Floats
from engines.core.dataset import Recipe
from engines.core.errand import Tell
from engines.core.language import LearnerError, Note, say
from engines.data.files.texts import UTF_8, told_encoding
from engines.data.importing import MEGABYTE, Imported, file_format
from engines.data.plain_text import decoded, one_line
from engines.data.sequences import MOST_CHANNELS, MOST_MOMENTS, Sequences

GAPS = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "?", "missing", "."})
COMMENT = "#"
MOMENT = "moment"
MOMENTS = frozenset({MOMENT, "date", "day", "month", "year", "time", "时间", "日期", "年", "月", "日"})
UNIT = "# unit:"
MOST_TOLD = 5
LONGEST_NAME = 80
MOST_WIDTH = 100_000  # characters of a line that is read: more is no line of numbers
LARGEST = 1e300  # beyond it sums overflow


def read_dat(path: Path, _: Any, tell: Tell) -> Imported:
    """Read numbers parted by tabs, semicolons, commas or spaces; LearnerError when there are none.

    A first line of names, and a first column that is no number ("1949-01"), name the channels and the moments. What
    is no number is a gap, and is told by its line.
    """
    text, encoding = decoded(path.read_bytes(), path.name)
    body, unit = _body(text)
    if not body:
        raise LearnerError("“{name}” is empty: there is nothing to read.", name=path.name)
    parted = _separator([line for _, line in body[:50]])
    first = _cells(parted, body[0][1])
    second = _cells(parted, body[1][1]) if len(body) > 1 else []
    dated = first[0].lower() in MOMENTS
    names = first if dated or (not any(map(_is_number, first)) and any(map(_is_number, second))) else []
    rows = body[1:] if names else body
    if rows and not dated:
        cells = _cells(parted, rows[0][1])
        dated = len(cells) > 1 and not _is_number(cells[0])
    width = max((len(_cells(parted, line)) for _, line in rows[:50]), default=2) - dated
    if not 1 <= width <= MOST_CHANNELS:
        raise LearnerError(
            "“{name}” has {width} columns of numbers; a series has from 1 to {most}. Keep those that belong together.",
            name=path.name, width=width, most=MOST_CHANNELS,
        )  # fmt: skip
    values, moments, problems = _numbers(rows[:MOST_MOMENTS], parted, width, dated=dated)
    if not np.isfinite(values).any():
        raise LearnerError("“{name}” holds no numbers: write those of one moment a line.", name=path.name)
    if len(rows) > MOST_MOMENTS:
        problems.append(say("Only the first {most} moments were taken, of {count}.", most=MOST_MOMENTS,
                            count=len(rows)))  # fmt: skip
    if encoding not in UTF_8:
        problems.insert(0, told_encoding(path.name, encoding))
    data = Sequences(values, _named(names[dated:] if names else [], width), moments, unit, recipe=Recipe(path.name))
    return Imported(data, tuple(problems))


def write_dat(data: Sequences, path: Path) -> None:
    """Write names, then the numbers of one moment a line, parted by tabs; a gap is ``nan``."""
    unit = f"{UNIT} {one_line(data.unit)}\n" if data.unit else ""
    path.write_text(unit + _written(data, "\t", "nan"), encoding="utf-8", newline="\n")


def write_csv(data: Sequences, path: Path) -> None:
    """Write names, then a row for each moment; a gap is an empty cell."""
    path.write_text(_written(data, ",", ""), encoding="utf-8", newline="\n")


def _written(data: Sequences, separator: str, gap: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    # a column of moments, even where they have no names: it keeps years and such names from being taken for values
    writer.writerow([MOMENT, *map(one_line, data.names)])
    for row, values in enumerate(data.values.tolist()):
        numbers = [gap if value != value else repr(value) for value in values]  # NaN is not itself
        writer.writerow([one_line(data.moment(row)) if data.moments else f"t{row}", *numbers])
    return out.getvalue()


def _body(text: str) -> tuple[list[tuple[int, str]], str]:
    """Return the lines that hold something with their numbers, and the unit if a comment names it."""
    kept: list[tuple[int, str]] = []
    unit = ""
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        if line.lower().startswith(UNIT):
            unit = one_line(line[len(UNIT) :])[:LONGEST_NAME]
        elif line.strip() and (kept or not line.startswith(COMMENT)):
            kept.append((number, line[:MOST_WIDTH]))
    return kept, unit


def _separator(lines: list[str]) -> Callable[[str], list[str]]:
    """Return what parts a line: the first of tab, semicolon and comma that most lines have, else spaces."""
    for sign in ("\t", ";", ","):
        if sum(sign in line for line in lines) > len(lines) / 2:
            return lambda line: next(csv.reader([line.replace("\0", " ")], delimiter=sign))
    return lambda line: re.split(r"\s+", line.strip())


def _cells(parted: Callable[[str], list[str]], line: str) -> list[str]:
    try:
        return [cell.strip() for cell in parted(line)] or [""]
    except csv.Error:  # a field beyond the limit
        return [line.strip()]


def _is_number(cell: str) -> bool:
    return cell.lower() in GAPS or _number(cell) is not None


def _number(cell: str) -> float | None:
    """Return a number; NaN for a gap, None for what is none. A comma may stand for the point."""
    if cell.lower() in GAPS:
        return float("nan")
    try:
        value = float(cell.replace(",", ".", 1))
    except ValueError:
        return None
    return value if abs(value) < LARGEST else None


def _numbers(
    rows: list[tuple[int, str]], parted: Callable[[str], list[str]], width: int, *, dated: bool
) -> tuple[Floats, tuple[str, ...], list[Note]]:
    """Return values (n, width), what the moments are called, and what could not be read."""
    values = np.full((len(rows), width), np.nan)
    moments, bad = [], []
    for place, (number, line) in enumerate(rows):
        cells = _cells(parted, line)
        if dated:
            moments.append(one_line(cells[0])[:LONGEST_NAME])
            cells = cells[1:]
        found = [_number(cell) for cell in cells[:width]]
        if len(cells) != width or None in found:
            bad.append(number)
        values[place, : len(found)] = [np.nan if value is None else value for value in found]
    problems = []
    if bad:
        shown = ", ".join(map(str, bad[:MOST_TOLD])) + (" …" if len(bad) > MOST_TOLD else "")
        problems.append(
            say("{count} {count:line holds|lines hold} too few, too many or no numbers; what is missing is a gap: "
                "{lines}.",
                count=len(bad), lines=shown)
        )  # fmt: skip
    counted = moments == [f"t{row}" for row in range(len(moments))]
    return values, () if counted else tuple(moments), problems


def _named(names: list[str], width: int) -> tuple[str, ...]:
    """Return a name for each channel, all different."""
    made: list[str] = []
    for place in range(width):
        name = one_line(names[place])[:LONGEST_NAME] if place < len(names) else ""
        name = name or ("value" if width == 1 else f"value {place + 1}")
        while name in made:
            name = f"{name} {place + 1}"
        made.append(name)
    return tuple(made)


file_format("Series", ".dat", kind=Sequences, read=read_dat, write=write_dat, most_bytes=256 * MEGABYTE)
file_format("Series", ".csv", kind=Sequences, write=write_csv)
