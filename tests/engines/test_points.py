"""Points: frozen, checked at the border, split within each class."""

import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from engines.core.dataset import TEST, TRAIN, VALIDATION, Split
from engines.core.language import LearnerError
from engines.data.points import MOST_CLASSES, UNLABELLED, Points
from engines.data.sampling import make_sample

ARRAYS = ("x", "y", "key", "parts")


def some(n: int = 6) -> Points:
    return Points(np.arange(2.0 * n).reshape(n, 2), np.arange(n) % 2, key=np.linspace(0, 0.9, n))


@pytest.mark.parametrize("name", ARRAYS)
def test_nobody_can_write_into_it(name):
    points = some()
    with pytest.raises(ValueError, match="read-only"):
        getattr(points, name)[0] = 0
    with pytest.raises(FrozenInstanceError):
        setattr(points, name, None)


@pytest.mark.parametrize("name", ARRAYS)
def test_still_locked_after_a_trip_to_another_process(name):
    sent = pickle.loads(pickle.dumps(some()))
    assert np.array_equal(getattr(sent, name), getattr(some(), name))
    assert not getattr(sent, name).flags.writeable


def test_arrays_of_the_giver_stay_his():
    x = np.zeros((2, 2))
    points = Points(x, np.zeros(2, np.int64))
    x[0] = 7
    assert points.x.max() == 0


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (np.zeros((3, 3)), np.zeros(3, np.int64)),
        (np.zeros(3), np.zeros(3, np.int64)),
        (np.zeros((3, 2)), np.zeros(2, np.int64)),
        (np.array([[0.0, np.nan]]), np.zeros(1, np.int64)),
        (np.array([[0.0, np.inf]]), np.zeros(1, np.int64)),
        (np.zeros((1, 2)), np.array([MOST_CLASSES])),
        (np.zeros((1, 2)), np.array([UNLABELLED - 1])),
    ],
)
def test_what_is_no_points_is_said(x, y):
    with pytest.raises(LearnerError):
        Points(x, y)


def test_empty_points_are_points():
    empty = Points().with_split(Split())
    assert len(empty) == empty.n_classes == len(empty.train.x) == 0


def test_classes_are_counted_by_the_highest_in_use():
    assert Points(np.zeros((3, 2)), np.array([UNLABELLED, 0, 5])).n_classes == 6
    assert Points(np.zeros((2, 2)), np.full(2, UNLABELLED)).n_classes == 0


def test_every_row_is_in_one_part_with_its_own_place_and_class():
    points = make_sample("blobs", n=200).with_split(Split(0.6, 0.3))
    parts = (points.train, points.validation, points.test)
    assert sorted(np.concatenate([part.index for part in parts])) == list(range(200))
    for part in parts:
        assert np.array_equal(part.x, points.x[part.index])
        assert np.array_equal(part.y, points.y[part.index])


def test_shares_hold_within_every_class():
    points = make_sample("moons", n=200).with_split(Split(0.7, 0.15))
    for label in (0, 1):
        parts = points.parts[points.y == label]
        assert [int((parts == which).sum()) for which in (TRAIN, VALIDATION, TEST)] == [70, 15, 15]


def test_points_without_a_class_teach_nothing():
    y = np.array([0, 1, UNLABELLED, UNLABELLED])
    points = Points(np.zeros((4, 2)), y, key=np.linspace(0, 0.9, 4)).with_split(Split(1.0, 0.0))
    assert points.train.index.tolist() == [0, 1]


def test_one_more_point_moves_few_others():
    before = make_sample("moons", n=200)
    more = Points(
        np.vstack([before.x, [[0.0, 0.0]]]),
        np.append(before.y, 0),
        key=np.append(before.key, 0.5),
        recipe=before.recipe,
    )
    moved = more.with_split(Split()).parts[:200] != before.with_split(Split()).parts
    assert moved.sum() <= 2


def test_another_seed_shares_out_anew_and_the_same_one_does_not():
    points = make_sample("moons", n=200)
    first, again, other = (points.with_split(Split(seed=seed)).parts for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert (first != other).any()
