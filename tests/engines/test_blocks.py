"""Chains of blocks: what is read and written, the shapes and counts beside each block against torch, what cannot be."""

import subprocess
import sys
from math import prod

import numpy as np
import pytest
import torch  # noqa: TID253
from torch import nn  # noqa: TID253

from engines.core.blocks import MOST_BLOCKS, Block, Entry, written
from engines.core.language import LearnerError, say
from engines.core.params import named_by
from engines.data.sampling import make_sample
from engines.evaluation.space import axis_of
from engines.vision._blocks import PICTURES, costs, names_of
from engines.vision._network import network
from engines.vision.cnn import CNNParams

DIGITS = Entry((1, 8, 8), 10)
CHAINS = [
    "",
    "dense 5",
    "relu",
    "norm, tanh, norm, sigmoid",
    "conv 8 3x3 pad 1, relu, max 2, conv 16 3x3 pad 1, relu, max 2, dense 32, relu, dropout 0.2",
    "conv 4 5x5 stride 2 pad 2, norm, max 2 stride 1, average 3, dense 7, norm, relu",
    "conv 3 8x8, dense 12, dense 6",
    "max 8, relu",
    "average 3 stride 4, conv 2 1x1 stride 4 pad 5",
]


def outputs_of(chain: str, entry: Entry) -> tuple[list[tuple[int, ...]], list[int]]:
    """The shape after each layer and its number of parameters, as torch has them."""
    rows = PICTURES.rows(PICTURES.read(chain), entry)
    net = network(rows, entry.shape, torch.Generator()).eval()
    x, shapes, counts = torch.zeros(1, *entry.shape), [], []
    for name, layer in net.named_children():
        x = layer(x)
        if name != "flatten":
            shapes.append(tuple(x.shape[1:]))
            counts.append(sum(item.numel() for item in layer.parameters()))
    return shapes, counts


def check(chain: str, entry: Entry) -> None:
    rows = PICTURES.checked(PICTURES.read(chain), entry)
    shapes, counts = outputs_of(chain, entry)
    assert [row.made.shape for row in rows] == shapes
    assert [row.made.parameters for row in rows] == counts


@pytest.mark.parametrize("chain", CHAINS)
def test_shapes_and_parameters_are_those_of_torch(chain: str) -> None:
    check(chain, DIGITS)


def random_chain(rng: np.random.Generator) -> str:
    """Up to seven blocks of any kind with any numbers."""
    blocks = []
    for _ in range(rng.integers(8)):
        word = PICTURES.words[rng.integers(len(PICTURES.words))]
        numbers = []
        for slot in word.slots:
            high = min(slot.high, 9)
            number = rng.uniform(slot.low, high)
            numbers.append(float(np.round(number)) if slot.whole else round(number, 2))
        blocks.append(Block(word, tuple(numbers)))
    return written(tuple(blocks))


@pytest.mark.parametrize("seed", range(60))
def test_random_chains_are_those_of_torch_or_are_refused_where_torch_refuses(seed: int) -> None:
    rng = np.random.default_rng(seed)
    chain = random_chain(rng)
    entry = Entry((int(rng.choice([1, 3])), int(rng.integers(2, 24)), int(rng.integers(2, 24))), 3)
    assert written(PICTURES.read(chain)) == chain
    rows = PICTURES.rows(PICTURES.read(chain), entry)
    wrong = [place for place, row in enumerate(rows) if row.problem]
    if not wrong:
        check(chain, entry)
        return
    assert all(not row.made.shape for row in rows[wrong[0] :])
    fine = PICTURES.read(chain)[: wrong[0]]
    check(written(fine), entry)
    block = rows[wrong[0]].block
    before = rows[wrong[0] - 1].made.shape if wrong[0] else entry.shape
    if len(before) == 3:  # maps that are smaller than the window: torch says so too
        layer = network((rows[wrong[0]],), before, torch.Generator())[0]
        with pytest.raises(RuntimeError):
            layer(torch.zeros(1, *before))
    else:
        assert block.word.key in ("conv", "max", "average")


def test_operations_are_multiplications_of_each_place_of_the_window() -> None:
    rows = PICTURES.rows(PICTURES.read("conv 8 3x3 pad 1, max 2, conv 4 3x3, dense 6"), DIGITS)
    assert [row.made.operations for row in rows] == [
        8 * 8 * 8 * 9, 0, 2 * 2 * 4 * 8 * 9, 2 * 2 * 4 * 6, 60
    ]  # fmt: skip
    table = costs(rows, say("eight by eight"))
    assert table.names == ("conv1", "max1", "conv2", "dense1", "classes")
    assert table.operations.sum() == sum(row.made.operations for row in rows)
    assert table.memory[0] == 4 * (80 + prod((8, 8, 8)))


def test_names_are_told_apart() -> None:
    rows = PICTURES.rows(PICTURES.read("conv 2 3x3, relu, conv 2 3x3, relu"), DIGITS)
    assert names_of(rows) == ("conv1", "relu1", "conv2", "relu2", "classes")


def test_dropout_and_classes_come_into_the_network() -> None:
    rows = PICTURES.rows(PICTURES.read("dense 4, dropout 0.3"), DIGITS)
    net = network(rows, DIGITS.shape, torch.Generator())
    assert list(dict(net.named_children())) == ["flatten", "dense1", "dropout1", "classes"]
    assert net.dropout1.p == 0.3
    assert isinstance(net.classes, nn.Linear)


@pytest.mark.parametrize(
    ("given", "tidy"),
    [
        ("CONV 8 3 ,  Relu", "conv 8 3x3, relu"),
        ("conv 8 3 × 3 PAD 1 stride 1", "conv 8 3x3 pad 1"),
        ("conv 8 3*3 pad 0 stride 2", "conv 8 3x3 stride 2"),
        ("max 3 stride 3，average 2 stride 1", "max 3, average 2 stride 1"),
        ("dropout .25,,", "dropout 0.25"),
        (" , \n", ""),
        ("relu\nrelu", "relu, relu"),
    ],
)
def test_a_line_is_read_as_people_write_it(given: str, tidy: str) -> None:
    assert written(PICTURES.read(given)) == tidy
    assert CNNParams(blocks=given).blocks == tidy


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("relu, konv 8 3x3", "Block 2, “konv 8 3x3”: there is no block “konv”; there are: conv,"),
        ("conv", "write it like “conv 8 3x3 stride 1 pad 0”"),
        ("conv 8 3x5", "write it like"),
        ("conv 8 3x3 pad", "write it like"),
        ("conv 8 3x3 pad 1 pad 1", "write it like"),
        ("conv 8.5 3x3", "write it like"),
        ("conv -8 3x3", "write it like"),
        ("relu 3", "write it like “relu”"),
        ("dropout 1", "Share is 1; it must be from 0 to 0.9"),
        ("conv 0 3x3", "Channels is 0; it must be from 1 to 256"),
        ("max 1", "Window is 1"),
        ("relu," * (MOST_BLOCKS + 1), "33 blocks; at most 32"),
        ("dense " + "9" * 400, "Units is"),
    ],
)
def test_what_cannot_be_read_says_why(line: str, words: str) -> None:
    with pytest.raises(LearnerError) as refusal:
        CNNParams(blocks=line)
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("conv 8 11x11", "Block 1, “conv 8 11x11”: A window of 11×11 does not fit on 8×8."),
        ("conv 8 11x11 pad 1", "8 + 2 · 1 = 10 is less than 11"),
        ("max 2, max 2, max 2, relu, max 2", "Block 5, “max 2”: A window of 2×2 does not fit on 1×1."),
        ("dense 9, relu, conv 8 3x3", "Block 3, “conv 8 3x3”: It needs maps"),
        ("dense 9, max 2", "laid them out as 9 units in a row"),
    ],
)
def test_what_cannot_stand_in_its_place_says_why(line: str, words: str) -> None:
    with pytest.raises(LearnerError) as refusal:
        PICTURES.checked(PICTURES.read(line), DIGITS)
    assert words in str(refusal.value)


def test_a_number_that_follows_another_goes_with_it() -> None:
    (pool,) = PICTURES.read("max 2")
    assert str(pool.with_number(0, 3)) == "max 3"
    (apart,) = PICTURES.read("max 3 stride 2")
    assert str(apart.with_number(0, 4)) == "max 4 stride 2"
    assert str(apart.with_number(1, 3)) == "max 3"


def test_only_dropout_reaches_a_run() -> None:
    assert PICTURES.reached("dense 3, dropout 0.2", "dense 3, dropout 0.5")
    assert not PICTURES.reached("dense 3, dropout 0.2", "dense 4, dropout 0.2")
    assert not PICTURES.reached("dense 3, dropout 0.2", "dense 3")


def test_the_entry_is_that_of_the_pictures() -> None:
    assert PICTURES.entry(make_sample("digits")) == DIGITS
    with pytest.raises(LearnerError, match="learns from pictures"):
        PICTURES.entry(make_sample("moons"))


def test_a_search_tries_chains_that_are_parted_by_semicolons() -> None:
    axis = axis_of(CNNParams, "blocks", "conv 4 3, relu; conv 8 3x3, relu;")
    assert axis.values == ("conv 4 3x3, relu", "conv 8 3x3, relu")
    assert named_by("params", CNNParams)[-1] == "blocks"
    assert "blocks" not in named_by("numbers", CNNParams)


def test_counting_needs_no_torch() -> None:
    code = (
        "import sys; from engines.vision.cnn import CNNParams; from engines.vision._blocks import PICTURES;"
        "from engines.core.blocks import Entry;"
        "PICTURES.checked(PICTURES.read(CNNParams().blocks), Entry((1, 8, 8), 9));"
        "print('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"
