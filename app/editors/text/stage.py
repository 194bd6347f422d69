"""Texts on the stage: a list of labelled lines, and a field to write another one."""

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.editors.editor import Editor
from app.editors.text.class_strip import ClassStrip
from app.editors.text.document import TextDocument
from app.editors.text.editor import TextEditor
from app.editors.text.lines_view import LinesView
from app.editors.text.options import TextOptions
from app.kit import IconButton
from app.language import bind
from app.session.session import Session
from app.theme import theme
from engines.core.language import say
from engines.data.text import Text

FIRST = say(
    "Write a line below, or paste many at once with Ctrl+V, each with its class before a tab if it has one. "
    "Or choose a sample at the right, or import a file."
)


class TextStage(Editor):
    """One reads, labels and writes lines."""

    kind = Text

    def __init__(self, session: Session) -> None:
        document = TextDocument()
        super().__init__(session, document)
        document.setParent(self)
        self.editor = TextEditor(document)
        self.editor.setParent(self)
        self.view: LinesView = self.editor.view
        self._options: TextOptions | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self._head())
        layout.addWidget(self.view, stretch=1)
        layout.addLayout(self._foot())
        self.empty = EmptyNote(self.view)
        theme.bind(self, lambda: self.view.setMinimumHeight(theme.px(120)))
        self.editor.told.connect(self.said)
        self.editor.chosen.connect(self._show)
        self.view.clicked.connect(lambda line: self.pointed_at.emit(int(self.editor.model.rows[line.row()])))
        session.data_changed.connect(self._show_parts)
        self._show_parts()
        self._show()

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.classes = ClassStrip(self.editor)
        self.search = SearchField()
        self.search.textChanged.connect(self.editor.search)
        row.addWidget(self.classes, stretch=1)
        row.addWidget(self.search)
        theme.bind(self.search, lambda: self.search.setFixedWidth(theme.px(170)))
        return row

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        self.new = QLineEdit()
        bind(self.new, self.new.setPlaceholderText, "Write a line and press Enter")
        bind(self.new, self.new.setAccessibleName, "Write a line and press Enter")
        self.new.returnPressed.connect(self._write)
        self.paste = IconButton("paste", "Paste lines", "Ctrl+V")
        self.paste.clicked.connect(self.editor.paste)
        self.delete = IconButton("x", "Delete the selected lines", "Delete")
        self.delete.clicked.connect(self.editor.delete_lines)
        self.clear = IconButton("trash", "Clear all lines")
        self.clear.clicked.connect(self.document.clear)
        self.count = QLabel()
        self.count.setProperty("muted", True)
        row.addWidget(self.new, stretch=1)
        for widget in (self.paste, self.delete, self.clear, self.count):
            row.addWidget(widget)
        return row

    def options(self) -> QWidget:
        """Return classes and words for the Data tab."""
        if self._options is None:
            self._options = TextOptions(self.editor)
        return self._options

    def ring(self, index: np.ndarray) -> None:
        """Mark these lines and show the first of them that is not filtered out: (m,)."""
        model = self.editor.model
        model.ring(index)
        places = (model.place_of(row) for row in index.tolist())
        if (first := next((place for place in places if place.isValid()), None)) is not None:
            self.view.scrollTo(first)

    def _write(self) -> None:
        self.editor.add_line(self.new.text())
        self.new.clear()

    def _show_parts(self) -> None:
        if isinstance(self.session.data, Text):
            self.editor.model.show_parts(self.session.data.parts)

    def _show(self) -> None:
        length, shown, chosen = len(self.document), len(self.editor.model.rows), len(self.editor.selected)
        self.delete.setEnabled(chosen > 0)
        self.clear.setEnabled(length > 0)
        self.empty.setVisible(shown == 0)
        self.empty.say_why(searched=length > 0)
        if chosen > 1:
            note = say("{chosen} of {n} lines selected", chosen=chosen, n=length)
        elif shown < length:
            note = say("{shown} of {n} lines", shown=shown, n=length)
        else:
            note = say("{n} {n:line|lines}", n=length)
        bind(self.count, self.count.setText, note)


class SearchField(QLineEdit):
    """Words to look for; Escape empties it."""

    def __init__(self) -> None:
        super().__init__()
        self.setClearButtonEnabled(True)
        bind(self, self.setPlaceholderText, "Search the lines")
        bind(self, self.setAccessibleName, "Search the lines")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape empties the field."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class EmptyNote(QLabel):
    """What to do first, in the middle of an empty list; the mouse goes through it."""

    def __init__(self, view: LinesView) -> None:
        super().__init__(view, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setProperty("muted", True)
        view.installEventFilter(self)

    def say_why(self, *, searched: bool) -> None:
        """Say what to do: nothing is there, or nothing was found."""
        if searched:
            bind(self, self.setText, "No line holds these words.")
        else:
            bind(self, self.setText, FIRST)

    def eventFilter(self, view: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Stay in the middle of the list."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show) and isinstance(view, QWidget):
            width, height = min(theme.px(440), view.width() - theme.px(40)), theme.px(96)
            self.setGeometry((view.width() - width) // 2, max(0, (view.height() - height) // 2), width, height)
        return False
