"""The first rows of a file as they stand in it, with what could not be read still to be seen."""

from app.editors.table.model import TableModel
from engines.data.files.tables import TablePreview
from engines.data.table import Table


class PreviewModel(TableModel):
    """Shows the texts of the file; a cell that gave no value is marked as troubled."""

    def __init__(self) -> None:
        super().__init__(editable=False)
        self._cells: tuple[tuple[str, ...], ...] = ()
        self._marks: frozenset[str] = frozenset()

    def show_preview(self, table: Table, preview: TablePreview) -> None:
        """Show other rows."""
        self._cells, self._marks = preview.cells, preview.options.marks
        self.show(table)

    def text(self, row: int, place: int, *, exact: bool = False) -> str | None:
        """Return a cell as it stands in the file, None where that is a mark for no value."""
        cell = self._cells[row][place].strip()
        return None if cell.casefold() in self._marks or cell == "nan" else cell

    def troubled(self, row: int, place: int) -> bool:
        """Whether a cell holds something that could not be read."""
        return bool(self.table.columns[place].missing[row]) and self.text(row, place) is not None
