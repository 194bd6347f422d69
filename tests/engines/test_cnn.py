"""The network of blocks: what it learns against torch by hand, what it says while and after it trains, bad input."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch  # noqa: TID253
from torch import Tensor, nn  # noqa: TID253

from engines.core.dataset import TEST, TRAIN, VALIDATION, Split
from engines.core.experiment import Experiment
from engines.core.language import LearnerError
from engines.core.registry import engine_named
from engines.core.step import Change, Outcome, Question, Step, Steps
from engines.data.images import Images
from engines.data.points import UNLABELLED
from engines.data.sampling import make_sample
from engines.pictures.confusion import Confusion
from engines.pictures.layer_table import LayerTable
from engines.vision._learning import Dropout
from engines.vision._seen import Guess, Mistakes
from engines.vision.cnn import CNNParams, beginning

SMALL = "conv 4 3x3, relu, max 2, dense 8, relu"


@pytest.fixture(scope="module")
def digits() -> Images:
    return make_sample("digits").taken(np.arange(240)).with_split(Split())  # type: ignore[return-value]


def begun(data: Images, **settings: Any) -> Steps:
    params = CNNParams(**({"blocks": SMALL, "max_epochs": 2, "batch_size": 64} | settings))
    return Experiment("vision.cnn", params, data, Split(), 3).start()


def to_rest(steps: Steps, change: Change | None = None) -> tuple[Step, int]:
    """Go on to the next rest; how many steps that took."""
    step, count = steps.send(change) if change else next(steps), 1
    while not step.rest:
        step, count = next(steps), count + 1
    return step, count


def end_of(steps: Steps) -> Outcome:
    with pytest.raises(StopIteration) as end:
        next(steps)
    return end.value.value


def drawn(step: Step, kind: type) -> Any:
    return next(picture for picture in step.draw() if type(picture) is kind)


def said(step: Step, pixels: np.ndarray) -> np.ndarray:
    assert step.answer is not None
    guess = next(item for item in step.answer({"picture": Question("picture", (0,), pixels)}) if type(item) is Guess)
    return guess.values[0]


# The network is torch's


def by_hand(seed: int) -> nn.Module:
    """The chain of the test below, put together without blocks."""
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 3, stride=2),
        nn.Tanh(), nn.Flatten(), nn.Linear(6, 7), nn.Sigmoid(), nn.Linear(7, 10),
    )  # fmt: skip


def test_loss_and_gradients_are_those_of_a_network_put_together_by_hand(digits: Images) -> None:
    params = CNNParams(blocks="conv 4 3x3 pad 1, norm, relu, max 2, conv 6 3 stride 2, tanh, dense 7, sigmoid")
    built, hand = beginning(digits, params, np.random.default_rng(0)).learner, by_hand(5)
    with torch.no_grad():
        for own, other in zip(built.net.parameters(), hand.parameters(), strict=True):
            own.copy_(other)
    rows = built.rows[TRAIN][:50]
    x, y = torch.from_numpy(digits.pixels[rows] / 255).float()[:, None], torch.from_numpy(digits.y[rows].copy())

    def loss_of(net: nn.Module, x: Tensor) -> Tensor:
        net.train()
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach()

    assert torch.allclose(loss_of(built.net, built.x[rows]), loss_of(hand, x), atol=1e-6)
    for own, other in zip(built.net.parameters(), hand.parameters(), strict=True):
        assert own.grad is not None
        assert other.grad is not None
        assert torch.allclose(own.grad, other.grad, atol=1e-6)


def test_without_blocks_it_is_softmax_regression(digits: Images) -> None:
    steps = begun(digits, blocks="", max_epochs=30, lr=0.02)
    first = next(steps)
    assert first.note.render().startswith("650 weights")
    assert drawn(first, LayerTable).names == ("classes",)
    step, _ = to_rest(steps)
    assert step.scalars["validation_accuracy"] > 0.8
    assert end_of(steps).scalars["test_accuracy"] > 0.8


def test_the_default_learns_the_digits() -> None:
    steps = begun(make_sample("digits"), **CNNParams(max_epochs=8).to_json())
    to_rest(steps)
    outcome = end_of(steps)
    assert outcome.scalars["test_accuracy"] > 0.9
    assert outcome.arrays["probabilities"].shape == (1797, 10)
    assert (outcome.arrays["predictions"] == outcome.arrays["probabilities"].argmax(1)).all()


# Step by step


def test_a_step_is_a_batch_and_one_more_at_the_end_of_each_epoch(digits: Images) -> None:
    steps = begun(digits)
    first = next(steps)
    assert np.isnan(first.scalars["train_loss"])
    batches = -(-int((digits.parts == TRAIN).sum()) // 64)
    step, count = to_rest(steps)
    assert count == 2 * (batches + 1) + 1
    assert np.isfinite(list(step.scalars.values())).all()


def test_the_same_seed_gives_the_same_steps_bit_for_bit(digits: Images) -> None:
    settings = {"blocks": "conv 4 3x3, norm, relu, max 2, dropout 0.3", "max_epochs": 2}
    runs = []
    for _ in range(2):
        steps = begun(digits, **settings)
        told = [next(steps)]
        while not told[-1].rest:
            told.append(next(steps))
        runs.append(([repr(step.scalars) for step in told], end_of(steps).arrays["probabilities"]))
    assert runs[0][0] == runs[1][0]
    assert runs[0][1].tobytes() == runs[1][1].tobytes()


def test_its_pictures_tell_of_every_picture(digits: Images) -> None:
    steps = begun(digits)
    next(steps)
    step, _ = to_rest(steps)
    known = drawn(step, Confusion)
    assert set(known.parts.tolist()) == {TRAIN, VALIDATION}
    part = known.parts == VALIDATION
    right = (known.truth[part] == known.predicted[part]).mean()
    assert right == pytest.approx(step.scalars["validation_accuracy"])
    mistakes = drawn(step, Mistakes)
    wrong = known.index[part][known.truth[part] != known.predicted[part]]
    assert set(mistakes.index.tolist()) <= set(wrong.tolist())
    assert (mistakes.values[0] * 255 == digits.pixels[mistakes.index[0]]).all()
    row = int(mistakes.index[0])
    taken = int(known.predicted[known.index == row][0])
    assert mistakes.captions[0].render().startswith(f"{digits.y[row]} → {taken} (0.")


# Draw and see


def test_what_is_drawn_is_answered_before_while_and_after_it_trains(digits: Images) -> None:
    steps = begun(digits, max_epochs=40, lr=0.01)
    first = next(steps)
    assert said(first, digits.pixels[0]).max() < 0.3
    step, _ = to_rest(steps)
    before = [said(step, pixels) for pixels in digits.pixels[:20]]
    outcome = end_of(steps)
    assert np.allclose(before, outcome.arrays["probabilities"][:20], atol=6e-4)
    assert np.array_equal([said(step, pixels) for pixels in digits.pixels[:20]], before)
    assert (np.argmax(before, 1) == digits.y[:20]).mean() > 0.6
    assert [name.render() for name in drawn(step, Guess).names] == list(digits.names)


def test_asking_changes_nothing(digits: Images) -> None:
    asked, quiet = (
        begun(digits, blocks="conv 4 3x3, norm, dropout 0.5"),
        begun(digits, blocks="conv 4 3x3, norm, dropout 0.5"),
    )
    for _ in range(8):
        step, same = next(asked), next(quiet)
        said(step, digits.pixels[7])
        step.draw()
        assert repr(step.scalars) == repr(same.scalars)


@pytest.mark.parametrize(
    "blocks",
    [
        "", "dense 5", "relu", "dropout 0.5", "max 8", "norm, tanh, norm, sigmoid", "conv 3 8x8, dense 6, norm",
        "average 3 stride 4, conv 2 1x1 stride 4 pad 5",
        "conv 4 5x5 stride 2 pad 2, norm, relu, max 2 stride 1, dense 7, dropout 0.3, dense 7, tanh",
    ],
)  # fmt: skip
def test_any_chain_can_be_looked_into(digits: Images, blocks: str) -> None:
    steps = begun(digits, blocks=blocks)
    next(steps)
    for _ in range(2):
        step = next(steps)
        assert step.answer is not None
        kinds = [type(picture) for picture in step.draw()]
        assert kinds == list(engine_named("vision.cnn").shows)
        questions = {"picture": Question("picture", (1,), digits.pixels[1]), "map": Question("map", (1, 0))}
        assert {type(picture) for picture in step.answer(questions)} <= set(kinds)


def test_a_drawing_of_another_size_is_fitted(digits: Images) -> None:
    step = next(begun(digits))
    assert said(step, np.zeros((28, 28, 3), np.uint8)).sum() == pytest.approx(1, abs=0.01)


# Changes


def test_more_epochs_wake_it(digits: Images) -> None:
    steps = begun(digits)
    next(steps)
    step, first = to_rest(steps)
    assert "All 2 epochs are over" in step.note.render()
    params = CNNParams(blocks=SMALL, max_epochs=3, batch_size=64)
    step, count = to_rest(steps, Change(params=params))
    assert count == (first - 1) // 2 + 1
    assert "All 3 epochs" in step.note.render()


def test_a_new_pace_is_taken_up_at_once(digits: Images) -> None:
    params = CNNParams(blocks=SMALL, batch_size=64, lr=0.9, weight_decay=0.1)
    usual, fast = begun(digits), begun(digits)
    next(usual), next(fast)
    usual.send(None), fast.send(Change(params=params))
    assert next(usual).scalars["train_loss"] != next(fast).scalars["train_loss"]


def test_dropout_is_changed_while_it_trains(digits: Images) -> None:
    settings = {"blocks": "dense 16, dropout 0.1", "batch_size": 64}
    pupil = beginning(digits, CNNParams(**settings), np.random.default_rng(0))
    pupil.take(Change(params=CNNParams(**settings | {"blocks": "dense 16, dropout 0.7"})))
    assert [layer.p for layer in pupil.learner.net.modules() if isinstance(layer, Dropout)] == [0.7]


def test_edited_pictures_begin_the_epoch_again(digits: Images) -> None:
    steps = begun(digits, max_epochs=3)
    next(steps), next(steps)
    fewer = digits.taken(np.arange(100)).with_split(Split())
    assert isinstance(fewer, Images)
    step = steps.send(Change(data=fewer))
    assert "batch 1 of 2" in step.note.render()
    step, _ = to_rest(steps)
    assert drawn(step, Confusion).index.max() < 100


def test_at_rest_it_wakes_for_edited_pictures(digits: Images) -> None:
    steps = begun(digits)
    next(steps)
    to_rest(steps)
    pixels = digits.pixels.copy()
    pixels[:, :, 4:] = 0
    step = steps.send(Change(data=replace(digits, pixels=pixels)))
    assert step.rest
    assert "have changed" in step.note.render()
    assert end_of(steps).arrays["predictions"].shape == (240,)


def test_a_new_picture_is_taken_without_looking_at_the_others_again(
    digits: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil = beginning(digits, CNNParams(blocks=SMALL), np.random.default_rng(0))
    learner = pupil.learner
    for x, y in learner.batches():
        scores = learner.net(x)
        learner.update(nn.functional.cross_entropy(scores, y), scores)
    learner.measure()
    looked: list[int] = []
    monkeypatch.setattr(learner, "measure", lambda: looked.append(1))
    more = replace(
        digits, pixels=np.concatenate([digits.pixels, digits.pixels[:1]]), y=np.append(digits.y, 0),
        key=np.append(digits.key, 0.5), parts=np.append(digits.parts, TRAIN).astype(np.uint8),
    )  # fmt: skip
    pupil.take(Change(data=more))
    assert not looked
    assert learner.predicted[-1] == UNLABELLED
    assert (learner.predicted[:-1] != UNLABELLED).sum() == (digits.parts != TEST).sum()
    fewer = more.taken(np.delete(np.arange(241), learner.rows[VALIDATION][0]))
    pupil.take(Change(data=fewer))
    assert looked == [1]
    row = int(learner.rows[TRAIN][-2])
    assert learner.predicted[row] == UNLABELLED  # another picture stands in this row now


# Bad input


def test_what_cannot_be_learned_says_why(digits: Images) -> None:
    cases: list[tuple[Images, dict[str, Any], str]] = [
        (Images(), {}, "There are no pictures yet"),
        (replace(digits, y=np.full(240, 4)), {}, "All training pictures are of one class, “4”"),
        (replace(digits, y=np.full(240, UNLABELLED)), {}, "No training picture has a class"),
        (digits, {"blocks": "conv 4 11x11"}, "does not fit on 8×8"),
        (digits, {"blocks": "max 2, max 2, max 2, max 2"}, "Block 4, “max 2”"),
        (digits, {"blocks": "conv 2 3x3, norm", "batch_size": 1}, "Batch norm compares"),
        (digits, {"lr": 1.0, "optimizer": "sgd", "blocks": "dense 1024, dense 1024, dense 1024", "max_epochs": 9},
         "learning rate 1 is too large"),
    ]  # fmt: skip
    for data, settings, words in cases:
        with pytest.raises(LearnerError) as refusal:
            to_rest(begun(data, **settings))
        assert words in str(refusal.value)


def test_too_large_a_network_is_refused_before_it_takes_the_memory(digits: Images) -> None:
    large = replace(digits, pixels=np.zeros((240, 200, 200), np.uint8))
    with pytest.raises(LearnerError, match="GB of memory"):
        next(begun(large, blocks="conv 256 3x3 pad 1", batch_size=512))


def test_a_last_batch_of_one_picture_does_no_harm(digits: Images) -> None:
    few = replace(digits.taken(np.arange(5)), parts=np.zeros(5, np.uint8))
    steps = begun(few.with_split(Split(1.0, 0.0)), blocks="dense 3, norm", batch_size=2, max_epochs=3)  # type: ignore[arg-type]
    next(steps)
    step, _ = to_rest(steps)
    assert np.isnan(step.scalars["validation_accuracy"])
    assert len(drawn(step, Mistakes).values) == 0


def test_batches_of_one_picture_are_all_learned(digits: Images) -> None:
    few = digits.taken(np.arange(12)).with_split(Split())
    steps = begun(few, blocks="dense 4", batch_size=1, max_epochs=1)  # type: ignore[arg-type]
    next(steps)
    assert to_rest(steps)[1] == (few.parts == TRAIN).sum() + 2


def test_pictures_without_a_class_are_not_learned_from_but_looked_at(digits: Images) -> None:
    y = digits.y.copy()
    y[::3] = UNLABELLED
    data = replace(digits, y=y).with_split(Split())
    steps = begun(data)
    next(steps)
    step, _ = to_rest(steps)
    assert not np.isin(np.arange(0, 240, 3), drawn(step, Confusion).index).any()
    outcome = end_of(steps)
    assert outcome.arrays["predictions"].shape == (240,)
    known = (data.parts == TEST) & (y != UNLABELLED)
    right = (outcome.arrays["predictions"][known] == y[known]).mean()
    assert outcome.scalars["test_accuracy"] == pytest.approx(right)


def test_pictures_in_colour_have_three_channels() -> None:
    shapes = make_sample("shapes", n=60)
    assert isinstance(shapes, Images)
    steps = begun(shapes.with_split(Split()), blocks="conv 4 5x5 stride 4, relu", max_epochs=1)  # type: ignore[arg-type]
    table = drawn(next(steps), LayerTable)
    assert table.parameters[0] == 4 * ((3 if shapes.coloured else 1) * 25 + 1)
