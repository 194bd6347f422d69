"""A number one can drag or type: label, value, slider."""

import math

import numpy as np
from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QSizePolicy, QSlider, QWidget

from app.language import bind, tr
from app.theme import theme

ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
STEPS = 240  # positions of a slider over a continuous range
DECADES = 5  # of a log slider whose low end is zero


class Slider(QSlider):
    """A horizontal slider that keeps the arrow keys while it has the keyboard; elsewhere they step the run."""

    def __init__(self, low: int, high: int) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(low, high)

    def event(self, event: QEvent) -> bool:
        """Claim the arrows before the window's shortcuts see them."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in ARROWS:
            event.accept()
            return True
        return super().event(event)


class ValueSlider(QWidget):
    """Asks for one number. log: it moves by factors (0, if allowed, is the left end). ``changed`` while dragging.

    A typed number out of range is taken to the nearest end, and the tooltip says so.
    """

    changed = Signal(float)

    def __init__(
        self, label: str, low: float, high: float, value: float, *,
        whole: bool = False, log: bool = False, decimals: int | None = None, hint: str = "",
    ) -> None:  # fmt: skip
        super().__init__()
        self._low, self._high, self._whole, self._log, self._decimals = low, high, whole, log, decimals
        self._value = value
        self._factors = _factors(low, high, whole=whole) if log else []
        few = whole and high - low <= STEPS
        self._steps = len(self._factors) - 1 if log else int(high - low) if few else STEPS
        self.slider = Slider(0, self._steps)
        self.slider.setPageStep(max(1, self._steps // 10))
        self.number = QLineEdit(alignment=Qt.AlignmentFlag.AlignRight)
        self.number.setProperty("number", True)
        self.number.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        name = QLabel()
        name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # a long name never widens a panel
        bind(name, name.setText, label)
        bind(self.slider, self.slider.setAccessibleName, label)
        bind(self.number, self.number.setAccessibleName, label)
        if hint:
            bind(self, self.setToolTip, hint)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(2)
        layout.addWidget(name, 0, 0)
        layout.addWidget(self.number, 0, 1, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self.slider, 1, 0, 1, 2)
        layout.setColumnStretch(0, 1)
        self.slider.valueChanged.connect(self._drag)
        self.number.editingFinished.connect(self._type)
        theme.bind(self, self._restyle)
        self.set_value(value)

    def value(self) -> float:
        """Return the number."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show a number without telling."""
        self._value = value
        with QSignalBlocker(self.slider):
            self.slider.setValue(self._position(value))
        if not self.number.hasFocus() or not self.number.isModified():
            self.number.setText(self._said(value))

    def _restyle(self) -> None:
        self.number.setFont(theme.font("strong"))
        self.number.setFixedWidth(theme.px(78))

    # Between position and number

    def _position(self, value: float) -> int:
        if self._factors:
            return min(range(len(self._factors)), key=lambda place: abs(self._factors[place] - value))
        if self._high <= self._low:
            return 0
        return round((value - self._low) / (self._high - self._low) * self._steps)

    def _at(self, position: int) -> float:
        if self._factors:
            return self._factors[position]
        number = self._low + position / max(1, self._steps) * (self._high - self._low)
        return float(round(number)) if self._whole else min(self._high, max(self._low, round(number, 6)))

    def _said(self, value: float) -> str:
        if self._whole:
            return str(int(value))
        return f"{value:.{self._decimals}f}" if self._decimals is not None else f"{value:.4g}"

    # What a person does

    def _drag(self, position: int) -> None:
        value = self._at(position)
        if value != self._value:
            self._value = value
            self.number.setText(self._said(value))
            self.changed.emit(value)

    def _type(self) -> None:
        try:
            typed = float(self.number.text().replace("，", ".").replace(",", "."))
        except ValueError:
            typed = math.nan
        if math.isnan(typed):
            self.number.setText(self._said(self._value))
            return
        value = min(self._high, max(self._low, typed))
        value = float(round(value)) if self._whole else value
        said = tr("From {low:g} to {high:g}", low=self._low, high=self._high)
        self.number.setToolTip(said if value != typed else "")
        self.number.setModified(False)
        self.number.setText(self._said(value))
        if value != self._value:
            self.set_value(value)
            self.changed.emit(value)


def _factors(low: float, high: float, *, whole: bool) -> list[float]:
    """Return the numbers a log slider stops at: each a little larger than the last by about the same factor."""
    floor = low if low > 0 else high / 10**DECADES
    raw = np.geomspace(floor, high, STEPS)
    numbers = {float(round(number)) if whole else float(f"{number:.2g}") for number in raw.tolist()}
    return sorted({low, high, *(number for number in numbers if low <= number <= high)})
