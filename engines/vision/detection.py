"""Object detection in one stage: a grid of cells, each of which says what is there, where exactly, and how surely.

Redmon, Divvala, Girshick and Farhadi, "You only look once: unified, real-time object detection", 2016; anchors from the
sizes of the boxes: Redmon and Farhadi, "YOLO9000: better, faster, stronger", 2017. Non-maximum suppression is older:
Rosenfeld and Thurston, 1971. Adam: Kingma and Ba, 2015.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.engine import Task, engine
from engines.core.forecast import forecast
from engines.core.params import Param, Params
from engines.core.step import Change, Step, Steps
from engines.data.images import Images
from engines.pictures.boxes import Boxes
from engines.pictures.workings import Workings
from engines.vision._boxes import LABEL, SIDES, overlaps, overlaps_of_sizes
from engines.vision._precision_recall import PrecisionRecall

if TYPE_CHECKING:
    from torch import Tensor

    from engines.vision._detection_sight import Sight
    from engines.vision._detector import Wanted

ANCHORS = "Group the boxes by size: the anchors"
BATCH = "Train one batch"
SUPPRESS = "Remove doubles, box by box"
DECIDE = "Decide on the next box"
FINISH = "Look at all pictures again"
GOOD_ENOUGH = 0.6  # a box that fits a true one so well is not blamed for having said that something is there
ROUNDS = 100  # of grouping, at most

Stage = Generator[Step, Change | None, Change | None]


@dataclass(frozen=True)
class DetectionParams(Params):
    """How fine the grid is, how the network learns, and which of its boxes count."""

    cell: Annotated[Literal["4", "8", "16"], Param("Cell size in pixels")] = "8"
    anchors: Annotated[int, Param("Anchors of a cell", low=1, high=5)] = 2
    width: Annotated[int, Param("Maps of the first layer", low=4, high=64, log=True)] = 16
    lr: Annotated[float, Param("Learning rate", low=1e-5, high=1, log=True, live=True)] = 0.002
    batch_size: Annotated[int, Param("Batch size", low=2, high=128, log=True)] = 16
    max_epochs: Annotated[int, Param("Epochs at most", low=1, high=500, log=True)] = 30
    box_weight: Annotated[
        float, Param("Weight of the box error", low=0, high=50, live=True, help="How much a wrong place or size counts")
    ] = 5.0
    empty_weight: Annotated[
        float, Param("Weight of empty cells", low=0, high=5, live=True, help="There are far more of them than others")
    ] = 0.5
    mirror: Annotated[bool, Param("Mirror by chance", help="Left to right and upside down, anew each time")] = True
    empty_pictures: Annotated[
        bool, Param("Learn from empty pictures", help="Pictures without a box hold nothing; off: they are left out")
    ] = False
    threshold: Annotated[float, Param("Confidence threshold", low=0.01, high=0.99, live=True)] = 0.3
    nms_iou: Annotated[
        float, Param("IoU that removes a box", low=0.05, high=0.95, live=True, help="In non-maximum suppression")
    ] = 0.5


@engine(
    title="Object detection",
    task=Task.LOCATE,
    shows=(Boxes, PrecisionRecall, Workings),
    curves={
        "mAP": ("validation_map_50", "validation_map_75"),
        "Loss": ("train_loss", "box_loss", "objectness_loss", "class_loss"),
    },
    facts=("pixels from 0 to 1", "Adam", "a find is right from IoU 0.5 on"),
    sample="scenes",
)
def detection(data: Images, params: DetectionParams, rng: np.random.Generator) -> Steps:
    """Ask every cell of a grid at once whether the middle of something is here, how large it is, and what."""
    from engines.vision._detection_data import scenes_of
    from engines.vision._detection_sight import Sight
    from engines.vision._detector import Detector, Lessons

    scenes = scenes_of(data, params)
    cell = int(params.cell)
    anchors, fit = anchors_of(scenes.sizes, params.anchors, rng)
    channels = 3 if data.coloured else 1
    detector = Detector(channels, len(data.names), anchors, cell, params.width, rng)
    lessons = Lessons(scenes.data, scenes.train, anchors, cell)
    sight = Sight(scenes, detector, anchors, params)
    work = params.max_epochs * len(lessons) * np.prod(data.size) * (4 * params.width**2 + 60 * params.width)
    change = yield sight.begin(lessons.lost, caution=forecast(float(work) / 4e9))
    change = yield sight.tell_anchors(fit)

    for epoch in range(1, params.max_epochs + 1):
        batches = lessons.count(params.batch_size)
        for place, batch in enumerate(lessons.batches(params.batch_size, rng, mirror=params.mirror), 1):
            if change and isinstance(change.params, DetectionParams):
                params = sight.params = change.params
            if change and isinstance(change.data, Images):
                scenes = sight.scenes = scenes_of(change.data, params)
                lessons = Lessons(scenes.data, scenes.train, anchors, cell)  # from the next epoch on
            with detector.enough_memory():
                said = detector.say(batch.x)
                box, something, nothing, label = loss_parts(said, detector.wanted(said, batch))
                loss = params.box_weight * box + something + params.empty_weight * nothing + label
                detector.learn(loss, params.lr)
                sight.take(loss, box, something, nothing, label)
            if place == batches:
                sight.measure()
            change = yield sight.tell_batch(epoch, place, batches)
    take_up(sight, change)
    while change := (yield sight.tell_end(SUPPRESS)):
        take_up(sight, change)
    change = yield from walk_through(sight)
    take_up(sight, change)
    while change := (yield sight.tell_end()):
        take_up(sight, change)
    return sight.outcome()


def anchors_of(sizes: Floats, many: int, rng: np.random.Generator) -> tuple[Floats, float]:
    """Group boxes by width and height, as k-means does, but near is what overlaps much: (m, 2) to (many, 2).

    Returns also the mean IoU of a box and its anchor. There are no more anchors than different sizes; the largest is
    the first.
    """
    different = np.unique(sizes, axis=0)
    anchors = rng.permutation(different)[:many]
    for _ in range(ROUNDS):
        nearest = overlaps_of_sizes(sizes, anchors).argmax(1)
        moved = np.stack([sizes[nearest == k].mean(0) if (nearest == k).any() else anchor
                          for k, anchor in enumerate(anchors)])  # fmt: skip
        if np.array_equal(moved, anchors):
            break
        anchors = moved
    anchors = anchors[np.argsort(-anchors.prod(1), kind="stable")]
    return anchors, float(overlaps_of_sizes(sizes, anchors).max(1).mean())


def loss_parts(said: "Tensor", wanted: "Wanted") -> "tuple[Tensor, Tensor, Tensor, Tensor]":
    """Return what is wrong with place and size, with “something is there”, with “nothing is there”, with the class.

    said: (n, anchors, rows, columns, 5 + classes) raw numbers. Each part is a sum over a picture, the mean of them.
    Whoever answers for a true box should be as sure as its box fits; all others should say that nothing is there.
    """
    import torch
    from torch.nn import functional

    mine = said[wanted.there]  # (k, 5 + classes): of those that answer for a true box
    box = ((mine[:, 1:3].sigmoid() - wanted.centre) ** 2).sum() + ((mine[:, 3:5] - wanted.size) ** 2).sum()
    target = torch.where(wanted.there, wanted.overlap, 0.0)
    errors = functional.binary_cross_entropy_with_logits(said[..., 0], target, reduction="none")
    something = errors[wanted.there].sum()
    nothing = errors[~wanted.there & (wanted.overlap < GOOD_ENOUGH)].sum()
    label = functional.cross_entropy(mine[:, 5:], wanted.label, reduction="sum")
    n = len(said)
    return box / n, something / n, nothing / n, label / n


@dataclass(frozen=True)
class Decision:
    """What becomes of a box. rival: the kept box of its class that it overlaps most, -1 for none. overlap: the IoU."""

    rival: int
    overlap: float
    kept: bool


def suppress(found: Floats, limit: float) -> list[Decision]:
    """Decide from the most certain box down: kept is whoever overlaps no kept box of its class by more than a limit.

    found: (m, 6) class, score, left, top, right, bottom; the most certain first.
    """
    alike = found[:, None, LABEL] == found[None, :, LABEL]
    overlap = np.where(alike, overlaps(found[:, SIDES], found[:, SIDES]), 0.0)
    kept = np.zeros(len(found))
    decisions = []
    for box in range(len(found)):
        among = overlap[box] * kept
        rival = int(among.argmax())
        most = float(among[rival])
        kept[box] = most <= limit
        decisions.append(Decision(rival if most > 0 else -1, most, most <= limit))
    return decisions


def best_of(found: Floats, limit: float) -> Ints:
    """Return the boxes that are kept: (k,) into ``found``."""
    return np.array([box for box, decision in enumerate(suppress(found, limit)) if decision.kept], np.int64)


def take_up(sight: "Sight", change: Change | None) -> None:
    """Look with other thresholds, or at other pictures, at the end of the run."""
    from engines.vision._detection_data import scenes_of

    if change and isinstance(change.params, DetectionParams):
        sight.params = change.params
    if change and isinstance(change.data, Images):
        sight.scenes = scenes_of(change.data, sight.params)
    if change:
        sight.measure()


def walk_through(sight: "Sight") -> Stage:
    """Show non-maximum suppression on one picture, box by box; whatever changes ends it."""
    change: Change | None = yield sight.tell_candidates()
    for place in range(sight.n_candidates):
        if change:
            break
        change = yield sight.tell_decision(place)
    return change
