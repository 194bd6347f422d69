"""The line that says what a step has done: there, in both languages, without moving anything."""

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.panels.narration import Narration
from app.theme import theme
from engines.core.language import say


class StandIn(QObject):
    """What the line sees of a session."""

    frame_shown, state_changed, cleared = Signal(), Signal(), Signal()

    def __init__(self) -> None:
        super().__init__()
        self.frame: Any = None
        self.playing = False

    def show(self, text: str, **values: object) -> None:
        self.frame = SimpleNamespace(note=say(text, **values))
        self.frame_shown.emit()


@pytest.fixture
def session(qapp: QApplication) -> Any:
    theme.install(qapp)
    yield StandIn()
    speaker.speak("en")
    theme.set(projector=False)


def test_it_says_what_the_step_has_done(qtbot: QtBot, session: Any) -> None:
    line = Narration(session)
    qtbot.addWidget(line)
    session.show("Settled: after round {rounds} no point changes its centre", rounds=7)
    assert line.text() == "Settled: after round 7 no point changes its centre"
    speaker.speak("zh")
    assert "7" in line.text()
    assert "Settled" not in line.text()
    session.cleared.emit()
    assert line.text() == ""


def test_a_run_at_full_speed_changes_the_words_seldom(qtbot: QtBot, session: Any) -> None:
    line = Narration(session)
    qtbot.addWidget(line)
    session.playing = True
    said = set()
    for step in range(200):
        session.show("step {step}", step=step)
        said.add(line.text())
    assert len(said) < 20
    session.playing = False
    session.state_changed.emit()
    assert line.text() == "step 199"


def test_long_words_move_nothing(qtbot: QtBot, session: Any) -> None:
    line = Narration(session)
    qtbot.addWidget(line)
    line.resize(1400, line.height())
    line.show()
    session.show("short")
    height = line.height()
    session.show("long " * 400)
    assert line.height() == height
    assert line.sizeHint().width() < 1400
    assert "long long" in line.toolTip()
    line.grab()
    line.resize(500, height)
    assert line.rows == 2
    assert line.height() > height


def test_the_last_words_of_a_burst_of_steps_are_said(qtbot: QtBot, session: Any) -> None:
    line = Narration(session)
    qtbot.addWidget(line)
    session.playing = True
    for step in range(5):
        session.show("step {step}", step=step)
    qtbot.waitUntil(lambda: line.text() == "step 4", timeout=2000)
