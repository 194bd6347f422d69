"""Points as text: columns that any spreadsheet takes and gives."""

import re

import numpy as np
from PySide6.QtGui import QGuiApplication

from app.editors.points.document import PointsDocument
from engines.core.arrays import Ints
from engines.core.language import Note, say
from engines.data.points import MOST_CLASSES, UNLABELLED

MOST_LINES = 200_000
BETWEEN = re.compile(r"\t|;|,|\s+")


def copy_points(document: PointsDocument, rows: Ints) -> None:
    """Put rows, or all points where none are named, into the clipboard: x, y and class (or number), by tabs."""
    rows = rows if len(rows) else np.flatnonzero(document.alive)
    numbers = document.looks.target == "value"
    lines = ["x\ty\tvalue" if numbers else "x\ty\tclass"]
    for (x, y), label, value in zip(
        document.x[rows].tolist(), document.y[rows].tolist(), document.value[rows].tolist(), strict=True
    ):
        last = f"{value:.10g}" if numbers else ("" if label == UNLABELLED else str(label + 1))
        lines.append(f"{x:.10g}\t{y:.10g}\t{last}")
    QGuiApplication.clipboard().setText("\n".join(lines) + "\n")


def paste_points(document: PointsDocument, label: int) -> tuple[Ints, Note | None]:
    """Add the points of the clipboard's text, one undo; ``label`` is the class of lines that name none.

    Returns the new rows, and a sentence about the lines that were no points.
    """
    lines = QGuiApplication.clipboard().text().splitlines()
    places, classes, values, bad = [], [], [], []
    for number, line in enumerate(lines[:MOST_LINES], start=1):
        cells = [cell.strip() for cell in BETWEEN.split(line.strip())]
        if not any(cells) or (number == 1 and not _is_number(cells[0])):
            continue  # an empty line, or the names of the columns
        if len(cells) < 2 or not (_is_number(cells[0]) and _is_number(cells[1])):
            bad.append(number)
            continue
        third = cells[2] if len(cells) > 2 else ""
        places.append((float(cells[0]), float(cells[1])))
        classes.append(_class_of(third, label))
        values.append(float(third) if _is_number(third) else 0.0)
    if not places:
        return np.zeros(0, np.int64), say("There are no points in the clipboard: copy two columns of numbers first.")
    document.begin("Paste")
    rows = document.add(np.array(places), np.array(classes, np.int64), np.array(values))
    document.end()
    if bad or len(lines) > MOST_LINES:
        shown = ", ".join(map(str, bad[:5]))
        return rows, say(
            "{n} {n:point|points} pasted; these lines hold none: {lines}", n=len(places), lines=shown or MOST_LINES
        )
    return rows, None


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def _class_of(text: str, otherwise: int) -> int:
    """Return the class that a cell names from 1 up; ``otherwise`` where it names none that there can be."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_CLASSES:
        return int(text) - 1
    return otherwise
