"""How far a piece of work is, and a button that gives it up."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QSizePolicy

from app.kit.buttons import QuietButton
from app.language import bind
from app.theme import theme
from engines.core.language import Note


class ErrandStrip(QFrame):
    """Hidden until something is told. ``cancelled`` when a person gives up; it hides then by itself."""

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("message", "info")
        self._text = QLabel()
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.cancel = QuietButton("Cancel", "x")
        self.cancel.clicked.connect(self._cancel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 4, 4)
        layout.addWidget(self._text, stretch=2)
        layout.addWidget(self.bar, stretch=1)
        layout.addWidget(self.cancel)
        theme.bind(self, lambda: self.bar.setFixedHeight(theme.px(6)))
        self.hide()

    def tell(self, share: float, note: Note) -> None:
        """Show how far it is: ``share`` from 0 to 1, or below 0 where it cannot be known."""
        bind(self._text, self._text.setText, note)
        bind(self, self.setAccessibleName, note)
        self.bar.setRange(0, 0 if share < 0 else 1000)
        self.bar.setValue(round(1000 * max(0.0, share)))
        self.show()

    def _cancel(self) -> None:
        self.hide()
        self.cancelled.emit()
