"""CART against scikit-learn, cases worked by hand, pruning, and its edge cases."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from engines.core.dataset import Dataset, Split
from engines.core.language import LearnerError
from engines.core.step import Change, Step
from engines.data.points import Points
from engines.data.sampling import make_sample, parse_sample
from engines.data.table import Column, Table
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.splits import Splits
from engines.pictures.surface import Surface, grid
from engines.pictures.tree import Candidates, Tree
from engines.trees._cuts import best_cuts, between, impurities_after, impurity, parted
from engines.trees._growing import features_of, planted, split
from engines.trees._pruning import pruning_path
from engines.trees.cart import PRUNE, SPLIT, WEIGH, CartParams, cart, limits
from tests.engines.running import finish_drawn, starter

EVERYBODY = Split(1.0, 0.0)
start = starter(cart)


def shown(step: Step, kind: type) -> Any:
    return next(picture for picture in step.draw() if isinstance(picture, kind))


def sample(spec: str, split: Split = EVERYBODY) -> Dataset:
    """A sample whose numbers float32 can hold: scikit-learn looks for its thresholds among such numbers."""
    data = parse_sample(spec).with_split(split)
    if isinstance(data, Points):
        data = Points(data.x.astype(np.float32).astype(float), data.y, data.value.astype(np.float32).astype(float),
                      target=data.target).with_split(split)  # fmt: skip
    return data


def grown(data: Dataset, **params: Any) -> Any:
    """A tree without the steps that lead to it."""
    tree = planted(features_of(data), limits(CartParams(**params)))
    while tree.next >= 0:
        split(tree, tree.next)
    return tree


def theirs(data: Dataset, **params: Any) -> Any:
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    features = features_of(data)
    if features.numeric:
        params.pop("criterion", None)
        return DecisionTreeRegressor(random_state=0, **params).fit(features.x, features.value)
    return DecisionTreeClassifier(random_state=0, **params).fit(features.x, features.y)


CLASSES = ["moons:n=200,seed=1", "blobs:n=150,seed=2,noise=0.8", "xor:n=160,seed=3", "rings:n=200,seed=4", "iris"]
NUMBERS = ["steps:n=120,seed=1", "sine:n=120,seed=2", "hills:n=200,seed=3", "houses:n=150,seed=4"]


@pytest.mark.parametrize("spec", CLASSES)
@pytest.mark.parametrize("criterion", ["gini", "entropy"])
@pytest.mark.parametrize("limit", [{"max_depth": 3}, {"max_depth": 5, "min_samples_leaf": 4},
                                   {"max_depth": 50, "min_samples_split": 12}])  # fmt: skip
def test_classes_are_learned_as_scikit_learn_learns_them(spec: str, criterion: str, limit: dict[str, int]) -> None:
    data = sample(spec)
    _, outcome = finish_drawn(start(data, criterion=criterion, **limit))
    tree = theirs(data, criterion=criterion, **limit)
    features = features_of(data)
    assert outcome.scalars["train_accuracy"] == pytest.approx(tree.score(features.x, features.y), abs=0.011)
    assert outcome.scalars["leaves"] == pytest.approx(tree.get_n_leaves(), abs=1)
    leaf = tree.tree_.children_left < 0
    loss = (tree.tree_.impurity * tree.tree_.n_node_samples)[leaf].sum() / len(data)
    assert outcome.scalars["train_loss"] == pytest.approx(loss, abs=0.01)


@pytest.mark.parametrize(
    "spec", ["moons:n=200,seed=1", "blobs:n=150,seed=2,noise=0.8", "steps:n=120,seed=1", "hills:n=200,seed=3"]
)
def test_node_by_node_the_same_where_no_two_cuts_are_equally_good(spec: str) -> None:
    data = sample(spec)
    _, outcome = finish_drawn(start(data, max_depth=3))
    tree = theirs(data, max_depth=3).tree_
    for name in ("impurity", "n_node_samples", "threshold"):
        np.testing.assert_allclose(np.sort(outcome.arrays[name]), np.sort(getattr(tree, name)), rtol=1e-6, atol=1e-9)
    importances = theirs(data, max_depth=3).feature_importances_
    np.testing.assert_allclose(outcome.arrays["feature_importances_"], importances, rtol=1e-6)


@pytest.mark.parametrize("spec", NUMBERS)
@pytest.mark.parametrize("limit", [{"max_depth": 3}, {"max_depth": 6, "min_samples_leaf": 5}])
def test_numbers_are_learned_as_scikit_learn_learns_them(spec: str, limit: dict[str, int]) -> None:
    data = sample(spec)
    _, outcome = finish_drawn(start(data, **limit))
    tree = theirs(data, **limit)
    features = features_of(data)
    error = ((tree.predict(features.x) - features.value) ** 2).mean()
    assert outcome.scalars["train_loss"] == pytest.approx(error, rel=1e-3)
    np.testing.assert_allclose(
        ((outcome.arrays["predictions"] - features.value) ** 2).mean(), outcome.scalars["train_loss"], rtol=1e-9
    )


@pytest.mark.parametrize("leaves", [1, 2, 5, 9])
@pytest.mark.parametrize("spec", ["moons:n=200,seed=1", "hills:n=200,seed=3"])
def test_with_few_leaves_the_largest_decrease_comes_first(spec: str, leaves: int) -> None:
    data = sample(spec)
    _, outcome = finish_drawn(start(data, max_depth=50, max_leaf_nodes=leaves))
    assert outcome.scalars["leaves"] == leaves
    if leaves > 1:
        tree = theirs(data, max_leaf_nodes=leaves).tree_
        np.testing.assert_allclose(np.sort(outcome.arrays["impurity"]), np.sort(tree.impurity), atol=1e-9)


@pytest.mark.parametrize(
    "spec", ["moons:n=120,seed=1", "rings:n=150,seed=5", "hills:n=120,seed=3", "steps:n=80,seed=1"]
)
def test_the_weakest_links_are_scikit_learns(spec: str) -> None:
    data = sample(spec)
    alphas, impurities = pruning_path(grown(data, max_depth=4))
    path = theirs(data, max_depth=4)
    features = features_of(data)
    path = path.cost_complexity_pruning_path(features.x, features.value if features.numeric else features.y)
    np.testing.assert_allclose(alphas, path.ccp_alphas, atol=1e-9)
    np.testing.assert_allclose(impurities, path.impurities, atol=1e-9)


@pytest.mark.parametrize("alpha", [0.0, 0.004, 0.02, 0.1, 1.0])
@pytest.mark.parametrize("spec", ["moons:n=200,seed=1", "hills:n=200,seed=3", "iris"])
def test_a_pruned_tree_is_scikit_learns(spec: str, alpha: float) -> None:
    data = sample(spec)
    _, outcome = finish_drawn(start(data, max_depth=4, ccp_alpha=alpha))
    tree = theirs(data, max_depth=4, ccp_alpha=alpha)
    assert outcome.scalars["leaves"] == tree.get_n_leaves()
    assert outcome.scalars["depth"] == tree.get_depth()
    np.testing.assert_allclose(np.sort(outcome.arrays["impurity"]), np.sort(tree.tree_.impurity), atol=1e-9)


# By hand


def test_the_impurities_of_six_and_four() -> None:
    assert impurity(np.array([6.0, 4]), "gini") == pytest.approx(1 - 0.36 - 0.16)
    assert impurity(np.array([4.0, 4]), "entropy") == 1
    assert impurity(np.array([3.0, 0]), "entropy") == 0


def test_every_cut_of_five_rows() -> None:
    classes = np.array([[0, 0, 1, 1, 1]])
    gini = impurities_after(classes, "gini")[0]
    np.testing.assert_allclose(gini, [4 / 5 * (1 - 1 / 16 - 9 / 16), 0, 3 / 5 * 4 / 9, 4 / 5 / 2], atol=1e-12)
    entropy = impurities_after(classes, "entropy")[0]
    assert entropy[1] == pytest.approx(0, abs=1e-12)
    assert entropy[3] == pytest.approx(4 / 5)
    errors = impurities_after(np.array([[1.0, 1, 3, 3, 5]]), "squared_error")[0]
    np.testing.assert_allclose(errors, [8 / 5, (8 / 3) / 5, (8 / 3 + 2) / 5, 4 / 5])


def test_numbers_that_lie_far_away_lose_no_digits() -> None:
    near = impurities_after(np.array([[1.0, 1, 3, 3, 5]]), "squared_error")
    np.testing.assert_allclose(impurities_after(np.array([[1.0, 1, 3, 3, 5]]) + 1e6, "squared_error"), near, atol=1e-9)


def test_of_equally_good_cuts_the_first_column_and_the_lowest_threshold_win() -> None:
    columns = np.array([[0.0, 1, 2, 3], [0.0, 1, 2, 3]])
    target = np.array([0, 1, 1, 0])
    cuts = best_cuts(columns, target, np.argsort(columns, axis=1), "gini", 1)
    assert cuts.best == 0
    assert cuts.thresholds.tolist() == [0.5, 0.5]


def test_equal_values_are_never_parted_and_every_side_keeps_enough() -> None:
    columns = np.array([[1.0, 1, 1, 2]])
    orders = np.argsort(columns, axis=1)
    target = np.array([0, 1, 1, 1])
    assert best_cuts(columns, target, orders, "gini", 1).thresholds.tolist() == [1.5]
    assert not best_cuts(columns, target, orders, "gini", 2).possible
    assert not best_cuts(np.ones((1, 4)), target, orders, "gini", 1).possible


def test_the_middle_between_neighbours_is_the_lower_one() -> None:
    low = np.array([1.0, 0.0, -1e308])
    high = np.array([np.nextafter(1.0, 2), 4.0, 1e308])
    middle = between(low, high)
    assert middle.tolist() == [1.0, 2.0, 0.0]


def test_both_sides_stay_in_order() -> None:
    columns = np.random.default_rng(0).normal(size=(3, 50))
    left, right = parted(np.argsort(columns, axis=1), columns[0] <= 0.1)
    for side in (left, right):
        for column, order in zip(columns, side, strict=True):
            assert (np.diff(column[order]) > 0).all()
            assert set(order) == set(side[0])
    assert set(left[0]) == set(np.flatnonzero(columns[0] <= 0.1))


# Step by step


def test_the_steps_take_turns_and_name_each_other() -> None:
    steps, _ = finish_drawn(start(sample("moons:n=200,seed=1"), max_depth=3, ccp_alpha=0.02))
    thens = [step.then.render() for step in steps]
    assert thens[:4] == [WEIGH, SPLIT, WEIGH, SPLIT]
    assert PRUNE in thens
    assert steps[-1].rest
    assert not any(step.rest for step in steps[:-1])


def test_the_numbers_in_the_notes_are_the_trees() -> None:
    points = Points(np.array([[0.0, 5], [1, 5], [2, 5], [3, 5], [4, 5]]), np.array([0, 0, 1, 1, 1])).with_split(
        EVERYBODY
    )
    steps, outcome = finish_drawn(start(points))
    notes = [step.note.render() for step in steps]
    assert notes == [
        "All 5 training samples are in the root: Gini = 1 − 0.400² − 0.600² = 0.480",
        "Node 0, 5 samples: Gini = 1 − 0.400² − 0.600² = 0.480. The best question is x₁ ≤ 1.5: "
        "it lowers the impurity by 0.48 − 0 = 0.48",
        "x₁ ≤ 1.5: 2 of 5 samples go to node 1, 3 to node 2. Both stay leaves: pure",
        "The tree has 2 leaves and depth 1",
    ]
    table = shown(steps[1], Candidates)
    assert table.names == ("x₁", "x₂")
    np.testing.assert_allclose(table.values, [[1.5, 0, 0.48], [np.nan] * 3])
    assert table.winner == 0
    assert outcome.arrays["threshold"].tolist() == [1.5, -2, -2]


def test_entropy_and_numbers_are_worked_out_in_the_note() -> None:
    steps, _ = finish_drawn(start(sample("moons:n=200,seed=1"), criterion="entropy", max_depth=1))
    assert "entropy = −0.500·log₂ 0.500 − 0.500·log₂ 0.500 = 1.000 bit" in steps[0].note.render()
    points = Points(np.array([[0.0, -2], [1, -1]]), np.zeros(2, int), target="height").with_split(EVERYBODY)
    assert "mean of (y + 1.500)² = 0.25" in next(start(points)).note.render()


def test_a_link_is_cut_with_its_g_told_and_shown() -> None:
    data = sample("moons:n=200,seed=1")
    steps, _ = finish_drawn(start(data, max_depth=4, ccp_alpha=0.02))
    alphas, _ = pruning_path(grown(data, max_depth=4))
    links = [step for step in steps if step.note.render().startswith("Weakest link")]
    assert len(links) == int(((alphas <= 0.02) & (np.arange(len(alphas)) > 0)).sum())
    for step, alpha in zip(links, alphas[1:], strict=False):
        assert f"= {alpha:.4g} ≤ α = 0.02" in step.note.render()
        tree, table = shown(step, Tree), shown(step, Candidates)
        assert len(tree.pruned) >= 2
        assert tree.lit >= 0
        assert table.winner == 0
        assert table.values[0, 3] == pytest.approx(alpha)
        own, branch, leaves, g = table.values[0]
        assert g == pytest.approx((own - branch) / (leaves - 1))
    after = [step.scalars["leaves"] for step in steps[steps.index(links[0]) :]]
    assert all(later < earlier for earlier, later in pairwise(after[: len(links)]))


def test_alpha_prunes_live_and_lets_grow_again() -> None:
    data = sample("moons:n=200,seed=1")
    steps = start(data, max_depth=4)
    step = next(steps)
    while not step.rest:
        step = next(steps)
    whole = step.scalars["leaves"]
    step = steps.send(Change(params=CartParams(max_depth=4, ccp_alpha=0.02)))
    assert step.note.render().startswith("Weakest link")
    while not step.rest:
        step = next(steps)
    assert step.scalars["leaves"] == theirs(data, max_depth=4, ccp_alpha=0.02).get_n_leaves() < whole
    assert "α = 0.02" in step.note.render()
    step = steps.send(Change(params=CartParams(max_depth=4, ccp_alpha=0.004)))
    assert step.rest, "what grows again is there at once"
    assert step.scalars["leaves"] == theirs(data, max_depth=4, ccp_alpha=0.004).get_n_leaves()
    step = steps.send(Change(params=CartParams(max_depth=4)))
    assert step.scalars["leaves"] == whole
    _, outcome = finish_drawn(steps)
    assert outcome.scalars["leaves"] == whole


def test_scores_add_up_to_what_the_tree_predicts() -> None:
    data = sample("moons:n=200,seed=1", Split(0.5, 0.25))
    for alpha in (0.0, 0.01):
        _, outcome = finish_drawn(start(data, max_depth=5, ccp_alpha=alpha))
        features = features_of(data)
        for part, name in ((features.train, "train"), (features.validation, "validation"), (features.test, "test")):
            hits = (outcome.arrays["predictions"][part.index] == part.y).mean()
            assert outcome.scalars[f"{name}_accuracy"] == pytest.approx(hits)
            if name != "test":
                p = outcome.arrays["probabilities"][part.index, part.y]
                assert outcome.scalars[f"{name}_loss"] == pytest.approx((1 - p).mean())


def test_edited_data_are_learned_from_the_root_again() -> None:
    steps = start(sample("moons:n=200,seed=1"), max_depth=4)
    for _ in range(4):
        next(steps)
    more = sample("moons:n=260,seed=7")
    step = steps.send(Change(data=more))
    assert step.scalars["leaves"] == 1
    assert "Node 0, 260 samples" in step.note.render()
    _, outcome = finish_drawn(steps)
    assert len(outcome.arrays["predictions"]) == 260
    assert outcome.scalars["leaves"] == finish_drawn(start(more, max_depth=4))[1].scalars["leaves"]


# Pictures


def test_the_plane_shows_what_the_tree_predicts_and_where_it_cuts() -> None:
    data = sample("rings:n=200,seed=4")
    steps, outcome = finish_drawn(start(data, max_depth=5))
    surface, splits = shown(steps[-1], Surface), shown(steps[-1], Splits)
    cells = grid(surface.area).astype(float)
    tree = theirs(data, max_depth=5)
    said = tree.predict_proba(cells).T.reshape(surface.values.shape)
    assert (surface.values.argmax(0) == said.argmax(0)).mean() > 0.99
    np.testing.assert_allclose(surface.values.sum(0), 1, rtol=1e-6)
    assert len(splits.ends) == outcome.scalars["leaves"] - 1
    assert splits.depths.min() == 0
    assert splits.depths.max() == outcome.scalars["depth"] - 1
    np.testing.assert_allclose(
        np.sort(np.where(splits.ends[:, 0] == splits.ends[:, 2], splits.ends[:, 0], splits.ends[:, 1])),
        np.sort(outcome.arrays["threshold"][outcome.arrays["feature"] >= 0]),
    )
    assert np.isnan(splits.lit).all()
    assert np.isfinite(shown(steps[1], Splits).lit).all()


def test_a_number_along_x_is_a_flight_of_stairs() -> None:
    data = sample("steps:n=120,seed=1")
    steps, outcome = finish_drawn(start(data, max_depth=2))
    fit, splits = shown(steps[-1], Fit), shown(steps[-1], Splits)
    assert (np.diff(fit.x) >= 0).all()
    assert len(np.unique(fit.y)) == outcome.scalars["leaves"]
    np.testing.assert_array_equal(fit.predicted, outcome.arrays["predictions"])
    inside = (fit.x[::2] + fit.x[1::2]) / 2
    np.testing.assert_allclose(fit.y[0, ::2], theirs(data, max_depth=2).predict(inside[:, None]), rtol=1e-9)
    assert (splits.ends[:, 0] == splits.ends[:, 2]).all()


def test_a_number_on_the_plane_is_a_heat_map() -> None:
    data = sample("hills:n=200,seed=3")
    steps, _ = finish_drawn(start(data, max_depth=3))
    heat = shown(steps[-1], Heat)
    said = theirs(data, max_depth=3).predict(grid(heat.area).astype(float)).reshape(heat.values.shape)
    assert (np.abs(heat.values - said) < 1e-5).mean() > 0.99


def test_a_table_has_no_plane_and_asks_for_labels() -> None:
    steps, outcome = finish_drawn(start(parse_sample("play_tennis").with_split(EVERYBODY), max_depth=50))
    assert {type(picture) for picture in steps[0].draw()} == {Tree, Candidates}
    tree = shown(steps[-1], Tree)
    assert outcome.scalars["train_accuracy"] == 1
    assert "outlook = overcast" in tree.questions
    first = tree.parents.tolist().index(0)
    assert tree.answers[first].render() == "no", "the first child is the one whose column holds a 0"
    assert tree.counts.sum(1)[0] == 14


def test_a_tree_that_is_too_large_to_draw_is_drawn_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engines.trees.cart.MOST_NODES", 5)
    steps, outcome = finish_drawn(start(sample("moons:n=200,seed=1,noise=0.4"), max_depth=6, ccp_alpha=0.01))
    assert outcome.scalars["leaves"] > 3
    for step in steps:
        tree = shown(step, Tree)
        assert len(tree.parents) <= 5
        assert tree.lit < 5


# Edges


def test_xor_is_learned_though_the_first_question_gains_nothing() -> None:
    x = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    _, outcome = finish_drawn(start(Points(x, np.array([0, 1, 1, 0])).with_split(EVERYBODY)))
    assert outcome.scalars["train_accuracy"] == 1
    assert outcome.scalars["leaves"] == 4
    _, pruned = finish_drawn(start(Points(x, np.array([0, 1, 1, 0])).with_split(EVERYBODY), ccp_alpha=1e-9))
    assert pruned.scalars["leaves"] == 4, "as a whole the branch below the root is worth its leaves"


def test_two_of_a_kind_that_differ_in_class_make_a_mixed_leaf() -> None:
    x = np.array([[0.0, 0], [0, 0], [1, 1]])
    steps, outcome = finish_drawn(start(Points(x, np.array([0, 1, 1])).with_split(EVERYBODY), max_depth=50))
    assert outcome.scalars["leaves"] == 2
    assert any("no threshold leaves enough samples" in step.note.render() for step in steps)
    assert outcome.scalars["train_accuracy"] == pytest.approx(2 / 3)


def test_a_constant_column_is_never_asked() -> None:
    data = make_sample("moons", n=80, seed=1)
    points = Points(np.column_stack([data.x[:, 0], np.full(80, 2.0)]), data.y).with_split(EVERYBODY)
    _, outcome = finish_drawn(start(points, max_depth=50))
    assert set(outcome.arrays["feature"]) == {0, -2}
    assert outcome.arrays["feature_importances_"].tolist() == [1, 0]


def test_a_class_without_points_has_no_share() -> None:
    data = sample("moons:n=80,seed=1")
    assert isinstance(data, Points)
    steps, outcome = finish_drawn(start(Points(data.x, 2 * data.y).with_split(EVERYBODY)))
    assert (outcome.arrays["probabilities"][:, 1] == 0).all()
    assert shown(steps[-1], Surface).values.shape[0] == 3


def test_without_validation_its_numbers_are_not_known() -> None:
    _, outcome = finish_drawn(start(sample("moons:n=80,seed=1")))
    assert np.isnan(outcome.scalars["validation_accuracy"])
    assert np.isnan(outcome.scalars["test_accuracy"])


def test_no_loss_falls_below_nothing() -> None:
    steps, _ = finish_drawn(start(sample("iris", Split(0.7, 0.15)), max_depth=50))
    assert all(step.scalars[name] >= 0 for step in steps for name in ("train_loss", "validation_loss"))


def test_missing_numbers_are_refused_in_words() -> None:
    columns = (Column("a", "number", np.array([1.0, np.nan, 3])),
               Column("c", "category", codes=np.array([0, 1, 0]), labels=("x", "y")))  # fmt: skip
    with pytest.raises(LearnerError, match="missing"):
        next(start(Table(columns, "c").with_split(EVERYBODY)))


def test_a_large_run_says_how_long_it_takes() -> None:
    data = make_sample("moons", n=300, seed=1)
    assert not next(start(data)).caution.render()


def test_a_step_is_short_at_many_rows() -> None:
    import time

    rng = np.random.default_rng(0)
    points = Points(rng.normal(size=(100_000, 2)), rng.integers(0, 2, 100_000)).with_split(Split())
    steps = start(points, max_depth=4)
    longest = []
    next(steps)
    for _ in range(10):
        began = time.perf_counter()
        next(steps)
        longest.append(time.perf_counter() - began)
    assert max(longest) < 0.4  # 80 ms on a machine with nothing else to do
