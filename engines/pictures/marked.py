"""Points that stand out."""

from dataclasses import dataclass, field

import numpy as np

from engines.core.arrays import Ints
from engines.core.picture import Picture

NOBODY = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class Marked(Picture):
    """Points of the data by their row, each (m,) int.

    ringed: support vectors, what was flagged. crossed: crossed out, as noise is. faded: not yet reached, or left out.
    """

    ringed: Ints = field(default_factory=lambda: NOBODY)
    crossed: Ints = field(default_factory=lambda: NOBODY)
    faded: Ints = field(default_factory=lambda: NOBODY)
