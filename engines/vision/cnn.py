"""Convolutional network: small windows of weights slide over a picture, layer by layer, and all of them are learned.

LeCun et al., "Backpropagation applied to handwritten zip code recognition", Neural Computation, 1989. Batch norm: Ioffe
and Szegedy, 2015; dropout: Srivastava et al., 2014; Adam: Kingma and Ba, 2015. The network is what you build from
blocks; the last dense block, one unit for each class, is added by itself. Without any block it is softmax regression.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

from engines.core.engine import Task, engine
from engines.core.language import LearnerError, say
from engines.core.params import Param, Params
from engines.core.step import Steps
from engines.data.images import Images
from engines.pictures.confusion import Confusion
from engines.pictures.feature_maps import FeatureMaps
from engines.pictures.layer_table import LayerTable
from engines.pictures.map_close_up import MapCloseUp
from engines.pictures.where_it_looks import WhereItLooks
from engines.vision._blocks import PICTURES, memory_to_train
from engines.vision._seen import Guess, Mistakes

if TYPE_CHECKING:
    from engines.vision._pupil import Pupil

BATCH, MEASURE = "Train one batch", "Look at the validation pictures"
MOST_BYTES = 4e9


@dataclass(frozen=True)
class CNNParams(Params):
    """What the network is made of, and how it learns."""

    blocks: Annotated[
        str, Param("Blocks", blocks=PICTURES, help="From the picture to the classes; the last dense block is added")
    ] = "conv 8 3x3 pad 1, relu, max 2, conv 16 3x3 pad 1, relu, max 2, dense 32, relu, dropout 0.2"
    optimizer: Annotated[Literal["adam", "sgd"], Param("Optimizer", help="sgd: with a momentum of 0.9")] = "adam"
    lr: Annotated[float, Param("Learning rate", low=1e-5, high=1, log=True, live=True)] = 0.005
    weight_decay: Annotated[float, Param("L2 penalty", low=0, high=1, log=True, live=True)] = 0.0
    batch_size: Annotated[int, Param("Batch size", low=1, high=512, log=True)] = 32
    max_epochs: Annotated[int, Param("Epochs at most", low=1, high=1000, log=True, live=True)] = 20


@engine(
    title="Convolutional network",
    task=Task.CLASSIFY,
    shows=(Guess, FeatureMaps, MapCloseUp, WhereItLooks, Confusion, Mistakes, LayerTable),
    curves={"Loss": ("train_loss", "validation_loss"), "Accuracy": ("train_accuracy", "validation_accuracy")},
    facts=("pixels are divided by 255", "cross-entropy loss", "first weights: uniform within ±1/√inputs"),
    sample="digits",
)
def cnn(data: Images, params: CNNParams, rng: np.random.Generator) -> Steps:
    """Look at pictures through small windows, layer by layer, and learn what to look for."""
    import torch

    pupil = beginning(data, params, rng)
    learner = pupil.learner
    change = yield pupil.step(
        say("{weights} weights have random values: the network only guesses", weights=f"{pupil.n_weights:,}"),
        then=BATCH, caution=pupil.forecast(),
    )  # fmt: skip
    pupil.take(change)
    while True:
        while learner.epoch < pupil.params.max_epochs:
            for x, y in learner.batches():  # mixed anew for each epoch
                with learner.enough_memory():
                    scores = learner.net(x)  # forward: from block to block
                    loss = torch.nn.functional.cross_entropy(scores, y)  # -ln of the softmax of the true class
                    learner.update(loss, scores)  # backward, then every weight moves

                last = learner.batch == learner.batches_per_epoch
                change = yield pupil.step(learner.batch_note(), then=MEASURE if last else BATCH)
                if pupil.take(change):
                    break  # other pictures: the epoch begins again
            else:
                learner.measure()
                change = yield pupil.step(learner.epoch_note(), then=BATCH)
                pupil.take(change)
        change = yield pupil.step(pupil.rest_note(), rest=True)
        if change is None:
            return learner.outcome()
        pupil.take(change)


def beginning(data: Images, params: CNNParams, rng: np.random.Generator) -> "Pupil":
    """Return the untrained network. LearnerError where there is nothing to learn, or a block cannot stand there."""
    from engines.vision._learning import Learner, built, dice_from, learnable
    from engines.vision._network import network
    from engines.vision._pupil import Pupil

    learnable(data)
    entry = PICTURES.entry(data)
    channels, height, width = entry.shape
    rows = PICTURES.checked(PICTURES.read(params.blocks), entry)
    if params.batch_size == 1 and any(row.block.word.key == "norm" for row in rows):
        raise LearnerError("Batch norm compares the pictures of a batch: with batches of one there is nothing to "
                           "compare. Make the batch larger, or leave batch norm out.")  # fmt: skip
    if (needed := memory_to_train(rows, params.batch_size)) > MOST_BYTES:
        raise LearnerError("Training this network would take about {needed:.0f} GB of memory. Use fewer channels or "
                           "units, pool earlier, or make the batch smaller.", needed=needed / 1e9)  # fmt: skip
    net = built(lambda: network(rows, entry.shape, dice_from(rng)), rng)
    learner = Learner(
        net, data, rng, shape=(channels, height, width), batch_size=params.batch_size, lr=params.lr,
        weight_decay=params.weight_decay, optimizer=params.optimizer,
    )  # fmt: skip
    return Pupil(learner, rows, params)
