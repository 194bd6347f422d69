"""What a tree of many branches learns from: the columns as they are, with numbers, categories and what is missing."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engines.core.arrays import Bools, Floats, Ints
from engines.core.dataset import TRAIN
from engines.core.language import LearnerError
from engines.data.points import UNLABELLED
from engines.data.table import Column, Table
from engines.evaluation.checks import NOTHING


@dataclass(frozen=True, eq=False)
class Examples:
    """What is learned from. columns: the questions there are. y: (n,) class or UNLABELLED. parts: (n,)."""

    columns: tuple[Column, ...]
    y: Ints
    classes: tuple[str, ...]
    parts: Ints

    @cached_property
    def labelled(self) -> Floats:
        """How many rows of each part have a class: (3,), NaN for none."""
        counts = np.bincount(self.parts[self.y != UNLABELLED], minlength=3)
        return np.where(counts, counts, np.nan)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The names of the columns of numbers."""
        return frozenset(self.columns[place].name for place in self.numeric)

    @cached_property
    def numeric(self) -> list[int]:
        """Which columns are numbers."""
        return [place for place, column in enumerate(self.columns) if not column.coded]

    @cached_property
    def values(self) -> Floats:
        """Those columns below one another, to be taken from together: (numbers, n)."""
        return np.array([self.columns[place].numbers for place in self.numeric]).reshape(-1, len(self.y))

    @cached_property
    def gaps(self) -> bool:
        """Whether any number is missing."""
        return bool(np.isnan(self.values).any())

    @cached_property
    def train(self) -> Bools:
        """Which rows are learned from: (n,)."""
        return (self.parts == TRAIN) & (self.y != UNLABELLED)


def examples_of(table: Table) -> Examples:
    """Return the inputs of a table and its classes, whatever is missing; LearnerError where nothing can be learned."""
    if not len(table):
        raise LearnerError(NOTHING)
    target = table.column(table.target) if table.target else None
    if target is not None and not target.coded:
        raise LearnerError(
            "The target “{name}” is a number: choose a category as the target, or an algorithm that learns numbers.",
            name=target.name,
        )
    if target is None or not (target.codes != UNLABELLED).any():
        raise LearnerError("There is no class to learn: choose a column of categories as the target, or give classes.")
    if not table.inputs:
        raise LearnerError(
            "There is no column to learn from: the table needs a number or a category besides its target."
        )
    examples = Examples(table.inputs, target.codes, target.labels, table.parts)
    if not examples.train.any():
        raise LearnerError("No row is left to learn from: enlarge the training share.")
    return examples
