"""Truth against prediction, point by point."""

from dataclasses import dataclass

from engines.core.arrays import Ints
from engines.core.language import Note
from engines.core.picture import Picture


@dataclass(frozen=True, eq=False)
class Confusion(Picture):
    """Truth and prediction of every labelled point; the view counts them for the share that is chosen.

    truth, predicted: (m,) int classes below n_classes. parts: (m,) TRAIN, VALIDATION or TEST. index: (m,) the row of
    each in the data, so that a cell of the matrix leads back to its points. names: of the classes, as far as the data
    have them; a class without one is called by its number. one_share: all rows are of the share that is judged, and no
    other is offered.
    """

    truth: Ints
    predicted: Ints
    parts: Ints
    index: Ints
    n_classes: int
    names: tuple[Note | str, ...] = ()
    one_share: bool = False
