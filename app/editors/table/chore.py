"""Work on a table that is too big to be done between two frames: in a thread, as numpy lets go of the GIL."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from engines.core.language import LearnerError


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
