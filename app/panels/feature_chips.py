"""What the model is given: features added to the coordinates of points, or components in the place of many columns."""

from math import prod

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.kit import Switch, ValueSlider, section
from app.language import bind, tr
from app.session.session import Session
from app.theme import icon, theme
from engines.core.dataset import Dataset
from engines.core.language import say
from engines.data.images import Images
from engines.data.lifting import LIFTS, Lift, lifts_named
from engines.data.points import Points
from engines.data.table import Table

COLUMNS = 3  # of chips
MOST_COMPONENTS, USUAL_COMPONENTS = 64, 10
RESTARTS = "Changing this starts the run again"


class FeatureChip(QPushButton):
    """One feature, on or off."""

    def __init__(self, lift: Lift) -> None:
        super().__init__()
        self.setCheckable(True)
        self.lift = lift
        self.setProperty("toggle", True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.name(along=False)

    def name(self, *, along: bool) -> None:
        """Show the name it has where the second coordinate is known, or is to be learned."""
        name = self.lift.along if along and self.lift.along else self.lift.name
        told = say("Give the model {name} too. Changing this starts the run again", name=self.lift.formula or name)
        bind(self, self.setText, say("{name}", name=name))
        bind(self, self.setToolTip, told)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter presses too: the window keeps the space bar for play."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class FeatureChips(QWidget):
    """Asks what is done to the columns; hidden where the algorithm takes them as they are.

    ``changing`` before a person's change reaches the session: what is drawn is then about to go.
    """

    changing = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.chips = {lift.key: FeatureChip(lift) for lift in LIFTS}
        self.first = Switch("PCA first")
        self.count: ValueSlider | None = None  # of the components; made for as many columns as there are
        self._most, self._along = 0, False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._heading())
        self._points, self._columns = QWidget(), QWidget()
        layout.addWidget(self._points)
        layout.addWidget(self._columns)
        self._grid = QGridLayout(self._points)
        self._below = QVBoxLayout(self._columns)
        self._below.addWidget(self.first)
        for room in (self._grid, self._below):
            room.setContentsMargins(0, 0, 0, 0)
        for chip in self.chips.values():
            chip.clicked.connect(lambda *_: self._prepare(added=self.chosen))
        bind(
            self.first,
            self.first.setToolTip,
            "Principal components of the training share take the place of the columns",
        )
        self.first.clicked.connect(self._switch)
        theme.bind(self, self._restyle)
        self._arrange(along=False)
        self.show_features()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The keys of the features that are on."""
        return tuple(key for key, chip in self.chips.items() if chip.isChecked())

    def show_features(self) -> None:
        """Show what the experiment says."""
        data = self._session.data
        offered = self._session.engine.prepares(type(data))
        self.setVisible(offered)
        if not offered:
            return
        self._points.setVisible(isinstance(data, Points))
        self._columns.setVisible(not isinstance(data, Points))
        if isinstance(data, Points):
            if self._along != (data.target == "height"):
                self._arrange(along=not self._along)
            for key, chip in self.chips.items():
                chip.setChecked(key in data.added)
        else:
            self._show_components(data)

    def _show_components(self, data: Dataset) -> None:
        most = max(1, min(MOST_COMPONENTS, columns_of(data)))
        if self.count is None or most != self._most:
            if self.count is not None:
                self.count.hide()
                self.count.deleteLater()
            self._most = most
            self.count = ValueSlider("Components", 1, most, min(most, USUAL_COMPONENTS), whole=True)
            self.count.changed.connect(lambda number: self._prepare(components=int(number)))
            self._below.addWidget(self.count)
        self.first.setChecked(data.components > 0)
        self.count.setVisible(data.components > 0)
        if data.components:
            self.count.set_value(min(data.components, most))

    def _switch(self) -> None:
        self._prepare(components=min(self._most, USUAL_COMPONENTS) if self.first.isChecked() else 0)

    def _prepare(self, added: tuple[str, ...] = (), components: int = 0) -> None:
        self.changing.emit()
        self._session.prepare(added, components)

    def _arrange(self, *, along: bool) -> None:
        """Put the chips side by side; of a height only those that do not need it."""
        self._along = along
        shown = [lift.key for lift in lifts_named(tuple(self.chips), along=along)]
        for key, chip in self.chips.items():
            self._grid.removeWidget(chip)
            chip.setVisible(key in shown)
            chip.name(along=along)
        for place, key in enumerate(shown):
            self._grid.addWidget(self.chips[key], place // COLUMNS, place % COLUMNS)

    def _heading(self) -> QHBoxLayout:
        heading, mark = QHBoxLayout(), QLabel()
        theme.bind(mark, lambda: mark.setPixmap(icon("reset", "faint").pixmap(theme.px(12), theme.px(12))))
        bind(mark, mark.setToolTip, RESTARTS)
        bind(mark, mark.setAccessibleName, RESTARTS)
        heading.addWidget(section("Features"))
        heading.addStretch()
        heading.addWidget(mark)
        return heading

    def _restyle(self) -> None:
        for chip in self.chips.values():
            chip.setFont(theme.font("body"))
        self._grid.setSpacing(theme.px(4))
        self._below.setSpacing(theme.px(8))


def columns_of(data: Dataset) -> int:
    """Return how many columns of numbers these data have, at most as many as matter."""
    if isinstance(data, Images):
        return prod(data.pixels.shape[1:])
    if isinstance(data, Table):
        return sum(1 if column.kind == "number" else len(column.labels) for column in data.inputs)
    return MOST_COMPONENTS


def told(session: Session) -> list[str]:
    """Return what is done to the columns, in words, for the honest-numbers strip; nothing where it is nothing."""
    data = session.data
    if not session.engine.prepares(type(data)):
        return []
    if isinstance(data, Points):
        along = data.target == "height"
        names = [lift.along if along else lift.name for lift in lifts_named(data.added, along=along)]
        return [tr("features added: {names}", names=", ".join(names))] if names else []
    if not data.components:
        return []
    count = min(data.components, columns_of(data))
    return [tr("PCA first: {count} components, found in the training share", count=count)]
