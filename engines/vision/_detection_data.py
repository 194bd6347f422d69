"""Pictures with boxes to learn from, and what is wrong with them in words."""

from dataclasses import dataclass, replace

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.dataset import TEST, TRAIN, VALIDATION
from engines.core.language import LearnerError, Note, say
from engines.data.images import BOTTOM, CLASS, LEFT, PICTURE, RIGHT, TOP, Images
from engines.evaluation.checks import some
from engines.vision.detection import DetectionParams

FEWEST = 2  # boxes, and pictures, to train with


@dataclass(frozen=True)
class Scenes:
    """Pictures whose boxes can all be learned, and which of them are for what.

    train, validation, test: rows. sizes: (m, 2) width and height of the boxes to train with. unnamed: how many boxes
    without a class were left out. empty: how many pictures without a box were left out.
    """

    data: Images
    train: Ints
    validation: Ints
    test: Ints
    sizes: Floats
    unnamed: int
    empty: int

    def truth(self, row: int) -> Floats:
        """Return what is in a picture: (t, 5) class and sides; nothing for a row that is not there."""
        return self.data.boxes[self.data.boxes_of(row), CLASS:]


def scenes_of(data: Images, params: DetectionParams) -> Scenes:
    """Return what can be learned from; LearnerError where that is nothing, or too little."""
    some(data)
    unnamed = int((data.boxes[:, CLASS] < 0).sum())
    boxes = inside(data)
    if not len(boxes):
        raise LearnerError(_nothing(data, unnamed))
    order = np.argsort(boxes[:, PICTURE], kind="stable")
    data = replace(data, boxes=boxes[order])
    with_box = np.zeros(len(data), bool)
    with_box[boxes[:, PICTURE].astype(int)] = True
    used = with_box | params.empty_pictures
    train, validation, test = (np.flatnonzero(used & (data.parts == part)) for part in (TRAIN, VALIDATION, TEST))
    mine = data.boxes[np.isin(data.boxes[:, PICTURE], train)]
    if len(mine) < FEWEST or with_box[train].sum() < FEWEST:
        raise LearnerError(
            "There are {boxes} boxes in {pictures} pictures of the training share: a detector needs {fewest} boxes in "
            "{fewest} pictures at the very least, and dozens to be of use. Draw more, or enlarge the training share.",
            boxes=len(mine), pictures=int(with_box[train].sum()), fewest=FEWEST,
        )  # fmt: skip
    sizes = mine[:, [RIGHT, BOTTOM]] - mine[:, [LEFT, TOP]]
    return Scenes(data, train, validation, test, sizes, unnamed, 0 if params.empty_pictures else int((~with_box).sum()))


def inside(data: Images) -> Floats:
    """Return the boxes that can be learned: with a class, cut to the picture, at least a pixel large: (m, 6)."""
    height, width = data.size
    boxes = data.boxes[data.boxes[:, CLASS] >= 0].copy()
    boxes[:, LEFT:] = boxes[:, LEFT:].clip(0, (width, height, width, height))
    return boxes[((boxes[:, [RIGHT, BOTTOM]] - boxes[:, [LEFT, TOP]]) >= 1).all(1)]


def _nothing(data: Images, unnamed: int) -> Note:
    """Return why there is no box to learn from."""
    if not len(data.boxes):
        return say(
            "There is no box on any picture: a detector learns from boxes. Choose the box tool beside the board and "
            "draw one around each thing, or choose the sample “Shape scenes” in the Data tab."
        )
    if unnamed == len(data.boxes):
        return say(
            "None of the boxes has a class: click a box with the box tool and choose its class below the board. The + "
            "below the list of classes makes a new one."
        )
    return say("All boxes with a class are outside of their picture or smaller than a pixel: draw them anew.")
