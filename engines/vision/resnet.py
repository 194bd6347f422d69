"""ResNet: blocks with a way around them, and with these more layers than ever.

He, Zhang, Ren and Sun, "Deep residual learning for image recognition", CVPR 2016: Table 1 and Figure 5. Where a block
changes the size, a 1×1 convolution brings the shortcut to it (option B). ResNet-50's blocks halve in their 3×3
convolution, as torchvision's do (the paper: in the first 1×1). 11,689,512, 21,797,672 and 25,557,032 parameters, as in
torchvision.
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
    from torch import nn

SIDE, SMALLEST = 224, 32
BLOCKS = {
    "ResNet-18": (2, 2, 2, 2),
    "ResNet-34": (3, 4, 6, 3),
    "ResNet-50": (3, 4, 6, 3),
}  # Table 1: conv2_x to conv5_x


@dataclass(frozen=True)
class ResNetParams(Params):
    """What to do with it, how large it is, and how it learns."""

    purpose: Annotated[
        Literal["train", "inspect"],
        Param("What to do", help="Train a small copy, or send one picture through the full size"),
    ] = "train"
    depth: Annotated[Literal["ResNet-18", "ResNet-34", "ResNet-50"], Param("Depth")] = "ResNet-18"
    width: Annotated[
        float, Param("Share of its width", low=1 / 32, high=1, log=True, only_if=("purpose", ("train",)))
    ] = 1 / 16
    side: Annotated[int, Param("Side of the pictures", low=SMALLEST, high=SIDE, only_if=("purpose", ("train",)))] = (
        SMALLEST
    )
    optimizer: Annotated[Literal["adam", "sgd"], Param("Optimizer")] = "adam"
    lr: Annotated[float, Param("Learning rate", low=1e-5, high=1, log=True, live=True)] = 0.001
    weight_decay: Annotated[float, Param("L2 penalty", low=0, high=1, log=True, live=True)] = 0.0001
    batch_size: Annotated[int, Param("Batch size", low=2, high=512, log=True)] = 32
    max_epochs: Annotated[int, Param("Epochs at most", low=1, high=1000, log=True, live=True)] = 10
    memory: Annotated[float, Param("Memory at most (GB)", low=0.01, high=512, log=True, private=True)] = 4.0


def layers(n_classes: int = 1000, depth: str = "ResNet-18", width: float = 1.0, side: int = SIDE) -> "nn.Sequential":
    """Return the layers of a column of Table 1, all widths times ``width``."""
    from torch import nn

    from engines.vision._parts import Fit, Part, convolution, stack

    block = bottleneck if depth == "ResNet-50" else basic
    first = inputs = max(2, round(64 * width))
    parts = list[Part]()
    for i, count in enumerate(BLOCKS[depth]):
        for j in range(count):
            stride = 2 if i and not j else 1  # the first block of conv3_x, conv4_x and conv5_x halves the maps
            made, inputs = block(inputs, first * 2**i, stride)
            parts.append((f"conv{i + 2}_{j + 1}", made))
    return stack(
        ("input", Fit(3, side)),
        ("conv1", nn.Sequential(*convolution(3, first, 7, stride=2))), nn.ReLU(),
        ("pool1", nn.MaxPool2d(3, stride=2, padding=1)),
        *parts,
        ("mean", nn.AdaptiveAvgPool2d(1)), nn.Flatten(),
        ("fc", nn.Linear(inputs, n_classes)),
    )  # fmt: skip


def basic(inputs: int, maps: int, stride: int) -> "tuple[nn.Module, int]":
    """Return the block of ResNet-18 and -34, relu(F(x) + x) with two 3×3 convolutions, and how many maps come out."""
    from torch import nn

    from engines.vision._parts import Residual, convolution, shortcut

    inside = nn.Sequential(
        *convolution(inputs, maps, 3, stride), nn.ReLU(),
        *convolution(maps, maps, 3),
    )  # fmt: skip
    return Residual(inside, shortcut(inputs, maps, stride)), maps


def bottleneck(inputs: int, maps: int, stride: int) -> "tuple[nn.Module, int]":
    """Return the block of ResNet-50: 1×1 to fewer maps, 3×3 on these, 1×1 back to four times as many."""
    from torch import nn

    from engines.vision._parts import Residual, convolution, shortcut

    inside = nn.Sequential(
        *convolution(inputs, maps, 1), nn.ReLU(),
        *convolution(maps, maps, 3, stride), nn.ReLU(),
        *convolution(maps, 4 * maps, 1),
    )  # fmt: skip
    return Residual(inside, shortcut(inputs, 4 * maps, stride)), 4 * maps


MILESTONES = tuple(Milestone(depth, 2015, (3, SIDE, SIDE), partial(layers, depth=depth)) for depth in BLOCKS)


@engine(
    title="ResNet (2015)",
    task=Task.CLASSIFY,
    shows=SHOWS,
    curves={"Loss": ("train_loss", "validation_loss"), "Accuracy": ("train_accuracy", "validation_accuracy")},
    facts=(
        "scaled to the side that is set, in three channels, numbers from −1 to 1",
        "trained as a narrower copy; in full size it is only looked at, with random weights",
        "cross-entropy loss; first weights: He; batch norm after each convolution",
    ),
    sample="mnist",
)  # fmt: skip
def resnet(data: Images, params: ResNetParams, rng: np.random.Generator) -> Steps:
    """Let each block learn only what to add to its input, so that a hundred of them can follow one another."""
    from engines.vision._teaching import teach_copy
    from engines.vision._walk import walk

    if params.purpose == "inspect":
        return (yield from walk(partial(layers, depth=params.depth), params.depth, data, params.memory, rng))

    return (yield from teach_copy(
        lambda n_classes: layers(n_classes, params.depth, params.width, params.side),
        params.depth, data, params, rng,
    ))  # fmt: skip
