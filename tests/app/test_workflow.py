"""The way that every model goes ticks itself off by what happens in the window: split, baseline, … , repeat."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.session.runner import Runner
from app.session.workflow import Score
from app.theme import theme
from app.views.confusion_view import ConfusionView
from app.window import MainWindow
from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.core.lab import PATH
from engines.core.messages import State
from engines.core.registry import engine_named
from engines.data.points import Points
from engines.data.sampling import make_sample


@pytest.fixture
def window(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    theme.install(qapp)
    window = MainWindow(Runner(warm=False, spare=False), QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    window.resize(1440, 900)
    window.show()
    window.start()
    engine = engine_named("classification.baseline")
    data = make_sample("moons", n=120)
    window.show_experiment(Experiment(engine.key, engine.params(), data, Split(0.6, 0.2)), "Open a lab")
    window.workflow.begin(PATH)
    qtbot.waitUntil(lambda: window.session.frame is not None, timeout=30_000)
    yield window
    window.close()
    speaker.speak("en")
    theme.set(dark=False, projector=False)
    window.deleteLater()


def run(window: MainWindow, qtbot: QtBot) -> None:
    """Play to the end and wait until that has been noticed."""
    window.session.play()
    qtbot.waitUntil(lambda: window.session.state in (State.RESTING, State.FINISHED), timeout=30_000)
    qtbot.wait(600)


def test_all_six_steps_by_what_a_person_does(window: MainWindow, qtbot: QtBot) -> None:
    workflow, session = window.workflow, window.session
    assert workflow.next == "split"
    window.tabs.setCurrentWidget(window.data)
    assert workflow.next == "baseline"
    view = next(item for item in window.cards.views.values() if isinstance(item, ConfusionView))
    view.looked.emit()
    assert "confusion" not in workflow.found  # there is nothing to see yet
    run(window, qtbot)
    assert workflow.found["baseline"].render() == "50.0%"
    assert workflow.next == "confusion"
    place = view.cell_rect(0, 0).center().toPoint()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert workflow.next == "diagnose"
    QTest.mouseClick(window.doctor_button, Qt.MouseButton.LeftButton)
    assert workflow.found["diagnose"].render() == "looked at"
    window.findings.hide()
    session.choose_judge("k_fold")
    run(window, qtbot)
    assert workflow.found["diagnose"].render() == "K-fold cross-validation"
    session.choose_judge("")
    run(window, qtbot)
    assert "improve" not in workflow.found  # the same model again is no change
    assert workflow.rounds == 0
    session.choose("classification.naive_bayes")
    run(window, qtbot)
    told = workflow.found["improve"].render()
    assert told.startswith("50.0% → ")
    assert workflow.best is not None
    assert workflow.best.value > 0.7
    assert told.endswith(f"{workflow.best.value:.1%}")
    assert workflow.next == "repeat"
    session.choose("classification.baseline")
    run(window, qtbot)
    assert "no better than" in workflow.tried.render()
    assert "no better than" in window.path.sentence.text()
    assert workflow.found["repeat"].render() == f"rounds: 2, best {workflow.best.value:.1%}"
    assert workflow.complete
    assert "All six" in window.path.sentence.text()


def test_another_split_takes_the_scores_away_and_other_data_everything(window: MainWindow, qtbot: QtBot) -> None:
    workflow, session = window.workflow, window.session
    run(window, qtbot)
    session.choose("classification.naive_bayes")
    run(window, qtbot)
    assert {"baseline", "improve"} <= workflow.found.keys()
    session.set_split(Split(0.5, 0.3, 1))
    assert workflow.found["split"].render() == "50% / 30% / 20%"
    assert workflow.baseline is None
    assert not {"baseline", "improve", "repeat"} & workflow.found.keys()
    run(window, qtbot)
    assert "baseline" in workflow.found
    edited = session.data
    assert isinstance(edited, Points)
    session.set_data(replace(edited, x=edited.x + 0.01))
    assert "baseline" in workflow.found  # an edit is a way to improve
    session.set_data(make_sample("blobs", n=80))
    assert not workflow.found
    assert workflow.next == "split"


def test_a_lab_without_a_way_shows_none(window: MainWindow, qtbot: QtBot) -> None:
    window.tabs.setCurrentWidget(window.lesson)
    assert window.path.isVisible()
    window.open_lab("classical/kmeans")
    assert not window.path.isVisible()
    assert not window.workflow.steps
    window.workflow.look("split")
    assert not window.workflow.found


def test_the_exam_is_in_the_palette_and_is_said_on_the_stage(window: MainWindow, qtbot: QtBot) -> None:
    entry = next(item for item in window.actions_.entries() if item.matches(["final", "exam"]))
    assert entry.matches(["最终考试"])
    run(window, qtbot)
    entry.act()
    assert window.session.seal.open
    assert "first" in window.stage.message.text()
    window.session.choose("classification.naive_bayes")
    entry.act()
    assert "nothing to examine" in window.stage.message.text()  # it has not learned anything yet
    assert window.session.seal.exams == 1
    run(window, qtbot)
    entry.act()
    assert "exam number 2" in window.stage.message.text()


def test_scores_of_another_name_are_not_compared() -> None:
    right, loss = Score("validation_accuracy", 0.9, 1), Score("validation_loss", 2.0, -1)
    assert not right.beats(loss)
    assert right.beats(replace(right, value=0.8))
    assert not right.beats(right)
    assert replace(loss, value=1.5).beats(loss)
    assert (right.told().render(), loss.told().render()) == ("90.0%", "2")
    assert np.isfinite(loss.value)
