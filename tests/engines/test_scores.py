"""The scores of a confusion matrix and of all thresholds: number for number those of scikit-learn."""

import warnings

import numpy as np
import pytest

from engines.data.features import classes_of
from engines.data.points import Points
from engines.data.sampling import parse_sample
from engines.evaluation.metrics import confusion
from engines.evaluation.scores import AVERAGES, counted, scores, shares
from engines.evaluation.thresholds import walk

metrics = pytest.importorskip("sklearn.metrics")


def drawn(n: int, classes: int, seed: int) -> tuple[np.ndarray, np.ndarray, int]:
    dice = np.random.default_rng(seed)
    truth = dice.integers(0, classes, n)
    return truth, np.where(dice.random(n) < 0.6, truth, dice.integers(0, classes, n)), classes


CASES = {
    "two classes": drawn(60, 2, 0),
    "five classes": drawn(200, 5, 1),
    "a class that never occurs": (np.array([0, 0, 2, 2, 2]), np.array([0, 2, 2, 0, 2]), 4),
    "a class that is never predicted": (np.array([0, 1, 2, 2]), np.array([0, 0, 2, 2]), 3),
    "a class that is only predicted": (np.array([0, 0, 2, 2]), np.array([0, 1, 2, 1]), 3),
    "constant predictions": (np.array([0, 1, 2, 1, 1]), np.ones(5, int), 3),
    "constant truth": (np.zeros(4, int), np.array([0, 0, 1, 0]), 2),
    "all wrong": (np.array([0, 1]), np.array([1, 0]), 2),
    "one row": (np.array([1]), np.array([1]), 2),
    "one wrong row": (np.array([1]), np.array([0]), 2),
    "99 of 100 healthy": (np.arange(300) // 297, np.zeros(300, int), 2),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_they_are_those_of_scikit_learn(case: tuple[np.ndarray, np.ndarray, int]) -> None:
    truth, predicted, classes = case
    labels = list(range(classes))
    counts = counted(truth, predicted, classes)
    assert (counts == metrics.confusion_matrix(truth, predicted, labels=labels)).all()
    found = scores(counts)
    there = np.union1d(truth, predicted)
    known = metrics.precision_recall_fscore_support(truth, predicted, labels=there, zero_division=0)
    for ours, theirs in zip((found.precision, found.recall, found.f1, found.support), known, strict=True):
        assert ours[there] == pytest.approx(theirs, abs=1e-15)
    absent = np.setdiff1d(labels, there)
    assert np.isnan([found.precision[absent], found.recall[absent], found.f1[absent]]).all()
    for kind in AVERAGES:
        theirs = metrics.precision_recall_fscore_support(truth, predicted, average=kind, zero_division=0)[:3]
        assert found.average(kind) == pytest.approx(theirs, abs=1e-15)
    assert found.accuracy == pytest.approx(metrics.accuracy_score(truth, predicted))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert found.balanced_accuracy == pytest.approx(metrics.balanced_accuracy_score(truth, predicted))
        for of, theirs in (("row", "true"), ("column", "pred")):
            expected = metrics.confusion_matrix(truth, predicted, labels=labels, normalize=theirs)
            assert shares(counts, of) == pytest.approx(expected, abs=1e-15)
    assert (shares(counts, "counts") == counts).all()


def test_nothing_has_no_scores() -> None:
    found = scores(np.zeros((2, 2), int))
    assert np.isnan([found.accuracy, found.balanced_accuracy, *found.averages.ravel(), *found.f1]).all()
    assert scores(np.zeros((0, 0), int)).precision.shape == (0,)


def test_a_case_worked_by_hand() -> None:
    """Of 297 healthy 6 are called ill; of 3 ill 2 are found."""
    found = scores(np.array([[291, 6], [1, 2]]))
    assert found.precision.tolist() == [291 / 292, 2 / 8]
    assert found.recall.tolist() == [291 / 297, 2 / 3]
    assert found.f1[1] == pytest.approx(4 / 11)
    assert found.accuracy == pytest.approx(293 / 300)
    assert found.balanced_accuracy == pytest.approx((291 / 297 + 2 / 3) / 2)


def test_what_is_scored_is_locked() -> None:
    with pytest.raises(ValueError, match="read-only"):
        scores(np.eye(2, dtype=int)).precision[0] = 0


@pytest.mark.parametrize(
    "data", [parse_sample("iris"), parse_sample("moons:n=20"), Points(np.eye(2), np.array([0, 1]))]
)
def test_a_confusion_knows_the_names_of_its_classes(data: object) -> None:
    features = classes_of(data)
    picture = confusion(features, features.y)
    assert picture.names == features.classes
    if isinstance(data, Points):
        assert confusion(data, data.y).names == data.names


RANKINGS = {
    "no ties": (np.random.default_rng(0).random(80), np.random.default_rng(1).random(80) < 0.3),
    "many ties": (np.random.default_rng(2).integers(0, 5, 200) / 4, np.random.default_rng(3).random(200) < 0.1),
    "all the same score": (np.full(10, 0.5), np.arange(10) < 3),
    "perfect": (np.arange(10) / 10, np.arange(10) > 6),
    "upside down": (np.arange(10) / 10, np.arange(10) < 3),
    "hard yes and no": (np.array([0.0, 1, 1, 0, 1]), np.array([False, True, True, True, False])),
    "two rows": (np.array([0.2, 0.7]), np.array([True, False])),
}


@pytest.mark.parametrize("case", RANKINGS.values(), ids=RANKINGS)
def test_the_walk_is_scikit_learns_curves(case: tuple[np.ndarray, np.ndarray]) -> None:
    values, positive = case
    found = walk(values, positive)
    false_alarms, recall, thresholds = metrics.roc_curve(positive, values, drop_intermediate=False)
    assert found.false_positive_rate == pytest.approx(false_alarms, abs=1e-15)
    assert found.recall == pytest.approx(recall, abs=1e-15)
    assert (found.thresholds == thresholds).all()
    precision, recall, thresholds = metrics.precision_recall_curve(positive, values)
    assert found.precision == pytest.approx(precision[::-1], abs=1e-15)
    assert found.recall == pytest.approx(recall[::-1], abs=1e-15)
    assert (found.thresholds[1:] == thresholds[::-1]).all()
    assert found.roc_auc == pytest.approx(metrics.roc_auc_score(positive, values), abs=1e-14)
    assert found.average_precision == pytest.approx(metrics.average_precision_score(positive, values), abs=1e-14)


@pytest.mark.parametrize("case", RANKINGS.values(), ids=RANKINGS)
def test_a_threshold_does_what_its_place_says(case: tuple[np.ndarray, np.ndarray]) -> None:
    values, positive = case
    found = walk(values, positive)
    for at in (0.0, 0.1, 0.25, 0.5, 0.75, 1.0, *values.tolist(), *found.settings().tolist()):
        place, called = found.at(at), values >= at
        assert found.hits[place] == (called & positive).sum()
        assert found.false_alarms[place] == (called & ~positive).sum()
        assert found.accuracy[place] == pytest.approx((called == positive).mean())
        expected = (2 * (called & ~positive).sum() + 7 * (~called & positive).sum()) / len(values)
        assert found.costs(2, 7)[place] == pytest.approx(expected)
    assert [found.at(at) for at in found.settings().tolist()] == list(range(len(found)))
