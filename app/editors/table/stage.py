"""Tables on the stage: a grid as in a spreadsheet, with undo for every edit."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.editors.document import Document
from app.editors.editor import Editor
from app.editors.table.chore import Chore
from app.editors.table.dialogs import PlaneQuestion, SeriesQuestion, TextQuestion, TextsQuestion
from app.editors.table.empty import EmptyTable
from app.editors.table.grid import TableGrid
from app.editors.table.import_dialog import ImportDialog
from app.editors.table.menus import column_menu, fill_note
from app.editors.table.options import TableOptionsPanel
from app.editors.table.toolbar import TableToolbar
from app.kit import EmptyNote
from app.language import bind
from app.session.session import Session
from engines.core.arrays import Ints
from engines.core.language import LearnerError, Note, say
from engines.data import table_edits as edits
from engines.data.importing import Imported
from engines.data.points import Points
from engines.data.table import NO_COLOUR, ColumnKind, Table
from engines.data.table_conversion import sequences_of, text_of
from engines.data.table_filter import filtered
from engines.data.table_summary import summary_of
from engines.data.text import Text

MOST_PREPARED = 50  # columns whose heads are drawn soon
MANY = 100_000  # cells; what touches more is done in a thread
NO_ROWS = say("There are no rows. Add one with the first button above.")
NO_HITS = say("No row passes the filter. Change it, or empty it to see all rows.")
SLOWER = 50  # times: what is done value by value, against what is done to a whole column
Edited = tuple[Table, Note | None]


class TableStage(Editor):
    """Edits a table. Each method named after an edit is one undo; a big one is done apart, and shown when it is."""

    kind = Table

    def __init__(self, session: Session) -> None:
        document = Document(Table())
        super().__init__(session, document)
        document.setParent(self)
        self.problems: tuple[Note, ...] = ()  # of what was imported last
        self._chores: list[Chore] = []
        self._waiting: list[Callable[[], None]] = []
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

    @property
    def table(self) -> Table:
        """The table of now."""
        return cast(Table, self.document.data)

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

    # Edits

    def change(self, name: str | Note, make: Callable[[Table], Edited]) -> None:
        """Carry out an edit as one undo; what ``make`` has to say is said afterwards, and a mistake instead.

        One that comes while another is worked out waits for it.
        """
        if self.busy:
            self._waiting.append(partial(self._change_later, self.table.key, name, make))
            return
        table = self.table

        def take(edited: Edited) -> None:
            made, note = edited
            if self.document.data is table and made is not table:
                self.document.put(made, name)
            if note is not None:
                self.said.emit(note, "warn")

        def work() -> Edited:
            made, note = make(table)
            self._prepare(made)
            return made, note

        self._carry_out(work, take)

    def _change_later(self, key: Any, name: str | Note, make: Callable[[Table], Edited]) -> None:
        """Carry out an edit that has waited, unless the rows it was meant for are elsewhere by now."""
        if self.table.key is key:
            self.change(name, make)
        else:
            self.said.emit(say("The rows have moved meanwhile; please do that again."), "warn")

    def _prepare(self, table: Table) -> Table:
        """Have the split and the spread of each column found here, in a thread, so that the window need not wait."""
        table.with_split(self.session.split)
        for column in table.columns[:MOST_PREPARED]:
            summary_of(column)
        return table

    @property
    def busy(self) -> bool:
        """Whether something is being worked out in a thread."""
        return bool(self._chores)

    def _carry_out(self, work: Callable[[], Any], take: Callable[[Any], None], size: int = 0) -> None:
        """Do some work, at once where it is little, else in a thread."""
        if max(size, size_of(self.table)) <= MANY:
            try:
                result = work()
            except LearnerError as error:
                self.said.emit(error.note, "bad")
            else:
                take(result)
            return
        chore = Chore(self, work)
        self._chores.append(chore)
        chore.done.connect(take)
        chore.failed.connect(lambda note: self.said.emit(note, "bad"))
        chore.finished.connect(lambda: self._finish(chore))
        chore.start()

    def _finish(self, chore: Chore) -> None:
        """Go on with what waited for this."""
        self._chores.remove(chore)
        chore.deleteLater()
        while self._waiting and not self.busy:
            self._waiting.pop(0)()

    def type(self, row: int, name: str, text: str) -> None:
        """Put a text into one cell."""
        self.change("Edit a cell", lambda table: (edits.with_cell(table, row, name, text), None))

    def mark_missing(self, rows: Ints, names: list[str]) -> None:
        """Mark cells as missing."""
        self.change("Mark as missing", lambda table: (edits.with_missing(table, rows, names), None))

    def paste(self, rows: Ints, place: int, block: list[list[str]]) -> None:
        """Put a block of texts into the cells from column ``place`` on."""

        def make(table: Table) -> Edited:
            made, refused = edits.pasted(table, rows, place, block)
            note = say("{count} cells were not pasted: they are not numbers, or there is no column for them.",
                       count=refused)  # fmt: skip
            return made, note if refused else None

        self.change("Paste", make)

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

    def sort(self, name: str, *, descending: bool = False) -> None:
        """Put the rows into the order of a column."""
        self.change("Sort", lambda table: (edits.sorted_by(table, name, descending=descending), None))

    def _sort_current(self, *, descending: bool) -> None:
        if (place := self.grid.current_place) >= 0:
            self.sort(self.table.names[place], descending=descending)

    def add_column(self, name: str, kind: ColumnKind = "number") -> None:
        """Add a column of missing values at the end."""
        self.change("Add a column", lambda table: (edits.with_new_column(table, name, kind), None))

    def delete_columns(self, names: list[str]) -> None:
        """Delete columns."""
        self.change("Delete columns", lambda table: (edits.without_columns(table, names), None))

    def rename(self, name: str, new: str) -> None:
        """Call a column otherwise."""
        self.change("Rename a column", lambda table: (edits.renamed(table, name, new), None))

    def change_kind(self, name: str, kind: ColumnKind) -> None:
        """Make a column one of another kind; values that are no numbers then are missing, which is said."""

        def make(table: Table) -> Edited:
            made, lost = edits.with_kind(table, name, kind)
            note = say("{count} values of “{name}” are not numbers and are missing now; undo brings them back.",
                       count=lost, name=name)  # fmt: skip
            return made, note if lost else None

        self.change("Change the kind of a column", make)

    def choose_target(self, name: str) -> None:
        """Choose the column that is to be learned, "" for none."""
        if name != self.table.target:
            self.change("Choose the target", lambda table: (edits.with_target(table, name), None))

    def fill(self, name: str, how: edits.Fill, text: str = "") -> None:
        """Fill what is missing in a column."""
        words = say("value {value}", value=text) if how == "value" else fill_note(how)
        self.change(say("Fill “{name}”: {how}", name=name, how=words),
                    lambda table: (edits.filled(table, name, how, text), None))  # fmt: skip

    def mark_value(self, name: str, text: str) -> None:
        """Mark every cell of a column that holds a value as missing."""

        def make(table: Table) -> Edited:
            made, count = edits.with_value_missing(table, name, text)
            if not count:
                return table, say("No cell of “{name}” holds “{value}”.", name=name, value=text)
            return made, None

        self.change("Mark as missing", make)

    def new_table(self) -> None:
        """Begin with a small table to be typed."""
        columns = ("x", "y")
        table = edits.with_new_rows(edits.with_new_column(edits.with_new_column(Table(), columns[0]), columns[1]), 0, 5)
        self.document.put(edits.with_new_column(table, "class", "category"), "Begin a table")
        self.grid.setFocus()

    # Questions

    def _open_menu(self, place: int, position: QPoint) -> None:
        column_menu(self, self.table.columns[place]).popup(position)

    def _ask(self, title: Note, text: str, take: Callable[[str], object]) -> None:
        question = TextQuestion(self, title, text)
        question.answered.connect(take)
        question.open()

    def ask_column(self) -> None:
        """Ask what a new column is called."""
        self._ask(say("Name of the new column"), "", self.add_column)

    def ask_rename(self, name: str) -> None:
        """Ask for another name."""
        self._ask(say("New name of “{name}”", name=name), name, lambda text: self.rename(name, text))

    def ask_fill(self, name: str) -> None:
        """Ask for a value to fill with."""
        self._ask(say("Fill what is missing in “{name}” with", name=name), "",
                  lambda text: self.fill(name, "value", text))  # fmt: skip

    def ask_missing(self, name: str) -> None:
        """Ask which value stands for none."""
        self._ask(say("Which value of “{name}” means that there is none?", name=name), "",
                  lambda text: self.mark_value(name, text))  # fmt: skip

    def ask_plane(self) -> None:
        """Ask which columns go onto the plane."""
        question = PlaneQuestion(self, self.table)
        question.answered.connect(self.show_on_plane)
        question.open()

    def show_on_plane(self, across: str, up: str, colour: str, standardise: bool) -> None:
        """Hand two columns over as points; rows without both values are counted, not lost in silence."""
        table = self.table

        def make() -> Points:
            return table.to_points(across, up, colour or NO_COLOUR, standardise=standardise)

        def take(points: Points) -> None:
            self.wanted.emit(points, say("“{x}” and “{y}” of a table", x=across, y=up))
            if left_out := len(table) - len(points):
                self.said.emit(say("Rows left out, as a value is missing: {count} of {n}. The table still has them.",
                                   count=left_out, n=len(table)), "warn")  # fmt: skip

        self._carry_out(make, take)

    def ask_series(self) -> None:
        """Ask which columns become series."""
        question = SeriesQuestion(self, self.table)
        question.answered.connect(self.show_as_series)
        question.open()

    def show_as_series(self, names: Sequence[str]) -> None:
        """Hand columns of numbers over as series, the rows as moments."""
        table = self.table
        self._carry_out(
            lambda: sequences_of(table, names),
            lambda series: self.wanted.emit(series, say("Series from a table")),
            len(table) * SLOWER,
        )

    def ask_texts(self) -> None:
        """Ask which column holds the texts, and which one their labels."""
        question = TextsQuestion(self, self.table)
        question.answered.connect(self.show_as_texts)
        question.open()

    def show_as_texts(self, text: str, label: str) -> None:
        """Hand a column over as lines with labels, label "" for none; rows without a text are counted."""
        table = self.table

        def take(lines: Text) -> None:
            self.wanted.emit(lines, say("Texts from a table"))
            if left_out := len(table) - len(lines):
                self.said.emit(say("Rows left out, as they have no text: {count} of {n}. The table still has them.",
                                   count=left_out, n=len(table)), "warn")  # fmt: skip

        # Without a label the target would be taken, so there is none here but the label.
        self._carry_out(lambda: text_of(replace(table, target=label), text, label), take, len(table) * SLOWER)

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
        for chore in self._chores:
            chore.wait()
        super().stop_reading()


def size_of(table: Table) -> int:
    """Return how many cells there are."""
    return len(table) * len(table.columns)
