"""Boxes by numbers: how much two overlap, which finds are right, and what a detector is worth.

Average precision as PASCAL VOC has measured it since 2010 (Everingham et al., "The PASCAL Visual Object Classes
Challenge", 2010; Everingham and Winn, development kit, 2012): the whole area below the curve, each precision being the
best that a recall at least as high has.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.core.arrays import Bools, Floats, Ints

LABEL, SCORE, SIDES = 0, 1, slice(2, 6)  # the columns of what is found: class, score, left, top, right, bottom


def overlaps(one: Floats, other: Floats) -> Floats:
    """Return the IoU of each of some boxes with each of others: (m, 4) and (k, 4) to (m, k); 0 for empty ones."""
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    shared = (high - low).clip(0).prod(2)
    joint = areas(one)[:, None] + areas(other)[None] - shared
    return np.divide(shared, joint, out=np.zeros_like(shared), where=joint > 0)


def overlaps_of_sizes(one: Floats, other: Floats) -> Floats:
    """Return the IoU of boxes about one middle, of which only the sizes count: (m, 2) and (k, 2) to (m, k)."""
    shared = np.minimum(one[:, None], other[None]).prod(2)
    return shared / (one.prod(1)[:, None] + other.prod(1)[None] - shared)


def areas(boxes: Floats) -> Floats:
    """Return the area of each box: (m, 4) to (m,)."""
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def hits(found: Floats, truth: Floats, least: float) -> Bools:
    """Return which finds are right: found (m, 6), the most certain first, truth (t, 5) class and sides, to (m,) bool.

    Right is who overlaps a true box of its class by ``least`` at least, more than any other such box, and is the first
    to do so: who finds the same thing a second time is wrong.
    """
    right = np.zeros(len(found), bool)
    if not (len(found) and len(truth)):
        return right
    alike = found[:, LABEL, None] == truth[None, :, 0]
    overlap = np.where(alike, overlaps(found[:, SIDES], truth[:, 1:]), -1.0)
    best, taken = overlap.argmax(1), np.zeros(len(truth), bool)
    for row, place in enumerate(best.tolist()):
        if overlap[row, place] >= least and not taken[place]:
            taken[place] = right[row] = True
    return right


@dataclass(frozen=True)
class Marks:
    """What was found in a number of pictures, and what of it is right.

    label, score: (m,). right: (m,) bool. true: (classes,) how many things of each class there are.
    """

    label: Ints
    score: Floats
    right: Bools
    true: Ints

    def curve(self, label: int) -> tuple[Floats, Floats]:
        """Return recall and precision of one class after each find, the most certain first: (k,) each."""
        mine = self.label == label
        order = np.argsort(-self.score[mine], kind="stable")
        right = np.cumsum(self.right[mine][order])
        return right / max(1, int(self.true[label])), right / np.arange(1, len(right) + 1)

    def average_precision(self, label: int) -> float:
        """Return the area below the curve of one class; NaN for a class of which there is nothing."""
        if not self.true[label]:
            return float("nan")
        recall, precision = self.curve(label)
        best = np.maximum.accumulate(precision[::-1])[::-1]
        return float((np.diff(recall, prepend=0.0) * best).sum())

    @property
    def mean_average_precision(self) -> float:
        """The mean of the classes of which there is something; NaN where there is nothing at all."""
        known = [self.average_precision(label) for label in np.flatnonzero(self.true).tolist()]
        return float(np.mean(known)) if known else float("nan")

    def at(self, threshold: float) -> tuple[float, float]:
        """Return precision and recall of all classes together, of finds of this score and above; NaN for none."""
        said = self.score >= threshold
        right = int(self.right[said].sum())
        true = int(self.true.sum())
        return right / int(said.sum()) if said.any() else float("nan"), right / true if true else float("nan")


def marked(found: Sequence[Floats], truth: Sequence[Floats], classes: int, least: float = 0.5) -> Marks:
    """Judge what was found in each of some pictures, (m, 6), by what is in it, (t, 5): see ``hits``."""
    right = [hits(mine, true, least) for mine, true in zip(found, truth, strict=True)]
    every = np.concatenate([np.zeros((0, 6)), *found])
    labels = np.concatenate([np.zeros(0), *(true[:, 0] for true in truth)]).astype(int)
    return Marks(
        every[:, LABEL].astype(int),
        every[:, SCORE],
        np.concatenate([np.zeros(0, bool), *right]),
        np.bincount(labels, minlength=classes),
    )
