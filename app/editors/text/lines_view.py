"""The list of lines: keys label, delete, copy and paste; a double-click edits."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from app.editors.text.line_painting import HEIGHT, LineDelegate
from app.editors.text.lines_model import LinesModel
from app.language import bind, speaker
from app.theme import theme
from engines.data.points import UNLABELLED

STEPPING = (Qt.Key.Key_Left, Qt.Key.Key_Right)  # these step the run
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LinesView(QTableView):
    """A table of one column, for that asks nothing of each line before it paints; a list asks ten thousand times.

    Keys: 1 to 9 give the selected lines a class, 0 none; Delete, Ctrl+C, Ctrl+V; Enter edits.
    """

    labelled = Signal(int)
    deleted = Signal()
    pasted = Signal()
    copied = Signal()

    def __init__(self, model: LinesModel) -> None:
        super().__init__()
        self.setModel(model)
        self._delegate = LineDelegate(model, self)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bind(self, self.setAccessibleName, "The lines of text")
        theme.bind(self, self._restyle)
        speaker.changed.connect(self.viewport().update)

    def _restyle(self) -> None:
        header = self.verticalHeader()
        header.setMinimumSectionSize(theme.px(HEIGHT))
        header.setDefaultSectionSize(theme.px(HEIGHT))
        self.viewport().update()

    def keyboardSearch(self, search: str) -> None:  # noqa: N802 - Qt's name
        """Letters do not jump about in the list: there is a field to search with."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Label, delete, copy, paste, edit; all else as lists do."""
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            number = int(key) - int(Qt.Key.Key_0)
            self.labelled.emit(number - 1 if number else UNLABELLED)
        elif plain and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.deleted.emit()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
        elif plain and key in ENTER and self.currentIndex().isValid():
            if self.state() is not QAbstractItemView.State.EditingState:
                self.edit(self.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.clearSelection()
        elif plain and key in STEPPING:
            event.ignore()
        else:
            super().keyPressEvent(event)
