"""Many hyper-parameters at once: each an upright axis, each trial a line across them that ends at its score."""

from dataclasses import dataclass

from engines.pictures.trials import Trials


@dataclass(frozen=True, eq=False)
class Parallel(Trials):
    """Drawn in the colour of the score, the best bold. A click takes the hyper-parameters of the nearest line."""
