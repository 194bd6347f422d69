"""Texts: lines, each with a class."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np

from engines.core.arrays import Ints
from engines.core.dataset import Dataset
from engines.core.language import LearnerError
from engines.data.points import UNLABELLED

MOST_CHARACTERS = 4000  # of a line that is read or typed
MOST_LINES = 200_000  # that are read
MOST_NAMES = 50  # classes
LONGEST_NAME = 60  # characters of a class


@dataclass(frozen=True, eq=False)
class Text(Dataset):
    """Labelled lines. lines: any text, each on one line. y: (n,) int64 into ``names``, or UNLABELLED."""

    kind: ClassVar[str] = "Text"
    title: ClassVar[str] = "Text"
    order: ClassVar[int] = 5
    lines: tuple[str, ...] = ()
    y: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n = len(self.lines)
        if self.y.shape != (n,) or (n and not (self.y.min() >= UNLABELLED and self.y.max() < len(self.names))):
            raise LearnerError("Each line needs one of the classes, or none.")
        super().__post_init__()

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def strata(self) -> Ints:
        """The class: (n,)."""
        return self.y

    @property
    def counts(self) -> Ints:
        """How many lines each class has, and at the end how many have none: (classes + 1,)."""
        found = np.bincount(self.y - UNLABELLED, minlength=len(self.names) + 1)
        return np.roll(found, -1)

    @property
    def nbytes(self) -> int:
        """Memory of the text and the arrays, in bytes."""
        return super().nbytes + sum(len(line) for line in self.lines)

    def taken(self, rows: Any) -> Self:
        """Return the text with these rows only: indices or a mask."""
        rows = np.arange(len(self))[rows]
        lines = tuple(self.lines[row] for row in rows.tolist())
        return replace(self, lines=lines, y=self.y[rows], key=self.key[rows], parts=self.parts[rows])

    def same_shape(self, other: Dataset) -> bool:
        """A run can go on while the classes stay."""
        return isinstance(other, Text) and super().same_shape(other) and self.names == other.names

    def facts(self) -> dict[str, Any]:
        """Return also the count of every class and the characters."""
        counts = {name: int((self.y == k).sum()) for k, name in enumerate(self.names)}
        return super().facts() | {"classes": counts, "characters": sum(len(line) for line in self.lines)}


def labelled(lines: Sequence[str], labels: Sequence[str], names: Sequence[str] = ()) -> Text:
    """Return lines with the class that each label names, none for an empty one.

    names: classes that are there in any case, in this order; the others follow as they are met. Raises LearnerError
    when there are more different labels than classes can be.
    """
    known = {name: place for place, name in enumerate(names)}
    for label in labels:
        if label and label not in known:
            known[label] = len(known)
    if len(known) > MOST_NAMES:
        raise LearnerError(
            "There are {count} different labels; at most {most} can be classes. Is the label perhaps the text?",
            count=len(known), most=MOST_NAMES,
        )  # fmt: skip
    y = np.array([known[label] if label else UNLABELLED for label in labels], np.int64)
    return Text(tuple(lines), y, tuple(known))
