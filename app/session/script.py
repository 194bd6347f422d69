"""What a person did to a run while it went on, step by step: enough to find any moment of it again."""

from engines.core.experiment import Experiment
from engines.core.messages import UNLIMITED, Applied, Ask, Start
from engines.core.step import Change, merged


class Script:
    """The experiment as the run began, and every change since, with the number of the step it took effect in."""

    def __init__(self, run: int, started: Experiment) -> None:
        self._run, self._started = run, started
        self._sent: list[Change] = []
        self._applied: list[tuple[int, Change]] = []

    def sent(self, change: Change) -> None:
        """Note a change that is on its way to the engine."""
        self._sent.append(change)

    def applied(self, report: Applied) -> None:
        """Note in which step the oldest changes on their way took effect."""
        together, self._sent = self._sent[: report.count], self._sent[report.count :]
        self._applied.append((report.index, merged(together)))

    def up_to(self, index: int, ask: Ask) -> Start:
        """Return the command that computes step ``index`` of this run again, bit for bit, and asks it."""
        return Start(self._run, self._started, False, UNLIMITED, index, tuple(self._applied), ask)
