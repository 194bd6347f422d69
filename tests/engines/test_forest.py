"""The random forest against scikit-learn's, bit for bit where that can be, and its edge cases."""

from typing import Any

import numpy as np
import pytest

from engines.core.dataset import Dataset, Split
from engines.core.language import LearnerError
from engines.core.step import Change, Outcome, Step
from engines.data.points import Points
from engines.data.sampling import make_sample, parse_sample
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.marked import Marked
from engines.pictures.splits import Splits
from engines.pictures.surface import Surface, grid
from engines.trees._forest_pictures import MOST_NODES, Importances, NewestTree
from engines.trees._growing import features_of
from engines.trees._wood import MOST_SEED
from engines.trees.forest import GROW, SAMPLE, ForestParams, forest, sample, seconds_of
from tests.engines.running import finish_drawn, starter

HALF = Split(0.6, 0.2)
SEED = 5
start = starter(forest, seed=SEED)


def end_of(steps: Any) -> Outcome:
    """Run to the end without looking."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome


def shown(step: Step, kind: type) -> Any:
    return next(picture for picture in step.draw() if isinstance(picture, kind))


def theirs(data: Dataset, **params: Any) -> Any:
    """Scikit-learn's forest from the number that ours begins with."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    features = features_of(data)
    train = features.train
    seed = int(np.random.default_rng(SEED).integers(MOST_SEED))
    made = RandomForestRegressor if features.numeric else RandomForestClassifier
    target = train.value if features.numeric else train.y
    params = {"max_features": "sqrt", "oob_score": params.get("bootstrap", True)} | params
    return made(random_state=seed, **params).fit(train.x, target)


@pytest.mark.parametrize("spec", ["moons:n=200,seed=1,noise=0.4", "blobs:n=150,seed=2,noise=0.9", "iris"])
@pytest.mark.parametrize(
    "params", [{}, {"max_depth": 4, "criterion": "entropy"}, {"max_features": "log2", "min_samples_leaf": 3}]
)
def test_the_votes_are_scikit_learns_bit_for_bit(spec: str, params: dict[str, Any]) -> None:
    data = parse_sample(spec).with_split(HALF)
    outcome = end_of(start(data, n_estimators=25, **params))
    model = theirs(data, n_estimators=25, **params)
    features = features_of(data)
    np.testing.assert_array_equal(outcome.arrays["probabilities"], model.predict_proba(features.x))
    np.testing.assert_array_equal(outcome.arrays["predictions"], model.predict(features.x))
    np.testing.assert_allclose(outcome.arrays["feature_importances_"], model.feature_importances_, rtol=1e-12)
    assert outcome.scalars["oob_score"] == model.oob_score_
    np.testing.assert_array_equal(outcome.arrays["oob_decision_function_"], model.oob_decision_function_)
    assert outcome.scalars["test_accuracy"] == model.score(features.test.x, features.test.y)


@pytest.mark.parametrize("spec", ["steps:n=120,seed=1", "hills:n=150,seed=3", "houses:n=120,seed=4"])
@pytest.mark.parametrize("params", [{"max_depth": 4, "max_features": "all"}, {"max_features": "1"}])
def test_numbers_are_scikit_learns_bit_for_bit(spec: str, params: dict[str, Any]) -> None:
    data = parse_sample(spec).with_split(HALF)
    outcome = end_of(start(data, n_estimators=25, **params))
    columns = {"all": 1.0, "1": 1}.get(params.get("max_features", ""), params.get("max_features", "sqrt"))
    model = theirs(data, n_estimators=25, **(params | {"max_features": columns}))
    features = features_of(data)
    np.testing.assert_array_equal(outcome.arrays["predictions"], model.predict(features.x))
    np.testing.assert_array_equal(outcome.arrays["oob_prediction_"], model.oob_prediction_)
    assert outcome.scalars["oob_score"] == pytest.approx(model.oob_score_, rel=1e-12)
    assert outcome.scalars["test_r2"] == pytest.approx(model.score(features.test.x, features.test.value), rel=1e-12)


def test_without_bootstrap_too() -> None:
    data = make_sample("moons", n=150, seed=1, noise=0.4).with_split(HALF)
    steps, outcome = finish_drawn(start(data, n_estimators=10, bootstrap=False))
    model = theirs(data, n_estimators=10, bootstrap=False)
    np.testing.assert_array_equal(outcome.arrays["probabilities"], model.predict_proba(features_of(data).x))
    assert np.isnan(outcome.scalars["oob_score"])
    assert not len(shown(steps[1], Marked).faded)
    assert steps[1].note.render() == "Tree 1 gets all 90 training samples"


@pytest.mark.parametrize("trees", [1, 3, 8])
def test_at_each_tree_it_is_the_forest_of_so_many_trees(trees: int) -> None:
    data = make_sample("moons", n=200, seed=1, noise=0.4).with_split(HALF)
    steps, _ = finish_drawn(start(data, n_estimators=8))
    model = theirs(data, n_estimators=trees, oob_score=False)
    features = features_of(data)
    for name in ("train", "validation"):
        part = getattr(features, name)
        step = steps[2 * trees]
        assert step.scalars[f"{name}_accuracy"] == model.score(part.x, part.y)
        shares = model.predict_proba(part.x)
        brier = ((shares - np.eye(2)[part.y]) ** 2).sum(1).mean()
        assert step.scalars[f"{name}_loss"] == pytest.approx(brier)


# Step by step


def test_drawing_a_sample_and_growing_a_tree_take_turns() -> None:
    data = make_sample("moons", n=150, seed=1).with_split(Split(1.0, 0.0))
    steps, _ = finish_drawn(start(data, n_estimators=3))
    assert [step.then.render() for step in steps] == [SAMPLE, GROW, SAMPLE, GROW, SAMPLE, GROW, "", ""]
    assert [step.rest for step in steps] == [False] * 7 + [True]
    assert np.isnan(steps[0].scalars["train_accuracy"])


def test_what_is_left_out_is_faded_and_counted() -> None:
    data = make_sample("moons", n=200, seed=1).with_split(Split(0.5, 0.25))
    steps, _ = finish_drawn(start(data, n_estimators=2))
    rows = features_of(data).train.index
    for step, seed_step in ((steps[1], steps[2]), (steps[3], steps[4])):
        faded = shown(step, Marked).faded
        assert set(faded) <= set(rows)
        assert f"hit {100 - len(faded)} of the 100 samples" in step.note.render()
        assert f"{len(faded)} are left out" in step.note.render()
        np.testing.assert_array_equal(faded, shown(seed_step, Marked).faded)
    assert not len(shown(steps[0], Marked).faded)


def test_as_many_are_drawn_as_there_are_and_about_63_percent_are_hit() -> None:
    counts = sample(10_000, 3, ForestParams())
    assert counts.sum() == 10_000
    assert (counts > 0).mean() == pytest.approx(1 - np.exp(-1), abs=0.01)
    assert (sample(7, 3, ForestParams(bootstrap=False)) == 1).all()


def test_the_note_tells_one_tree_from_all() -> None:
    data = make_sample("moons", n=200, seed=1, noise=0.5).with_split(Split(1.0, 0.0))
    steps, _ = finish_drawn(start(data, n_estimators=12))
    first, last = steps[2], steps[-2]
    accuracy = first.scalars["oob_accuracy"]
    assert f"right on {accuracy:.1%}, the forest on {accuracy:.1%}" in first.note.render()
    assert last.note.render().endswith(f"the forest on {last.scalars['oob_accuracy']:.1%}")
    assert steps[-1].note.render() == (
        f"12 trees have voted. Right on {last.scalars['oob_accuracy']:.1%} of the samples they have not seen"
    )


def test_more_trees_may_be_asked_for_when_it_rests() -> None:
    data = make_sample("moons", n=150, seed=1, noise=0.4).with_split(HALF)
    steps = start(data, n_estimators=5)
    step = next(steps)
    while not step.rest:
        step = next(steps)
    step = steps.send(Change(params=ForestParams(n_estimators=12)))
    assert step.note.render().startswith("Tree 6:")
    outcome = end_of(steps)
    assert outcome.scalars["n_estimators"] == 12
    np.testing.assert_array_equal(
        outcome.arrays["probabilities"], theirs(data, n_estimators=12).predict_proba(features_of(data).x)
    )


def test_fewer_trees_end_the_run_with_those_there_are() -> None:
    steps = start(make_sample("moons", n=150, seed=1).with_split(HALF), n_estimators=50)
    for _ in range(7):
        next(steps)
    steps.send(Change(params=ForestParams(n_estimators=2)))
    outcome = end_of(steps)
    assert 3 <= outcome.scalars["n_estimators"] <= 4


def test_edited_data_are_learned_from_the_first_tree_again() -> None:
    steps = start(make_sample("moons", n=150, seed=1).with_split(HALF), n_estimators=4)
    for _ in range(6):
        next(steps)
    more = make_sample("moons", n=210, seed=2).with_split(HALF)
    step = steps.send(Change(data=more))
    assert step.note.render().startswith("Tree 1:")
    outcome = end_of(steps)
    assert len(outcome.arrays["predictions"]) == 210
    assert outcome.scalars["n_estimators"] == 4


# Pictures


def test_the_plane_shows_the_votes_and_the_cuts_of_the_newest_tree() -> None:
    data = make_sample("moons", n=150, seed=1, noise=0.3).with_split(HALF)
    steps, _ = finish_drawn(start(data, n_estimators=6))
    model = theirs(data, n_estimators=6, oob_score=False)
    surface, splits = shown(steps[-1], Surface), shown(steps[-1], Splits)
    said = model.predict_proba(grid(surface.area)).T.reshape(surface.values.shape)
    np.testing.assert_allclose(surface.values, said, atol=1e-6)
    newest = model.estimators_[-1].tree_
    assert len(splits.ends) == newest.n_leaves - 1
    tree = shown(steps[-1], NewestTree)
    assert len(tree.parents) == newest.node_count
    assert tree.counts[0].sum() == 90
    np.testing.assert_allclose(np.sort(tree.impurities), np.sort(newest.impurity))


def test_before_the_first_tree_nothing_is_known() -> None:
    step = next(start(make_sample("blobs", n=90, seed=1).with_split(HALF)))
    np.testing.assert_allclose(shown(step, Surface).values, 1 / 3)
    assert not len(shown(step, NewestTree).parents)
    assert not len(shown(step, Splits).ends)
    assert not shown(step, Importances).values.any()


def test_a_surface_that_is_looked_at_late_is_the_same() -> None:
    data = make_sample("moons", n=120, seed=1).with_split(HALF)
    looked, _ = finish_drawn(start(data, n_estimators=5))
    last = None
    for last in start(data, n_estimators=5):  # noqa: B007 - the run to its end
        pass
    np.testing.assert_array_equal(shown(last, Surface).values, shown(looked[-1], Surface).values)


def test_a_number_along_x_is_a_line_and_one_on_the_plane_is_heat() -> None:
    data = make_sample("steps", n=120, seed=1).with_split(HALF)
    steps, outcome = finish_drawn(start(data, n_estimators=5))
    fit = shown(steps[-1], Fit)
    np.testing.assert_allclose(
        fit.y[0], theirs(data, n_estimators=5, oob_score=False).predict(fit.x[:, None]), rtol=1e-9
    )
    np.testing.assert_array_equal(fit.predicted, outcome.arrays["predictions"])
    data = make_sample("hills", n=120, seed=1).with_split(HALF)
    steps, _ = finish_drawn(start(data, n_estimators=5))
    heat = shown(steps[-1], Heat)
    said = theirs(data, n_estimators=5, oob_score=False).predict(grid(heat.area))
    np.testing.assert_allclose(heat.values.ravel(), said, atol=1e-6)


def test_a_table_has_no_plane_and_its_columns_are_ranked() -> None:
    steps, outcome = finish_drawn(start(parse_sample("iris").with_split(HALF), n_estimators=8))
    assert {type(picture) for picture in steps[0].draw()} == {NewestTree, Importances}
    bars = shown(steps[-1], Importances)
    assert len(bars.names) == 4
    assert bars.values.sum() == pytest.approx(1)
    np.testing.assert_array_equal(bars.values[0], outcome.arrays["feature_importances_"])


def test_a_large_tree_is_drawn_in_part() -> None:
    rng = np.random.default_rng(0)
    data = Points(rng.normal(size=(2000, 2)), rng.integers(0, 2, 2000)).with_split(Split(1.0, 0.0))
    steps, _ = finish_drawn(start(data, n_estimators=1))
    tree = shown(steps[-1], NewestTree)
    assert MOST_NODES - 2 <= len(tree.parents) <= MOST_NODES
    assert (tree.parents[1:] < np.arange(1, len(tree.parents))).all()


# Edges


def test_a_class_without_training_points_gets_no_vote() -> None:
    data = make_sample("moons", n=100, seed=1)
    steps, outcome = finish_drawn(start(Points(data.x, 2 * data.y).with_split(HALF), n_estimators=5))
    assert outcome.arrays["probabilities"].shape == (100, 3)
    assert (outcome.arrays["probabilities"][:, 1] == 0).all()
    assert (shown(steps[-1], Surface).values[1] == 0).all()
    assert shown(steps[-1], NewestTree).counts.shape[1] == 3


def test_what_no_tree_has_left_out_has_no_vote_of_its_own() -> None:
    data = make_sample("moons", n=80, seed=1).with_split(Split(1.0, 0.0))
    _, outcome = finish_drawn(start(data, n_estimators=1))
    unseen = outcome.arrays["oob_decision_function_"]
    assert 0 < np.isnan(unseen[:, 0]).sum() < 80
    known = ~np.isnan(unseen[:, 0])
    y = features_of(data).train.y
    assert outcome.scalars["oob_score"] == (unseen[known].argmax(1) == y[known]).mean()


def test_one_class_is_refused_in_words() -> None:
    with pytest.raises(LearnerError, match="one class"):
        next(start(Points(np.random.default_rng(0).normal(size=(40, 2)), np.zeros(40, int))))


def test_a_long_run_is_announced() -> None:
    assert not next(start(make_sample("moons", n=200, seed=1))).caution.render()
    rng = np.random.default_rng(0)
    many = Points(rng.normal(size=(100_000, 2)), rng.integers(0, 2, 100_000)).with_split(Split())
    assert "It can be stopped" in next(start(many, n_estimators=200)).caution.render()


def test_the_forecast_grows_with_trees_rows_and_columns() -> None:
    from engines.trees._wood import cleared

    wood = cleared(features_of(make_sample("moons", n=200, seed=1).with_split(HALF)))
    base = seconds_of(wood, ForestParams())
    assert seconds_of(wood, ForestParams(n_estimators=100)) == pytest.approx(2 * base)
    assert seconds_of(wood, ForestParams(max_features="all")) > base
