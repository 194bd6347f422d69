"""What else a table may hold: series, if its rows are moments, and labelled lines."""

from collections.abc import Sequence

import numpy as np

from engines.core.dataset import Recipe
from engines.core.language import LearnerError
from engines.data.plain_text import one_line
from engines.data.sequences import MOST_CHANNELS, Sequences
from engines.data.table import Column, Table
from engines.data.text import LONGEST_NAME, MOST_CHARACTERS, MOST_LINES, Text, labelled

LOOKED_AT = 1000  # labels of a column, to tell how long its words are


def sequences_of(table: Table, columns: Sequence[str] = (), moments: str = "") -> Sequences:
    """Return columns of numbers as series, the rows as moments in their order.

    columns: all of numbers when none is named, at most eight. moments: the column that names the rows; when not named,
    the first one of words that are all different, or none. Raises LearnerError when no column of numbers is there.
    """
    names = list(columns) or [column.name for column in table.columns if column.kind == "number"][:MOST_CHANNELS]
    chosen = [table.column(name) for name in names]
    wrong = [column.name for column in chosen if column.coded]
    if wrong:
        raise LearnerError("“{name}” is no column of numbers; a series needs numbers.", name=wrong[0])
    if not 1 <= len(chosen) <= MOST_CHANNELS:
        raise LearnerError("A series needs from 1 to {most} columns of numbers.", most=MOST_CHANNELS)
    values = np.column_stack([column.numbers for column in chosen])
    called = table.column(moments) if moments else _naming(table)
    told = tuple(_said(called, row) for row in range(len(table))) if called is not None else ()
    recipe = table.recipe.followed_by(Recipe("series", (("columns", ", ".join(names)),)))
    values = np.where(np.isfinite(values), values, np.nan)
    return Sequences(values, tuple(names), told, recipe=recipe, key=table.key)


def text_of(table: Table, text: str = "", label: str = "") -> Text:
    """Return a column of texts as lines, labelled by another one; rows without a text are left out.

    text: the column of words with the longest ones when not named. label: the target when not named; a table without
    one gives lines without labels. Raises LearnerError when there is no column of words, or more lines than can be.
    """
    name = text or text_column(table, label)
    if not name:
        raise LearnerError("The table has no column of texts.")
    chosen = table.column(name)
    if (count := int((~chosen.missing).sum())) > MOST_LINES:
        raise LearnerError(
            "{count:,} rows have a text, and at most {most:,} lines can be shown. Keep fewer rows first.",
            count=count, most=MOST_LINES,
        )  # fmt: skip
    wanted = label or table.target
    classes = table.column(wanted) if wanted and wanted != chosen.name else None
    lines = [one_line(_said(chosen, row))[:MOST_CHARACTERS] for row in range(len(table))]
    labels = [one_line(_said(classes, row))[:LONGEST_NAME] if classes else "" for row in range(len(table))]
    there = np.array([bool(line) for line in lines], bool)
    settings = (("text", chosen.name), *((("label", classes.name),) if classes else ()))
    made = labelled([line for line in lines if line], [labels[row] for row in np.flatnonzero(there).tolist()])
    return Text(made.lines, made.y, made.names, key=table.key[there],
                recipe=table.recipe.followed_by(Recipe("lines", settings)))  # fmt: skip


def text_column(table: Table, label: str = "") -> str:
    """Return the column of words with the longest ones, "" when there is none; label (or the target) is not meant."""
    words = [column for column in table.columns if column.coded and column.name != (label or table.target)]
    return max(words, key=_length).name if words else ""


def _naming(table: Table) -> Column | None:
    """Return the first column of words that are all there and all different."""
    for column in table.columns:
        if column.coded and not column.missing.any() and len(np.unique(column.codes)) == len(column):
            return column
    return None


def _said(column: Column, row: int) -> str:
    value = column.value(row)
    if isinstance(value, float):
        return f"{value:.15g}"
    return "" if value is None else value


def _length(column: Column) -> float:
    """Return how long the words of a column are on the whole, told from the first of them."""
    labels = column.labels[:LOOKED_AT]
    return float(np.mean([len(label) for label in labels])) if labels else 0.0
