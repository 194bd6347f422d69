"""VGG: only 3×3 convolutions, but many of them.

Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", ICLR 2015: Table 1,
columns D (VGG-16) and E (VGG-19). Two 3×3 convolutions see as much as one of 5×5, three as much as one of 7×7, with
fewer weights and an activation after each. 138,357,544 and 143,667,240 parameters, as in torchvision.
"""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

from engines.core.engine import Task, engine
from engines.core.params import Param, Params
from engines.core.step import Steps
from engines.data.images import Images
from engines.vision._milestone import SHOWS, Milestone

if TYPE_CHECKING:
    import torch
    from torch import nn

SIDE = 224
HALVINGS = 32  # five poolings leave one number of so many
BLOCKS = {  # Table 1: how many maps each 3×3 convolution has; after each block 2×2 max pooling
    "VGG-16": ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512)),
    "VGG-19": ((64, 64), (128, 128), (256, 256, 256, 256), (512, 512, 512, 512), (512, 512, 512, 512)),
}


@dataclass(frozen=True)
class VGGParams(Params):
    """What to do with it, how large it is, and how it learns."""

    purpose: Annotated[
        Literal["train", "inspect"],
        Param("What to do", help="Train a small copy, or send one picture through the full size"),
    ] = "train"
    depth: Annotated[Literal["VGG-16", "VGG-19"], Param("Depth")] = "VGG-16"
    width: Annotated[
        float, Param("Share of its width", low=1 / 32, high=1, log=True, only_if=("purpose", ("train",)))
    ] = 1 / 16
    side: Annotated[int, Param("Side of the pictures", low=HALVINGS, high=SIDE, only_if=("purpose", ("train",)))] = (
        HALVINGS
    )
    dropout: Annotated[float, Param("Dropout", low=0, high=0.9)] = 0.5
    optimizer: Annotated[Literal["adam", "sgd"], Param("Optimizer")] = "adam"
    lr: Annotated[float, Param("Learning rate", low=1e-5, high=1, log=True, live=True)] = 0.001
    weight_decay: Annotated[float, Param("L2 penalty", low=0, high=1, log=True, live=True)] = 0.0
    batch_size: Annotated[int, Param("Batch size", low=2, high=512, log=True)] = 32
    max_epochs: Annotated[int, Param("Epochs at most", low=1, high=1000, log=True, live=True)] = 10
    memory: Annotated[float, Param("Memory at most (GB)", low=0.01, high=512, log=True, private=True)] = 4.0


def layers(
    n_classes: int = 1000, depth: str = "VGG-16", width: float = 1.0, side: int = SIDE, dropout: float = 0.5,
    dice: "torch.Generator | None" = None,
) -> "nn.Sequential":  # fmt: skip
    """Return the layers of a column of Table 1, all widths times ``width``."""
    import torch
    from torch import nn

    from engines.vision._learning import Dropout
    from engines.vision._parts import Fit, Part, stack

    dice = dice or torch.Generator()  # for looking only: nothing is dropped then
    inputs, parts = 3, list[Part]()
    for i, block in enumerate(BLOCKS[depth], 1):
        for j, maps in enumerate(block, 1):
            outputs = max(2, round(maps * width))
            parts += [(f"conv{i}_{j}", nn.Conv2d(inputs, outputs, kernel_size=3, padding=1)), nn.ReLU()]
            inputs = outputs
        parts += [(f"pool{i}", nn.MaxPool2d(2))]
    left, hidden = side // HALVINGS, round(4096 * width)
    return stack(
        ("input", Fit(3, side)), *parts, nn.Flatten(),
        ("fc6", nn.Linear(inputs * left * left, hidden)), nn.ReLU(), Dropout(dropout, dice),
        ("fc7", nn.Linear(hidden, hidden)), nn.ReLU(), Dropout(dropout, dice),
        ("fc8", nn.Linear(hidden, n_classes)),
    )  # fmt: skip


MILESTONES = tuple(Milestone(depth, 2014, (3, SIDE, SIDE), partial(layers, depth=depth)) for depth in BLOCKS)


@engine(
    title="VGG (2014)",
    task=Task.CLASSIFY,
    shows=SHOWS,
    curves={"Loss": ("train_loss", "validation_loss"), "Accuracy": ("train_accuracy", "validation_accuracy")},
    facts=(
        "scaled to the side that is set, in three channels, numbers from −1 to 1",
        "trained as a narrower copy; in full size it is only looked at, with random weights",
        "cross-entropy loss; first weights: He, biases zero (the paper: those of a shallower network)",
    ),
    sample="mnist",
)  # fmt: skip
def vgg(data: Images, params: VGGParams, rng: np.random.Generator) -> Steps:
    """Stack the smallest kernels that know left from right, halve the maps, double their number, and again."""
    from engines.vision._learning import dice_from
    from engines.vision._teaching import teach_copy
    from engines.vision._walk import walk

    if params.purpose == "inspect":
        return (yield from walk(partial(layers, depth=params.depth), params.depth, data, params.memory, rng))

    dice = dice_from(rng)
    return (yield from teach_copy(
        lambda n_classes: layers(n_classes, params.depth, params.width, params.side, params.dropout, dice),
        params.depth, data, params, rng,
    ))  # fmt: skip
