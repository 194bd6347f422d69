"""What somebody wants to see of the state of a run: the questions that stand, and what came back last."""

import pickle
from dataclasses import replace

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from engines.core.messages import Answered, Ask, Frame
from engines.core.step import Pictures, Question, with_answers

APART_MILLISECONDS = 12  # between two times that are asked: a stroke asks with every move of the mouse


class Asking(QObject):
    """Keeps the newest question of each topic. ``asked(Ask)`` when they are to be sent.

    They stand until another algorithm or lab is chosen: each later frame answers them too.
    """

    asked = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._questions: dict[str, Question] = {}
        self._number = 0
        self._about = ""
        self._answered: Answered | None = None
        self._pictures: Pictures = ()
        self._soon = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._soon.timeout.connect(self._ask_now)
        self._since = QElapsedTimer()  # the last time that was asked

    def ask(self, question: Question) -> None:
        """Ask this instead of what was asked about its topic."""
        self._questions[question.topic] = question
        self._number += 1
        if not self._soon.isActive():
            past = self._since.elapsed() if self._since.isValid() else APART_MILLISECONDS
            self._soon.start(max(0, APART_MILLISECONDS - past))

    def _ask_now(self) -> None:
        self._since.start()
        self.asked.emit(self.command)

    def begin(self, about: str) -> None:
        """A run begins: its algorithm. Questions to another one are forgotten."""
        self._answered, self._pictures = None, ()
        if about != self._about:
            self._about, self._questions = about, {}

    def forget(self) -> None:
        """Let no question stand any more."""
        self._questions = {}

    @property
    def command(self) -> Ask:
        """All questions that stand."""
        return Ask(tuple(self._questions.values()), self._number if self._questions else 0)

    @property
    def waits(self) -> bool:
        """Whether a run that answers still owes an answer."""
        return self._answered is not None and self._answered.number < self._number

    def hear(self, report: Answered) -> None:
        """Take what came back."""
        self._answered = report
        self._pictures = pickle.loads(report.pictures)  # noqa: S301 - written by our own engine process

    def outdated(self, frame: Frame) -> bool:
        """Whether a frame answers other questions than those that stand now."""
        return frame.asked >= 0 and frame.asked != self.command.number

    def answered(self, frame: Frame) -> Frame:
        """Return the newest frame of the run with what was answered since it was drawn."""
        report = self._answered
        if report is None or report.index < frame.index or report.number < frame.asked:
            return frame
        return replace(frame, pictures=with_answers(frame.pictures, self._pictures), asked=report.number)
