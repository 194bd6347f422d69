"""Multilayer perceptron: layers of neurons that learn by sending their error backwards.

Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", 1986. Adam: Kingma and Ba, 2015;
dropout: Srivastava et al., 2014; early stopping: Prechelt, 1998; L1 by soft thresholds: Langford, Li and Zhang, 2009.
Forward and backward are written out and write into buffers made once: with networks this small, making tensors costs
more than the arithmetic. They run on the CPU for the same reason. The same two functions train many networks at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

from engines.core.engine import Task, Together, engine
from engines.core.forecast import forecast
from engines.core.language import LearnerError, Note, say
from engines.core.params import Param, Params
from engines.core.step import Step, Steps
from engines.data.points import Points
from engines.evaluation.checks import with_classes
from engines.neural._seconds import seconds
from engines.pictures.confusion import Confusion
from engines.pictures.network import Network
from engines.pictures.surface import Surface

if TYPE_CHECKING:
    from torch import Tensor

    from engines.neural._layers import Buffers, Layers
    from engines.neural._many import Many

EPOCH = "Train one epoch"
MOST_AT_ONCE = 32  # they take some 2 to 6 times as long as one, and 64 twice as long again


@dataclass(frozen=True)
class MLPParams(Params):
    """What the network is made of, and how it learns."""

    layers: Annotated[tuple[int, ...], Param("Hidden layers", low=1, high=8)] = (4, 2)
    activation: Annotated[Literal["tanh", "relu", "sigmoid", "linear"], Param("Activation")] = "tanh"
    optimizer: Annotated[Literal["sgd", "momentum", "adam"], Param("Optimizer")] = "sgd"
    lr: Annotated[float, Param("Learning rate", low=1e-5, high=10, log=True, live=True)] = 0.03
    batch_size: Annotated[int, Param("Batch size", low=1, high=512, log=True)] = 10
    weight_decay: Annotated[float, Param("L2 penalty", low=0, high=1, log=True, live=True)] = 0.0
    l1: Annotated[float, Param("L1 penalty", low=0, high=1, log=True, live=True)] = 0.0
    dropout: Annotated[float, Param("Dropout", low=0, high=0.9, live=True)] = 0.0
    max_epochs: Annotated[int, Param("Epochs at most", low=1, high=100_000, log=True)] = 5000
    early_stopping: Annotated[bool, Param("Early stopping")] = False
    patience: Annotated[
        int,
        Param("Epochs of patience", low=1, high=5000, log=True, live=True, only_if=("early_stopping", (True,))),
    ] = 100


def many(params: Sequence[MLPParams], data: Sequence[Points], seeds: Sequence[int]) -> "Many":
    """Return a stack of networks: one product of a stack of matrices takes the place of many."""
    from engines.neural._many import Many

    return Many(params, data, seeds)


@engine(
    title="Multilayer perceptron",
    task=Task.CLASSIFY,
    shows=(Surface, Network, Confusion),
    curves={"Loss": ("train_loss", "validation_loss"), "Accuracy": ("train_accuracy", "validation_accuracy")},
    facts=("no scaling", "cross-entropy loss", "first weights: Glorot, biases zero"),
    together=Together(many, may_differ=("lr", "weight_decay", "l1"), most=MOST_AT_ONCE),
    prepared=(Points,),
)
def mlp(data: Points, params: MLPParams, rng: np.random.Generator) -> Steps:
    """Send the points forward through layers of neurons, the errors backward, and move every weight."""
    import torch

    from engines.neural._layers import Best, Layers
    from engines.neural._training import Training

    features = with_classes(data)
    whole = seconds(params, len(features.train.y), len(features.validation.y))
    net = Layers(params.layers, features.n_classes, rng, inputs=len(features.names))
    training, best = Training(net, features, params), Best(net)
    change = yield Step(
        say("{weights} weights have random values", weights=net.n_weights),
        training.scores(best), lambda: training.draw(params), EPOCH,
        caution=forecast(whole, at_most=params.early_stopping),
    )  # fmt: skip
    epoch = 0
    while epoch < params.max_epochs and not (params.early_stopping and epoch - best.epoch >= params.patience):
        if change and isinstance(change.params, MLPParams):
            params = change.params
        if change and isinstance(change.data, Points):
            training, best = Training(net, with_classes(change.data), params), Best(net, epoch)
        if change and change.pokes:
            net.poke(change.pokes)
            change = yield Step(
                "You set a weight by hand", training.scores(best), lambda: training.draw(params), then=EPOCH
            )
            continue

        with torch.inference_mode():  # nothing is recorded for autograd: the backward pass is our own
            for x, target, buffers in training.batches(rng):
                forward(net, x, buffers, params.activation, params.dropout)
                backward(net, x, target, buffers)
                net.update(params.optimizer, params.lr, params.weight_decay, params.l1)
        epoch += 1

        numbers = training.scores(best, epoch)
        if not np.isfinite(numbers["train_loss"]):
            raise LearnerError(diverged(params))
        change = yield Step(
            say("Epoch {epoch}: the loss is now {loss:.4f}", epoch=epoch, loss=numbers["train_loss"]),
            numbers, lambda: training.draw(params), then=EPOCH,
        )  # fmt: skip
    if params.early_stopping:
        best.restore()
        yield Step(
            say(
                "Epoch {epoch} had the lowest validation loss, {loss:.3f}; its weights are restored",
                epoch=best.epoch, loss=best.loss,
            ),
            training.scores(best), lambda: training.draw(params),
        )  # fmt: skip
    return training.outcome(best)


def diverged(params: MLPParams) -> Note:
    """Say why training has come to nothing."""
    return say(
        "The loss is no longer a number: the learning rate {lr:g} is too large. Lower it and begin again.",
        lr=params.lr,
    )  # fmt: skip


def forward(net: "Layers", x: "Tensor", buffers: "Buffers", activation: str, dropout: float = 0.0) -> None:
    """Send a batch through the layers: z = a W, a' = f(z). Each a ends in a 1, whose weights are the biases."""
    import torch

    a = x
    for i, weights in enumerate(net.hidden):
        z = net.product(a, weights, out=buffers.z[i])
        activate(activation, z, buffers.h[i], buffers.slope[i])
        if dropout > 0:  # silence some neurons, and let the others speak up for them
            mask = net.throw(buffers.mask[i], 1 - dropout).div_(1 - dropout)
            buffers.h[i].mul_(mask)
            buffers.slope[i].mul_(mask)
        a = buffers.a[i]
    z = net.product(a, net.last, out=buffers.z[-1])
    if z.shape[-1] == 1:
        torch.sigmoid(z, out=buffers.probability)
    else:
        torch.softmax(z, dim=-1, out=buffers.probability)


def backward(net: "Layers", x: "Tensor", target: "Tensor", buffers: "Buffers") -> None:
    """Send the error back: d(loss)/d(z) of the last layer is p - target, and the chain rule gives the layers before."""
    import torch

    error = torch.sub(buffers.probability, target, out=buffers.error[-1]).div_(x.shape[-2])
    for i in reversed(range(len(net.weights))):
        a = buffers.a[i - 1] if i else x
        net.product(a.mT, error, out=net.slopes[i])  # d(loss)/dW = aᵀ · error
        if i:
            error = net.product(error, net.backward_weights[i], out=buffers.error[i - 1])  # d(loss)/da = error · Wᵀ
            error.mul_(buffers.slope[i - 1])  # d(loss)/dz = d(loss)/da · f'(z)


def activate(activation: str, z: "Tensor", h: "Tensor", slope: "Tensor") -> None:
    """Write f(z) into h and f'(z) into slope."""
    import torch

    if activation == "tanh":
        torch.tanh(z, out=h)
        torch.addcmul(torch.ones(()), h, h, value=-1, out=slope)  # 1 - tanh²
    elif activation == "sigmoid":
        torch.sigmoid(z, out=h)
        torch.addcmul(h, h, h, value=-1, out=slope)  # σ - σ²
    elif activation == "relu":
        torch.clamp(z, min=0, out=h)
        torch.gt(z, 0, out=slope)
    else:
        h.copy_(z)
        slope.fill_(1)
