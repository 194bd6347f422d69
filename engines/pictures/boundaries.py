"""Several models of the same data side by side, each as a small picture of what it says about the plane."""

from dataclasses import dataclass, field

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.language import Note
from engines.core.picture import Picture
from engines.pictures.surface import Area

NO_CURVES = np.zeros((0, 0))
NOWHERE = np.zeros((0, 2))
NOBODY = np.zeros(0, np.int64)
NO_ROLES = np.zeros((0, 0), bool)
Values = tuple[tuple[str, object], ...]


@dataclass(frozen=True, eq=False)
class Boundaries(Picture):
    """A tile for each of m models, with a caption and a score.

    surfaces: (m, classes, rows, columns) float32 in [0, 1] as those of a Surface, row 0 the lowest; NaN where there is
    nothing yet. One class only: a number from 0 to 1, in the colours that numbers have. (m, 0, 0, 0) where the models
    are curves. area: of all tiles. captions: (m,), what is no Note is data. scores: (m,) NaN while a model is not
    finished: it is drawn pale. curves: (m, columns) heights over the width of ``area``, NaN leaves a gap.
    best, lit: the tile with a frame because it is the best, and the one that is in work; -1 for none.
    points: (n, 2) and groups: (n,) class of each, drawn as dots in every tile. strong: (m, n) bool, the dots that count
    in a tile (those held out), the others are pale; (0, 0) where all are alike.
    takes: (m,) hyper-parameters of each model by name; a click takes them over. Empty where there is nothing to take.
    """

    surfaces: Floats
    area: Area
    captions: tuple[Note | str, ...]
    scores: Floats
    curves: Floats = field(default_factory=lambda: NO_CURVES)
    best: int = -1
    lit: int = -1
    points: Floats = field(default_factory=lambda: NOWHERE)
    groups: Ints = field(default_factory=lambda: NOBODY)
    strong: Ints = field(default_factory=lambda: NO_ROLES)
    takes: tuple[Values, ...] = ()
