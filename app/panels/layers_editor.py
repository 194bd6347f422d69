"""How many hidden layers, and how many neurons in each: plus and minus, as one builds with bricks."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.kit import IconButton
from app.language import bind
from app.theme import theme
from engines.core.params import MOST_LAYERS, ParamSpec


class LayersEditor(QWidget):
    """Edits a tuple of widths; ``changed`` carries the new tuple."""

    changed = Signal(object)

    def __init__(self, spec: ParamSpec, widths: tuple[int, ...]) -> None:
        super().__init__()
        self._low, self._high = int(spec.param.low), int(spec.param.high)
        self._widths = widths
        self._columns: list[QWidget] = []
        self.widen_buttons: list[IconButton] = []
        label = QLabel()
        bind(label, label.setText, spec.param.label)
        bind(self, self.setAccessibleName, spec.param.label)
        self.fewer = IconButton("minus", "Take the last hidden layer away")
        self.more = IconButton("plus", "Add a hidden layer")
        self.fewer.clicked.connect(lambda: self._set(self._widths[:-1]))
        self.more.clicked.connect(lambda: self._set((*self._widths, self._widths[-1] if self._widths else 4)))
        self._summary = QLabel()
        theme.bind(self._summary, lambda: self._summary.setFont(theme.font("strong")))
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(2)
        head.addWidget(label)
        head.addStretch()
        for widget in (self._summary, self.fewer, self.more):
            head.addWidget(widget)
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addLayout(self._row)
        self._rebuild()

    def value(self) -> tuple[int, ...]:
        """Return the widths, first hidden layer first."""
        return self._widths

    def set_value(self, widths: tuple[int, ...]) -> None:
        """Show other widths without telling."""
        if tuple(widths) != self._widths:
            self._widths = tuple(widths)
            self._rebuild()

    def _set(self, widths: tuple[int, ...]) -> None:
        self.set_value(widths)
        self.changed.emit(self._widths)

    def _widen(self, which: int, by: int) -> None:
        width = max(self._low, min(self._high, self._widths[which] + by))
        self._set((*self._widths[:which], width, *self._widths[which + 1 :]))

    def _rebuild(self) -> None:
        if len(self._columns) != len(self._widths):
            while item := self._row.takeAt(0):
                if widget := item.widget():
                    widget.deleteLater()
            self.widen_buttons = []
            self._columns = [self._column(which) for which in range(len(self._widths))]
            for column in self._columns:
                self._row.addWidget(column)
            self._row.addStretch()
        for column, width in zip(self._columns, self._widths, strict=True):
            number = column.findChild(QLabel)
            assert number is not None
            number.setText(str(width))
        bind(self._summary, self._summary.setText, " · ".join(map(str, self._widths)) or "none")
        self.fewer.setEnabled(bool(self._widths))
        self.more.setEnabled(len(self._widths) < MOST_LAYERS)

    def _column(self, which: int) -> QWidget:
        """One layer: more, how many, fewer."""
        column = QWidget()
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        more, fewer = IconButton("plus", "One neuron more"), IconButton("minus", "One neuron fewer")
        more.clicked.connect(lambda: self._widen(which, 1))
        fewer.clicked.connect(lambda: self._widen(which, -1))
        self.widen_buttons.append(more)
        number = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        for widget in (more, number, fewer):
            layout.addWidget(widget, alignment=Qt.AlignmentFlag.AlignHCenter)
        return column
