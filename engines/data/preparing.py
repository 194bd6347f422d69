"""What is done to the columns before an algorithm learns: features are added, or principal components stand in for all.

Both belong to the data of an experiment (``Points.added``, ``Dataset.components``); every algorithm that declares
``prepared`` obeys. The components are found in the training share alone: the others are seen through them as new rows
would be, so that nothing leaks. Hotelling, "Analysis of a complex of statistical variables", 1933.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from engines.core.arrays import Floats
from engines.core.dataset import Dataset
from engines.core.language import LearnerError, say
from engines.data.features import Features
from engines.data.lifting import lifted, lifts_named
from engines.data.points import Points

NOTHING = 1e-12  # share of the largest variance below which a direction holds nothing


@dataclass(frozen=True, eq=False)
class Projection:
    """mean: (d,) of the rows it was found in. axes: (k, d) of length 1, the one with most variance first."""

    mean: Floats
    axes: Floats

    @classmethod
    def of(cls, x: Floats, k: int) -> Self:
        """Return the first ``k`` principal components of rows x (n, d), fewer where the rows do not span so many.

        The largest number of each is positive, as scikit-learn has it, so that no sign is left to chance.
        """
        mean = x.mean(0)
        centred = x - mean
        values, vectors = np.linalg.eigh(centred.T @ centred / len(x))
        order = np.argsort(-values, kind="stable")[:k]
        order = order[values[order] > NOTHING * max(float(values.max()), 0.0)]
        axes = vectors.T[order]
        turned = axes[np.arange(len(axes)), np.abs(axes).argmax(1)] < 0
        return cls(mean, np.where(turned[:, None], -axes, axes))

    def columns(self, x: Floats) -> Floats:
        """Return rows (m, d) as they stand along the components: (m, k)."""
        return (x - self.mean) @ self.axes.T


def prepared(features: Features, data: Dataset) -> Features:
    """Return the features that an algorithm is to learn from, made of those of ``data`` as they are."""
    if isinstance(data, Points):
        return with_added(features, data)
    if not data.components or not len(features.train.x):
        return features
    projection = Projection.of(features.train.x, data.components)
    names = tuple(f"PC{place + 1}" for place in range(len(projection.axes)))
    return replace(features, x=projection.columns(features.x), names=names)


def with_added(features: Features, data: Points) -> Features:
    """Return the features of points with those that were added to them."""
    lifts = lifts_named(data.added, along=features.axis)
    if not lifts:
        return features
    x = lifted(features.x, lifts)
    if not np.isfinite(x).all():
        raise LearnerError("The points lie so far out that an added feature is no number any more: take it away.")
    names = (*features.names, *(lift.along if features.axis else lift.name for lift in lifts))
    return replace(features, x=x, names=names, added=lifts)


def prepare(data: Dataset, added: Sequence[str] = (), components: int = 0) -> Dataset:
    """Return the data with this to be done to them. LearnerError where their kind has no such thing."""
    if isinstance(data, Points):
        if components:
            raise LearnerError("Points have two coordinates: there is nothing to gain from principal components.")
        return replace(data, added=tuple(added))
    if added:
        raise LearnerError("Features can be added to points only, and this is {kind}.", kind=say(data.title))
    return replace(data, components=components)


def unprepared(data: Dataset) -> Dataset:
    """Return the data as they are, with nothing added and all their own columns."""
    if data.preparation == type(data)().preparation:
        return data
    return replace(data, **type(data)().preparation)
