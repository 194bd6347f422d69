"""What the window's process and the engine process say to each other over the pipe. All frozen, all small."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engines.core.arrays import Floats
from engines.core.experiment import Experiment
from engines.core.language import Note
from engines.core.step import Change, Outcome, Pictures, Question

UNLIMITED = float("inf")


class State(StrEnum):
    """Where a run is. STARTING: before the first step. RESTING: nothing left to do unless something changes."""

    IDLE = "idle"
    STARTING = "starting"
    PLAYING = "playing"
    PAUSED = "paused"
    RESTING = "resting"
    FINISHED = "finished"
    FAILED = "failed"


# Down: from the runner to the host.


@dataclass(frozen=True)
class Start:
    """Begin ``experiment`` and show its first step. rate: steps a second, UNLIMITED for as fast as it goes.

    until: the step to go to before anything is shown, and script: the changes to apply on the way, each with the
    number of the step it leads to. Together they find any moment of an earlier run again, bit for bit. ask: what is
    asked from the beginning.
    """

    run: int
    experiment: Experiment
    playing: bool
    rate: float
    until: int = 0
    script: tuple[tuple[int, Change], ...] = ()
    ask: "Ask | None" = None


@dataclass(frozen=True)
class Play:
    """Go on."""


@dataclass(frozen=True)
class Pause:
    """Stop after the step that is running, and draw it."""


@dataclass(frozen=True)
class Forward:
    """Take ``count`` steps, draw the last, pause."""

    count: int = 1


@dataclass(frozen=True)
class Speed:
    """Steps a second from now on."""

    rate: float


@dataclass(frozen=True)
class Send:
    """Hand a change to the running engine at its next step."""

    change: Change


@dataclass(frozen=True)
class Ask:
    """Have the engine answer these questions now, and in every frame from now on; number: of this asking, from 1."""

    questions: tuple[Question, ...]
    number: int


@dataclass(frozen=True)
class Taken:
    """The window has shown the last frame and would like another: without this none is drawn."""


@dataclass(frozen=True)
class Stop:
    """End the run; the process waits for the next."""


Command = Start | Play | Pause | Forward | Speed | Send | Ask | Taken | Stop

# Up: from the host to the runner.


@dataclass(frozen=True)
class Ready:
    """The process answers. device: what networks will run on."""

    device: str
    process: int


@dataclass(frozen=True)
class Frame:
    """One step with its pictures: what the timeline keeps and the views show.

    index: the number of the step, from 0. line: the line of the engine's file at which it is suspended. asked: the
    number of the asking that it answers, 0 for none yet, -1 where the engine answers no questions.
    """

    index: int
    note: Note
    then: Note
    line: int
    scalars: Mapping[str, float]
    pictures: Pictures
    caution: Note
    asked: int = -1


@dataclass(frozen=True, eq=False)
class Progress:
    """Scalars of the steps since the last Progress: names (k,), values (m, k), the first step's number.

    line: the line of the engine's file at which it is suspended. frame: a pickled Frame, when one was drawn; it stays
    pickled until somebody looks, so that history costs bytes only. frame_index: the step it shows, -1 for none.
    """

    run: int
    first: int
    names: tuple[str, ...]
    values: Floats
    line: int
    frame: bytes | None = None
    frame_index: int = -1


@dataclass(frozen=True)
class Answered:
    """What the engine answers at step ``index``: a pickled tuple of pictures. number: of the asking."""

    run: int
    index: int
    number: int
    pictures: bytes


@dataclass(frozen=True)
class Applied:
    """The oldest ``count`` changes that were sent took effect together, in step ``index``."""

    run: int
    index: int
    count: int


@dataclass(frozen=True)
class Moved:
    """The run is in another state now."""

    run: int
    state: State


@dataclass(frozen=True)
class Ended:
    """The run came to its end by itself."""

    run: int
    outcome: Outcome


@dataclass(frozen=True)
class Failed:
    """The run could not go on: a sentence for the learner, and the traceback if it is a bug."""

    run: int
    note: Note
    traceback: str = ""


Report = Ready | Progress | Answered | Applied | Moved | Ended | Failed
