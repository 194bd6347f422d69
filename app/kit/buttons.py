"""Buttons: an icon, the one main action, a quiet one, one of several, on or off; and a chip that only tells."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QWidget,
)

from app.language import bind
from app.theme import icon, theme
from engines.core.language import say


def _press_on_enter(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Press a button on Enter, as the space bar plays and pauses wherever one is; whether it was pressed."""
    if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        button.click()
        return True
    return False


class EnterButton(QToolButton):
    """A small button that Enter presses, wherever the keyboard is: the window keeps the space bar for play."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter presses too."""
        if not _press_on_enter(self, event):
            super().keyPressEvent(event)


class IconButton(EnterButton):
    """A button that is a picture; its name and key are in the tooltip and told to screen readers."""

    def __init__(self, icon_name: str, text: str, shortcut: str = "", *, checkable: bool = False) -> None:
        super().__init__()
        self._icon_name = icon_name
        self.setCheckable(checkable)
        self.set_text(text, shortcut)
        theme.bind(self, self._restyle)
        self.toggled.connect(self._restyle)

    def set_icon(self, name: str) -> None:
        """Show another icon."""
        self._icon_name = name
        self._restyle()

    def set_text(self, text: str, shortcut: str = "") -> None:
        """Name the button anew."""
        bind(self, self.setAccessibleName, text)
        if shortcut:
            bind(self, self.setToolTip, say("{name} ({keys})", name=say(text), keys=shortcut))
        else:
            bind(self, self.setToolTip, text)

    def _restyle(self) -> None:
        self.setIcon(icon(self._icon_name, "accent" if self.isChecked() else "text"))
        self.setIconSize(QSize(theme.px(18), theme.px(18)))


class _TextButton(QPushButton):
    """A button with words and perhaps an icon before them."""

    def __init__(self, text: str, icon_name: str, colour: str) -> None:
        super().__init__()
        self._icon_name, self._colour = icon_name, colour
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_text(text)
        theme.bind(self, self._restyle)

    def set_text(self, text: str) -> None:
        """Say something else."""
        bind(self, self.setText, text)
        bind(self, self.setAccessibleName, text)

    def set_icon(self, name: str) -> None:
        """Show another icon."""
        self._icon_name = name
        self._restyle()

    def _restyle(self) -> None:
        self.setFont(theme.font("strong"))
        if self._icon_name:
            self.setIcon(icon(self._icon_name, self._colour))
            self.setIconSize(QSize(theme.px(16), theme.px(16)))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter presses too."""
        if not _press_on_enter(self, event):
            super().keyPressEvent(event)


class PrimaryButton(_TextButton):
    """The one main action."""

    def __init__(self, icon_name: str, text: str) -> None:
        super().__init__(text, icon_name, "on_accent")
        self.setProperty("primary", True)
        theme.bind(self, lambda: self.setMinimumWidth(theme.px(92)))


class QuietButton(_TextButton):
    """An action that is not the main one."""

    def __init__(self, text: str, icon_name: str = "") -> None:
        super().__init__(text, icon_name, "text")


class _Segment(QPushButton):
    """One option of a Segmented."""

    def __init__(self) -> None:
        super().__init__()
        self.setCheckable(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter presses too."""
        if not _press_on_enter(self, event):
            super().keyPressEvent(event)


class Segmented(QWidget):
    """One of a few, side by side."""

    chosen = Signal(str)

    def __init__(self, options: list[tuple[str, str]]) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for key, text in options:
            button = _Segment()
            button.setProperty("segment", True)
            bind(button, button.setText, text)
            self._group.addButton(button)
            self._buttons[key] = button
            button.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))
            layout.addWidget(button)
        if options:
            self.choose(options[0][0])

    @property
    def current(self) -> str:
        """The key of the chosen option."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), "")

    def choose(self, key: str) -> None:
        """Choose without telling."""
        self._buttons[key].setChecked(True)


class Switch(QCheckBox):
    """On or off."""

    def __init__(self, label: str) -> None:
        super().__init__()
        bind(self, self.setText, label)
        bind(self, self.setAccessibleName, label)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter presses too."""
        if not _press_on_enter(self, event):
            super().keyPressEvent(event)


class Chip(QLabel):
    """A short fact in a box."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setProperty("chip", True)
        bind(self, self.setText, text)
