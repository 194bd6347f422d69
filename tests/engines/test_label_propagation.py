"""Label propagation and spreading against scikit-learn, a chain worked by hand, and what cannot be reached."""

from typing import Any

import numpy as np
import pytest

from engines.core.dataset import Split
from engines.core.language import LearnerError
from engines.core.step import Change, Step
from engines.data.points import Points
from engines.data.sampling import parse_sample
from engines.pictures.groups import Groups
from engines.pictures.links import Links
from engines.pictures.marked import Marked
from engines.pictures.surface import Surface, grid
from engines.semisupervised import _graph as graph_module
from engines.semisupervised._graph import MOST_DENSE
from engines.semisupervised.label_propagation import LabelPropagationParams, label_propagation
from tests.engines.running import drawn, finish, starter

start = starter(label_propagation)


def text(step: Step) -> str:
    return step.note.render()  # type: ignore[union-attr]


def theirs(method: str, **params: Any) -> Any:
    from sklearn.semi_supervised import LabelPropagation, LabelSpreading

    return (LabelPropagation if method == "propagation" else LabelSpreading)(**params)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("method", ["propagation", "spreading"])
@pytest.mark.parametrize("kernel", [{"kernel": "knn", "n_neighbors": 5}, {"kernel": "rbf", "gamma": 8.0}])
@pytest.mark.parametrize("name", ["moons:n=160,noise=0.1,seed=1+few_labels:n=3", "blobs:n=120,seed=2+few_labels:n=2"])
def test_same_distributions_rounds_and_predictions_as_scikit_learn(method: str, kernel: Any, name: str) -> None:
    data = parse_sample(name)
    extra = {"alpha": 0.7} if method == "spreading" else {}
    steps, outcome = finish(start(data, method=method, **kernel, **extra))
    fit = theirs(method, **kernel, **extra, max_iter=1000, tol=1e-3).fit(data.x, data.y)
    np.testing.assert_allclose(outcome.arrays["label_distributions_"], fit.label_distributions_, atol=1e-9)
    assert outcome.scalars["n_iter"] == fit.n_iter_
    assert (outcome.arrays["transduction_"] == fit.transduction_).all()
    surface = start(data, method=method, **kernel, **extra)
    for _ in steps:
        step = next(surface)
    picture = drawn(step, Surface)
    places = grid(picture.area)[::37].astype(float)
    told = fit.predict_proba(places)
    seen = picture.values.reshape(data.n_classes, -1).T[::37]
    near = np.isfinite(told).all(1)
    assert near.mean() > 0.5
    np.testing.assert_allclose(seen[near], told[near], atol=2e-3)


def chain() -> Points:
    """Five points in a row, the ends of two classes."""
    return Points(np.column_stack([np.arange(5.0), np.zeros(5)]), np.array([0, -1, -1, -1, 1]))


def test_a_chain_by_hand() -> None:
    """Each inner point listens to itself and both neighbours: at rest it is their mean, so shares are 3/4, 1/2, 1/4."""
    steps, outcome = finish(start(chain(), n_neighbors=3, tol=1e-9))
    np.testing.assert_allclose(outcome.arrays["probabilities"][:, 0], [1, 0.75, 0.5, 0.25, 0], atol=1e-6)
    assert [step.scalars["labelled"] for step in steps[:3]] == [2, 4, 5]
    assert "4 of 5 points have a label, 2 more than before" in text(steps[1])
    assert text(steps[-1]).startswith("Settled in round")


def test_labels_are_drawn_as_they_come() -> None:
    steps = start(chain(), n_neighbors=3)
    first = next(steps)
    assert drawn(first, Groups).labels.tolist() == [0, -1, -1, -1, 1]
    second = next(steps)
    assert drawn(second, Groups).labels.tolist() == [0, 0, -1, 1, 1]
    links = drawn(second, Links)
    assert {tuple(end) for end in links.ends.tolist()} >= {(0, 0, 1, 0), (1, 0, 2, 0), (2, 0, 3, 0), (3, 0, 4, 0)}
    colours = {tuple(end): group for end, group in zip(links.ends.tolist(), links.groups.tolist(), strict=True)}
    assert colours[0, 0, 1, 0] == 0
    assert colours[3, 0, 4, 0] == 1
    assert colours[1, 0, 2, 0] == -1


def test_what_no_way_leads_to_is_told_and_stays_without_a_label() -> None:
    x = np.vstack([chain().x, [[90.0, 0], [91, 0], [92, 0]]])
    data = Points(x, np.array([0, -1, -1, -1, 1, -1, -1, -1]))
    steps, outcome = finish(start(data, n_neighbors=3))
    assert "5 of 8 points have a label, and no way leads to the rest" in text(steps[-1])
    assert drawn(steps[-1], Groups).labels.tolist()[5:] == [-1, -1, -1]
    assert outcome.arrays["probabilities"][5:].sum() == 0


def test_given_labels_are_held_by_propagation_and_may_be_doubted_by_spreading() -> None:
    x = np.vstack([np.random.default_rng(0).normal(-2, 0.3, (20, 2)), np.random.default_rng(1).normal(2, 0.3, (20, 2))])
    y = np.repeat([0, 1], 20)
    y[0] = 1  # a wrong one
    held = finish(start(Points(x, y)))[1].arrays["predictions"]
    assert held[0] == 1
    doubted = finish(start(Points(x, y), method="spreading", alpha=0.9))[1].arrays["predictions"]
    assert doubted[0] == 0
    assert (doubted[1:] == y[1:]).all()


def test_labels_outside_the_training_share_are_kept_back_and_scored() -> None:
    data = parse_sample("moons:n=200,noise=0.08,seed=3").with_split(Split(0.1, 0.3))
    steps, outcome = finish(start(data))
    assert steps[0].scalars["labelled"] == len(data.train.y)
    test = data.test
    assert outcome.scalars["test_accuracy"] == np.mean(outcome.arrays["predictions"][test.index] == test.y)
    assert 0.5 < outcome.scalars["test_accuracy"] <= 1
    assert 0.5 < steps[-1].scalars["validation_accuracy"] <= 1


def test_alpha_reaches_a_run_at_rest() -> None:
    data = parse_sample("moons:n=80,noise=0.1,seed=1+few_labels:n=3")
    steps = start(data, method="spreading", alpha=0.2, tol=1e-6)
    while not next(steps).rest:
        pass
    changed = LabelPropagationParams(method="spreading", alpha=0.9, tol=1e-6)
    assert not steps.send(Change(params=changed)).rest
    _, outcome = finish(steps)
    fit = theirs("spreading", kernel="knn", n_neighbors=7, alpha=0.9, tol=1e-9, max_iter=5000).fit(data.x, data.y)
    np.testing.assert_allclose(outcome.arrays["label_distributions_"], fit.label_distributions_, atol=1e-3)


def test_a_new_label_begins_anew() -> None:
    steps = start(chain(), n_neighbors=3)
    while not next(steps).rest:
        pass
    y = np.array([0, -1, 1, -1, 1])
    step = steps.send(Change(data=Points(chain().x, y)))
    assert dict(step.note.values)["round"] == 1  # type: ignore[union-attr]
    _, outcome = finish(steps)
    np.testing.assert_allclose(outcome.arrays["probabilities"][:, 1], [0, 0.5, 1, 1, 1], atol=1e-3)


def test_the_limit_of_rounds_is_told() -> None:
    steps, outcome = finish(start(chain(), n_neighbors=3, max_iter=2))
    assert outcome.scalars["n_iter"] == 2
    assert text(steps[-1]).startswith("Stopped after 2 rounds")


def test_too_many_points_are_refused_in_words_and_slow_ones_announced() -> None:
    x = np.random.default_rng(0).normal(size=(MOST_DENSE + 1, 2))
    data = Points(x, (x[:, 0] > 0).astype(int))
    with pytest.raises(LearnerError, match="join only near neighbours"):
        next(start(data, kernel="rbf"))
    assert not next(start(data)).caution.render()  # type: ignore[union-attr]


def test_how_long_it_takes_depends_on_how_few_labels_there_are() -> None:
    few = parse_sample("moons:n=4000,seed=1+few_labels:n=3")
    assert "This will take about" in next(start(few, kernel="rbf")).caution.render()  # type: ignore[union-attr]
    for quick in ({"kernel": "rbf", "max_iter": 20}, {"kernel": "rbf", "method": "spreading"}, {"kernel": "knn"}):
        assert not next(start(few, **quick)).caution.render()  # type: ignore[union-attr]
    assert not next(start(parse_sample("moons:n=4000,seed=1"), kernel="rbf")).caution.render()  # type: ignore[union-attr]


@pytest.mark.parametrize("kernel", ["knn", "rbf"])
def test_many_points_are_joined_some_at_a_time_and_may_be_edited_meanwhile(
    kernel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = parse_sample("moons:n=100,noise=0.1,seed=1+few_labels:n=3")
    whole_steps, whole = finish(start(data, kernel=kernel))
    monkeypatch.setattr(graph_module, "PAIRS_A_STEP", 40 * 100)
    monkeypatch.setattr(graph_module, "POINTS_A_STEP", 40)
    steps, outcome = finish(start(data, kernel=kernel))
    assert len(steps) == len(whole_steps) + 2
    assert [text(step) for step in steps[:2]] == ["40 of 100 points are joined", "80 of 100 points are joined"]
    assert [type(item) for item in steps[0].draw()] == [type(item) for item in steps[-1].draw()]
    for name, value in whole.arrays.items():
        np.testing.assert_allclose(outcome.arrays[name], value, atol=1e-12)
    run = start(data, kernel=kernel)
    next(run)
    edited = parse_sample("moons:n=90,noise=0.1,seed=2+few_labels:n=3")
    assert text(run.send(Change(data=edited))) == f"{40 if kernel == 'knn' else 44} of 90 points are joined"
    assert len(finish(run)[1].arrays["predictions"]) == 90


def test_duplicates_and_more_neighbours_than_points() -> None:
    x = np.repeat(chain().x, 3, axis=0)
    y = np.full(15, -1)
    y[0], y[-1] = 0, 1
    for kernel in ("knn", "rbf"):
        _, outcome = finish(start(Points(x, y), kernel=kernel, n_neighbors=50, gamma=1.0))
        assert np.isfinite(outcome.arrays["probabilities"]).all()
    with pytest.raises(LearnerError, match="one class"):
        next(start(Points(x, np.zeros(15, int))))


def test_the_given_labels_are_ringed_to_the_end_where_they_are_few() -> None:
    x = np.column_stack([np.arange(9.0) / 3, np.zeros(9)])
    y = np.array([0, *[-1] * 7, 1])
    steps, _ = finish(start(Points(x, y), n_neighbors=3))
    assert [drawn(step, Marked).ringed.tolist() for step in (steps[0], steps[-1])] == [[0, 8]] * 2
    steps, _ = finish(start(chain(), n_neighbors=3))  # two of five
    assert drawn(steps[-1], Marked).ringed.tolist() == []
