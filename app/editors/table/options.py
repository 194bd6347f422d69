"""What the Data tab shows of a table: the target, the columns with their kinds, the ways out of it, problems."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QGridLayout, QListWidget, QVBoxLayout, QWidget

from app.editors.table.column_box import ColumnBox
from app.editors.table.header import KINDS, kind_note
from app.editors.table.ways import PLANE, SERIES, TEXTS, show_ways
from app.kit import ChoiceBox, QuietButton, section
from app.language import speaker, tr
from app.theme import theme
from engines.data.table import COLUMN_KINDS

if TYPE_CHECKING:
    from app.editors.table.stage import TableStage

ROWS = 8  # of the list of columns that are seen at once
MOST_PROBLEMS = 500


class TableOptionsPanel(QWidget):
    """Follows the table of a stage."""

    def __init__(self, stage: "TableStage") -> None:
        super().__init__()
        self._stage = stage
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self._title = section("Columns")
        layout.addWidget(self._title)
        self.target = ColumnBox("Target", none=True)
        self.target.chosen.connect(stage.choose_target)
        layout.addWidget(self.target)
        self.columns = QListWidget()
        self.columns.setUniformItemSizes(True)
        self.columns.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.columns.currentRowChanged.connect(self._choose)
        layout.addWidget(self.columns)
        self.kind = ChoiceBox("Kind", [(kind, KINDS[kind]) for kind in COLUMN_KINDS])
        self.kind.chosen.connect(self._change_kind)
        layout.addWidget(self.kind)
        layout.addLayout(self._ways())
        self._heading = section("What could not be read")
        self.problems = QListWidget()
        self.problems.setWordWrap(True)
        self.problems.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout.addWidget(self._heading)
        layout.addWidget(self.problems)
        theme.bind(self, self._restyle)
        speaker.changed.connect(self.show_table)
        self.show_table()

    def _ways(self) -> QGridLayout:
        stage, grid = self._stage, QGridLayout()
        grid.setSpacing(8)
        self.plane = QuietButton(PLANE, "kind-points")
        self.series = QuietButton(SERIES, "kind-sequences")
        self.texts = QuietButton(TEXTS, "kind-text")
        self.plane.clicked.connect(stage.ask_plane)
        self.series.clicked.connect(stage.ask_series)
        self.texts.clicked.connect(stage.ask_texts)
        grid.addWidget(self.plane, 0, 0, 1, 2)
        grid.addWidget(self.series, 1, 0)
        grid.addWidget(self.texts, 1, 1)
        return grid

    def _restyle(self) -> None:
        row = self.columns.sizeHintForRow(0) if self.columns.count() else theme.px(24)
        self.columns.setFixedHeight(row * max(2, min(ROWS, self.columns.count())) + theme.px(4))
        self.problems.setFixedHeight(theme.px(132))

    def show_table(self) -> None:
        """Show the columns of now."""
        table, place = self._stage.table, max(0, self.columns.currentRow())
        names = [f"{column.name}  ·  {tr(kind_note(column.kind))}" for column in table.columns]
        with QSignalBlocker(self.columns):
            if [self.columns.item(row).text() for row in range(self.columns.count())] != names:
                self.columns.clear()
                self.columns.addItems(names)
                self._restyle()
            self.columns.setCurrentRow(min(place, len(names) - 1))
        self.target.offer([c.name for c in table.columns if c.kind != "ignore"], table.target)
        for widget in (self._title, self.target, self.columns, self.kind, self.plane, self.series, self.texts):
            widget.setVisible(bool(names))
        show_ways(table, self.plane, self.series, self.texts)
        self._show_kind()
        notes = self._stage.problems
        self._heading.setVisible(bool(notes))
        self.problems.setVisible(bool(notes))
        self.problems.clear()
        self.problems.addItems([tr(note) for note in notes[:MOST_PROBLEMS]])

    def _show_kind(self) -> None:
        place = self.columns.currentRow()
        if 0 <= place < len(self._stage.table.columns):
            self.kind.choose(self._stage.table.columns[place].kind)

    def _choose(self, place: int) -> None:
        """Show the column that was chosen in the list."""
        self._show_kind()
        grid = self._stage.grid
        if 0 <= place < grid.rows.columnCount() and grid.rows.rowCount():
            grid.choose(max(0, grid.rowAt(0)), place)

    def _change_kind(self, kind: str) -> None:
        place = self.columns.currentRow()
        if 0 <= place < len(self._stage.table.columns):
            name = self._stage.table.columns[place].name
            self._stage.change_kind(name, next(known for known in COLUMN_KINDS if known == kind))
