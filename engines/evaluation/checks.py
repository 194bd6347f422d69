"""What a classifier needs of its data, said in words when it is missing."""

import numpy as np

from engines.core.language import LearnerError
from engines.data.points import Points


def classifiable(data: Points) -> Points:
    """Return ``data``, or raise LearnerError when nothing can be learned from it."""
    if not len(data):
        raise LearnerError("There are no points yet: draw some on the stage, or choose a sample in the Data tab.")
    if data.n_classes == 0:
        raise LearnerError("No point has a class: paint with a class colour, so that there is something to learn.")
    train = data.train
    if len(np.unique(data.y[data.y >= 0])) < 2:
        raise LearnerError("All points are of one class: draw a second class with the right mouse button.")
    if len(np.unique(train.y)) < 2:
        raise LearnerError("The training share holds one class only: draw more points or enlarge the training share.")
    if np.ptp(train.x, axis=0).max() == 0:
        raise LearnerError("All training points lie on the same spot: draw some elsewhere.")
    return data
