"""How much memory a network will take, and a refusal in words before it is taken."""

from engines.core.language import LearnerError
from engines.vision._inspecting import BYTES, Row

GIGABYTE = 1e9
COPIES = {"adam": 4, "sgd": 3}  # of each weight: itself, its slope, and what the optimizer remembers of it


def to_look(rows: list[Row]) -> int:
    """Return the bytes that one picture takes on its way through: all weights, the largest two outputs."""
    outputs = sorted(row.memory - BYTES * row.parameters for row in rows)
    return BYTES * sum(row.parameters for row in rows) + sum(outputs[-2:])


def to_train(rows: list[Row], batch_size: int, optimizer: str) -> int:
    """Return the bytes that training takes: copies of the weights, and for each picture what comes out of each layer.

    What comes out is kept for the way back, before and after the activation, and its slope beside it: three times.
    """
    parameters = sum(row.parameters for row in rows)
    outputs = sum(row.memory for row in rows) - BYTES * parameters
    return COPIES.get(optimizer, max(COPIES.values())) * BYTES * parameters + 3 * batch_size * outputs


def afford(needed: int, most: float) -> None:
    """Raise LearnerError when more bytes are needed than ``most`` gigabytes."""
    if needed > most * GIGABYTE:
        raise LearnerError(
            "This network needs about {needed:.1f} GB of memory, and {most:g} GB are allowed. Make it narrower, its "
            "pictures or batches smaller, or allow more.",
            needed=needed / GIGABYTE, most=most,
        )  # fmt: skip
