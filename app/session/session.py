"""One experiment being run, as the window sees it: what is set, what state it is in, which moment is shown."""

import time
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.session.runner import Recall, Recalled, Runner
from app.session.script import Script
from app.session.seal import Model, Seal
from app.session.timeline import Timeline
from engines.core.dataset import TEST, Dataset, Split
from engines.core.engine import NO_ENGINE, Engine, Task
from engines.core.experiment import Experiment
from engines.core.judge import SUPERVISED, Judge
from engines.core.language import say
from engines.core.messages import (
    UNLIMITED,
    Applied,
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
from engines.core.params import Params, specs, without_texts
from engines.core.registry import engine_named, engines_for, judge_named
from engines.core.step import Change, Outcome, Poke

CLOCK_MILLISECONDS = 16
RECALL_MILLISECONDS = 120  # after scrubbing has come to rest
EDIT_MILLISECONDS = 40  # edits and slider moves within this time reach the engine together
RUNNING = (State.STARTING, State.PLAYING)
BASELINE = "classification.baseline"  # what others are measured against: nothing to begin with
ENDED = (State.FINISHED, State.FAILED, State.IDLE)


class Session(QObject):
    """Holds the experiment, drives the runner, keeps the timeline, decides which frame is shown.

    Signals: ``experiment_changed`` engine, params, split, seed or speed; ``data_changed``; ``state_changed``;
    ``frame_shown`` another step is shown, or more steps are known; ``cleared`` a new run begins; ``failed(Note)``;
    ``examined(Note)`` somebody has sat the final exam. seal: whether the test share may be seen.
    """

    experiment_changed = Signal()
    data_changed = Signal()
    state_changed = Signal()
    frame_shown = Signal()
    cleared = Signal()
    failed = Signal(object)
    examined = Signal(object)
    device_known = Signal(str)

    def __init__(self, runner: Runner, engine_key: str) -> None:
        super().__init__()
        self._runner = runner
        self.engine: Engine = engine_named(engine_key)
        self.params: Params = self.engine.params()
        self.judge: Judge | None = None  # who runs it several times; None to run it once
        self.judge_params: Params | None = None
        self.data: Dataset = self.engine.data()
        self._last_engine: dict[type[Dataset], str] = {}  # by kind of data
        self.split = Split()
        self.seed = 0
        self.rate = UNLIMITED
        self.state = State.IDLE
        self.heard = State.IDLE  # the last state the engine process itself reported
        self.seal = Seal()
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
        self._soon = QTimer(self, interval=EDIT_MILLISECONDS, singleShot=True)
        self._soon.timeout.connect(self._pass_on)
        self._restart_soon = False
        self._edited = False
        self._script = Script(0, self.experiment)
        self._recall_soon = QTimer(self, interval=RECALL_MILLISECONDS, singleShot=True)
        self._recall_soon.timeout.connect(self._recall)
        runner.arrived.connect(self._wake)
        self.experiment_changed.connect(self._follow_model)
        self._follow_model()

    # What is set

    @property
    def experiment(self) -> Experiment:
        """All that is needed to run this again."""
        judge_key = self.judge.key if self.judge else ""
        return Experiment(self.engine.key, self.params, self.data, self.split, self.seed, judge_key, self.judge_params)

    @property
    def runs(self) -> Engine | Judge:
        """What yields the steps: the judge, or else the engine."""
        return self.judge or self.engine

    def load(self, experiment: Experiment, rate: float = UNLIMITED) -> None:
        """Take over a whole experiment and show its first step."""
        self.engine, self.params = experiment.engine, experiment.params
        self.judge, self.judge_params = experiment.judge, experiment.judge_params
        self.seed, self.rate = experiment.seed, rate
        self.split = experiment.data.fitting(experiment.split)
        self.data = experiment.data.with_split(self.split)
        self.seal.renew()
        self.experiment_changed.emit()
        self.data_changed.emit()
        self.restart(playing=False)

    def choose(self, engine_key: str) -> None:
        """Switch to another algorithm on the same data, with its default settings."""
        if engine_key == self.engine.key:
            return
        self.engine = engine_named(engine_key)
        self.params = self.engine.params()
        if self.judge and not self.judge.fits(self.engine):
            self.judge = self.judge_params = None
        if self.judge_params is not None:
            self.judge_params = without_texts(self.judge_params)
        self.experiment_changed.emit()
        self.restart(playing=False)

    def choose_judge(self, key: str) -> None:
        """Have the experiment judged in some way, or with an empty key run once. LearnerError for an unknown key."""
        judge = judge_named(key)
        if judge is not self.judge:
            self.judge, self.judge_params = judge, judge.params() if judge else None
            self.experiment_changed.emit()
            self.restart(playing=False)

    def set_judge_param(self, name: str, value: Any) -> None:
        """Change one setting of the judge: live, or the run begins again. LearnerError for a bad value."""
        assert self.judge_params is not None
        params = self.judge_params.with_values(**{name: value})
        if params == self.judge_params:
            return
        self.judge_params = params
        live = next(spec for spec in specs(type(params)) if spec.name == name).param.live
        if live and self.state not in ENDED:
            self._send(Change(params=params))
        else:
            self._restart_soon = True
            self._soon.start()
        self.experiment_changed.emit()

    def take(self, values: Mapping[str, Any]) -> None:
        """Take over hyper-parameters that a judge has found, and train once with them."""
        self.params = self.params.with_values(**values)
        self.judge = self.judge_params = None
        self.experiment_changed.emit()
        self.restart(playing=False)

    def restarts(self, name: str) -> bool:
        """Whether changing this hyper-parameter begins the run again; what is judged always begins again."""
        return (
            self.judge is not None
            or not next(spec for spec in specs(type(self.params)) if spec.name == name).param.live
        )

    def set_param(self, name: str, value: Any) -> None:
        """Change one hyper-parameter: live if it can be, else the run begins again. LearnerError for a bad value."""
        params = self.params.with_values(**{name: value})
        if params == self.params:
            return
        self.params = params
        if self.restarts(name) or self.state in ENDED:
            self._restart_soon = True
            self._soon.start()
        else:
            self._send(Change(params=params))
        self.experiment_changed.emit()

    def set_data(self, data: Dataset) -> None:
        """Take the edited data; a running engine gets it within 40 ms.

        Data of another kind keep the algorithm if it learns from them too; else they bring the one that was last used
        with that kind, else a classifier that is at home with it, else none.
        """
        fitting = data.fitting(self.split)
        before, self.data = self.data, data.with_split(fitting)
        self._edited = True
        self.seal.renew()
        if fitting != self.split:
            self.split = fitting
            self.experiment_changed.emit()
        if self.judge or not before.same_shape(self.data):
            self._restart_soon = True
        if type(data) is not type(before):
            self._last_engine[type(before)] = self.engine.key
            if not self.engine.learns_from(type(data)) or self.engine is NO_ENGINE:
                self.choose(self._last_engine.get(type(data), _first_for(type(data))))
            else:
                self.experiment_changed.emit()  # other algorithms are offered for this kind
        if not self._soon.isActive():
            self._soon.start()
        self.data_changed.emit()

    def set_split(self, split: Split) -> None:
        """Share the data out anew; the run begins again."""
        self.split = split
        self.data = self.data.with_split(split)
        self._restart_soon = True
        self._soon.start()
        self.data_changed.emit()
        self.experiment_changed.emit()

    @property
    def examinable(self) -> bool:
        """Whether there is something that has learned, and rows kept for the test."""
        return self.engine.task in SUPERVISED and bool((self.data.parts == TEST).any()) and self.timeline.last > 0

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

    def _follow_model(self) -> None:
        self.seal.follow(Model(self.engine.key, self.params, self.seed), self.split)

    def set_seed(self, seed: int) -> None:
        """Throw the dice that choose first centres, weights and batches; the run begins again."""
        if seed != self.seed:
            self.seed = seed
            self._restart_soon = True
            self._soon.start()
            self.experiment_changed.emit()

    def set_rate(self, rate: float) -> None:
        """Steps a second, UNLIMITED for as fast as it goes."""
        self.rate = rate
        self._replaying_since = None
        self._runner.send(Speed(rate))
        self.experiment_changed.emit()

    # What is asked for

    def restart(self, *, playing: bool) -> None:
        """Begin the run again and show its first step."""
        self._restart_soon = self._edited = False
        self._soon.stop()
        self._run += 1
        self.timeline.clear()
        self.cursor, self.frame, self.line, self.outcome, self.traceback = -1, None, 0, None, ""
        self._replaying_since = None
        self._script = Script(self._run, self.experiment)
        self.cleared.emit()
        self._runner.send(Start(self._run, self.experiment, playing, self.rate))
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
        if not self.timeline.has(self.cursor):
            self._recall_soon.start()

    def poke(self, poke: Poke) -> None:
        """Put a hand on the engine's state: drag a centre, type a weight."""
        if self.state in ENDED:
            self.restart(playing=False)
        self.cursor = self.timeline.last
        self._send(Change(pokes=(poke,)))

    def stop(self) -> None:
        """End the run and keep its history."""
        self._runner.send(Stop())

    @property
    def recalling(self) -> bool:
        """Whether the pictures shown are those of an earlier step than the numbers."""
        return self.frame is not None and not self.playing and self.frame.index != self.cursor

    def _recall(self) -> None:
        """Have the step that is shown computed again, as it was drawn by nobody when it passed."""
        if self.recalling:
            self._runner.send(Recall(self._script.up_to(self.cursor)))

    def _send(self, change: Change) -> None:
        self._script.sent(change)
        self._runner.send(Send(change))

    # What comes back

    def _wake(self) -> None:
        if not self._clock.isActive() and not self._closed:
            self._clock.start()
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
        self.frame = self.timeline.nearest(self.cursor)
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
        """Hand what was edited in the last moments to the engine."""
        if self._restart_soon or self.state in ENDED or self.timeline.last < 1:
            self.restart(playing=self.state is State.PLAYING)
        elif self._edited:
            self._edited = False
            self._send(Change(data=self.data))

    def close(self) -> None:
        """End the engine process and the thread."""
        self._closed = True
        self._clock.stop()
        self._soon.stop()
        self._recall_soon.stop()
        self._runner.close()


def _first_for(kind: type[Dataset]) -> str:
    """Return the key of the first classifier that is at home with a kind of data, else of none."""
    fitting = (item for item in engines_for(kind).values() if item.key != BASELINE)
    return next((item.key for item in fitting if item.data is kind and item.task is Task.CLASSIFY), NO_ENGINE.key)
