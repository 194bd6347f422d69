"""Points as examples with two columns of numbers, and what a tree of such questions makes of the plane."""

from dataclasses import replace
from functools import lru_cache

from engines.core.step import Pictures
from engines.data.features import AXES, Features
from engines.data.points import Points
from engines.data.table import Column, Table
from engines.evaluation.checks import with_classes
from engines.trees._branching import Growth
from engines.trees._examples import Examples, examples_of
from engines.trees._growing import Branch
from engines.trees._plane import over_plane


def examples_from(data: Points | Table) -> Examples:
    """Return what is learned from; LearnerError where there is nothing to learn."""
    if isinstance(data, Table):
        return examples_of(data)
    features = with_classes(data)
    columns = tuple(Column(name, "number", numbers=data.x[:, axis].copy()) for axis, name in enumerate(AXES))
    return Examples(columns, features.y, features.classes, features.parts)


def flat_pictures(growth: Growth, data: Points | Table, node: int) -> Pictures:
    """Return what the leaves say all over the plane, and the cuts; nothing of a table."""
    if isinstance(data, Table):
        return ()
    place = {old: new for new, old in enumerate(growth.alive())}
    branches = []
    for old in place:
        kept = growth.nodes[old]
        column, threshold = growth.asked.get(old, (-1, float("nan")))
        made = Branch(kept.counts, kept.value, kept.impurity, place.get(kept.parent, -1), kept.depth)
        made.children, made.n = [place[child] for child in kept.children], int(kept.counts.sum())
        branches.append(replace(made, column=column, threshold=threshold))
    return over_plane(_features(data), branches, place.get(node, -1))


@lru_cache(maxsize=2)
def _features(data: Points) -> Features:
    return with_classes(data)
