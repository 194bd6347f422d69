"""The multilayer perceptron against torch: gradients, optimizers, and what it can and cannot learn."""

from typing import Any

import numpy as np
import pytest

from engines.core.dataset import Split
from engines.core.language import LearnerError
from engines.core.step import Change, Outcome, Poke, Step
from engines.data.points import Points
from engines.data.sampling import make_sample
from engines.neural.mlp import MLPParams, backward, forward, mlp
from engines.pictures.network import Network
from engines.pictures.surface import Surface
from tests.engines.running import starter

ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear")
start = starter(mlp, split=Split())


def run(steps: Any, count: int) -> Step:
    """Take ``count`` steps and return the last."""
    step = next(steps)
    for _ in range(count - 1):
        step = next(steps)
    return step


def picture(step: Step, kind: Any) -> Any:
    return next(item for item in step.draw() if isinstance(item, kind))


def batch(classes: int) -> Any:
    """Return a network's input (n, 3), its targets and the labels."""
    import torch

    rng = np.random.default_rng(4)
    x = torch.ones(17, 3)
    x[:, :2] = torch.from_numpy(rng.normal(size=(17, 2)))
    y = torch.from_numpy(rng.integers(0, classes, 17))
    target = (y == 1).float()[:, None] if classes == 2 else torch.eye(classes)[y]
    return x, target, y


def torch_loss(weights: list[Any], x: Any, y: Any, activation: str) -> Any:
    """The same network in plain torch operations that autograd follows."""
    import torch
    from torch.nn import functional

    bend = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "linear": lambda z: z}[activation]
    a = x
    for w in weights[:-1]:
        a = torch.cat([bend(a @ w), torch.ones(len(x), 1)], 1)
    z = a @ weights[-1]
    if z.shape[1] == 1:
        return functional.binary_cross_entropy_with_logits(z[:, 0], y.float())
    return functional.cross_entropy(z, y)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("hidden", [(), (5,), (4, 3, 2)])
def test_the_gradients_are_autograds(activation: str, classes: int, hidden: tuple[int, ...]) -> None:
    import torch

    from engines.neural._layers import Buffers, Layers

    net = Layers(hidden, classes, np.random.default_rng(0))
    x, target, y = batch(classes)
    buffers = Buffers.of(net, len(x))
    forward(net, x, buffers, activation)
    backward(net, x, target, buffers)
    copies = [w.clone().requires_grad_() for w in net.weights]
    torch_loss(copies, x, y, activation).backward()
    for ours, theirs in zip(net.slopes, copies, strict=True):
        torch.testing.assert_close(ours, theirs.grad, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_the_optimizers_are_torchs(optimizer: str, weight_decay: float) -> None:
    import torch

    from engines.neural._layers import Buffers, Layers

    net = Layers((4, 2), 2, np.random.default_rng(0))
    x, target, y = batch(2)
    buffers = Buffers.of(net, len(x))
    copies = [w.clone().requires_grad_() for w in net.weights]
    lr = 0.05
    theirs: Any = {
        "sgd": lambda: torch.optim.SGD(copies, lr=lr),
        "momentum": lambda: torch.optim.SGD(copies, lr=lr, momentum=0.9),
        "adam": lambda: torch.optim.Adam(copies, lr=lr),
    }[optimizer]()
    for _ in range(20):
        forward(net, x, buffers, "tanh")
        backward(net, x, target, buffers)
        net.update(optimizer, lr, weight_decay)
        theirs.zero_grad()
        penalty = sum(0.5 * weight_decay * (w[:-1] ** 2).sum() for w in copies)  # biases are not punished
        (torch_loss(copies, x, y, "tanh") + penalty).backward()
        theirs.step()
    for ours, expected in zip(net.weights, copies, strict=True):
        torch.testing.assert_close(ours, expected.detach(), atol=2e-5, rtol=1e-3)


def test_stacked_linear_layers_stay_one_line() -> None:
    step = run(start(make_sample("xor", seed=1), activation="linear", layers=(4, 4, 4), lr=0.01), 30)
    values = picture(step, Surface).values[1].astype(np.float64)
    values = np.clip(values, 1e-6, 1 - 1e-6)
    z = np.log(values / (1 - values))
    inside = np.abs(z) < 8
    rows, columns = np.nonzero(inside)
    plane = np.column_stack([rows, columns, np.ones(len(rows))])
    rest = z[inside] - plane @ np.linalg.lstsq(plane, z[inside], rcond=None)[0]
    assert np.abs(rest).max() < 1e-2 * max(1.0, np.ptp(z[inside]))


def test_one_line_cannot_learn_xor_and_a_hidden_layer_can() -> None:
    data = make_sample("xor", n=300, seed=1)
    line = run(start(data, layers=(), optimizer="adam"), 200)
    bent = run(start(data, layers=(6,), optimizer="adam"), 200)
    assert line.scalars["train_accuracy"] < 0.8
    assert bent.scalars["train_accuracy"] > 0.95


@pytest.mark.parametrize(
    ("sample", "layers"), [("moons", (6, 4)), ("circles", (4, 2)), ("blobs", (4,)), ("spiral", (8, 8))]
)
def test_learns_what_it_is_made_for(sample: str, layers: tuple[int, ...]) -> None:
    data = make_sample(sample, n=250, seed=1)
    step = run(start(data, layers=layers, optimizer="adam", lr=0.02), 600)
    assert step.scalars["train_accuracy"] > 0.95
    assert picture(step, Surface).values.sum(0) == pytest.approx(1, abs=1e-5)
    assert len(picture(step, Surface).values) == data.n_classes


def test_a_typed_weight_is_shown_before_any_training() -> None:
    steps = start(make_sample("circles"))
    run(steps, 5)
    step = steps.send(Change(pokes=(Poke("weights", (0, 2, 1), 1.5), Poke("biases", (1, 0), -0.7))))
    network = picture(step, Network)
    assert network.weights[0][2, 1] == pytest.approx(1.5)
    assert network.biases[1][0] == pytest.approx(-0.7)
    later = picture(next(steps), Network)
    assert later.weights[0][2, 1] != pytest.approx(1.5, abs=1e-9)


def test_edited_points_keep_the_weights() -> None:
    steps = start(make_sample("circles", seed=1), optimizer="adam", lr=0.02)
    run(steps, 200)
    other = make_sample("circles", seed=2).with_split(Split())
    assert steps.send(Change(data=other)).scalars["train_accuracy"] > 0.9


def test_a_new_class_in_the_data_is_told() -> None:
    steps = start(make_sample("circles"))
    next(steps)
    with pytest.raises(LearnerError, match="number of classes"):
        steps.send(Change(data=make_sample("blobs").with_split(Split())))


@pytest.mark.parametrize("settings", [{"dropout": 0.5}, {"batch_size": 512}, {"batch_size": 1}, {"layers": (8,) * 6}])
def test_same_seed_same_steps_whatever_is_set(settings: dict[str, Any]) -> None:
    data = make_sample("moons", n=40)
    one, two, other = (run(start(data, seed, **settings), 4).scalars for seed in (1, 1, 2))
    assert one == two
    assert one != other


def test_the_worlds_dice_are_left_alone() -> None:
    import torch

    before = torch.get_rng_state()
    run(start(make_sample("moons"), dropout=0.3), 5)
    assert torch.equal(before, torch.get_rng_state())


def test_a_diverging_run_ends_in_a_sentence() -> None:
    data = make_sample("linear", n=60)
    far = Points(data.x * 1e18, data.y)
    with pytest.raises(LearnerError, match="learning rate"):
        for _ in start(far, activation="linear", layers=(8, 8, 8), lr=10.0, max_epochs=50):
            pass


def test_the_outcome_is_measured_on_the_test_share() -> None:
    steps = start(make_sample("linear", n=200, noise=0.1), optimizer="adam", max_epochs=60)
    outcome = None
    try:
        while True:
            next(steps)
    except StopIteration as end:
        outcome = end.value
    assert isinstance(outcome, Outcome)
    assert outcome.scalars["test_accuracy"] > 0.95
    assert outcome.arrays["coefs_0"].shape == (2, 4)
    assert outcome.arrays["probabilities"].shape == (200, 2)
    assert outcome.arrays["predictions"].tolist() == outcome.arrays["probabilities"].argmax(1).tolist()


def test_a_share_without_points_is_nan_and_no_crash() -> None:
    data = make_sample("moons", n=30).with_split(Split(1.0, 0.0))
    step = run(mlp.start(data, MLPParams(), np.random.default_rng(0)), 3)
    assert np.isnan(step.scalars["validation_loss"])
    assert step.draw()


# The cures: early stopping, penalties, dropout


def ended(steps: Any) -> tuple[list[Step], Outcome]:
    seen = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return seen, end.value


def overfitting(**params: Any) -> Any:
    data = make_sample("moons", n=120, noise=0.35, seed=1).with_split(Split(0.5, 0.25))
    values = MLPParams(**({"layers": (8, 8), "optimizer": "adam", "lr": 0.03, "max_epochs": 200} | params))
    return mlp.start(data, values, np.random.default_rng(0))


def test_early_stopping_brings_the_best_weights_back() -> None:
    steps, outcome = ended(overfitting(early_stopping=True, patience=20))
    losses = [step.scalars["validation_loss"] for step in steps]
    best = int(np.argmin(losses[1:-1])) + 1  # the first step has trained nothing, the last is the restored one
    assert len(steps) == best + 20 + 2
    assert steps[-1].note.render("en") == (
        f"Epoch {best} had the lowest validation loss, {losses[best]:.3f}; its weights are restored"
    )
    assert losses[-1] == pytest.approx(losses[best], abs=1e-6)
    assert losses[-2] > losses[-1]
    assert outcome.scalars["validation_loss"] == pytest.approx(losses[best], abs=1e-6)
    assert np.array_equal(picture(steps[-1], Network).weights[0], outcome.arrays["coefs_0"].T)
    assert [step.scalars["best_epoch"] for step in steps[: best + 1]][-1] == best
    assert {tuple(step.scalars) for step in steps} == {tuple(steps[0].scalars)}


def test_early_stopping_changes_nothing_before_it_stops() -> None:
    steps, _ = ended(overfitting(early_stopping=True, patience=20))
    plain = overfitting()
    for step in steps[:-1]:
        assert next(plain).scalars["train_loss"] == step.scalars["train_loss"]


def test_at_the_last_epoch_the_best_weights_come_back_too() -> None:
    steps, _ = ended(overfitting(early_stopping=True, patience=5000, max_epochs=120))
    losses = [step.scalars["validation_loss"] for step in steps]
    assert len(steps) == 122
    assert losses[-1] == pytest.approx(min(losses[1:]), abs=1e-6)


def test_without_a_validation_share_there_is_no_early_stopping() -> None:
    data = make_sample("moons", n=30).with_split(Split(1.0, 0.0))
    with pytest.raises(LearnerError, match="validation share"):
        next(mlp.start(data, MLPParams(early_stopping=True), np.random.default_rng(0)))


def test_edited_points_begin_the_search_for_the_best_anew() -> None:
    steps = overfitting(early_stopping=True, patience=20)
    run(steps, 10)
    other = make_sample("moons", n=60, noise=0.5, seed=9).with_split(Split(0.5, 0.25))
    assert steps.send(Change(data=other)).scalars["best_epoch"] == 10


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_l1_without_a_hidden_layer_ends_at_the_minimum(optimizer: str) -> None:
    """There the slope of the loss is −λ·sign(w) for a weight, within ±λ for one at 0, and 0 for the bias."""
    data = make_sample("moons", n=120, noise=0.3, seed=1).with_split(Split(0.7, 0.15))
    x, y = data.train.x, data.train.y
    for l1, zeros in ((0.01, 0), (0.3, 1)):
        step = run(start_full(data, l1, optimizer), 600)
        network = picture(step, Network)
        w, b = network.weights[0][0].astype(float), float(network.biases[0][0])
        error = 1 / (1 + np.exp(-(x @ w + b))) - y
        slope = x.T @ error / len(y)
        assert (w == 0).sum() == zeros
        assert slope[w != 0] == pytest.approx(-l1 * np.sign(w[w != 0]), abs=1e-3)
        assert (np.abs(slope[w == 0]) <= l1).all()
        assert error.mean() == pytest.approx(0, abs=1e-3)


def start_full(data: Points, l1: float, optimizer: str) -> Any:
    lr = {"sgd": 1.0, "momentum": 0.1, "adam": 0.05}[optimizer]
    params = MLPParams(layers=(), batch_size=512, lr=lr, l1=l1, optimizer=optimizer)  # type: ignore[arg-type]
    return mlp.start(data, params, np.random.default_rng(0))


def test_l1_makes_weights_exactly_zero_and_l2_only_small() -> None:
    shares = {}
    for name in ("l1", "weight_decay"):
        data = make_sample("moons", n=80, seed=1)
        step = run(start(data, layers=(8, 8), optimizer="adam", lr=0.01, **{name: 0.02}), 150)
        weights = np.concatenate([matrix.ravel() for matrix in picture(step, Network).weights])
        shares[name] = float((weights == 0).mean())
    assert shares["l1"] > 0.5
    assert shares["weight_decay"] == 0


def test_the_neurons_that_are_off_are_those_of_the_last_batch() -> None:
    data = make_sample("moons", n=40)
    assert picture(run(start(data, layers=(6, 6)), 3), Network).off == ()
    seen = []
    steps = start(data, layers=(6, 6), dropout=0.5)
    assert not any(off.any() for off in picture(next(steps), Network).off)  # nothing has been dropped yet
    for _ in range(20):
        network = picture(next(steps), Network)
        assert [off.shape for off in network.off] == [(6,), (6,)]
        seen.append(np.concatenate(network.off))
    assert 0.35 < np.mean(seen) < 0.65
    assert len({tuple(row) for row in seen}) > 10
    steps.send(Change(params=MLPParams(layers=(6, 6), dropout=0.0)))
    assert picture(next(steps), Network).off == ()
