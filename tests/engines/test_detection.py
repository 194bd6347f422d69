"""Object detection: boxes by numbers against cases worked by hand and slow loops, what is learned, what is refused."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch  # noqa: TID253 - a test
from torch.nn import functional  # noqa: TID253

from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.core.language import LearnerError
from engines.core.step import Change, Outcome, Question, Step
from engines.data.images import Images
from engines.data.points import UNLABELLED
from engines.data.sampling import make_sample
from engines.pictures.boxes import Boxes, shared_by
from engines.pictures.chart import Chart
from engines.vision._boxes import hits, marked, overlaps, overlaps_of_sizes
from engines.vision._detector import Detector, Lessons, give, mirrored
from engines.vision.detection import DetectionParams, anchors_of, loss_parts, suppress

A, B = [0.0, 0.0, 4.0, 4.0], [2.0, 2.0, 6.0, 6.0]  # share 2 · 2 of 16 + 16 − 4


def scenes(n: int = 60, **settings) -> Images:
    made = make_sample("scenes", n=n, seed=2, **{"size": 32, **settings})
    assert isinstance(made, Images)
    return made


def run(data: Images, *, split: Split | None = None, **params):
    values = {"max_epochs": 2, "width": 8, **params}
    return Experiment("vision.detection", DetectionParams().with_values(**values), data, split or Split(), 3).start()


def ended(steps) -> tuple[list[Step], Outcome]:
    seen = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return seen, end.value


def detector(anchors=((8.0, 8.0), (4.0, 12.0)), classes: int = 2, cell: int = 8) -> Detector:
    return Detector(1, classes, np.array(anchors), cell, 4, np.random.default_rng(0))


# Boxes by numbers


def test_iou_of_cases_worked_by_hand():
    other = np.array([A, B, [0, 0, 2, 2], [4, 4, 6, 6], [9, 9, 9, 9]])
    assert overlaps(np.array([A]), other)[0] == pytest.approx([1, 4 / 28, 4 / 16, 0, 0])
    both = shared_by(np.array(A), np.array(B))
    assert (both.sides, both.shared, both.joint, both.iou) == ((2, 2, 4, 4), 4, 28, pytest.approx(1 / 7))
    assert shared_by(np.array([0, 0, 1, 1]), np.array([5, 5, 6, 6])).iou == 0
    assert overlaps_of_sizes(np.array([[4.0, 4.0]]), np.array([[2.0, 8.0]]))[0, 0] == pytest.approx(8 / 24)


def test_iou_is_the_share_of_small_squares_that_both_cover():
    rng = np.random.default_rng(0)
    corners = rng.integers(0, 20, (40, 2, 2))
    boxes = np.concatenate([corners.min(1), corners.max(1) + 1], 1).astype(float)
    y, x = np.mgrid[0.5:22, 0.5:22]
    inside = [(box[0] < x) & (x < box[2]) & (box[1] < y) & (y < box[3]) for box in boxes]
    slow = [[(one & other).sum() / (one | other).sum() for other in inside] for one in inside]
    assert np.allclose(overlaps(boxes, boxes), slow)


def test_suppression_of_a_case_worked_by_hand():
    found = np.array([
        [0, 0.9, 0, 0, 10, 10],
        [0, 0.8, 2, 0, 12, 10],  # shares 80 of 120 with the first: 0.67
        [1, 0.7, 0, 0, 10, 10],  # of another class
        [0, 0.6, 7, 0, 17, 10],  # 50 of 150 with the second, which is gone; 30 of 170 with the first
        [0, 0.5, 40, 0, 50, 10],
    ])  # fmt: skip
    decisions = suppress(found, 0.5)
    assert [decision.kept for decision in decisions] == [True, False, True, True, True]
    assert [decision.rival for decision in decisions] == [-1, 0, -1, 0, -1]
    assert [decision.overlap for decision in decisions] == pytest.approx([0, 80 / 120, 0, 30 / 170, 0])
    assert [decision.kept for decision in suppress(found, 0.1)] == [True, False, True, False, True]
    assert all(decision.kept for decision in suppress(found, 80 / 120))  # as much as the limit is not too much
    assert suppress(np.zeros((0, 6)), 0.5) == []


def test_a_find_is_right_once_in_its_class_and_where_it_fits_best():
    truth = np.array([[0, *A], [0, 10, 10, 14, 14], [1, 20, 20, 24, 24]])
    found = np.array([
        [0, 0.9, 0, 0, 4, 4],
        [0, 0.8, 0, 0, 4, 5],  # the same thing again
        [1, 0.7, 10, 10, 14, 14],  # of the wrong class
        [0, 0.6, 10, 10, 14, 18],  # half of it
        [1, 0.5, 22, 22, 26, 26],  # a seventh of it
    ])  # fmt: skip
    assert hits(found, truth, 0.5).tolist() == [True, False, False, True, False]
    assert hits(found, truth, 0.51).tolist() == [True, False, False, False, False]
    assert hits(found, np.zeros((0, 5)), 0.5).tolist() == [False] * 5


def test_average_precision_of_a_case_worked_by_hand():
    """Right, wrong, right, wrong, right of three things: precision 1, 1/2, 2/3, 2/4, 3/5 at recall 1/3, …, 3/3."""
    truth = [np.array([[0, *A], [0, 10, 10, 14, 14], [0, 20, 20, 24, 24]])]
    places = [A, [50, 50, 54, 54], [10, 10, 14, 14], [60, 60, 64, 64], [20, 20, 24, 24]]
    found = [np.array([[0, 0.9 - 0.1 * k, *sides] for k, sides in enumerate(places)])]
    marks = marked(found, truth, 2)
    assert marks.average_precision(0) == pytest.approx((1 + 2 / 3 + 3 / 5) / 3)
    assert np.isnan(marks.average_precision(1))
    assert marks.mean_average_precision == pytest.approx(
        (1 + 2 / 3 + 3 / 5) / 3
    )  # the class that is nowhere is left out
    assert marks.at(0.65) == pytest.approx((2 / 3, 2 / 3))
    assert marks.at(0.0) == pytest.approx((3 / 5, 1))
    assert np.isnan(marks.at(0.99)[0])
    assert np.isnan(marked([], [], 2).mean_average_precision)


def slow_average_precision(found, truth, label: int) -> float:
    """Walk down the scores in plain loops; at each recall reached take the best precision at that recall or above."""
    ranked = sorted(
        (-row[1], picture, tuple(row)) for picture, rows in enumerate(found) for row in rows if row[0] == label
    )
    true = {(picture, k) for picture, rows in enumerate(truth) for k, row in enumerate(rows) if row[0] == label}
    taken: set[tuple[int, int]] = set()
    points = []
    for count, (_, picture, row) in enumerate(ranked, 1):
        shares = {
            key: shared_by(np.array(row[2:]), truth[picture][key[1], 1:]).iou for key in true if key[0] == picture
        }
        best = max(shares, key=lambda key: (shares[key], -key[1]), default=None)
        if best is not None and shares[best] >= 0.5 and best not in taken:
            taken.add(best)
        points.append((len(taken) / len(true), len(taken) / count))
    area, before = 0.0, 0.0
    for recall in sorted({recall for recall, _ in points}):
        area += (recall - before) * max(precision for at, precision in points if at >= recall)
        before = recall
    return area


def test_average_precision_is_that_of_plain_loops():
    rng = np.random.default_rng(5)
    for _ in range(10):
        truth, found = [], []
        for _ in range(6):
            corner = rng.uniform(0, 30, (rng.integers(1, 5), 2))
            label = rng.integers(0, 2, (len(corner), 1))
            true = np.concatenate([label, corner, corner + rng.uniform(4, 10, corner.shape)], 1)
            near = np.repeat(true, 2, 0) + rng.normal(0, 1.2, (2 * len(true), 5)) * (0, 1, 1, 1, 1)
            score = np.sort(rng.random(len(near)))[::-1]
            truth.append(true)
            found.append(np.concatenate([near[:, :1], score[:, None], near[:, 1:]], 1))
        marks = marked(found, truth, 2)
        for label in np.flatnonzero(marks.true).tolist():
            assert marks.average_precision(label) == pytest.approx(slow_average_precision(found, truth, label))


# Anchors, targets, loss


def test_anchors_are_the_means_of_boxes_alike():
    sizes = np.array([[10, 10], [12, 10], [4, 20], [4, 22], [4, 21]], float)
    anchors, fit = anchors_of(sizes, 2, np.random.default_rng(0))
    assert anchors.tolist() == [[11, 10], [4, 21]]
    assert fit == pytest.approx(np.mean([100 / 110, 110 / 120, 80 / 84, 84 / 88, 1]))
    assert len(anchors_of(np.full((6, 2), 5.0), 3, np.random.default_rng(0))[0]) == 1


def test_a_box_belongs_to_the_cell_of_its_middle_and_the_anchor_most_like_it():
    anchors = np.array([[8.0, 8.0], [4.0, 12.0]])
    label, box = np.full((2, 4, 4), -1), np.zeros((2, 4, 4, 4), np.float32)
    boxes = np.array([[0, 1, 8, 16, 16, 24], [0, 0, 0, 0, 3, 12], [0, 2, 8, 17, 16, 24], [0, 3, 9, 17, 16, 24]], float)
    assert give(boxes, anchors, 8, label, box) == 1  # three in one cell, and two anchors
    assert label[0, 2, 1] == 1
    assert label[1, 0, 0] == 0
    assert label[1, 2, 1] == 2
    assert (label >= 0).sum() == 3
    assert box[1, 0, 0].tolist() == [0, 0, 3, 12]


def test_a_box_in_the_last_corner_has_a_cell():
    label, box = np.full((1, 2, 2), -1), np.zeros((1, 2, 2, 4), np.float32)
    assert give(np.array([[0, 0, 15, 15, 17, 17.0]]), np.array([[2.0, 2.0]]), 8, label, box) == 0
    assert label[0, 1, 1] == 0


def answers(net: Detector, batch) -> torch.Tensor:
    """Raw numbers that say just what is wanted."""
    blank = torch.zeros(*batch.label.shape, 5 + net.classes)
    wanted = net.wanted(blank, batch)
    blank[..., 0] = torch.where(wanted.there, 20.0, -20.0)
    rows = blank[wanted.there]
    rows[:, 1:3] = torch.logit(wanted.centre)
    rows[:, 3:5] = wanted.size
    rows[:, 5:] = 30.0 * functional.one_hot(wanted.label, net.classes)
    blank[wanted.there] = rows
    return blank


@pytest.mark.parametrize("mirror", [False, True])
def test_whoever_says_what_is_wanted_has_the_true_boxes_and_no_loss(mirror):
    data = scenes(8)
    net = Detector(1, 3, np.array([[12.0, 12.0], [8.0, 8.0]]), 8, 4, np.random.default_rng(0))
    lessons = Lessons(data, np.arange(8), np.array([[12.0, 12.0], [8.0, 8.0]]), 8)
    for batch in lessons.batches(4, np.random.default_rng(1), mirror=mirror):
        said = answers(net, batch)
        wanted = net.wanted(said, batch)
        assert torch.allclose(net.boxes(said)[wanted.there], batch.box[wanted.there], atol=1e-3)
        assert (wanted.overlap[wanted.there] > 0.999).all()
        assert [float(part) for part in loss_parts(said, wanted)] == pytest.approx([0, 0, 0, 0], abs=1e-2)


def test_mirroring_twice_changes_nothing_and_once_moves_what_is_seen_with_its_box():
    data = scenes(6, noise=0.0)
    lessons = Lessons(data, np.arange(6), np.array([[10.0, 10.0]]), 8)
    batch = next(lessons.batches(6, np.random.default_rng(0), mirror=False))
    turned = torch.tensor([True, False, True, True, False, True])
    for axis in (0, 1):
        once = mirrored(batch, turned, axis, 32)
        twice = mirrored(once, turned, axis, 32)
        assert torch.equal(twice.x, batch.x)
        assert torch.equal(twice.label, batch.label)
        there = once.label >= 0
        assert torch.equal(twice.box[batch.label >= 0], batch.box[batch.label >= 0])
        assert not torch.equal(once.x[0], batch.x[0])
        assert torch.equal(once.x[1], batch.x[1])
        for picture, _, row, column in there.nonzero().tolist():
            left, top, right, bottom = once.box[picture, 0, row, column].int().tolist()
            assert 8 * row <= (top + bottom) / 2 <= 8 * row + 8  # on the border of two cells it may be in either
            assert 8 * column <= (left + right) / 2 <= 8 * column + 8
            inside = once.x[picture, 0, top:bottom, left:right]
            assert inside.max() > 0.5


def test_the_loss_is_that_of_plain_loops():
    data = scenes(5)
    anchors = np.array([[12.0, 12.0], [8.0, 8.0]])
    net = Detector(1, 3, anchors, 8, 4, np.random.default_rng(0))
    batch = next(Lessons(data, np.arange(5), anchors, 8).batches(5, np.random.default_rng(1), mirror=False))
    said = torch.randn(5, 2, 4, 4, 8, generator=torch.Generator().manual_seed(0))
    box = something = nothing = label = 0.0
    for n, a, row, column in itertools.product(range(5), range(2), range(4), range(4)):
        numbers = said[n, a, row, column].double().numpy()
        middle = (np.array([column, row]) + 1 / (1 + np.exp(-numbers[1:3]))) * 8
        half = np.exp(numbers[3:5]) * anchors[a] / 2
        mine = np.concatenate([middle - half, middle + half])
        best = max(shared_by(mine, true).iou for true in batch.truth[n].numpy())
        odds = numbers[0]
        if batch.label[n, a, row, column] < 0:
            nothing += np.log1p(np.exp(odds)) * (best < 0.6)
            continue
        true = batch.box[n, a, row, column].double().numpy()
        place = (true[:2] + true[2:]) / 16 - (column, row)
        size = np.log((true[2:] - true[:2]) / anchors[a])
        box += ((1 / (1 + np.exp(-numbers[1:3])) - place) ** 2).sum() + ((numbers[3:5] - size) ** 2).sum()
        something += best * np.log1p(np.exp(-odds)) + (1 - best) * np.log1p(np.exp(odds))
        scores = numbers[5:]
        label += np.log(np.exp(scores).sum()) - scores[int(batch.label[n, a, row, column])]
    parts = [float(part) for part in loss_parts(said, net.wanted(said, batch))]
    assert parts == pytest.approx([box / 5, something / 5, nothing / 5, label / 5], rel=1e-4)


def test_every_picture_is_in_one_batch_and_none_is_alone():
    lessons = Lessons(scenes(13), np.arange(13), np.array([[8.0, 8.0]]), 8)
    sizes = [len(batch.x) for batch in lessons.batches(4, np.random.default_rng(0), mirror=True)]
    assert sizes == [4, 4, 5]


# Runs


def test_it_learns_to_find_and_walks_through_suppression():
    torch.set_num_threads(1)
    data = scenes(150, shapes=2, outlines=0.0)
    steps, outcome = ended(run(data, max_epochs=22, batch_size=8, lr=0.002, width=16))
    assert outcome.scalars["validation_map_50"] > 0.4  # of few pictures in few epochs; with all of the lab it is 0.9
    assert outcome.scalars["test_map_50"] > 0.4
    losses = [step.scalars["train_loss"] for step in steps if np.isfinite(step.scalars["train_loss"])]
    assert np.mean(losses[-13:]) < 0.2 * np.mean(losses[:13])
    boxes = outcome.arrays["predicted_boxes"]
    assert boxes.shape[1] == 7
    assert (boxes[:, 6] >= 0.3).all()
    walk = [step for step in steps if step.rest][1:-1]  # the run rests when it has learned, at each box, and at the end
    drawn = walk[-1].draw()[0]
    assert isinstance(drawn, Boxes)
    curves = steps[-1].draw()[1]
    assert isinstance(curves, Chart)
    assert len(curves.lines) == 6  # a curve and a dot for each class


def test_what_is_drawn_while_it_learns_cuts_no_epoch_short():
    data = scenes(40).with_split(Split())
    steps = run(data, max_epochs=3, batch_size=8)
    next(steps), next(steps), next(steps)
    drawn = replace(data, pixels=255 - data.pixels)
    notes = [steps.send(Change(data=drawn)).note.render("en")]
    notes += [step.note.render("en") for step in itertools.takewhile(lambda step: not step.rest, steps)]
    assert [note for note in notes if "mAP" in note] == [
        notes[2],
        notes[6],
        notes[10],
    ]  # 28 pictures: four batches each


def test_a_walk_is_about_its_picture_until_another_is_asked_for():
    data = scenes(40)
    steps = run(data, threshold=0.05)
    question = {"picture": Question("picture", (0,), data.pixels[0])}
    end = next(step for step in steps if step.rest)
    assert end.answer is not None
    assert end.answer(question)
    first = next(steps)
    drawn = first.draw()[0]
    assert isinstance(drawn, Boxes)
    assert drawn.decided == 0
    assert len(drawn.found)
    for place in range(1, 1 + min(3, len(drawn.found))):
        step = next(steps)
        assert step.rest
        assert step.answer is not None
        assert step.answer(question) == ()
        drawn = step.draw()[0]
        assert isinstance(drawn, Boxes)
        assert drawn.decided == place
        assert f"Box {place} of {len(drawn.found)}" in step.note.render("en")
    assert step.answer({"picture": Question("picture", (0,), data.pixels[1])})


def test_a_drawing_is_answered_with_what_is_found_in_it():
    data = scenes(40)
    steps = run(data)
    step = next(itertools.islice(steps, 4, None))
    assert step.answer is not None
    assert step.answer({}) == ()
    (asked,) = step.answer({"picture": Question("picture", (3,), data.pixels[3])})
    assert isinstance(asked, Boxes)
    assert len(asked.truth) == len(data.boxes_of(3))
    (number,) = step.answer({"picture": Question("picture", (3,))})
    assert isinstance(number, Boxes)
    assert np.array_equal(number.cells, asked.cells)
    for pixels in (np.zeros((32, 32), np.uint8), np.zeros((50, 21, 3), np.uint8)):
        (drawn,) = step.answer({"picture": Question("picture", (999,), pixels)})
        assert isinstance(drawn, Boxes)
        assert not len(drawn.truth)
        assert drawn.cells.shape[:2] == (-(-pixels.shape[0] // 8), -(-pixels.shape[1] // 8))


def test_thresholds_are_taken_up_at_the_end():
    data = scenes(40)
    steps = run(data, threshold=0.01)
    step = next(step for step in steps if step.rest)
    assert np.isfinite(step.scalars["validation_recall"])
    none = steps.send(Change(params=DetectionParams(max_epochs=2, width=8, threshold=0.99)))
    assert none.rest
    assert none.scalars["validation_recall"] == 0
    assert "lower the threshold" in none.note.render("en")
    picture = none.draw()[0]
    assert isinstance(picture, Boxes)
    assert not len(picture.found)
    again = steps.send(Change(data=scenes(40, noise=0.1).with_split(Split())))
    assert again.rest
    assert len(ended(steps)[0]) >= 2


@pytest.mark.parametrize("cell", ["4", "8", "16"])
@pytest.mark.parametrize("settings", [{"size": 35}, {"colour": True}])
def test_any_size_and_colour(cell, settings):
    steps, outcome = ended(run(scenes(20, **settings), max_epochs=1, cell=cell, anchors=3))
    assert np.isfinite(outcome.scalars["train_loss"])
    assert isinstance(steps[0].draw()[0], Boxes)


def by_hand(boxes, n: int = 4, names=("thing",), side: int = 8) -> Images:
    return Images(
        np.zeros((n, side, side), np.uint8), np.full(n, UNLABELLED), names, np.array(boxes, float).reshape(-1, 6)
    )


ALL = Split(1.0, 0.0)
REFUSED = {
    "no pictures": (by_hand([], 0), "no pictures"),
    "no boxes": (by_hand([]), "no box on any picture"),
    "no class": (by_hand([[0, -1, 1, 1, 5, 5]]), "None of the boxes has a class"),
    "outside": (by_hand([[0, 0, 9, 9, 12, 12], [1, 0, 3, 3, 3, 7]]), "outside of their picture"),
    "one box": (by_hand([[0, 0, 1, 1, 5, 5]]), "There are 1 boxes in 1 pictures"),
    "one picture": (by_hand([[0, 0, 1, 1, 5, 5], [0, 0, 2, 2, 6, 6]]), "There are 2 boxes in 1 pictures"),
}


@pytest.mark.parametrize(("data", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_learned_from_is_refused_in_words(data, words):
    with pytest.raises(LearnerError, match=words):
        next(run(data, split=ALL))


def test_few_and_odd_boxes_drawn_by_hand_are_enough_to_begin():
    boxes = [[0, 0, -3, -3, 5, 5], [1, 0, 2, 2, 20, 20], [1, -1, 2, 2, 6, 6], [2, 0, 1, 1, 4, 7]]
    data = by_hand(boxes, 6)
    steps, outcome = ended(run(data, split=ALL, cell="16"))
    assert "Boxes without a class are left out: 1" in steps[0].note.render("en")
    assert "Pictures without a box are left out: 3" in steps[0].note.render("en")
    assert "Nothing" not in steps[0].note.render("en")
    assert np.isnan(outcome.scalars["validation_map_50"])
    assert "No validation picture" in steps[-1].note.render("en")
    empty, _ = ended(run(data, split=ALL, cell="16", empty_pictures=True))
    assert "left out: 3" not in empty[0].note.render("en")


def test_boxes_that_share_a_cell_are_told():
    boxes = [[row, 0, 1, 1, 6 + place, 6 + place] for row in range(3) for place in range(2)]
    first = next(run(by_hand(boxes), split=ALL, anchors=1))
    assert "cannot be learned: 3" in first.note.render("en")


def test_a_learning_rate_that_is_too_large_is_told():
    sight = next(run(scenes(20))).draw.__self__  # batch norm and Adam hold out long: here it is only said
    one = torch.ones(())
    with pytest.raises(LearnerError, match="too large"):
        sight.take(one / 0, one, one, one, one)


def test_boxes_that_are_all_taken_away_while_it_learns_end_it_in_words():
    data = scenes(20)
    steps = run(data)
    next(steps), next(steps)
    with pytest.raises(LearnerError, match="no box"):
        steps.send(Change(data=replace(data, boxes=np.zeros((0, 6))).with_split(Split())))
