"""Truth against prediction, point by point."""

from dataclasses import dataclass

from engines.core.arrays import Ints
from engines.core.picture import Picture


@dataclass(frozen=True, eq=False)
class Confusion(Picture):
    """Truth and prediction of every labelled point; the view counts them for the share that is chosen.

    truth, predicted: (m,) int classes below n_classes. parts: (m,) TRAIN, VALIDATION or TEST. index: (m,) the row of
    each in the data, so that a cell of the matrix leads back to its points.
    """

    truth: Ints
    predicted: Ints
    parts: Ints
    index: Ints
    n_classes: int
