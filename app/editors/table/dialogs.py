"""Small questions of the table editor: one text, or which columns go onto the plane. Neither holds the window up."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.editors.table.column_box import ColumnBox
from app.kit import PrimaryButton, QuietButton, Switch
from app.language import bind
from app.theme import theme
from engines.core.language import Note
from engines.data.table import Table


class Question(QDialog):
    """A dialog with a row of buttons at the end; a subclass fills ``body``."""

    def __init__(self, parent: QWidget, title: str | Note, yes: str, icon_name: str = "check") -> None:
        super().__init__(parent)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        bind(self, self.setWindowTitle, title)
        theme.bind(self, lambda: self.setStyleSheet(f"QDialog {{ background: {theme.tokens.card}; }}"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(16)
        heading = QLabel(wordWrap=True)
        bind(heading, heading.setText, title)
        theme.bind(heading, lambda: heading.setFont(theme.font("title")))
        layout.addWidget(heading)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        layout.addLayout(self.body, stretch=1)
        buttons = QHBoxLayout()
        buttons.addStretch()
        self.no = QuietButton("Cancel")
        self.yes = PrimaryButton(icon_name, yes)
        self.yes.setDefault(True)
        buttons.addWidget(self.no)
        buttons.addWidget(self.yes)
        layout.addLayout(buttons)
        self.no.clicked.connect(self.reject)
        self.yes.clicked.connect(self.accept)


class TextQuestion(Question):
    """Asks for one text. ``answered(text)``."""

    answered = Signal(str)

    def __init__(self, parent: QWidget, title: str | Note, text: str = "") -> None:
        super().__init__(parent, title, "OK")
        self.line = QLineEdit(text)
        bind(self.line, self.line.setAccessibleName, title)
        self.line.selectAll()
        self.body.addWidget(self.line)
        self.accepted.connect(lambda: self.answered.emit(self.line.text()))
        theme.bind(self, lambda: self.setMinimumWidth(theme.px(360)))
        self.line.setFocus()


class PlaneQuestion(Question):
    """Asks which columns go onto the plane. ``answered(x, y, colour, standardise)``."""

    answered = Signal(str, str, str, bool)

    def __init__(self, parent: QWidget, table: Table) -> None:
        super().__init__(parent, "Put two columns onto the plane", "Show on the plane", "point")
        numbers = [column.name for column in table.columns if column.kind == "number"]
        shown = [name for name in numbers if name != table.target] or numbers
        colours = [column.name for column in table.columns if column.kind in ("category", "number")]
        self.across, self.up = ColumnBox("Across (x)", none=False), ColumnBox("Up (y)", none=False)
        self.colour = ColumnBox("Colour", none=True)
        self.across.offer(numbers, shown[0] if shown else "")
        self.up.offer(numbers, shown[1] if len(shown) > 1 else "")
        self.colour.offer(colours, table.target)
        self.scale = Switch("Standardise: (value − mean) / standard deviation")
        self.scale.setChecked(True)
        hint = QLabel(wordWrap=True)
        hint.setProperty("muted", True)
        bind(hint, hint.setText, "Columns of different units then share one scale, and the points lie within the view. "
             "The recipe of the points tells both numbers. Without it the values stay as they are.")  # fmt: skip
        for widget in (self.across, self.up, self.colour, self.scale, hint):
            self.body.addWidget(widget)
        self.accepted.connect(self._answer)
        theme.bind(self, lambda: self.setMinimumWidth(theme.px(420)))

    def _answer(self) -> None:
        self.answered.emit(self.across.value(), self.up.value(), self.colour.value(), self.scale.isChecked())
