"""Semantic segmentation: a class for every pixel, by a small U-Net.

Ronneberger, Fischer and Brox, "U-Net: convolutional networks for biomedical image segmentation", 2015: down to a few
coarse maps that know what is there, up again to the size of the picture, and at each height the fine maps from the way
down laid beside them, which know where. With padding, as is usual today, so that what comes out is as large as what
goes in. Overlap is measured by intersection over union (Jaccard, 1912). Adam: Kingma and Ba, 2015.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from engines.core.engine import Task, engine
from engines.core.forecast import forecast
from engines.core.language import LearnerError, say
from engines.core.params import Param, Params
from engines.core.step import Step, Steps
from engines.data.images import Images
from engines.pictures.bars import Bars
from engines.pictures.mask import Mask
from engines.pictures.tiles import Tiles

BATCH = "Train one batch"


@dataclass(frozen=True)
class SegmentationParams(Params):
    """How deep and wide the U is, and how it learns."""

    depth: Annotated[int, Param("Halvings", low=0, high=4, help="How often the picture is halved on the way down")] = 3
    width: Annotated[int, Param("Maps of the first layer", low=2, high=64, log=True)] = 8
    skips: Annotated[bool, Param("Skip connections", help="Lay the fine maps of the way down beside the coarse")] = True
    lr: Annotated[float, Param("Learning rate", low=1e-5, high=1, log=True, live=True)] = 0.005
    weight_decay: Annotated[float, Param("L2 penalty", low=0, high=1, log=True, live=True)] = 0.0
    batch_size: Annotated[int, Param("Batch size", low=1, high=128, log=True)] = 16
    max_epochs: Annotated[int, Param("Epochs at most", low=1, high=500, log=True, live=True)] = 30


class OverlapBars(Bars):
    """Intersection over union of each class, over all validation pictures."""

    title: ClassVar[str] = "IoU by class"


class WorstTiles(Tiles):
    """The validation pictures with the least overlap."""

    title: ClassVar[str] = "Least overlap"


@engine(
    title="Segmentation (U-Net)",
    task=Task.LOCATE,
    shows=(Mask, OverlapBars, WorstTiles),
    curves={
        "Overlap (IoU)": ("validation_iou",),
        "Loss": ("train_loss", "validation_loss"),
        "Right pixels": ("train_accuracy", "validation_accuracy"),
    },
    facts=("pixels from 0 to 1", "cross-entropy of every pixel", "what stands out within a box has its class"),
    sample="scenes",
)
def segmentation(data: Images, params: SegmentationParams, rng: np.random.Generator) -> Steps:
    """Ask every pixel what it belongs to: go down to see what is there, and up again to see where."""
    from torch import nn

    from engines.vision._learning import built
    from engines.vision._segments import Painter
    from engines.vision._unet import UNet

    classes, channels = len(data.names) + 1, 3 if data.coloured else 1
    painter = Painter(data, params, rng)
    net = painter.take_net(built(lambda: UNet(channels, classes, params.width, params.depth, params.skips), rng))
    seconds = params.max_epochs * painter.n_train * net.operations(painter.size) * 3 / 6e9
    change = yield Step(
        say("A U-Net with {n} {n:halving|halvings} and {weights} random weights: each pixel gets one of {classes} "
            "classes", n=params.depth, weights=f"{net.n_weights:,}", classes=classes),
        painter.scalars, painter.draw, then=BATCH, caution=forecast(seconds), answer=painter.answer,
    )  # fmt: skip
    while True:
        while painter.epoch < params.max_epochs:
            for x, y in painter.batches():
                if change:
                    params = painter.take(change, params)
                with painter.enough_memory():
                    scores = net(x)  # one score for each class, at every pixel
                    loss = nn.functional.cross_entropy(scores, y)
                    painter.update(loss, scores, y)
                if painter.at_epochs_end:
                    painter.measure()
                change = yield Step(
                    painter.told(say(
                        "Epoch {epoch}, batch {batch}: the loss is {loss:.3f}, {right:.1%} of the pixels are right",
                        epoch=painter.told_epoch, batch=painter.batch, loss=painter.scalars["train_loss"],
                        right=painter.scalars["train_accuracy"])),
                    painter.scalars, painter.draw, then=BATCH, answer=painter.answer,
                )  # fmt: skip
        change = yield Step(
            say("All epochs are over: what is found and what is true overlap by {iou:.2f} on the validation pictures",
                iou=painter.scalars["validation_iou"]),
            painter.scalars, painter.draw, rest=True, answer=painter.answer,
        )  # fmt: skip
        if change is None:
            return painter.outcome()
        params = painter.take(change, params)


def segmentable(data: Images) -> Images:
    """Return pictures of which some training ones have boxes with a class; LearnerError where there are none."""
    if not len(data):
        raise LearnerError("There are no pictures yet: draw some on the stage, or load a sample on the Data tab.")
    if not len(data.boxes):
        raise LearnerError(
            "No picture has a box yet, and what stands out within a box is what is learned here: draw boxes around "
            "things with the box tool, or load the sample “Shape scenes” on the Data tab."
        )
    if not (data.boxes[:, 1] >= 0).any():
        raise LearnerError("No box has a class: choose a box with the box tool and give it one.")
    return data
