"""What the networks for pictures share: batches, updates, memory, what is measured; compared with a loop in torch."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch  # noqa: TID253
from torch import nn  # noqa: TID253

from engines.core.dataset import TEST, TRAIN, VALIDATION, Split
from engines.core.language import LearnerError, say
from engines.core.step import Question
from engines.data.images import Images
from engines.data.points import UNLABELLED
from engines.data.sampling import make_sample
from engines.vision._learning import Dropout, Learner, asked_picture, built, dice_from, learnable
from engines.vision._place import within_memory


@pytest.fixture(scope="module")
def digits() -> Images:
    return make_sample("digits").taken(np.arange(300)).with_split(Split())  # type: ignore[return-value]


def small_net() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 10))


def learner(data: Images, seed: int = 0, **settings: object) -> Learner:
    rng = np.random.default_rng(seed)
    chosen = {"shape": (1, 8, 8), "batch_size": 32, "lr": 0.01} | settings
    return Learner(built(small_net, rng), data, rng, **chosen)  # type: ignore[arg-type]


def epoch(taught: Learner) -> list[float]:
    losses = []
    for x, y in taught.batches():
        scores = taught.net(x)
        loss = nn.functional.cross_entropy(scores, y)
        taught.update(loss, scores)
        losses.append(float(loss.detach()))
    taught.measure()
    return losses


def test_an_epoch_is_that_of_a_plain_loop(digits: Images) -> None:
    taught = learner(digits, lr=0.01, weight_decay=0.01)
    rng = np.random.default_rng(0)
    net, dice = built(small_net, rng), dice_from(rng)
    plain = torch.optim.Adam(net.parameters(), 0.01, weight_decay=0.01)
    rows = torch.from_numpy(np.flatnonzero(digits.parts == TRAIN))
    x = torch.from_numpy(digits.pixels / 255).float()[:, None]
    y = torch.from_numpy(digits.y.copy())
    expected = []
    for batch in rows[torch.randperm(len(rows), generator=dice)].split(32):
        loss = nn.functional.cross_entropy(net(x[batch]), y[batch])
        plain.zero_grad()
        loss.backward()
        plain.step()
        expected.append(float(loss.detach()))
    assert epoch(taught) == pytest.approx(expected, rel=1e-4)
    with torch.inference_mode():
        shown = x[digits.parts == VALIDATION]
        truth = y[digits.parts == VALIDATION]
        loss = float(nn.functional.cross_entropy(net(shown), truth))
        accuracy = float((net(shown).argmax(1) == truth).float().mean())
    assert taught.scalars["validation_loss"] == pytest.approx(loss, rel=1e-4)
    assert taught.scalars["validation_accuracy"] == pytest.approx(accuracy)
    assert taught.scalars["train_loss"] == pytest.approx(
        np.average(expected, weights=[32] * (len(expected) - 1) + [len(rows) % 32 or 32]), rel=1e-4
    )


def test_the_same_dice_give_the_same_bits(digits: Images) -> None:
    assert epoch(learner(digits)) == epoch(learner(digits))
    assert epoch(learner(digits)) != epoch(learner(digits, seed=1))


def test_other_dice_are_left_alone(digits: Images) -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    epoch(learner(digits))
    assert torch.equal(torch.get_rng_state(), before)


def test_pictures_are_scaled_and_coloured_as_the_network_wants(digits: Images) -> None:
    rng = np.random.default_rng(0)
    taught = Learner(
        nn.Sequential(nn.Flatten(), nn.Linear(3 * 144, 10)), digits, rng, shape=(3, 12, 12), batch_size=8, lr=0.1
    )
    assert taught.x.shape == (300, 3, 12, 12)
    assert 0 <= float(taught.x.min()) <= float(taught.x.max()) <= 1
    assert torch.equal(taught.x[:, 0], taught.x[:, 2])


def test_the_confusion_has_every_picture_at_the_end_and_the_test_only_then(digits: Images) -> None:
    taught = learner(digits)
    assert not len(taught.confusion().truth)
    epoch(taught)
    assert set(taught.confusion().parts.tolist()) == {TRAIN, VALIDATION}
    outcome = taught.outcome()
    picture = taught.confusion()
    assert len(picture.truth) == 300
    test = picture.parts == TEST
    share = float((picture.truth[test] == picture.predicted[test]).mean())
    assert outcome.scalars["test_accuracy"] == pytest.approx(share)
    assert outcome.arrays["probabilities"].shape == (300, 10)


def test_mistakes_are_the_surest_wrong_answers_about_validation_pictures(digits: Images) -> None:
    taught = learner(digits)
    epoch(taught)
    tiles = taught.mistakes()
    assert len(tiles.index)
    assert (taught.predicted[tiles.index] != digits.y[tiles.index]).all()
    assert (digits.parts[tiles.index] == VALIDATION).all()
    sureness = [dict(caption.values)["sure"] for caption in tiles.captions]  # type: ignore[union-attr]
    assert sureness == sorted(sureness, reverse=True)


def test_a_drawn_picture_is_guessed_without_a_trace(digits: Images) -> None:
    taught = learner(digits)
    taught.net.train()
    drawn = np.full((8, 8), 200, np.uint8)
    bars = taught.guess({"picture": Question("picture", (3,), drawn)})
    with torch.inference_mode():
        scores = taught.net(torch.full((1, 1, 8, 8), 200 / 255))
    assert bars.values[0] == pytest.approx(scores.softmax(1)[0].numpy(), abs=1e-5)
    assert taught.net.training
    assert all(weights.grad is None for weights in taught.net.parameters())


def test_a_picture_is_asked_for_by_number_or_is_the_first(digits: Images) -> None:
    assert np.array_equal(asked_picture(digits, {"picture": Question("picture", (7,))}), digits.pixels[7])
    assert np.array_equal(asked_picture(digits, {"picture": Question("picture", (7000,))}), digits.pixels[0])
    assert np.array_equal(asked_picture(digits, {}), digits.pixels[0])


def test_edited_pictures_are_learned_from_the_next_epoch(digits: Images) -> None:
    taught = learner(digits)
    epoch(taught)
    fewer = digits.taken(np.arange(120)).with_split(Split())
    assert isinstance(fewer, Images)
    taught.take_data(fewer)
    assert len(epoch(taught)) == taught.batches_per_epoch < 4
    assert len(taught.predicted) == 120


def test_what_was_said_follows_its_picture(digits: Images) -> None:
    taught = learner(digits)
    epoch(taught)
    said = dict(zip(digits.key.tolist(), taught.predicted.tolist(), strict=True))
    fewer = digits.taken(np.arange(5, 300))
    taught.take_data(fewer)
    assert taught.predicted.tolist() == [said[key] for key in fewer.key.tolist()]


def test_only_pictures_that_have_changed_are_made_anew(digits: Images, monkeypatch: pytest.MonkeyPatch) -> None:
    taught = learner(digits)
    made: list[int] = []
    make = taught.tensor
    monkeypatch.setattr(taught, "tensor", lambda pixels: made.append(len(pixels)) or make(pixels))
    pixels = digits.pixels.copy()
    pixels[7] = 255
    taught.take_data(replace(digits, pixels=pixels))
    assert made == [1]
    assert torch.equal(taught.x, make(pixels))


def test_dropout_has_its_own_dice_and_keeps_the_mean() -> None:
    dropout = Dropout(0.25, torch.Generator().manual_seed(1))
    x = torch.ones(100_000)
    dropped = dropout.train()(x)
    assert float((dropped == 0).float().mean()) == pytest.approx(0.25, abs=0.01)
    assert float(dropped.mean()) == pytest.approx(1, abs=0.01)
    assert torch.equal(dropout.eval()(x), x)


def test_without_validation_pictures_its_numbers_are_nan(digits: Images) -> None:
    taught = learner(digits.with_split(Split(validation=0.0)))  # type: ignore[arg-type]
    epoch(taught)
    assert np.isnan(taught.scalars["validation_accuracy"])
    assert not len(taught.mistakes().index)


def test_what_cannot_be_learned_from_is_said(digits: Images) -> None:
    with pytest.raises(LearnerError, match="no pictures yet"):
        learnable(Images())
    with pytest.raises(LearnerError, match="has a class"):
        learnable(replace(digits, y=np.full(300, UNLABELLED)))
    with pytest.raises(LearnerError, match="of one class"):
        learnable(replace(digits, y=np.zeros(300, np.int64)))


def test_a_rate_that_is_too_large_is_said(digits: Images) -> None:
    taught = learner(digits, lr=1e30, optimizer="sgd")
    with pytest.raises(LearnerError, match="learning rate 1e\\+30 is too large"):
        epoch(taught)


def test_a_full_gpu_hands_over_and_other_mistakes_go_through() -> None:
    moved = []
    with within_memory(lambda: bool(moved.append(1)) or True):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB")
    assert moved == [1]
    with pytest.raises(LearnerError, match="not enough memory"), within_memory(lambda: False):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB")
    with pytest.raises(RuntimeError, match="shapes"), within_memory():
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")


def test_a_run_that_had_to_leave_the_gpu_goes_on_and_says_so(digits: Images) -> None:
    taught = learner(digits)
    epoch(taught)
    assert taught.told(say("A batch")).render() == "A batch"
    taught.device = "cuda"  # there is none here: what is tested is the way back from it
    with taught.enough_memory():
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB")
    assert taught.device == "cpu"
    assert taught.told(say("A batch")).render() == "A batch. The memory of the GPU was full: the CPU goes on"
    assert len(epoch(taught)) == taught.batches_per_epoch


HUNGRY = """
import resource
import numpy as np, torch
from torch import nn
from engines.core.language import LearnerError, say
from engines.vision._learning import built
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2**28, used + 2**28))
try:
    built(lambda: nn.Linear(20_000, 20_000), np.random.default_rng(0))
except LearnerError as error:
    print("said:", error.note.render())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is read and set as on Linux")
def test_no_memory_left_is_said_in_words() -> None:
    done = subprocess.run([sys.executable, "-c", HUNGRY], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.startswith("said: There is not enough memory for this network"), done.stderr
