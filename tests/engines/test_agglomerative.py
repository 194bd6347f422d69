"""Agglomerative clustering against scikit-learn and scipy, a case worked by hand, its cuts, changes and edge cases."""

from typing import Any

import numpy as np
import pytest

import engines.clustering._merging as merging_module
from engines.clustering._hierarchy import Hierarchy
from engines.clustering._merging import Merging
from engines.clustering.agglomerative import CUT, FIND, MERGE, AgglomerativeParams, agglomerative
from engines.core.language import LearnerError
from engines.core.step import Change, Step
from engines.data.points import Points
from engines.data.sampling import make_sample
from engines.pictures.dendrogram import Dendrogram
from engines.pictures.groups import Groups
from engines.pictures.links import Links
from engines.pictures.marked import Marked
from tests.engines.running import finish, starter

LINKAGES = ("ward", "complete", "average", "single")
FIVE = np.array([[0.0, 0], [1, 0], [5, 0], [7, 0], [7, 4]])
start = starter(agglomerative)


def points(x: Any) -> Points:
    return Points(np.asarray(x, float), np.zeros(len(x), int))


def said(step: Step) -> str:
    return step.note.render()  # type: ignore[union-attr]


def picture(step: Step, kind: type[Any]) -> Any:
    return next(picture for picture in step.draw() if type(picture) is kind)


def rest(steps: Any) -> Step:
    """Go on until it rests."""
    step = next(steps)
    while not step.rest:
        step = next(steps)
    return step


def tree_of(x: Any, linkage: str) -> Hierarchy:
    """The whole tree at once."""
    found = Merging(x, linkage)
    while found.ready < len(x):
        found.measure()
    found.find(len(x))
    return Hierarchy(found.pairs, found.heights)


def same_partition(a: Any, b: Any) -> bool:
    """Whether two labellings are the same up to the names."""
    pairs = set(zip(np.asarray(a).tolist(), np.asarray(b).tolist(), strict=True))
    return len(pairs) == len(set(a.tolist())) == len(set(b.tolist()))


def data_sets() -> dict[str, Any]:
    rng = np.random.default_rng(4)
    return {
        "blobs": make_sample("blobs", n=90, noise=0.6, seed=3).x,
        "moons": make_sample("moons", n=80, noise=0.05, seed=2).x,
        "a lattice, where many distances are the same and so are many points": rng.integers(0, 7, (60, 2)) * 0.3,
        "a constant column": np.column_stack([rng.normal(size=40), np.full(40, 2.0)]),
        "far away": rng.normal(size=(50, 2)) * 1e3 + 1e6,
    }


@pytest.mark.parametrize("linkage", LINKAGES)
@pytest.mark.parametrize("name", data_sets())
def test_same_clusters_as_scikit_learn_and_same_heights_as_scipy(name: str, linkage: str) -> None:
    from scipy.cluster.hierarchy import linkage as theirs_of
    from sklearn.cluster import AgglomerativeClustering

    x = data_sets()[name]
    tree, theirs = tree_of(x, linkage), theirs_of(x, linkage)
    np.testing.assert_allclose(tree.heights, theirs[:, 2], rtol=1e-12, atol=1e-9)
    assert (tree.children == theirs[:, :2]).all()
    assert (tree.sizes[len(x) :] == theirs[:, 3]).all()
    for k in (1, 2, 3, 7, 20, len(x)):
        assert same_partition(tree.labels(k), AgglomerativeClustering(k, linkage=linkage).fit(x).labels_), k
    for height in (0.3, 0.6, 2.0, float(tree.heights[-3])):
        model = AgglomerativeClustering(None, distance_threshold=height, linkage=linkage).fit(x)
        assert tree.count_below(height) == model.n_clusters_
        assert same_partition(tree.labels(tree.count_below(height)), model.labels_)


@pytest.mark.parametrize(
    ("linkage", "heights"),
    [
        ("single", [1, 2, 4, 4]),
        ("complete", [1, 2, np.sqrt(20), np.sqrt(65)]),
        ("average", [1, 2, (4 + np.sqrt(20)) / 2, (5 + 4 + 7 + 6 + np.sqrt(65) + np.sqrt(52)) / 6]),
        ("ward", [1, 2, np.sqrt(4 / 3) * np.sqrt(17), np.sqrt(12 / 5) * np.hypot(19 / 3 - 0.5, 4 / 3)]),
    ],
)
def test_five_points_by_hand(linkage: str, heights: list[float]) -> None:
    steps, outcome = finish(start(points(FIVE), linkage=linkage, n_clusters=2, pace="merge by merge"))
    np.testing.assert_allclose(outcome.arrays["distances_"], heights)
    if linkage == "single":  # the two distances of 4 are equal: then it is the order of the points that decides
        assert sorted(np.bincount(outcome.arrays["labels_"])) in ([1, 4], [2, 3])
    else:
        assert outcome.arrays["labels_"].tolist() == [1, 1, 0, 0, 0]
    assert [step.scalars["clusters"] for step in steps] == [5, 4, 3, 2, 1, 2]
    assert [step.then.render() for step in steps] == [MERGE] * 4 + [CUT, ""]  # type: ignore[union-attr]
    np.testing.assert_allclose([step.scalars["distance"] for step in steps], [np.nan, *heights, heights[-1]])


def test_the_notes_have_the_numbers_in_them() -> None:
    def notes(linkage: str) -> list[str]:
        return [
            said(step) for step in finish(start(points(FIVE), linkage=linkage, n_clusters=2, pace="merge by merge"))[0]
        ]

    ward = notes("ward")
    assert ward[0] == "5 points, 5 clusters: each is alone"
    assert ward[3] == (
        "Clusters of 1 and 2 merge at distance 4.761: √(2 · 1 · 2 / (1 + 2)) times 4.123, the distance of their "
        "middles. Clusters left: 2"
    )
    assert ward[5] == "The tree is whole. Cut at 7.015, clusters: 2, of 3, 2 points"
    assert "distance 4.472: the distance of their two farthest points." in notes("complete")[3]
    assert "distance 4.236: the mean of 2 distances from point to point." in notes("average")[3]
    assert "distance 4.000: the distance of their two nearest points." in notes("single")[3]


@pytest.mark.parametrize(("linkage", "length"), [("single", 4), ("complete", 65**0.5), ("ward", 35.8055555**0.5)])
def test_the_newest_merge_is_linked_where_it_is_measured(linkage: str, length: float) -> None:
    steps = start(points(FIVE), linkage=linkage, pace="merge by merge")
    step = [next(steps) for _ in range(5)][-1]
    links = picture(step, Links)
    assert links.strengths.tolist() == [0.5] * 4 + [1]
    ends = links.ends[-1]
    assert np.hypot(*(ends[2:] - ends[:2])) == pytest.approx(length)
    assert picture(step, Marked).ringed.tolist() == picture(step, Dendrogram).rows.tolist()
    shortest = np.hypot(*(links.ends[:4, 2:] - links.ends[:4, :2]).T)
    assert shortest.tolist() == [1, 2, 4, 4]  # what stays are the shortest ways between what merged
    settled = next(steps)
    assert len(picture(settled, Links).ends) == 2  # three clusters are left: two merges are below the cut
    assert len(picture(settled, Marked).ringed) == 0


def test_points_take_the_colour_of_their_cluster_when_they_are_no_longer_alone() -> None:
    steps = start(points(FIVE), n_clusters=2, pace="merge by merge")
    drawn = [picture(step, Groups).labels.tolist() for step in (next(steps) for _ in range(6))]
    assert drawn[0] == [-1] * 5
    assert drawn[1] == [1, 1, -1, -1, -1]
    assert drawn[2] == [1, 1, 0, 0, -1]
    assert drawn[3] == drawn[5] == [1, 1, 0, 0, 0]


def test_the_dendrogram_grows_on_axes_that_stay() -> None:
    steps = start(points(FIVE), n_clusters=2, pace="merge by merge")
    trees = [picture(step, Dendrogram) for step in (next(steps) for _ in range(6))]
    assert [tree.done for tree in trees] == [0, 1, 2, 3, 4, 4]
    assert [tree.lit for tree in trees] == [-1, 0, 1, 2, 3, -1]
    assert len({tree.top for tree in trees}) == 1
    last = trees[-1]
    assert last.rows.tolist() == [0, 1, 4, 2, 3]
    assert last.places.tolist() == [[0, 1], [3, 4], [2, 3.5], [0.5, 2.75]]
    np.testing.assert_allclose(last.feet, [[0, 0], [0, 0], [0, 2], [1, last.heights[2]]])
    assert last.spans.tolist() == [[0, 2], [3, 5], [2, 5], [0, 5]]
    assert last.groups.tolist() == [[1, 1, 1], [0, 0, 0], [0, 0, 0], [1, 0, -1]]
    assert last.counts.tolist() == [1] * 5
    assert last.cut.param == "n_clusters"
    assert last.heights[2] < last.cut.value < last.heights[3]


def test_of_many_merges_the_last_are_drawn_and_the_leaves_hold_the_rest() -> None:
    data = make_sample("blobs", n=700, noise=0.5, seed=1)
    last = picture(rest(start(data)), Dendrogram)
    assert len(last.heights) == last.done == 80
    assert last.counts.sum() == 700
    assert len(last.counts) == 81
    assert (np.diff(last.heights) >= 0).all()
    assert sorted(last.rows.tolist()) == list(range(700))
    assert last.spans[-1].tolist() == [0, 700]
    first = picture(next(start(data)), Dendrogram)
    assert (first.done, first.lit) == (0, -1)
    assert len(picture(rest(start(data)), Links).ends) == 0


@pytest.mark.parametrize("linkage", LINKAGES)
def test_no_branches_cross(linkage: str) -> None:
    tree = tree_of(make_sample("moons", n=70, noise=0.1, seed=5).x, linkage)
    for node in range(70, 139):
        left, right = tree.children[node - 70]
        assert sorted(tree.members(node)) == sorted([*tree.members(left), *tree.members(right)])
        assert tree.first[right] == tree.first[left] + tree.sizes[left]


def test_a_cluster_keeps_its_number_when_the_cut_is_moved() -> None:
    tree = tree_of(make_sample("blobs", n=90, noise=0.6, seed=3).x, "ward")
    for k in range(1, 12):
        now, more = tree.labels(k), tree.labels(k + 1)
        changed = now != more
        assert set(more[changed]) == {k}
        assert len(set(now[changed])) == 1
        assert changed.sum() <= (now == now[changed][0]).sum() / 2


@pytest.mark.parametrize("k", [1, 2, 5, 60])
def test_the_cut_lies_where_it_leaves_as_many_clusters(k: int) -> None:
    data = make_sample("blobs", n=60, noise=0.6, seed=3)
    step = rest(start(data, n_clusters=k))
    cut = picture(step, Dendrogram).cut
    again = rest(start(data, cut="distance", distance_threshold=cut.value))
    assert again.scalars["clusters"] == k == step.scalars["clusters"]
    assert picture(again, Dendrogram).cut.param == "distance_threshold"


def test_a_dragged_cut_answers_at_once_and_another_pace_shows_the_merges_again() -> None:
    steps = start(make_sample("blobs", n=60, noise=0.25, seed=2))
    assert rest(steps).scalars["clusters"] == 3
    step = steps.send(Change(params=AgglomerativeParams(n_clusters=5)))
    assert step.rest
    assert len(set(picture(step, Groups).labels.tolist())) == 5
    step = steps.send(Change(params=AgglomerativeParams(cut="distance", distance_threshold=18.0)))
    assert step.rest
    assert step.scalars["clusters"] == 2
    step = steps.send(Change(params=AgglomerativeParams(n_clusters=4, pace="merge by merge")))
    assert not step.rest
    assert step.scalars["clusters"] == 59
    with pytest.raises(LearnerError, match="60 points cannot make 61 clusters"):
        steps.send(Change(params=AgglomerativeParams(n_clusters=61)))


def test_a_fast_start_takes_many_merges_at_first_and_one_at_the_end() -> None:
    steps, _ = finish(start(make_sample("blobs", n=300, seed=2)))
    left = np.array([step.scalars["clusters"] for step in steps[:-1]])
    assert left[0] - left[1] > 40
    assert (np.diff(left[left <= 26]) == -1).all()
    assert len(steps) < 60
    assert said(steps[1]).startswith("45 merges, up to distance 0.0")
    one, outcome = finish(start(make_sample("blobs", n=300, seed=2), pace="all at once"))
    assert len(one) == 2
    assert outcome.scalars["n_clusters_"] == 3


def test_edited_points_begin_anew_on_the_way_and_at_rest() -> None:
    more = make_sample("blobs", n=50, seed=4)
    for steps in (start(make_sample("blobs", n=60, seed=2)), start(make_sample("blobs", n=60, seed=2))):
        next(steps)
        next(steps)
        assert said(steps.send(Change(data=more))) == "50 points, 50 clusters: each is alone"
        rest(steps)
        assert said(steps.send(Change(data=make_sample("blobs", n=40, seed=4)))).startswith("40 points")
        _, outcome = finish(steps)
        assert len(outcome.arrays["labels_"]) == 40


def test_many_points_are_told_how_far_it_is_and_may_be_edited_meanwhile() -> None:
    steps = start(make_sample("uniform", n=2000, seed=1))
    step = next(steps)
    assert said(step).startswith(f"{FIND}: ")
    assert picture(step, Dendrogram).top == 1
    assert len(picture(step, Groups).labels) == 2000
    assert said(steps.send(Change(data=make_sample("uniform", n=100, seed=1)))).startswith("100 points, 100 clusters")


def test_too_many_points_are_refused_in_words_and_slow_ones_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LearnerError, match=r"15001 points have 112507500 pairs.*at most 15000 points"):
        next(start(make_sample("uniform", n=15_001, seed=1)))
    next(start(make_sample("uniform", n=15_001, seed=1), linkage="single"))
    monkeypatch.setattr(merging_module, "DISTANCES_AT_ONCE", 15_000)
    step = next(start(make_sample("uniform", n=15_000, seed=1)))
    assert step.caution.render().startswith("This will take about 1")  # type: ignore[union-attr]


@pytest.mark.parametrize("linkage", LINKAGES)
def test_all_points_on_one_spot(linkage: str) -> None:
    steps, outcome = finish(start(points(np.ones((30, 2))), linkage=linkage))
    assert outcome.arrays["distances_"].tolist() == [0] * 29
    assert len(set(outcome.arrays["labels_"].tolist())) == 3
    assert picture(steps[-1], Dendrogram).top == 1


@pytest.mark.parametrize("linkage", LINKAGES)
def test_two_points_are_enough_and_fewer_are_refused_in_words(linkage: str) -> None:
    _, outcome = finish(start(points(FIVE[:2]), linkage=linkage, n_clusters=2))
    assert sorted(outcome.arrays["labels_"].tolist()) == [0, 1]
    with pytest.raises(LearnerError, match="2 points cannot make 3 clusters"):
        finish(start(points(FIVE[:2]), linkage=linkage))
    with pytest.raises(LearnerError, match="One point is one cluster already"):
        next(start(points(FIVE[:1]), linkage=linkage))
    with pytest.raises(LearnerError, match="There are no points yet"):
        next(start(Points(), linkage=linkage))
