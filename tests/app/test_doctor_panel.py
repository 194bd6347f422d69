"""The training doctor in the window: it looks when it should, says what it found, and one press changes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.panels import doctor_panel
from app.session.runner import Runner
from app.theme import theme
from app.window import MainWindow
from engines.core.experiment import Experiment
from engines.core.messages import State
from engines.core.registry import engine_named
from engines.data.sampling import make_sample
from tests.app.conftest import awake

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def whole(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    theme.install(qapp)
    settings = QSettings(str(tmp_path_factory.mktemp("doctor") / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("lab", "classical/linear")
    window = MainWindow(Runner(warm=False, spare=False), settings)
    window.resize(1280, 720)
    window.show()
    window.start()
    yield awake(window)
    window.close()
    window.deleteLater()


@pytest.fixture
def window(whole: MainWindow) -> Iterator[MainWindow]:
    yield whole
    whole.findings.hide()
    speaker.speak("en")
    theme.set(dark=False, projector=False)


def load(window: MainWindow, qtbot: QtBot, key: str, sample: str, **values: object) -> None:
    engine = engine_named(key)
    data = make_sample(sample, n=200, seed=1)
    window.show_experiment(Experiment(key, engine.params().with_values(**values), data), "test")
    window.findings.lock(())
    qtbot.waitUntil(lambda: window.session.state is State.PAUSED and window.session.frame is not None, timeout=30_000)


def play(window: MainWindow, qtbot: QtBot) -> None:
    window.session.play()
    over = (State.RESTING, State.FINISHED, State.FAILED)
    qtbot.waitUntil(lambda: window.session.state in over, timeout=20_000)


def press(window: MainWindow) -> None:
    QTest.mouseClick(window.doctor_button, LEFT)


def words(window: MainWindow) -> str:
    return "\n".join(label.text() for label in window.findings.findChildren(QLabel) if label.isVisibleTo(window))


def test_a_healthy_run_has_no_findings(window: MainWindow, qtbot: QtBot) -> None:
    load(window, qtbot, "regression.linear", "line")
    assert window.doctor_button.text() == "Doctor: no findings"
    play(window, qtbot)
    assert window.doctor.looks > 0
    assert window.doctor_button.text() == "Doctor: no findings"
    press(window)
    assert window.findings.isVisible()
    assert "Nothing in the numbers" in words(window)
    press(window)
    assert not window.findings.isVisible()


def test_one_press_changes_what_is_wrong(window: MainWindow, qtbot: QtBot) -> None:
    load(window, qtbot, "regression.linear", "line", lr=0.5)
    play(window, qtbot)
    assert window.session.state is State.FAILED
    assert window.doctor_button.text() == "Doctor: 1 finding"
    press(window)
    assert "1.37" in words(window)
    (button,) = window.findings.buttons
    assert button.text() == "Try “Learning rate”: 0.05"
    QTest.mouseClick(button, LEFT)
    assert window.session.params.lr == 0.05  # type: ignore[attr-defined]
    assert not window.findings.isVisible()
    qtbot.waitUntil(lambda: window.session.state in (State.RESTING, State.FINISHED), timeout=20_000)
    assert window.session.timeline.last > 5
    assert window.doctor_button.text() == "Doctor: no findings"


def test_the_same_numbers_are_gone_through_once(window: MainWindow, qtbot: QtBot) -> None:
    load(window, qtbot, "classification.logistic", "circles")
    play(window, qtbot)
    looks = window.doctor.looks
    window.session.back()
    window.session.seek(0)
    window.doctor.look()
    assert window.doctor.looks == looks
    assert [finding.key for finding in window.doctor.findings] == ["underfitting"]
    window.session.reset()
    assert window.doctor.findings == ()
    assert window.doctor_button.text() == "Doctor: no findings"


def test_it_looks_while_a_run_plays(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    load(window, qtbot, "regression.linear", "line", lr=1e-7, max_iter=100_000)
    clock = window.doctor._clock
    assert clock.interval() == doctor_panel.LOOK_MILLISECONDS
    assert not clock.isActive()
    monkeypatch.setattr(clock, "interval", clock.interval)
    clock.setInterval(100)
    try:
        window.session.play()
        qtbot.waitUntil(lambda: bool(window.doctor.findings), timeout=20_000)
        assert window.session.state is State.PLAYING
        assert [finding.key for finding in window.doctor.findings] == ["slowness"]
    finally:
        clock.setInterval(doctor_panel.LOOK_MILLISECONDS)
        window.session.pause()
    qtbot.waitUntil(lambda: not clock.isActive())


def test_a_locked_setting_is_told_but_not_changed(window: MainWindow, qtbot: QtBot) -> None:
    load(window, qtbot, "classification.logistic", "circles")
    play(window, qtbot)
    window.findings.lock(("features",))
    press(window)
    assert window.findings.buttons == []
    assert "locked in this lab" in words(window)


def test_it_speaks_chinese_and_fits(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    load(window, qtbot, "classification.logistic", "circles")
    play(window, qtbot)
    press(window)
    speaker.speak("zh")
    assert window.doctor_button.text() == "医生：1 个问题"
    assert "underfit" not in words(window)
    assert not any("Right in" in line for line in words(window).split("\n"))
    for dark, projector in ((False, False), (True, True)):
        theme.set(dark=dark, projector=projector)
        QApplication.processEvents()
        findings = window.findings
        assert window.rect().contains(findings.rect().translated(findings.mapTo(window, findings.rect().topLeft())))
        for label in findings.findChildren(QLabel):
            if label.isVisible() and label.wordWrap():
                assert label.height() >= label.heightForWidth(label.width())
    QTest.keyClick(window.findings.buttons[0], Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.findings.isVisible())


def test_what_it_knows_nothing_of_it_does_not_judge(window: MainWindow, qtbot: QtBot) -> None:
    load(window, qtbot, "clustering.kmeans", "blobs")
    assert not window.doctor_button.isVisible()
    load(window, qtbot, "classification.knn", "moons")
    assert window.doctor_button.isVisible()
    window.session.choose_judge("k_fold")
    assert not window.doctor_button.isVisible()
    window.session.choose_judge("")
    assert window.doctor_button.isVisible()
