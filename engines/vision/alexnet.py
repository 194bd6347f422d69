"""AlexNet: the network that won ImageNet 2012 and began the age of deep learning.

Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks", NIPS 2012: section
3.5 and Figure 2. Two towers, for it was trained on two graphics cards that meet at conv3 and in the dense layers:
60,965,224 parameters. The version of one tower is torchvision's ("One weird trick", Krizhevsky 2014, without local
response norm): 61,100,840. Not here: the change of colours along principal components, and the mean over ten crops.
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

SIDE = 227  # of a picture; the paper says 224, but only 227 gives its 55×55 maps
SMALLEST = 67  # one number is left of it in the end


@dataclass(frozen=True)
class AlexNetParams(Params):
    """What to do with it, how large it is, and how it learns."""

    purpose: Annotated[
        Literal["train", "inspect"],
        Param("What to do", help="Train a small copy, or send one picture through the full size"),
    ] = "train"
    towers: Annotated[
        Literal["two", "one"], Param("Towers", help="Two as in the paper, or one as torchvision has it")
    ] = "two"
    width: Annotated[
        float, Param("Share of its width", low=1 / 32, high=1, log=True, only_if=("purpose", ("train",)))
    ] = 1 / 16
    side: Annotated[int, Param("Side of the pictures", low=SMALLEST, high=SIDE, only_if=("purpose", ("train",)))] = (
        SMALLEST
    )
    augment: Annotated[
        Literal["no", "crops", "crops and mirrors"],
        Param("Augment", help="Take other parts of the pictures each time", only_if=("purpose", ("train",))),
    ] = "crops"
    dropout: Annotated[float, Param("Dropout", low=0, high=0.9)] = 0.5
    optimizer: Annotated[Literal["adam", "sgd"], Param("Optimizer")] = "adam"
    lr: Annotated[float, Param("Learning rate", low=1e-5, high=1, log=True, live=True)] = 0.001
    weight_decay: Annotated[float, Param("L2 penalty", low=0, high=1, log=True, live=True)] = 0.0005
    batch_size: Annotated[int, Param("Batch size", low=2, high=512, log=True)] = 32
    max_epochs: Annotated[int, Param("Epochs at most", low=1, high=1000, log=True, live=True)] = 10
    memory: Annotated[float, Param("Memory at most (GB)", low=0.01, high=512, log=True, private=True)] = 4.0


def layers(
    n_classes: int = 1000, width: float = 1.0, side: int = SIDE, towers: str = "two", dropout: float = 0.5,
    margin: int = 0, dice: "torch.Generator | None" = None,
) -> "nn.Sequential":  # fmt: skip
    """Return the layers of section 3.5; after the name what comes out in full size, maps × height × width."""
    import torch
    from torch import nn

    from engines.vision._learning import Dropout
    from engines.vision._parts import Fit, stack

    two = towers == "two"
    maps = (96, 256, 384, 384, 256) if two else (64, 192, 384, 256, 256)
    a, b, c, d, e = (max(2, 2 * round(n * width / 2)) for n in maps)
    hidden, groups = round(4096 * width), 2 if two else 1
    left = max(1, (((((side - 11) // 4 - 2) // 2 + 1) - 3) // 2 + 1 - 3) // 2 + 1)  # the side of pool5

    dice = dice or torch.Generator()  # for looking only: nothing is dropped then

    def norm() -> list[nn.Module]:
        return [nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2)] if two else []  # torch divides α by 5

    return stack(
        ("input", Fit(3, side, margin)),  #                                                 3 × 227 × 227
        ("conv1", nn.Conv2d(3, a, 11, stride=4)), nn.ReLU(), *norm(),  #            conv1  96 ×  55 ×  55
        ("pool1", nn.MaxPool2d(3, stride=2)),  #                                    pool1  96 ×  27 ×  27
        ("conv2", nn.Conv2d(a, b, 5, padding=2, groups=groups)), nn.ReLU(), *norm(),  #   256 ×  27 ×  27
        ("pool2", nn.MaxPool2d(3, stride=2)),  #                                    pool2 256 ×  13 ×  13
        ("conv3", nn.Conv2d(b, c, 3, padding=1)), nn.ReLU(),  #                     conv3 384 ×  13 ×  13
        ("conv4", nn.Conv2d(c, d, 3, padding=1, groups=groups)), nn.ReLU(),  #      conv4 384 ×  13 ×  13
        ("conv5", nn.Conv2d(d, e, 3, padding=1, groups=groups)), nn.ReLU(),  #      conv5 256 ×  13 ×  13
        ("pool5", nn.MaxPool2d(3, stride=2)), nn.Flatten(),  #                      pool5 256 ×   6 ×   6
        ("fc6", nn.Linear(e * left * left, hidden)), nn.ReLU(), Dropout(dropout, dice),  #  fc6 4096
        ("fc7", nn.Linear(hidden, hidden)), nn.ReLU(), Dropout(dropout, dice),  #           fc7 4096
        ("fc8", nn.Linear(hidden, n_classes)),  #                                           fc8 1000
    )  # fmt: skip


MILESTONES = (Milestone("AlexNet", 2012, (3, SIDE, SIDE), layers),)


@engine(
    title="AlexNet (2012)",
    task=Task.CLASSIFY,
    shows=SHOWS,
    curves={"Loss": ("train_loss", "validation_loss"), "Accuracy": ("train_accuracy", "validation_accuracy")},
    facts=(
        "scaled to the side that is set, in three channels, numbers from −1 to 1",
        "trained as a narrower copy; in full size it is only looked at, with random weights",
        "cross-entropy loss; first weights: He, biases zero (the paper: deviation 0.01, some biases one)",
    ),
    sample="mnist",
)  # fmt: skip
def alexnet(data: Images, params: AlexNetParams, rng: np.random.Generator) -> Steps:
    """Large kernels first, then smaller ones; ReLU, dropout and augmented pictures against learning by heart."""
    from engines.vision._learning import dice_from
    from engines.vision._parts import cropped
    from engines.vision._teaching import teach_copy
    from engines.vision._walk import walk

    if params.purpose == "inspect":
        return (yield from walk(partial(layers, towers=params.towers), "AlexNet", data, params.memory, rng))

    side, dice = params.side, dice_from(rng)
    margin = 0 if params.augment == "no" else side // 8  # in the paper 256 − 227
    mirror = params.augment == "crops and mirrors"
    return (yield from teach_copy(
        lambda n_classes: layers(n_classes, params.width, side, params.towers, params.dropout, margin, dice),
        "AlexNet", data, params, rng,
        augment=(lambda x, thrown: cropped(x, side, margin, thrown, mirror=mirror)) if margin else None,
    ))  # fmt: skip
