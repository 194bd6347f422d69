"""Beside the board the tools, over it what they work with, below it which picture it is and its class."""

from functools import partial

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.editors.images.class_list import swatch
from app.editors.images.classes import shown_name
from app.editors.images.editor import TOOLS, ImagesEditor
from app.editors.images.tools import WIDEST
from app.kit import EnterButton, IconButton, Slider, Switch
from app.language import bind, speaker
from app.theme import theme
from engines.core.language import say
from engines.data.points import UNLABELLED

Ink = tuple[int, int, int]
GREYS: tuple[tuple[str, Ink], ...] = (
    ("White", (255, 255, 255)), ("Light grey", (192, 192, 192)), ("Middle grey", (128, 128, 128)),
    ("Dark grey", (64, 64, 64)), ("Black", (0, 0, 0)),
)  # fmt: skip
COLOURS: tuple[tuple[str, Ink], ...] = (
    ("Red", (230, 50, 45)), ("Orange", (245, 140, 30)), ("Yellow", (250, 220, 50)), ("Green", (50, 170, 80)),
    ("Cyan", (60, 200, 220)), ("Blue", (45, 100, 230)), ("Violet", (150, 80, 210)), ("Brown", (140, 90, 50)),
)  # fmt: skip


class InkButton(EnterButton):
    """One ink."""

    def __init__(self, name: str, ink: Ink) -> None:
        super().__init__()
        self.ink = ink
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bind(self, self.setToolTip, name)
        bind(self, self.setAccessibleName, name)
        theme.bind(self, lambda: self.setFixedSize(QSize(theme.px(22), theme.px(22))))

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw a dot in the colour, and a ring about it when it is chosen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme.tokens
        area = QRectF(self.rect())
        if self.isChecked() or self.hasFocus():
            painter.setPen(QPen(tokens.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(area.adjusted(1.5, 1.5, -1.5, -1.5))
        painter.setPen(QPen(tokens.color("faint"), 1))
        painter.setBrush(QColor(*self.ink))
        painter.drawEllipse(area.adjusted(4.5, 4.5, -4.5, -4.5))


class ToolBox(QWidget):
    """The tools in a column."""

    def __init__(self, editor: ImagesEditor) -> None:
        super().__init__()
        self._editor = editor
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self.buttons = {tool: IconButton(tool.icon, tool.text, tool.key, checkable=True) for tool in TOOLS}
        for tool, button in self.buttons.items():
            button.clicked.connect(partial(self._choose, tool))
            layout.addWidget(button)
        layout.addStretch()
        editor.chosen.connect(self._show)
        self._show()

    def _choose(self, tool: type, _: bool = False) -> None:
        self._editor.choose(tool)
        self._show()

    def _show(self) -> None:
        for tool, button in self.buttons.items():
            button.setChecked(tool is self._editor.tool)


class OptionStrip(QWidget):
    """Size and ink of the pen; shift, invert and wipe for the pictures that are selected."""

    def __init__(self, editor: ImagesEditor) -> None:
        super().__init__()
        self._editor = editor
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self.size_ = Slider(1, WIDEST)
        self.size_.valueChanged.connect(lambda size: editor.set_pen(size=size))
        bind(self.size_, self.size_.setAccessibleName, "Size of the pen")
        bind(self.size_, self.size_.setToolTip, "Size of the pen in pixels ([ and ], or Ctrl and the wheel)")
        self._number = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.soft = Switch("Soft")
        bind(self.soft, self.soft.setToolTip, "A soft stroke fades out at its border, as the digits of MNIST do")
        self.soft.toggled.connect(lambda on: editor.set_pen(soft=on))
        layout.addWidget(self.size_)
        layout.addWidget(self._number)
        layout.addSpacing(4)
        layout.addWidget(self.soft)
        layout.addSpacing(4)
        self.inks = [InkButton(name, ink) for name, ink in (*GREYS, *COLOURS)]
        for button in self.inks:
            button.clicked.connect(partial(self._take, button))
            layout.addWidget(button)
        layout.addStretch()
        self._acts: list[IconButton] = []
        for icon, text, keys, right, down in (
            ("arrow-left", "Shift left", "Shift+←", -1, 0), ("arrow-up", "Shift up", "Shift+↑", 0, -1),
            ("arrow-down", "Shift down", "Shift+↓", 0, 1), ("arrow-right", "Shift right", "Shift+→", 1, 0),
        ):  # fmt: skip
            self._act(layout, IconButton(icon, text, keys), partial(editor.shift, right, down))
        self.invert = self._act(layout, IconButton("contrast", "Turn light to dark", "I"), editor.invert)
        self.wipe = self._act(layout, IconButton("blank", "Wipe the picture"), editor.wipe)
        editor.chosen.connect(self._show)
        theme.bind(self, self._restyle)

    def _act(self, layout: QHBoxLayout, button: IconButton, act: object) -> IconButton:
        button.clicked.connect(lambda _=False: act())  # type: ignore[operator]
        layout.addWidget(button)
        self._acts.append(button)
        return button

    def _take(self, button: InkButton, _: bool = False) -> None:
        self._editor.set_pen(ink=button.ink)

    def _restyle(self) -> None:
        self.size_.setFixedWidth(theme.px(84))
        self._number.setFixedWidth(theme.px(14))
        self._number.setFont(theme.font("strong"))
        self._show()

    def _show(self) -> None:
        editor = self._editor
        with QSignalBlocker(self.size_), QSignalBlocker(self.soft):
            self.size_.setValue(editor.hand.size)
            self.soft.setChecked(editor.hand.soft)
        self._number.setText(str(editor.hand.size))
        draws = editor.tool.draws
        self.size_.setEnabled(draws)
        self._number.setEnabled(draws)
        self.soft.setEnabled(draws)
        for place, button in enumerate(self.inks):
            button.setVisible(place < len(GREYS) or editor.images.coloured)
            button.setChecked(button.ink == editor.hand.ink)
        for act in self._acts:
            act.setEnabled(editor.row >= 0)


class PictureBar(QWidget):
    """Which picture is on the board, its class, and new, double, delete."""

    def __init__(self, editor: ImagesEditor) -> None:
        super().__init__()
        self._editor = editor
        self._offered: object = None
        self.back, self.forth = (
            IconButton("chevron-left", "Picture before", "PgUp"),
            IconButton("chevron-right", "Next picture", "PgDown"),
        )
        self.back.clicked.connect(lambda: editor.step(-1))
        self.forth.clicked.connect(lambda: editor.step(1))
        self.place = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.place.setProperty("muted", True)
        self.label = QComboBox()
        self.label.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.label.activated.connect(lambda place: editor.label(self._label_at(place)))
        bind(self.label, self.label.setAccessibleName, "Class")
        bind(self.label, self.label.setToolTip, "Class of what is selected, and of new pictures (1–9, 0; - for none)")
        self.new = IconButton("plus", "New picture", "N")
        self.double = IconButton("duplicate", "Duplicate the pictures", "Ctrl+J")
        self.delete = IconButton("trash", "Delete the pictures", "Del")
        self.new.clicked.connect(editor.new_picture)
        self.double.clicked.connect(editor.duplicate)
        self.delete.clicked.connect(editor.remove)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for widget in (self.back, self.place, self.forth):
            layout.addWidget(widget)
        layout.addWidget(self.label, stretch=1)
        for widget in (self.new, self.double, self.delete):
            layout.addWidget(widget)
        editor.chosen.connect(self._show)
        speaker.changed.connect(self._say_again)  # a method: it is let go with this widget
        theme.bind(self, self._restyle)

    def _restyle(self) -> None:
        self.place.setMinimumWidth(theme.px(84))
        self.label.setMinimumWidth(theme.px(72))
        self._show(anew=True)

    def _say_again(self) -> None:
        self._show(anew=True)

    def _label_at(self, place: int) -> int:
        return place if place < len(self._editor.images.names) else UNLABELLED

    def _show(self, *, anew: bool = False) -> None:
        editor, images = self._editor, self._editor.images
        there = editor.row >= 0
        if (offered := images.names) != self._offered or anew:
            self._offered = offered
            with QSignalBlocker(self.label):
                self.label.clear()
                for label in (*range(len(images.names)), UNLABELLED):
                    self.label.addItem(swatch(theme.tokens.class_color(label)), shown_name(images, label))
        if editor.box >= 0:
            label = int(editor.boxes[editor.box, 1])
        else:
            label = int(images.y[editor.row]) if there else editor.hand.label
        with QSignalBlocker(self.label):
            self.label.setCurrentIndex(label if label >= 0 else len(images.names))
        shown, count = editor.shown, int(editor.selected.sum())
        place = int(shown.searchsorted(editor.row)) + 1 if there else 0
        if count > 1:
            bind(self.place, self.place.setText, say("{m} selected", m=count))
        else:
            bind(self.place, self.place.setText, say("{k} of {n}", k=place, n=len(shown)))
        for widget in (self.back, self.forth, self.double, self.delete):
            widget.setEnabled(there)
