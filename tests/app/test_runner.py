"""The engine process through its Runner: pace, frames, faults, and that nothing is left behind."""

import pickle
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest
from pytestqt.qtbot import QtBot

from app.session.runner import Recall, Recalled, Runner
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
from engines.core.step import Change, Poke, Question
from tests.app.stand_ins import Buggy, Counting, Dying, Hanging, Importing, Refusing, Unpaintable


class Listener:
    """Collects everything a runner reports."""

    def __init__(self, runner: Runner, qtbot: QtBot) -> None:
        self.runner, self.qtbot = runner, qtbot
        self.heard: list[Report] = []
        self.run = 0

    def start(self, experiment: Any, *, playing: bool = False, rate: float = UNLIMITED, until: int = 0) -> None:
        self.run += 1
        self.heard.clear()
        self.runner.send(Start(self.run, experiment, playing, rate, until))

    def listen(self) -> None:
        self.heard += [report for report in self.runner.take() if getattr(report, "run", self.run) == self.run]

    def until(self, done: Callable[[], object], timeout: int = 20_000) -> None:
        def check() -> bool:
            self.listen()
            return bool(done())

        self.qtbot.waitUntil(check, timeout=timeout)

    def states(self) -> list[State]:
        return [report.state for report in self.heard if isinstance(report, Moved)]

    def state(self) -> State | None:
        return self.states()[-1] if self.states() else None

    def frames(self) -> list[Frame]:
        blobs = [report.frame for report in self.heard if isinstance(report, Progress) and report.frame]
        return [pickle.loads(blob) for blob in blobs]

    def answers(self) -> list[tuple[int, float]]:
        reports = [report for report in self.heard if isinstance(report, Answered)]
        return [(report.number, pickle.loads(report.pictures)[0].centres[0, 0]) for report in reports]

    def steps(self) -> int:
        return sum(len(report.values) for report in self.heard if isinstance(report, Progress))

    def failure(self) -> Failed | None:
        return next((report for report in self.heard if isinstance(report, Failed)), None)


@pytest.fixture
def listener(qtbot: QtBot) -> Iterator[Listener]:
    runner = Runner(warm=False, spare=False)
    runner.start()
    yield Listener(runner, qtbot)
    runner.close()


def test_start_shows_the_first_step_and_pauses(listener: Listener) -> None:
    listener.start(Counting())
    listener.until(lambda: listener.state() is State.PAUSED)
    (frame,) = listener.frames()
    assert (frame.index, frame.note.render(), frame.then.render()) == (0, "step 0", "count on")
    assert listener.states() == [State.STARTING, State.PAUSED]
    assert frame.line > 0


def test_each_single_step_is_drawn(listener: Listener) -> None:
    listener.start(Counting())
    for count in range(1, 6):
        listener.runner.send(Forward())
        listener.until(lambda count=count: len(listener.frames()) == count + 1)
    assert [frame.pictures[0].centres[0, 0] for frame in listener.frames()] == [0, 1, 2, 3, 4, 5]


def test_at_full_speed_steps_outrun_frames_and_no_scalar_is_lost(listener: Listener) -> None:
    listener.start(Counting(until=20_000), playing=True)
    listener.until(lambda: listener.state() is State.FINISHED)
    values = [value for report in listener.heard if isinstance(report, Progress) for value in report.values[:, 0]]
    assert values == list(range(20_000))
    assert len(listener.frames()) < 1000
    assert listener.frames()[-1].index == 19_999
    assert next(report for report in listener.heard if isinstance(report, Ended)).outcome.scalars == {"count": 20_000.0}


def test_no_frame_is_drawn_unless_the_window_takes_them(listener: Listener) -> None:
    listener.start(Counting(), playing=True)
    listener.until(lambda: listener.steps() > 50_000)
    drawn = len(listener.frames())
    assert drawn <= 4
    listener.runner.send(Taken())
    listener.until(lambda: len(listener.frames()) > drawn)


def test_pause_draws_where_it_stopped(listener: Listener) -> None:
    listener.start(Counting(), playing=True)
    listener.until(lambda: listener.steps() > 1000)
    listener.runner.send(Pause())
    listener.until(lambda: listener.state() is State.PAUSED)
    assert listener.frames()[-1].index == listener.steps() - 1


def test_speed_paces_the_steps(listener: Listener) -> None:
    listener.start(Counting(), playing=True, rate=50.0)
    listener.until(lambda: listener.steps() >= 5)
    began, first = time.perf_counter(), listener.steps()
    listener.until(lambda: listener.steps() >= first + 25)
    assert 0.3 < time.perf_counter() - began < 1.5
    listener.runner.send(Speed(UNLIMITED))
    listener.until(lambda: listener.steps() > 5000)


def test_every_step_is_drawn_at_a_speed_the_eye_can_follow(listener: Listener) -> None:
    listener.start(Counting(until=12), playing=True, rate=20.0)
    listener.until(lambda: listener.state() is State.FINISHED)
    assert [frame.index for frame in listener.frames()] == list(range(12))


def test_a_poke_reaches_a_paused_run_at_once(listener: Listener) -> None:
    listener.start(Counting())
    listener.until(lambda: listener.state() is State.PAUSED)
    listener.runner.send(Send(Change(pokes=(Poke("count", (), 70.0),))))
    listener.until(lambda: len(listener.frames()) == 2)
    assert listener.frames()[-1].note.render() == "step 70"
    assert listener.state() is State.PAUSED


def test_a_resting_run_waits_and_a_change_wakes_it(listener: Listener) -> None:
    listener.start(Counting(rest_at=3), playing=True)
    listener.until(lambda: listener.state() is State.RESTING)
    steps = listener.steps()
    listener.runner.send(Send(Change(pokes=(Poke("count", (), 9.0),))))
    listener.until(lambda: listener.steps() > steps + 100)
    assert listener.state() is State.PLAYING


def test_a_resting_run_that_is_told_to_go_on_ends(listener: Listener) -> None:
    listener.start(Counting(rest_at=3), playing=True)
    listener.until(lambda: listener.state() is State.RESTING)
    listener.runner.send(Forward())
    listener.until(lambda: listener.state() is State.FINISHED)


def test_until_finds_a_moment_again(listener: Listener) -> None:
    listener.start(Counting(), until=500)
    listener.until(lambda: listener.state() is State.PAUSED)
    assert listener.frames()[-1].index == 500


def test_stop_leaves_the_process_ready_for_the_next_run(listener: Listener) -> None:
    listener.start(Counting(), playing=True)
    listener.until(lambda: listener.steps() > 10)
    listener.runner.send(Stop())
    listener.until(lambda: listener.state() is State.IDLE)
    listener.start(Counting(until=3), playing=True)
    listener.until(lambda: listener.state() is State.FINISHED)


def test_a_refusal_is_a_sentence_in_both_languages(listener: Listener) -> None:
    listener.start(Refusing())
    listener.until(lambda: listener.state() is State.FAILED)
    failure = listener.failure()
    assert failure is not None
    assert failure.note.render("en") == "Draw at least 2 points."
    assert failure.traceback == ""


@pytest.mark.parametrize("experiment", [Buggy(), Unpaintable()])
def test_a_mistake_in_an_engine_is_told_with_its_traceback(listener: Listener, experiment: Any) -> None:
    listener.start(experiment, playing=True)
    listener.until(listener.failure)
    failure = listener.failure()
    assert failure is not None
    assert "ZeroDivisionError" in failure.traceback
    listener.start(Counting(until=2), playing=True)
    listener.until(lambda: listener.state() is State.FINISHED)


def test_a_crashed_process_is_told_and_replaced(listener: Listener) -> None:
    listener.start(Dying(), playing=True)
    listener.until(lambda: listener.state() is State.FAILED)
    assert "ended unexpectedly" in listener.failure().note.render()  # type: ignore[union-attr]
    listener.start(Counting(until=2), playing=True)
    listener.until(lambda: listener.state() is State.FINISHED)


def test_kill_9_in_the_middle_of_a_run(listener: Listener) -> None:
    listener.start(Counting(), playing=True)
    listener.until(lambda: listener.steps() > 100)
    began = time.perf_counter()
    psutil.Process(listener.runner.engine_process_id).kill()
    listener.until(lambda: listener.state() is State.FAILED)
    assert time.perf_counter() - began < 1.0
    listener.start(Counting(until=2), playing=True)
    listener.until(lambda: listener.state() is State.FINISHED)


def test_a_hanging_run_gives_way_to_the_next(listener: Listener) -> None:
    listener.start(Hanging(), playing=True)
    listener.until(lambda: listener.steps() == 1)
    listener.start(Counting(until=2), playing=True)
    listener.until(lambda: listener.state() is State.FINISHED)


def test_play_reaches_a_run_that_another_process_has_to_begin(listener: Listener) -> None:
    listener.start(Hanging(), playing=True)
    listener.until(lambda: listener.steps() == 1)
    listener.start(Counting(until=2))
    listener.runner.send(Play())  # the hanging process never hears it
    listener.until(lambda: listener.state() is State.FINISHED)


@pytest.mark.parametrize("experiment", [Counting(), Hanging()])
def test_closing_in_the_middle_of_a_run_leaves_nothing(qtbot: QtBot, experiment: Any) -> None:
    runner = Runner(warm=False, spare=True)
    runner.start()
    listener = Listener(runner, qtbot)
    listener.start(experiment, playing=True)
    listener.until(lambda: listener.steps() > 0)
    process = psutil.Process(runner.engine_process_id)
    runner.close()
    assert not process.is_running()
    assert not runner.isRunning()


def test_a_spare_is_warm_and_takes_over(qtbot: QtBot) -> None:
    runner = Runner(warm=True, spare=True)
    runner.start()
    listener = Listener(runner, qtbot)
    listener.until(lambda: any(isinstance(report, Ready) and report.device for report in listener.heard), 60_000)
    qtbot.waitUntil(lambda: len(engine_children()) == 2)
    psutil.Process(runner.engine_process_id).kill()
    listener.start(Counting(until=2), playing=True)
    listener.until(lambda: listener.state() is State.FINISHED)
    runner.close()
    assert engine_children() == []


def engine_children() -> list[psutil.Process]:
    """Return the living child processes that are engines, not multiprocessing's resource tracker."""
    found = []
    for child in psutil.Process().children(recursive=True):
        try:
            if child.status() != psutil.STATUS_ZOMBIE and "resource_tracker" not in " ".join(child.cmdline()):
                found.append(child)
        except psutil.NoSuchProcess:
            continue
    return found


def open_handles(process: psutil.Process) -> int:
    """Return how many files and the like a process holds open."""
    return process.num_fds() if hasattr(process, "num_fds") else process.num_handles()


def test_a_thousand_runs_grow_nothing(listener: Listener) -> None:
    def cycle(times: int) -> None:
        for _ in range(times):
            listener.start(Counting(), playing=True)
            listener.until(lambda: listener.steps() > 0)
            listener.runner.send(Stop())
            listener.until(lambda: listener.state() is State.IDLE)

    cycle(100)
    ours, engine = psutil.Process(), psutil.Process(listener.runner.engine_process_id)
    before = [(p.num_threads(), open_handles(p), p.memory_info().rss) for p in (ours, engine)]
    cycle(1000)
    after = [(p.num_threads(), open_handles(p), p.memory_info().rss) for p in (ours, engine)]
    for (threads, handles, memory), (threads_after, handles_after, memory_after) in zip(before, after, strict=True):
        assert threads_after <= threads
        assert handles_after <= handles
        assert memory_after < 1.05 * memory
    assert len(engine_children()) == 1


def test_a_moment_of_the_past_is_computed_again_in_the_spare(listener: Listener) -> None:
    listener.start(Counting(), playing=True)
    listener.until(lambda: listener.steps() > 3000)
    poke = Change(pokes=(Poke("count", (), 9000.0),))
    listener.runner.send(Recall(Start(listener.run, Counting(), False, UNLIMITED, 2500, ((2001, poke),))))
    listener.until(lambda: any(isinstance(report, Recalled) and report.index == 2500 for report in listener.heard))
    blob = next(report.frame for report in listener.heard if isinstance(report, Recalled) and report.index == 2500)
    assert pickle.loads(blob).note.render() == "step 9499"


def test_the_step_in_which_a_change_took_effect_is_told(listener: Listener) -> None:
    listener.start(Counting())
    listener.until(lambda: listener.state() is State.PAUSED)
    listener.runner.send(Forward(4))
    listener.until(lambda: listener.steps() == 5)
    listener.runner.send(Send(Change(pokes=(Poke("count", (), 70.0),))))
    listener.until(lambda: listener.steps() == 6)
    assert [report.index for report in listener.heard if isinstance(report, Applied)] == [5]


def asking(amount: int, number: int) -> Ask:
    return Ask((Question("add", (amount,)),), number)


def test_a_question_is_answered_at_once_and_takes_no_step(listener: Listener) -> None:
    listener.start(Counting(answers=True))
    listener.until(lambda: listener.state() is State.PAUSED)
    listener.runner.send(asking(100, 1))
    listener.until(lambda: listener.answers() == [(1, 100.0)])
    assert listener.steps() == 1


def test_later_frames_answer_the_newest_question(listener: Listener) -> None:
    listener.start(Counting(answers=True))
    listener.until(lambda: listener.state() is State.PAUSED)
    listener.runner.send(asking(100, 1))
    listener.runner.send(asking(500, 2))
    listener.until(lambda: len(listener.answers()) == 2)
    listener.runner.send(Forward())
    listener.until(lambda: len(listener.frames()) == 2)
    frame = listener.frames()[1]
    assert (frame.pictures[0].centres[0, 0], frame.asked) == (501.0, 2)


def test_a_run_that_has_ended_still_answers(listener: Listener) -> None:
    listener.start(Counting(until=3, answers=True), playing=True)
    listener.until(lambda: listener.state() is State.FINISHED)
    listener.runner.send(asking(100, 7))
    listener.until(lambda: listener.answers() == [(7, 103.0)])  # the counter went on to 3 before the end


def test_what_answers_no_questions_says_nothing(listener: Listener) -> None:
    listener.start(Counting())
    listener.runner.send(asking(100, 1))
    listener.runner.send(Forward())
    listener.until(lambda: len(listener.frames()) == 2)
    assert listener.answers() == []
    assert listener.frames()[1].asked == -1


def test_a_wrong_answer_is_told_and_the_run_goes_on(listener: Listener) -> None:
    listener.start(Counting(answers=True))
    listener.until(lambda: listener.state() is State.PAUSED)
    listener.runner.send(Ask((Question("unknown"),), 1))
    listener.until(listener.failure)
    listener.runner.send(asking(1, 2))
    listener.runner.send(Forward())
    listener.until(lambda: len(listener.frames()) == 2)


def test_a_moment_of_the_past_is_asked_too(listener: Listener) -> None:
    listener.start(Counting(answers=True))
    listener.until(lambda: listener.state() is State.PAUSED)
    listener.runner.send(Recall(Start(listener.run, Counting(answers=True), False, UNLIMITED, 4, (), asking(30, 3))))

    def recalled() -> list[tuple[int, int, float]]:
        reports = [report for report in listener.heard if isinstance(report, Recalled)]
        frames = [pickle.loads(report.frame) for report in reports]
        return [(frame.index, frame.asked, frame.pictures[0].centres[0, 0]) for frame in frames]

    listener.until(lambda: (4, 3, 34.0) in recalled())


def test_a_network_that_begins_while_torch_is_being_imported_waits_for_it(qtbot: QtBot) -> None:
    runner = Runner(warm=True, spare=False)
    runner.start()
    try:
        listener = Listener(runner, qtbot)
        listener.start(Importing())
        listener.until(lambda: listener.state() in (State.PAUSED, State.FAILED), timeout=60_000)
        assert listener.failure() is None
        assert listener.frames()[0].note.render() == "imported relu"
    finally:
        runner.close()
