"""Scenes of shapes with boxes, and the classes of their pixels."""

from dataclasses import replace

import numpy as np
import pytest

from engines.core.language import catalogue
from engines.core.params import specs
from engines.data.images import CLASS, PICTURE, Images
from engines.data.masks import masks_of
from engines.data.points import UNLABELLED
from engines.data.samples.scenes import KINDS, ScenesSettings, scenes_and_masks
from engines.data.sampling import make_sample, parse_sample, sample_named


def made(seed: int = 1, **settings) -> tuple[Images, np.ndarray]:
    return scenes_and_masks(ScenesSettings(**{"n": 60, **settings}), np.random.default_rng(seed))


def drawn_by_hand(boxes: list[list[float]], ground: int = 0, colour: bool = False) -> Images:
    """A white disc and a grey bar on a ground, with what boxes somebody drew."""
    pixels = np.full((1, 28, 28), ground, np.uint8)
    y, x = np.mgrid[:28, :28]
    pixels[0][np.hypot(x - 8, y - 8) <= 5] = 255
    pixels[0][18:24, 10:26] = 128
    if colour:
        pixels = np.stack([pixels, np.full_like(pixels, ground), np.full_like(pixels, ground)], 3)
    return Images(pixels, np.full(1, UNLABELLED), ("disc", "bar"), np.array(boxes, float).reshape(-1, 6))


def test_the_same_recipe_gives_the_same_scenes():
    first, again, other = (parse_sample(f"scenes:n=20,seed={seed}") for seed in (5, 5, 6))
    assert isinstance(first, Images)
    assert isinstance(again, Images)
    assert first.pixels.tobytes() == again.pixels.tobytes()
    assert first.boxes.tobytes() == again.boxes.tobytes()
    assert isinstance(other, Images)
    assert first.pixels.tobytes() != other.pixels.tobytes()


def test_everything_about_them_can_be_said_in_chinese():
    item = sample_named("scenes")
    helps = {spec.param.help for spec in specs(item.settings)} - {""}
    assert {item.title, item.about, *helps, *(spec.param.label for spec in specs(item.settings)), *KINDS} <= catalogue(
        "zh"
    ).keys()


def test_there_are_one_to_four_shapes_of_three_kinds_and_no_class_of_the_picture():
    data, _ = made(n=300)
    counts = np.bincount(data.boxes[:, PICTURE].astype(int), minlength=300)
    assert (counts.min(), counts.max()) == (1, 4)
    kinds = np.bincount(data.boxes[:, CLASS].astype(int))
    assert kinds.min() > 0.28 * len(data.boxes)
    assert (data.y == UNLABELLED).all()


@pytest.mark.parametrize("settings", [{}, {"colour": True, "size": 64}, {"outlines": 1.0}])
def test_boxes_are_tight_around_what_is_not_hidden(settings):
    data, masks = made(shapes=1, **settings)
    assert len(data.boxes) == 60
    for row, label, *sides in data.boxes.astype(int).tolist():
        rows, columns = np.nonzero(masks[row] == label + 1)
        assert sides == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


@pytest.mark.parametrize("overlap", [0.0, 0.2, 0.5])
def test_boxes_overlap_no_more_than_they_may(overlap):
    data, _ = made(n=200, overlap=overlap, shapes=4)
    worst = 0.0
    for row in range(200):
        sides = data.boxes[data.boxes_of(row), 2:]
        for i, a in enumerate(sides):
            for b in sides[:i]:
                shared = np.prod((np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])).clip(0))
                worst = max(worst, shared / min(np.prod(a[2:] - a[:2]), np.prod(b[2:] - b[:2])))
    assert worst <= overlap + 0.25  # boxes end at whole pixels
    assert worst >= overlap / 2


@pytest.mark.parametrize(
    "settings",
    [{}, {"colour": True}, {"size": 64, "shapes": 6}, {"overlap": 0.6, "outlines": 0.5}, {"noise": 0.0}],
)  # fmt: skip
def test_the_classes_of_the_pixels_are_those_that_were_drawn(settings):
    data, masks = made(**settings)
    found = masks_of(data)
    assert found.dtype == np.int64
    assert found.shape == data.pixels.shape[:3]
    drawn = (masks > 0) | (found > 0)
    assert np.mean(found == masks) >= 0.99
    assert np.mean((found == masks)[drawn]) >= 0.94


@pytest.mark.parametrize("ground", [0, 60])
@pytest.mark.parametrize("colour", [False, True])
def test_pixels_of_a_picture_drawn_by_hand(ground, colour):
    mask = masks_of(drawn_by_hand([[0, 0, 1, 1, 16, 15], [0, 1, 8.5, 16, 28, 26]], ground, colour))[0]
    y, x = np.mgrid[:28, :28]
    expected = np.where(np.hypot(x - 8, y - 8) <= 5, 1, 0)
    expected[18:24, 10:26] = 2
    assert np.array_equal(mask, expected)


def test_what_has_no_box_or_a_box_without_class_is_ground():
    assert not masks_of(drawn_by_hand([])).any()
    assert not masks_of(drawn_by_hand([[0, -1, 1, 1, 16, 15]])).any()
    assert set(np.unique(masks_of(drawn_by_hand([[0, 0, 1, 1, 16, 15]])))) == {0, 1}


def test_where_boxes_overlap_the_shade_decides():
    mask = masks_of(drawn_by_hand([[0, 0, 1, 1, 27, 25], [0, 1, 8, 16, 28, 26]]))[0]
    assert mask[8, 8] == 1
    assert mask[20, 20] == 2


@pytest.mark.parametrize(
    "box",
    [[0, 0, -9, -9, 60, 60], [0, 0, 5, 5, 5, 5], [0, 0, 40, 40, 50, 50], [0, 0, 9, 9, 3, 3], [0, 0, 0, 0, 28, 28]],
)  # fmt: skip
def test_odd_boxes_do_no_harm(box):
    mask = masks_of(drawn_by_hand([box]))[0]
    assert set(np.unique(mask)) <= {0, 1}


def test_a_picture_of_one_shade_is_all_ground():
    data = drawn_by_hand([[0, 0, 1, 1, 16, 15]])
    assert not masks_of(replace(data, pixels=np.full((1, 28, 28), 90, np.uint8))).any()
    assert masks_of(Images()).shape == (0, 28, 28)


def test_it_is_a_sample_like_any_other():
    data = make_sample("scenes", n=5, size=32)
    assert isinstance(data, Images)
    assert data.size == (32, 32)
    assert data.recipe.source == "scenes"
