"""Points in space, as a camera sees them."""

from dataclasses import dataclass, field

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.picture import Picture

NO_AXES = np.zeros((0, 3))
UNKNOWN = np.zeros((0, 0))


@dataclass(frozen=True, eq=False)
class Cloud(Picture):
    """Points about their middle, which a person may turn.

    points: (n, 3), the middle at 0. groups: (n,) class of each, -1 for none. classes: their names. names: of the three
    columns. camera: (2, 3) which directions the view has to the right and up, each of length 1 and upright to the
    other. axes: (k, 3) arrows from the middle. covariance: (3, 3) of the whole cloud, for the share of the variance
    that a view shows, or empty while it is not known. best: the largest share a view can show, NaN while not known.
    reach: how far from the middle one must be able to see, the same at every step. A person who has turned the cloud
    sends ``Poke("camera", (0,), (six numbers, row by row))``.
    """

    points: Floats
    groups: Ints
    classes: tuple[str, ...]
    names: tuple[str, ...]
    camera: Floats
    axes: Floats = field(default_factory=lambda: NO_AXES)
    covariance: Floats = field(default_factory=lambda: UNKNOWN)
    best: float = float("nan")
    reach: float = 1.0
