"""What can be done to a table: each edit is one undo, and a big one is worked out apart."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from app.editors.document import Document
from app.editors.editor import Editor
from app.editors.table.chore import Chores
from app.editors.table.menus import fill_note
from app.session.session import Session
from engines.core.arrays import Ints
from engines.core.language import Note, say
from engines.data import table_edits as edits
from engines.data.table import ColumnKind, Table
from engines.data.table_summary import summary_of

MOST_PREPARED = 50  # columns whose heads are drawn soon
Edited = tuple[Table, Note | None]


class TableEditing(Editor):
    """Holds the table. Each method named after an edit is one undo; a big one is done apart, and shown when it is."""

    def __init__(self, session: Session) -> None:
        document = Document(Table())
        super().__init__(session, document)
        document.setParent(self)
        self._chores = Chores(self)
        self._chores.failed.connect(lambda note: self.said.emit(note, "bad"))

    @property
    def table(self) -> Table:
        """The table of now."""
        return cast(Table, self.document.data)

    @property
    def busy(self) -> bool:
        """Whether something is being worked out in a thread."""
        return self._chores.busy

    def _carry_out(self, work: Callable[[], Any], take: Callable[[Any], None], size: int = 0) -> None:
        """Do some work, at once where it is little, else in a thread. size: cells, if more than the table has."""
        self._chores.do(work, take, max(size, size_of(self.table)))

    # How an edit is done

    def change(self, name: str | Note, make: Callable[[Table], Edited]) -> None:
        """Carry out an edit as one undo; what ``make`` has to say is said afterwards, and a mistake instead.

        One that comes while another is worked out waits for it.
        """
        if self.busy:
            self._chores.wait_for_them(partial(self._change_later, self.table.key, name, make))
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

    # Edits

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
            note = say("{count} {count:cell was|cells were} not pasted: no number, or no column for it.",
                       count=refused)  # fmt: skip
            return made, note if refused else None

        self.change("Paste", make)

    def sort(self, name: str, *, descending: bool = False) -> None:
        """Put the rows into the order of a column."""
        self.change("Sort", lambda table: (edits.sorted_by(table, name, descending=descending), None))

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
            note = say("{count} {count:value|values} of “{name}” {count:is no number and is|are no numbers and are} "
                       "missing now; undo brings back what was there.",
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


def size_of(table: Table) -> int:
    """Return how many cells there are."""
    return len(table) * len(table.columns)
