"""Networks that are trained as one stack are those that are trained alone."""

from typing import Any

import numpy as np
import pytest

from engines.core.dataset import Split
from engines.data.points import Points
from engines.data.sampling import make_sample
from engines.neural.mlp import MLPParams, mlp

SETTINGS: list[dict[str, Any]] = [
    {},
    {"optimizer": "momentum", "activation": "relu", "layers": (8, 8), "batch_size": 7},
    {"optimizer": "adam", "activation": "sigmoid", "layers": (3,), "weight_decay": 0.01},
    {"dropout": 0.4, "l1": 0.01, "layers": (4, 4, 4)},
    {"layers": (), "activation": "linear", "batch_size": 512},
]


def data(sample: str = "circles", seed: int = 1, **settings: Any) -> Points:
    return make_sample(sample, seed=seed, **({"n": 60} | settings)).with_split(Split(0.6, 0.2))


def alone(points: Points, params: MLPParams, seed: int, epochs: int) -> list[dict[str, float]]:
    steps = mlp.start(points, params, np.random.default_rng(seed))
    found = [dict(next(steps).scalars) for _ in range(epochs + 1)]
    steps.close()
    return found


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("sample", ["circles", "blobs"])
def test_each_network_trains_as_it_does_alone(settings: dict[str, Any], sample: str) -> None:
    from engines.neural._many import Many

    points, params, seeds = data(sample), MLPParams(**settings), (3, 11, 4)
    many = Many(params, [points], [params.lr] * 3, seeds)
    found = [many.scores()]
    for _ in range(15):
        many.train()
        found.append(many.scores())
    for place, seed in enumerate(seeds):
        for ours, theirs in zip(found, alone(points, params, seed, 15), strict=True):
            for name, value in theirs.items():
                assert ours[name][place] == pytest.approx(value, abs=1e-5)
    losses = [scores["train_loss"] for scores in found]
    assert np.ptp(losses[-1]) > 1e-4  # they are not all the same network


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_each_network_has_its_own_learning_rate(optimizer: str) -> None:
    from engines.neural._many import train_many

    points, rates = data(), (0.001, 0.03, 0.3)
    params = MLPParams(optimizer=optimizer, max_epochs=12, l1=0.001)
    scores = train_many(params, points, rates, (5, 5, 5)).scores()
    for place, rate in enumerate(rates):
        theirs = alone(points, params.with_values(lr=rate), 5, 12)[-1]
        assert scores["train_loss"][place] == pytest.approx(theirs["train_loss"], abs=1e-5)
        assert scores["validation_accuracy"][place] == pytest.approx(theirs["validation_accuracy"], abs=1e-5)


def test_each_network_may_have_its_own_split() -> None:
    from engines.neural._many import Many

    points = make_sample("moons", n=60, seed=2)
    sets = [points.with_split(Split(0.6, 0.2, seed)) for seed in range(3)]
    params = MLPParams()
    many = Many(params, sets, [params.lr] * 3, (7, 7, 8))
    for _ in range(10):
        many.train()
    scores = many.scores()
    for place, seed in enumerate((7, 7, 8)):
        theirs = alone(sets[place], params, seed, 10)[-1]
        for name, value in theirs.items():
            assert scores[name][place] == pytest.approx(value, abs=1e-5)
    assert scores["train_loss"][0] != pytest.approx(scores["train_loss"][1], abs=1e-4)


def test_each_stops_when_it_would_alone_and_keeps_its_best_weights() -> None:
    from engines.neural._many import train_many

    points = data("moons", n=120, noise=0.35)
    params = MLPParams(optimizer="adam", lr=0.03, max_epochs=80, early_stopping=True, patience=8, layers=(8, 8))
    seeds = range(5)
    many = train_many(params, points, [params.lr] * 5, seeds)
    assert not many.going.any()
    for place, seed in enumerate(seeds):
        outcome, last = ended(points, params, seed)
        assert many.best_epoch[place] == last["best_epoch"]
        assert many.scores()["validation_loss"][place] == pytest.approx(last["validation_loss"], abs=1e-5)
        said = many.say(points.x)[place].T
        assert said == pytest.approx(outcome.arrays["probabilities"], abs=1e-4)
    assert len(set(many.best_epoch.tolist())) > 1


def ended(points: Points, params: MLPParams, seed: int) -> tuple[Any, dict[str, float]]:
    steps, last = mlp.start(points, params, np.random.default_rng(seed)), {}
    while True:
        try:
            last = dict(next(steps).scalars)
        except StopIteration as end:
            return end.value, last


def test_what_they_say_of_a_grid_is_what_they_say_of_its_points() -> None:
    from engines.neural import _many

    points = data("blobs")
    many = _many.train_many(MLPParams(max_epochs=20), points, [0.03] * 4, range(4))
    area = (-2.0, -1.0, 2.0, 1.0)
    votes = many.votes(area, 6, 12)
    said = many.say(_many.grid(area, 6, 12))
    assert votes.shape == (4, 6, 12)
    assert said.sum(1) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(votes.reshape(4, -1), said.argmax(1))
    assert many.say(np.zeros((0, 2))).shape[2] == 0


def test_shares_of_unlike_sizes_are_refused() -> None:
    from engines.neural._many import Many

    with pytest.raises(ValueError, match="as many rows"):
        Many(MLPParams(), [data(), data(n=80)], [0.03, 0.03], (0, 1))
