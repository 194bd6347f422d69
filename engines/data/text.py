"""Texts: lines, each with a class."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from engines.core.arrays import Ints
from engines.core.dataset import Dataset
from engines.core.language import LearnerError
from engines.data.points import UNLABELLED


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
    def nbytes(self) -> int:
        """Memory of the text and the arrays, in bytes."""
        return super().nbytes + sum(len(line) for line in self.lines)

    def same_shape(self, other: Dataset) -> bool:
        """A run can go on while the classes stay."""
        return isinstance(other, Text) and self.names == other.names

    def facts(self) -> dict[str, Any]:
        """Return also the count of every class and the characters."""
        counts = {name: int((self.y == k).sum()) for k, name in enumerate(self.names)}
        return super().facts() | {"classes": counts, "characters": sum(len(line) for line in self.lines)}
