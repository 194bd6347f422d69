"""Errands: told on the way, brought back whole, refused in words, given up at once, and lost without harm."""

import os
import time
from collections.abc import Iterator

import numpy as np
import psutil
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.kit import ErrandStrip
from app.session.errand import Errand
from engines.core.errand import Tell
from engines.core.language import LearnerError, say


def count(until: int, *, tell: Tell) -> "np.ndarray":
    for i in range(until):
        tell(i / until, say("{n} of {until}", n=i, until=until))
    return np.arange(until)


def refuse(*, tell: Tell) -> None:
    raise LearnerError("There is no file “{name}”.", name="owls.csv")


def stumble(*, tell: Tell) -> None:
    raise RuntimeError("stumbled")


def die(*, tell: Tell) -> None:
    os._exit(3)


def hang(*, tell: Tell) -> None:
    tell(-1, say("hanging"))
    time.sleep(600)


@pytest.fixture
def errands(qapp: QApplication) -> Iterator[list[Errand]]:
    sent: list[Errand] = []
    yield sent
    for errand in sent:
        errand.cancel()


def send(errands: list[Errand], work, *arguments) -> Errand:
    errand = Errand(None, work, *arguments)
    errands.append(errand)
    return errand


def test_it_tells_on_the_way_and_brings_the_result(errands: list[Errand], qtbot: QtBot) -> None:
    errand = send(errands, count, 5)
    heard: list[float] = []
    errand.told.connect(lambda share, _: heard.append(share))
    with qtbot.waitSignal(errand.done, timeout=20_000) as done:
        errand.start()
    assert np.array_equal(done.args[0], np.arange(5))
    assert heard == [0.0, 0.2, 0.4, 0.6, 0.8]


@pytest.mark.parametrize(
    ("work", "sentence"),
    [
        (refuse, "There is no file “owls.csv”."),
        (stumble, "RuntimeError: stumbled"),
        (die, "ended unexpectedly"),
    ],
)
def test_whatever_goes_wrong_is_a_sentence(errands: list[Errand], qtbot: QtBot, work, sentence: str) -> None:
    errand = send(errands, work)
    with qtbot.waitSignal(errand.failed, timeout=20_000) as failed:
        errand.start()
    assert sentence in failed.args[0].render("en")
    assert ("Traceback" in errand.traceback) == (work is stumble)


def test_it_is_given_up_at_once_and_leaves_no_process(errands: list[Errand], qtbot: QtBot) -> None:
    errand = send(errands, hang)
    heard: list[object] = []
    errand.done.connect(heard.append)
    errand.failed.connect(heard.append)
    with qtbot.waitSignal(errand.told, timeout=20_000):
        errand.start()
    children = psutil.Process().children(recursive=True)
    began = time.monotonic()
    errand.cancel()
    assert time.monotonic() - began < 1.0
    assert errand.isFinished()
    assert not [child for child in children if child.is_running() and "spawn_main" in " ".join(child.cmdline())]
    assert heard == []


def test_one_that_never_began_can_be_given_up(errands: list[Errand]) -> None:
    errand = send(errands, count, 3)
    errand.cancel()
    assert not errand.isRunning()


def test_strip_shows_how_far_it_is_and_its_button_gives_up(qtbot: QtBot) -> None:
    strip = ErrandStrip()
    qtbot.addWidget(strip)
    assert strip.isHidden()
    strip.tell(0.4, say("hanging"))
    assert (strip.bar.value(), strip.bar.maximum()) == (400, 1000)
    strip.tell(-1, say("hanging"))
    assert strip.bar.maximum() == 0
    with qtbot.waitSignal(strip.cancelled):
        strip.cancel.click()
    assert strip.isHidden()
