"""One experiment being run, as the window sees it: what is set, what state it is in, which moment is shown."""

import time

from PySide6.QtCore import Qt, QTimer, Signal

from app.session.asking import Asking
from app.session.runner import Recall, Recalled, Runner
from app.session.script import Script
from app.session.setting import Setting
from app.session.timeline import Timeline
from engines.core.dataset import TEST
from engines.core.experiment import Experiment
from engines.core.judge import EXAMINED
from engines.core.language import say
from engines.core.messages import (
    UNLIMITED,
    Answered,
    Applied,
    Ask,
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
from engines.core.step import Change, Outcome, Poke, Question

CLOCK_MILLISECONDS = 16
RECALL_MILLISECONDS = 120  # after scrubbing has come to rest
RUNNING = (State.STARTING, State.PLAYING)
ENDED = (State.FINISHED, State.FAILED, State.IDLE)


class Session(Setting):
    """Drives the runner, keeps the timeline, decides which frame is shown.

    Signals: ``state_changed``; ``frame_shown`` another step is shown, or more steps are known; ``cleared`` a new run
    begins; ``failed(Note)``; ``examined(Note)`` somebody has sat the final exam.
    """

    state_changed = Signal()
    frame_shown = Signal()
    cleared = Signal()
    failed = Signal(object)
    examined = Signal(object)
    device_known = Signal(str)

    def __init__(self, runner: Runner, engine_key: str) -> None:
        super().__init__(engine_key)
        self._runner = runner
        self.state = State.IDLE
        self.heard = State.IDLE  # the last state the engine process itself reported
        self.outcome: Outcome | None = None
        self.traceback = ""
        self.device = ""
        self.timeline = Timeline()
        self.cursor = -1
        self.frame: Frame | None = None
        self.line = 0
        self._run = 0
        self._closed = False
        self._asked_to_run = False  # a person pressed play or step: only then is a refusal an error
        self._replaying_since: float | None = None
        self._clock = QTimer(self, interval=CLOCK_MILLISECONDS, timerType=Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self._tick)
        self._asking = Asking(self)
        self._asking.asked.connect(self._ask_now)
        self._script = Script(0, self.experiment)
        self._recall_soon = QTimer(self, interval=RECALL_MILLISECONDS, singleShot=True)
        self._recall_soon.timeout.connect(self._recall)
        runner.arrived.connect(self._wake)

    @property
    def ended(self) -> bool:
        """Whether no run is under way."""
        return self.state in ENDED

    # What is asked for

    def load(self, experiment: Experiment, rate: float = UNLIMITED) -> None:
        """Take over a whole experiment and show its first step; what was asked about another is forgotten."""
        self._asking.forget()
        super().load(experiment, rate)

    def restart(self, *, playing: bool) -> None:
        """Begin the run again and show its first step."""
        self._restart_soon = self._edited = False
        self._soon.stop()
        self._run += 1
        self.timeline.clear()
        self.cursor, self.frame, self.line, self.outcome, self.traceback = -1, None, 0, None, ""
        self._replaying_since = None
        self._script = Script(self._run, self.experiment)
        self._asking.begin(self.runs.key)
        self.cleared.emit()
        self._runner.send(Start(self._run, self.experiment, playing, self.rate, ask=self._asking.command))
        self._enter(State.STARTING)

    def reset(self) -> None:
        """Back to the first step, paused."""
        self._asked_to_run = False
        self.restart(playing=False)

    def play(self) -> None:
        """Go on; from an earlier step, show again what was recorded from there, then go on."""
        self._asked_to_run = True
        if 0 <= self.cursor < self.timeline.last:
            self._begin_replay()
            return
        if self.state in ENDED or self._restart_soon or self._edited:
            self.restart(playing=True)
        elif self.state is State.RESTING:
            self._runner.send(Forward(1))
        else:
            self._runner.send(Play())
            self._enter(State.PLAYING if self.state is not State.STARTING else State.STARTING)

    def pause(self) -> None:
        """Hold after the step that is running."""
        self._replaying_since = None
        self._runner.send(Pause())
        if self.state in RUNNING:
            self._enter(State.PAUSED)
        else:
            self.state_changed.emit()

    def toggle(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    @property
    def playing(self) -> bool:
        """Whether the picture moves by itself: the engine runs, or recorded steps are shown again."""
        return self.state is State.PLAYING or self._replaying_since is not None

    def forward(self) -> None:
        """Show the next step: the next recorded one, or a new one at the end."""
        self._asked_to_run = True
        if self._replaying_since is not None or self.state is State.PLAYING:
            self.pause()
        if 0 <= self.cursor < self.timeline.last:
            self.seek(self.timeline.after(self.cursor))
        elif self.state in ENDED:
            self.restart(playing=False)
        else:
            self._runner.send(Forward(1))

    def back(self) -> None:
        """Show the step before the one that is shown."""
        if self.playing:
            self.pause()
        if self.cursor > 0:
            self.seek(self.timeline.before(self.cursor))

    def seek(self, index: int) -> None:
        """Show any step of the past: the nearest drawn before it at once, itself as soon as it is computed again."""
        self._replaying_since = None
        self._show(index)
        if self.recalling:
            self._recall_soon.start()

    def poke(self, poke: Poke) -> None:
        """Put a hand on the engine's state: drag a centre, type a weight."""
        if self.state in ENDED:
            self.restart(playing=False)
        self.cursor = self.timeline.last
        self._send(Change(pokes=(poke,)))

    def set_rate(self, rate: float) -> None:
        """Steps a second, UNLIMITED for as fast as it goes."""
        self.rate = rate
        self._replaying_since = None
        self._runner.send(Speed(rate))
        self.experiment_changed.emit()

    @property
    def examinable(self) -> bool:
        """Whether there is something that has learned, and rows kept for the test."""
        return self.engine.task in EXAMINED and bool((self.data.parts == TEST).any()) and self.timeline.last > 0

    def sit_exam(self) -> None:
        """Open the test share for the model at hand; a run that rests comes to its end, so that its test is known."""
        if not self.examinable:
            self.examined.emit(
                say("There is nothing to examine: a model that has learned something and test rows are needed.")
            )
            return
        note = self.seal.sit()
        if self.state is State.RESTING:
            self._runner.send(Forward(1))
        self.examined.emit(note)

    def ask(self, question: Question) -> None:
        """Have something of the state that is shown looked at more closely; nothing is changed by it."""
        self._asking.ask(question)

    def _ask_now(self, command: Ask) -> None:
        self._runner.send(command)
        if self.recalling:
            self._recall_soon.start()

    def stop(self) -> None:
        """End the run and keep its history."""
        self._runner.send(Stop())

    @property
    def recalling(self) -> bool:
        """Whether the pictures shown are those of an earlier step than the numbers, or answer what was asked before."""
        frame = self.frame
        if frame is None or self.playing:
            return False
        return frame.index != self.cursor or (self.cursor < self.timeline.last and self._asking.outdated(frame))

    def _recall(self) -> None:
        """Have the step that is shown computed again, as it was drawn by nobody when it passed."""
        if self.recalling:
            self._runner.send(Recall(self._script.up_to(self.cursor, self._asking.command)))

    def _send(self, change: Change) -> None:
        self._script.sent(change)
        self._runner.send(Send(change))

    # What comes back

    def _wake(self) -> None:
        """Look at what has come: at once where nothing ran, or where somebody waits for an answer; else in time."""
        if self._closed:
            return
        if not self._clock.isActive():
            self._clock.start()
            self._tick()
        elif self._asking.waits:
            self._tick()

    def _tick(self) -> None:
        reports = self._runner.take()
        if self._replaying_since is not None:
            self._replay()
        elif not reports and self.state not in RUNNING:
            self._clock.stop()
        at_end = self.cursor >= self.timeline.last
        frames = 0
        grew = False
        for report in reports:
            if isinstance(report, Progress):
                if report.run == self._run:
                    self.timeline.add(report)
                    self.line = report.line
                    grew = True
                    frames += report.frame is not None
            else:
                self._hear(report)
        if grew and at_end and self._replaying_since is None:
            self._show(self.timeline.last)
        elif grew:
            self.frame_shown.emit()
        for _ in range(frames):
            self._runner.send(Taken())

    def _hear(self, report: Report | Recalled) -> None:
        if isinstance(report, Ready):
            self.device = report.device or self.device
            self.device_known.emit(self.device)
        elif report.run != self._run:
            return
        elif isinstance(report, Recalled):
            self.timeline.keep(report.index, report.frame)
            if report.index == self.cursor:
                self._show(self.cursor)
        elif isinstance(report, Answered):
            self._asking.hear(report)
            if self.cursor >= self.timeline.last:
                self._show(self.cursor)
        elif isinstance(report, Applied):
            self._script.applied(report)
        elif isinstance(report, Moved):
            self.heard = report.state
            self._enter(report.state)
        elif isinstance(report, Ended):
            self.outcome = report.outcome
        elif isinstance(report, Failed):
            self.traceback = report.traceback
            if self._asked_to_run or report.traceback:
                self.failed.emit(report.note)

    def _enter(self, state: State) -> None:
        if state in RUNNING and not self._clock.isActive():
            self._clock.start()
        if state is not self.state:
            self.state = state
            self.state_changed.emit()

    def _show(self, index: int) -> None:
        self.cursor = max(0, min(index, self.timeline.last))
        frame = self.timeline.nearest(self.cursor)
        newest = frame is not None and self.cursor == self.timeline.last
        self.frame = self._asking.answered(frame) if newest and frame else frame
        self.frame_shown.emit()

    def _begin_replay(self) -> None:
        if self.rate == UNLIMITED:
            self._show(self.timeline.last)
            self.play()
            return
        self._replaying_since = time.monotonic()
        self._clock.start()
        self.state_changed.emit()

    def _replay(self) -> None:
        """Walk over the recorded steps at the chosen speed; at the end let the engine go on."""
        assert self._replaying_since is not None
        steps = int((time.monotonic() - self._replaying_since) * self.rate)
        if steps < 1:
            return
        self._replaying_since += steps / self.rate
        self._show(self.cursor + steps)
        if self.cursor >= self.timeline.last:
            self._replaying_since = None
            if self.state is State.PAUSED:
                self.play()
            else:
                self.state_changed.emit()

    def _pass_on(self) -> None:
        """Hand what was edited in the last moments to the engine.

        A run that has ended begins again, unless it still answers: one draws to hear what a trained network says of it,
        and it would be lost with every stroke. Then the next play begins again.
        """
        if not self._restart_soon and self.state is State.FINISHED and self._answers:
            return
        if self._restart_soon or self.state in ENDED or self.timeline.last < 1:
            self.restart(playing=self.state is State.PLAYING)
        elif self._edited:
            self._edited = False
            self._send(Change(data=self.data))

    @property
    def _answers(self) -> bool:
        """Whether the newest frame answers questions."""
        frame = self.timeline.nearest(self.timeline.last)
        return frame is not None and frame.asked >= 0

    def close(self) -> None:
        """End the engine process and the thread."""
        self._closed = True
        self._clock.stop()
        self._soon.stop()
        self._recall_soon.stop()
        self._runner.close()
