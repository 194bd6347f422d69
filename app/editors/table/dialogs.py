"""Small questions of the table editor: one text, or which columns go elsewhere. None holds the window up."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.editors.table.column_box import ColumnBox
from app.editors.table.column_list import ColumnList
from app.kit import PrimaryButton, QuietButton, Switch
from app.language import bind
from app.theme import theme
from engines.core.language import Note, say
from engines.data.sequences import MOST_CHANNELS
from engines.data.table import Table
from engines.data.table_conversion import text_column


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
        hint = _hint(
            "Columns of different units then share one scale, and the points lie within the view. "
            "The recipe of the points tells both numbers. Without it the values stay as they are."
        )
        for widget in (self.across, self.up, self.colour, self.scale, hint):
            self.body.addWidget(widget)
        self.accepted.connect(self._answer)
        theme.bind(self, lambda: self.setMinimumWidth(theme.px(420)))

    def _answer(self) -> None:
        self.answered.emit(self.across.value(), self.up.value(), self.colour.value(), self.scale.isChecked())


class SeriesQuestion(Question):
    """Asks which columns become series. ``answered(names)``, from one to ``MOST_CHANNELS`` of them."""

    answered = Signal(tuple)

    def __init__(self, parent: QWidget, table: Table) -> None:
        super().__init__(parent, "Show columns of numbers as series", "Show as series", "kind-sequences")
        numbers = [column.name for column in table.columns if column.kind == "number"]
        self.columns = ColumnList("Columns", numbers, numbers[:MOST_CHANNELS])
        self.count = QLabel()
        self.columns.ticked.connect(self._count)
        hint = _hint("Each row becomes a moment, in the order of the rows; a missing value becomes a gap.")
        for widget in (self.columns, self.count, hint):
            self.body.addWidget(widget)
        self.accepted.connect(lambda: self.answered.emit(self.columns.value()))
        theme.bind(self, lambda: self.setMinimumWidth(theme.px(420)))
        self._count()
        self.columns.setFocus()

    def _count(self) -> None:
        chosen = len(self.columns.value())
        bind(self.count, self.count.setText, say("chosen: {count}, from 1 to {most} are possible", count=chosen,
                                                 most=MOST_CHANNELS))  # fmt: skip
        self.yes.setEnabled(1 <= chosen <= MOST_CHANNELS)


class TextsQuestion(Question):
    """Asks which column holds the texts and which one their labels. ``answered(text, label)``, label "" for none."""

    answered = Signal(str, str)

    def __init__(self, parent: QWidget, table: Table) -> None:
        super().__init__(parent, "Show a column as texts", "Show as texts", "kind-text")
        words = [column.name for column in table.columns if column.kind in ("category", "text")]
        self._labels = [column.name for column in table.columns if column.kind != "ignore"]
        self._target = table.target
        longest = text_column(table)
        self.text, self.label = ColumnBox("Texts", none=False), ColumnBox("Labels", none=True)
        self.text.offer(words, longest if longest in words else words[0] if words else "")
        self.text.chosen.connect(lambda _: self._offer(self.label.value()))
        self._offer(self._target)
        hint = _hint("Each row becomes a line; rows without a text are left out. The labels become the classes.")
        for widget in (self.text, self.label, hint):
            self.body.addWidget(widget)
        self.accepted.connect(lambda: self.answered.emit(self.text.value(), self.label.value()))
        theme.bind(self, lambda: self.setMinimumWidth(theme.px(420)))

    def _offer(self, chosen: str) -> None:
        """Offer every other column for the labels: a text is no label of itself."""
        self.label.offer([name for name in self._labels if name != self.text.value()], chosen)


def _hint(text: str) -> QLabel:
    hint = QLabel(wordWrap=True)
    hint.setProperty("muted", True)
    bind(hint, hint.setText, text)
    return hint
