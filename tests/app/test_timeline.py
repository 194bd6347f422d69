"""History: every scalar kept, frames thinned but never the first or the newest."""

import pickle

import numpy as np

from app.session.timeline import Timeline
from engines.core.language import say
from engines.core.messages import Frame, Progress


def progress(first: int, values: list[float], frame: int | None = None, size: int = 10) -> Progress:
    blob = None
    if frame is not None:
        blob = pickle.dumps(Frame(frame, say("x" * size), say(""), 1, {"loss": 0.0}, (), say("")))
    return Progress(1, first, ("loss",), np.array(values).reshape(-1, 1), 1, blob, -1 if frame is None else frame)


def test_scalars_of_all_steps_are_kept_in_order() -> None:
    timeline = Timeline()
    for first in range(0, 1000, 10):
        timeline.add(progress(first, [float(i) for i in range(first, first + 10)]))
    assert len(timeline) == 1000
    assert timeline.scalars("loss").tolist() == list(range(1000))
    assert timeline.scalars_at(77) == {"loss": 77.0}
    assert timeline.scalars_at(1000) == {}
    assert len(timeline.scalars("other")) == 0


def test_nearest_before_and_after() -> None:
    timeline = Timeline()
    assert timeline.nearest(3) is None
    timeline.add(progress(0, [0.0] * 31, 0))
    for index in (10, 20, 30):
        timeline.add(progress(31, [], index))
    assert [timeline.nearest(i).index for i in (0, 9, 10, 25, 99)] == [0, 0, 10, 20, 30]  # type: ignore[union-attr]
    assert [timeline.before(i) for i in (30, 25, 1, 0)] == [29, 24, 0, 0]  # what nobody drew can be computed again
    assert [timeline.after(i) for i in (0, 10, 30)] == [1, 11, 30]
    assert timeline.has(20)
    assert not timeline.has(21)


def test_late_in_a_long_run_a_step_leads_to_the_next_frame_that_was_drawn() -> None:
    timeline = Timeline()
    timeline.add(progress(0, [0.0] * 5001, 0))
    for index in (2000, 3000, 5000):
        timeline.add(progress(5001, [], index))
    assert [timeline.before(i) for i in (5000, 2500, 1000)] == [3000, 2000, 999]
    assert [timeline.after(i) for i in (2500, 1001, 1000)] == [3000, 2000, 1001]


def test_frames_are_thinned_to_the_limit() -> None:
    timeline = Timeline(bytes_limit=50_000)
    for index in range(200):
        timeline.add(progress(index, [0.0], index, size=1000))
    kept = [index for index in range(200) if timeline.has(index)]
    assert kept[0] == 0
    assert kept[-1] == 199
    assert 10 < len(kept) <= 50
    assert max(np.diff(kept)) <= 32


def test_clear_forgets() -> None:
    timeline = Timeline()
    timeline.add(progress(0, [1.0], 0))
    timeline.clear()
    assert timeline.last == -1
    assert timeline.nearest(0) is None
