"""Work on a table that is too big to be done between two frames: in a thread, as numpy lets go of the GIL."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from engines.core.language import LearnerError

MANY = 100_000  # cells; what touches more is done in a thread


class Chore(QThread):
    """Does one piece of work: ``done(result)`` or ``failed(Note)``. Keep a reference until ``finished``."""

    done = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject, work: Callable[[], Any]) -> None:
        super().__init__(parent)
        self._work = work

    def run(self) -> None:
        """Do it."""
        try:
            result = self._work()
        except LearnerError as error:
            self.failed.emit(error.note)
        else:
            self.done.emit(result)


class Chores(QObject):
    """Does work one after the other, little of it at once; ``failed(Note)`` where there is a mistake."""

    failed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._running: list[Chore] = []
        self._waiting: list[Callable[[], None]] = []

    @property
    def busy(self) -> bool:
        """Whether something is being worked out in a thread."""
        return bool(self._running)

    def do(self, work: Callable[[], Any], take: Callable[[Any], None], size: int) -> None:
        """Do some work, at once where it is about few cells, else in a thread; ``take`` gets what comes out."""
        if size <= MANY:
            try:
                result = work()
            except LearnerError as error:
                self.failed.emit(error.note)
            else:
                take(result)
            return
        chore = Chore(self, work)
        self._running.append(chore)
        chore.done.connect(take)
        chore.failed.connect(self.failed)
        chore.finished.connect(lambda: self._finish(chore))
        chore.start()

    def wait_for_them(self, call: Callable[[], None]) -> None:
        """Make a call when nothing is being worked out any more."""
        self._waiting.append(call)

    def wait(self) -> None:
        """Stand still until nothing is being worked out."""
        for chore in self._running:
            chore.wait()

    def _finish(self, chore: Chore) -> None:
        """Go on with what waited for this."""
        self._running.remove(chore)
        chore.deleteLater()
        while self._waiting and not self.busy:
            self._waiting.pop(0)()
