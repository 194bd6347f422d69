"""A label over one line of text."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from app.language import bind


class TextBox(QWidget):
    """``changed`` carries the text when Enter is pressed or the keyboard goes elsewhere."""

    changed = Signal(str)

    def __init__(self, label: str) -> None:
        super().__init__()
        name = QLabel()
        bind(name, name.setText, label)
        self.line = QLineEdit()
        bind(self.line, self.line.setAccessibleName, label)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(name)
        layout.addWidget(self.line)
        self._told = ""
        self.line.editingFinished.connect(self._tell)

    def set_value(self, text: str) -> None:
        """Show a text without telling."""
        self._told = text
        if text != self.line.text():
            with QSignalBlocker(self.line):
                self.line.setText(text)

    def _tell(self) -> None:
        if self.line.text() != self._told:
            self._told = self.line.text()
            self.changed.emit(self._told)
