"""A label and a list of columns: their names are a person's own words and are never translated."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from app.language import bind, speaker, tr
from app.theme import theme


class ColumnBox(QWidget):
    """``chosen(name)``: the name of a column, "" for none where that may be chosen."""

    chosen = Signal(str)

    def __init__(self, label: str, *, none: bool) -> None:
        super().__init__()
        self._none = none
        self._names: tuple[str, ...] = ()
        name = QLabel()
        bind(name, name.setText, label)
        self.box = QComboBox()
        bind(self.box, self.box.setAccessibleName, label)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        theme.bind(self.box, lambda: self.box.setMinimumWidth(theme.px(140)))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(name)
        layout.addStretch(1)
        layout.addWidget(self.box, stretch=1000)
        theme.bind(self, lambda: self.box.setMaximumWidth(theme.px(220)))
        self.box.activated.connect(lambda _: self.chosen.emit(self.value()))
        speaker.changed.connect(self._name_none)

    def offer(self, names: Sequence[str], chosen: str) -> None:
        """Offer these columns, with one of them chosen; nothing is told."""
        with QSignalBlocker(self.box):
            if tuple(names) != self._names or not self.box.count():
                self._names = tuple(names)
                self.box.clear()
                if self._none:
                    self.box.addItem(tr("(none)"))
                self.box.addItems(list(names))
            shift = int(self._none)
            place = self._names.index(chosen) + shift if chosen in self._names else 0
            self.box.setCurrentIndex(place)

    def value(self) -> str:
        """Return the chosen name, "" for none."""
        place = self.box.currentIndex() - int(self._none)
        return self._names[place] if 0 <= place < len(self._names) else ""

    def _name_none(self) -> None:
        if self._none and self.box.count():
            self.box.setItemText(0, tr("(none)"))
