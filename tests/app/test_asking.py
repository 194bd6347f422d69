"""Questions to a run: gathered, kept while the algorithm stays, and laid over the frame they belong to."""

import pickle
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.session.asking import Asking
from engines.core.language import say
from engines.core.messages import Answered, Ask, Frame
from engines.core.step import Pictures, Question
from tests.app.stand_ins import groups


@pytest.fixture
def asking(qtbot: QtBot) -> Iterator[Asking]:
    parent = QObject()
    asking = Asking(parent)
    asking.begin("vision.cnn")
    yield asking
    parent.deleteLater()  # till here it keeps it alive


def frame(index: int, asked: int, pictures: Pictures) -> Frame:
    return Frame(index, say("a"), say("b"), 1, {}, pictures, say(""), asked)


def value(shown: Frame) -> float:
    return float(shown.pictures[0].centres[0, 0])  # type: ignore[attr-defined]


def test_what_is_asked_together_is_sent_together(asking: Asking, qtbot: QtBot) -> None:
    sent: list[Ask] = []
    asking.asked.connect(sent.append)
    asking.ask(Question("map", (1,)))
    asking.ask(Question("map", (2,)))
    asking.ask(Question("picture", (0,), np.zeros((2, 2))))
    qtbot.waitUntil(lambda: len(sent) == 1)
    assert [(question.topic, question.index) for question in sent[0].questions] == [("map", (2,)), ("picture", (0,))]
    assert sent[0].number == 3


def test_questions_stand_for_another_run_and_not_for_another_algorithm(asking: Asking) -> None:
    asking.ask(Question("map", (1,)))
    asking.begin("vision.cnn")
    assert len(asking.command.questions) == 1
    asking.begin("vision.lenet5")
    assert asking.command == Ask((), 0)


def test_what_is_forgotten_is_asked_no_more(asking: Asking) -> None:
    asking.ask(Question("patch", (1, 1)))
    asking.forget()
    assert asking.command == Ask((), 0)
    asking.ask(Question("map", (1,)))
    assert [question.topic for question in asking.command.questions] == ["map"]


def test_an_answer_is_laid_over_the_frame_it_is_newer_than(asking: Asking) -> None:
    asking.ask(Question("map", (1,)))
    asking.hear(Answered(1, 5, 1, pickle.dumps(groups(50.0))))
    assert value(asking.answered(frame(3, 0, groups(3.0)))) == 50
    assert value(asking.answered(frame(5, 1, groups(5.0)))) == 50
    assert value(asking.answered(frame(6, 1, groups(6.0)))) == 6  # drawn later, with the question known
    assert value(asking.answered(frame(5, 2, groups(7.0)))) == 7  # answers a newer question


def test_a_frame_is_outdated_when_it_answers_something_else(asking: Asking) -> None:
    assert not asking.outdated(frame(1, 0, groups(1.0)))
    asking.ask(Question("map", (1,)))
    assert asking.outdated(frame(1, 0, groups(1.0)))
    assert not asking.outdated(frame(1, 1, groups(1.0)))
    assert not asking.outdated(frame(1, -1, groups(1.0)))  # its engine answers no questions
