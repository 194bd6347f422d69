"""DBSCAN against scikit-learn, a case worked by hand, its changes on the way and its edge cases."""

from typing import Any

import numpy as np
import pytest

from engines.clustering._neighbours import Cells, Neighbours
from engines.clustering.dbscan import GROW, SEEK, DBSCANParams, KDistance, dbscan
from engines.core.language import LearnerError
from engines.core.step import Change, Step
from engines.data.points import Points
from engines.data.sampling import make_sample, parse_sample
from engines.pictures.circles import Circles
from engines.pictures.groups import Groups
from engines.pictures.marked import Marked
from tests.engines.running import finish, starter

PACES = ("point by point", "wave by wave", "all at once")
EIGHT = np.array([[0.0, 0], [1, 0], [2, 0], [3, 0], [9, 0], [10, 0], [11, 0], [6, 5]])  # two lines and one alone
start = starter(dbscan)


def points(x: Any) -> Points:
    return Points(np.asarray(x, float), np.zeros(len(x), int))


def said(steps: list[Step]) -> list[str]:
    return [step.note.render() for step in steps]  # type: ignore[union-attr]


def picture(step: Step, kind: type[Any]) -> Any:
    return next(picture for picture in step.draw() if type(picture) is kind)


def rest(steps: Any) -> Step:
    """Go on until it rests."""
    step = next(steps)
    while not step.rest:
        step = next(steps)
    return step


def data_sets() -> dict[str, Points]:
    lattice = np.random.default_rng(4).integers(0, 9, (150, 2)) * 0.1
    return {
        "moons": parse_sample("moons:n=220,noise=0.06,seed=2+outliers:n=20"),
        "blobs": make_sample("blobs", n=200, noise=0.5, seed=3),
        "rings": make_sample("rings", n=200, noise=0.05, seed=1),
        "a lattice, where many distances are exactly ε, and the same places come again": points(lattice),
        "far away": points(np.random.default_rng(1).normal(size=(80, 2)) * 1e3 + 1e6),
    }


@pytest.mark.parametrize("pace", PACES)
@pytest.mark.parametrize("name", data_sets())
def test_same_labels_and_core_points_as_scikit_learn_in_the_same_order(name: str, pace: str) -> None:
    from sklearn.cluster import DBSCAN

    data = data_sets()[name]
    for eps in (0.1, 0.2, 0.45):
        for min_samples in (1, 4, 9, 200):
            theirs = DBSCAN(eps=eps, min_samples=min_samples).fit(data.x)
            _, ours = finish(start(data, eps=eps, min_samples=min_samples, pace=pace))
            assert (ours.arrays["labels_"] == theirs.labels_).all(), (eps, min_samples)
            assert ours.arrays["core_sample_indices_"].tolist() == theirs.core_sample_indices_.tolist()
            assert ours.arrays["components_"].shape == theirs.components_.shape
            assert ours.scalars["clusters"] == theirs.labels_.max() + 1
            assert ours.scalars["noise"] == (theirs.labels_ < 0).sum()


def test_a_border_point_of_two_clusters_goes_to_the_one_that_comes_first() -> None:
    x = [[0.0, 0], [1, 0], [2, 0], [12, 0], [22, 0], [23, 0], [24, 0]]  # the fourth is within 10 of both
    for order in ([0, 1, 2, 3, 4, 5, 6], [4, 5, 6, 3, 0, 1, 2]):
        _, outcome = finish(start(points(np.array(x)[order]), eps=10.0, min_samples=4))
        assert outcome.arrays["labels_"].tolist() == [0, 0, 0, 0, 1, 1, 1]
        assert outcome.scalars["core_points"] == 2


def test_eight_points_by_hand_point_by_point() -> None:
    steps, outcome = finish(start(points(EIGHT), eps=1.0, min_samples=3, pace="point by point"))
    assert said(steps) == [
        "3 of 8 points are core points: they have at least 3 points within ε = 1, themselves included",
        "2 within ε, itself included: 2 < 3, this point is noise for now",
        "3 within ε, itself included: 3 ≥ 3, this is a core point. Cluster 1 begins",
        "3 ≥ 3: a core point too. Newly reached for cluster 1: 2",
        "2 < 3: a border point of cluster 1, which does not grow from here",
        "3 ≥ 3: a core point too. Newly reached for cluster 1: 1",
        "2 < 3: a border point of cluster 1, which does not grow from here",
        "2 within ε, itself included: 2 < 3, this point is noise for now",
        "3 within ε, itself included: 3 ≥ 3, this is a core point. Cluster 2 begins",
        "3 ≥ 3: a core point too. Newly reached for cluster 2: 2",
        "2 < 3: a border point of cluster 2, which does not grow from here",
        "2 < 3: a border point of cluster 2, which does not grow from here",
        "1 within ε, itself included: 1 < 3, this point is noise for now",
        "Settled: clusters 2, core points 3, border points 4, noise 1",
    ]
    assert outcome.arrays["labels_"].tolist() == [0, 0, 0, 0, 1, 1, 1, -1]
    assert [step.then.render() for step in steps[:4]] == [SEEK, SEEK, GROW, GROW]  # type: ignore[union-attr]


def test_eight_points_by_hand_wave_by_wave() -> None:
    steps, _ = finish(start(points(EIGHT), eps=1.0, min_samples=3))
    assert said(steps)[1:6] == [
        "Points taken for noise for now: 1. The next has 3 within ε, itself included: 3 ≥ 3, this is a core point. "
        "Cluster 1 begins",
        "Wave 1 of cluster 1: on the front 1, core points among them 1, newly reached 2",
        "Wave 2 of cluster 1: on the front 2, core points among them 1, newly reached 1",
        "Wave 3 of cluster 1: on the front 1, core points among them 0, newly reached 0",
        "Points taken for noise for now: 1. The next has 3 within ε, itself included: 3 ≥ 3, this is a core point. "
        "Cluster 2 begins",
    ]
    assert said(steps)[-2] == "1 within ε, itself included: 1 < 3, this point is noise for now"


def test_what_is_drawn_of_the_second_wave() -> None:
    steps = start(points(EIGHT), eps=1.0, min_samples=3)
    step = [next(steps) for _ in range(4)][-1]
    shown = picture(step, Marked)
    assert shown.ringed.tolist() == [0, 3]  # the first was noise, now it is a border point
    assert shown.crossed.tolist() == []
    assert picture(step, Groups).labels.tolist() == [0, 0, 0, 0, -1, -1, -1, -1]
    circles = picture(step, Circles)
    assert circles.centres.tolist() == [[2, 0]]
    assert circles.radii.tolist() == [1]
    assert picture(rest(steps), Marked).crossed.tolist() == [7]


def test_many_left_over_are_noise_in_one_step() -> None:
    steps, outcome = finish(start(points(EIGHT), eps=0.5, min_samples=3))
    assert said(steps)[1] == "No core point is left: 8 points that were not visited yet are noise"
    assert (outcome.arrays["labels_"] == -1).all()
    assert outcome.scalars == {"clustered": 0, "noise": 8, "clusters": 0, "core_points": 0}


def test_below_the_cut_of_the_k_distance_graph_are_exactly_the_core_points() -> None:
    data = make_sample("moons", n=300, noise=0.1, seed=5)
    for eps in (0.1, 0.2, 0.3):
        step = next(start(data, eps=eps, min_samples=6))
        graph = picture(step, KDistance)
        assert (graph.cut.param, graph.cut.value, graph.cut.upright) == ("eps", eps, False)
        below, above = graph.lines
        assert len(below.x) == step.scalars["core_points"]
        assert below.y.max() <= eps < above.y[1]
        y = np.concatenate([below.y, above.y[1:]])
    expected = np.sort(np.sort(np.hypot(*(data.x[:, None] - data.x).T), axis=1)[:, 5])
    np.testing.assert_allclose(y, expected)
    many = picture(next(start(make_sample("moons", n=5000, seed=1), eps=100.0)), KDistance)
    assert [len(line.x) for line in many.lines] == [400, 0]
    none = picture(next(start(points(EIGHT), min_samples=9)), KDistance)
    assert [len(line.x) for line in none.lines] == [0, 0]


def test_another_reach_at_rest_begins_anew_inside_the_run_and_measures_nothing_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = make_sample("moons", n=200, noise=0.08, seed=1)
    steps = start(data, eps=0.5)
    rest(steps)
    asked = []
    plain = Neighbours.squared_to
    monkeypatch.setattr(Neighbours, "squared_to", lambda self, k, rows: asked.append(k) or plain(self, k, rows))
    step = steps.send(Change(params=DBSCANParams(eps=0.2)))
    assert step.scalars["clustered"] == 0
    assert picture(step, KDistance).cut.value == 0.2
    steps.send(Change(params=DBSCANParams(eps=0.2, min_samples=8)))
    assert asked == [8]
    _, outcome = finish(steps)
    _, direct = finish(start(data, eps=0.2, min_samples=8))
    assert (outcome.arrays["labels_"] == direct.arrays["labels_"]).all()


def test_all_at_once_answers_a_change_of_reach_with_the_new_clusters_in_one_step() -> None:
    data = make_sample("moons", n=200, noise=0.08, seed=1)
    steps = start(data, eps=2.0, pace="all at once")
    assert next(steps).scalars["clusters"] == 1
    step = steps.send(Change(params=DBSCANParams(eps=0.3, pace="all at once")))
    assert step.rest
    assert step.scalars["clusters"] == 2


def test_another_pace_goes_on_where_it_is() -> None:
    data = make_sample("moons", n=200, noise=0.08, seed=1)
    steps = start(data, eps=0.3)
    for _ in range(4):
        before = next(steps)
    step = steps.send(Change(params=DBSCANParams(eps=0.3, pace="point by point")))
    assert step.scalars["clustered"] >= before.scalars["clustered"] > 1
    more, outcome = finish(steps)
    assert len(more) > 150
    _, direct = finish(start(data, eps=0.3))
    assert (outcome.arrays["labels_"] == direct.arrays["labels_"]).all()


@pytest.mark.parametrize("at", [1, 5, None])
def test_edited_points_begin_anew(at: int | None) -> None:
    steps = start(make_sample("moons", n=200, noise=0.08, seed=1), eps=0.3)
    if at is None:
        rest(steps)
    else:
        for _ in range(at):
            next(steps)
    more = make_sample("blobs", n=120, noise=0.1, seed=2)
    step = steps.send(Change(data=more))
    assert step.scalars["clustered"] == 0
    _, outcome = finish(steps)
    _, direct = finish(start(more, eps=0.3))
    assert (outcome.arrays["labels_"] == direct.arrays["labels_"]).all()


def test_very_dense_data_need_no_memory_for_their_pairs() -> None:
    """40,000 points that all are neighbours would be 1.6 thousand million pairs."""
    import tracemalloc

    x = np.random.default_rng(0).normal(size=(40_000, 2)) * 0.1
    tracemalloc.start()
    steps, outcome = finish(start(points(x), eps=1.0))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert outcome.scalars["clusters"] == 1
    assert peak < 60e6
    assert len(steps) < 12


def test_long_measuring_is_cut_into_steps_and_slow_runs_say_so_beforehand() -> None:
    data = make_sample("uniform", n=100_000, seed=1)
    steps = start(data, eps=0.02)
    step = next(steps)
    assert step.note.render() == "Measure the distance from each point to its neighbours: 40000 of 100000 are done"  # type: ignore[union-attr]
    assert np.isnan(step.scalars["core_points"])
    assert not step.caution.render()  # type: ignore[union-attr]
    assert next(start(data, pace="point by point")).caution.render().startswith("This will take about 15 seconds")  # type: ignore[union-attr]


def test_cells_find_whoever_is_near_and_the_reach_may_be_tiny() -> None:
    rng = np.random.default_rng(2)
    for x, eps in ((rng.normal(size=(300, 2)), 0.3), (rng.integers(0, 50, (300, 2)) * 0.1, 0.1), (EIGHT * 1e6, 0.01)):
        cells = Cells(x, eps)
        distance = np.hypot(*(x[:, None] - x).T)
        for row in range(0, len(x), 7):
            near = cells.around(np.array([row]))
            assert len(np.unique(near)) == len(near)
            assert set(np.flatnonzero(distance[row] <= eps)) <= set(near.tolist())


@pytest.mark.parametrize("x", [np.zeros((1, 2)), np.ones((30, 2)), [[1e4, 0], [-1e4, 0]]])
def test_odd_points(x: Any) -> None:
    _, outcome = finish(start(points(x)))
    assert outcome.arrays["labels_"].tolist() == ([0] * 30 if len(x) == 30 else [-1] * len(x))


def test_no_points_are_refused_in_words() -> None:
    with pytest.raises(LearnerError, match="There are no points yet"):
        next(start(Points()))
    steps = start(points(EIGHT))
    next(steps)
    with pytest.raises(LearnerError, match="There are no points yet"):
        steps.send(Change(data=Points()))
