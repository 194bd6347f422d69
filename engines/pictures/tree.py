"""A decision tree, and the questions that are weighed at one of its nodes."""

from dataclasses import dataclass, field

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.language import Note
from engines.core.picture import Picture

NOBODY = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class Tree(Picture):
    """Nodes in the order in which they were made, parents before children.

    parents: (m,) int, -1 for the root. questions: (m,) what is asked, an empty note for a leaf. answers: (m,) the
    answer on the branch that leads here, empty for the root. counts: (m, classes) float rows of the training data of
    each class that came here (fractions where a missing value was shared out); (m, 1) where a number is learned.
    values: (m,) the class that is predicted, or the number. impurities: (m,) entropy in bits, Gini or squared error.
    classes: names of the classes, empty where a number is learned. lit: the node that is being worked on, -1 for none.
    pruned: (p,) nodes that are being cut off.
    """

    parents: Ints
    questions: tuple[Note | str, ...]
    answers: tuple[Note | str, ...]
    counts: Floats
    values: Floats
    impurities: Floats
    classes: tuple[str, ...]
    lit: int = -1
    pruned: Ints = field(default_factory=lambda: NOBODY)


@dataclass(frozen=True, eq=False)
class Candidates(Picture):
    """A table of what was weighed, the winner lit.

    heads: (c,) of the columns of numbers. names: (r,) of the rows, in the order in which they are read; what is no Note
    is data. values: (r, c), NaN for none. winner: the row, -1 for none yet. of: what is chosen (``Question``).
    """

    of: Note
    heads: tuple[Note, ...]
    names: tuple[Note | str, ...]
    values: Floats
    winner: int = -1
