"""Features that are added to a point's own: squares, products, sines. A border straight among them is bent here.

Cover, "Geometrical and statistical properties of systems of linear inequalities", 1965: what no line can part in few
dimensions a plane may part in more. To add a feature is one line in ``LIFTS``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engines.core.arrays import Floats
from engines.core.language import LearnerError


@dataclass(frozen=True)
class Lift:
    """One feature. key: in files and on the command line. name: as it is shown.

    of: from places (m, 2) to the feature (m,). along: its name where only the first coordinate is known and the second
    is to be learned; empty where it needs both. formula: what it is where the name does not say it.
    """

    key: str
    name: str
    of: Callable[[Floats], Floats]
    along: str = ""
    formula: str = ""


LIFTS = (
    Lift("x1^2", "x₁²", lambda x: x[:, 0] ** 2, "x²"),
    Lift("x2^2", "x₂²", lambda x: x[:, 1] ** 2),
    Lift("x1x2", "x₁x₂", lambda x: x[:, 0] * x[:, 1]),
    Lift("sin_x1", "sin x₁", lambda x: np.sin(x[:, 0]), "sin x"),
    Lift("sin_x2", "sin x₂", lambda x: np.sin(x[:, 1])),
    Lift("r", "r", lambda x: np.hypot(x[:, 0], x[:, 1]), formula="r = √(x₁² + x₂²)"),
)


def ordered(keys: Sequence[str]) -> tuple[str, ...]:
    """Return the keys as they stand in ``LIFTS``, each once: the same features are the same experiment.

    A feature may be called by its name too. LearnerError for one that there is not.
    """
    known = {word: lift.key for lift in LIFTS for word in (lift.key, lift.name)}
    for key in keys:
        if key not in known:
            raise LearnerError(
                "There is no feature “{name}”; there are: {names}.",
                name=key,
                names=", ".join(lift.key for lift in LIFTS),
            )
    chosen = {known[key] for key in keys}
    return tuple(lift.key for lift in LIFTS if lift.key in chosen)


def lifts_named(keys: Sequence[str], *, along: bool = False) -> tuple[Lift, ...]:
    """Return these features; ``along`` the first coordinate only those that do not need the second."""
    return tuple(lift for lift in LIFTS if lift.key in keys and (lift.along or not along))


def lifted(places: Floats, lifts: Sequence[Lift]) -> Floats:
    """Return places (m, 2), or (m, 1) along the first coordinate, with the features as further columns: (m, d)."""
    if not lifts:
        return places
    x = places.astype(float)
    return np.column_stack([x, *(lift.of(x) for lift in lifts)])
