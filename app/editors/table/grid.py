"""The grid of a table: keys of a spreadsheet, and cells from and to the clipboard."""

import csv
import io

import numpy as np
from PySide6.QtCore import QEvent, QItemSelectionModel, QItemSelectionRange, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from app.editors.table.cells import CellDelegate
from app.editors.table.header import ColumnHeader, RowHeader
from app.editors.table.model import TableModel
from app.theme import theme
from engines.core.arrays import Ints
from engines.core.language import say

MOST_COPIED = 200_000  # cells; more is for an export
MOVES = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Delete,
    Qt.Key.Key_Backspace, Qt.Key.Key_F2,
)  # fmt: skip
Block = list[list[str]]


class TableGrid(QTableView):
    """Shows a table. ``emptied(rows, names)``, ``pasted(rows, place, block)``: what the keys ask for.

    rows: of the table. ``said(Note)``: what could not be done.
    """

    emptied = Signal(object, object)
    pasted = Signal(object, int, object)
    said = Signal(object)

    def __init__(self, parent: QWidget | None = None, model: TableModel | None = None, *, bars: bool = True) -> None:
        super().__init__(parent)
        self.rows = model or TableModel()
        self.rows.setParent(self)
        self.setModel(self.rows)
        self.head = ColumnHeader(self, self.rows, bars=bars)
        self.setHorizontalHeader(self.head)
        self.setVerticalHeader(RowHeader(self))
        self.setItemDelegate(CellDelegate(self, self.rows))
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setWordWrap(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_column)
        self.setTabKeyNavigation(True)
        self.viewport().setAutoFillBackground(True)  # what covers all under it is scrolled and not drawn anew
        self.verticalHeader().viewport().setAutoFillBackground(True)
        theme.bind(self, self._restyle)

    def _restyle(self) -> None:
        parts = "QTableCornerButton::section, QHeaderView, QAbstractScrollArea::corner"
        self.setStyleSheet(f"{parts} {{ background: {theme.tokens.card}; border: none; }}")

    def _ask_column(self, position: QPoint) -> None:
        index = self.indexAt(position)
        if index.isValid():
            self.head.menu_wanted.emit(index.column(), self.viewport().mapToGlobal(position))

    # What is chosen

    def _areas(self) -> list[QItemSelectionRange]:
        selection = self.selectionModel().selection()
        return [selection.at(place) for place in range(selection.count())]

    def chosen_rows(self) -> Ints:
        """Return the rows of the table in which some cell is chosen, in order; never a list of all cells."""
        parts = [self.rows.rows_of(area.top(), area.bottom()) for area in self._areas()]
        return np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.int64)

    def chosen_places(self) -> list[int]:
        """Return the columns in which some cell is chosen, in order."""
        return sorted({place for area in self._areas() for place in range(area.left(), area.right() + 1)})

    @property
    def current_place(self) -> int:
        """The column of the cell with the keyboard, the first otherwise; -1 where there is none."""
        place = self.currentIndex().column()
        return place if place >= 0 else min(0, self.rows.columnCount() - 1)

    def choose(self, row: int, place: int) -> None:
        """Put the keyboard into a cell of the view and scroll to it."""
        index = self.rows.index(row, place)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)

    # Keys

    def event(self, event: QEvent) -> bool:
        """Keep what moves and types in the grid from the shortcuts of the window, but for play on the space bar."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
            typed = plain and event.text().isprintable() and event.text().strip()
            if (plain and event.key() in MOVES) or typed or any(event.matches(key) for key in self._keys()):
                event.accept()
                return True
        return super().event(event)

    @staticmethod
    def _keys() -> tuple[QKeySequence.StandardKey, ...]:
        keys = QKeySequence.StandardKey
        return keys.Copy, keys.Paste, keys.Cut, keys.SelectAll

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Copy, paste, cut, empty, edit."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        elif event.matches(QKeySequence.StandardKey.Cut):
            if self.copy():
                self.empty()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.empty()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.state() != QAbstractItemView.State.EditingState and self.currentIndex().isValid():
                self.edit(self.currentIndex())
        elif event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def empty(self) -> None:
        """Mark the chosen cells as missing."""
        names = [self.rows.table.names[place] for place in self.chosen_places()]
        if names:
            self.emptied.emit(self.chosen_rows(), names)

    def copy(self) -> bool:
        """Put the chosen cells into the clipboard as lines of cells with tabs between them; whether it was done."""
        rows, places = self.chosen_rows(), self.chosen_places()
        if len(rows) * len(places) > MOST_COPIED:
            self.said.emit(
                say("At most {most} cells can be copied at once; export the table instead.", most=MOST_COPIED)
            )
            return False
        out = io.StringIO()
        writer = csv.writer(out, delimiter="\t", lineterminator="\n")
        writer.writerows([self.rows.text(row, place, exact=True) or "" for place in places] for row in rows.tolist())
        QGuiApplication.clipboard().setText(out.getvalue())
        return bool(len(rows))

    def paste(self) -> None:
        """Put what is in the clipboard into the cells from the first chosen one on."""
        text = QGuiApplication.clipboard().text().replace("\r\n", "\n").replace("\r", "\n")
        block: Block = list(csv.reader(io.StringIO(text.rstrip("\n")), delimiter="\t"))
        if not text.strip("\n"):
            self.said.emit(say("There is nothing to paste."))
            return
        if not self.currentIndex().isValid():
            self.said.emit(say("Choose the cell at which to paste first."))
            return
        if sum(map(len, block)) > MOST_COPIED:
            self.said.emit(say("At most {most} cells can be pasted at once; import a file instead.", most=MOST_COPIED))
            return
        areas = self._areas()
        top = min((area.top() for area in areas), default=self.currentIndex().row())
        left = min((area.left() for area in areas), default=self.currentIndex().column())
        shown = self.rows.rows_of(top, min(top + len(block), self.rows.rowCount()) - 1)
        beyond = np.arange(len(block) - len(shown)) + len(self.rows.table)
        self.pasted.emit(np.concatenate([shown, beyond]), left, [cells or [""] for cells in block])
