"""Points of which only a few keep their class: what is cheap to collect and dear to label."""

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from engines.core.params import Param, Params
from engines.data.points import UNLABELLED, Points
from engines.data.sampling import sample


@dataclass(frozen=True)
class FewLabelsSettings(Params):
    """How many points of each class keep it."""

    n: Annotated[int, Param("Labels left of each class", low=1, high=10_000, log=True)] = 5


@sample("Take most labels away", order=110)
def few_labels(data: Points, settings: FewLabelsSettings, rng: np.random.Generator) -> Points:
    """The same points; all but ``n`` of each class, drawn at random, lose their class."""
    y = np.full(len(data), UNLABELLED)
    for label in range(data.n_classes):
        rows = np.flatnonzero(data.y == label)
        y[rng.permutation(rows)[: settings.n]] = label
    return replace(data, y=y)
