"""A card that holds one picture, or several of which one is chosen; it can be enlarged over the stage."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.kit import Card, ElidedBox, IconButton
from app.language import bind, speaker, tr
from app.theme import theme
from app.views.registry import CardView


@dataclass(frozen=True, eq=False)
class Pane:
    """One picture of the run. draw: brings the view up to date. beside: what stands beside its title."""

    title: str
    view: CardView
    draw: Callable[[], None]
    beside: QWidget | None = None


class PictureColumn(Card):
    """One pane with its title, or a list of titles over the pane that is chosen.

    ``enlarged(bool)`` when a person wants it over the whole stage, or back. ``turned`` when another pane is shown.
    """

    enlarged = Signal(bool)
    turned = Signal()

    def __init__(self, panes: list[Pane]) -> None:
        super().__init__(panes[0].title if len(panes) == 1 else "")
        self.panes = panes
        self._stack = QStackedWidget()
        self.titles = ElidedBox()
        self.titles.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bind(self.titles, self.titles.setAccessibleName, "Pictures of the run")
        self.button = IconButton("enlarge", "Enlarge", checkable=True)
        self.button.toggled.connect(self._enlarge)
        if len(panes) > 1:
            self.header.insertWidget(0, self.titles, stretch=1)
            theme.bind(self.titles, lambda: self.titles.setFont(theme.font("title")))
            self.titles.addItems([""] * len(panes))
            self.titles.currentIndexChanged.connect(self._turn)
            speaker.changed.connect(self._say)
            self._say()
        for place, pane in enumerate(panes):
            self._stack.addWidget(pane.view)
            pane.view.setVisible(place == 0)  # else those behind the first would be seen through it
            if pane.beside is not None:
                self.header.insertWidget(0 if len(panes) == 1 else 1, pane.beside)
                pane.beside.setVisible(place == 0)
        self.header.addWidget(self.button)
        self.body.addWidget(self._stack, stretch=1)

    @property
    def pane(self) -> Pane:
        """The pane that is shown."""
        return self.panes[self._stack.currentIndex()]

    def choose(self, title: str) -> None:
        """Show the pane with this title; nothing is done where there is none."""
        for place, pane in enumerate(self.panes):
            if pane.title == title and len(self.panes) > 1:
                self.titles.setCurrentIndex(place)

    def shrink(self) -> None:
        """Be as small as the others again."""
        self.button.setChecked(False)

    def release(self) -> None:
        """Let the views go, so that they outlive this card."""
        for pane in self.panes:
            self._stack.removeWidget(pane.view)
            pane.view.setParent(None)
            if pane.beside is not None:
                self.header.removeWidget(pane.beside)
                pane.beside.setParent(None)

    def _turn(self, place: int) -> None:
        self._stack.setCurrentIndex(place)
        for other, pane in enumerate(self.panes):
            if pane.beside is not None:
                pane.beside.setVisible(other == place)
        self.turned.emit()

    def _say(self) -> None:
        with QSignalBlocker(self.titles):
            for place, pane in enumerate(self.panes):
                self.titles.setItemText(place, tr(pane.title))

    def _enlarge(self, large: bool) -> None:
        self.button.set_icon("shrink" if large else "enlarge")
        self.button.set_text("Make smaller" if large else "Enlarge")
        self.enlarged.emit(large)

    def event(self, event: QEvent) -> bool:
        """Escape makes it small again wherever the keyboard is in it."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self.button.isChecked():
            if event.type() is QEvent.Type.KeyPress:
                self.shrink()
            event.accept()
            return True
        return super().event(event)
