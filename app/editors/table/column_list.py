"""A list of columns to tick; a click anywhere on a row ticks it, and so does the space bar."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from app.language import bind
from app.theme import theme

ROWS = 8  # that are seen at once
ON, OFF = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class ColumnList(QListWidget):
    """``ticked`` after every change."""

    ticked = Signal()

    def __init__(self, label: str, names: Sequence[str], chosen: Sequence[str]) -> None:
        super().__init__()
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bind(self, self.setAccessibleName, label)
        for name in names:
            item = QListWidgetItem(name, self)
            # Qt ticks only in the little box and would tick a second time: here the whole row is the button.
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(ON if name in chosen else OFF)
            item.setToolTip(name)
        self.setCurrentRow(0)
        self.itemClicked.connect(self.tick)
        theme.bind(self, self._restyle)

    def _restyle(self) -> None:
        tokens, side = theme.tokens, theme.px(14)
        box = f"width: {side}px; height: {side}px; border: 1px solid {tokens.faint}; border-radius: {theme.px(3)}px;"
        on = f"background: {tokens.accent}; border-color: {tokens.accent};"  # as a switch has it
        self.setStyleSheet(f"QListWidget::indicator {{ {box} }} QListWidget::indicator:checked {{ {on} }}")
        row = max(self.sizeHintForRow(0), theme.px(24))
        self.setFixedHeight(row * max(2, min(ROWS, self.count())) + theme.px(4))

    def value(self) -> tuple[str, ...]:
        """Return the ticked names, in the order of the table."""
        items = [self.item(row) for row in range(self.count())]
        return tuple(item.text() for item in items if item.checkState() == ON)

    def tick(self, item: QListWidgetItem) -> None:
        """Tick a row, or no longer."""
        item.setCheckState(OFF if item.checkState() == ON else ON)
        self.ticked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Let the space bar tick; Enter is the dialog's."""
        if event.key() == Qt.Key.Key_Space and self.currentItem() is not None:
            self.tick(self.currentItem())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)
