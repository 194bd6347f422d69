"""The form of every engine, made from its Params: each control sets what it says, and only what Params accepts."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.kit import ChoiceBox, Switch, TextBox, ValueSlider
from app.language import speaker
from app.panels.blocks_editor import BlocksEditor
from app.panels.layers_editor import LayersEditor
from app.panels.params_form import ParamsForm
from app.theme import theme
from engines.core.engine import Engine
from engines.core.params import MOST_LAYERS, Params, ParamSpec, specs
from engines.core.registry import discover

ENGINES = list(discover().engines.values())


@pytest.fixture(autouse=True)
def plain_look(qapp: QApplication) -> Iterator[None]:
    theme.install(qapp)
    yield
    speaker.speak("en")


def form_of(qtbot: QtBot, engine: Engine, locked: tuple[str, ...] = ()) -> ParamsForm:
    form = ParamsForm(engine.params(), locked)
    qtbot.addWidget(form)
    form.resize(280, 600)
    form.show()
    qtbot.waitExposed(form)
    return form


def change(control: QWidget) -> None:
    """Change a control as a person would."""
    if isinstance(control, ValueSlider):
        key = Qt.Key.Key_Left if control.slider.value() == control.slider.maximum() else Qt.Key.Key_Right
        QTest.keyClick(control.slider, key)
    elif isinstance(control, ChoiceBox):
        last = control.box.currentIndex() == control.box.count() - 1
        QTest.keyClick(control.box, Qt.Key.Key_Up if last else Qt.Key.Key_Down)
        control.box.activated.emit(control.box.currentIndex())
    elif isinstance(control, Switch):
        QTest.keyClick(control, Qt.Key.Key_Space)
    elif isinstance(control, TextBox):
        QTest.keyClicks(control.line, "1")
        QTest.keyClick(control.line, Qt.Key.Key_Return)
    elif isinstance(control, BlocksEditor):
        QTest.keyClick(control.cards[0], Qt.Key.Key_Delete)
    elif isinstance(control, LayersEditor):
        QTest.mouseClick(control.more, Qt.MouseButton.LeftButton)


def under_which_it_matters(engine: Engine, spec: ParamSpec) -> Params:
    """The default values, but with that of another field under which this one is not greyed out."""
    condition = spec.param.only_if
    return engine.params() if condition is None else engine.params().with_values(**{condition[0]: condition[1][0]})


@pytest.mark.parametrize("engine", ENGINES, ids=[engine.key for engine in ENGINES])
def test_each_control_sets_its_param(qtbot: QtBot, engine: Engine) -> None:
    form = form_of(qtbot, engine)
    heard: list[tuple[str, Any]] = []
    form.changed.connect(lambda name, value: heard.append((name, value)))
    for spec in specs(engine.params):
        params = under_which_it_matters(engine, spec)
        form.show_params(params)
        change(form.field(spec.name))
        assert heard, spec.name
        name, value = heard.pop()
        heard.clear()
        assert name == spec.name
        changed = params.with_values(**{name: value})
        assert changed != params, spec.name
        form.show_params(changed)
        assert getattr(changed, name) == value


@pytest.mark.parametrize("engine", ENGINES, ids=[engine.key for engine in ENGINES])
def test_every_field_says_before_the_change_whether_it_restarts(qtbot: QtBot, engine: Engine) -> None:
    form = form_of(qtbot, engine)
    for spec in specs(engine.params):
        row = form.field(spec.name).parent()
        marks = [label.accessibleName() for label in row.findChildren(QLabel) if label.accessibleName()]  # type: ignore[attr-defined]
        assert ("Changes while the run goes on" in marks) == spec.param.live
        assert ("Changing this starts the run again" in marks) != spec.param.live


def test_locked_fields_cannot_be_changed(qtbot: QtBot) -> None:
    engine = ENGINES[0]
    locked = specs(engine.params)[0].name
    form = form_of(qtbot, engine, (locked,))
    assert not form.field(locked).isEnabled()
    assert form.field(specs(engine.params)[1].name).isEnabled()


def test_layers_are_added_widened_and_taken_away_within_limits(qtbot: QtBot) -> None:
    engine = discover().engines["neural.mlp"]
    form = form_of(qtbot, engine)
    editor = form.field("layers")
    assert isinstance(editor, LayersEditor)
    start = editor.value()
    QTest.mouseClick(editor.more, Qt.MouseButton.LeftButton)
    assert editor.value() == (*start, start[-1])
    for _ in range(10):
        QTest.mouseClick(editor.more, Qt.MouseButton.LeftButton)
    assert len(editor.value()) == MOST_LAYERS
    assert not editor.more.isEnabled()
    for _ in range(10):
        QTest.mouseClick(editor.fewer, Qt.MouseButton.LeftButton)
    assert editor.value() == ()
    assert not editor.fewer.isEnabled()
    QTest.mouseClick(editor.more, Qt.MouseButton.LeftButton)
    for _ in range(20):
        QTest.mouseClick(editor.widen_buttons[0], Qt.MouseButton.LeftButton)
    assert editor.value() == (8,)


def test_typed_numbers_are_taken_to_the_range(qtbot: QtBot) -> None:
    slider = ValueSlider("Learning rate", 0.001, 10, 0.03, log=True)
    qtbot.addWidget(slider)
    slider.show()
    for typed, value in (("0.5", 0.5), ("99", 10), ("-3", 0.001), ("two", 0.001), ("0,25", 0.25)):
        slider.number.setFocus()
        slider.number.selectAll()
        QTest.keyClicks(slider.number, typed)
        QTest.keyClick(slider.number, Qt.Key.Key_Return)
        assert slider.value() == pytest.approx(value)


@pytest.mark.parametrize("low", [0.0, 0.001])
def test_a_log_slider_reaches_both_ends_and_goes_by_factors(qtbot: QtBot, low: float) -> None:
    slider = ValueSlider("L2 penalty", low, 10, 1.0, log=True)
    qtbot.addWidget(slider)
    slider.show()
    heard: list[float] = []
    slider.changed.connect(heard.append)
    QTest.keyClick(slider.slider, Qt.Key.Key_Home)
    assert slider.value() == low
    QTest.keyClick(slider.slider, Qt.Key.Key_End)
    assert slider.value() == 10
    slider.set_value(0.1)
    place = slider.slider.value()
    slider.set_value(1.0)
    higher = slider.slider.value()
    slider.set_value(10.0)
    assert abs((slider.slider.value() - higher) - (higher - place)) <= 1
    assert heard == [low, 10]


def test_labels_change_their_language_live(qtbot: QtBot) -> None:
    form = form_of(qtbot, discover().engines["neural.mlp"])
    assert "学习率" not in {label.text() for label in form.findChildren(QLabel)}
    speaker.speak("zh")
    assert "学习率" in {label.text() for label in form.findChildren(QLabel)}
