"""A network put together from its blocks, as torch's own layers one behind the other."""

from collections import OrderedDict
from math import prod

import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import nn  # noqa: TID253

from engines.core.blocks import Block, Row, Shape
from engines.vision._blocks import PADDING, STRIDE, WINDOW, names_of
from engines.vision._learning import Dropout

BENDS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}


def network(rows: tuple[Row, ...], shape: Shape, dice: torch.Generator) -> nn.Sequential:
    """Return the layers by their names; ``flatten`` stands before the first dense one. shape: of one picture.

    dice: what dropout throws.
    """
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    for name, row in zip(names_of(rows), rows, strict=True):
        if row.block.word.key == "dense" and len(shape) == 3:
            layers["flatten"] = nn.Flatten()
        layers[name] = _layer(row.block, shape, dice)
        shape = row.made.shape
    return nn.Sequential(layers)


def _layer(block: Block, shape: Shape, dice: torch.Generator) -> nn.Module:
    match block.word.key:
        case "conv":
            return nn.Conv2d(
                shape[0], block.whole(0), block.whole(WINDOW), stride=block.whole(STRIDE), padding=block.whole(PADDING)
            )
        case "max":
            return nn.MaxPool2d(block.whole(0), stride=block.whole(1))
        case "average":
            return nn.AvgPool2d(block.whole(0), stride=block.whole(1))
        case "norm":
            return nn.BatchNorm2d(shape[0]) if len(shape) == 3 else nn.BatchNorm1d(shape[0])
        case "dense":
            return nn.Linear(prod(shape), block.whole(0))
        case "dropout":
            return Dropout(block.numbers[0], dice)
    return BENDS[block.word.key]()


def set_dropout(net: nn.Sequential, rows: tuple[Row, ...]) -> None:
    """Give the dropout layers the shares of these blocks."""
    shares = [row.block.numbers[0] for row in rows if row.block.word.key == "dropout"]
    layers = [layer for layer in net if isinstance(layer, Dropout)]
    for layer, share in zip(layers, shares, strict=True):
        layer.p = share
