"""Ctrl+K: type a few letters of a lab or a command and press Enter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.language import bind, speaker
from app.theme import theme
from engines.core.language import Language

MOST_ROWS = 12


@dataclass(frozen=True)
class Entry:
    """One thing the palette can do. It is found by its words in either language."""

    name: Mapping[Language, str]
    act: Callable[[], object]
    keys: str = ""

    def matches(self, words: list[str]) -> bool:
        """Whether every word occurs in the English or in the Chinese name."""
        text = " ".join(self.name.values()).lower()
        return all(word in text for word in words)


class CommandPalette(QLineEdit):
    """The search box of the top bar and the list that drops from it."""

    def __init__(self, entries: Callable[[], list[Entry]]) -> None:
        super().__init__()
        self._entries = entries
        self._shown: list[Entry] = []
        self._popup = QFrame(self, Qt.WindowType.ToolTip)
        self._popup.setObjectName("card")
        self._list = QListWidget(self._popup)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self._popup)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self._list)
        bind(self, self.setPlaceholderText, "Search labs and commands   Ctrl+K")
        bind(self, self.setAccessibleName, "Search labs and commands")
        bind(self._list, self._list.setAccessibleName, "Labs and commands found")
        theme.bind(self, lambda: self.setFixedWidth(theme.px(270)))
        self.textChanged.connect(self._find)
        self.returnPressed.connect(self._choose)
        self._list.itemClicked.connect(lambda _: self._choose())
        self.installEventFilter(self)

    def open(self) -> None:
        """Take the keyboard and show everything."""
        self.setFocus()
        self.selectAll()
        self._find()

    @property
    def found(self) -> list[Entry]:
        """What is listed now, best first."""
        return self._shown

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Arrows move in the list, Escape leaves, losing the keyboard closes."""
        if event.type() is QEvent.Type.FocusOut:
            self._popup.hide()
        elif isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            rows = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            if event.key() in rows and self._shown:
                self._list.setCurrentRow((self._list.currentRow() + rows[Qt.Key(event.key())]) % len(self._shown))
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._leave()
                return True
        return super().eventFilter(watched, event)

    def _find(self) -> None:
        words = self.text().lower().split()
        self._shown = [entry for entry in self._entries() if entry.matches(words)][:MOST_ROWS]
        self._list.clear()
        for entry in self._shown:
            keys = f"    {entry.keys}" if entry.keys else ""
            self._list.addItem(QListWidgetItem(entry.name[speaker.language] + keys))
        self._list.setCurrentRow(0)
        if not self.hasFocus() or not self._shown:
            self._popup.hide()
            return
        height = self._list.sizeHintForRow(0) * len(self._shown) + 14
        self._popup.setGeometry(0, 0, max(self.width(), theme.px(330)), height)
        self._popup.move(self.mapToGlobal(QPoint(0, self.height() + 4)))
        self._popup.show()

    def _choose(self) -> None:
        row = self._list.currentRow()
        if not 0 <= row < len(self._shown):
            return
        entry = self._shown[row]
        self._leave()
        entry.act()

    def _leave(self) -> None:
        self._popup.hide()
        self.clear()
        self._popup.hide()
        parent = self.window()
        if isinstance(parent, QWidget):
            parent.setFocus()
