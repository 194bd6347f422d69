"""A label and a drop-down list."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from app.language import bind
from app.theme import theme


class ChoiceBox(QWidget):
    """Label at the left, list at the right; ``chosen`` carries the key when a person chooses."""

    chosen = Signal(str)

    def __init__(self, label: str, options: list[tuple[str, str]]) -> None:
        super().__init__()
        name = QLabel()
        bind(name, name.setText, label)
        self.box = QComboBox()
        bind(self.box, self.box.setAccessibleName, label)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        theme.bind(self.box, lambda: self.box.setMaximumWidth(theme.px(168)))
        self._keys: list[str] = []
        self.set_options(options)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(name)
        layout.addStretch(1)
        layout.addWidget(self.box, stretch=1000)
        self.box.activated.connect(lambda place: self.chosen.emit(self._keys[place]))

    def set_options(self, options: list[tuple[str, str]]) -> None:
        """Offer (key, text) pairs from now on; does nothing when they are the same."""
        if (keys := [key for key, _ in options]) == self._keys:
            return
        self._keys = keys
        with QSignalBlocker(self.box):
            self.box.clear()
            for place, (key, text) in enumerate(options):
                self.box.addItem("", key)
                bind(self.box, _ItemSetter(self.box, place), text)

    def value(self) -> str:
        """Return the key of what is chosen; empty when there is nothing to choose."""
        return self._keys[self.box.currentIndex()] if self._keys else ""

    def choose(self, key: str) -> None:
        """Choose without telling; an unknown key leaves it as it is."""
        if key in self._keys:
            with QSignalBlocker(self.box):
                self.box.setCurrentIndex(self._keys.index(key))


class _ItemSetter:
    """Says the text of one item; each has a name of its own, so that all can be bound."""

    def __init__(self, box: QComboBox, place: int) -> None:
        self._box, self._place = box, place
        self.__name__ = f"item{place}"

    def __call__(self, text: str) -> None:
        if self._place < self._box.count():
            self._box.setItemText(self._place, text)
