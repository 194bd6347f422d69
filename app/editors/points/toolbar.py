"""Beside the plane the tools, over it what they work with: radius, intensity, classes, the selection."""

import math

from PySide6.QtCore import QPointF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from app.editors.points.editor import FAINTEST, LARGEST, SMALLEST, STRONGEST, PointsEditor
from app.editors.points.tools import TOOLS
from app.kit import ElidedLabel, IconButton, Slider
from app.language import bind, grouped
from app.theme import theme
from app.views import marks
from engines.core.dataset import Split
from engines.core.language import Note, say
from engines.data.points import MOST_CLASSES, UNLABELLED

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def class_name(names: tuple[str, ...], label: int) -> Note:
    """Return what a class is called: the name it was given, or its number."""
    if label == UNLABELLED:
        return say("No class")
    if label < len(names) and names[label]:
        return say("{name}", name=names[label])
    return say("Class {n}", n=label + 1)


class Swatch(QToolButton):
    """One class: its mark. Left click: the left button paints it; right click: the right button does.

    Enter and Shift+Enter do the same: the window keeps the space bar for play.
    """

    def __init__(self, editor: PointsEditor, label: int) -> None:
        super().__init__()
        self._editor, self.label = editor, label
        self._told: object = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_name()
        self.clicked.connect(lambda: editor.choose_class(label))
        theme.bind(self, lambda: self.setFixedSize(QSize(theme.px(30), theme.px(28))))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """The right button chooses for itself."""
        if event.button() is Qt.MouseButton.RightButton:
            self._editor.choose_class(self.label, Qt.MouseButton.RightButton)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Choose with the keyboard."""
        if event.key() not in ENTER:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._editor.choose_class(self.label, Qt.MouseButton.RightButton)
        else:
            self._editor.choose_class(self.label)

    def show_name(self) -> None:
        """Tell the name of the class and its key."""
        name = class_name(self._editor.document.looks.names, self.label)
        key = MOST_CLASSES + 1 if self.label == UNLABELLED else self.label + 1
        bind(self, self.setAccessibleName, name)
        hint = say("{name} ({key}): left click for the left button, right click for the right", name=name, key=key)
        bind(self, self.setToolTip, hint)

    def show_hands(self) -> None:
        """Tell, also to a screen reader, which mouse button paints this class."""
        hand, names = self._editor.hand, self._editor.document.looks.names
        left, right = hand.left == self.label, hand.right == self.label
        if (told := (left, right, names)) == self._told:
            return  # at every move of the mouse nothing else would come of it
        self._told = told
        self.show_name()
        if left and right:
            bind(self, self.setAccessibleDescription, "painted by both mouse buttons")
        elif left:
            bind(self, self.setAccessibleDescription, "painted by the left mouse button")
        elif right:
            bind(self, self.setAccessibleDescription, "painted by the right mouse button")
        else:
            bind(self, self.setAccessibleDescription, "")
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the mark, and beside it which button paints it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hand = self._editor.hand
        held = "".join(letter for letter, label in (("L", hand.left), ("R", hand.right)) if label == self.label)
        if held or self.hasFocus():
            painter.setPen(QPen(theme.tokens.color("accent"), 1) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.tokens.color("accent_soft"))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 6, 6)
        centre = QPointF(self.width() / 2 - (theme.px(5) if held else 0), self.height() / 2)
        marks.paint(painter, self.label, centre, 6.5 * theme.scale, filled=self.label != UNLABELLED)
        if held:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.tokens.color("accent"))
            box = self.rect().adjusted(0, 0, -theme.px(3), 0)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, held)


class ToolBox(QWidget):
    """All tools, two beside each other; three on a projector, where they are large and the cards need room too."""

    def __init__(self, editor: PointsEditor) -> None:
        super().__init__()
        self._editor = editor
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(1)
        self.buttons: dict[str, IconButton] = {}
        for place, tool in enumerate(TOOLS):
            button = IconButton(tool.icon, tool.text, tool.key, checkable=True)
            hint = say("{name} ({key}): {hint}", name=say(tool.text), key=tool.key, hint=say(tool.hint))
            bind(button, button.setToolTip, hint)
            button.setAutoExclusive(True)
            button.clicked.connect(lambda _=False, name=tool.name: editor.choose(name))
            grid.addWidget(button, place // 2, place % 2)
            self.buttons[tool.name] = button
        grid.setRowStretch(len(TOOLS), 1)
        editor.chosen.connect(self._show)
        theme.bind(self, self._arrange)
        self._show()

    def _arrange(self) -> None:
        columns = 3 if theme.projector else 2
        for place, button in enumerate(self.buttons.values()):
            self._grid.addWidget(button, place // columns, place % columns)

    def _show(self) -> None:
        self.buttons[self._editor.tool.name].setChecked(True)


class SmallSlider(QWidget):
    """A slider with its name before it, in one line; it moves by factors."""

    def __init__(self, label: str, low: float, high: float, hint: str) -> None:
        super().__init__()
        self._low, self._high = low, high
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.name = QLabel()
        self.name.setProperty("muted", True)
        bind(self.name, self.name.setText, label)
        self.slider = Slider(0, 100)
        bind(self.slider, self.slider.setAccessibleName, label)
        bind(self, self.setToolTip, hint)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.name)
        layout.addWidget(self.slider)
        theme.bind(self, self._restyle)

    def _restyle(self) -> None:
        self.name.setFont(theme.font("small"))
        self.slider.setFixedWidth(theme.px(56))

    def value(self) -> float:
        """Return the number."""
        return float(self._low * (self._high / self._low) ** (self.slider.value() / 100))

    def set_value(self, value: float) -> None:
        """Show a number without telling."""
        share = math.log(value / self._low) / math.log(self._high / self._low)
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(100 * share))


class OptionStrip(QWidget):
    """What the tools work with: radius, intensity, the classes in hand, and what can be done to the selection."""

    def __init__(self, editor: PointsEditor) -> None:
        super().__init__()
        self._editor, self._split = editor, Split()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self.radius = SmallSlider("Radius", SMALLEST, LARGEST, "Radius of the circle ([ and ], or Ctrl and the wheel)")
        self.intensity = SmallSlider(
            "Intensity", FAINTEST, STRONGEST, "How much at once (Shift and the wheel, or Shift with [ and ])"
        )
        self.radius.slider.valueChanged.connect(lambda _: editor.set_radius(self.radius.value()))
        self.intensity.slider.valueChanged.connect(lambda _: editor.set_intensity(self.intensity.value()))
        for slider in (self.radius, self.intensity):
            layout.addWidget(slider)
            layout.addSpacing(6)
        self.swatches = [Swatch(editor, label) for label in (*range(MOST_CLASSES), UNLABELLED)]
        for swatch in self.swatches:
            layout.addWidget(swatch)
        self.more = IconButton("plus", "Another class")
        self.more.clicked.connect(editor.add_class)
        layout.addWidget(self.more)
        layout.addSpacing(6)
        self._add_actions(layout)
        self.clear = IconButton("trash", "Clear all points")
        self.clear.clicked.connect(editor.document.clear)
        layout.addWidget(self.clear)
        layout.addStretch()
        self._count = ElidedLabel()
        self._count.setProperty("muted", True)
        layout.addWidget(self._count)
        editor.chosen.connect(self._show)
        self._show()

    def _add_actions(self, layout: QHBoxLayout) -> None:
        selection = self._editor.selection
        self.duplicate = IconButton("duplicate", "Duplicate the selection", "Ctrl+J")
        self.mirror = IconButton("mirror", "Mirror the selection left to right")
        self.flip = IconButton("flip", "Mirror the selection top to bottom")
        self.grid = IconButton("grid", "Align to the grid: the selection, or all points")
        self.duplicate.clicked.connect(selection.duplicate)
        self.mirror.clicked.connect(lambda: selection.mirror(0))
        self.flip.clicked.connect(lambda: selection.mirror(1))
        self.grid.clicked.connect(lambda: selection.align(self._editor.hand.grid))
        for button in (self.duplicate, self.mirror, self.flip, self.grid):
            layout.addWidget(button)

    def show_sealed(self, *, sealed: bool) -> None:
        """Tell what the shares are, and whether it is hidden what the points of the test share are."""
        note = say("Points, and the shares in % to train, validate and test with")
        if sealed:
            note = say("{shares}. Grey rings are the test share: what they are stays sealed until the final exam",
                       shares=note)  # fmt: skip
        bind(self._count, self._count.setToolTip, note)

    def show_split(self, split: Split) -> None:
        """Tell how the points are shared out."""
        self._split = split
        self._show()

    def _show(self) -> None:
        editor, split = self._editor, self._split
        self.radius.set_value(editor.hand.radius)
        self.radius.setEnabled(editor.tool.round)
        self.intensity.set_value(editor.hand.intensity)
        self.intensity.setEnabled(editor.tool.intense)
        for swatch in self.swatches:
            swatch.setVisible(swatch.label < editor.classes_shown)
            swatch.show_hands()
        self.more.setEnabled(editor.classes_shown < MOST_CLASSES)
        selected, n = len(editor.selection), len(editor.document)
        for button in (self.duplicate, self.mirror, self.flip):
            button.setEnabled(selected > 0)
        for button in (self.grid, self.clear):
            button.setEnabled(n > 0)
        if selected:
            bind(self._count, self._count.setText, say("{m} of {n} points selected", m=grouped(selected), n=grouped(n)))
            return
        shares = [round(100 * share) for share in (split.train, split.validation, split.test)]
        note = say("{n} {n:point|points} · {shares}", n=grouped(n), shares=" / ".join(map(str, shares)))
        bind(self._count, self._count.setText, note)
