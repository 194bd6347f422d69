"""Networks that are trained as one stack are those that are trained alone."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from engines.core.dataset import Split
from engines.core.language import LearnerError
from engines.data.points import Points
from engines.data.sampling import make_sample
from engines.neural.mlp import MLPParams, mlp
from engines.pictures.surface import grid

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
    many = Many([params] * 3, [points], seeds)
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
def test_each_network_has_its_own_learning_rate_and_penalties(optimizer: str) -> None:
    params = [
        MLPParams(optimizer=optimizer, max_epochs=12, lr=lr, weight_decay=weight_decay, l1=l1)
        for lr, weight_decay, l1 in ((0.001, 0.0, 0.001), (0.03, 0.1, 0.0), (0.3, 0.01, 0.02), (0.03, 0.0, 0.0))
    ]
    points = data()
    scores = trained(params, points, [5] * 4).scores()
    for place, one in enumerate(params):
        theirs = alone(points, one, 5, 12)[-1]
        assert scores["train_loss"][place] == pytest.approx(theirs["train_loss"], abs=1e-5)
        assert scores["validation_accuracy"][place] == pytest.approx(theirs["validation_accuracy"], abs=1e-5)


def test_each_network_may_have_its_own_split() -> None:
    from engines.neural._many import Many

    points = make_sample("moons", n=60, seed=2)
    sets = [points.with_split(Split(0.6, 0.2, seed)) for seed in range(3)]
    params = MLPParams()
    many = Many([params] * 3, sets, (7, 7, 8))
    for _ in range(10):
        many.train()
    scores = many.scores()
    for place, seed in enumerate((7, 7, 8)):
        theirs = alone(sets[place], params, seed, 10)[-1]
        for name, value in theirs.items():
            assert scores[name][place] == pytest.approx(value, abs=1e-5)
    assert scores["train_loss"][0] != pytest.approx(scores["train_loss"][1], abs=1e-4)


def trained(params: list[MLPParams], points: Points, seeds: Sequence[int]) -> Any:
    from engines.neural._many import Many

    many = Many(params, [points], seeds)
    while not many.over:
        many.train()
    many.finish()
    return many


def test_each_stops_when_it_would_alone_and_keeps_its_best_weights() -> None:
    points = data("moons", n=120, noise=0.35)
    params = MLPParams(optimizer="adam", lr=0.03, max_epochs=80, early_stopping=True, patience=8, layers=(8, 8))
    seeds = range(5)
    many = trained([params] * 5, points, seeds)
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
    points = data("blobs")
    many = trained([MLPParams(max_epochs=20)] * 4, points, range(4))
    places = grid((-2.0, -1.0, 2.0, 1.0), 6, 12)
    said = many.say(places)
    assert said.shape == (4, points.n_classes, 72)
    assert said.sum(1) == pytest.approx(1, abs=1e-5)
    assert np.allclose(said[:, :, 5:9], many.say(places[5:9]), atol=1e-6)
    assert many.say(np.zeros((0, 2))).shape[2] == 0


def test_shares_of_unlike_sizes_are_refused() -> None:
    from engines.neural._many import Many

    with pytest.raises(ValueError, match="as many rows"):
        Many([MLPParams()] * 2, [data(), data(n=80)], (0, 1))


@pytest.mark.parametrize("early_stopping", [False, True])
def test_one_whose_loss_is_no_number_is_told_and_hurts_no_other(early_stopping: bool) -> None:
    points, seeds = data("moons"), [1, 1, 1]
    params = [
        MLPParams(lr=lr, activation="relu", layers=(8, 8), max_epochs=40, early_stopping=early_stopping, patience=5)
        for lr in (0.01, 10.0, 0.1)
    ]
    with pytest.raises(LearnerError) as told:
        ended(points, params[1].with_values(weight_decay=1.0), 1)
    params[1] = params[1].with_values(weight_decay=1.0)
    many = trained(params, points, seeds)
    assert many.problems == (None, told.value.note, None)
    for place in (0, 2):
        outcome, _ = ended(points, params[place], 1)
        assert np.array_equal(many.say(points.x)[place].argmax(0), outcome.arrays["predictions"])
