"""A white card with a title, and the small heading inside panels."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from app.language import bind
from app.theme import theme


class Card(QFrame):
    """A rounded frame: ``header`` (title at the left, room at the right) over ``body``."""

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self.setObjectName("card")
        self._title = QLabel()
        self._title.hide()
        theme.bind(self._title, lambda: self._title.setFont(theme.font("title")))
        self.header = QHBoxLayout()
        self.header.setSpacing(8)
        self.header.addWidget(self._title)
        self.header.addStretch()
        self.body = QVBoxLayout()
        self.body.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(6)
        layout.addLayout(self.header)
        layout.addLayout(self.body, stretch=1)
        if title:
            self.set_title(title)

    def set_title(self, text: str) -> None:
        """Show a title, said again when the language changes."""
        bind(self._title, self._title.setText, text)
        bind(self, self.setAccessibleName, text)
        self._title.setVisible(bool(text))


def section(text: str) -> QLabel:
    """Return a small muted heading."""
    label = QLabel()
    label.setProperty("muted", True)
    bind(label, label.setText, text)

    def restyle() -> None:
        font = theme.font("strong")
        font.setPixelSize(theme.font("small").pixelSize())
        label.setFont(font)

    theme.bind(label, restyle)
    return label
