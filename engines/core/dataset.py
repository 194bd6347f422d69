"""What is learned from: frozen arrays, how they were made, and which rows are held out."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from engines.core.arrays import Floats, Ints, lock_fields
from engines.core.language import LearnerError

TRAIN, VALIDATION, TEST = 0, 1, 2


@dataclass(frozen=True)
class Recipe:
    """How data came about: a generator and its settings, or ``drawn``. The same recipe gives the same data."""

    source: str = "drawn"
    settings: tuple[tuple[str, float], ...] = ()
    seed: int = 0


@dataclass(frozen=True)
class Split:
    """Shares of train, validation and test; ``seed`` draws again.

    Raises LearnerError when the shares do not leave something to train on.
    """

    train: float = 0.7
    validation: float = 0.15
    seed: int = 0

    def __post_init__(self) -> None:
        if not (0 < self.train <= 1 and self.validation >= 0 and self.train + self.validation <= 1 + 1e-9):
            raise LearnerError("The shares of training and validation must be above 0 and together at most 100 %.")

    @property
    def test(self) -> float:
        """The share that is left for the final test."""
        return max(0.0, 1 - self.train - self.validation)

    def assign(self, key: Floats, y: Ints) -> Ints:
        """Return TRAIN, VALIDATION or TEST for every row: (n,) uint8.

        Stratified: within each class, rows are ranked by ``key`` ((n,) in [0, 1), drawn once per row), so that adding
        or deleting a row moves at most the rows at the borders, never the whole split.
        """
        parts = np.zeros(len(y), np.uint8)
        shift = np.random.default_rng(self.seed).random() if self.seed else 0.0
        for value in np.unique(y):
            rows = np.flatnonzero(y == value)
            rank = np.empty(len(rows))
            rank[np.argsort((key[rows] + shift) % 1.0, kind="stable")] = np.arange(len(rows)) + 0.5
            share = rank / len(rows)
            parts[rows] = np.where(
                share <= self.train, TRAIN, np.where(share <= self.train + self.validation, VALIDATION, TEST)
            )
        return parts


@dataclass(frozen=True, eq=False)
class Dataset:
    """Base of every kind of data: Points now; tables, images, series, text, boards and facts as they come."""

    kind: ClassVar[str] = ""
    recipe: Recipe = field(default_factory=Recipe, kw_only=True)

    def __post_init__(self) -> None:
        lock_fields(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Lock again what pickle has just made writeable."""
        self.__dict__.update(state)
        lock_fields(self)

    def with_split(self, split: Split) -> "Dataset":
        """Return the same data with its rows given to train, validation and test."""
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError
