"""K-Means against scikit-learn, a case worked by hand, and its edge cases."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from engines.clustering.kmeans import ASSIGN, MOVE, KMeansParams, chances, inertia, kmeans, means, nearest
from engines.core.language import LearnerError
from engines.core.step import Change, Outcome, Poke, Step
from engines.data.points import Points
from engines.data.sampling import make_sample
from engines.pictures.groups import Groups


def finish(steps: Any) -> tuple[list[Step], Outcome]:
    """Run to the end and return the steps and the outcome."""
    seen = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return seen, end.value


def start(data: Points, seed: int = 0, **params: Any) -> Any:
    return kmeans.start(data, KMeansParams(**params), np.random.default_rng(seed))


def groups(step: Step) -> Groups:
    return next(picture for picture in step.draw() if isinstance(picture, Groups))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("init", ["random", "k-means++"])
def test_same_labels_centres_and_inertia_as_scikit_learn(seed: int, init: str) -> None:
    from sklearn.cluster import KMeans

    data = make_sample("blobs", n=300, noise=0.6, seed=seed)
    _, outcome = finish(start(data, seed, n_clusters=4, init=init, max_iter=500))
    first = next(groups(step) for step in start(data, seed, n_clusters=4, init=init) if step.then.render() == ASSIGN)
    theirs = KMeans(4, init=first.centres, n_init=1, tol=0, max_iter=500).fit(data.x)
    np.testing.assert_allclose(outcome.arrays["cluster_centers_"], theirs.cluster_centers_, atol=1e-9)
    assert (outcome.arrays["labels_"] == theirs.labels_).all()
    assert outcome.scalars["inertia"] == pytest.approx(theirs.inertia_)


def test_four_points_by_hand() -> None:
    x = np.array([[0.0, 0], [1, 0], [4, 0], [6, 0]])
    centres = np.array([[0.0, 0], [1, 0]])
    labels = nearest(x, centres)
    assert labels.tolist() == [0, 1, 1, 1]
    assert inertia(x, centres, labels) == 9 + 25
    centres = means(x, labels, centres)
    assert centres.tolist() == [[0, 0], [11 / 3, 0]]
    labels = nearest(x, centres)
    assert labels.tolist() == [0, 0, 1, 1]
    assert means(x, labels, centres).tolist() == [[0.5, 0], [5, 0]]


def test_inertia_never_grows() -> None:
    steps, _ = finish(start(make_sample("moons", seed=3), n_clusters=5))
    values = [step.scalars["inertia"] for step in steps]
    values = [value for value in values if not np.isnan(value)]
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(values))


def test_assign_and_move_take_turns_and_name_each_other() -> None:
    steps, _ = finish(start(make_sample("blobs", seed=1)))
    thens = [step.then.render() for step in steps if step.then.render() in (ASSIGN, MOVE)]
    assert thens[:4] == [ASSIGN, MOVE, ASSIGN, MOVE]
    assert steps[-1].rest


@pytest.mark.parametrize("k", [1, 12])
def test_one_cluster_and_as_many_as_points(k: int) -> None:
    x = np.random.default_rng(0).normal(size=(12, 2))
    _, outcome = finish(start(Points(x, np.zeros(12, int)), n_clusters=k))
    if k == 1:
        np.testing.assert_allclose(outcome.arrays["cluster_centers_"], [x.mean(0)])
    else:
        assert outcome.scalars["inertia"] == pytest.approx(0, abs=1e-12)
        assert sorted(outcome.arrays["labels_"]) == list(range(12))


def test_all_points_on_one_spot_end() -> None:
    _, outcome = finish(start(Points(np.ones((6, 2)), np.zeros(6, int)), n_clusters=3))
    assert outcome.scalars["inertia"] == 0


def test_an_empty_group_takes_the_farthest_point() -> None:
    x = np.array([[0.0, 0], [1, 0], [10, 0]])
    centres = np.array([[0.5, 0], [-50.0, 0]])
    moved = means(x, nearest(x, centres), centres)
    assert moved[1].tolist() == [10, 0]


def test_chances_of_the_next_centre() -> None:
    x = np.array([[0.0, 0], [1, 0], [3, 0]])
    assert chances(x, x[:1], "k-means++").tolist() == [0, 0.1, 0.9]
    assert chances(x, x[:1], "random").tolist() == [0, 0.5, 0.5]


def test_a_dragged_centre_is_where_it_was_put_and_wakes_a_settled_run() -> None:
    steps = start(make_sample("blobs", seed=1))
    step = next(steps)
    while not step.rest:
        step = next(steps)
    step = steps.send(Change(pokes=(Poke("centres", (0,), (-2.5, 2.5)),)))
    assert groups(step).centres[0].tolist() == [-2.5, 2.5]
    assert not step.rest
    more, outcome = finish(steps)
    assert more[-1].rest
    assert outcome.scalars["inertia"] > 0


def test_edited_points_are_used_from_the_next_step_on() -> None:
    steps = start(make_sample("blobs", n=60, seed=1), n_clusters=5)
    next(steps)
    more = make_sample("blobs", n=90, seed=2)
    while len(groups(steps.send(Change(data=more))).labels) != 90:
        pass
    _, outcome = finish(steps)
    assert len(outcome.arrays["labels_"]) == 90


def test_the_limit_of_rounds_is_told_as_such() -> None:
    steps, outcome = finish(start(make_sample("circles", seed=0), n_clusters=8, max_iter=1))
    assert outcome.scalars["n_iter"] == 1
    assert steps[-1].note.render().startswith("Stopped after 1 rounds")  # type: ignore[union-attr]


@pytest.mark.parametrize("data", [Points(), Points(np.zeros((2, 2)), np.zeros(2, int))])
def test_too_few_points_are_refused_in_words(data: Points) -> None:
    with pytest.raises(LearnerError, match="points"):
        next(start(data, n_clusters=3))
