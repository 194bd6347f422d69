"""The validation curve and the learning curve are those of scikit-learn, and say what they show."""

from typing import Any

import numpy as np
import pytest

from engines.core.dataset import Split
from engines.core.language import LearnerError
from engines.core.registry import engine_named
from engines.data.points import Points
from engines.judging.learning_curve import LearningCurveParams, sizes_of
from engines.judging.validation_curve import ValidationCurveParams, chosen, values_of
from engines.pictures.boundaries import Boundaries
from tests.engines.test_k_fold import cutter_of, finished, given, judged, model_of, points

TREE = "trees.cart"


def curve(engine: str, data: Any, **settings: Any) -> Any:
    return judged(engine, data, judge="validation_curve", **settings)


def growth(engine: str, data: Any, **settings: Any) -> Any:
    return judged(engine, data, judge="learning_curve", **settings)


@pytest.mark.parametrize(
    ("engine", "sample", "param"),
    [
        (TREE, "moons:n=80,seed=4", "max_depth"),
        ("classification.knn", "blobs:n=60,seed=2", "n_neighbors"),
        ("classification.naive_bayes", "iris", "var_smoothing"),
    ],
)
def test_the_validation_curve_is_that_of_scikit_learn(engine: str, sample: str, param: str) -> None:
    from sklearn.model_selection import validation_curve

    reach = {"low": 1, "high": 30} if param == "n_neighbors" else {}
    experiment = curve(engine, sample, seed=3, param=param, n_values=4, n_splits=4, **reach)
    steps, outcome = finished(experiment)
    x, y = given(experiment)
    tried = outcome.arrays["param_range"]
    options = {"param_name": param, "param_range": tried, "cv": cutter_of("stratified", 4, 3)}
    trained, held = validation_curve(model_of(engine), x, y, **options)
    np.testing.assert_allclose(outcome.arrays["train_scores"], trained, atol=1e-12)
    np.testing.assert_allclose(outcome.arrays["validation_scores"], held, atol=1e-12)
    best = int(held.mean(1).argmax())
    assert outcome.scalars[f"best_{param}"] == tried[best]
    assert outcome.scalars["best"] == pytest.approx(held.mean(1)[best])
    assert f"{held.mean(1)[best]:.3f}" in steps[-1].note.render()
    assert any(f"{held[1].mean():.3f} ± {held[1].std():.3f}" in step.note.render() for step in steps)


@pytest.mark.parametrize("sample", ["iris", "moons:n=80,seed=1"])
def test_the_learning_curve_is_that_of_scikit_learn(sample: str) -> None:
    from sklearn.model_selection import learning_curve

    experiment = growth("classification.naive_bayes", sample, seed=5, n_sizes=5, n_splits=4, smallest=0.25)
    steps, outcome = finished(experiment)
    x, y = given(experiment)
    sizes, trained, held = learning_curve(
        model_of("classification.naive_bayes"), x, y, train_sizes=np.linspace(0.25, 1, 5), shuffle=True,
        random_state=5, cv=cutter_of("stratified", 4, 5),
    )  # fmt: skip
    assert (outcome.arrays["train_sizes"] == sizes).all()
    np.testing.assert_allclose(outcome.arrays["train_scores"], trained, atol=1e-12)
    np.testing.assert_allclose(outcome.arrays["validation_scores"], held, atol=1e-12)
    assert outcome.scalars["gap"] == pytest.approx(trained[-1].mean() - held[-1].mean())
    assert f"{held[-1].mean():.3f}" in steps[-1].note.render()


def test_r2_against_the_degree_is_that_of_least_squares() -> None:
    experiment = curve("regression.polynomial", "sine:n=40,seed=1", param="degree", low=1, high=4, n_values=4)
    _, outcome = finished(experiment)
    x, y = given(experiment)
    for place, degree in enumerate((1, 2, 3, 4)):
        for fold, (train, held) in enumerate(cutter_of("random", 5, 0).split(x)):
            fit = np.polynomial.Polynomial.fit(x[train, 0], y[train], degree)
            for rows, name in ((train, "train_scores"), (held, "validation_scores")):
                left = ((fit(x[rows, 0]) - y[rows]) ** 2).sum() / ((y[rows] - y[rows].mean()) ** 2).sum()
                assert outcome.arrays[name][place, fold] == pytest.approx(1 - left, abs=1e-6)


def test_the_split_can_be_used_instead_of_folds() -> None:
    experiment = curve(TREE, "moons:n=80,seed=1", by="the split", param="max_depth", n_values=3, split=Split(0.5, 0.3))
    _, outcome = finished(experiment)
    assert outcome.arrays["validation_scores"].shape == (3, 1)
    for item in (curve, growth):
        with pytest.raises(LearnerError, match="no validation share"):
            finished(item(TREE, "moons:n=80,seed=1", by="the split", split=Split(0.7, 0.0)))


def spec_of(engine: str, name: str = "") -> Any:
    return chosen(judged(engine, Points()), name)


def test_values_go_as_the_slider_goes() -> None:
    for engine in ("classification.svm", "classification.logistic", "regression.polynomial", TREE, "trees.forest"):
        params = type(engine_named(engine).params())
        from engines.core.params import named_by

        for name in named_by("numbers", params):
            spec = spec_of(engine, name)
            values = values_of(spec, ValidationCurveParams())
            assert 2 <= len(values) <= 10
            assert (np.diff(values) > 0).all()
            for value in values:
                assert spec.check(value) == value
            if spec.param.log and spec.kind == "float":
                np.testing.assert_allclose(np.diff(np.log(values)), np.log(values[1] / values[0]), rtol=1e-6)


def test_bounds_are_kept_and_the_wrong_ones_are_said() -> None:
    spec = spec_of("trees.cart", "max_depth")
    assert values_of(spec, ValidationCurveParams(low=2, high=5, n_values=20)) == [2, 3, 4, 5]
    with pytest.raises(LearnerError, match="must be below"):
        values_of(spec, ValidationCurveParams(low=9, high=3))
    with pytest.raises(LearnerError, match="no setting “colour”"):
        spec_of("trees.cart", "colour")
    assert spec_of("classification.knn").name == "n_neighbors"


def test_sizes_grow_to_all_rows() -> None:
    assert sizes_of(100, LearningCurveParams(smallest=0.1, n_sizes=4)).tolist() == [10, 40, 70, 100]
    assert sizes_of(2, LearningCurveParams()).tolist() == [1, 2]
    with pytest.raises(LearnerError, match="too few rows"):
        sizes_of(1, LearningCurveParams())


def test_a_size_with_one_class_only_has_no_score_and_says_why() -> None:
    data = points([0] * 30 + [1] * 6)
    steps, outcome = finished(
        growth("classification.naive_bayes", data, split=Split(1.0, 0.0), smallest=0.05, n_splits=3, n_sizes=4)
    )
    assert np.isnan(outcome.arrays["validation_scores"][0]).any()
    assert np.isfinite(outcome.arrays["validation_scores"][-1]).all()
    assert any("one class only" in step.note.render() for step in steps)


def test_the_gap_is_named() -> None:
    wild = finished(growth(TREE, "moons:n=60,noise=0.4,seed=1", params={"max_depth": 12}))[0][-1].note.render()
    assert "overfitting" in wild
    stiff = finished(growth("classification.logistic", "circles:n=120,seed=1"))[0][-1].note.render()
    assert "underfitting" in stiff
    fine = finished(growth("classification.naive_bayes", "blobs:n=90,seed=1"))[0][-1].note.render()
    assert "neither" in fine
    widest = finished(curve(TREE, "moons:n=60,noise=0.4,seed=1", param="max_depth", low=1, high=10))[0]
    assert "overfitting" in widest[-1].note.render()


def test_pictures_are_the_same_kinds_and_a_tile_takes_its_value() -> None:
    for experiment in (
        curve(TREE, "moons:n=50,seed=1", param="max_depth", n_values=3), growth(TREE, "moons:n=50,seed=1", n_sizes=3)
    ):  # fmt: skip
        drawn = [step.draw() for step in experiment.start()]
        assert len({tuple(type(one) for one in pictures) for pictures in drawn}) == 1
        chart, tiles = drawn[-1]
        assert isinstance(tiles, Boundaries)
        assert np.isfinite(tiles.surfaces).all()
        if experiment.judge_key == "validation_curve":
            assert [dict(pairs)["max_depth"] for pairs in tiles.takes] == chart.lines[0].x.tolist()
            assert chart.cut.param == "max_depth"
            assert chart.cut.value == 4
            engine_named(TREE).params().with_values(**dict(tiles.takes[0]))
        else:
            assert tiles.strong.sum(1).tolist() == chart.lines[0].x.tolist()
    kinds = [type(one) for one in next(growth(TREE, "iris").start()).draw()]
    assert Boundaries not in kinds


@pytest.mark.parametrize("item", [curve, growth])
@pytest.mark.parametrize(
    ("data", "part"), [(Points(), "no points"), (points([0] * 12), "one class"), (points([0, 1]), "cannot be cut")]
)
def test_what_cannot_be_done_is_said(item: Any, data: Points, part: str) -> None:
    with pytest.raises(LearnerError, match=part):
        finished(item(TREE, data, split=Split(1.0, 0.0)))
