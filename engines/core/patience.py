"""Whether somebody waits for a run that is in the middle of a step.

A run that computes for seconds, or has other processes compute, asks now and then and yields ``WAIT`` where it is so:
its host then obeys at once. Where nobody listens, as in a test or a command, nobody ever waits, and the steps are the
same as ever.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

from engines.core.step import Change, Step

Result = TypeVar("Result")
Busy = Generator[Step, Change | None, Result]  # yields nothing but WAIT, and that only while somebody waits


def nobody() -> bool:
    """Nobody waits."""
    return False


@dataclass
class Patience:
    """Both are set by the host of this process.

    waited: tells whether commands have come that are not obeyed yet. looked: tells whether the last step is yet to be
    drawn, and may be now; for a run whose pictures do not change while it is busy.
    """

    waited: Callable[[], bool] = nobody
    looked: Callable[[], bool] = nobody

    @property
    def over(self) -> bool:
        """Whether somebody waits."""
        return self.waited()

    @property
    def unseen(self) -> bool:
        """Whether somebody would look at the last step now."""
        return self.looked()


patience = Patience()
