"""Array types of the contract, and the lock that keeps what crosses a border from being changed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]


def locked(array: NDArray[Any]) -> NDArray[Any]:
    """Return ``array`` read-only; a copy where somebody else could still write to its memory."""
    if array.flags.writeable:
        array = array.copy()
        array.flags.writeable = False
    return array


def lock_fields(instance: object) -> None:
    """Lock every array (and every array in a tuple) of a frozen dataclass instance."""
    for name, value in vars(instance).items():
        if isinstance(value, np.ndarray):
            object.__setattr__(instance, name, locked(value))
        elif isinstance(value, tuple) and any(isinstance(item, np.ndarray) for item in value):
            items = tuple(locked(item) if isinstance(item, np.ndarray) else item for item in value)
            object.__setattr__(instance, name, items)


class Locked:
    """Base of frozen dataclasses whose arrays cannot be changed, neither when made nor after a journey by pickle."""

    def __post_init__(self) -> None:
        lock_fields(self)

    def __setstate__(self, state: dict[str, object]) -> None:
        """Lock again what pickle has just made writeable."""
        self.__dict__.update(state)
        lock_fields(self)
