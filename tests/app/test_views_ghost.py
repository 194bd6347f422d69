"""The ghost: what was kept stays where it was, until it is removed or the data are of another kind."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.editors.points.stage import PointsStage
from app.language import speaker
from app.session.runner import Runner
from app.session.session import Session
from app.theme import theme
from app.views.ghost import ghost_of
from app.window import MainWindow
from engines.core.language import say
from engines.core.messages import Frame
from engines.core.step import Pictures
from engines.data.points import Points
from engines.data.sampling import make_sample
from engines.pictures.fit import Fit
from engines.pictures.surface import HOME, Surface


def surface(border: float) -> Surface:
    """Class 1 is right of ``border``."""
    xs = -8 + (np.arange(128) + 0.5) / 8
    right = 1 / (1 + np.exp(-4 * (np.broadcast_to(xs, (64, 128)) - border)))
    return Surface(np.stack([1 - right, right]).astype(np.float32), HOME)


def frame(pictures: Pictures, **scalars: float) -> Frame:
    return Frame(0, say("a"), say(""), 1, scalars, pictures, say(""))


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[PointsStage]:
    theme.install(QApplication.instance())
    session = Session(Runner(warm=False, spare=False), "classification.logistic")  # a runner that was never started
    stage = PointsStage(session)
    stage.active = True
    stage.document.load(make_sample("moons", n=40), "Moons")
    qtbot.addWidget(stage)
    stage.resize(700, 420)
    with qtbot.waitExposed(stage):
        stage.show()
    yield stage
    session.close()
    speaker.speak("en")


def show(stage: PointsStage, shown: Frame) -> None:
    stage.session.frame = shown
    stage.show_frame(shown)


def press(stage: PointsStage) -> None:
    QTest.mouseClick(stage.ghost_button, Qt.MouseButton.LeftButton)


def test_the_outline_is_where_the_border_was(stage: PointsStage) -> None:
    show(stage, frame((surface(1.5),), validation_accuracy=0.88))
    press(stage)
    show(stage, frame((surface(-3.0),), validation_accuracy=0.913))
    assert stage.ghost.ghost is not None
    (line,) = stage.ghost.ghost.lines
    assert line[:, 0] == pytest.approx(1.5, abs=0.05)
    assert np.ptp(line[:, 1]) > 7
    assert stage.ghost.label == "Ghost: validation accuracy 88.0 % → 91.3 %"
    speaker.speak("zh")
    assert stage.ghost.label == "残影：验证准确率 88.0 % → 91.3 %"


def test_it_is_painted_dashed_and_goes_when_pressed_again(stage: PointsStage) -> None:
    show(stage, frame((surface(1.5),)))
    plain = stage.plane.grab().toImage()
    press(stage)
    assert stage.ghost_button.isChecked()
    assert stage.ghost_button.accessibleName() == "Remove the ghost"
    with_ghost = stage.plane.grab().toImage()
    assert with_ghost != plain
    press(stage)
    assert not stage.ghost_button.isChecked()
    assert stage.ghost_button.accessibleName() == "Keep this as a ghost"
    assert stage.ghost.ghost is None
    assert stage.plane.grab().toImage() == plain


def test_it_survives_a_restart_and_another_algorithm(stage: PointsStage) -> None:
    show(stage, frame((surface(1.5),), validation_accuracy=0.88))
    press(stage)
    stage.clear_pictures()
    assert stage.ghost.ghost is not None
    assert stage.ghost.label == "Ghost: validation accuracy 88.0 %"
    show(stage, frame((surface(0.0),), objective=3.0, validation_accuracy=0.5))
    assert stage.ghost.label.endswith("88.0 % → 50.0 %")


def test_it_goes_with_another_kind_of_data_or_another_question(stage: PointsStage) -> None:
    show(stage, frame((surface(1.5),)))
    press(stage)
    stage.session.set_data(make_sample("polynomial", n=30))
    assert stage.ghost.ghost is None
    show(stage, frame((Fit(np.array([0.0, 1.0]), np.array([[0.0, 2.0]]), ()),), train_loss=0.5))
    press(stage)
    assert stage.ghost.ghost is not None
    assert stage.ghost.ghost.lines[0].tolist() == [[0, 0], [1, 2]]
    assert stage.ghost.label == "Ghost: train loss 0.500 → 0.500"
    stage.session.set_data(make_sample("iris"))
    assert stage.ghost.ghost is None
    assert not stage.ghost_button.isChecked()


def test_where_there_is_nothing_to_keep_it_says_so(stage: PointsStage, qtbot: QtBot) -> None:
    stage.session.frame = None
    with qtbot.waitSignal(stage.said, timeout=1000) as said:
        press(stage)
    assert "press play" in said.args[0].render("en")
    assert not stage.ghost_button.isChecked()
    assert ghost_of((Surface(np.full((2, 8, 8), 0.5, np.float32), HOME),), {}) is None


def test_a_key_keeps_it_and_a_lab_that_is_opened_takes_it_away(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    theme.install(qapp)
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    settings.setValue("lab", "classical/naive-bayes")
    window = MainWindow(Runner(warm=False, spare=False), settings)
    window.resize(1280, 720)
    window.show()
    window.start()
    try:
        qtbot.waitUntil(lambda: window.session.frame is not None, timeout=30_000)
        for _ in range(7):
            before = window.session.timeline.last
            window.session.forward()
            qtbot.waitUntil(lambda before=before: window.session.timeline.last > before, timeout=30_000)
        QTest.keyClick(window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
        stage = window.stage.editor
        assert isinstance(stage, PointsStage)
        assert stage.ghost.ghost is not None
        assert isinstance(window.session.data, Points)
        window.session.reset()
        assert stage.ghost.ghost is not None
        assert any(entry.name["en"] == "Keep this as a ghost" for entry in window.actions_.entries())
        window.open_lab("classical/logistic")
        assert stage.ghost.ghost is None
    finally:
        window.close()
        window.deleteLater()
