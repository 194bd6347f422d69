"""What a supervised engine needs of its data, said in words when it is missing."""

import numpy as np

from engines.core.dataset import Dataset
from engines.core.language import LearnerError
from engines.data.features import Features, classes_of, numbers_of
from engines.data.images import Images
from engines.data.preparing import prepared
from engines.data.table import Table
from engines.data.text import Text

NOTHING = "There are no points yet: draw some on the stage, or choose a sample in the Data tab."
NOTHING_OF: dict[type[Dataset], str] = {
    Table: "There are no rows yet: add some, or choose a sample in the Data tab.",
    Text: "There are no lines yet: write some, or choose a sample in the Data tab.",
    Images: "There are no pictures yet: paint some, or choose a sample in the Data tab.",
}


def with_classes(data: Dataset) -> Features:
    """Return data of any kind as features with a class to learn, prepared as the data ask for.

    LearnerError when nothing can be learned from them.
    """
    if not len(data):
        raise LearnerError(NOTHING_OF.get(type(data), NOTHING))
    features = classes_of(data)
    if features.n_classes == 0:
        if features.plane:
            raise LearnerError("No point has a class: paint with a class colour, so that there is something to learn.")
        raise LearnerError("There is no class to learn: choose a column of categories as the target, or give classes.")
    train = features.train
    if len(np.unique(features.y[features.y >= 0])) < 2:
        if features.plane:
            raise LearnerError("All points are of one class: draw a second class with the right mouse button.")
        raise LearnerError("All rows are of one class: give some of them another one.")
    if len(np.unique(train.y)) < 2:
        raise LearnerError("The training share holds one class only: draw more points or enlarge the training share.")
    if not np.ptp(train.x, axis=0).max(initial=0.0):
        raise LearnerError("All training points lie on the same spot: draw some elsewhere.")
    return prepared(features, data)


def with_numbers(data: Dataset) -> Features:
    """Return points or a table as features with a number to learn, prepared as the data ask for.

    LearnerError when nothing can be learned from them.
    """
    if not len(data):
        raise LearnerError(NOTHING_OF.get(type(data), NOTHING))
    features = numbers_of(data)
    train = features.train
    if len(train.x) < 2:
        raise LearnerError("The training share holds less than two points: draw more, or enlarge the training share.")
    if not np.ptp(train.x, axis=0).max(initial=0.0):
        raise LearnerError("All training points lie on the same spot: draw some elsewhere.")
    return prepared(features, data)


def some(data: Dataset) -> None:
    """Raise LearnerError when there is not a single point."""
    if not len(data):
        raise LearnerError(NOTHING_OF.get(type(data), NOTHING))
