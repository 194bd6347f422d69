"""The ways out of a table: onto the plane, as series, as texts; one that leads nowhere says why."""

from PySide6.QtWidgets import QAbstractButton

from app.language import bind
from engines.core.language import Note, say
from engines.data.table import Table

PLANE, SERIES, TEXTS = "Onto the plane …", "As series …", "As texts …"
TOLD = {
    PLANE: "Show two columns of numbers as points, coloured by a third",
    SERIES: "Show columns of numbers as series, each row a moment",
    TEXTS: "Show a column of texts line by line, with a column of labels",
}


def show_ways(table: Table, plane: QAbstractButton, series: QAbstractButton, texts: QAbstractButton) -> None:
    """Let those buttons be pressed that lead somewhere; the tooltip of another says what is missing."""
    numbers = sum(column.kind == "number" for column in table.columns)
    words = any(column.kind in ("category", "text") for column in table.columns)
    _show(plane, PLANE, table, "" if numbers > 1 else "Two columns of numbers are needed for the plane.")
    _show(series, SERIES, table, "" if numbers else "A column of numbers is needed for a series.")
    _show(texts, TEXTS, table, "" if words else "A column of texts or categories is needed for texts.")


def _show(button: QAbstractButton, name: str, table: Table, missing: str) -> None:
    if not len(table):
        missing = "The table has no rows yet."
    button.setEnabled(not missing)
    hint: Note = say("{name} {why}", name=say(name), why=say(missing)) if missing else say(TOLD[name])
    bind(button, button.setToolTip, hint)
