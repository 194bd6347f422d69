"""The hyper-parameter form, built from the Params class of the engine: no engine has a form of its own."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.kit import ChoiceBox, Switch, TextBox, ValueSlider
from app.language import bind
from app.panels.layers_editor import LayersEditor
from app.theme import icon, theme
from engines.core.dataset import Dataset
from engines.core.params import Params, ParamSpec, named_by, specs


class ParamsForm(QWidget):
    """One row a field; ``changed(name, value)`` when a person changes one. Locked fields are shown, not editable.

    marks: whether each row says if its change starts the run again. named: whose fields a text may name.
    """

    changed = Signal(str, object)

    def __init__(
        self,
        params: Params,
        locked: tuple[str, ...] = (),
        *,
        marks: bool = True,
        named: type[Params] = Params,
    ) -> None:
        super().__init__()
        self._named = named
        self._setters: dict[str, Callable[[Any], None]] = {}
        self._rows: dict[str, QWidget] = {}
        self._specs = {spec.name: spec for spec in specs(type(params))}
        self._locked, self._marks = locked, marks
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        theme.bind(self, lambda: layout.setSpacing(theme.px(10)))
        for spec in self._specs.values():
            row = self._row(spec, getattr(params, spec.name))
            self._rows[spec.name] = row
            layout.addWidget(row)
        self.show_params(params)

    def show_params(self, params: Params) -> None:
        """Show these values; greys out the fields that do not matter with them."""
        for name, setter in self._setters.items():
            setter(getattr(params, name))
        for name, spec in self._specs.items():
            condition = spec.param.only_if
            matters = condition is None or getattr(params, condition[0]) in condition[1]
            self._rows[name].setEnabled(matters and name not in self._locked)

    def show_data(self, data: Dataset) -> None:
        """Let what counts with the data know them."""
        for name, spec in self._specs.items():
            if spec.param.blocks:
                self.field(name).set_data(data)  # type: ignore[attr-defined]  # a BlocksEditor

    def field(self, name: str) -> QWidget:
        """Return the control of one field."""
        return self._rows[name].property("control")

    def _row(self, spec: ParamSpec, value: Any) -> QWidget:
        control = self._control(spec, value)
        row = QWidget()
        row.setProperty("control", control)
        row.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(control, stretch=1)
        if self._marks:
            layout.addWidget(_mark(spec), alignment=Qt.AlignmentFlag.AlignTop)
        if spec.param.help:
            bind(row, row.setToolTip, spec.param.help)
        return row

    def _control(self, spec: ParamSpec, value: Any) -> QWidget:
        name, param = spec.name, spec.param
        if spec.kind == "layers":
            layers = LayersEditor(spec, value)
            layers.changed.connect(lambda widths: self.changed.emit(name, widths))
            self._setters[name] = layers.set_value
            return layers
        if spec.kind == "choice":
            choice = ChoiceBox(param.label, [(option, option) for option in spec.choices])
            choice.chosen.connect(lambda option: self.changed.emit(name, option))
            self._setters[name] = choice.choose
            return choice
        if spec.kind == "text":
            return self._text(spec)
        if spec.kind == "bool":
            switch = Switch(param.label)
            switch.toggled.connect(lambda on: self.changed.emit(name, bool(on)))
            self._setters[name] = switch.setChecked
            return switch
        whole = spec.kind == "int"
        slider = ValueSlider(param.label, param.low, param.high, value, whole=whole, log=param.log, hint=param.help)
        slider.changed.connect(lambda number: self.changed.emit(name, int(number) if whole else number))
        self._setters[name] = slider.set_value
        return slider

    def _text(self, spec: ParamSpec) -> QWidget:
        """Return blocks to build with, a list of the hyper-parameters that may be named, or a line to write on."""
        name, param = spec.name, spec.param
        if param.blocks:
            from app.panels.blocks_editor import BlocksEditor  # few models are built of blocks, and it needs much

            chain = BlocksEditor(spec, spec.default)
            chain.changed.connect(lambda text: self.changed.emit(name, text))
            self._setters[name] = chain.set_value
            return chain
        if param.names:
            offered = named_by(param.names, self._named)
            labels = {item.name: item.param.label for item in specs(self._named)}
            choice = ChoiceBox(param.label, [(option, labels[option]) for option in offered])
            choice.chosen.connect(lambda option: self.changed.emit(name, option))
            self._setters[name] = lambda value: choice.choose(value or (offered[0] if offered else ""))
            return choice
        box = TextBox(param.label)
        box.changed.connect(lambda text: self.changed.emit(name, text))
        self._setters[name] = box.set_value
        return box


def _mark(spec: ParamSpec) -> QLabel:
    """A small sign that says before the change whether it starts the run again."""
    mark = QLabel()
    live = spec.param.live
    name = "play" if live else "reset"
    theme.bind(mark, lambda: mark.setPixmap(icon(name, "faint").pixmap(theme.px(12), theme.px(12))))
    text = "Changes while the run goes on" if live else "Changing this starts the run again"
    bind(mark, mark.setToolTip, text)
    bind(mark, mark.setAccessibleName, text)
    return mark
