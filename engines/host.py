"""The engine process: runs one experiment at a time for a window that lives in another process.

A thread listens to the pipe, so that a command is heard even while a step is being computed and so that the process
ends the moment its window does. The main thread runs the generator: between two steps it obeys, paces, and, when the
window has room for a frame, draws the step at which the engine is suspended.
"""

import os
import pickle
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from types import GeneratorType
from typing import Any

import numpy as np

from engines.core.language import LearnerError, Note, say
from engines.core.messages import (
    UNLIMITED,
    Answered,
    Applied,
    Ask,
    Command,
    Ended,
    Failed,
    Forward,
    Frame,
    Moved,
    Pause,
    Play,
    Progress,
    Ready,
    Report,
    Send,
    Speed,
    Start,
    State,
    Stop,
    Taken,
)  # fmt: skip
from engines.core.patience import patience
from engines.core.registry import is_network
from engines.core.step import WAIT, Change, Pictures, Step, Steps, merged, with_answers

FRAME_SECONDS = 1 / 60
WARMING_SECONDS = 0.02  # between two looks whether torch is there
DRAWING_SHARE = 0.08  # of the engine's time at most, so that being watched hardly slows training
DRAW_EVERY_STEP_UP_TO = 20  # steps a second


def serve(connection: "Connection[Report, Command]", *, warm: bool) -> None:
    """Run experiments as told until the pipe closes. warm: import the heavy libraries while nothing else is due."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the window, which then closes the pipe
    host = Host(connection)
    patience.waited, patience.looked = host.has_orders, host.has_news
    threading.Thread(target=host.listen, daemon=True, name="listen").start()
    host.report(Ready("", os.getpid()))
    if warm:
        host.warming = threading.Thread(target=_warm_up, args=(host,), daemon=True, name="warm-up")
        host.warming.start()
    host.work()


def _warm_up(host: "Host") -> None:
    with suppress(ImportError):
        device = import_module("engines.evaluation._device")
        import_module("sklearn.neighbors")
        host.report(Ready(device.best_device(), os.getpid()))


class Host:
    """One experiment being run, and the pipe to its window."""

    def __init__(self, connection: "Connection[Report, Command]") -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._commands: deque[Command] = deque()
        self._heard = threading.Event()
        self._run = 0
        self.warming: threading.Thread | None = None
        self._clear()

    def _clear(self) -> None:
        self._steps: Steps | None = None
        self._step: Step | None = None
        self._index = -1
        self._line = 0
        self._cold = False  # whether it must not begin before torch is imported
        self._waits = False  # in the middle of a step, for other processes
        self._state = State.IDLE
        self._playing = self._play_after = False
        self._forward = 0
        self._pending: Change | None = None
        self._pending_count = 0
        self._script: dict[int, Change] = {}
        self._ask = Ask((), 0)
        self._names: tuple[str, ...] = ()
        self._rows: list[tuple[float, ...]] = []
        self._drawn = -1
        self._credit = 2
        self._rate = UNLIMITED
        self._next_step = self._next_flush = self._next_draw = 0.0

    # The pipe

    def listen(self) -> None:
        """Collect commands; end the process when the window is gone."""
        try:
            while True:
                self._commands.append(self._connection.recv())
                self._heard.set()
        except (EOFError, OSError):
            os._exit(0)

    def has_orders(self) -> bool:
        """Whether commands have come that are not obeyed yet."""
        return bool(self._commands)

    def has_news(self) -> bool:
        """Whether a frame of the last step is due that was none when it was made, as others came too soon before."""
        return self._drawn != self._index and self._credit > 0 and time.perf_counter() >= self._next_draw

    def report(self, report: Report) -> None:
        """Send one message up; end the process when the window is gone."""
        try:
            with self._sending:
                self._connection.send(report)
        except OSError:
            os._exit(0)

    # The loop

    def work(self) -> None:
        """Obey and run, for ever."""
        while True:
            self._heard.wait(self._idle_seconds())
            self._heard.clear()
            while self._commands:
                self._obey(self._commands.popleft())
            while self._steps and not self._commands and self._due():
                self._advance()
                self._flush()
            self._flush()

    def _due(self) -> bool:
        return not self._too_cold() and self._wanted()

    def _too_cold(self) -> bool:
        """Whether a network has to wait: two threads that import parts of torch at once would block each other."""
        return self._cold and self.warming is not None and self.warming.is_alive()

    def _wanted(self) -> bool:
        return self._forward > 0 or (self._playing and time.perf_counter() >= self._next_step)

    def _idle_seconds(self) -> float | None:
        if not self._steps or not (self._playing or self._forward):
            return None
        if self._too_cold():
            return WARMING_SECONDS
        return 0.0 if self._forward else max(0.0, self._next_step - time.perf_counter())

    def _obey(self, command: Command) -> None:
        match command:
            case Start():
                self._start(command)
            case Stop():
                self._end()
                self._clear()
                self._move(State.IDLE)
            case Taken():
                self._credit = min(2, self._credit + 1)
            case Speed(rate):
                self._rate = rate
                self._next_step = time.perf_counter()
            case Send(change):
                self._receive(change)
            case Ask():
                self._ask = command
                self._answer()
            case Play() | Pause() | Forward() if self._steps:
                self._steer(command)
            case _:
                pass

    def _steer(self, command: Play | Pause | Forward) -> None:
        if self._state is State.STARTING:
            self._play_after = isinstance(command, Play)
            self._forward += command.count if isinstance(command, Forward) else 0
            return
        if self._state is State.RESTING and isinstance(command, Pause):
            return
        self._playing = isinstance(command, Play)
        self._forward = command.count if isinstance(command, Forward) else 0
        self._next_step = time.perf_counter()
        if not self._forward:
            self._move(State.PLAYING if self._playing else State.PAUSED)
        self._flush(at_rest=not self._playing)

    def _start(self, command: Start) -> None:
        self._end()
        self._clear()
        self._run, self._rate = command.run, command.rate
        self._move(State.STARTING)
        try:
            self._steps = command.experiment.start()
        except LearnerError as error:
            self._fail(error.note)
            return
        self._cold = is_network(getattr(command.experiment, "engine_key", ""))
        self._forward = 1 + command.until
        self._script = dict(command.script)
        self._ask = command.ask or self._ask
        self._play_after = command.playing

    def _receive(self, change: Change) -> None:
        """Keep a change for the next step; take that step now if nothing else would."""
        self._pending_count += 1
        self._pending = merged([self._pending, change]) if self._pending else change
        if self._steps and (self._state is State.RESTING or (change.pokes and not self._playing)):
            self._forward = max(1, self._forward)  # once it is taken, a run that was playing plays on

    # The run

    def _advance(self) -> None:
        """Compute the next step."""
        steps = self._steps
        change = self._pending or (None if self._waits else self._script.get(self._index + 1))
        assert steps is not None
        if self._pending_count:
            self.report(Applied(self._run, self._index + 1, self._pending_count))
        self._pending, self._pending_count = None, 0
        due = self._next_step
        self._next_step = max(self._next_step, time.perf_counter() - 1 / self._rate) + 1 / self._rate
        try:
            step = steps.send(change) if self._index >= 0 else next(steps)
        except StopIteration as end:
            self._steps = None
            self._flush(at_rest=True)
            self.report(Ended(self._run, end.value))
            self._move(State.FINISHED)
        except LearnerError as error:
            self._fail(error.note)
        except Exception as error:  # noqa: BLE001 - the process border: a bug in one engine is told, not fatal
            note = say(
                "This algorithm has a mistake in it and stopped: {error}", error=f"{type(error).__name__}: {error}"
            )
            self._fail(note, traceback.format_exc())
        else:
            self._waits = step is WAIT
            if self._waits:
                self._next_step = due
            else:
                self._step = step
                self._count(steps, step)

    def _count(self, steps: Steps, step: Step) -> None:
        self._index += 1
        self._line = _line(steps)
        self._names = self._names or tuple(step.scalars)
        self._rows.append(tuple(step.scalars.get(name, np.nan) for name in self._names))
        if self._forward:
            self._forward -= 1
        if step.rest:
            self._play_after = self._playing or self._play_after
            self._playing, self._forward = False, 0
            self._flush(at_rest=True)
            self._move(State.RESTING)
        elif not self._playing and not self._forward:
            self._flush(at_rest=True)
            self._playing, self._play_after = self._play_after, False
            self._move(State.PLAYING if self._playing else State.PAUSED)

    def _end(self) -> None:
        if self._steps:
            with suppress(Exception):
                self._steps.close()

    def _fail(self, note: Note, trace: str = "") -> None:
        self._steps = None
        self._flush(at_rest=True)
        self.report(Failed(self._run, note, trace))
        self._move(State.FAILED)

    def _move(self, state: State) -> None:
        self._state = state
        self.report(Moved(self._run, state))

    # What goes up

    def _flush(self, *, at_rest: bool = False) -> None:
        """Send the scalars since the last time and, if one is due, a frame."""
        now = time.perf_counter()
        step = self._step
        wanted = step is not None and self._drawn != self._index
        slow = self._rate <= DRAW_EVERY_STEP_UP_TO
        draw = wanted and (at_rest or slow or (self._credit > 0 and now >= self._next_draw))
        if not draw and (now < self._next_flush or not self._rows):
            return
        frame = self._draw(step) if draw and step else None
        values = np.array(self._rows, float).reshape(len(self._rows), len(self._names))
        first = self._index + 1 - len(self._rows)
        self._rows = []
        index = self._index if frame else -1
        self.report(Progress(self._run, first, self._names, values, self._line, frame, index))
        end = time.perf_counter()
        self._next_flush = end + FRAME_SECONDS
        if frame:
            self._next_draw = now + max(FRAME_SECONDS, (end - now) / DRAWING_SHARE)

    def _draw(self, step: Step) -> bytes | None:
        self._drawn = self._index
        self._credit -= 1
        pictures = self._drawn_by(lambda: with_answers(step.draw(), self._answers(step)))
        if pictures is None:
            return None
        note, then, caution = _noted(step.note), _noted(step.then), _noted(step.caution)
        asked = self._ask.number if step.answer else -1
        frame = Frame(self._index, note, then, self._line, dict(step.scalars), pictures, caution, asked)
        return pickle.dumps(frame, protocol=5)

    def _answers(self, step: Step) -> Pictures:
        """Return what the questions that stand are answered with."""
        if step.answer is None or not self._ask.questions:
            return ()
        return step.answer({question.topic: question for question in self._ask.questions})

    def _answer(self) -> None:
        """Answer at once, whether the run goes on, waits, or has ended."""
        step = self._step
        if step is None or step.answer is None:
            return
        pictures = self._drawn_by(lambda: self._answers(step))
        if pictures is not None:
            drawn = pickle.dumps(pictures, protocol=5)
            self.report(Answered(self._run, self._index, self._ask.number, drawn))

    def _drawn_by(self, draw: Callable[[], Pictures]) -> Pictures | None:
        """Return what is drawn, or tell why it cannot be."""
        try:
            return draw()
        except LearnerError as error:
            self.report(Failed(self._run, error.note))
        except Exception as error:  # noqa: BLE001 - the process border
            self.report(
                Failed(self._run, say("A picture could not be drawn: {error}", error=error), traceback.format_exc())
            )
        return None


def _noted(text: Note | str) -> Note:
    return text if isinstance(text, Note) else say(text)


def _line(steps: Any) -> int:
    """Return the line of the engine's own file at which its generator is suspended, in ``yield from`` helpers too."""
    line, file = 0, steps.gi_code.co_filename
    while isinstance(steps, GeneratorType) and steps.gi_frame is not None and steps.gi_code.co_filename == file:
        line = steps.gi_frame.f_lineno
        steps = steps.gi_yieldfrom
    return line
