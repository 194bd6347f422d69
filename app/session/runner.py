"""The thread that talks to the engine process, so that the window never waits for it."""

import time
from collections import deque
from dataclasses import dataclass, replace
from multiprocessing import Pipe
from multiprocessing.connection import wait
from threading import Lock

from PySide6.QtCore import QThread, Signal

from app.session.engine_process import EngineProcess
from engines.core.language import Note, say
from engines.core.messages import (
    Command,
    Failed,
    Moved,
    Pause,
    Play,
    Progress,
    Ready,
    Report,
    Speed,
    Start,
    State,
)  # fmt: skip

LOST = say("The engine process ended unexpectedly. Your data and the history are kept; press play to run again.")
STUCK_SECONDS = 1.5  # an old run that does not give way to a new one within this time is killed


@dataclass(frozen=True)
class Recall:
    """Compute a moment of the past again, in the spare process."""

    start: Start


@dataclass(frozen=True)
class Recalled:
    """A frame of the past: the run it belongs to, the step it shows, the pickled Frame."""

    run: int
    index: int
    frame: bytes


class Runner(QThread):
    """Owns the engine process and a warm spare; commands go in, reports are pulled out.

    ``arrived`` fires when there is something to pull after there was nothing: at most one signal is ever waiting, so
    that nothing can flood the event queue. ``take`` pulls.
    """

    arrived = Signal()

    def __init__(self, *, warm: bool = True, spare: bool = True) -> None:
        super().__init__()
        self._warm, self._keep_spare = warm, spare
        self._lock = Lock()
        self._inbox: list[Report | Recalled] = []
        self._outbox: deque[Command | Recall] = deque()
        self._wake_reader, self._wake_writer = Pipe(duplex=False)
        self._closing = False
        self._engine: EngineProcess | None = None
        self._spare: EngineProcess | None = None
        self._start: Start | None = None  # the run that is asked for or under way
        self._unanswered_since: float | None = None
        self._awake = self._spare_awake = False  # whether the process has said that it is there
        self.engine_process_id = 0

    # From the window's thread

    def send(self, command: Command | Recall) -> None:
        """Queue a command; returns at once. After ``close`` nothing is sent any more."""
        if not self._closing:
            self._outbox.append(command)
            self._wake()

    def take(self) -> list[Report | Recalled]:
        """Return everything reported since the last call, oldest first."""
        with self._lock:
            reports, self._inbox = self._inbox, []
        return reports

    def close(self) -> None:
        """End the processes and the thread; returns when both are gone. Again: does nothing."""
        if self._closing:
            return
        self._closing = True
        self._wake()
        self.wait()
        self._wake_reader.close()
        self._wake_writer.close()

    def _wake(self) -> None:
        self._wake_writer.send_bytes(b"")

    # In its own thread

    def run(self) -> None:
        """Pass commands down and reports up until ``close``."""
        self._engine = EngineProcess(warm=self._warm)
        while not self._closing:
            engine = self._engine
            spare = [self._spare.connection] if self._spare else []
            ready = wait([self._wake_reader, engine.connection, engine.process.sentinel, *spare], self._patience())
            if self._wake_reader in ready:
                self._wake_reader.recv_bytes()
                self._send_all(engine)
            if self._spare and self._spare.connection in ready:
                self._receive_recalled(self._spare)
            # What it still had to say comes before its end: the sentinel counts once the pipe is empty.
            gone = not self._receive(engine) if engine.connection in ready else engine.process.sentinel in ready
            if gone:
                self._replace(LOST)
            elif self._awake and self._unanswered_since and time.monotonic() - self._unanswered_since > STUCK_SECONDS:
                self._replace(None)
        for process in (self._engine, self._spare):
            if process:
                process.close()

    def _patience(self) -> float | None:
        return 0.1 if self._unanswered_since else None

    def _send_all(self, engine: EngineProcess) -> None:
        while self._outbox:
            command = self._outbox.popleft()
            if isinstance(command, Recall):
                self._spare = self._spare or EngineProcess(warm=False)
                self._spare.send(replace(command.start, run=-command.start.run))
                continue
            if isinstance(command, Start):
                self._start = command
                self._unanswered_since = time.monotonic()
            elif self._start and self._unanswered_since:
                self._start = _steered(self._start, command)  # in case another process has to begin it
            engine.send(command)

    def _receive(self, engine: EngineProcess) -> bool:
        """Take one report; False when the pipe has closed."""
        try:
            report = engine.connection.recv()
        except (EOFError, OSError):
            return False
        if isinstance(report, Ready):
            self.engine_process_id = report.process
            if not self._awake and self._unanswered_since:
                self._unanswered_since = time.monotonic()  # only now it can answer
            self._awake = True
            if report.device and self._keep_spare and self._spare is None:
                self._spare = EngineProcess(warm=True)
        elif self._start and report.run == self._start.run:
            self._unanswered_since = None
        self._put(report)
        return True

    def _receive_recalled(self, spare: EngineProcess) -> None:
        """Take what the spare has computed again; a spare that has died is let go."""
        try:
            report = spare.connection.recv()
        except (EOFError, OSError):
            self._spare, self._spare_awake = None, False
            spare.kill()
            return
        if isinstance(report, Ready):
            self._spare_awake = True
        if isinstance(report, Progress) and report.frame is not None:
            self._put(Recalled(-report.run, report.frame_index, report.frame))

    def _replace(self, sentence: Note | None) -> None:
        """Put the spare in the place of a dead or stuck process.

        sentence: what to tell when a run was lost; None where the next run is waiting and is simply started there.
        """
        assert self._engine is not None
        self._engine.kill()
        self._awake, self._spare_awake = self._spare is not None and self._spare_awake, False
        self._engine, self._spare = self._spare or EngineProcess(warm=self._warm), None
        self._put(Ready("", 0))
        if self._keep_spare:
            self._spare = EngineProcess(warm=True)
        start = self._start
        if start and (sentence is None or self._unanswered_since):
            self._unanswered_since = time.monotonic()
            self._engine.send(start)
        elif start and sentence:
            self._put(Failed(start.run, sentence))
            self._put(Moved(start.run, State.FAILED))
            self._start = None

    def _put(self, report: Report | Recalled) -> None:
        with self._lock:
            was_empty = not self._inbox
            self._inbox.append(report)
        if was_empty:
            self.arrived.emit()


def _steered(start: Start, command: Command) -> Start:
    """Return what a run that has not begun yet is to begin with after one more command."""
    match command:
        case Play():
            return replace(start, playing=True)
        case Pause():
            return replace(start, playing=False)
        case Speed(rate):
            return replace(start, rate=rate)
    return start
