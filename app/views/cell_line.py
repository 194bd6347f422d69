"""A line to type one number on, laid over its square."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.language import bind
from app.theme import theme


class CellLine(QLineEdit):
    """``typed(float)`` when a number is given: by Enter, by Tab, which ``went_on`` follows, or by going elsewhere."""

    typed = Signal(float)
    went_on = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._before = ""
        self.hide()
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setTextMargins(0, 0, 0, 0)
        bind(self, self.setAccessibleName, "A number of the kernel")

    def open_over(self, box: QRectF, text: str) -> None:
        """Stand over a square and wait for a number."""
        self._before = text
        width, height = max(box.width(), theme.px(46)), max(box.height(), theme.px(26))
        self.setGeometry(QRectF(box.center().x() - width / 2, box.center().y() - height / 2, width, height).toRect())
        self.setText(text)
        self.selectAll()
        self.show()
        self.setFocus()

    def close_line(self, *, keep: bool) -> None:
        """Leave; keep: tell the number, where it is one and another than before."""
        if self.isHidden():
            return
        text = self.text().strip()
        self.hide()
        value = number_of(text)
        if keep and value is not None and text != self._before:
            self.typed.emit(value)

    def event(self, event: QEvent) -> bool:
        """Keep Tab and Escape, which would lead away otherwise."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            act: Callable[[], None] | None = {
                Qt.Key.Key_Escape: lambda: self.close_line(keep=False),
                Qt.Key.Key_Return: lambda: self.close_line(keep=True),
                Qt.Key.Key_Enter: lambda: self.close_line(keep=True),
                Qt.Key.Key_Tab: lambda: self._go_on(1),
                Qt.Key.Key_Backtab: lambda: self._go_on(-1),
            }.get(Qt.Key(event.key()))
            if act is not None:
                act()
                event.accept()
                return True
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()  # a digit is a number here, not a class
            return True
        return super().event(event)

    def _go_on(self, by: int) -> None:
        self.close_line(keep=True)
        self.went_on.emit(by)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """What was typed counts."""
        super().focusOutEvent(event)
        self.close_line(keep=True)


def number_of(text: str) -> float | None:
    """Return a number or a fraction such as 1/9, None for what is none."""
    above, _, below = text.replace("−", "-").replace(",", ".").partition("/")
    try:
        return float(above) / float(below or 1)
    except (ValueError, ZeroDivisionError):
        return None
