"""What to do first, in the middle of something that is still empty."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.language import bind
from app.theme import theme
from engines.core.language import Note


class EmptyNote(QLabel):
    """A sentence over a canvas; the mouse goes through it."""

    def __init__(self, canvas: QWidget, text: str | Note) -> None:
        super().__init__(canvas, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setProperty("muted", True)
        bind(self, self.setText, text)
        canvas.installEventFilter(self)

    def eventFilter(self, canvas: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Stay in the middle of the canvas."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show) and isinstance(canvas, QWidget):
            width = min(theme.px(420), canvas.width() - theme.px(40))
            height = theme.px(96)
            self.setGeometry((canvas.width() - width) // 2, (canvas.height() - height) // 2, width, height)
        return False
