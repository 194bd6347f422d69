"""Tables on the stage: a grid as in a spreadsheet, with undo for every edit."""

from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.editors.table.asking import TableAsking
from app.editors.table.editing import Edited, size_of
from app.editors.table.empty import EmptyTable
from app.editors.table.grid import TableGrid
from app.editors.table.import_dialog import ImportDialog
from app.editors.table.menus import column_menu
from app.editors.table.options import TableOptionsPanel
from app.editors.table.toolbar import TableToolbar
from app.kit import EmptyNote
from app.language import bind
from app.session.session import Session
from engines.core.arrays import Ints
from engines.core.language import Note, say
from engines.data import table_edits as edits
from engines.data.importing import Imported
from engines.data.table import Table
from engines.data.table_filter import filtered

NO_ROWS = say("There are no rows. Add one with the first button above.")
NO_HITS = say("No row passes the filter. Change it, or empty it to see all rows.")


class TableStage(TableAsking):
    """Shows a table in a grid; edits are made in it, in its heads, from the toolbar and in the Data tab."""

    kind = Table

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.problems: tuple[Note, ...] = ()  # of what was imported last
        self._filter = ""
        self._shown_for: tuple[Any, str] = (None, "")
        self.dialog: ImportDialog | None = None
        self.toolbar = TableToolbar()
        self.grid = TableGrid()
        self.nothing = EmptyNote(self.grid.viewport(), NO_ROWS.text)
        self.empty = EmptyTable()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.grid)
        self._panel: TableOptionsPanel | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.toolbar)
        layout.addWidget(self._stack, stretch=1)
        self._connect()
        self._show()

    def _connect(self) -> None:
        bar, grid = self.toolbar, self.grid
        bar.add_row.clicked.connect(self.add_row)
        bar.delete_rows.clicked.connect(self.delete_rows)
        bar.add_column.clicked.connect(self.ask_column)
        bar.sort_up.clicked.connect(lambda: self._sort_current(descending=False))
        bar.sort_down.clicked.connect(lambda: self._sort_current(descending=True))
        bar.plane.clicked.connect(self.ask_plane)
        bar.series.clicked.connect(self.ask_series)
        bar.texts.clicked.connect(self.ask_texts)
        bar.keep.clicked.connect(self.keep_shown)
        bar.filter_changed.connect(self.filter)
        grid.rows.typed.connect(self.type)
        grid.emptied.connect(self.mark_missing)
        grid.pasted.connect(self.paste)
        grid.said.connect(lambda note: self.said.emit(note, "warn"))
        grid.clicked.connect(lambda cell: self.pointed_at.emit(int(grid.rows.rows_of(cell.row(), cell.row())[0])))
        grid.head.menu_wanted.connect(self._open_menu)
        self.empty.file_chosen.connect(self.open_file)
        self.empty.new_wanted.connect(self.new_table)
        self.document.loaded.connect(self._loaded)
        self.document.changed.connect(self._show)

    # What is shown

    def options(self) -> QWidget:
        """Return target, columns and the ways out of the table, for the Data tab."""
        if self._panel is None:
            self._panel = TableOptionsPanel(self)
        return self._panel

    def ring(self, index: np.ndarray) -> None:
        """Mark these rows and show the first of them that is not filtered out: (m,)."""
        model = self.grid.rows
        model.ringed = frozenset(index.tolist())
        places = index if model.rows is None else np.flatnonzero(np.isin(model.rows, index))
        if len(places) and int(places[0]) < model.rowCount():
            self.grid.scrollTo(model.index(int(places[0]), max(0, self.grid.current_place)))
        self.grid.viewport().update()

    def _loaded(self) -> None:
        self.toolbar.clear_filter()
        self._filter, self.problems = "", ()
        self.grid.rows.ringed = frozenset()

    def _show(self) -> None:
        """Show the table of now; a filter is worked out anew unless only cells have changed."""
        self._stack.setCurrentWidget(self.grid if self.table.columns else self.empty)
        if not self._filter:
            self._show_rows(None)
        elif self._shown_for[0] is self.table.key and self._shown_for[1] == self._filter:
            self._show_rows(self.grid.rows.rows)
        else:
            self._find()

    def _show_rows(self, rows: Ints | None) -> None:
        model = self.grid.rows
        if rows is not None and model.rows is not None and np.array_equal(rows, model.rows):
            rows = model.rows
        down, along = self.grid.verticalScrollBar().value(), self.grid.horizontalScrollBar().value()
        model.show(self.table, rows)
        self.grid.verticalScrollBar().setValue(down)
        self.grid.horizontalScrollBar().setValue(along)
        self._shown_for = (self.table.key, self._filter)
        self.nothing.setVisible(model.rowCount() == 0)
        bind(self.nothing, self.nothing.setText, NO_ROWS if len(self.table) == 0 else NO_HITS)
        self.toolbar.show_rows(model.rowCount(), self.table)
        if self._panel is not None:
            self._panel.show_table()

    def filter(self, text: str) -> None:
        """Show only the rows that a filter lets through; nothing is deleted."""
        self._filter = text
        self._show()

    def _find(self) -> None:
        table, text = self.table, self._filter

        def take(rows: Ints) -> None:
            if self.table is table and self._filter == text:
                self._show_rows(rows)

        self._carry_out(lambda: np.flatnonzero(filtered(table, text)), take)

    # Edits of what is shown

    def add_row(self) -> None:
        """Add a row of missing values under the current one, or at the end."""
        index = self.grid.currentIndex()
        at = self.grid.rows.row_of(index.row()) + 1 if index.isValid() else len(self.table)
        text = self._filter

        def make(table: Table) -> Edited:
            made = edits.with_new_rows(table, at)
            hidden = bool(text) and not filtered(made, text)[at]
            return made, say(
                "The row is added, but the filter hides it; empty the filter to see it."
            ) if hidden else None

        self.change("Add a row", make)

    def delete_rows(self) -> None:
        """Delete the rows in which a cell is chosen."""
        rows = self.grid.chosen_rows()
        if len(rows):
            self.change("Delete rows", lambda table: (edits.without_rows(table, rows), None))
        else:
            self.said.emit(say("Choose the rows to delete first: click a row's number, or any cell."), "warn")

    def keep_shown(self) -> None:
        """Delete the rows that the filter does not show."""
        rows = self.grid.rows.rows
        if rows is not None:
            self.toolbar.clear_filter()
            self._filter = ""
            self.change("Keep some rows", lambda table: (edits.taken(table, rows), None))

    def _sort_current(self, *, descending: bool) -> None:
        if (place := self.grid.current_place) >= 0:
            self.sort(self.table.names[place], descending=descending)

    def new_table(self) -> None:
        """Begin with a small table to be typed."""
        columns = ("x", "y")
        table = edits.with_new_rows(edits.with_new_column(edits.with_new_column(Table(), columns[0]), columns[1]), 0, 5)
        self.document.put(edits.with_new_column(table, "class", "category"), "Begin a table")
        self.grid.setFocus()

    def _open_menu(self, place: int, position: QPoint) -> None:
        column_menu(self, self.table.columns[place]).popup(position)

    # Files

    def open_file(self, path: Path) -> None:
        """Ask how a file is to be read, with its first rows shown; then read it."""
        if self.dialog is not None:
            self.dialog.close()
        self.dialog = dialog = ImportDialog(self, path)
        dialog.answered.connect(lambda options: self.read(path, options))
        dialog.finished.connect(self._forget_dialog)
        dialog.open()

    def _forget_dialog(self) -> None:
        self.dialog = None

    def take_imported(self, imported: Imported) -> None:
        """Put what was read on the stage, and keep what could not be read for the Data tab."""
        table = imported.data
        assert isinstance(table, Table)
        self._carry_out(lambda: self._prepare(table), lambda _: self._take(imported), size_of(table))

    def _take(self, imported: Imported) -> None:
        name = say("Import “{name}”", name=imported.data.recipe.source)
        if self.active:
            self.document.load(imported.data, name)
        else:
            self.wanted.emit(imported.data, name)
        self.problems = imported.problems
        if self._panel is not None:
            self._panel.show_table()
        if imported.problems:
            self.said.emit(say("{first} Told in the Data tab: {count}.", first=imported.problems[0],
                               count=len(imported.problems)), "warn")  # fmt: skip

    def stop_reading(self) -> None:
        """Give up what is being read, and wait for what is being worked out."""
        if self.dialog is not None:
            self.dialog.close()
        self._chores.wait()
        super().stop_reading()
