"""The jump of Newton's method: one system of linear equations."""

import numpy as np

from engines.core.arrays import Floats
from engines.core.language import LearnerError

MOST_UNKNOWNS = 1000  # weights and biases


def check_newton(unknowns: int, penalty: str) -> None:
    """Raise LearnerError when there is no such jump, or it would take too long."""
    if penalty == "L1":
        raise LearnerError("With an L1 penalty the loss has corners, and Newton’s method needs a smooth one: "
                           "choose gradient descent.")  # fmt: skip
    if unknowns > MOST_UNKNOWNS:
        raise LearnerError("Newton’s method would solve for {count} unknowns in each step, and {most} is the limit: "
                           "choose gradient descent.", count=unknowns, most=MOST_UNKNOWNS)  # fmt: skip


def solved(bend: Floats, slope: Floats) -> Floats:
    """Return the shortest jump J with bend · J = slope, of the shape of ``slope`` (outputs, d).

    The shortest, because a softmax does not change when all its classes get the same weights on top: there are many.
    Raises LearnerError when the numbers are too large.
    """
    if not np.isfinite(bend).all():
        raise LearnerError("The numbers are too large for Newton’s method: choose gradient descent, or scale them.")
    answer: Floats = np.linalg.lstsq(bend, slope.ravel(), rcond=1e-13)[0]
    return answer.reshape(slope.shape)
