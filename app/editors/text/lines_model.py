"""The lines as a model: those that are looked for, with class, part of the split and marks."""

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from app.editors.text.document import TextDocument
from app.language import tr
from engines.core.arrays import Ints
from engines.core.dataset import TRAIN
from engines.data.points import UNLABELLED

LABEL, PART, ROW, RINGED = (Qt.ItemDataRole.UserRole + place for place in range(4))
ANY = -2  # instead of a class: lines of every class are shown
Index = QModelIndex | QPersistentModelIndex


class LinesModel(QAbstractListModel):
    """The lines that hold what is searched for, in their order; ``rows`` are their places in the whole text."""

    cut = Signal()  # what was typed was too long

    def __init__(self, document: TextDocument) -> None:
        super().__init__()
        self._document = document
        self._text = document.text
        self._searched = ""
        self._class = ANY
        self._folded: tuple[str, ...] | None = None  # the lines in small letters, made when one searches
        self._parts: Ints = np.zeros(0, np.uint8)
        self._ringed: frozenset[int] = frozenset()
        self.rows: Ints = np.arange(len(self._text))

    # What is shown

    def follow(self) -> None:
        """Show the lines of now; a change that leaves their number and order alone keeps the selection."""
        before, text = self._text, self._document.text
        self._text = text
        if before.lines is not text.lines:
            self._folded = None
        rows = self._found()
        if len(before) == len(text) and np.array_equal(rows, self.rows):
            self._repaint()
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def search(self, words: str, label: int = ANY) -> None:
        """Show only lines that hold ``words``, whatever the size of the letters, and are of a class."""
        self._searched, self._class = words.strip().casefold(), label
        rows = self._found()
        if not np.array_equal(rows, self.rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def show_parts(self, parts: Ints) -> None:
        """Mark what is held out: (n,) TRAIN, VALIDATION or TEST."""
        self._parts = parts
        self._repaint()

    def ring(self, index: Ints) -> None:
        """Mark these lines: (m,)."""
        self._ringed = frozenset(index.tolist())
        self._repaint()

    def place_of(self, row: int) -> QModelIndex:
        """Return where a line of the text stands in what is shown; an invalid index if it is not."""
        place = int(np.searchsorted(self.rows, row))
        return self.index(place) if place < len(self.rows) and self.rows[place] == row else QModelIndex()

    def _found(self) -> Ints:
        text = self._text
        rows = np.arange(len(text)) if self._class == ANY else np.flatnonzero(text.y == self._class)
        if not self._searched:
            return rows
        if self._folded is None:
            self._folded = tuple(line.casefold() for line in text.lines)
        folded = self._folded
        return np.array([row for row in rows.tolist() if self._searched in folded[row]], int)

    def _repaint(self) -> None:
        if len(self.rows):
            self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's name and default
        """Return how many lines are shown."""
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Lines can be chosen and edited."""
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the line, its class, its part of the split, its place."""
        row = int(self.rows[index.row()])
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._text.lines[row]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            label = int(self._text.y[row])
            name = self._text.names[label] if label != UNLABELLED else tr("No class")
            return tr("{line}: {name}", line=self._text.lines[row], name=name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._text.lines[row] if len(self._text.lines[row]) > 60 else None
        if role == LABEL:
            return int(self._text.y[row])
        if role == PART:
            return int(self._parts[row]) if row < len(self._parts) else TRAIN
        if role == ROW:
            return row
        return row in self._ringed if role == RINGED else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802 - Qt's name
        """Write a line anew."""
        if role != Qt.ItemDataRole.EditRole:
            return False
        if self._document.set_line(int(self.rows[index.row()]), str(value)):
            self.cut.emit()
        return True

    def shown(self, place: int) -> tuple[int, str, int, int, bool]:
        """Return row, line, class, part and mark of what stands at a place: at once, as painting is often."""
        row = int(self.rows[place])
        part = int(self._parts[row]) if row < len(self._parts) else TRAIN
        return row, self._text.lines[row], int(self._text.y[row]), part, row in self._ringed

    def name_of(self, label: int) -> str:
        """Return what a class is called; empty for none."""
        return self._text.names[label] if 0 <= label < len(self._text.names) else ""
