"""What algorithms and judges there are to choose from, without waiting for all of them when the window opens.

To know them all, every one of their files must be imported. So the window begins with those in use; the others are
imported a few milliseconds at a time once it is on the screen, or at once when somebody opens a list of them.
"""

import time
from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from engines.core.dataset import Dataset
from engines.core.engine import Engine
from engines.core.judge import Judge
from engines.core.registry import families_for, family_of, judges, one_by_one

FIRST_MILLISECONDS = 300  # what the first run needs comes before this
PAUSE_MILLISECONDS = 25  # between two turns, for everything else that the window has to do
TURN_SECONDS = 0.003  # no further file is begun after this; a single one takes about as long


class Offers(QObject):
    """``filled`` once everything is known. ``known``: whether it is."""

    filled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.known = False
        self._left: Iterator[str] | None = None
        self._timer: QTimer | None = None  # not before there is an application

    def fill_soon(self) -> None:
        """Begin to look around a little later, in turns; ask for it as often as you like."""
        if self.known or self._timer is not None:
            return
        self._left = one_by_one()
        self._timer = QTimer(self, interval=FIRST_MILLISECONDS, singleShot=True)
        self._timer.timeout.connect(self._turn)
        QTimer.singleShot(0, self._timer.start)  # not before the window is there, however long that takes

    def fill(self) -> None:
        """Look around now, for somebody who waits for it."""
        for _ in self._left or one_by_one():
            pass
        self._finish()

    def _turn(self) -> None:
        end = time.perf_counter() + TURN_SECONDS
        for _ in self._left or ():
            if time.perf_counter() > end:
                assert self._timer is not None
                self._timer.start(PAUSE_MILLISECONDS)
                return
        self._finish()

    def _finish(self) -> None:
        if not self.known:
            self.known = True
            self.filled.emit()

    def families(self, kind: type[Dataset], chosen: Engine) -> Mapping[str, Sequence[Engine]]:
        """Return the engines for a kind of data by the title of their family; ``chosen`` alone until all are known."""
        if self.known:
            return families_for(kind)
        return {family_of(chosen): (chosen,)} if chosen.key else {}

    def judges(self, engine: Engine, chosen: Judge | None) -> Sequence[Judge]:
        """Return the judges that fit an engine, in order; ``chosen`` alone until all are known."""
        if self.known:
            return [item for item in judges().values() if item.fits(engine)]
        return [chosen] if chosen else []


offers = Offers()
