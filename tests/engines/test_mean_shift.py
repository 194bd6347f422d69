"""Mean shift against scikit-learn, its windows against counting by hand, and its edge cases."""

from typing import Any

import numpy as np
import pytest

from engines.clustering import _cells
from engines.clustering import mean_shift as module
from engines.clustering._cells import Cells, bins, density
from engines.clustering._windows import FOLLOWED
from engines.clustering.mean_shift import mean_shift
from engines.core.language import LearnerError
from engines.core.step import Change, Poke
from engines.data.points import Points
from engines.data.sampling import make_sample
from engines.pictures.circles import Circles
from engines.pictures.groups import Groups
from engines.pictures.heat import Heat
from tests.engines.running import drawn, finish, starter

start = starter(mean_shift)


def points(x: Any) -> Points:
    places = np.asarray(x, float)
    return Points(places, np.full(len(places), -1))


@pytest.mark.parametrize("bin_seeding", [False, True])
@pytest.mark.parametrize("name", ["blobs", "moons", "uniform", "rings"])
@pytest.mark.parametrize("bandwidth", [0.0, 0.6])
def test_same_centres_labels_and_rounds_as_scikit_learn(name: str, bandwidth: float, bin_seeding: bool) -> None:
    from sklearn.cluster import MeanShift

    data = make_sample(name, n=60, seed=4)
    _, outcome = finish(start(data, bandwidth=bandwidth, bin_seeding=bin_seeding))
    same = np.float64(outcome.scalars["bandwidth"])
    theirs = MeanShift(bandwidth=same, bin_seeding=bin_seeding).fit(data.x)
    np.testing.assert_allclose(outcome.arrays["cluster_centers_"], theirs.cluster_centers_, atol=1e-9)
    assert (outcome.arrays["labels_"] == theirs.labels_).all()
    assert outcome.scalars["n_iter"] == theirs.n_iter_
    assert outcome.scalars["n_clusters"] == len(theirs.cluster_centers_)


@pytest.mark.parametrize(("n", "quantile"), [(120, 0.3), (120, 0.05), (900, 0.2)])
def test_the_bandwidth_is_estimated_as_scikit_learn_does(n: int, quantile: float) -> None:
    from sklearn.cluster import estimate_bandwidth

    data = make_sample("blobs", n=n, seed=1)
    first = next(start(data, seed=7, quantile=quantile))
    x = data.x if n <= 500 else data.x[np.random.default_rng(7).permutation(n)[:500]]
    assert first.note.render().startswith(
        f"Windows that begin: {n}. Their radius is estimated: from {min(n, 500)} points"
    )
    told = dict(dict(first.note.values)["radius"].values)
    assert told["bandwidth"] == pytest.approx(estimate_bandwidth(x, quantile=quantile))
    assert told["asked"] == min(n, 500)
    assert told["k"] == int(min(n, 500) * quantile)


def test_who_is_too_far_is_left_out_and_told_as_scikit_learn_does() -> None:
    from sklearn.cluster import MeanShift

    data = make_sample("blobs", n=80, noise=0.6, seed=3)
    steps, outcome = finish(start(data, bandwidth=0.9, cluster_all=False))
    theirs = MeanShift(bandwidth=0.9, cluster_all=False).fit(data.x)
    assert (outcome.arrays["labels_"] == theirs.labels_).all()
    alone = int((theirs.labels_ < 0).sum())
    assert alone > 0
    assert f"too far from any hilltop: {alone}" in steps[-1].note.render()  # type: ignore[union-attr]


def test_the_limit_of_rounds_is_scikit_learns() -> None:
    from sklearn.cluster import MeanShift

    data = make_sample("moons", n=60, seed=2)
    _, outcome = finish(start(data, bandwidth=0.8, max_iter=3))
    theirs = MeanShift(bandwidth=0.8, max_iter=3).fit(data.x)
    np.testing.assert_allclose(outcome.arrays["cluster_centers_"], theirs.cluster_centers_, atol=1e-9)
    assert outcome.scalars["n_iter"] == theirs.n_iter_ == 3


def test_three_points_by_hand() -> None:
    """0 and 1 see each other and meet at 0.5; 5 is alone."""
    steps, outcome = finish(start(points([[0, 0], [1, 0], [5, 0]]), bandwidth=1.0))
    np.testing.assert_allclose(outcome.arrays["cluster_centers_"], [[0.5, 0], [5, 0]])
    assert outcome.arrays["labels_"].tolist() == [0, 0, 1]
    told = dict(steps[1].note.values)  # type: ignore[union-attr]
    assert (told["moving"], told["still"], told["most"]) == (1, 1, 2)  # the two have become one
    assert told["length"] == pytest.approx(0.5)


@pytest.mark.parametrize("seed", range(3))
def test_cells_find_all_that_is_within_reach(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_cells, "PAIRS_AT_ONCE", 500)
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 12, (300, 2)) * 0.5 if seed == 2 else rng.normal(size=(300, 2)) * (1, 30)  # many on the border
    places = np.vstack([x[:50] + rng.normal(size=(50, 2)) * (seed != 2), [[1e6, -1e6], [-50.0, 80.0]]])
    for radius in (0.5, 2.0, 1000.0):
        means, counts = Cells(x, radius).means(places)
        inside = ((places[:, None] - x) ** 2).sum(2) <= radius**2
        assert (counts == inside.sum(1)).all()
        assert (Cells(x, radius).pairs(places) >= counts).all()
        for place, mean, row in zip(places, means, inside, strict=True):
            np.testing.assert_allclose(mean, x[row].mean(0) if row.any() else place)


def test_bins_are_those_of_scikit_learn() -> None:
    from sklearn.cluster import get_bin_seeds

    x = np.random.default_rng(0).normal(size=(200, 2))
    ours = bins(x, 0.5)
    theirs = get_bin_seeds(x, np.float64(0.5))
    np.testing.assert_allclose(np.unique(ours, axis=0), np.unique(theirs, axis=0))
    assert bins(x[:3], 1e-6) is not None
    assert len(bins(x[:3], 1e-6)) == 3


def test_the_density_is_highest_in_the_thick_of_the_points() -> None:
    x = np.vstack([np.random.default_rng(0).normal((2, 1), 0.2, (100, 2)), [[-3.0, -2.0]]])
    heights = density(x, 0.8, (-8, -4, 8, 4))
    row, column = np.unravel_index(heights.argmax(), heights.shape)
    assert heights.max() == 1
    assert abs(-8 + (column + 0.5) / 16 - 2) < 0.2
    assert abs(-4 + (row + 0.5) / 16 - 1) < 0.2
    lonely = heights[((-2 + 4) * 16), ((-3 + 8) * 16)]
    assert 0.005 < lonely < 0.1
    assert heights[0, 0] < 1e-6  # nothing wraps round


def test_windows_are_drawn_with_their_ways_and_take_the_colour_of_their_hill() -> None:
    data = make_sample("blobs", n=200, noise=0.3, seed=1)
    steps = start(data, bandwidth=1.0)
    first = next(steps)
    circles = drawn(first, Circles)
    assert len(circles.centres) == FOLLOWED
    assert (circles.radii == 1.0).all()
    assert (circles.groups == -1).all()
    assert drawn(first, Heat).faint
    seen, labels = [first], [drawn(first, Groups).labels]
    while not seen[-1].rest:
        seen.append(next(steps))
        labels.append(drawn(seen[-1], Groups).labels)
    last = drawn(seen[-1], Circles)
    np.testing.assert_array_equal(last.trail[0], circles.centres)
    np.testing.assert_array_equal(last.trail[-1], last.centres)
    assert set(last.groups) == {0, 1, 2}
    assert (labels[-2] == -1).all()
    assert set(labels[-1]) == {0, 1, 2}
    moving = [step.scalars["windows_moving"] for step in seen]
    assert moving[0] == 200
    assert moving[-1] == 0
    assert seen[-1].scalars["clusters"] == 3


def test_long_rounds_are_cut_and_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_sample("blobs", n=200, seed=1)
    whole, outcome = finish(start(data, bandwidth=1.0))
    monkeypatch.setattr(module, "PAIRS_A_STEP", 2000)
    cut, same = finish(start(data, bandwidth=1.0))
    assert len(cut) > len(whole)
    np.testing.assert_allclose(same.arrays["cluster_centers_"], outcome.arrays["cluster_centers_"])


def test_what_takes_long_says_so() -> None:
    x = np.random.default_rng(0).normal(size=(60_000, 2))
    first = next(start(points(x), bandwidth=1.0))
    assert first.caution.render()
    assert not next(start(points(x[:3000]), bandwidth=1.0)).caution.render()


@pytest.mark.parametrize("after", [1, 3, 100])
def test_edited_points_begin_a_new_ascent(after: int) -> None:
    steps = start(make_sample("blobs", n=80, seed=1), bandwidth=1.0)
    step = next(steps)
    for _ in range(after):
        if not step.rest:
            step = next(steps)
    other = make_sample("moons", n=90, seed=2)
    step = steps.send(Change(data=other))
    assert step.scalars["windows_moving"] == 90
    _, outcome = finish(steps)
    _, straight = finish(start(other, bandwidth=1.0))
    np.testing.assert_allclose(outcome.arrays["cluster_centers_"], straight.arrays["cluster_centers_"])


def test_a_poke_means_nothing_to_it() -> None:
    steps = start(make_sample("blobs", n=80, seed=1), bandwidth=1.0)
    while not next(steps).rest:
        pass
    assert steps.send(Change(pokes=(Poke("centres", (0,), (0.0, 0.0)),))).rest
    with pytest.raises(StopIteration):
        next(steps)


def test_one_point_with_a_bandwidth_is_a_cluster_and_without_one_is_refused_in_words() -> None:
    _, outcome = finish(start(points([[3.0, 4.0]]), bandwidth=1.0))
    assert outcome.arrays["cluster_centers_"].tolist() == [[3, 4]]
    for data in (points([[3.0, 4.0]]), points(np.ones((30, 2)))):
        with pytest.raises(LearnerError, match="share their place"):
            next(start(data))
    with pytest.raises(LearnerError, match="no points"):
        next(start(Points()))
