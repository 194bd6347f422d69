"""One of a few, side by side where there is room for that, else as a drop-down list."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.kit.buttons import Segmented
from app.kit.elided_box import ElidedBox
from app.language import bind, speaker, tr
from app.theme import theme

NARROWEST = 90  # pixels of the list


class FoldingChoice(QWidget):
    """Asks for the room of the buttons and is content with that of a list. ``chosen(key)``: a person chooses."""

    chosen = Signal(str)

    def __init__(self, label: str, options: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._texts = dict(options)
        self.buttons, self.box = Segmented(list(options)), ElidedBox()
        self.box.addItems([""] * len(options))
        self.buttons.chosen.connect(self._choose)
        self.box.activated.connect(lambda place: self._choose(list(self._texts)[place]))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.buttons)
        layout.addWidget(self.box, stretch=1)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.box.hide()
        bind(self, self.box.setAccessibleName, label)
        theme.bind(self, self._fold)
        speaker.changed.connect(self._say)
        self._say()

    @property
    def folded(self) -> bool:
        """Whether it is a list now."""
        return self.buttons.isHidden()

    @property
    def current(self) -> str:
        """The key of the chosen option."""
        return self.buttons.current

    def choose(self, key: str) -> None:
        """Choose without telling."""
        self.buttons.choose(key)
        self.box.setCurrentIndex(list(self._texts).index(key))

    def _choose(self, key: str) -> None:
        self.choose(key)
        self.chosen.emit(key)

    def _say(self) -> None:
        for place, text in enumerate(self._texts.values()):
            self.box.setItemText(place, tr(text))
        self._fold()

    def _fold(self) -> None:
        """Be a list where the buttons would be cut off."""
        folded = self.width() < self.buttons.sizeHint().width()
        self.buttons.setVisible(not folded)
        self.box.setVisible(folded)
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as the buttons, whether they are shown or not."""
        hint = self.buttons.sizeHint()
        return QSize(hint.width(), max(hint.height(), self.box.sizeHint().height() if self.folded else 0))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As narrow as a list that ends its text with an ellipsis."""
        return QSize(min(theme.px(NARROWEST), self.buttons.sizeHint().width()), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fold or unfold."""
        super().resizeEvent(event)
        self._fold()
