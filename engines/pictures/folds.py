"""The rows of the data cut into folds, each of which is held out once."""

from dataclasses import dataclass

from engines.core.arrays import Floats, Ints
from engines.core.picture import Picture


@dataclass(frozen=True, eq=False)
class Folds(Picture):
    """A strip of all rows for each of k folds: what is trained on, and what is held out.

    rows: (m,) of the data, from left to right. fold: (m,) from 0, in which each is held out. groups: (m,) class of
    each, -1 for none; all -1 where a number is learned. classes: their names. sealed: how many rows are kept for the
    final test and take no part. scores: (k,) NaN for not yet. lit: the fold that is in work, -1 for none. A click on a
    strip tells the rows that are held out there.
    """

    rows: Ints
    fold: Ints
    groups: Ints
    classes: tuple[str, ...]
    sealed: int
    scores: Floats
    lit: int = -1
