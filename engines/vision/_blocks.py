"""The blocks that a network for pictures is put together from, and the arithmetic of their shapes; without torch.

Sizes as in Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016. Batch norm: Ioffe and
Szegedy, 2015; dropout: Srivastava et al., 2014; ReLU: Nair and Hinton, 2010.
"""

from math import prod

import numpy as np

from engines.core.blocks import Block, Entry, Grammar, Made, Row, Shape, Slot, Word
from engines.core.dataset import Dataset
from engines.core.language import LearnerError, Note, say
from engines.data.images import Images
from engines.pictures.layer_table import LayerTable

BYTES = 4  # of a number
WINDOW, STRIDE, PADDING = 1, 2, 3  # places of the numbers of a convolution

CONVOLUTION = Word(
    "conv", "Convolution",
    (
        Slot("Channels", 1, 256, 8, log=True),
        Slot("Kernel size", 1, 11, 3, square=True),
        Slot("Stride", 1, 4, 1, sign="stride"),
        Slot("Padding", 0, 5, 0, sign="pad"),
    ),
    "Slides small windows of weights over the maps; each gives one new map",
)  # fmt: skip
POOLING = (Slot("Window", 2, 8, 2), Slot("Stride", 1, 8, 2, sign="stride", like=0))
MAX = Word("max", "Max pooling", POOLING, "Keeps the largest number of each window")
AVERAGE = Word("average", "Average pooling", POOLING, "Keeps the mean of each window")
RELU = Word("relu", "ReLU", (), "Sets what is below 0 to 0")
TANH = Word("tanh", "tanh", (), "Bends all numbers smoothly into −1 to 1")
SIGMOID = Word("sigmoid", "Sigmoid", (), "Bends all numbers smoothly into 0 to 1")
NORM = Word(
    "norm", "Batch norm", (), "Brings each map to mean 0 and spread 1 over the batch, then scales and shifts it"
)
DENSE = Word("dense", "Dense", (Slot("Units", 1, 1024, 32, log=True),), "Each unit sees all numbers before it")
DROPOUT = Word(
    "dropout", "dropout", (Slot("Share", 0, 0.9, 0.2, whole=False, live=True),),
    "Silences a share of the numbers while training; it can be changed while it trains",
)  # fmt: skip


def entry(data: Dataset) -> Entry:
    """Return channels, height and width of the pictures and how many classes there are."""
    if not isinstance(data, Images):
        raise LearnerError("This network learns from pictures: choose a sample of pictures on the Data tab.")
    return Entry((3 if data.coloured else 1, *data.size), max(1, len(data.names)))


def follow(block: Block, shape: Shape) -> Made:
    """Return what a block makes of maps (channels, height, width), or of units (n,)."""
    match block.word.key:
        case "conv":
            return _convolved(block, _maps(block, shape))
        case "max" | "average":
            channels, height, width = _maps(block, shape)
            window, stride = block.whole(0), block.whole(1)
            return Made((channels, *_sides(height, width, window, stride)))
        case "norm":
            return Made(shape, 2 * shape[0])  # a factor and a shift for each map
        case "dense":
            units = block.whole(0)
            return Made((units,), units * (prod(shape) + 1), units * prod(shape))
    return Made(shape)


def _convolved(block: Block, shape: Shape) -> Made:
    before, height, width = shape
    channels, window = block.whole(0), block.whole(WINDOW)
    made = (channels, *_sides(height, width, window, block.whole(STRIDE), block.whole(PADDING)))
    weights = channels * before * window**2
    return Made(made, weights + channels, weights * prod(made[1:]))


def _maps(block: Block, shape: Shape) -> Shape:
    if len(shape) != 3:
        raise LearnerError(
            "It needs maps with a height and a width, but a dense block before it has laid them out as {units} units "
            "in a row. Move it to before the first dense block.",
            units=shape[0],
        )
    return shape


def _sides(height: int, width: int, window: int, stride: int, padding: int = 0) -> tuple[int, int]:
    """Return height and width of what a sliding window makes: ⌊(side + 2 · padding − window) / stride⌋ + 1."""
    if min(height, width) + 2 * padding < window:
        raise LearnerError(
            "A window of {window}×{window} does not fit on {height}×{width}: {side} + 2 · {padding} = {room} is less "
            "than {window}. Make the window smaller, pad, or pool less before it."
            if padding
            else "A window of {window}×{window} does not fit on {height}×{width}. Make the window smaller, or pool "
            "less before it.",
            window=window, height=height, width=width, side=min(height, width), padding=padding,
            room=min(height, width) + 2 * padding,
        )  # fmt: skip
    return (height + 2 * padding - window) // stride + 1, (width + 2 * padding - window) // stride + 1


PICTURES = Grammar(
    (CONVOLUTION, MAX, AVERAGE, RELU, TANH, SIGMOID, NORM, DENSE, DROPOUT),
    entry,
    follow,
    lambda outputs: Block(DENSE, (outputs,)),
)


# What a network costs


def names_of(rows: tuple[Row, ...]) -> tuple[str, ...]:
    """Return a name for each layer, ``conv1``, ``relu1``, ``max1``, ``conv2``; the last is ``classes``."""
    counts: dict[str, int] = {}
    names: list[str] = []
    for row in rows[:-1]:
        key = row.block.word.key
        counts[key] = counts.get(key, 0) + 1
        names.append(f"{key}{counts[key]}")
    return (*names, "classes")


def kind_of(block: Block) -> Note:
    """Return what a block is, with its window."""
    title = say(block.word.title)
    match block.word.key:
        case "conv":
            return say("{title} {k}×{k}", title=title, k=block.whole(WINDOW))
        case "max" | "average":
            return say("{title} {k}×{k}", title=title, k=block.whole(0))
        case "dropout":
            return say("{title} {share:.0%}", title=title, share=block.numbers[0])
    return title


def costs(rows: tuple[Row, ...], caption: Note) -> LayerTable:
    """Return the layers with what each costs."""
    parameters = np.array([row.made.parameters for row in rows], np.int64)
    outputs = np.array([prod(row.made.shape) for row in rows], np.int64)
    return LayerTable(
        names_of(rows), tuple(kind_of(row.block) for row in rows), tuple(row.made.shape for row in rows), parameters,
        np.array([row.made.operations for row in rows], np.int64), BYTES * (parameters + outputs), caption=caption,
    )  # fmt: skip


def memory_to_train(rows: tuple[Row, ...], batch_size: int) -> int:
    """Return the bytes that training takes at most.

    Weights, slopes and two numbers of Adam for each; of each picture of a batch what comes out of each layer, and its
    slope.
    """
    parameters = sum(row.made.parameters for row in rows)
    outputs = sum(prod(row.made.shape) for row in rows)
    return BYTES * (4 * parameters + 2 * batch_size * outputs)
