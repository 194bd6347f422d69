"""A number at every place of the plane."""

from dataclasses import dataclass, field

import numpy as np

from engines.core.arrays import Floats
from engines.core.picture import Picture
from engines.pictures.surface import Area

NONE = np.zeros(0)


@dataclass(frozen=True, eq=False)
class Heat(Picture):
    """A number on a regular grid over the plane, drawn as the background in the colours that numbers have.

    values: (rows, columns) float32; row 0 is the bottom; cell centres lie half a cell inside ``area``. low, high: the
    numbers at the two ends of the colours, the same from step to step so that nothing flickers. levels: (m,) numbers
    along which a contour is drawn. faint: a density behind points that have colours of their own: from paper to grey.
    """

    values: Floats
    area: Area
    low: float
    high: float
    levels: Floats = field(default_factory=lambda: NONE)
    faint: bool = False
