"""The residual experiment: a deep stack that should be better than a shallow one, is not, until it has shortcuts.

He, Zhang, Ren and Sun, "Deep residual learning for image recognition", CVPR 2016: Figure 1 (a plain network of 56
layers has a higher *training* error than one of 20) and equation 1, y = F(x) + x. Here on small pictures, all blocks of
one width and without halving, so that nothing but depth and the shortcuts differ. The three networks see the same
batches in the same order.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np

from engines.core.engine import Task, engine
from engines.core.language import say
from engines.core.params import Param, Params
from engines.core.step import Steps
from engines.data.images import Images
from engines.pictures.chart import Chart
from engines.pictures.layer_table import LayerTable
from engines.pictures.workings import Workings

if TYPE_CHECKING:
    from torch import nn

BATCH = "Train all three on one batch"
NAMES = ("shallow", "plain", "residual")


class Slopes(Chart):
    """How large the gradient of each layer's weights is."""

    title = "Gradient of each layer"


@dataclass(frozen=True)
class ResidualParams(Params):
    """How deep the stacks are, and how they learn."""

    shallow: Annotated[int, Param("Layers, shallow stack", low=4, high=100)] = 6
    deep: Annotated[int, Param("Layers, deep stacks", low=4, high=200)] = 14
    channels: Annotated[int, Param("Maps of each layer", low=2, high=64)] = 8
    side: Annotated[int, Param("Side of the pictures", low=4, high=64, help="All pictures are scaled to this size")] = 8
    batch_norm: Annotated[bool, Param("Batch norm", help="Measure each map over the batch: mean 0, variance 1")] = True
    lr: Annotated[float, Param("Learning rate", low=1e-5, high=10, log=True, live=True)] = 0.05
    batch_size: Annotated[int, Param("Batch size", low=2, high=512, log=True)] = 32
    max_epochs: Annotated[int, Param("Epochs at most", low=1, high=1000, log=True)] = 10


@engine(
    title="Residual experiment",
    task=Task.CLASSIFY,
    shows=(Slopes, Workings, LayerTable),
    curves={
        "Training error": ("shallow_error", "plain_error", "residual_error"),
        "Training loss": ("shallow_loss", "plain_loss", "residual_loss"),
    },
    facts=(
        "scaled to the side that is set, numbers from −1 to 1", "cross-entropy loss, SGD with momentum 0.9",
        "first weights: He, biases zero",
        "training error: of the last 500 pictures, before each was learned from",
    ),
    sample="mnist",
)  # fmt: skip
def residual(data: Images, params: ResidualParams, rng: np.random.Generator) -> Steps:
    """Train a shallow stack, a deep one, and the deep one with shortcuts, on the same batches."""
    from torch import nn

    from engines.vision._three import Three

    three = Three(data, params, rng)
    change = yield three.told(
        say("A stack of {few} layers, one of {many}, and one of {many} with shortcuts", **three.depths()),
        BATCH)  # fmt: skip
    for epoch in range(1, params.max_epochs + 1):
        for batch, (x, y) in enumerate(three.batches(rng), 1):
            if change:
                params = three.take(change, params)
            for net, run in three.going():
                scores = net(x)
                loss = nn.functional.cross_entropy(scores, y)
                run.optimizer.zero_grad()
                loss.backward()  # what each layer's weights are told is in their gradient
                if run.saw(scores, y, loss):
                    run.optimizer.step()
            change = yield three.told(
                say("Epoch {epoch}, batch {batch}: wrong are {shallow:.0%} with {few} layers, {plain:.0%} with {many}, "
                    "{residual:.0%} with {many} and shortcuts",
                    epoch=epoch, batch=batch, **three.depths(), **three.errors()),
                BATCH)  # fmt: skip
    return three.outcome()


def stack_of(
    layers: int, channels: int, n_classes: int, inputs: int, *, shortcuts: bool, norm: bool
) -> "nn.Sequential":
    """Return a first convolution, blocks of two convolutions each, and a decision: ``layers`` with weights in all."""
    from torch import nn

    from engines.vision._parts import Plain, Residual, convolution, stack

    def block() -> nn.Sequential:
        return nn.Sequential(
            *convolution(channels, channels, 3, norm=norm), nn.ReLU(),
            *convolution(channels, channels, 3, norm=norm),
        )  # fmt: skip

    around = Residual if shortcuts else Plain  # relu(F(x) + x), or relu(F(x))
    return stack(
        ("conv1", nn.Sequential(*convolution(inputs, channels, 3, norm=norm))), nn.ReLU(),
        *((f"block{k + 1}", around(block())) for k in range((layers - 2) // 2)),
        ("pool", nn.AdaptiveAvgPool2d(1)), nn.Flatten(),
        ("fc", nn.Linear(channels, n_classes)),
    )  # fmt: skip
