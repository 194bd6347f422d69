"""The two orders of work for ``leak``: what the held-out rows had a say in, and what they had none in."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.dataset import TRAIN, Dataset, Split
from engines.core.experiment import Experiment
from engines.core.language import LearnerError
from engines.data.points import Points
from engines.data.table import Column, Table
from engines.evaluation.training import rows_to_learn_from, target_of, with_parts

Answer = Floats | Ints
Leak = Literal["selection", "scaler", "copies"]
HELD_OUT = 0.3
MOST_CELLS = 2_000_000  # numbers drawn for one repetition, so that it takes some 50 ms
FEWEST = 8  # rows: fewer leave nothing to hold out


@dataclass(frozen=True, eq=False)
class Material:
    """The rows that can be learned from. x: (n, d). answer: (n,) class or number. chance: the score without inputs.

    categories: whether the inputs were all categories, so that they must be again.
    """

    x: Floats
    answer: Answer
    numeric: bool
    classes: tuple[str, ...]
    chance: float
    categories: bool = False


@dataclass(frozen=True, eq=False)
class Side:
    """One order of work. x: (n, k) the inputs as they were made. answer: (n,). train, held_out: rows."""

    x: Floats
    answer: Answer
    train: Ints
    held_out: Ints


@dataclass(frozen=True, eq=False)
class Case:
    """One repetition in both orders. common: how many columns were kept, or held-out rows have a twin, in both."""

    leaking: Side
    honest: Side
    common: int


def material(experiment: Experiment, n_columns: int, rng: np.random.Generator) -> Material:
    """Return what can be learned from, as many rows as there is time for; LearnerError when there are too few."""
    data, engine = experiment.split_data, experiment.engine
    if not (engine.learns_from(Table) or engine.learns_from(Points)):
        raise LearnerError(
            "Here the inputs are made anew as columns of numbers, and this algorithm learns from whole pictures alone: "
            "choose another algorithm, or another way to judge."
        )
    features, rows = target_of(data), rows_to_learn_from(data)
    most = max(FEWEST, MOST_CELLS // (features.x.shape[1] + n_columns))
    if len(rows) > most:
        rows = np.sort(rng.choice(rows, most, replace=False))
    if len(rows) < FEWEST:
        raise LearnerError("At least {least} rows are needed outside the test share: draw more.", least=FEWEST)
    answer = features.value[rows] if features.numeric else features.y[rows]
    if len(np.unique(answer)) < 2:
        raise LearnerError("All answers are the same, so that there is nothing to learn: draw a second class.")
    chance = 0.0 if features.numeric else float(np.bincount(answer).max() / len(answer))
    categories = isinstance(data, Table) and all(column.kind == "category" for column in data.inputs)
    return Material(features.x[rows], answer, features.numeric, features.classes, chance, categories)


def case(known: Material, leak: Leak, n_columns: int, k: int, rng: np.random.Generator, *, shuffle: bool) -> Case:
    """Do the work in both orders on rows that are split by new dice."""
    answer = rng.permutation(known.answer) if shuffle else known.answer
    if leak == "copies":
        return _copied(known, answer, rng)
    x = known.x
    if leak == "selection":
        x = np.hstack([x, rng.normal(size=(len(x), n_columns))])
    train, held_out = _halves(known, answer, rng)
    made: list[Floats]
    common = 0
    if leak == "selection":
        kept = [np.sort(best(x[rows], answer[rows], k, numeric=known.numeric)) for rows in (np.arange(len(x)), train)]
        made = [x[:, columns] for columns in kept]
        common = len(np.intersect1d(kept[0], kept[1]))
    else:
        made = [scaled(x, rows) for rows in (np.arange(len(x)), train)]
    leaking, honest = (Side(one, answer, train, held_out) for one in made)
    return Case(leaking, honest, common)


def _halves(known: Material, answer: Answer, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return the rows to train on and those held out, of each class the same share."""
    strata = np.zeros(len(answer), np.int64) if known.numeric else answer.astype(np.int64)
    parts = Split(1 - HELD_OUT, HELD_OUT).assign(rng.random(len(answer)), strata)
    return np.flatnonzero(parts == TRAIN), np.flatnonzero(parts != TRAIN)


def _copied(known: Material, answer: Answer, rng: np.random.Generator) -> Case:
    """Write every row twice, before the split, where twins part, and after it, where they stay together."""
    n = len(answer)
    twice = np.tile(np.arange(n), 2)
    train, held_out = _halves(known, answer[twice], rng)
    leaking = Side(known.x[twice], answer[twice], train, held_out)
    alone, kept = _halves(known, answer, rng)
    order = np.concatenate([alone, alone, kept])
    rows = np.arange(len(order))
    honest = Side(known.x[order], answer[order], rows[: 2 * len(alone)], rows[2 * len(alone) :])
    return Case(leaking, honest, int(np.isin(twice[held_out], twice[train]).sum()))


def scaled(x: Floats, rows: Ints) -> Floats:
    """Return (x - mean) / deviation, both measured on ``rows`` alone; a column without any spread becomes 0."""
    mean, deviation = x[rows].mean(0), x[rows].std(0)
    return (x - mean) / np.where(deviation > 0, deviation, 1.0)


def best(x: Floats, answer: Answer, k: int, *, numeric: bool) -> Ints:
    """Return the k columns that go best with the answer, best first, as scikit-learn's SelectKBest ranks them."""
    f = numbers_f(x, answer) if numeric else classes_f(x, answer)
    return np.argsort(-np.nan_to_num(f, nan=-1.0), kind="stable")[:k]


def classes_f(x: Floats, y: Answer) -> Floats:
    """Return F of each column: the spread of the classes' means over the spread within them, (d,)."""
    classes = np.unique(y)
    total, within = ((x - x.mean(0)) ** 2).sum(0), np.zeros(x.shape[1])
    for value in classes:
        own = x[y == value]
        within += ((own - own.mean(0)) ** 2).sum(0)
    with np.errstate(all="ignore"):
        return ((total - within) / (len(classes) - 1)) / (within / (len(x) - len(classes)))


def numbers_f(x: Floats, value: Answer) -> Floats:
    """Return F of each column from its correlation r with the number: r² / (1 - r²) · (n - 2), (d,)."""
    centred, wanted = x - x.mean(0), value - value.mean()
    with np.errstate(all="ignore"):
        r2 = (wanted @ centred) ** 2 / ((centred**2).sum(0) * (wanted**2).sum())
        return r2 / (1 - r2) * (len(x) - 2)


def _columns(side: Side, *, categories: bool) -> list[Column]:
    """Return the inputs as columns of numbers, or cut in two at the median of the training rows."""
    if not categories:
        return [Column(f"x{i + 1}", "number", column) for i, column in enumerate(side.x.T)]
    high = (side.x > np.median(side.x[side.train], axis=0)).astype(np.int64)
    return [Column(f"x{i + 1}", "category", codes=codes, labels=("low", "high")) for i, codes in enumerate(high.T)]


def dataset(experiment: Experiment, known: Material, side: Side) -> Dataset:
    """Return a table of the inputs, or points of the first two where the algorithm learns from points only."""
    data: Dataset
    if experiment.engine.learns_from(Table):
        columns = _columns(side, categories=known.categories)
        target = (
            Column("answer", "number", side.answer.astype(float))
            if known.numeric
            else Column("answer", "category", codes=side.answer.astype(np.int64), labels=known.classes)
        )
        data = Table((*columns, target), "answer")
    else:
        x = side.x if side.x.shape[1] > 1 else np.hstack([side.x, np.zeros((len(side.x), 1))])
        classes = np.zeros(len(x), np.int64) if known.numeric else side.answer.astype(np.int64)
        value = side.answer.astype(float) if known.numeric else np.zeros(len(x))
        data = Points(x[:, :2], classes, value, target="value" if known.numeric else "class")
    return with_parts(data, side.train, side.held_out)
