"""A number learned from one coordinate: the line through the points."""

from dataclasses import dataclass, field

import numpy as np

from engines.core.arrays import Floats
from engines.core.language import Note
from engines.core.picture import Picture

NOBODY = np.zeros(0)
NO_OTHERS = np.zeros((0, 0))


@dataclass(frozen=True, eq=False)
class Fit(Picture):
    """Heights over the x axis of the plane, the first the model's own.

    x: (m,) ascending. y: (k, m). names: (k,) for the legend, an empty note for none; lines after the first are drawn
    broken. predicted: (n,) the height at each point's x, for the residuals from points to line; empty for none.
    faint: (f, m) heights of other models of the same kind, drawn thin and pale behind; NaN leaves a gap.
    """

    x: Floats
    y: Floats
    names: tuple[Note, ...]
    predicted: Floats = field(default_factory=lambda: NOBODY)
    faint: Floats = field(default_factory=lambda: NO_OTHERS)
