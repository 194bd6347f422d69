"""Brings list and document together: what keys and buttons do to the chosen lines."""

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, Signal
from PySide6.QtWidgets import QApplication

from app.editors.text.document import TextDocument
from app.editors.text.lines_model import ANY, LinesModel
from app.editors.text.lines_view import LinesView
from app.language import tr
from engines.core.arrays import Ints
from engines.core.language import LearnerError, Note, say
from engines.data.points import UNLABELLED
from engines.data.text import LONGEST_NAME, MOST_CHARACTERS
from engines.data.text_lines import cut_to_size, read_lines, written

MOST_COPIED = 20_000  # lines
HELD_AT_MOST = 64 * 2**20  # characters of the clipboard that are looked at


class TextEditor(QObject):
    """What one can do with lines and classes.

    ``chosen`` fires when the selection, the class in hand or what is shown change; ``told(Note, kind)`` is for the
    message bar.
    """

    chosen = Signal()
    told = Signal(object, str)

    def __init__(self, document: TextDocument) -> None:
        super().__init__()
        self.document = document
        self.model = LinesModel(document)
        self.model.setParent(self)
        self.view = LinesView(self.model)
        self.label = UNLABELLED  # the class that new lines get
        self.only = ANY  # the class that is shown alone
        self._words = ""
        self.view.labelled.connect(self.choose_class)
        self.view.deleted.connect(self.delete_lines)
        self.view.pasted.connect(self.paste)
        self.view.copied.connect(self.copy)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())
        self.model.cut.connect(self._tell_cut)
        document.changed.connect(self._follow)

    @property
    def selected(self) -> Ints:
        """The lines that are selected, as places in the whole text: (m,)."""
        stretches = self.view.selectionModel().selection().toList()
        rows = [np.arange(stretch.top(), stretch.bottom() + 1) for stretch in stretches]
        return self.model.rows[np.sort(np.concatenate([np.zeros(0, int), *rows]))]

    # Lines

    def add_line(self, line: str) -> None:
        """Add a line at the end, of the class in hand; an empty one adds nothing."""
        if line.strip():
            name = self.document.text.names[self.label] if self.label != UNLABELLED else ""
            self._insert(len(self.document), [line], [name], "Add a line")

    def paste(self) -> None:
        """Add the lines of the clipboard after the selected ones, with their labels where a tab parts them."""
        held = QApplication.clipboard().text()[:HELD_AT_MOST]
        try:
            lines = read_lines(held)
        except LearnerError:
            self.told.emit(say("There is no text in the clipboard: copy some lines first."), "warn")
            return
        chosen = self.selected
        at = int(chosen[-1]) + 1 if len(chosen) else len(self.document)
        self._insert(at, list(lines.texts), list(lines.labels), "Paste lines", lines.problems)

    def copy(self) -> None:
        """Put the selected lines into the clipboard, with their labels."""
        chosen = self.selected
        if not len(chosen):
            return
        if len(chosen) > MOST_COPIED:
            self.told.emit(say("Only the first {most} lines were copied.", most=MOST_COPIED), "warn")
        part = self.document.text.taken(chosen[:MOST_COPIED])
        labels = tuple(part.names[label] if label != UNLABELLED else "" for label in part.y.tolist())
        QApplication.clipboard().setText(written(part.lines, labels))

    def delete_lines(self) -> None:
        """Take the selected lines away."""
        self.document.delete(self.selected)

    def _insert(
        self, at: int, texts: list[str], labels: list[str], name: str | Note, problems: tuple[Note, ...] = ()
    ) -> None:
        try:
            lines = cut_to_size(texts, labels)
            self.document.insert(at, lines, name)
        except LearnerError as error:
            self.told.emit(error.note, "bad")
            return
        for note in (*problems, *lines.problems)[:1]:
            self.told.emit(note, "warn")
        self._select(at, at + len(lines.texts))

    def _select(self, start: int, stop: int) -> None:
        """Select lines of the text, as far as they are shown, and bring them into sight."""
        first, last = self.model.place_of(start), self.model.place_of(stop - 1)
        if first.isValid() and last.isValid():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.view.selectionModel().select(QItemSelection(first, last), flags)
            self.view.selectionModel().setCurrentIndex(last, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.view.scrollTo(last)

    def _tell_cut(self) -> None:
        self.told.emit(say("The line was longer than {most} characters and was cut.", most=MOST_CHARACTERS), "warn")

    # Classes

    def choose_class(self, label: int) -> None:
        """Give the selected lines this class, and the lines that are written next; UNLABELLED is none."""
        if label >= len(self.document.text.names):
            return
        self.label = label
        if len(chosen := self.selected):
            self.document.label(chosen, label)
        self.chosen.emit()

    def add_class(self) -> None:
        """Add a class under a name that is free, and take it in hand."""
        names, number = self.document.text.names, len(self.document.text.names) + 1
        while tr("class {n}", n=number)[:LONGEST_NAME] in names:
            number += 1
        try:
            self.label = self.document.add_class(tr("class {n}", n=number))
        except LearnerError as error:
            self.told.emit(error.note, "bad")
        self.chosen.emit()

    # What is shown

    def search(self, words: str) -> None:
        """Show only the lines that hold these words."""
        self._words = words
        self.model.search(words, self.only)
        self.chosen.emit()

    def show_only(self, label: int) -> None:
        """Show only the lines of a class; ANY for all."""
        self.only = label
        self.search(self._words)

    def _follow(self) -> None:
        names = self.document.text.names
        self.label = min(self.label, len(names) - 1)
        if self.only >= len(names):
            self.only = ANY
            self.model.search(self._words, ANY)
        self.model.follow()
        self.chosen.emit()
