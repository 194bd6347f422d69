"""Augmenting, with twelve changed pictures to look at while one turns the settings."""

from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.editors.images.painting import picture_of
from app.kit import ChoiceBox, PrimaryButton, QuietButton, Segmented, Switch, ValueSlider, section
from app.language import bind
from app.theme import theme
from engines.core.language import LearnerError, say
from engines.core.params import ParamSpec, specs
from engines.data.augmenting import AugmentSettings, augmented
from engines.data.images import CLASS, LEFT, Images, reshaped

SHOWN = 12
ACROSS = 4
MOST_SIDE = 64  # of the previews, so that a turn of a slider is seen at once
MOST_SEED = 999


class Previews(QWidget):
    """Pictures side by side, with their boxes."""

    def __init__(self) -> None:
        super().__init__()
        self.images = Images()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        bind(self, self.setAccessibleName, "Preview")
        theme.bind(self, lambda: self.setMinimumSize(theme.px(400), theme.px(304)))

    def show_images(self, images: Images) -> None:
        """Show these."""
        self.images = images
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw them in rows, as large as there is room."""
        painter = QPainter(self)
        height, width = self.images.size
        down = -(-SHOWN // ACROSS)
        gap = theme.px(8)
        scale = min((self.width() - gap) / ACROSS / width, (self.height() - gap) / down / height) - gap / max(
            width, height
        )
        step_x, step_y = width * scale + gap, height * scale + gap
        for row in range(len(self.images)):
            left, top = (row % ACROSS) * step_x, (row // ACROSS) * step_y
            area = QRectF(left, top, width * scale, height * scale)
            painter.drawImage(area, picture_of(self.images.pixels[row]))
            for box in self.images.boxes[self.images.boxes_of(row)]:
                painter.setPen(QPen(theme.tokens.class_color(int(box[CLASS])), 1.5))
                x, y, right, bottom = (box[LEFT:] * scale).tolist()
                painter.drawRect(QRectF(left + x, top + y, right - x, bottom - y))
            painter.setPen(QPen(theme.tokens.color("line"), 1))
            painter.drawRect(area)


class AugmentDialog(QDialog):
    """``wanted(dict, int)``: settings of ``augment`` and a seed, when a person has decided."""

    wanted = Signal(object, int)

    def __init__(self, parent: QWidget, images: Images) -> None:
        super().__init__(parent)
        self._images = images
        self.values: dict[str, Any] = AugmentSettings().to_json()
        self.seed = 0
        self._pattern = self._chosen(0)
        self.controls: dict[str, QWidget] = {}
        bind(self, self.setWindowTitle, "Augment")
        self.previews = Previews()
        form = QVBoxLayout()
        form.setSpacing(10)
        for spec in specs(AugmentSettings):
            self.controls[spec.name] = control = self._control(spec)
            form.addWidget(control)
        self._warning = QLabel(wordWrap=True)
        self._warning.setProperty("muted", True)
        bind(
            self._warning, self._warning.setText,
            "A changed copy falls to the same share of the split as its original. A turned box is the upright box "
            "around it.",
        )  # fmt: skip
        form.addWidget(self._warning)
        form.addStretch()
        side = QWidget()
        side.setLayout(form)
        theme.bind(side, lambda: side.setFixedWidth(theme.px(232)))
        right = QVBoxLayout()
        right.addWidget(section("Preview"))
        right.addWidget(self.previews, stretch=1)
        right.addLayout(self._buttons())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(24)
        layout.addWidget(side)
        layout.addLayout(right, stretch=1)
        self._show()

    def _buttons(self) -> QHBoxLayout:
        self.dice = QuietButton("Other examples", "dice")
        self.dice.clicked.connect(self._throw)
        self.count = QLabel()
        self.count.setProperty("muted", True)
        self.cancel = QuietButton("Cancel")
        self.cancel.clicked.connect(self.reject)
        self.apply = PrimaryButton("check", "Augment")
        self.apply.clicked.connect(self._decide)
        self.apply.setDefault(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.dice)
        row.addWidget(self.count, stretch=1)
        row.addWidget(self.cancel)
        row.addWidget(self.apply)
        return row

    def _control(self, spec: ParamSpec) -> QWidget:
        name, param = spec.name, spec.param
        value = self.values[name]
        if name == "keep":
            mode = Segmented([("add", "Add"), ("replace", "Replace")])
            mode.chosen.connect(lambda key: self._set("keep", key == "add"))
            bind(mode, mode.setToolTip, param.help)
            return mode
        if spec.kind == "choice":
            choice = ChoiceBox(param.label, [(option, option) for option in spec.choices])
            choice.chosen.connect(lambda option: self._set(name, option))
            bind(choice, choice.setToolTip, param.help)
            return choice
        if spec.kind == "bool":
            switch = Switch(param.label)
            switch.setChecked(bool(value))
            switch.toggled.connect(lambda on: self._set(name, bool(on)))
            return switch
        whole = spec.kind == "int"
        slider = ValueSlider(param.label, param.low, param.high, value, whole=whole, hint=param.help)
        slider.changed.connect(lambda number: self._set(name, int(number) if whole else number))
        return slider

    def _chosen(self, seed: int) -> Images:
        """Return the pictures that are shown, small enough to be changed at every turn of a slider."""
        n = len(self._images)
        rows = np.sort(np.random.default_rng(seed).permutation(n)[:SHOWN])
        taken = self._images.taken(rows)
        height, width = taken.size
        scale = min(1.0, MOST_SIDE / max(height, width))
        return reshaped(taken, max(2, round(height * scale)), max(2, round(width * scale)), taken.coloured)

    def _throw(self) -> None:
        self.seed = (self.seed + 1) % (MOST_SEED + 1)
        self._pattern = self._chosen(self.seed)
        self._show()

    def _set(self, name: str, value: Any) -> None:
        self.values[name] = value
        self._show()

    def _show(self) -> None:
        settings = AugmentSettings(**(self.values | {"copies": 1, "keep": False}))
        self.previews.show_images(augmented(self._pattern, settings, np.random.default_rng(self.seed)))
        times = self.values["copies"] + self.values["keep"]
        before = len(self._images)
        bind(
            self.count,
            self.count.setText,
            say("{before} → {after} {after:picture|pictures}", before=before, after=before * times),
        )

    def _decide(self) -> None:
        try:
            AugmentSettings(**self.values)
        except LearnerError as error:
            bind(self._warning, self._warning.setText, error.note)
            return
        self.accept()
        self.wanted.emit(dict(self.values), self.seed)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Stand on the colour of a card."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.tokens.color("card"))
        painter.setPen(Qt.PenStyle.NoPen)
