"""The strip over a table: rows, columns, sorting, the filter, and the ways out of it."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from app.editors.table.ways import PLANE, SERIES, TEXTS, show_ways
from app.kit import IconButton
from app.language import bind
from app.theme import theme
from engines.core.language import Note, say
from engines.data.table import Table

REST_MILLISECONDS = 250  # after typing has come to rest


class TableToolbar(QWidget):
    """Buttons for what the editor can do. ``filter_changed(text)`` when typing has come to rest, or on Enter."""

    filter_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.add_row = IconButton("row-add", "Add a row")
        self.delete_rows = IconButton("row-delete", "Delete the chosen rows")
        self.add_column = IconButton("column-add", "Add a column")
        self.sort_up = IconButton("sort-up", "Sort upwards by the current column")
        self.sort_down = IconButton("sort-down", "Sort downwards by the current column")
        self.plane = IconButton("kind-points", PLANE)
        self.series = IconButton("kind-sequences", SERIES)
        self.texts = IconButton("kind-text", TEXTS)
        self.filter = QLineEdit()
        self.filter.setClearButtonEnabled(True)
        bind(self.filter, self.filter.setPlaceholderText, "Filter, such as: age > 30")
        bind(self.filter, self.filter.setAccessibleName, "Filter")
        bind(
            self.filter, self.filter.setToolTip,
            "Shows only some rows; nothing is deleted. Write: age > 30 · species = setosa · name contains an · "
            "age missing · several with and, or · a word alone is looked for everywhere",
        )  # fmt: skip
        self.keep = IconButton("check", "Keep only these rows")
        self.count = QLabel()
        self.count.setProperty("muted", True)
        self.count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for button in (self.add_row, self.delete_rows, self.add_column):
            layout.addWidget(button)
        layout.addSpacing(8)
        for button in (self.sort_up, self.sort_down):
            layout.addWidget(button)
        layout.addSpacing(8)
        layout.addWidget(self.filter, stretch=3)
        layout.addWidget(self.keep)
        layout.addSpacing(4)
        layout.addWidget(self.count, stretch=2)
        for button in (self.plane, self.series, self.texts):
            layout.addWidget(button)
        theme.bind(self, lambda: self.filter.setMinimumWidth(theme.px(120)))
        self._soon = QTimer(self, singleShot=True, interval=REST_MILLISECONDS)
        self._soon.timeout.connect(self._tell)
        self.filter.textEdited.connect(lambda _: self._soon.start())
        self.filter.textChanged.connect(lambda text: None if text else self._soon.start())
        self.filter.returnPressed.connect(self._tell)

    def _tell(self) -> None:
        self._soon.stop()
        self.filter_changed.emit(self.filter.text().strip())

    def show_rows(self, shown: int, table: Table) -> None:
        """Tell how many rows there are, and how many of them the filter shows."""
        rows, columns = len(table), len(table.columns)
        self.add_row.setEnabled(columns > 0)
        self.filter.setEnabled(columns > 0)
        note: Note = (
            say("rows: {n:,}", n=rows) if shown == rows else say("rows: {shown:,} of {n:,}", shown=shown, n=rows)
        )
        bind(self.count, self.count.setText, note)
        bind(self.count, self.count.setToolTip, note)
        self.keep.setVisible(shown != rows)
        for button in (self.delete_rows, self.sort_up, self.sort_down):
            button.setEnabled(rows > 0)
        show_ways(table, self.plane, self.series, self.texts)

    def clear_filter(self) -> None:
        """Take the filter away without telling."""
        self.filter.clear()
        self._soon.stop()
