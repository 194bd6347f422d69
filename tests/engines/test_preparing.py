"""Features added to points, and principal components in the place of columns: every algorithm that says so obeys."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engines.core.dataset import TEST, TRAIN, Dataset, Split
from engines.core.engine import Engine, Task
from engines.core.experiment import Experiment
from engines.core.language import LearnerError
from engines.core.registry import discover, engine_named
from engines.core.step import Change, Outcome, Step
from engines.data.lifting import LIFTS, lifted, ordered
from engines.data.points import Points
from engines.data.preparing import Projection, unprepared
from engines.data.sampling import make_sample, parse_sample
from engines.evaluation.checks import with_classes, with_numbers
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.surface import Surface, grid

SQUARES = ("x1^2", "x2^2")
ALL = tuple(lift.key for lift in LIFTS)
AS_THEY_ARE = {
    "classification.baseline",  # looks at no input
    "regression.baseline",
    "regression.polynomial",  # makes its powers itself
}
LIMITS = {"max_iter": 300, "max_epochs": 20, "n_estimators": 8}
SUPERVISED = [
    item
    for item in discover().engines.values()
    if item.task in (Task.CLASSIFY, Task.REGRESS) and item.learns_from(Points) and item.key not in AS_THEY_ARE
]
CLASSIFIERS = [item for item in SUPERVISED if item.task is Task.CLASSIFY]
every_plane_engine = pytest.mark.parametrize("engine", SUPERVISED, ids=lambda item: item.key)


def sample_for(engine: Engine, added: tuple[str, ...], n: int = 60, seed: int = 1) -> Points:
    data = make_sample("circles" if engine.task is Task.CLASSIFY else "hills", n=n, seed=seed)
    assert isinstance(data, Points)
    return replace(data, added=added).with_split(Split())


def short(engine: Engine, **values: Any) -> Any:
    """Its params with every limit on its length low."""
    names = {name for name in LIMITS if name in engine.params().to_json()}
    if engine.key == "regression.linear":
        values = {"standardise": True} | values  # squares are large: else the rate would have to be tiny
    return engine.params().with_values(**{name: LIMITS[name] for name in names} | values)


def run(engine: Engine, data: Dataset, params: Any) -> tuple[Step, Outcome]:
    """The last step and the outcome."""
    steps, last = engine.start(data, params, np.random.default_rng(0)), None
    while True:
        try:
            last = next(steps)
        except StopIteration as end:
            assert last is not None
            return last, end.value


def with_rows(data: Points, x: Any) -> Points:
    """The data with places behind them of which nothing is learned."""
    m = len(x)
    return replace(
        data,
        x=np.vstack([data.x, x]), y=np.append(data.y, np.zeros(m, int)), value=np.append(data.value, np.zeros(m)),
        key=np.append(data.key, np.linspace(0, 0.9, m)), parts=np.append(data.parts, np.full(m, TEST, np.uint8)),
    )  # fmt: skip


def test_every_supervised_algorithm_of_the_plane_takes_added_features() -> None:
    assert len(SUPERVISED) >= 9
    assert [item.key for item in SUPERVISED if not item.prepares(Points)] == []
    assert not any(engine_named(key).prepares(Points) for key in AS_THEY_ARE)
    assert not any(
        item.prepared for item in discover().engines.values() if item.task not in (Task.CLASSIFY, Task.REGRESS)
    )


@every_plane_engine
def test_what_is_drawn_is_what_is_said_of_points_at_the_middles_of_the_cells(engine: Engine) -> None:
    """Every cell's colour is the answer for a point there, its features computed as those of any other point."""
    if engine.key.startswith("semisupervised."):
        return  # there other points change the answer: see below
    data, params = sample_for(engine, ALL), short(engine)
    picture = next(p for p in run(engine, data, params)[0].draw() if isinstance(p, Surface | Heat))
    rows, columns = picture.values.shape[-2:]
    chosen = np.random.default_rng(2).choice(rows * columns, 40, replace=False)
    middles = grid(picture.area, rows, columns)[chosen].astype(float)
    arrays = run(engine, with_rows(data, middles), params)[1].arrays
    if isinstance(picture, Heat):
        said = np.clip(arrays["predictions"][-40:], -9, 9)
        np.testing.assert_allclose(picture.values.reshape(-1)[chosen], said, atol=2e-4)
        return
    drawn = picture.values.reshape(-1, rows * columns)[:, chosen].T
    if "probabilities" in arrays:
        np.testing.assert_allclose(drawn, arrays["probabilities"][-40:], atol=1e-4)
    assert (drawn.argmax(1) == arrays["predictions"][-40:]).mean() >= 0.97  # a cell on the border may go either way


@every_plane_engine
def test_the_kinds_of_picture_stay_and_are_declared_with_added_features(engine: Engine) -> None:
    steps = engine.start(sample_for(engine, ALL), short(engine), np.random.default_rng(0))
    drawn = [[type(picture) for picture in step.draw()] for step in itertools.islice(steps, 25)]
    assert drawn[0]
    assert all(kinds == drawn[0] for kinds in drawn)
    assert set(drawn[0]) <= set(engine.shows)


@every_plane_engine
def test_edited_points_reach_a_run_with_added_features(engine: Engine) -> None:
    steps = engine.start(sample_for(engine, SQUARES), short(engine), np.random.default_rng(0))
    for _ in itertools.islice(steps, 3):
        pass
    assert steps.send(Change(data=sample_for(engine, SQUARES, n=90, seed=4))).draw()


@every_plane_engine
def test_without_added_features_nothing_is_prepared(engine: Engine) -> None:
    data = sample_for(engine, ())
    features = with_classes(data) if engine.task is Task.CLASSIFY else with_numbers(data)
    assert features.flat
    assert features.x is data.x


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("classification.logistic", {"solver": "newton"}),
        ("classification.svm", {"kernel": "linear"}),
        ("neural.mlp", {"layers": (), "optimizer": "adam", "max_epochs": 60}),
    ],
)
def test_what_no_line_can_part_is_parted_with_squares(key: str, values: dict[str, Any]) -> None:
    engine = engine_named(key)
    results = []
    for added in ((), SQUARES):
        data = replace(make_sample("circles", n=200, seed=1), added=added).with_split(Split())  # type: ignore[call-arg]
        numbers = run(engine, data, short(engine, **values))[1].scalars
        results.append(numbers["test_accuracy"])
    assert results[0] < 0.75
    assert results[1] > 0.95


def test_the_border_is_that_of_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures

    data = replace(make_sample("moons", n=200, noise=0.3, seed=1), added=("x1^2", "x1x2", "x2^2")).with_split(Split())  # type: ignore[call-arg]
    assert isinstance(data, Points)
    step, _ = run(engine_named("classification.logistic"), data, short(
        engine_named("classification.logistic"), solver="newton", alpha=0.01, tol=1e-6))  # fmt: skip
    surface = next(picture for picture in step.draw() if isinstance(picture, Surface))
    c = 1 / (0.01 * len(data.train.y))
    model = make_pipeline(PolynomialFeatures(2, include_bias=False), LogisticRegression(C=c, tol=1e-9, max_iter=9999))
    model.fit(data.train.x, data.train.y)
    theirs = model.predict_proba(grid(surface.area).astype(float)).T.reshape(surface.values.shape)
    np.testing.assert_allclose(surface.values, theirs, atol=1e-3)


def test_sines_and_products_are_what_they_are_called() -> None:
    x = np.array([[1.0, 2.0], [-3.0, 0.5]])
    columns = lifted(x, LIFTS)
    np.testing.assert_allclose(columns[:, :2], x)
    np.testing.assert_allclose(columns[0, 2:], [1, 4, 2, np.sin(1), np.sin(2), np.sqrt(5)])
    np.testing.assert_allclose(columns[1, 2:], [9, 0.25, -1.5, np.sin(-3), np.sin(0.5), np.hypot(3, 0.5)])


def test_features_have_one_order_and_unknown_ones_are_refused() -> None:
    assert ordered(["r", "x₁²", "x1^2"]) == ("x1^2", "r")
    assert Points(added=("r", "x1x2")).added == ("x1x2", "r")
    with pytest.raises(LearnerError, match="x1\\^3"):
        Points(added=("x1^3",))


def test_other_features_begin_another_run() -> None:
    data = make_sample("moons", n=40)
    assert data.same_shape(replace(data, key=data.key))
    assert not data.same_shape(replace(data, added=SQUARES))  # type: ignore[call-arg]
    table = parse_sample("iris")
    assert not table.same_shape(replace(table, components=2))
    assert unprepared(replace(table, components=2)).components == 0


def test_far_out_points_are_refused_in_words() -> None:
    far = Points(np.array([[1e200, 1.0], [-1e200, 2.0], [3.0, 1.0]]), np.array([0, 1, 0]), added=SQUARES)
    with np.errstate(over="ignore"), pytest.raises(LearnerError, match="far out"):
        with_classes(far)


def test_a_line_bends_along_the_first_coordinate_alone() -> None:
    """Where the second coordinate is learned, no feature may be made of it."""
    data = replace(make_sample("polynomial", n=80, seed=1), added=ALL).with_split(Split())  # type: ignore[call-arg]
    assert isinstance(data, Points)
    assert with_numbers(data).names == ("x", "x²", "sin x")
    linear = engine_named("regression.linear")
    step, outcome = run(linear, data, short(linear, lr=0.3, max_iter=3000))
    fit = next(picture for picture in step.draw() if isinstance(picture, Fit))
    np.testing.assert_allclose(np.interp(data.x[:, 0], fit.x, fit.y[0]), outcome.arrays["predictions"], atol=5e-3)
    from sklearn.linear_model import LinearRegression

    x, known = data.x[:, :1], data.parts == TRAIN
    columns = np.hstack([x, x**2, np.sin(x)])
    theirs = LinearRegression().fit(columns[known], data.x[known, 1]).predict(columns)
    np.testing.assert_allclose(np.interp(data.x[:, 0], fit.x, fit.y[1]), theirs, atol=5e-3)  # the closed form


@pytest.mark.parametrize("kernel", ["knn", "rbf"])
def test_labels_spread_among_the_added_features_as_in_scikit_learn(kernel: str) -> None:
    from sklearn.semi_supervised import LabelPropagation

    engine = engine_named("semisupervised.label_propagation")
    data = sample_for(engine, SQUARES, n=80)
    params = engine.params().with_values(kernel=kernel, gamma=2.0, tol=1e-6)
    step, outcome = run(engine, data, params)
    columns = with_classes(data).x
    given = np.where(data.parts == TRAIN, data.y, -1)
    model = LabelPropagation(kernel=kernel, gamma=2.0, n_neighbors=7, tol=1e-6, max_iter=1000).fit(columns, given)
    assert (outcome.arrays["predictions"] == model.transduction_).mean() > 0.98
    surface = next(picture for picture in step.draw() if isinstance(picture, Surface))
    places = with_classes(data).at(grid(surface.area).astype(float))[::37]
    said = surface.values.reshape(2, -1).T[::37]
    with np.errstate(invalid="ignore"):
        theirs = model.predict_proba(places)
    known = np.isfinite(theirs).all(1) & (said.max(1) > 0.5)  # where nobody is near, nothing is said
    np.testing.assert_allclose(said[known], theirs[known], atol=2e-3)


def test_its_own_labels_are_found_among_the_added_features_as_in_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.semi_supervised import SelfTrainingClassifier

    engine = engine_named("semisupervised.self_training")
    data = sample_for(engine, ("r",), n=80)
    step, outcome = run(engine, data, engine.params().with_values(estimator="logistic regression"))
    features = with_classes(data)
    given = np.where(data.parts == TRAIN, data.y, -1)
    model = SelfTrainingClassifier(LogisticRegression(), threshold=0.9, max_iter=50).fit(features.x, given)
    np.testing.assert_array_equal(outcome.arrays["transduction_"], model.transduction_)
    surface = next(picture for picture in step.draw() if isinstance(picture, Surface))
    theirs = model.predict_proba(features.at(grid(surface.area).astype(float))).T.reshape(surface.values.shape)
    np.testing.assert_allclose(surface.values, theirs, atol=1e-5)


# Principal components first


def table_with(components: int, spec: str = "iris") -> Dataset:
    return replace(parse_sample(spec), components=components).with_split(Split())


def test_the_components_are_those_of_scikit_learn_found_in_the_training_share_alone() -> None:
    from sklearn.decomposition import PCA

    plain, made = with_classes(table_with(0)), with_classes(table_with(3))
    theirs = PCA(3).fit(plain.train.x)
    np.testing.assert_allclose(made.x, theirs.transform(plain.x), atol=1e-8)
    assert made.names == ("PC1", "PC2", "PC3")
    elsewhere = replace(plain, x=np.where(plain.parts[:, None] == TRAIN, plain.x, 99.0))
    again = Projection.of(elsewhere.train.x, 3)
    np.testing.assert_array_equal(again.axes, Projection.of(plain.train.x, 3).axes)


@pytest.mark.parametrize("k", [2, 4])
def test_components_then_a_line_are_scikit_learns_pipeline(k: int) -> None:
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    plain, engine = with_classes(table_with(0)), engine_named("classification.logistic")
    params = engine.params().with_values(solver="newton", alpha=0.02, tol=1e-6)
    _, outcome = run(engine, table_with(k), params)
    c = 1 / (0.02 * len(plain.train.y))
    model = make_pipeline(PCA(k), LogisticRegression(C=c, tol=1e-9, max_iter=9999)).fit(plain.train.x, plain.train.y)
    np.testing.assert_allclose(outcome.arrays["probabilities"], model.predict_proba(plain.x), atol=1e-4)


def test_components_then_neighbours_of_pictures_are_scikit_learns_pipeline() -> None:
    from sklearn.decomposition import PCA
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline

    data = table_with(10, "digits")
    plain = with_classes(unprepared(data))
    model = make_pipeline(PCA(10), KNeighborsClassifier(5)).fit(plain.train.x, plain.train.y)
    _, outcome = run(engine_named("classification.knn"), data, engine_named("classification.knn").params())
    np.testing.assert_array_equal(outcome.arrays["predictions"], model.predict(plain.x))


def test_more_components_than_there_are_is_all_of_them() -> None:
    assert len(with_classes(table_with(50)).names) == 4
    line = Projection.of(np.outer(np.arange(5.0), [1.0, 2.0, 2.0]), 3)  # three columns, one direction
    np.testing.assert_allclose(line.axes, [[1 / 3, 2 / 3, 2 / 3]])
    with pytest.raises(LearnerError):
        table_with(-1)


@pytest.mark.parametrize("engine", [e for e in discover().engines.values() if e.prepared], ids=lambda item: item.key)
def test_every_kind_that_is_named_is_learned_from_after_its_components(engine: Engine) -> None:
    specs = {"Table": ("iris", "houses:n=80"), "Images": ("digits",), "Text": ("spam",)}
    for kind in (kind for kind in engine.prepared if kind is not Points):
        learnt = 0
        for spec in specs[kind.kind]:
            try:
                steps = engine.start(table_with(3, spec), short(engine), np.random.default_rng(0))
                drawn = [[type(picture) for picture in step.draw()] for step in itertools.islice(steps, 6)]
            except LearnerError:
                continue
            assert all(kinds == drawn[0] for kinds in drawn)
            learnt += 1
        assert learnt


# Judges


def judged(experiment: Experiment) -> tuple[list[Step], Outcome]:
    steps, kept = experiment.start(), []
    while True:
        try:
            kept.append(next(steps))
        except StopIteration as end:
            return kept, end.value


def test_k_fold_finds_the_components_anew_in_every_fold() -> None:
    from sklearn.decomposition import PCA
    from sklearn.model_selection import PredefinedSplit, cross_val_score
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline

    params = engine_named("classification.knn").params()
    experiment = Experiment("classification.knn", params, table_with(2), Split(), 0, "k_fold")
    _, outcome = judged(experiment)
    plain = with_classes(table_with(0))
    rows, fold = np.flatnonzero(plain.parts != TEST), np.asarray(outcome.arrays["fold"])
    fold = fold[rows] if len(fold) == len(plain) else fold
    model = make_pipeline(PCA(2), KNeighborsClassifier(5))
    theirs = cross_val_score(model, plain.x[rows], plain.y[rows], cv=PredefinedSplit(fold))
    np.testing.assert_allclose(np.asarray(outcome.arrays["scores"]), theirs)


@pytest.mark.parametrize("judge", ["k_fold", "bias_variance", "learning_curve", "seeds"])
def test_judges_judge_the_model_with_its_added_features(judge: str) -> None:
    key = "neural.mlp" if judge == "seeds" else "classification.logistic"
    engine = engine_named(key)
    values = {"layers": (), "optimizer": "adam", "max_epochs": 60} if judge == "seeds" else {"solver": "newton"}
    found = []
    for added in ((), SQUARES):
        data = replace(make_sample("circles", n=120, seed=1), added=added)  # type: ignore[call-arg]
        steps, outcome = judged(Experiment(key, short(engine, **values), data, Split(), 0, judge))
        assert steps[-1].draw()
        told = {name: value for step in steps for name, value in step.scalars.items()} | dict(outcome.scalars)
        found.append(told)
    name = {"bias_variance": "error", "seeds": "mean", "k_fold": "mean"}.get(judge, "validation")
    worse, better = (one[name] for one in found)
    assert better < worse - 0.2 if judge == "bias_variance" else better > worse + 0.2


def test_the_network_shows_the_inputs_that_were_added() -> None:
    from engines.pictures.network import Network

    engine = engine_named("neural.mlp")
    data = sample_for(engine, ("x1x2", "sin_x1"))
    step, outcome = run(engine, data, short(engine))
    network = next(picture for picture in step.draw() if isinstance(picture, Network))
    assert network.sizes == (4, 4, 2, 1)
    assert network.added == ("x₁x₂", "sin x₁")
    assert outcome.arrays["coefs_0"].shape == (4, 4)
    rows, columns = network.maps[0].shape[1:]
    x = network.maps[0].reshape(4, rows * columns).T.astype(float)
    np.testing.assert_allclose(x, lifted(x[:, :2], [LIFTS[2], LIFTS[3]]), atol=1e-5)
