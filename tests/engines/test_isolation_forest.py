"""Isolation forest against scikit-learn, trees by hand, and what a learner changes."""

import re
from typing import Any

import numpy as np
import pytest

from engines.anomaly._forest_pictures import LOW, Ranked
from engines.anomaly._isolation_trees import EVERYONE_LEFT, Trees, average_path, draw_samples, grow, way_of
from engines.anomaly.isolation_forest import IsolationForestParams, isolation_forest, score
from engines.core.dataset import Split
from engines.core.language import LearnerError
from engines.core.step import Change, Step
from engines.data.features import inputs_of
from engines.data.points import Points
from engines.data.sampling import parse_sample
from engines.pictures.confusion import Confusion
from engines.pictures.heat import Heat
from engines.pictures.marked import Marked
from engines.pictures.splits import Splits
from engines.pictures.workings import Workings
from tests.engines.running import finish, starter

ALL = Split(1.0, 0.0)
start = starter(isolation_forest, split=ALL)


def at_rest(steps: Any) -> Step:
    step = next(steps)
    while not step.rest:
        step = next(steps)
    return step


def picture(step: Step, kind: type) -> Any:
    return next(item for item in step.draw() if isinstance(item, kind))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "spec", ["strays:seed=1", "strays:bent=true,n=500,seed=4", "moons", "iris", "screening:n=600", "intrusion:n=600"]
)
def test_same_ranks_as_scikit_learn(spec: str, seed: int) -> None:
    from scipy.stats import spearmanr
    from sklearn.ensemble import IsolationForest

    data = parse_sample(spec)
    x = inputs_of(data).x
    _, outcome = finish(start(data, seed))
    theirs = -IsolationForest(n_estimators=100, random_state=seed).fit(x).score_samples(x)
    assert spearmanr(outcome.arrays["scores"], theirs)[0] > 0.9
    assert np.abs(outcome.arrays["scores"] - theirs).mean() < 0.03


def test_many_trees_come_to_the_same_scores_as_scikit_learns_many() -> None:
    from sklearn.ensemble import IsolationForest

    data = parse_sample("strays:seed=3")
    x = inputs_of(data).x
    _, outcome = finish(start(data, n_estimators=400))
    theirs = -IsolationForest(n_estimators=400, random_state=1).fit(x).score_samples(x)
    np.testing.assert_allclose(outcome.arrays["scores"], theirs, atol=0.03)


@pytest.mark.parametrize("contamination", [0.02, 0.1, 0.5])
def test_as_many_are_flagged_as_scikit_learn_flags(contamination: float) -> None:
    from sklearn.ensemble import IsolationForest

    data = parse_sample("strays:seed=3")
    x = inputs_of(data).x
    _, outcome = finish(start(data, contamination=contamination))
    theirs = IsolationForest(n_estimators=50, contamination=contamination, random_state=1).fit_predict(x)
    assert outcome.arrays["predictions"].sum() == (theirs == -1).sum()


def test_the_average_path_is_the_papers() -> None:
    from sklearn.ensemble._iforest import _average_path_length

    sizes = np.array([0, 1, 2, 3, 10, 256, 5000])
    np.testing.assert_allclose(average_path(sizes), _average_path_length(sizes))
    assert float(average_path(256)) == pytest.approx(10.2448, abs=1e-4)


def test_a_tree_by_hand() -> None:
    """First x₁ > 1? Those at the right are alone; at the left x₂ > 5? cuts two from one."""
    trees = Trees(
        np.array([[0, 1, 0]]), np.array([[1.0, 5.0, EVERYONE_LEFT]]), np.array([[2 + 1.0, 2.0, 1.0, 0.0]]), depth=2
    )
    x = np.array([[0.0, 0], [0.5, 4], [0.0, 9], [3, 3]])
    assert trees.lengths(x, 0).tolist() == [3, 3, 2, 1]
    assert way_of(trees, 0, x[2]) == [(0, 1.0, False), (1, 5.0, True)]
    assert way_of(trees, 0, x[3]) == [(0, 1.0, True)]
    assert score(10.0, 10.0) == 0.5


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("n", "d", "size"), [(40, 2, 40), (300, 5, 64), (7, 1, 5), (3, 2, 2)])
def test_trees_cut_their_sample_as_their_paths_say(n: int, d: int, size: int, seed: int) -> None:
    """Counting the sample in each node, cut by cut, gives the same path lengths."""
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(size=(n, d)), 1)  # with ties
    samples = draw_samples(n, size, 5, rng)
    assert all(len(set(rows)) == size for rows in samples.tolist())
    trees = grow(x, samples, rng)
    assert trees.depth == int(np.ceil(np.log2(max(size, 2))))
    for tree in range(5):
        lengths = trees.lengths(x, tree)
        for row in range(n):
            left = x[samples[tree]]
            way = way_of(trees, tree, x[row])
            for column, threshold, right in way:
                assert left[:, column].min() <= threshold < left[:, column].max()
                left = left[(left[:, column] > threshold) == right]
                assert len(left)
            assert lengths[row] == pytest.approx(len(way) + float(average_path(len(left))))
            assert len(way) == trees.depth or len(np.unique(left, axis=0)) == 1


def test_the_cuts_that_are_shown_hold_the_watched_row_and_shrink() -> None:
    data = parse_sample("strays:seed=1")
    assert isinstance(data, Points)
    boxes, rows = [], []
    for step in start(data):
        if ", cut " not in step.note.render():
            if boxes:
                break
            continue
        splits = picture(step, Splits)
        boxes.append(splits.lit)
        rows.append(int(picture(step, Marked).ringed[0]))
        x, y = data.x[rows[-1]]
        left, bottom, right, top = splits.lit
        assert left <= x <= right
        assert bottom <= y <= top
        count = int(re.search(r"on its side: (\d+)", step.note.render())[1])  # type: ignore[index]
        assert count >= 1 or rows[-1] >= 0
    assert len(set(rows)) == 2
    far = [box for box, row in zip(boxes, rows, strict=True) if row == rows[0]]
    near = [box for box, row in zip(boxes, rows, strict=True) if row == rows[-1]]
    assert len(far) < len(near) == 8
    sizes = [(right - left) * (top - bottom) for left, bottom, right, top in near]
    assert sizes == sorted(sizes, reverse=True)


def test_the_notes_numbers_are_those_of_the_outcome() -> None:
    steps, outcome = finish(start(parse_sample("strays:seed=1"), n_estimators=20))
    note = str(steps[-2].note.render())  # type: ignore[union-attr]
    found = re.match(
        r"Row (\d+) has the highest score, 2\^\(−([\d.]+) ÷ ([\d.]+)\) = ([\d.]+); the lowest is ([\d.]+)", note
    )
    assert found
    scores = outcome.arrays["scores"]
    assert int(found[1]) == scores.argmax() + 1
    assert float(found[4]) == pytest.approx(scores.max(), abs=6e-4)
    assert float(found[5]) == pytest.approx(scores.min(), abs=6e-4)
    assert 2 ** (-float(found[2]) / float(found[3])) == pytest.approx(scores.max(), abs=2e-3)
    assert picture(steps[-2], Workings).lines[-1].render().endswith(f"= {scores.max():.3f}")
    assert sum("isolates row" in step.note.render() for step in steps) == 20  # type: ignore[union-attr]


def test_what_is_far_out_has_the_shorter_path() -> None:
    steps, _ = finish(start(parse_sample("strays:seed=1")))
    assert steps[-1].scalars["path_far_out"] < 6 < 9 < steps[-1].scalars["path_in_the_middle"]
    assert np.isnan(steps[0].scalars["path_far_out"])


def test_the_labs_numbers() -> None:
    data = parse_sample("strays:n=300,share=0.04,bent=true,seed=4")
    assert "10 of 12 strays found, 2 missed, 2 false" in at_rest(start(data, contamination=0.04)).note.render()
    one = at_rest(start(data, contamination=0.04, n_estimators=1))
    assert "5 of 12 strays found" in one.note.render()
    small = at_rest(start(data, contamination=0.04, max_samples=8))
    assert "3 of 12 strays found" in small.note.render()


def test_the_share_to_flag_is_live() -> None:
    steps = start(parse_sample("strays:seed=1"), n_estimators=20)
    first = at_rest(steps)
    assert first.note.render().startswith("A score above 0.500")
    step = steps.send(Change(params=IsolationForestParams(n_estimators=20, contamination=0.1)))
    assert step.rest
    assert step.scalars["flagged"] == 30
    assert picture(step, Ranked).cut.value == 0.1
    assert len(picture(step, Marked).ringed) == 30
    _, outcome = finish(steps)
    assert outcome.arrays["predictions"].sum() == 30


@pytest.mark.parametrize("when", [0, 4, 12, 17])
def test_a_share_changed_on_the_way_counts_in_the_end_and_after_an_edit(when: int) -> None:
    steps = start(parse_sample("strays:seed=1"), n_estimators=5)
    for _ in range(when + 1):
        next(steps)
    steps.send(Change(params=IsolationForestParams(n_estimators=5, contamination=0.1)))
    assert at_rest(steps).scalars["flagged"] == pytest.approx(30, abs=3)
    step = steps.send(Change(data=parse_sample("strays:seed=2").with_split(ALL)))
    assert step.rest
    assert step.scalars["flagged"] == pytest.approx(30, abs=3)


def test_edited_points_grow_the_forest_again_at_once_where_it_had_come_to_rest() -> None:
    steps = start(parse_sample("strays:seed=1"), n_estimators=10)
    at_rest(steps)
    more = parse_sample("strays:n=350,seed=2").with_split(ALL)
    step = steps.send(Change(data=more))
    assert step.rest
    assert step.draw()
    _, outcome = finish(steps)
    assert len(outcome.arrays["scores"]) == 350
    _, fresh = finish(start(more, n_estimators=10))
    np.testing.assert_array_equal(outcome.arrays["scores"], fresh.arrays["scores"])


@pytest.mark.parametrize("when", [0, 3, 9, 15, 20])
def test_points_edited_on_the_way_begin_again(when: int) -> None:
    steps = start(parse_sample("strays:n=100,seed=1"), n_estimators=10)
    for _ in range(when + 1):
        next(steps)
    step = steps.send(Change(data=parse_sample("strays:n=120,seed=2").with_split(ALL)))
    assert step.note.render().startswith("10 trees cut at random until each row is alone, each tree 120 rows")
    _, outcome = finish(steps)
    assert len(outcome.arrays["scores"]) == 120


def test_the_background_is_the_score_and_looking_seldom_changes_nothing() -> None:
    data = parse_sample("strays:seed=1")
    often = start(data, n_estimators=12)
    for step in often:
        heat = picture(step, Heat)
        if step.rest:
            break
    seldom = picture(at_rest(start(data, n_estimators=12)), Heat)
    np.testing.assert_array_equal(heat.values, seldom.values)
    assert LOW <= heat.values.min() < 0.5 < heat.values.max()
    corner = heat.values[0, 0]
    assert corner > heat.values[32, 64]


def test_kinds_of_picture_by_kind_of_data() -> None:
    for spec, kinds in {
        "strays:n=50": [Heat, Splits, Marked, Ranked, Confusion, Workings],
        "blobs:n=50": [Heat, Splits, Marked, Ranked, Workings],
        "screening:n=100": [Ranked, Confusion, Workings],
        "houses:n=50": [Ranked, Workings],
    }.items():
        steps, _ = finish(start(parse_sample(spec), n_estimators=3))
        assert all([type(item) for item in step.draw()] == kinds for step in steps), spec


def test_scores_are_drawn_from_the_highest_on() -> None:
    steps = start(parse_sample("strays:seed=1"), n_estimators=30)
    ranked = picture(at_rest(steps), Ranked)
    line, dots = ranked.lines
    assert (np.diff(line.y) <= 0).all()
    assert len(line.x) == 150
    assert line.x[0] == pytest.approx(1 / 300)
    assert set(dots.y) <= set(line.y)


def test_the_same_seed_gives_the_same_forest_and_another_another() -> None:
    data = parse_sample("moons")
    one, two, three = (finish(start(data, seed, n_estimators=5))[1].arrays["scores"] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, three)


def test_it_learns_from_the_training_share_and_scores_all() -> None:
    split = Split(0.5, 0.2)
    steps, outcome = finish(start(parse_sample("strays:n=200,seed=1"), split=split, n_estimators=10))
    assert "each tree 100 rows" in steps[0].note.render()  # type: ignore[union-attr]
    assert len(outcome.arrays["scores"]) == 200
    assert {"test_precision", "test_recall", "test_f1"} <= outcome.scalars.keys()


@pytest.mark.parametrize(
    "x", [np.zeros((0, 2)), np.zeros((1, 2)), np.ones((9, 2))], ids=["no points", "one point", "one spot"]
)
def test_what_cannot_be_cut_is_refused_in_words(x: np.ndarray) -> None:
    with pytest.raises(LearnerError):
        next(start(Points(x, np.zeros(len(x), int))))


def test_two_points_twins_and_a_constant_column() -> None:
    for x in (
        np.array([[0.0, 0], [1, 1]]),
        np.repeat(np.array([[0.0, 0], [1, 1]]), 40, axis=0),
        np.column_stack([np.arange(30.0), np.full(30, 7.0)]),
        np.random.default_rng(0).normal(size=(50, 2)) + 1e9,
    ):
        steps, outcome = finish(start(Points(x, np.zeros(len(x), int)), n_estimators=8))
        assert np.isfinite(outcome.arrays["scores"]).all()
        assert all(step.draw() for step in steps)


def test_long_runs_say_so_before() -> None:
    quick = next(start(parse_sample("strays:n=300")))
    assert not quick.caution.render()
    slow = next(start(parse_sample("strays:n=20000,share=0.001"), n_estimators=1000, max_samples=4096))
    assert "seconds" in slow.caution.render()
