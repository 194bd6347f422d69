"""k nearest neighbours against scikit-learn, three points by hand, every parameter, the dragged query, edge cases."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engines.classification._figures import after_sign, figure
from engines.classification._neighbours import Memory, distances_to, vote_weights
from engines.classification._votes import Votes, spread_out
from engines.classification.knn import ALONE, GRIDS, KnnParams, between, knn
from engines.core.dataset import Split
from engines.core.language import LearnerError
from engines.core.step import Change, Poke, Step
from engines.data.features import classes_of
from engines.data.images import Images
from engines.data.points import Points
from engines.data.sampling import make_sample, parse_sample
from engines.pictures.confusion import Confusion
from engines.pictures.links import Links
from engines.pictures.surface import Surface, grid
from engines.pictures.workings import Workings
from tests.engines.running import finish, starter

METRICS = ("euclidean", "manhattan", "chebyshev")
SMALL = ((8, 16), (16, 32), (32, 64))
start = starter(knn)


@pytest.fixture(autouse=True)
def a_small_plane(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engines.classification.knn.GRIDS", SMALL)


def test_the_plane_is_asked_at_256_times_256_places() -> None:
    assert GRIDS[-1] == (256, 256)


def to_rest(steps: Any, step: Step | None = None) -> Step:
    while step is None or not step.rest:
        step = next(steps)
    return step


def picture(step: Step, kind: type) -> Any:
    return next(item for item in step.draw() if isinstance(item, kind))


def said(step: Step) -> str:
    return step.note.render()  # type: ignore[union-attr]


def four(**params: Any) -> Any:
    """Four training points, and a query at (0, 0) that is put there by hand."""
    data = Points(np.array([[3.0, 4], [1, 1], [-2, 0], [0, 6]]), np.array([0, 0, 1, 1]))
    steps = start(data, n_neighbors=3, **params)
    next(steps)
    return steps, steps.send(Change(pokes=(Poke("query", (0,), (0.0, 0.0)),)))


@pytest.mark.parametrize("sample", ["moons:n=200,noise=0.3,seed=1", "blobs:n=150,clouds=4,seed=2"])
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("k", [1, 2, 5, 40])
def test_plane_and_rows_as_scikit_learn(sample: str, metric: str, weights: str, k: int) -> None:
    from sklearn.neighbors import KNeighborsClassifier

    data = parse_sample(sample).with_split(Split())
    steps, outcome = finish(start(data, n_neighbors=k, metric=metric, weights=weights))
    theirs = KNeighborsClassifier(k, metric=metric, weights=weights).fit(data.train.x, data.train.y)
    np.testing.assert_allclose(outcome.arrays["probabilities"], theirs.predict_proba(data.x), atol=1e-12)
    assert (outcome.arrays["predictions"] == theirs.predict(data.x)).all()
    surface = picture(steps[-1], Surface)
    assert surface.values.shape[1:] == SMALL[-1]
    places = grid(surface.area, *SMALL[-1]).astype(float)
    shown = surface.values.reshape(data.n_classes, -1).T
    np.testing.assert_allclose(shown, theirs.predict_proba(places), atol=1e-6)
    assert outcome.scalars["test_accuracy"] == pytest.approx(theirs.score(data.test.x, data.test.y))


@pytest.mark.parametrize("sample", ["iris", "play_tennis", "digits"])
@pytest.mark.parametrize("weights", ["uniform", "distance"])
def test_tables_and_pictures_as_scikit_learn_equal_distances_too(sample: str, weights: str) -> None:
    from sklearn.neighbors import KNeighborsClassifier

    data = parse_sample(sample)
    if isinstance(data, Images):
        data = replace(data, pixels=data.pixels[:250], y=data.y[:250], key=data.key[:250], parts=data.parts[:250])
    data = data.with_split(Split())
    features = classes_of(data)
    steps, outcome = finish(start(data, n_neighbors=4, weights=weights))
    theirs = KNeighborsClassifier(4, weights=weights).fit(features.train.x, features.train.y)
    assert (outcome.arrays["predictions"] == theirs.predict(features.x)).all()
    known = theirs.classes_
    np.testing.assert_allclose(outcome.arrays["probabilities"][:, known], theirs.predict_proba(features.x), atol=1e-12)
    assert not any(isinstance(item, (Links, Surface)) for step in steps for item in step.draw())
    alone = [said(step) for step in steps if said(step).startswith("Row ")]
    assert len(alone) == min(ALONE, len(features))  # the first is asked in slow motion


def test_by_hand_in_every_metric() -> None:
    place, x = np.zeros(2), np.array([[3.0, -4], [1, 1]])
    assert distances_to(place, x, "euclidean").tolist() == [5, pytest.approx(2**0.5)]
    assert distances_to(place, x, "manhattan").tolist() == [7, 2]
    assert distances_to(place, x, "chebyshev").tolist() == [4, 1]


def test_the_steps_measure_take_and_vote_with_the_numbers_put_in() -> None:
    steps, step = four()
    assert said(step) == "The votes: 2 for class 1, 1 for class 2. So it is class 1"
    lines = [line.render() for line in picture(step, Workings).lines]
    assert lines == [
        "d1 = √((0.00 − 1.00)² + (0.00 − 1.00)²) = 1.414", "d1 = 1.414 → 1", "d2 = 2.000 → 2", "d3 = 5.000 → 1",
        "p(1) = 2 ÷ 3 = 0.667",
    ]  # fmt: skip
    assert picture(step, Votes).values.tolist() == [[2, 1]]
    links = picture(step, Links)
    assert links.ends.tolist() == [[0, 0, 1, 1], [0, 0, -2, 0], [0, 0, 3, 4]]
    assert links.groups.tolist() == [0, 1, 0]
    assert (links.answer, links.query.tolist()) == (0, [[0, 0]])
    steps.close()


def test_votes_weighted_by_distance() -> None:
    _, step = four(weights="distance")
    votes = picture(step, Votes).values[0]
    assert votes.tolist() == pytest.approx([2**-0.5 + 0.2, 0.5])
    lines = [line.render() for line in picture(step, Workings).lines]
    assert lines[1:4] == [
        "d1 = 1.414 → 1: 1 ÷ 1.414 = 0.707", "d2 = 2.000 → 2: 1 ÷ 2.000 = 0.500", "d3 = 5.000 → 1: 1 ÷ 5.000 = 0.200",
    ]  # fmt: skip
    strengths = picture(step, Links).strengths
    assert strengths.tolist() == pytest.approx([1, 0.5 * 2**0.5, 0.2 * 2**0.5])


def test_who_is_at_the_very_place_outvotes_all_others() -> None:
    distances = np.array([[0.0, 0, 1], [1, 2, 4]])
    assert vote_weights(distances, "distance").tolist() == [[1, 1, 0], [1, 0.5, 0.25]]
    assert vote_weights(distances, "uniform").tolist() == [[1, 1, 1], [1, 1, 1]]
    tiny = vote_weights(np.array([[1e-320, 1.0]]), "distance")
    assert tiny.tolist() == [[1, 0]]  # 1 ÷ d is beyond all numbers, as for a distance of 0


def test_level_votes_go_to_the_first_class() -> None:
    data = Points(np.array([[-1.0, 0], [1.5, 0], [9, 9]]), np.array([1, 0, 1]))
    steps = start(data, n_neighbors=2)
    next(steps)
    step = steps.send(Change(pokes=(Poke("query", (0,), (0.0, 0.0)),)))
    assert (
        said(step) == "The votes are level (1 for class 1, 1 for class 2): class 1 comes first in the list of classes"
    )
    assert picture(step, Links).answer == 0


def test_the_order_of_the_first_steps() -> None:
    data = make_sample("moons", n=100, seed=1)
    steps = start(data)
    seen = [next(steps) for _ in range(4)]
    assert said(seen[0]) == "100 training points are remembered. Nothing else has to be learned"
    query = picture(seen[0], Links).query[0]
    far = np.sort(np.hypot(*(data.x - query).T))
    steps = start(data)
    drawn = [(said(step), picture(step, Links), picture(step, Votes)) for step in (next(steps) for _ in range(4))]
    assert drawn[1][0] == f"100 distances are measured: the shortest is {far[0]:.3f}, the longest {far[-1]:.3f}"
    assert drawn[2][0] == f"The 5 nearest are taken: the farthest of them is {far[4]:.3f} away"
    assert [len(links.ends) for _, links, _ in drawn] == [0, 100, 5, 5]
    assert [votes.values.size for _, _, votes in drawn] == [0, 0, 0, 2]
    assert [links.answer for _, links, _ in drawn[:3]] == [-1, -1, -1]


def test_a_dragged_query_is_asked_at_once_and_the_plane_stays() -> None:
    steps = start(make_sample("moons", seed=1))
    before = picture(to_rest(steps), Surface)
    step = steps.send(Change(pokes=(Poke("query", (0,), (-2.0, 0.5)), Poke("query", (0,), (-2.5, 0.5)))))
    assert step.rest
    links = picture(step, Links)
    assert links.query.tolist() == [[-2.5, 0.5]]
    assert (links.ends[:, :2] == (-2.5, 0.5)).all()
    assert (picture(step, Surface).values == before.values).all()
    with pytest.raises(StopIteration):
        next(steps)


@pytest.mark.parametrize("value", [(np.nan, 0.0), (0.0, np.inf)])
def test_a_query_that_is_nowhere_is_left_where_it_was(value: tuple[float, float]) -> None:
    steps = start(make_sample("moons", seed=1))
    next(steps)
    step = steps.send(Change(pokes=(Poke("query", (0,), value), Poke("other", (0,), 1.0))))
    assert np.isfinite(picture(step, Links).query).all()


@pytest.mark.parametrize("values", [{"n_neighbors": 1}, {"metric": "chebyshev"}, {"weights": "distance"}])
def test_a_live_param_is_seen_on_the_plane_at_once_and_everywhere_at_rest(values: dict[str, Any]) -> None:
    data = make_sample("moons", n=150, noise=0.3, seed=2).with_split(Split())
    steps = start(data)
    to_rest(steps)
    step = steps.send(Change(params=KnnParams(**values)))
    assert not step.rest
    assert picture(step, Surface).values.shape[1:] == SMALL[0]
    _, outcome = finish(steps)
    _, fresh = finish(start(data, **values))
    assert (outcome.arrays["probabilities"] == fresh.arrays["probabilities"]).all()


def test_edited_points_are_remembered_in_the_middle_of_asking() -> None:
    data = make_sample("moons", n=150, noise=0.3, seed=2).with_split(Split())
    steps = start(data)
    for _ in range(6):
        next(steps)
    more = make_sample("moons", n=400, noise=0.3, seed=3).with_split(Split())
    steps.send(Change(data=more))
    _, outcome = finish(steps)
    _, fresh = finish(start(more))
    assert (outcome.arrays["probabilities"] == fresh.arrays["probabilities"]).all()


def test_with_one_neighbour_every_training_point_is_answered_rightly() -> None:
    data = make_sample("moons", n=200, noise=0.5, seed=1).with_split(Split())
    _, outcome = finish(start(data, n_neighbors=1))
    assert outcome.scalars["train_accuracy"] == 1
    assert outcome.scalars["test_accuracy"] < 1


def test_rows_without_a_class_are_answered_but_not_counted() -> None:
    data = make_sample("moons", n=80, seed=1)
    y = data.y.copy()
    y[::4] = -1
    steps, outcome = finish(start(replace(data, y=y)))
    assert len(outcome.arrays["predictions"]) == 80
    assert len(picture(steps[-1], Confusion).truth) == 60


def test_more_neighbours_than_points_is_said_in_words() -> None:
    data = Points(np.random.default_rng(0).normal(size=(4, 2)), np.arange(4) % 2)
    with pytest.raises(LearnerError, match="only 4 training points, and 5 neighbours"):
        next(start(data))
    finish(start(data, n_neighbors=4))


@pytest.mark.parametrize("data", [Points(), Points(np.zeros((5, 2)), np.arange(5) % 2),
                                  Points(np.random.default_rng(0).normal(size=(9, 2)), np.zeros(9, int))])  # fmt: skip
def test_what_cannot_be_learned_is_refused_in_words(data: Points) -> None:
    with pytest.raises(LearnerError):
        next(start(data))


def test_a_coarse_surface_is_cut_into_cells() -> None:
    coarse = np.arange(4.0).reshape(1, 2, 2)
    assert spread_out(coarse, 4, 2).tolist() == [[[0, 1], [0, 1], [2, 3], [2, 3]]]


@pytest.mark.parametrize("k", [1, 5])
def test_the_first_query_lies_where_the_votes_are_split_and_the_links_can_be_seen(k: int) -> None:
    data = make_sample("moons", n=200, noise=0.3, seed=1)
    memory = Memory(classes_of(data), k, "euclidean", "uniform")
    place = between(memory)
    far = memory.find(place[None])[0].max()
    assert far > 0.4
    assert (place >= data.x.min(0)).all()
    assert (place <= data.x.max(0)).all()
    if k == 5:
        assert memory.probabilities(place[None]).max() == 0.6


def test_many_rows_are_asked_in_blocks() -> None:
    data = make_sample("moons", n=40_000, noise=0.3, seed=1)
    steps = start(data, n_neighbors=50)
    memory = Memory(classes_of(data), 50, "euclidean", "uniform")
    notes = [said(next(steps)) for _ in range(10)]
    assert notes[6].startswith("5454 rows are asked")
    assert notes[7].startswith("10908 rows are asked")
    assert memory.probabilities(np.zeros((3, 2))).shape == (3, 2)
    steps.close()


def test_figures() -> None:
    assert [figure(value, 1) for value in (-0.04, 0.0, -1.26, 3)] == ["0.0", "0.0", "−1.3", "3.0"]
    assert [after_sign(value, 1) for value in (-0.04, -1.26, 3)] == ["0.0", "(−1.3)", "3.0"]
