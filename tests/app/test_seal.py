"""The seal on the test share: hidden until the exam, counted, closed again for another model, new for new data."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.panels.model_panel import ModelPanel
from app.panels.split_form import SplitForm
from app.panels.transport import Transport
from app.session.runner import Runner
from app.session.seal import Model, Seal
from app.session.session import Session
from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.core.messages import State
from engines.core.params import Params
from engines.core.registry import engine_named
from engines.data.sampling import make_sample

ONE, TWO = Model("one", Params(), 0), Model("two", Params(), 0)


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    runner = Runner(warm=False, spare=False)
    session = Session(runner, "classification.logistic")
    runner.start()
    engine = engine_named("classification.logistic")
    data = make_sample("moons", n=80)
    session.load(Experiment(engine.key, engine.params().with_values(max_iter=20), data, Split(0.6, 0.2)))
    yield session
    session.close()
    speaker.speak("en")


def test_a_model_that_has_sat_the_exam_may_look_and_the_next_is_counted() -> None:
    seal = Seal()
    seal.follow(ONE, Split())
    assert (seal.open, seal.exams) == (False, 0)
    assert "the first" in seal.sit().render()
    assert (seal.open, seal.exams) == (True, 1)
    seal.sit()
    assert seal.exams == 1  # the same model again is no second exam
    seal.follow(TWO, Split())
    assert (seal.open, seal.exams) == (False, 1)
    assert "exam number 2" in seal.sit().render()
    seal.follow(ONE, Split())
    assert (seal.open, seal.exams) == (True, 2)


def test_another_split_is_sealed_and_the_old_one_is_remembered() -> None:
    seal = Seal()
    seal.follow(ONE, Split())
    seal.sit()
    seal.follow(ONE, Split(seed=1))
    assert (seal.open, seal.exams) == (False, 0)
    seal.follow(TWO, Split())
    assert (seal.open, seal.exams) == (False, 1)
    seal.renew()
    assert seal.exams == 0


def test_it_tells_only_when_something_has_changed(qtbot: QtBot) -> None:
    seal = Seal()
    seal.follow(ONE, Split())
    with qtbot.assertNotEmitted(seal.changed):
        seal.follow(TWO, Split())
        seal.renew()
    with qtbot.waitSignal(seal.changed):
        seal.sit()
    with qtbot.waitSignal(seal.changed):
        seal.follow(ONE, Split())


def test_the_exam_opens_it_in_the_window_and_any_change_seals_it_again(session: Session, qtbot: QtBot) -> None:
    form, transport, model = SplitForm(session), Transport(session), ModelPanel(session)
    for widget in (form, transport, model):
        qtbot.addWidget(widget)
    session.play()
    qtbot.waitUntil(lambda: session.state is State.RESTING, timeout=20_000)
    assert not any(name.startswith("test") for name in transport._headline_names())
    assert "test set sealed" in model._facts.text()
    with qtbot.waitSignal(session.examined):
        form.exam.click()
    qtbot.waitUntil(lambda: session.outcome is not None, timeout=20_000)
    assert transport._headline_names()[-1] == "test_accuracy"
    shown = transport._headlines[2][1].text()
    assert session.outcome is not None
    assert shown == f"{session.outcome.scalars['test_accuracy']:.1%}"
    assert not form.exam.isEnabled()
    assert "final exams on this test set: 1" in model._facts.text()
    session.set_param("lr", 0.05)
    assert not session.seal.open
    assert form.exam.isEnabled()
    assert "test_accuracy" not in transport._headline_names()
    form.exam.click()
    assert "no longer honest" in form._remark.text()
    assert "test set: 2" in model._facts.text()
    session.set_split(Split(0.6, 0.2, 1))
    assert (session.seal.open, session.seal.exams) == (False, 0)
    session.sit_exam()
    session.set_data(make_sample("moons", n=81))
    assert (session.seal.open, session.seal.exams) == (False, 0)


def test_groups_are_offered_for_tables_and_left_with_them(session: Session, qtbot: QtBot) -> None:
    form = SplitForm(session)
    qtbot.addWidget(form)
    assert form.how.box.findData("grouped") < 0
    assert form.group.isHidden()
    session.set_data(make_sample("houses"))
    form.how.box.setCurrentIndex(form.how.box.findData("grouped"))
    form.how.box.activated.emit(form.how.box.currentIndex())
    assert session.split.how == "grouped"
    assert session.split.group == "district"  # the first column that is no number
    assert not form.group.isHidden()
    groups = session.data.groups("district")
    assert groups is not None
    assert all(len(set(session.data.parts[groups == group].tolist())) == 1 for group in set(groups.tolist()))
    session.set_data(make_sample("moons"))
    assert (session.split.how, session.split.group) == ("stratified", "")
    assert form.how.value() == "stratified"
