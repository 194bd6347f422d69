"""Segmentation: the U's shapes, overlap as scikit-learn has it, learning, drawing, and what cannot be learned from."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch  # noqa: TID253
from sklearn.metrics import jaccard_score  # noqa: TID253

from engines.core.dataset import Split
from engines.core.language import LearnerError
from engines.core.step import Change, Question, Step, Steps
from engines.data.images import CLASS, NO_BOXES, Images
from engines.data.masks import masks_of
from engines.data.sampling import make_sample
from engines.pictures.mask import Mask
from engines.vision._segments import Painter, overlaps
from engines.vision._unet import UNet
from engines.vision.segmentation import OverlapBars, SegmentationParams, WorstTiles, segmentation
from tests.engines.running import finish


@pytest.fixture(scope="module")
def scenes() -> Images:
    return make_sample("scenes", n=40, size=32, shapes=2, seed=3).with_split(Split())  # type: ignore[return-value]


def params(**settings: object) -> SegmentationParams:
    return SegmentationParams(**({"depth": 1, "width": 6, "max_epochs": 2, "batch_size": 8} | settings))  # type: ignore[arg-type]


def begin(data: Images, **settings: object) -> Steps:
    return segmentation.start(data, params(**settings), np.random.default_rng(0))


@pytest.mark.parametrize("skips", [True, False])
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_what_comes_out_is_as_large_as_what_goes_in(depth: int, skips: bool) -> None:
    net = UNet(3, 4, 5, depth, skips)
    assert net(torch.zeros(2, 3, 16, 24)).shape == (2, 4, 16, 24)
    assert net.n_weights == sum(weights.numel() for weights in net.parameters())


def test_operations_are_those_of_the_convolutions() -> None:
    net = UNet(1, 3, 4, 1, skips=True)
    pixels = 8 * 8
    at_top = 1 * 4 * 9 + 4 * 4 * 9 + 8 * 4 * 9 + 4 * 4 * 9 + 4 * 3
    below = 4 * 8 * 9 + 8 * 8 * 9
    assert net.operations((8, 8)) == at_top * pixels + (below + 8 * 4) * pixels // 4


def test_overlap_is_scikit_learns_jaccard_score() -> None:
    rng = np.random.default_rng(1)
    said, true = rng.integers(0, 4, (2, 500))
    expected = jaccard_score(true, said, average=None, labels=range(4))
    assert overlaps(said, true, 5)[:4] == pytest.approx(expected)
    assert np.isnan(overlaps(said, true, 5)[4])


def test_it_learns_and_tells_the_overlap(scenes: Images) -> None:
    steps = list(begin(scenes, max_epochs=8, lr=0.01))
    assert steps[-1].rest
    first, last = steps[1].scalars, steps[-1].scalars
    assert last["train_loss"] < first["train_loss"] / 2
    assert last["validation_accuracy"] > 0.85
    kinds = [type(picture) for picture in steps[-1].draw()]
    assert kinds == [Mask, OverlapBars, WorstTiles]


def test_the_outcome_has_a_mask_for_every_picture(scenes: Images) -> None:
    run = begin(scenes)
    _, outcome = finish(run)
    masks = outcome.arrays["masks"]
    assert masks.shape == scenes.pixels.shape
    test = scenes.parts == 2
    assert outcome.scalars["test_accuracy"] == pytest.approx((masks[test] == masks_of(scenes)[test]).mean())


def test_the_same_dice_give_the_same_steps(scenes: Images) -> None:
    first, second = ([(step.note, step.scalars["train_loss"]) for step in islice(begin(scenes), 5)] for _ in range(2))
    assert first[1:] == second[1:]


def test_odd_sides_are_padded_and_cut_again() -> None:
    scenes = make_sample("scenes", n=12, size=37, shapes=2).with_split(Split())
    step = list(islice(begin(scenes, depth=3, batch_size=4), 3))[-1]  # type: ignore[arg-type]
    mask = step.draw()[0]
    assert isinstance(mask, Mask)
    assert mask.predicted.shape == mask.truth.shape == mask.sureness.shape == (37, 37)


def asked(step: Step, row: int, value: np.ndarray | None) -> Mask:
    assert step.answer is not None
    (mask,) = step.answer({"picture": Question("picture", (row,), value)})
    assert isinstance(mask, Mask)
    return mask


def test_a_picture_that_is_asked_about_is_shown_with_its_truth(scenes: Images) -> None:
    step = next(begin(scenes))
    mask = asked(step, 5, scenes.pixels[5])
    assert mask.row == 5
    assert np.array_equal(mask.pixels, scenes.pixels[5])
    assert np.array_equal(mask.truth, masks_of(scenes)[5])
    assert asked(step, 5000, None).row >= 0


def test_of_what_is_being_drawn_nobody_knows_the_truth(scenes: Images) -> None:
    drawn = scenes.pixels[5].copy()
    drawn[:4] = 255
    mask = asked(next(begin(scenes)), 5, drawn)
    assert not mask.truth.size
    assert np.array_equal(mask.pixels, drawn)
    assert mask.predicted.shape == drawn.shape


def test_more_epochs_go_on_after_the_end_and_edits_are_measured(scenes: Images) -> None:
    run = begin(scenes, max_epochs=1)
    step = next(run)
    while not step.rest:
        step = next(run)
    edited = replace(scenes, pixels=np.zeros_like(scenes.pixels))
    measured = run.send(Change(data=edited))
    assert measured.rest
    assert measured.scalars["validation_loss"] != step.scalars["validation_loss"]
    step = run.send(Change(params=params(max_epochs=2)))
    assert not step.rest


def test_what_cannot_be_learned_from_is_said(scenes: Images) -> None:
    unnamed = scenes.boxes.copy()
    unnamed[:, CLASS] = -1
    in_test = scenes.boxes[np.isin(scenes.boxes[:, 0], np.flatnonzero(scenes.parts == 2))]
    for data, words in (
        (Images(), "no pictures yet"),
        (replace(scenes, boxes=NO_BOXES), "No picture has a box yet"),
        (replace(scenes, boxes=unnamed), "No box has a class"),
        (replace(scenes, boxes=in_test), "No training picture has a box"),
    ):
        with pytest.raises(LearnerError, match=words):
            next(begin(data))


def test_a_loss_that_is_no_number_is_said(scenes: Images) -> None:
    rng = np.random.default_rng(0)
    painter = Painter(scenes, params(lr=0.5), rng)
    net = painter.take_net(UNet(1, 4, 2, 1, skips=True))
    x, y = next(painter.batches())
    with pytest.raises(LearnerError, match=r"learning rate 0\.5 is too large"):
        painter.update(net(x).sum() * float("nan"), net(x), y)
