"""One block of a chain: what it is, what comes out of it, how many weights it has; opened, its numbers too."""

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.kit import ElidedLabel, IconButton, ValueSlider
from app.language import bind, grouped
from app.theme import theme
from app.views.layer_table_view import shape_text
from engines.core.blocks import Block, Row, Slot, Word
from engines.core.language import Note, say

MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Insert)


class BlockLine(QFrame):
    """A line that cannot be opened: what goes in at the front, or the block that is added at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.name, self.shape, self.weights = ElidedLabel(), QLabel(), QLabel()
        self.line = QHBoxLayout()
        self.line.setSpacing(6)
        self.line.addWidget(self.name, stretch=1)
        for label in (self.shape, self.weights):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            label.setProperty("muted", True)
            self.line.addWidget(label)
        self.body = QVBoxLayout(self)
        self.body.setSpacing(4)
        self.body.addLayout(self.line)
        theme.bind(self, self._restyle)

    def _restyle(self) -> None:
        self.name.setFont(theme.font("small"))
        self.body.setContentsMargins(theme.px(8), theme.px(3), theme.px(6), theme.px(3))
        for label, width in ((self.shape, 60), (self.weights, 44)):
            label.setFont(theme.font("small"))
            label.setMinimumWidth(theme.px(width))

    def tell(self, name: Note, shape: tuple[int, ...], weights: int) -> None:
        """Show what it is called, what comes out, and how many weights it has; nothing for none."""
        bind(self.name, self.name.setText, name)
        self.shape.setText(shape_text(shape) if shape else "–")
        self.weights.setText(grouped(weights) if weights else "")


class BlockCard(BlockLine):
    """A block that can be opened, changed, moved and taken away.

    changed: its new Block. focused: the keyboard has come to it. pressed: its line was clicked. moved: by -1 or 1.
    removed. wanted: another block behind it. stepped: the keyboard goes up or down. dragged: how far down, in pixels of
    the screen, the mouse holds it; dropped: it is let go.
    """

    changed = Signal(object)
    focused = Signal()
    pressed = Signal()
    moved = Signal(int)
    removed = Signal()
    wanted = Signal()
    stepped = Signal(int)
    dragged = Signal(float)
    dropped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.row: Row | None = None
        self.opened = False
        self.sliders: list[ValueSlider] = []
        self._word: Word | None = None
        self._hold: QPointF | None = None
        self._dragging = False
        self.problem = QLabel(wordWrap=True)
        self.problem.hide()
        self._numbers = QWidget()
        self._numbers.setCursor(Qt.CursorShape.ArrowCursor)
        self._numbers_layout = QVBoxLayout(self._numbers)
        self._numbers_layout.setContentsMargins(0, 0, 0, 0)
        self._numbers_layout.setSpacing(4)
        self._numbers.hide()
        self.body.addWidget(self.problem)
        self.body.addWidget(self._numbers)
        self.up = IconButton("up", "Move the block up", "Alt+↑")
        self.down = IconButton("down", "Move the block down", "Alt+↓")
        self.trash = IconButton("trash", "Take the block away", "Delete")
        self.up.clicked.connect(lambda: self.moved.emit(-1))
        self.down.clicked.connect(lambda: self.moved.emit(1))
        self.trash.clicked.connect(self.removed)
        theme.bind(self.problem, self._restyle_problem)

    def _restyle_problem(self) -> None:
        self.problem.setFont(theme.font("small"))
        self.problem.setStyleSheet(f"color: {theme.tokens.bad}")

    @property
    def block(self) -> Block:
        """What is shown."""
        assert self.row is not None
        return self.row.block

    def show_row(self, row: Row, place: int, count: int, *, opened: bool) -> None:
        """Show a block in its place, from 0; opened: with its numbers."""
        self.row, self.opened = row, opened
        block, made = row.block, row.made
        numbers = " ".join(
            short(slot, number) for slot, number in zip(block.word.slots, block.numbers, strict=True) if not slot.sign
        )
        title = say(block.word.title)
        self.tell(say("{title} {numbers}", title=title, numbers=numbers) if numbers else title, made.shape,
                  made.parameters)  # fmt: skip
        bind(self, self.setAccessibleName, say("Block {place}: {title}", place=place + 1, title=title))
        bind(self, self.setToolTip, block.word.hint)
        self.problem.setVisible(row.problem is not None and not self._dragging)
        bind(self.problem, self.problem.setText, row.problem or say(""))
        self._numbers.setVisible(opened)
        if opened:
            self._show_numbers(block)
            self.up.setEnabled(place > 0)
            self.down.setEnabled(place < count - 1)
        self._mark()

    def _show_numbers(self, block: Block) -> None:
        if self._word is not block.word:
            self._word = block.word
            self._make_sliders(block)
        for slider, number in zip(self.sliders, block.numbers, strict=True):
            slider.set_value(number)

    def _make_sliders(self, block: Block) -> None:
        while item := self._numbers_layout.takeAt(0):
            if (old := item.widget()) is not None:
                old.deleteLater()
        self.sliders = [_slider(slot, number) for slot, number in zip(block.word.slots, block.numbers, strict=True)]
        for place, slider in enumerate(self.sliders):
            slider.changed.connect(lambda number, place=place: self._change(place, number))
            self._numbers_layout.addWidget(slider)
        buttons, row = QWidget(), QHBoxLayout()
        buttons.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addStretch()
        for button in (self.up, self.down, self.trash):
            button.setParent(None)
            row.addWidget(button)
            button.show()
        self._numbers_layout.addWidget(buttons)

    def _change(self, place: int, number: float) -> None:
        self.changed.emit(self.block.with_number(place, number))

    def _mark(self) -> None:
        """Show by the frame whether it is wrong, or has the keyboard."""
        wrong = self.row is not None and self.row.problem is not None
        state = "wrong" if wrong else "chosen" if self.opened or self.hasFocus() else "plain"
        if state != self.property("block"):
            self.setProperty("block", state)
            self.style().unpolish(self)
            self.style().polish(self)

    # The keyboard

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Tell that the keyboard has come."""
        super().focusInEvent(event)
        self._mark()
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Look plain again."""
        super().focusOutEvent(event)
        self._mark()

    def event(self, event: QEvent) -> bool:
        """Claim the keys that move and delete before the window's shortcuts see them."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in MOVES:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Walk with the arrows, move with Alt and the arrows; Enter opens, Insert adds, Delete takes away."""
        key, alt = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            (self.moved if alt else self.stepped).emit(-1 if key == Qt.Key.Key_Up else 1)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif key == Qt.Key.Key_Insert or event.text() == "+":
            self.wanted.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take hold of it."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._hold = event.globalPosition()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Drag it up or down."""
        if self._hold is None:
            return
        far = abs(event.globalPosition().y() - self._hold.y()) >= QApplication.startDragDistance()
        if far and not self._dragging:
            self._dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._dragging:
            self.dragged.emit(event.globalPosition().y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let go of it: a drag ends, or it was a click."""
        if self._hold is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        dragged, self._dragging, self._hold = self._dragging, False, None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if dragged:
            self.dropped.emit()
        else:
            self.pressed.emit()


def short(slot: Slot, number: float) -> str:
    """Return a number as the card's line shows it."""
    side = f"{number:g}"
    return f"{side}×{side}" if slot.square else side


def _slider(slot: Slot, number: float) -> ValueSlider:
    return ValueSlider(slot.label, slot.low, slot.high, number, whole=slot.whole, log=slot.log)
