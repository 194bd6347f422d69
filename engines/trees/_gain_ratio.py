"""What a question is worth to C4.5: its gain, what the splitting alone tells, and the one divided by the other.

A number is asked about by its best threshold, halfway between two neighbouring values. Rows without an answer count
neither for nor against: the gain is that among the rows with one, times their share; for the split information they
are a branch of their own.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from engines.core.arrays import Bools, Floats, Ints
from engines.data.table import Column
from engines.trees._branching import Growth, entropy
from engines.trees._cuts import best_cuts, between

AT_ONCE = 200_000  # numbers that are sorted in one go: a stop is answered in between
WORTH = 1e-9  # bits: what gains no more than this gains nothing


class Question(NamedTuple):
    """A column asked about at a node. before: the entropy of the rows with an answer; known: their share of all rows.

    counts: of each branch, how many rows of each class have that answer; empty where fewer than two branches would be
    large enough. codes: the labels of the branches. threshold: NaN for a category. split_info: how many bits
    the answer itself tells, whatever the class; no answer counts as one.
    """

    column: int
    before: float
    known: float = 1.0
    counts: tuple[tuple[float, ...], ...] = ()
    threshold: float = float("nan")
    codes: tuple[int, ...] = ()
    after: float = float("nan")
    split_info: float = float("nan")
    gain: float = 0.0  # by how many bits it makes the class more certain

    @property
    def possible(self) -> bool:
        """Whether it splits the rows."""
        return len(self.counts) > 1

    @property
    def ratio(self) -> float:
        """The gain for each bit of the answer."""
        return self.gain / self.split_info if self.split_info > 0 else 0.0


def questions(growth: Growth, node: int, least: int) -> Iterator[Question]:
    """Weigh the columns one after another, as many together as can be sorted in one go."""
    examples, (rows, shares, y) = growth.examples, growth.train(node)
    classes, bits = len(examples.classes), growth.nodes[node].impurity
    whole = not growth.mixed or bool((shares == 1).all())
    height = max(1, AT_ONCE // max(1, len(rows)))
    ready: dict[int, Question] = {}
    done = 0  # columns of numbers
    for number, column in enumerate(examples.columns):
        if column.coded:
            yield _of_labels(number, column, rows, shares, y, classes, least)
            continue
        if number not in ready:
            block = examples.numeric[done : done + height]
            values = examples.values[done : done + height].take(rows, axis=1)
            if whole and not (examples.gaps and np.isnan(values).any()):
                ready = _of_whole_numbers(block, values, y, bits, classes, least)
            else:
                ready = {i: _of_numbers(i, x, shares, y, classes, least) for i, x in zip(block, values, strict=True)}
            done += len(block)
        yield ready[number]


def _of_labels(number: int, column: Column, rows: Ints, shares: Floats, y: Ints, classes: int, least: int) -> Question:
    """Ask for the label: a branch for each that is there."""
    codes = column.codes[rows]
    known = codes >= 0
    flat = np.bincount(codes[known] * classes + y[known], shares[known], len(column.labels) * classes)
    counts = flat.reshape(len(column.labels), classes)
    used = counts.sum(1) > 0
    return _question(number, counts[used], shares, known, least, codes=tuple(np.flatnonzero(used).tolist()))


def _of_whole_numbers(
    block: list[int], values: Floats, y: Ints, before: float, classes: int, least: int
) -> dict[int, Question]:
    """Ask whether numbers, all known, are at most their best threshold: values (columns, n)."""
    cuts = best_cuts(values, y, np.argsort(values, axis=1), "entropy", least)
    low = (values <= cuts.thresholds[:, None]) @ np.eye(classes)[y]  # (columns, classes)
    counts = np.stack([low, np.bincount(y, minlength=classes) - low], axis=1)
    infos = entropy(counts.sum(2)).tolist()
    told = zip(block, cuts.thresholds.tolist(), counts.tolist(), cuts.after.tolist(), infos, strict=True)
    return {
        number: Question(number, before, 1.0, _tuples(rows), threshold, (), after, info, before - after)
        if after < np.inf
        else Question(number, before)
        for number, threshold, rows, after, info in told
    }


def _tuples(counts: list[list[float]]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in counts)


def _of_numbers(number: int, x: Floats, shares: Floats, y: Ints, classes: int, least: int) -> Question:
    """Ask whether a number is at most its best threshold, where some are missing or rows are shared out."""
    known = np.isfinite(x)
    if known.sum() < 2:
        return Question(number, 0.0)
    order = np.argsort(x[known])
    ascending = x[known][order]
    weights = np.zeros((len(order), classes))
    weights[np.arange(len(order)), y[known][order]] = shares[known][order]
    left = weights.cumsum(0)
    right = left[-1:] - left
    size = left.sum(1)
    allowed = np.append(ascending[1:] > ascending[:-1], False)
    allowed &= (size >= least - WORTH) & (size[-1:] - size >= least - WORTH)
    if not allowed.any():
        return _question(number, np.zeros((0, classes)), shares, known, least)
    after = np.where(allowed, size * entropy(left) + (size[-1] - size) * entropy(np.maximum(right, 0)), np.inf)
    best = int(np.flatnonzero(after <= after.min() + WORTH)[0])
    threshold = float(between(ascending[best], ascending[best + 1]))
    return _question(number, np.maximum([left[best], right[best]], 0), shares, known, least, threshold)


def _question(
    number: int, counts: Floats, shares: Floats, known: Bools, least: int, threshold: float = float("nan"),
    codes: tuple[int, ...] = (),
) -> Question:  # fmt: skip
    """Return the question; without branches where not two of them have enough rows."""
    total, here = float(shares.sum()), float(shares[known].sum())
    before, share, rows = float(entropy(counts.sum(0))), here / total, counts.sum(1)
    if (rows >= least - WORTH).sum() < 2:
        return Question(number, before, share, threshold=threshold)
    info = float(entropy(np.append(rows, max(0.0, total - here))))
    after = float(rows @ entropy(counts)) / here
    told = _tuples(counts.tolist())
    return Question(number, before, share, told, threshold, codes, after, info, share * (before - after))


def best_of(asked: Sequence[Question], criterion: str) -> int:
    """Return the place of the best question, -1 where none gains anything; of equal ones the first.

    The largest gain ratio wins among those that gain at least the average: a question that tells next to nothing has a
    small split information, too, and would win by that.
    """
    useful = [place for place, question in enumerate(asked) if question.gain > WORTH]
    if not useful:
        return -1
    if criterion == "gain":
        worth = {place: asked[place].gain for place in useful}
    else:
        average = average_gain(asked)
        worth = {place: asked[place].ratio for place in useful if asked[place].gain >= average - WORTH}
    most = max(worth.values())
    return next(place for place, value in worth.items() if value >= most - 1e-12)


def average_gain(asked: Sequence[Question]) -> float:
    """Return the mean gain of the questions that are possible; 0 where none is."""
    gains = [question.gain for question in asked if question.possible]
    return sum(gains) / len(gains) if gains else 0.0
