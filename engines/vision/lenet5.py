"""LeNet-5: the network that read the cheques of banks.

LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", Proceedings of the IEEE,
1998: section II.B, Figure 2 and Table I. In the paper's version there are 60,000 parameters, as it says; the softmax in
the place of its ten fixed codes adds 850. The version of today, in which C3 sees all maps of S2 and subsampling
is a plain mean, has 61,706.
"""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

from engines.core.engine import Task, engine
from engines.core.language import say
from engines.core.params import Param, Params
from engines.core.step import Steps
from engines.data.images import Images
from engines.vision._milestone import SHOWS, Milestone

if TYPE_CHECKING:
    from torch import nn

SIDE, BORDER = 32, 2  # the field, and how much of it at each edge is empty
PAPER, INK = -0.1, 1.175  # what the paper makes of white and black, so that the mean is about 0, the variance about 1


@dataclass(frozen=True)
class LeNet5Params(Params):
    """Which version, and how it learns."""

    version: Annotated[
        Literal["paper", "today"],
        Param("Version", help="Today: C3 sees all maps, subsampling is a plain mean"),
    ] = "paper"
    activation: Annotated[Literal["tanh", "sigmoid", "relu"], Param("Activation")] = "tanh"
    optimizer: Annotated[Literal["adam", "sgd"], Param("Optimizer")] = "adam"
    lr: Annotated[float, Param("Learning rate", low=1e-5, high=1, log=True, live=True)] = 0.003
    weight_decay: Annotated[float, Param("L2 penalty", low=0, high=1, log=True, live=True)] = 0.0
    batch_size: Annotated[int, Param("Batch size", low=1, high=512, log=True)] = 64
    max_epochs: Annotated[int, Param("Epochs at most", low=1, high=1000, log=True, live=True)] = 15


def layers(n_classes: int = 10, version: str = "paper", activation: str = "tanh") -> "nn.Sequential":
    """Return the layers of Figure 2; after the name what comes out, maps × height × width."""
    from torch import nn

    from engines.vision._parts import SEEN_BY_C3, SomeMaps, Squash, Subsampling, stack

    paper = version == "paper"
    bend = {"tanh": Squash if paper else nn.Tanh, "sigmoid": nn.Sigmoid, "relu": nn.ReLU}[activation]
    halve = Subsampling if paper else (lambda _: nn.AvgPool2d(2))
    return stack(  #                                                                     input    1 × 32 × 32
        ("C1", nn.Conv2d(1, 6, kernel_size=5)), bend(),  #                                  C1    6 × 28 × 28
        ("S2", halve(6)), bend(),  #                                                        S2    6 × 14 × 14
        ("C3", SomeMaps(6, 5, SEEN_BY_C3) if paper else nn.Conv2d(6, 16, 5)), bend(),  #    C3   16 × 10 × 10
        ("S4", halve(16)), bend(),  #                                                       S4   16 ×  5 ×  5
        ("C5", nn.Conv2d(16, 120, kernel_size=5)), bend(), nn.Flatten(),  #                 C5  120 ×  1 ×  1
        ("F6", nn.Linear(120, 84)), bend(),  #                                              F6   84
        ("output", nn.Linear(84, n_classes)),  #                                        output   10
    )  # fmt: skip


MILESTONES = (Milestone("LeNet-5", 1998, (1, SIDE, SIDE), layers),)


@engine(
    title="LeNet-5 (1998)",
    task=Task.CLASSIFY,
    shows=SHOWS,
    curves={"Loss": ("train_loss", "validation_loss"), "Accuracy": ("train_accuracy", "validation_accuracy")},
    facts=(
        "grey, scaled to 28×28 with a border of 2; numbers from −0.1 to 1.175",
        "softmax with cross-entropy in place of the paper’s ten fixed codes",
        "first weights: uniform within 2.4 / inputs, as in the paper",
    ),
    sample="mnist",
)  # fmt: skip
def lenet5(data: Images, params: LeNet5Params, rng: np.random.Generator) -> Steps:
    """Find edges with small shared kernels, halve the maps, find parts among them, halve again, and decide."""
    from torch import nn

    from engines.vision._inspecting import rows_of
    from engines.vision._learning import Learner, learnable
    from engines.vision._parts import seeded
    from engines.vision._teaching import Lesson

    plan = partial(layers, len(learnable(data).names), params.version, params.activation)
    inside = SIDE - 2 * BORDER
    learner = Learner(
        seeded(plan, rng, "lecun"), data, rng, shape=(1, inside, inside), batch_size=params.batch_size, lr=params.lr,
        weight_decay=params.weight_decay, optimizer=params.optimizer,
        prepare=lambda x: nn.functional.pad(x, (BORDER,) * 4, mode="replicate") * (INK - PAPER) + PAPER,
    )  # fmt: skip
    caption = say("LeNet-5, for pictures of {side}×{side}", side=SIDE)
    return (yield from Lesson(learner, rows_of(plan, (1, SIDE, SIDE)), "LeNet-5", caption, params).teach())
