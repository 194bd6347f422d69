"""What K-Means is made of: drawing first centres by chance, filling empty groups, moving centres to the means."""

import numpy as np

from engines.clustering._nearest import Nearest
from engines.core.arrays import Floats, Ints


def chances(squared: Floats, init: str) -> Floats:
    """Return each point's chance (n,) to be the next first centre; a place that is a centre already has none.

    squared: (n,) from the nearest centre so far. random: all the same. k-means++: in proportion to ``squared``.
    """
    weight = squared if init == "k-means++" else (squared > 0).astype(float)
    total = weight.sum()
    return weight / total if total > 0 else np.full(len(squared), 1 / len(squared))


def draw_one(chance: Floats, rng: np.random.Generator) -> tuple[float, int, float, float]:
    """Draw a row: lay the chances one after another from 0 to 1, draw a number, and see on whose piece it falls.

    Returns the number, the row, and where its piece begins and ends.
    """
    ends = chance.cumsum()
    ends /= ends[-1]
    drawn = rng.random()
    row = int(ends.searchsorted(drawn, side="right"))
    return drawn, row, float(ends[row - 1]) if row else 0.0, float(ends[row])


def refill(points: Nearest, centres: Floats) -> Ints:
    """Give each centre that has lost all its points the one farthest from its own; return which centres those are."""
    empty = np.flatnonzero(points.counts == 0)
    if len(empty):
        squared = points.distances(centres)
        farthest = np.argsort(-squared, kind="stable")[: len(empty)]
        farthest = farthest[squared[farthest] > 0]
        empty = empty[: len(farthest)]
        points.give(farthest, empty)
    return empty


def means(points: Nearest, centres: Floats) -> Floats:
    """Return the mean of each group (k, 2); a centre without points stays."""
    counts = points.counts[:, None]
    return np.where(counts > 0, points.sums / np.maximum(counts, 1), centres)
