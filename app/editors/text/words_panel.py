"""Which words each class uses most, counted between two frames."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.editors.text.document import TextDocument
from app.kit import section
from app.language import bind
from engines.core.language import say
from engines.data.points import UNLABELLED
from engines.data.text import Text
from engines.data.word_counts import WordCounts

PORTION = 6000  # characters counted at a time: two milliseconds
MOST_CLASSES, MOST_WORDS = 6, 8
REST_MILLISECONDS = 300  # after an edit


class WordsPanel(QWidget):
    """Counts only while it is seen, and begins again a moment after an edit."""

    def __init__(self, document: TextDocument) -> None:
        super().__init__()
        self._document = document
        self._text: Text | None = None  # what is being counted, or was last
        self._counted: Text | None = None  # what all the words shown are of
        self._counts = WordCounts()
        self._next = 0
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(section("Words in most lines of each class"))
        self.labels = [QLabel(wordWrap=True) for _ in range(MOST_CLASSES)]
        for label in self.labels:
            layout.addWidget(label)
        self.note = QLabel(wordWrap=True)
        self.note.setProperty("muted", True)
        layout.addWidget(self.note)
        self._clock = QTimer(self, interval=0)
        self._clock.timeout.connect(self._count)
        self._soon = QTimer(self, interval=REST_MILLISECONDS, singleShot=True)
        self._soon.timeout.connect(self._begin)
        document.changed.connect(self._follow)
        self._show()

    @property
    def done(self) -> bool:
        """Whether all lines of now are counted."""
        return self._counted is self._document.text

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Count what has changed meanwhile."""
        super().showEvent(event)
        if not self.done:
            self._begin()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Rest."""
        super().hideEvent(event)
        self._clock.stop()
        self._soon.stop()

    def _follow(self) -> None:
        if self.isVisible():
            self._clock.stop()
            self._soon.start()

    def _begin(self) -> None:
        self._text, self._counts, self._next = self._document.text, WordCounts(), 0
        self._clock.start()

    def _count(self) -> None:
        assert self._text is not None
        lines, end, characters = self._text.lines, self._next, 0
        while end < len(lines) and characters < PORTION:
            characters += len(lines[end])
            end += 1
        self._counts.add(lines[self._next : end], self._text.y[self._next : end].tolist())
        self._next = end
        if end >= len(lines):
            self._clock.stop()
            self._counted = self._text
            self._show()

    def _show(self) -> None:
        names = self._text.names if self._text is not None else ()
        known = self._counts.classes[:MOST_CLASSES]
        for place, label in enumerate(self.labels):
            label.setVisible(place < len(known))
            if place < len(known):
                words = self._counts.most(known[place], MOST_WORDS)
                told = " · ".join(f"{word}\u00a0{count}" for word, count in words)
                name = say("No class") if known[place] == UNLABELLED else names[known[place]]
                bind(label, label.setText, say("{name}: {words}", name=name, words=told))
        if not known:
            bind(self.note, self.note.setText, "no lines yet")
        elif self._counts.chinese:
            bind(self.note, self.note.setText, "Chinese is counted by pairs of characters; words that tell nothing, "
                                               "such as “the” and “的”, are left out.")  # fmt: skip
        else:
            bind(self.note, self.note.setText, "Words that tell nothing, such as “the”, are left out.")
