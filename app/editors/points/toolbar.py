"""The strip over the stage: tools, classes, clear, and how many points there are."""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from app.editors.points.editor import PointsEditor
from app.editors.points.tools import TOOLS
from app.kit import IconButton
from app.language import bind
from app.theme import theme
from app.views import marks
from engines.core.dataset import Split
from engines.core.language import say
from engines.data.points import MOST_CLASSES, UNLABELLED

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Swatch(QToolButton):
    """One class: its mark. Left click: the left button paints it; right click: the right button does.

    Enter and Shift+Enter do the same: the window keeps the space bar for play.
    """

    def __init__(self, editor: PointsEditor, label: int) -> None:
        super().__init__()
        self._editor, self.label = editor, label
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        name = say("No class") if label == UNLABELLED else say("Class {n}", n=label + 1)
        bind(self, self.setAccessibleName, name)
        bind(self, self.setToolTip, say("{name}: left click for the left button, right click for the right", name=name))
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

    def show_hands(self) -> None:
        """Tell, also to a screen reader, which mouse button paints this class."""
        hand = self._editor.hand
        left, right = hand.left == self.label, hand.right == self.label
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


class PointsToolbar(QWidget):
    """Buttons for what the editor can do."""

    def __init__(self, editor: PointsEditor) -> None:
        super().__init__()
        self._editor = editor
        self._split = Split()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self.buttons = {tool.name: IconButton(tool.icon, tool.text, tool.key, checkable=True) for tool in TOOLS}
        for name, button in self.buttons.items():
            button.setAutoExclusive(True)
            button.clicked.connect(lambda _=False, name=name: editor.choose(name))
            layout.addWidget(button)
        layout.addSpacing(10)
        self.swatches = [Swatch(editor, label) for label in (*range(MOST_CLASSES), UNLABELLED)]
        for swatch in self.swatches:
            layout.addWidget(swatch)
        self.more = IconButton("plus", "Another class")
        self.more.clicked.connect(editor.add_class)
        self.clear = IconButton("trash", "Clear all points")
        self.clear.clicked.connect(editor.document.clear)
        layout.addWidget(self.more)
        layout.addSpacing(10)
        layout.addWidget(self.clear)
        layout.addStretch()
        self._count = QLabel()
        self._count.setProperty("muted", True)
        layout.addWidget(self._count)
        bind(self._count, self._count.setToolTip, "Points, and the shares in % to train, validate and test with")
        editor.chosen.connect(self._show)
        self._show()

    def show_split(self, split: Split) -> None:
        """Tell how the points are shared out."""
        self._split = split
        self._show()

    def _show(self) -> None:
        editor, split = self._editor, self._split
        self.buttons[editor.tool.name].setChecked(True)
        for swatch in self.swatches:
            swatch.setVisible(swatch.label < editor.classes_shown)
            swatch.show_hands()
        self.more.setEnabled(editor.classes_shown < MOST_CLASSES)
        self.clear.setEnabled(len(editor.document) > 0)
        shares = [round(100 * share) for share in (split.train, split.validation, split.test)]
        note = say("{n} points · {shares}", n=len(editor.document), shares=" / ".join(map(str, shares)))
        bind(self._count, self._count.setText, note)
