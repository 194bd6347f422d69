"""The number of clusters: inertia and silhouette against scikit-learn's, the choice, samples of many points."""

import numpy as np
import pytest

from engines.clustering import elbow as module
from engines.clustering.elbow import elbow, silhouette
from engines.core.language import LearnerError
from engines.core.step import Change
from engines.data.points import Points
from engines.data.sampling import make_sample
from engines.pictures.chart import Chart
from engines.pictures.groups import Groups
from tests.engines.running import drawn, finish, starter

start = starter(elbow)


@pytest.mark.parametrize(("name", "best"), [("blobs:noise=0.2", 3), ("blobs:clouds=5,noise=0.1", 5)])
def test_same_inertia_and_silhouette_as_scikit_learn_and_the_clouds_are_counted(name: str, best: int) -> None:
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    from engines.data.sampling import parse_sample

    data = parse_sample(name + ",n=150,seed=2")
    steps, outcome = finish(start(data, k_max=7, n_init=20))
    assert outcome.scalars["n_clusters"] == best
    for k in range(1, 8):
        theirs = KMeans(k, n_init=30, random_state=0, tol=0).fit(data.x)
        assert outcome.arrays["inertias"][k - 1] == pytest.approx(theirs.inertia_, rel=1e-9 if k <= best else 0.1), k
        if 1 < k <= best:  # of one grouping both measure the same; beyond, a tie may be grouped otherwise
            assert outcome.arrays["silhouettes"][k - 1] == pytest.approx(silhouette_score(data.x, theirs.labels_))
    assert np.isnan(outcome.arrays["silhouettes"][0])
    assert silhouette_score(data.x, outcome.arrays["labels_"]) == pytest.approx(outcome.scalars["silhouette"])
    assert steps[-1].note.render().startswith(f"The silhouette is highest for k = {best}")  # type: ignore[union-attr]


@pytest.mark.parametrize("seed", range(4))
def test_the_silhouette_of_any_labels_is_scikit_learns(seed: int) -> None:
    from sklearn.metrics import silhouette_score

    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(size=(60, 2)), 1)
    x[:10] = x[0]
    labels = rng.integers(0, 5, 60)
    labels[7] = 5  # alone
    away = np.hypot(*(x[:, None] - x).transpose(2, 0, 1))
    assert silhouette(away, labels, 7) == pytest.approx(silhouette_score(x, labels))
    assert np.isnan(silhouette(away, np.zeros(60, int), 3))
    assert silhouette(np.zeros((4, 4)), np.array([0, 0, 1, 1]), 2) == 0


def test_four_points_by_hand() -> None:
    """0, 1 and 8, 9: a = 1 each; b = 8.5 for those outside, 7.5 for those inside."""
    data = Points(np.array([[0.0, 0], [1, 0], [8, 0], [9, 0]]), np.zeros(4, int))
    steps, outcome = finish(start(data, k_max=3))
    assert outcome.scalars["n_clusters"] == 2
    assert outcome.scalars["inertia"] == pytest.approx(1.0)
    assert outcome.scalars["silhouette"] == pytest.approx((7.5 / 8.5 + 6.5 / 7.5) / 2)
    told = dict(steps[1].note.values)  # type: ignore[union-attr]
    assert told["fall"] == pytest.approx(1 - 1 / 65)
    assert dict(steps[-1].note.values)["further"] == pytest.approx(0.5)  # type: ignore[union-attr]


def test_each_step_is_one_k_and_draws_it() -> None:
    steps = start(make_sample("blobs", n=80, seed=1), k_max=5)
    for k in range(1, 6):
        step = next(steps)
        groups, chart = drawn(step, Groups), drawn(step, Chart)
        assert step.scalars["n_clusters"] == k == len(groups.centres)
        assert len(groups.labels) == 80
        assert groups.trail.shape == (0, k, 2)
        assert chart.lines[0].x.tolist() == list(range(1, k + 1))
        assert chart.lines[0].y[0] == 1
        assert len(chart.lines[1].x) == k - 1
        assert chart.mark == k
        assert chart.lines[-1].x.tolist() == [1, 5]  # the axis stays as wide as it will be
    assert next(steps).rest


def test_of_many_points_a_sample_is_taken_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_POINTS", 300)
    monkeypatch.setattr(module, "MOST_MEASURED", 100)
    data = make_sample("blobs", n=1000, noise=0.2, seed=1)
    steps, outcome = finish(start(data, k_max=4))
    assert "of 300 points" in steps[0].note.render()  # type: ignore[union-attr]
    assert "measured on 100 points" in steps[0].note.render()  # type: ignore[union-attr]
    assert len(outcome.arrays["labels_"]) == 1000
    assert outcome.scalars["n_clusters"] == 3


def test_of_many_points_some_starts_make_a_step_and_the_result_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_sample("uniform", n=200, seed=1)
    steps, outcome = finish(start(data, k_max=4, n_init=5))
    monkeypatch.setattr(module, "DISTANCES_A_STEP", 200 * 3)
    more, same = finish(start(data, k_max=4, n_init=5))
    assert len(steps) == 5
    assert len(more) == 5 + 4 + 4 + 4  # each start but the last of k = 2, 3 and 4; k = 1 has one
    assert all(np.array_equal(outcome.arrays[name], same.arrays[name], equal_nan=True) for name in outcome.arrays)
    assert more[1].note.render().startswith("k = 2, start 1 of 5: the smallest inertia so far is ")  # type: ignore[union-attr]
    run = start(data, k_max=4, n_init=5)
    next(run), next(run)
    assert "of 150 points" in run.send(Change(data=make_sample("uniform", n=150, seed=2))).note.render()  # type: ignore[union-attr]


def test_the_largest_k_asks_to_look_further() -> None:
    steps, outcome = finish(start(make_sample("blobs", n=100, clouds=6, noise=0.0, seed=1), k_max=4))
    assert outcome.scalars["n_clusters"] == 4
    assert "Look further" in steps[-1].note.render()  # type: ignore[union-attr]


@pytest.mark.parametrize("after", [1, 2, 6])
def test_edited_points_begin_anew(after: int) -> None:
    steps = start(make_sample("blobs", n=60, seed=1), k_max=4)
    for _ in range(after):
        if (step := next(steps)).rest:
            break
    step = steps.send(Change(data=make_sample("moons", n=70, seed=1)))
    assert step.scalars["n_clusters"] == 1
    _, outcome = finish(steps)
    assert len(outcome.arrays["labels_"]) == 70


def test_few_points_and_points_on_one_place() -> None:
    _, outcome = finish(start(Points(np.ones((9, 2)), np.zeros(9, int))))
    assert outcome.scalars["n_clusters"] == 1
    _, outcome = finish(start(Points(np.arange(6.0).reshape(3, 2), np.zeros(3, int)), k_max=8))
    assert np.isfinite(outcome.arrays["inertias"]).sum() == 3
    for n in (0, 1):
        with pytest.raises(LearnerError):
            next(start(Points(np.ones((n, 2)), np.zeros(n, int))))
