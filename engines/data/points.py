"""Points on the plane, with classes: what the learner paints."""

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.dataset import TEST, TRAIN, VALIDATION, Dataset, Split
from engines.core.language import LearnerError

UNLABELLED = -1
MOST_CLASSES = 8


@dataclass(frozen=True, eq=False)
class Part:
    """The rows of one share of the split: x (n, 2), y (n,), index (n,) into the whole."""

    x: Floats
    y: Ints
    index: Ints


@dataclass(frozen=True, eq=False)
class Points(Dataset):
    """Points on the plane.

    x: (n, 2) float64, any unit. y: (n,) int64, the class 0…7, or UNLABELLED. key: (n,) float64 in [0, 1), drawn once
    per point; decides the split. parts: (n,) uint8, TRAIN, VALIDATION or TEST.
    """

    kind: ClassVar[str] = "Points"
    x: Floats = field(default_factory=lambda: np.zeros((0, 2)))
    y: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    key: Floats = field(default_factory=lambda: np.zeros(0))
    parts: Ints = field(default_factory=lambda: np.zeros(0, np.uint8))

    def __post_init__(self) -> None:
        n = len(self.x)
        if self.x.shape != (n, 2) or self.y.shape != (n,):
            raise LearnerError("Points need two coordinates and one class each; got {shape}.", shape=str(self.x.shape))
        if not np.isfinite(self.x).all():
            raise LearnerError("Some points have no place on the plane (NaN or infinite); remove them first.")
        if n and not (self.y.min() >= UNLABELLED and self.y.max() < MOST_CLASSES):
            raise LearnerError("A point’s class must be from 1 to {most}, or none.", most=MOST_CLASSES)
        if len(self.key) != n:
            object.__setattr__(self, "key", np.random.default_rng(0).random(n))
        if len(self.parts) != n:
            object.__setattr__(self, "parts", np.zeros(n, np.uint8))
        super().__post_init__()

    def __len__(self) -> int:
        return len(self.x)

    @property
    def n_classes(self) -> int:
        """One more than the highest class in use; 0 when nothing is labelled."""
        return int(self.y.max(initial=-1)) + 1

    def with_split(self, split: Split) -> "Points":
        """Return the same points with ``parts`` given by ``split``."""
        return replace(self, parts=split.assign(self.key, self.y))

    def part(self, which: int) -> Part:
        """Return the labelled points of one share: TRAIN, VALIDATION or TEST."""
        index = np.flatnonzero((self.parts == which) & (self.y != UNLABELLED))
        return Part(self.x[index], self.y[index], index)

    @property
    def train(self) -> Part:
        """The labelled points to learn from."""
        return self.part(TRAIN)

    @property
    def validation(self) -> Part:
        """The labelled points to tune by."""
        return self.part(VALIDATION)

    @property
    def test(self) -> Part:
        """The labelled points kept for the last word."""
        return self.part(TEST)
