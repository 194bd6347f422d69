"""A sentence that helps, in a bar that can be closed."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from app.kit.buttons import IconButton
from app.language import bind
from app.theme import icon, theme
from engines.core.language import Note

ICONS = {"info": ("info", "accent"), "warn": ("warning", "warn"), "bad": ("error", "bad")}


class MessageBar(QFrame):
    """Hidden until something is said. kinds: info, warn, bad."""

    def __init__(self) -> None:
        super().__init__()
        self._icon, self._text = QLabel(), QLabel(wordWrap=True)
        self._kind = "info"
        close = IconButton("x", "Close the message")
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 4, 4)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, stretch=1)
        layout.addWidget(close)
        theme.bind(self, self._restyle)
        self.hide()

    def say(self, note: Note | str, kind: str = "info") -> None:
        """Show a sentence; KeyError for an unknown kind."""
        self._kind = kind
        bind(self._text, self._text.setText, note)
        bind(self, self.setAccessibleName, note)
        self._restyle()
        self.show()

    def text(self) -> str:
        """Return what is said, in the current language."""
        return self._text.text()

    def _restyle(self) -> None:
        name, colour = ICONS[self._kind]
        self._icon.setPixmap(icon(name, colour).pixmap(theme.px(16), theme.px(16)))
        self.setProperty("message", self._kind)
        self.style().unpolish(self)
        self.style().polish(self)
