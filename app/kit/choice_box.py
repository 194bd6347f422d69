"""A label and a drop-down list."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from app.kit.elided_box import ElidedBox
from app.language import bind
from app.theme import theme

Options = Sequence[tuple[str | None, str]]


class ChoiceBox(QWidget):
    """Label at the left, list at the right; ``chosen`` carries the key when a person chooses.

    Options are (key, text) pairs; one whose key is None is a heading over those that follow.
    """

    chosen = Signal(str)

    def __init__(self, label: str, options: Options) -> None:
        super().__init__()
        name = QLabel()
        bind(name, name.setText, label)
        self.box = ElidedBox()
        bind(self.box, self.box.setAccessibleName, label)
        theme.bind(self.box, lambda: self.box.setMaximumWidth(theme.px(190)))
        self._keys: list[str | None] = []
        self.set_options(options)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(name)
        layout.addStretch(1)
        layout.addWidget(self.box, stretch=1000)
        self.box.activated.connect(lambda place: self.chosen.emit(self._keys[place]))

    def set_options(self, options: Options) -> None:
        """Offer (key, text) pairs from now on; does nothing when they are the same."""
        if (keys := [key for key, _ in options]) == self._keys:
            return
        self._keys = keys
        with QSignalBlocker(self.box):
            self.box.clear()
            for place, (key, text) in enumerate(options):
                self.box.addItem("", key)
                if key is None:
                    self._make_heading(place)
                bind(self.box, _ItemSetter(self.box, place), text)

    def _make_heading(self, place: int) -> None:
        """Show an item as a heading that cannot be chosen, neither by the mouse nor by keys or wheel."""
        model = self.box.model()
        assert isinstance(model, QStandardItemModel)
        item = model.item(place)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setFont(theme.font("small"))

    def value(self) -> str:
        """Return the key of what is chosen; empty when there is nothing to choose."""
        return (self._keys[self.box.currentIndex()] or "") if self._keys else ""

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
