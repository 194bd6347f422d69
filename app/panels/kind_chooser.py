"""Which kind of data is on the stage: an icon each, and the name of the one that is."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.editors.editor import edited_kinds
from app.kit import IconButton
from app.language import bind
from app.theme import theme
from engines.core.dataset import Dataset


class KindChooser(QWidget):
    """``chosen(kind)`` when a person wants another kind of data. The icon of a kind is the file ``kind-<name>``."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self.buttons: dict[type[Dataset], IconButton] = {}
        for kind in edited_kinds():
            button = IconButton(f"kind-{kind.kind.lower()}", kind.title, checkable=True)
            button.setAutoExclusive(True)
            button.clicked.connect(lambda _=False, kind=kind: self.chosen.emit(kind))
            layout.addWidget(button)
            self.buttons[kind] = button
        layout.addSpacing(6)
        self._name = QLabel()
        layout.addWidget(self._name)
        layout.addStretch()
        theme.bind(self._name, lambda: self._name.setFont(theme.font("strong")))

    def choose(self, kind: type[Dataset]) -> None:
        """Show which kind it is, without telling."""
        self.buttons[kind].setChecked(True)
        bind(self._name, self._name.setText, kind.title)
