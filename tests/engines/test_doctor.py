"""The training doctor: each finding provoked by a real run, and silence about runs that are well."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from engines.core.dataset import Dataset, Split
from engines.core.engine import Engine
from engines.core.language import LearnerError, catalogue
from engines.core.params import Params
from engines.core.registry import engine_named
from engines.core.step import WAIT, Pictures
from engines.data.points import Points
from engines.data.sampling import make_sample
from engines.data.table import Table
from engines.evaluation.doctor import Diagnosis, diagnoses, facts_of
from engines.pictures.network import Network

Seen = tuple[Mapping[str, Any], Engine, Params, bool, Pictures]


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Any:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)  # networks this small are slower with more
    yield
    torch.set_num_threads(before)


def run(key: str, data: Dataset, steps: int = 3000, **values: Any) -> Seen:
    """Run as the window does: every scalar of every step, until the end, an error, or so many steps."""
    engine = engine_named(key)
    params = engine.params().with_values(**values)
    rows: list[dict[str, float]] = []
    going = engine.start(data, params, np.random.default_rng(0))
    pictures: Pictures = ()
    ended = True
    try:
        for step in going:
            if step is not WAIT:
                rows.append(dict(step.scalars))
            if len(rows) >= steps:
                pictures, ended = step.draw(), False
                break
    except LearnerError:
        pass
    names = rows[0]
    return {name: np.array([row[name] for row in rows]) for name in names}, engine, params, ended, pictures


def found(key: str, data: Dataset, steps: int = 3000, **values: Any) -> dict[str, Diagnosis]:
    history, engine, params, ended, pictures = run(key, data, steps, **values)
    known = diagnoses(history, engine, params, facts_of(data), ended=ended, pictures=pictures)
    for one in known:  # each can be said, and done
        assert "{" not in one.sees.render() + one.why.render() + one.helps.render()
        if one.change:
            assert params.with_values(**{one.change[0]: one.change[1]}) != params
    return {one.key: one for one in known}


@cache
def points(sample: str = "moons", n: int = 200, **settings: Any) -> Points:
    data = make_sample(sample, n=n, seed=1, **settings).with_split(Split())
    assert isinstance(data, Points)
    return data


def skewed(rare: int) -> Points:
    """Two moons, one of them with ``rare`` points."""
    whole = make_sample("blobs", n=300, seed=1)
    assert isinstance(whole, Points)
    rows = np.concatenate([np.flatnonzero(whole.y == 0)[:100], np.flatnonzero(whole.y == 1)[:rare]])
    return Points(x=whole.x[rows], y=whole.y[rows]).with_split(Split())


HEALTHY = [
    ("classification.logistic", "moons", 3000, {}),
    ("classification.logistic", "blobs", 3000, {}),
    ("classification.knn", "moons", 3000, {}),
    ("classification.naive_bayes", "blobs", 3000, {}),
    ("classification.svm", "linear", 3000, {}),
    ("trees.cart", "moons", 3000, {}),
    ("trees.forest", "moons", 3000, {"n_estimators": 20}),
    ("regression.linear", "line", 3000, {}),
    ("regression.polynomial", "polynomial", 3000, {}),
    ("neural.mlp", "moons", 120, {}),
    ("neural.mlp", "moons", 120, {"activation": "relu", "layers": (8,)}),
    ("clustering.kmeans", "blobs", 3000, {}),
    ("classification.baseline", "moons", 3000, {}),
]


@pytest.mark.parametrize(("key", "sample", "steps", "values"), HEALTHY)
def test_a_healthy_run_is_told_nothing(key: str, sample: str, steps: int, values: dict[str, Any]) -> None:
    assert found(key, points(sample), steps, **values) == {}


@pytest.mark.parametrize("key", ["classification.logistic", "regression.linear"])
def test_nothing_is_said_at_any_moment_of_a_healthy_run(key: str) -> None:
    data = points("moons" if key.startswith("class") else "line")
    history, engine, params, _, _ = run(key, data)
    steps, facts = len(history["train_loss"]), facts_of(data)
    for length in range(0, steps, 7):
        so_far = {name: values[:length] for name, values in history.items()}
        assert diagnoses(so_far, engine, params, facts, ended=False) == ()


def test_divergence_of_a_line_and_its_cure() -> None:
    data = points("line")
    one = found("regression.linear", data, lr=0.5)["divergence"]
    assert one.severity == "bad"
    assert one.change == ("lr", 0.05)
    assert "1.37" in one.sees.render()
    assert "0.5" in one.why.render()
    assert one.helps.render() == "Try “Learning rate”: 0.05"
    assert found("regression.linear", data, lr=0.05) == {}


def test_divergence_while_it_runs_and_of_a_loss_that_is_no_number() -> None:
    assert set(found("regression.linear", points("line"), 12, lr=1.0)) == {"divergence"}
    history, engine, params, _, _ = run("classification.logistic", points())
    broken = {**history, "train_loss": np.append(history["train_loss"][:4], np.nan)}
    (one,) = diagnoses(broken, engine, params, facts_of(points()), ended=True)
    assert "no longer a number" in one.sees.render()


def test_a_network_with_a_high_rate_oscillates_with_a_lower_one_it_does_not() -> None:
    one = found("neural.mlp", points(), 60, lr=5.0)["oscillation"]
    assert one.change == ("lr", 2.0)
    assert set(found("neural.mlp", points(), 60, lr=10.0)) & {"divergence", "oscillation"}
    assert "oscillation" not in found("neural.mlp", points(), 120, lr=0.1)


def test_a_rate_that_is_too_low() -> None:
    one = found("regression.linear", points("line"), lr=0.0001)["slowness"]
    assert one.change == ("lr", 0.001)
    assert set(found("classification.logistic", points(), lr=0.001)) == {"slowness"}
    assert "slowness" in found("neural.mlp", points(), 210, lr=0.00001)  # long before its end


def test_newtons_method_has_no_rate_to_blame() -> None:
    assert found("classification.logistic", points(), solver="newton", lr=0.001) == {}


def test_a_deep_net_of_sigmoids_stands_still() -> None:
    deep = {"layers": (4, 4, 4, 4, 4)}
    assert found("neural.mlp", points(), 210, activation="sigmoid", **deep)["plateau"].change == ("activation", "tanh")
    assert "plateau" not in found("neural.mlp", points(), 210, activation="tanh", **deep)


def test_dead_neurons_are_counted_in_the_picture() -> None:
    one = found("neural.mlp", points(), 40, activation="relu", lr=3.0)["dead neurons"]
    assert one.sees.values[1] == ("units", 6)
    assert one.change == ("lr", 0.3)
    history, engine, params, _, pictures = run("neural.mlp", points(), 40, activation="relu", lr=3.0)
    network = next(picture for picture in pictures if isinstance(picture, Network))
    silent = sum(int((layer.max(axis=(1, 2)) <= 0).sum()) for layer in network.maps[1:-1])
    assert one.sees.values[0] == ("dead", silent)
    tanh = replace(network, activation="tanh")
    others = diagnoses(history, engine, params, facts_of(points()), ended=False, pictures=(tanh,))
    assert "dead neurons" not in {one.key for one in others}


def test_learned_by_heart() -> None:
    noisy = points("moons", 100, noise=0.45)
    assert found("classification.knn", noisy, n_neighbors=1)["overfitting"].change == ("n_neighbors", 3)
    assert found("trees.cart", noisy, max_depth=30)["overfitting"].change == ("max_depth", 4)
    one = found("neural.mlp", points("moons", 100, noise=0.35), 400, lr=0.3, layers=(8, 8))["overfitting"]
    assert one.change == ("early_stopping", True)
    assert one.helps.render() == "Switch on “Early stopping”"
    few = points("polynomial", 80).with_split(Split(0.2, 0.4))
    assert found("regression.polynomial", few, degree=14)["overfitting"].change == ("degree", 4)


def test_without_a_validation_share_nobody_knows_what_was_learned_by_heart() -> None:
    alone = points("moons", 100, noise=0.45).with_split(Split(1.0, 0.0))
    assert found("classification.knn", alone, n_neighbors=1) == {}


def test_too_stiff() -> None:
    one = found("classification.logistic", points("circles"))["underfitting"]
    assert one.change == ("features", "with squares")
    assert "50.0%" in one.sees.render()
    assert found("classification.logistic", points("circles"), features="with squares") == {}
    assert found("neural.mlp", points("circles"), 210, activation="linear")["underfitting"].change == (
        "activation", "tanh",
    )  # fmt: skip
    assert found("regression.polynomial", points("sine", 120), degree=1, penalty="L2 (ridge)", alpha=1000.0)[
        "underfitting"
    ].change == ("alpha", 100.0)


def test_a_rare_class() -> None:
    one = found("classification.logistic", skewed(6))["imbalance"]
    assert one.change is None
    assert "4 of 74" in one.sees.render()
    assert "94.6%" in one.why.render()
    assert found("classification.logistic", skewed(60)) == {}


def test_rows_in_both_shares() -> None:
    whole = points("moons", 60)
    twice = Points(x=np.vstack([whole.x] * 4), y=np.tile(whole.y, 4)).with_split(Split())
    facts = facts_of(twice)
    train = {tuple(row) for row in twice.x[twice.parts == 0]}
    assert facts.twins == sum(tuple(row) in train for row in twice.x[twice.parts == 1]) > 20
    assert found("classification.knn", twice, n_neighbors=1)["twins"].severity == "bad"
    assert facts_of(whole).twins == 0
    other = replace(twice, y=np.where(twice.parts == 1, 1 - twice.y, twice.y))
    assert facts_of(other).twins == 0  # the same place with another answer tells nothing


def test_better_on_what_it_has_not_learned() -> None:
    easy = points("blobs")
    rng = np.random.default_rng(0)
    y = np.where((easy.parts == 0) & (rng.random(len(easy)) < 0.7), rng.integers(0, 3, len(easy)), easy.y)
    one = found("classification.naive_bayes", Points(x=easy.x, y=y, key=easy.key, parts=easy.parts))["too good"]
    assert one.severity == "warn"


def test_facts_of_other_kinds() -> None:
    iris = make_sample("iris").with_split(Split())
    assert isinstance(iris, Table)
    facts = facts_of(iris)
    assert sum(facts.counts) == facts.n_train == int((iris.parts == 0).sum())
    assert facts.names == iris.column(iris.target).labels
    assert facts_of(points("line")).counts == ()
    line = points("line")
    assert facts_of(line).baseline == pytest.approx(line.x[line.parts == 0, 1].var())
    assert facts_of(Points()).n_train == 0
    for sample in ("golf", "digits"):
        try:
            data = make_sample(sample)
        except LearnerError:
            continue
        assert facts_of(data).twins >= 0


def test_odd_histories_are_no_trouble() -> None:
    engine = engine_named("classification.logistic")
    facts = facts_of(points())
    for losses in ([], [np.nan], [0.7], [np.nan] * 300, [0.0] * 300, [np.inf, np.inf], [0.7, np.nan, 0.6] * 100):
        history = {"train_loss": np.array(losses), "train_accuracy": np.array(losses)}
        for ended in (False, True):
            diagnoses(history, engine, engine.params(), facts, ended=ended)
            diagnoses({}, engine, engine.params(), facts, ended=ended)


def test_a_long_run_is_looked_at_quickly() -> None:
    from time import perf_counter

    engine, facts = engine_named("neural.mlp"), facts_of(points())
    rng = np.random.default_rng(0)
    losses = np.exp(-np.linspace(0, 4, 200_000)) + 0.001 * rng.random(200_000)
    table = np.column_stack([losses, losses + 0.01, 1 - losses / 2, 1 - losses / 2])
    names = ("train_loss", "validation_loss", "train_accuracy", "validation_accuracy")
    history = {name: table[:, place] for place, name in enumerate(names)}
    assert diagnoses(history, engine, engine.params(), facts, ended=False) == ()
    times = []
    for _ in range(5):
        begun = perf_counter()
        diagnoses(history, engine, engine.params(), facts, ended=False)
        times.append(perf_counter() - begun)
    assert min(times) < 0.01


def test_every_sentence_has_its_chinese() -> None:
    one = found("regression.linear", points("line"), 30, lr=0.5)["divergence"]
    for note in (one.sees, one.why, one.helps):
        assert note.text in catalogue("zh")
