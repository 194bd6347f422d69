"""Points on the plane, with classes or numbers: what the learner paints."""

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, Self

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.dataset import TEST, TRAIN, VALIDATION, Dataset
from engines.core.language import LearnerError
from engines.data.lifting import ordered

UNLABELLED = -1
MOST_CLASSES = 8

Target = Literal["class", "height", "value"]
TARGETS: tuple[Target, ...] = ("class", "height", "value")


@dataclass(frozen=True, eq=False)
class Part:
    """The rows of one share of the split: x (n, 2), y (n,), index (n,) into the whole."""

    x: Floats
    y: Ints
    index: Ints


@dataclass(frozen=True, eq=False)
class Points(Dataset):
    """Points on the plane.

    x: (n, 2) float64, any unit. y: (n,) int64, the class 0…7, or UNLABELLED. value: (n,) float64, the number to be
    learned where ``target`` is "value". target: what is learned: "class"; "height", the second coordinate from the
    first; or "value", a number at each place. names: of the classes, as far as they were given one. colours: which of
    the palette's colours each class has, as far as it is not the one of its number. added: the keys of the features
    that a model is given besides the two coordinates (``engines.data.lifting``).
    """

    kind: ClassVar[str] = "Points"
    title: ClassVar[str] = "Points"
    order: ClassVar[int] = 1
    x: Floats = field(default_factory=lambda: np.zeros((0, 2)))
    y: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    value: Floats = field(default_factory=lambda: np.zeros(0))
    target: str = "class"
    names: tuple[str, ...] = ()
    colours: tuple[int, ...] = ()
    added: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n = len(self.x)
        if self.x.shape != (n, 2) or self.y.shape != (n,):
            raise LearnerError("Points need two coordinates and one class each; got {shape}.", shape=str(self.x.shape))
        if len(self.value) != n:
            object.__setattr__(self, "value", np.zeros(n))
        if not (np.isfinite(self.x).all() and np.isfinite(self.value).all()):
            raise LearnerError("Some points have no place on the plane (NaN or infinite); remove them first.")
        if n and not (self.y.min() >= UNLABELLED and self.y.max() < MOST_CLASSES):
            raise LearnerError("A point’s class must be from 1 to {most}, or none.", most=MOST_CLASSES)
        if self.target not in TARGETS:
            raise LearnerError("What is learned of points is one of: {targets}.", targets=", ".join(TARGETS))
        if len(self.names) > MOST_CLASSES or not all(0 <= slot < MOST_CLASSES for slot in self.colours):
            raise LearnerError("A point’s class must be from 1 to {most}, or none.", most=MOST_CLASSES)
        object.__setattr__(self, "added", ordered(self.added))
        super().__post_init__()

    def __len__(self) -> int:
        return len(self.x)

    @property
    def preparation(self) -> dict[str, Any]:
        """The features that are added."""
        return {"added": self.added}

    @property
    def n_classes(self) -> int:
        """One more than the highest class in use; 0 when nothing is labelled."""
        return int(self.y.max(initial=-1)) + 1

    @property
    def strata(self) -> Ints:
        """The class: (n,); one for all where a number is learned."""
        return self.y if self.target == "class" else np.zeros(len(self), np.int64)

    def with_a_number(self) -> Self:
        """Return points of which the second coordinate is learned from the first, where it would have been a class."""
        return replace(self, target="height") if self.target == "class" else self

    def same_shape(self, other: Dataset) -> bool:
        """Another class, another target, or other features need a new run."""
        alike = isinstance(other, Points) and (self.n_classes, self.target) == (other.n_classes, other.target)
        return alike and super().same_shape(other)

    def facts(self) -> dict[str, Any]:
        """Return also the count of every class."""
        counts = {
            str(int(label)): int(count) for label, count in zip(*np.unique(self.y, return_counts=True), strict=True)
        }
        return super().facts() | {"target": self.target, "classes": counts, "names": list(self.names)}

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
