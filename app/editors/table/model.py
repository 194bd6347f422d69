"""A table as Qt's views see it: nothing is copied, a cell becomes a text when it is drawn."""

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from engines.core.arrays import Ints
from engines.data.table import MISSING, Table
from engines.data.table_edits import as_text

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NOWHERE = QModelIndex()
READABLE = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
EDITABLE = READABLE | Qt.ItemFlag.ItemIsEditable
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TableModel(QAbstractTableModel):
    """Shows the rows of a table that a filter lets through. ``typed(row, name, text)``: what somebody wrote in a cell.

    Rows given out and taken are those of the table; a view's rows count only those that are shown.
    """

    typed = Signal(int, str, str)

    def __init__(self, *, editable: bool = True) -> None:
        super().__init__()
        self.table = Table()
        self.rows: Ints | None = None  # those that are shown, None for all
        self.ringed: frozenset[int] = frozenset()
        self._editable = editable

    def show(self, table: Table, rows: Ints | None = None) -> None:
        """Show another table; where it has the same shape the view keeps its place and what is chosen."""
        same = table.names == self.table.names and len(table) == len(self.table) and rows is self.rows
        if same:
            self.table = table
            if self.rowCount() and self.columnCount():
                self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
                self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)
            return
        self.beginResetModel()
        self.table, self.rows = table, rows
        self.endResetModel()

    def row_of(self, shown: int) -> int:
        """Return which row of the table stands in this row of the view."""
        return shown if self.rows is None else int(self.rows[shown])

    def rows_of(self, first: int, last: int) -> Ints:
        """Return the rows of the table from one row of the view to another, both included."""
        return np.arange(first, last + 1) if self.rows is None else self.rows[first : last + 1]

    def text(self, row: int, place: int, *, exact: bool = False) -> str | None:
        """Return a cell as a text, None where it is missing. row: of the table. exact: with all its digits."""
        column = self.table.columns[place]
        if column.coded:
            code = column.codes[row]
            return None if code == MISSING else column.labels[code]
        value = float(column.numbers[row])
        if value != value:
            return None
        return as_text(value) if exact else f"{value:.10g}"

    def troubled(self, row: int, place: int) -> bool:
        """Whether a cell is to be drawn as one that could not be read."""
        return False

    # What Qt asks

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802 - Qt's name
        """Return how many rows are shown."""
        return 0 if parent.isValid() else len(self.table) if self.rows is None else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802 - Qt's name
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.table.columns)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Return a cell's text."""
        if role in (Role.DisplayRole, Role.EditRole, Role.ToolTipRole) and index.isValid():
            return self.text(self.row_of(index.row()), index.column(), exact=role != Role.DisplayRole) or ""
        if role == Role.TextAlignmentRole:
            return LEFT if self.table.columns[index.column()].coded else RIGHT
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: N802 - Qt's name
        """Tell what was typed; nothing where the cell holds it already."""
        row, place = self.row_of(index.row()), index.column()
        if role != Role.EditRole or str(value) == (self.text(row, place, exact=True) or ""):
            return False
        self.typed.emit(row, self.table.columns[place].name, str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every cell can be edited."""
        return EDITABLE if self._editable else READABLE

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: N802
        """Return a column's name, or a row's number as problems name it: from 1."""
        if role != Role.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(self.row_of(section) + 1)
        return self.table.columns[section].name
