"""K-Means against scikit-learn, a case worked by hand, and its edge cases."""

from itertools import pairwise

import numpy as np
import pytest

from engines.clustering import _nearest
from engines.clustering._lloyd import chances, draw_one, means, refill
from engines.clustering._nearest import Nearest
from engines.clustering.kmeans import ASSIGN, CHOOSE, MOVE, kmeans
from engines.core.language import LearnerError
from engines.core.step import Change, Poke, Step
from engines.data.points import Points
from engines.data.sampling import make_sample
from engines.pictures.groups import Groups
from engines.pictures.halos import Halos
from tests.engines.running import finish, starter

start = starter(kmeans)


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
    points = Nearest(np.array([[0.0, 0], [1, 0], [4, 0], [6, 0]]))
    centres = np.array([[0.0, 0], [1, 0]])
    assert points.assign(centres) == 4
    assert points.labels.tolist() == [0, 1, 1, 1]
    assert points.inertia(centres) == pytest.approx(9 + 25)
    centres = means(points, centres)
    np.testing.assert_allclose(centres, [[0, 0], [11 / 3, 0]])
    assert points.assign(centres) == 1
    assert points.labels.tolist() == [0, 0, 1, 1]
    np.testing.assert_allclose(means(points, centres), [[0.5, 0], [5, 0]])


@pytest.mark.parametrize("seed", range(4))
def test_what_is_looked_at_again_is_enough(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Centres that wander, now and then far: labels, sums and inertia are those of looking at all distances."""
    monkeypatch.setattr(_nearest, "ROWS", 100)
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(size=(750, 2)), 1) if seed % 2 else rng.normal(size=(750, 2))  # with many equal distances
    points, centres, looked = Nearest(x), rng.normal(size=(5, 2)), 0
    for step in range(60):
        before = points.labels
        moved = points.assign(centres)
        squared = ((x[:, None] - centres) ** 2).sum(2)
        assert (points.labels == squared.argmin(1)).all()
        assert moved == np.sum(points.labels != before)
        looked += points.labels is before
        assert points.inertia(centres) == pytest.approx(squared.min(1).sum())
        assert points.counts.tolist() == np.bincount(points.labels, minlength=5).tolist()
        np.testing.assert_allclose(points.sums, [x[points.labels == k].sum(0) for k in range(5)], atol=1e-9)
        np.testing.assert_allclose(points.distances(centres), squared.min(1))
        centres = centres + rng.normal(size=(5, 2)) * (2.0 if step % 20 == 19 else 0.3 / (1 + step % 20) ** 2)
    assert looked > 0


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
    points = Nearest(np.array([[0.0, 0], [1, 0], [10, 0]]))
    centres = np.array([[0.5, 0], [-50.0, 0]])
    points.assign(centres)
    assert refill(points, centres).tolist() == [1]
    moved = means(points, centres)
    np.testing.assert_allclose(moved, [[0.5, 0], [10, 0]])
    assert points.inertia(moved) == pytest.approx(0.5)
    assert points.assign(moved) == 0


@pytest.mark.parametrize("far", [[(-90.0, 5.0)], [(-90.0, 5.0), (70.0, 60.0)]])
def test_empty_groups_are_filled_as_scikit_learn_does_and_the_note_names_them(far: list[tuple[float, float]]) -> None:
    from sklearn.cluster import KMeans

    data = make_sample("blobs", n=200, noise=0.5, seed=4)
    steps = start(data, n_clusters=4)
    step = next(steps)
    while step.then.render() != ASSIGN:  # type: ignore[union-attr]
        step = next(steps)
    pokes = tuple(Poke("centres", (k,), place) for k, place in enumerate(far))
    step = steps.send(Change(pokes=pokes))
    begun = groups(step).centres
    step = steps.send(None)
    if "had none left" not in step.note.render():  # type: ignore[union-attr]
        pytest.fail(str(step.note))
    assert f"Centre {', '.join(str(k + 1) for k in range(len(far)))} had" in step.note.render()  # type: ignore[union-attr]
    assert step.note.render("zh") != step.note.render()  # type: ignore[union-attr]
    _, outcome = finish(steps)
    theirs = KMeans(4, init=begun, n_init=1, tol=0, max_iter=500).fit(data.x)
    assert outcome.scalars["inertia"] == pytest.approx(theirs.inertia_)
    np.testing.assert_allclose(outcome.arrays["cluster_centers_"], theirs.cluster_centers_, atol=1e-9)


def test_chances_of_the_next_centre() -> None:
    squared = np.array([0.0, 1, 9])
    assert chances(squared, "k-means++").tolist() == [0, 0.1, 0.9]
    assert chances(squared, "random").tolist() == [0, 0.5, 0.5]
    assert chances(np.zeros(4), "k-means++").tolist() == [0.25] * 4


def test_drawing_by_chance_takes_the_piece_on_which_the_number_falls() -> None:
    chance = np.array([0.0, 0.1, 0.0, 0.6, 0.3])
    rows, theirs = [], np.random.default_rng(5)
    rng = np.random.default_rng(5)
    for _ in range(300):
        drawn, row, below, above = draw_one(chance, rng)
        assert below <= drawn < above
        assert above - below == pytest.approx(chance[row])
        assert row == theirs.choice(5, p=chance)  # the same as numpy draws from the same dice
        rows.append(row)
    np.testing.assert_allclose(np.bincount(rows, minlength=5) / 300, chance, atol=0.06)


def test_the_note_tells_the_draw_and_the_halos_are_the_chances() -> None:
    data = make_sample("blobs", n=80, seed=2)
    steps = start(data, 3, init="k-means++", n_clusters=3)
    first, second, third, _ = (next(steps) for _ in range(4))
    assert first.note.render().startswith("Centre 1 of 3 starts on point ")  # type: ignore[union-attr]
    assert [step.then.render() for step in (first, second, third)] == [CHOOSE, CHOOSE, ASSIGN]  # type: ignore[union-attr]
    values = dict(third.note.values)  # type: ignore[union-attr]
    steps = start(data, 3, init="k-means++", n_clusters=3)
    drawn = [(next(steps), steps)[0].draw() for _ in range(4)]
    halos = [next(p for p in pictures if isinstance(p, Halos)) for pictures in drawn]
    row = int(values["point"]) - 1
    assert values["below"] <= values["drawn"] < values["above"]
    assert halos[2].shares[row] == pytest.approx(values["chance"], rel=1e-4)
    centres = next(p for p in drawn[1] if isinstance(p, Groups)).centres
    squared = ((data.x[:, None] - centres) ** 2).sum(2).min(1)
    np.testing.assert_allclose(halos[2].shares, squared / squared.sum(), rtol=1e-4)
    assert next(p for p in drawn[2] if isinstance(p, Groups)).centres[2].tolist() == data.x[row].tolist()
    assert len(halos[3].shares) == 0


def test_a_first_centre_that_is_dragged_stays_where_it_was_put() -> None:
    steps = start(make_sample("blobs", seed=1), n_clusters=3)
    next(steps)
    step = steps.send(Change(pokes=(Poke("centres", (0,), (-2.5, 2.5)),)))
    assert groups(step).centres[0].tolist() == [-2.5, 2.5]
    assert len(groups(step).centres) == 2


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
    assert steps[-1].note.render().startswith("Stopped after 1 round")  # type: ignore[union-attr]


@pytest.mark.parametrize("data", [Points(), Points(np.zeros((2, 2)), np.zeros(2, int))])
def test_too_few_points_are_refused_in_words(data: Points) -> None:
    with pytest.raises(LearnerError, match="points"):
        next(start(data, n_clusters=3))
