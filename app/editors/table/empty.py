"""What is shown while there is no table: what to do first."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.kit import PrimaryButton, QuietButton
from app.language import bind, tr
from app.theme import icon, theme
from engines.data.importing import readers
from engines.data.table import Table


class EmptyTable(QWidget):
    """Offers the first steps. ``file_chosen(Path)``, ``new_wanted()``."""

    file_chosen = Signal(object)
    new_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._icon, title, text = QLabel(), QLabel(), QLabel(wordWrap=True)
        bind(title, title.setText, "No table yet")
        bind(text, text.setText, "Import a file (.csv .tsv .xlsx .parquet .json) or drop one here, choose a sample in "
             "the Data tab, or begin with an empty table and type.")  # fmt: skip
        text.setProperty("muted", True)
        theme.bind(title, lambda: title.setFont(theme.font("title")))
        theme.bind(text, lambda: text.setFixedWidth(theme.px(400)))
        theme.bind(self, self._restyle)
        self.open = PrimaryButton("folder-open", "Import a table …")
        self.new = QuietButton("New table", "table")
        self.open.clicked.connect(self.ask)
        self.new.clicked.connect(self.new_wanted)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(self.open)
        buttons.addWidget(self.new)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addStretch()
        for label in (self._icon, title, text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            line = QHBoxLayout()  # with room at both sides, and as high as its lines
            line.addStretch()
            line.addWidget(label)
            line.addStretch()
            layout.addLayout(line)
        layout.addSpacing(8)
        layout.addLayout(buttons)
        layout.addStretch()

    def _restyle(self) -> None:
        self._icon.setPixmap(icon("table", "faint").pixmap(theme.px(32), theme.px(32)))

    def ask(self) -> None:
        """Let the person choose a file that holds a table."""
        endings = " ".join(f"*{ending}" for ending, form in readers().items() if form.kind is Table)
        path, _ = QFileDialog.getOpenFileName(self, tr("Import a table …"), "", f"{tr('Table')} ({endings})")
        if path:
            self.file_chosen.emit(Path(path))
