"""What the pictures of a search have in common: trials with hyper-parameters and scores."""

from dataclasses import dataclass

from engines.core.arrays import Floats, Ints
from engines.core.language import Note
from engines.core.picture import Picture

Values = tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class Dimension:
    """One hyper-parameter as an axis from 0 to 1. texts: what is written at ``places``, both (k,)."""

    name: Note
    places: tuple[float, ...]
    texts: tuple[Note | str, ...]


@dataclass(frozen=True, eq=False)
class Trials(Picture):
    """m trials, each at a place of every dimension.

    places: (m, dimensions) from 0 to 1. scores: (m,), NaN while a trial is not finished. failed: (m,) bool, it could
    not be trained. low, high: the scores at the two ends of the colours. measure: what the score is called. best, lit:
    the best trial and the newest, -1 for none. captions: (m,). takes: (m,) the hyper-parameters of each by name.
    """

    dimensions: tuple[Dimension, ...]
    places: Floats
    scores: Floats
    failed: Ints
    low: float
    high: float
    measure: Note
    best: int
    lit: int
    captions: tuple[Note, ...]
    takes: tuple[Values, ...]
