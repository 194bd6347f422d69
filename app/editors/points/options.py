"""What the Data tab shows for points: what is learned of them, their classes, the grid."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.editors.points import classes
from app.editors.points.editor import PointsEditor
from app.editors.points.toolbar import class_name
from app.kit import IconButton, QuietButton, Segmented, ValueSlider, section
from app.language import bind, grouped, tr
from app.theme import theme
from app.views import marks
from engines.core.language import say
from engines.data.points import MOST_CLASSES

FEW_LABELS = 0.1


class ClassRow(QWidget):
    """One class: its mark with the colours to choose from, its name, how many points it has, and what can be done."""

    def __init__(self, editor: PointsEditor, label: int) -> None:
        super().__init__()
        self._editor, self._document, self.label = editor, editor.document, label
        self.colour = QToolButton()
        self.colour.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.colour.setMenu(self._menu(self._add_colours))
        bind(self.colour, self.colour.setToolTip, "Colour of the class")
        bind(self.colour, self.colour.setAccessibleName, "Colour of the class")
        self.name = QLineEdit()
        self.name.setMaxLength(classes.LONGEST_NAME)
        self.name.editingFinished.connect(lambda: classes.rename(self._document, label, self.name.text()))
        bind(self.name, self.name.setAccessibleName, "Name of the class")
        self.count = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.count.setProperty("muted", True)
        self.more = IconButton("chevron-down", "Reorder, merge or delete")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self._menu(self._add_deeds))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.colour)
        layout.addWidget(self.name, stretch=1)
        layout.addWidget(self.count)
        layout.addWidget(self.more)
        theme.bind(self, self._restyle)

    def _menu(self, fill: Callable[[QMenu], None]) -> QMenu:
        """Return a menu that is filled anew whenever it opens."""
        menu = QMenu(self)
        menu.aboutToShow.connect(menu.clear)
        menu.aboutToShow.connect(lambda: fill(menu))
        return menu

    def _add_colours(self, menu: QMenu) -> None:
        for slot in range(MOST_CLASSES):
            action = menu.addAction(self._mark(theme.palette_color(slot)), tr("Colour {n}", n=slot + 1))
            action.triggered.connect(partial(classes.recolour, self._document, self.label, slot))

    def _add_deeds(self, menu: QMenu) -> None:
        document, label, shown = self._document, self.label, self._editor.classes_shown
        for text, other in (("Move up", label - 1), ("Move down", label + 1)):
            action: QAction = menu.addAction(tr(text))
            action.setEnabled(0 <= other < shown)
            action.triggered.connect(partial(classes.swap, document, label, other))
        for other in range(shown):
            if other != label:
                into = class_name(document.looks.names, other)
                action = menu.addAction(tr("Merge into “{name}”", name=into))
                action.triggered.connect(partial(self._drop, classes.merge, other))
        menu.addAction(tr("Delete with its points")).triggered.connect(partial(self._drop, classes.delete))

    def _drop(self, act: Callable[..., None], *arguments: int) -> None:
        """Do what leaves one class fewer."""
        act(self._document, self.label, *arguments)
        self._editor.drop_class(self.label)

    def show_class(self, count: int) -> None:
        """Show name, colour and count of now."""
        names = self._document.looks.names
        bind(self.name, self.name.setPlaceholderText, say("Class {n}", n=self.label + 1))
        if not self.name.hasFocus():
            self.name.setText(names[self.label] if self.label < len(names) else "")
        self.count.setText(grouped(count))
        self._restyle()

    def _restyle(self) -> None:
        self.colour.setIcon(self._mark(theme.tokens.class_color(self.label)))
        self.colour.setIconSize(QSize(theme.px(16), theme.px(16)))
        self.count.setMinimumWidth(theme.px(34))

    def _mark(self, colour: QColor) -> QIcon:
        side = theme.px(16)
        pixmap = QPixmap(2 * side, 2 * side)
        pixmap.setDevicePixelRatio(2)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marks.paint(painter, self.label, QPointF(side / 2, side / 2), 0.42 * side, colour=colour)
        painter.end()
        return QIcon(pixmap)


class PointsOptions(QWidget):
    """Asks what is learned of the points and what their classes are."""

    def __init__(self, editor: PointsEditor) -> None:
        super().__init__()
        self._editor, self._document = editor, editor.document
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(section("What is learned"))
        self.target = Segmented([("class", "Class"), ("height", "Height"), ("value", "Number")])
        bind(
            self.target,
            self.target.setToolTip,
            "Class: which kind a point is. Height: its second coordinate from its first. Number: a number at each "
            "place, shown as a colour",
        )
        self.target.chosen.connect(self._choose_target)
        layout.addWidget(self.target)
        self.value = ValueSlider("Number in hand", -1, 1, editor.hand.value, decimals=2)
        self.value.changed.connect(lambda number: setattr(editor.hand, "value", number))
        layout.addWidget(self.value)
        self._classes = self._add_classes(layout)
        self.grid = ValueSlider("Grid", 0.05, 2, editor.hand.grid, decimals=2)
        self.grid.changed.connect(lambda step: setattr(editor.hand, "grid", step))
        layout.addWidget(self.grid)
        editor.chosen.connect(self._show)
        self._document.ended.connect(self._show)
        self._show()

    def _add_classes(self, layout: QVBoxLayout) -> QWidget:
        box = QWidget()
        inner = QVBoxLayout(box)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(4)
        inner.addWidget(section("Classes"))
        self.rows = [ClassRow(self._editor, label) for label in range(MOST_CLASSES)]
        for row in self.rows:
            inner.addWidget(row)
        self._none = QLabel()
        self._none.setProperty("muted", True)
        inner.addWidget(self._none)
        self.few = QuietButton("Keep 10 % of the labels")
        bind(self.few, self.few.setToolTip, "Takes the class of most points away: for learning from few labels")
        self.few.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.few.clicked.connect(lambda: classes.take_labels_away(self._document, FEW_LABELS))
        inner.addWidget(self.few)
        layout.addWidget(box)
        return box

    def _choose_target(self, target: str) -> None:
        self._document.begin("Change what is learned")
        self._document.set_looks(replace(self._document.looks, target=target))
        self._document.end()

    def _show(self) -> None:
        if self._document.in_gesture and len(self._document) > 20_000:
            return  # at the end of the gesture all is told
        target = self._document.looks.target
        self.target.choose(target)
        self.value.setVisible(target == "value")
        self._classes.setVisible(target == "class")
        if target != "class" or not self.isVisible():
            return
        found = classes.counts(self._document).tolist()
        for row in self.rows:
            row.setVisible(row.label < self._editor.classes_shown)
            row.show_class(found[row.label])
        self._none.setVisible(found[-1] > 0)
        bind(self._none, self._none.setText, say("no class: {count}", count=found[-1]))
        self.few.setEnabled(sum(found[:-1]) > 0)

    def showEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Count when somebody looks."""
        self._show()
