"""The session: play, step, back, scrub, live edits and refusals, on real engines in a real engine process."""

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.session.runner import Runner
from app.session.session import Session
from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.core.language import LearnerError, Note
from engines.core.messages import UNLIMITED, State
from engines.core.registry import engine_named
from engines.core.step import Poke
from engines.data.points import Points
from engines.data.sampling import make_sample


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    runner = Runner(warm=False, spare=False)
    runner.start()
    session = Session(runner, "clustering.kmeans")
    yield session
    session.close()


def load(
    session: Session, qtbot: QtBot, key: str = "clustering.kmeans", sample: str = "blobs", rate: float = UNLIMITED
) -> None:
    """Load an experiment and wait for its first step."""
    data = make_sample(sample, n=120, seed=1)
    session.load(Experiment(key, engine_named(key).params(), data), rate)
    qtbot.waitUntil(lambda: session.state is State.PAUSED and session.frame is not None, timeout=20_000)


def test_first_step_is_shown_paused(session: Session, qtbot: QtBot) -> None:
    load(session, qtbot)
    assert session.cursor == 0
    assert session.frame is not None
    assert session.frame.pictures


def test_step_by_step_back_and_again(session: Session, qtbot: QtBot) -> None:
    load(session, qtbot)
    notes = [session.frame.note]  # type: ignore[union-attr]
    for index in (1, 2, 3):
        session.forward()
        qtbot.waitUntil(lambda index=index: session.cursor == index)
        notes.append(session.frame.note)  # type: ignore[union-attr]
    for index in (2, 1, 0, 0):
        session.back()
        assert session.cursor == index
        assert session.frame.note == notes[index]  # type: ignore[union-attr]
    session.forward()
    assert session.cursor == 1
    assert session.frame.note == notes[1]  # type: ignore[union-attr]
    assert session.timeline.last == 3


def test_play_to_the_end_and_scrub(session: Session, qtbot: QtBot) -> None:
    load(session, qtbot)
    session.play()
    qtbot.waitUntil(lambda: session.state in (State.RESTING, State.FINISHED))
    last = session.timeline.last
    session.seek(last // 2)
    assert session.cursor == last // 2
    session.seek(10_000)
    assert session.cursor == last
    session.seek(-5)
    assert session.cursor == 0


def test_playing_from_the_past_shows_it_again_then_goes_on(session: Session, qtbot: QtBot) -> None:
    load(session, qtbot, rate=50.0)
    for index in range(1, 4):
        session.forward()
        qtbot.waitUntil(lambda index=index: session.cursor == index)
    session.seek(0)
    seen: list[int] = []
    session.frame_shown.connect(lambda: seen.append(session.cursor))
    session.play()
    assert session.playing
    qtbot.waitUntil(lambda: session.timeline.last > 4)
    assert {1, 2, 3} <= set(seen)


def test_a_scrubbed_back_view_does_not_jump_while_the_run_goes_on(session: Session, qtbot: QtBot) -> None:
    load(session, qtbot, "classification.logistic", rate=200.0)
    session.play()
    qtbot.waitUntil(lambda: session.timeline.last > 20)
    session.seek(5)
    last = session.timeline.last
    qtbot.waitUntil(lambda: session.timeline.last > last + 20)
    assert session.cursor == 5
    session.pause()


def test_a_live_setting_does_not_restart_and_another_does(session: Session, qtbot: QtBot) -> None:
    load(session, qtbot, "classification.logistic", rate=200.0)
    session.play()
    qtbot.waitUntil(lambda: session.timeline.last > 20)
    with qtbot.assertNotEmitted(session.cleared, wait=150):
        session.set_param("lr", 0.02)
    assert session.timeline.last > 20
    assert not session.restarts("lr")
    restarting = next(name for name in session.params.to_json() if session.restarts(name))
    value = session.params.to_json()[restarting]
    choices = next(spec for spec in _specs(session) if spec.name == restarting)
    other = next(c for c in choices.choices if c != value) if choices.choices else value + 1
    with qtbot.waitSignal(session.cleared):
        session.set_param(restarting, other)
    session.pause()


def _specs(session: Session) -> tuple:  # type: ignore[type-arg]
    from engines.core.params import specs

    return specs(type(session.params))


def test_a_bad_setting_is_refused_in_words_and_nothing_changes(session: Session, qtbot: QtBot) -> None:
    load(session, qtbot)
    params = session.params
    with pytest.raises(LearnerError, match="whole number"):
        session.set_param("n_clusters", 10_000)
    assert session.params is params


def test_edited_points_reach_a_running_engine(session: Session, qtbot: QtBot) -> None:
    load(session, qtbot, "classification.logistic", "linear", rate=200.0)
    session.play()
    qtbot.waitUntil(lambda: session.timeline.last > 20)
    points = session.data
    more = Points(np.vstack([points.x, [[1.0, 1.0]]]), np.append(points.y, 0))
    with qtbot.assertNotEmitted(session.cleared, wait=100):
        session.set_data(more)
    size = len(session.data)

    def newest_covers_all() -> bool:
        frame = session.timeline.nearest(session.timeline.last)
        confusion = next(p for p in frame.pictures if type(p).__name__ == "Confusion")  # type: ignore[union-attr]
        return len(confusion.truth) == size  # type: ignore[attr-defined]

    qtbot.waitUntil(newest_covers_all)
    session.pause()


def test_a_dragged_centre_moves_at_once_and_wakes_a_settled_run(session: Session, qtbot: QtBot) -> None:
    load(session, qtbot)
    session.play()
    qtbot.waitUntil(lambda: session.state in (State.RESTING, State.FINISHED))
    last = session.timeline.last
    session.poke(Poke("centres", (0,), (3.0, 2.5)))
    qtbot.waitUntil(lambda: session.timeline.last > last)


@pytest.mark.parametrize("key", ["clustering.kmeans", "classification.logistic", "neural.mlp"])
@pytest.mark.parametrize(
    "data", [Points(), Points(np.ones((5, 2)), np.zeros(5, int))], ids=["empty", "one class, all equal"]
)
def test_hopeless_data_is_refused_in_words_or_managed(session: Session, qtbot: QtBot, key: str, data: Points) -> None:
    said: list[Note] = []
    session.failed.connect(said.append)
    session.load(Experiment(key, engine_named(key).params(), data))
    session.play()
    qtbot.waitUntil(lambda: session.state in (State.FAILED, State.RESTING, State.FINISHED), timeout=20_000)
    if session.state is State.FAILED:
        assert said
        assert session.traceback == ""
        assert said[-1].render("en") != said[-1].render("zh")
    assert len(session.data) == len(data)


def test_points_after_a_refusal_start_the_run_by_themselves(session: Session, qtbot: QtBot) -> None:
    session.load(Experiment("clustering.kmeans", engine_named("clustering.kmeans").params(), Points()))
    qtbot.waitUntil(lambda: session.state is State.FAILED)
    session.set_data(make_sample("blobs", n=50, seed=0))
    qtbot.waitUntil(lambda: session.state is State.PAUSED and session.frame is not None)


def test_split_and_seed_restart(session: Session, qtbot: QtBot) -> None:
    load(session, qtbot)
    with qtbot.waitSignal(session.cleared):
        session.set_split(Split(0.5, 0.25, 3))
    assert (session.data.parts == 0).mean() == pytest.approx(0.5, abs=0.05)
    with qtbot.waitSignal(session.cleared):
        session.set_seed(4)
    assert session.experiment.seed == 4


def test_a_step_that_nobody_drew_is_computed_again_exactly_with_the_changes_on_the_way(
    session: Session, qtbot: QtBot
) -> None:
    load(session, qtbot, "classification.logistic", "linear", rate=UNLIMITED)
    session.set_param("tol", 1e-6)
    qtbot.waitUntil(lambda: session.state is State.PAUSED and session.timeline.last == 0)
    session.play()
    qtbot.waitUntil(lambda: session.timeline.last > 150)
    session.set_param("lr", 0.02)
    qtbot.waitUntil(lambda: session.timeline.last > 600)
    session.pause()
    qtbot.waitUntil(lambda: session.heard is State.PAUSED)
    missing = [index for index in range(400, 600) if not session.timeline.has(index)]
    session.seek(missing[len(missing) // 2])
    wanted = session.cursor
    assert session.recalling
    assert session.frame.index < wanted  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: session.frame is not None and session.frame.index == wanted, timeout=30_000)
    assert dict(session.frame.scalars) == session.timeline.scalars_at(wanted)  # type: ignore[union-attr]
    assert not session.recalling
