"""Pictures: what they may be, the samples, scaling, augmenting, drawing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.core.dataset import TEST, TRAIN, Split
from engines.core.language import LearnerError
from engines.data.augmenting import moved, moved_boxes, shifted
from engines.data.images import Images, joined, recoloured, reshaped, resized
from engines.data.painting import cover, filled, inked, inverted, rolled, snapped
from engines.data.points import UNLABELLED
from engines.data.sampling import make_sample, modified, modifiers, parse_sample, samples

MANY = {"n": 200, "size": 32}


def grey(n: int = 4, height: int = 6, width: int = 8, boxes: object = None) -> Images:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (n, height, width)).astype(np.uint8)
    more = {} if boxes is None else {"boxes": np.array(boxes, float)}
    return Images(pixels, np.arange(n) % 2, ("a", "b"), **more)


# What pictures may be


@pytest.mark.parametrize(
    "values",
    [
        {"pixels": np.zeros((1, 1, 8), np.uint8)},
        {"pixels": np.zeros((1, 8, 513), np.uint8)},
        {"pixels": np.zeros((1, 8, 8, 4), np.uint8)},
        {"pixels": np.zeros((1, 8, 8))},
        {"pixels": np.zeros((1, 8, 8), np.uint8), "y": np.array([1]), "names": ("a",)},
        {"pixels": np.zeros((1, 8, 8), np.uint8), "y": np.array([0]), "names": ("a",), "boxes": np.zeros((1, 5))},
        {"boxes": np.array([[0.0, 0, 1, 1, 2, 2]])},  # of a picture that is not there
    ],
)
def test_what_is_no_set_of_pictures_is_refused(values):
    usual = {"pixels": np.zeros((0, 8, 8), np.uint8), "y": np.zeros(len(values.get("pixels", ())), np.int64)}
    with pytest.raises(LearnerError):
        Images(**(usual | {"names": ("a",)} | values))


def test_counts_have_those_without_a_class_at_the_end():
    data = Images(np.zeros((4, 4, 4), np.uint8), np.array([1, UNLABELLED, 1, 0]), ("a", "b", "c"))
    assert data.counts().tolist() == [1, 2, 0, 1]
    assert data.facts()["classes"] == {"a": 1, "b": 2, "c": 0}


def test_taken_pictures_keep_their_boxes():
    data = grey(boxes=[[0, 0, 1, 1, 3, 3], [2, 1, 0, 0, 2, 2], [3, UNLABELLED, 1, 1, 2, 2]])
    taken = data.taken(np.array([3, 0]))
    assert np.array_equal(taken.pixels, data.pixels[[3, 0]])
    assert taken.boxes.tolist() == [[1, 0, 1, 1, 3, 3], [0, -1, 1, 1, 2, 2]]
    assert taken.key.tolist() == data.key[[3, 0]].tolist()


# Size and colour


def test_scaling_up_and_down_keeps_a_plain_picture_plain():
    for side in (3, 8, 40):
        assert (resized(np.full((2, 8, 8, 3), 77, np.uint8), side, side + 1) == 77).all()


def test_scaling_to_half_takes_the_mean_of_neighbours():
    stripes = np.tile(np.array([0, 200], np.uint8), (1, 8, 8))
    assert resized(stripes, 8, 16) is stripes
    assert (resized(stripes, 4, 8)[0, :, 1:-1] == 100).all()


def test_scaling_agrees_with_pillow():
    from PIL import Image

    picture = make_sample("mnist", n=10).pixels[3]
    for height, width in ((14, 20), (40, 64)):
        there = np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BILINEAR), int)
        assert np.abs(resized(picture[None], height, width)[0] - there).max() <= 1


def test_grey_agrees_with_pillow_and_comes_back_from_colour():
    from PIL import Image

    rng = np.random.default_rng(0)
    colours = rng.integers(0, 256, (1, 9, 7, 3)).astype(np.uint8)
    assert np.array_equal(recoloured(colours, coloured=False)[0], np.asarray(Image.fromarray(colours[0]).convert("L")))
    one = grey().pixels
    assert np.array_equal(recoloured(recoloured(one, coloured=True), coloured=False), one)


def test_boxes_grow_with_the_pictures():
    data = reshaped(grey(boxes=[[1, 0, 2, 3, 4, 6]]), 12, 4, True)
    assert data.pixels.shape == (4, 12, 4, 3)
    assert data.boxes.tolist() == [[1, 0, 1, 6, 2, 12]]


def test_joined_sets_agree_in_size_and_put_classes_of_one_name_together():
    first = grey(2, boxes=[[0, 1, 0, 0, 2, 2]])
    second = Images(
        np.zeros((3, 12, 16), np.uint8), np.array([0, 1, UNLABELLED]), ("c", "b"), np.array([[1.0, 1, 2, 2, 4, 4]])
    )
    both = joined(first, second)
    assert both.pixels.shape == (5, 6, 8)
    assert both.names == ("a", "b", "c")
    assert both.y.tolist() == [0, 1, 2, 1, UNLABELLED]
    assert both.boxes.tolist() == [[0, 1, 0, 0, 2, 2], [3, 1, 1, 1, 2, 2]]
    assert joined(Images(), second) is second


# Samples


def test_all_samples_are_there():
    assert list(samples(Images)) == ["digits", "mnist", "shapes", "scenes"]
    assert list(modifiers(Images)) == ["augment"]
    assert all(item.about for item in samples(Images).values())


def test_digits_are_those_of_sklearn():
    from sklearn.datasets import load_digits

    digits, known = make_sample("digits"), load_digits()
    assert np.array_equal(np.rint(digits.pixels * (16 / 255)), known.images)
    assert np.array_equal(digits.y, known.target)
    assert digits.names == tuple("0123456789")


@pytest.mark.parametrize("n", [10, 333, 5000])
def test_mnist_has_as_many_of_each_digit_as_can_be(n):
    made = make_sample("mnist", n=n, seed=3)
    counts = made.counts()[:10]
    assert len(made) == n
    assert counts.max() - counts.min() <= 1
    assert made.pixels.shape == (n, 28, 28)
    assert len(np.unique(made.pixels.reshape(n, -1), axis=0)) == n
    assert not np.array_equal(make_sample("mnist", n=n, seed=4).y, made.y)


@pytest.mark.parametrize("many", [1, 2, 3, 4])
@pytest.mark.parametrize("colour", [False, True])
def test_boxes_are_tight_to_the_drawn_shapes(many, colour):
    made = make_sample("shapes", **MANY, shapes=many, colour=colour, noise=0)
    assert len(made.boxes) == 200 * many
    assert np.bincount(made.boxes[:, 1].astype(int)).min() >= 200 * many // 5 - many
    if colour:
        return  # the ground is not black: the grey pictures are looked at
    outside = made.pixels > 117  # more than the brightest ink gives to a pixel that is less than half covered
    for picture, _, left, top, right, bottom in made.boxes.astype(int).tolist():
        outside[picture, top:bottom, left:right] = False
        inside = made.pixels[picture, top:bottom, left:right] > 62  # as the darkest ink gives to one that is
        assert all(side.any() for side in (inside[0], inside[-1], inside[:, 0], inside[:, -1]))
    assert not outside.any()


def test_one_shape_is_the_class_of_its_picture_and_more_are_not():
    one, more = make_sample("shapes", **MANY), make_sample("shapes", **MANY, shapes=3)
    assert np.array_equal(one.y, one.boxes[:, 1].astype(int))
    assert (more.y == UNLABELLED).all()
    assert np.bincount(one.y).tolist() == [40] * 5


@pytest.mark.parametrize(
    "recipe", ["shapes:n=20,size=16,shapes=4,colour=true,seed=2+augment:copies=2,rotate=90,seed=5"]
)
def test_a_recipe_gives_the_same_bits(recipe):
    one, two = parse_sample(recipe), parse_sample(recipe)
    assert all(np.array_equal(one.arrays()[name], two.arrays()[name]) for name in one.arrays())
    assert len(one) == 60


# Augmenting


def test_copies_are_behind_the_originals_and_fall_to_the_same_share():
    data = make_sample("mnist", n=500)
    made = modified(data, "augment", copies=2, noise=0.05).with_split(Split(0.6, 0.2))
    assert len(made) == 1500
    assert np.array_equal(made.pixels[:500], data.pixels)
    assert np.array_equal(made.y, np.tile(data.y, 3))
    shares = made.parts.reshape(3, 500)
    torn = (shares != shares[0]).any(0).sum()
    assert torn <= 2 * 10  # at most one of each class at each of the two borders
    assert {TRAIN, TEST} <= set(shares[0].tolist())


def test_copies_can_take_the_place_of_the_originals():
    data = make_sample("shapes", n=30)
    made = modified(data, "augment", copies=1, keep=False, rotate=0, shift=0, flip="none", noise=0)
    assert np.array_equal(made.pixels, data.pixels)
    assert np.array_equal(made.boxes, data.boxes)
    assert made.recipe.then[0].source == "augment"


def test_too_many_copies_are_refused_before_they_are_made():
    data = Images(np.zeros((400, 512, 512), np.uint8), np.zeros(400, np.int64), ("a",))
    with pytest.raises(LearnerError, match="make fewer copies"):
        modified(data, "augment", copies=10)


def test_a_quarter_turn_is_clockwise_and_exact():
    picture = np.arange(25, dtype=np.uint8).reshape(1, 5, 5)
    turned = moved(picture, np.array([np.pi / 2]), np.zeros((1, 2)))
    assert np.array_equal(turned[0], np.rot90(picture[0], -1))


def test_shift_moves_right_and_down_and_black_comes_in():
    picture = np.arange(1, 10, dtype=np.uint8).reshape(1, 3, 3)
    assert shifted(picture, np.array([[1, 0]]))[0].tolist() == [[0, 1, 2], [0, 4, 5], [0, 7, 8]]
    assert shifted(picture, np.array([[0, -1]]))[0].tolist() == [[4, 5, 6], [7, 8, 9], [0, 0, 0]]
    assert not shifted(picture, np.array([[9, 0]])).any()
    same = moved(picture, np.zeros(1), np.array([[1.0, 0.0]]))
    assert np.array_equal(same, shifted(picture, np.array([[1, 0]])))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["none", "left-right", "up-down", "both"]), st.floats(0, 60))
def test_boxes_go_where_the_shapes_go(seed, flip, rotate):
    """What was drawn lies within the box that has moved along, but for the fading of the border."""
    side, left, top, right, bottom = 40, 14, 16, 25, 22
    picture = np.zeros((1, side, side), np.uint8)
    picture[0, top:bottom, left:right] = 255
    data = Images(picture, np.array([0]), ("a",), np.array([[0, 0, left, top, right, bottom]], float))
    made = modified(data, "augment", keep=False, flip=flip, rotate=rotate, shift=0.1, seed=seed)
    rows, columns = np.nonzero(made.pixels[0] > 127)
    _, _, left, top, right, bottom = made.boxes[0]
    assert left - 1 <= columns.min() <= columns.max() <= right
    assert top - 1 <= rows.min() <= rows.max() <= bottom
    assert max(columns.min() - left, rows.min() - top) <= 2  # and it is no larger than it need be


def test_a_box_that_has_gone_is_dropped():
    boxes = np.array([[0, 0, 0.0, 0, 8, 8], [0, 0, 12, 12, 16, 16]])
    none = np.zeros(1, bool)
    left = moved_boxes(boxes, (16, 16), np.zeros(1), np.array([[-7.0, 0]]), none, none)
    assert left.tolist() == [[0, 0, 5, 12, 9, 16]]


# Drawing


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8])
def test_a_hard_pen_is_as_wide_as_it_says_and_leaves_no_gap(size):
    start, end = snapped(10.3, 9.8, size), snapped(30.1, 20.6, size)
    dot = cover((40, 40), start, start, size, soft=False)
    assert dot.any(0).sum() == dot.any(1).sum() == size
    line = cover((40, 40), start, end, size, soft=False) > 0
    assert np.diff(np.flatnonzero(line.any(0))).max() == 1
    if size > 1:  # a thin line hangs together by corners only
        assert np.array_equal(filled(line * np.uint8(255), *np.argwhere(line)[0][::-1], np.uint8(9)) == 9, line)


def test_soft_ink_fades_and_never_gets_darker():
    covered = cover((9, 9), (4.5, 4.5), (4.5, 4.5), 3, soft=True)
    assert covered[4, 4] == 1
    assert 0 < covered[4, 6] < 1
    light = inked(np.full((9, 9, 3), 255, np.uint8), covered, np.array([0, 255, 0]))
    assert light[4, 4].tolist() == [0, 255, 0]
    assert light[0, 0].tolist() == [255, 255, 255]


def test_filling_stops_at_a_wall_and_goes_round_corners():
    picture = np.zeros((20, 20), np.uint8)
    picture[:, 9] = 255
    picture[3, 9] = 10  # a door, about as dark as the room
    made = filled(picture, 0, 19, np.uint8(99))
    assert (made == 99).sum() == 20 * 19 + 1
    picture[3, 9] = 100
    assert (filled(picture, 0, 19, np.uint8(99)) == 99).sum() == 9 * 20


def test_a_spiral_is_filled_to_its_end():
    wall = np.zeros((33, 33), np.uint8)
    for ring in range(0, 16, 2):
        wall[ring, ring : 33 - ring] = wall[32 - ring, ring : 33 - ring] = 255
        wall[ring : 33 - ring, ring] = wall[ring : 33 - ring, 32 - ring] = 255
        wall[ring + 1, ring] = 0
    made = filled(wall, 1, 1, np.uint8(50))
    assert ((wall == 0) == (made == 50)).all()


def test_rolling_and_inverting_twice_give_the_same():
    pixels = grey().pixels
    assert np.array_equal(rolled(rolled(pixels, 3, -1), -3, 1), pixels)
    assert np.array_equal(inverted(inverted(pixels)), pixels)
    assert rolled(pixels, 1, 0)[0, 0, 1] == pixels[0, 0, 0]
