"""Work that is done apart from the window, in a process of its own: it tells how far it is and can be killed."""

import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engines.core.language import LearnerError, Note, say

Tell = Callable[[float, Note], None]


def quietly(share: float, note: Note) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Told:
    """How far an errand is: share from 0 to 1, or -1 where it cannot be known, and what it does."""

    share: float
    note: Note


@dataclass(frozen=True)
class Done:
    """What an errand brought back."""

    result: Any


@dataclass(frozen=True)
class Refused:
    """Why an errand brought back nothing: a sentence, and the traceback if it is a bug."""

    note: Note
    traceback: str = ""


def carry_out(connection: Any, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    """Do the work in this process and send up ``Told`` on the way, then ``Done`` or ``Refused``."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the window, which then ends this process
    try:
        connection.send(Done(work(*arguments, tell=lambda share, note: connection.send(Told(share, note)))))
    except LearnerError as error:
        connection.send(Refused(error.note))
    except BrokenPipeError:  # nobody waits for it any more
        pass
    except BaseException as error:  # noqa: BLE001 - the process border: what went wrong is told, not lost
        reason = f"{type(error).__name__}: {error}"
        connection.send(Refused(say("This could not be done: {error}", error=reason), traceback.format_exc()))
