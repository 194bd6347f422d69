"""Points as examples with two columns of numbers, and all that C4.5 draws: on the plane, and beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from engines.core.step import Pictures
from engines.data.features import Features
from engines.data.points import Points
from engines.data.table import Column, Table
from engines.evaluation.checks import with_classes
from engines.trees._branching import Growth
from engines.trees._c45_words import asked_table, prune_table
from engines.trees._examples import Examples, examples_of
from engines.trees._gain_ratio import Question
from engines.trees._growing import Branch
from engines.trees._picture import below
from engines.trees._plane import over_plane


def examples_from(data: Points | Table) -> Examples:
    """Return what is learned from; LearnerError where there is nothing to learn."""
    if isinstance(data, Table):
        return examples_of(data)
    features = with_classes(data)
    columns = tuple(
        Column(name, "number", numbers=features.x[:, axis].copy()) for axis, name in enumerate(features.names)
    )
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


def draw(growth: Growth, data: Points | Table, asked: Sequence[Question], node: int = -1, best: int = -1) -> Pictures:
    """Draw what the tree says over the plane, where there is one, the tree, the table, and truth against prediction."""
    table = asked_table(growth, asked, best)
    return *flat_pictures(growth, data, node), growth.tree(node), table, growth.confusion()


def draw_pruning(
    growth: Growth, data: Points | Table, expected: Mapping[int, float], node: int, *, cut: bool
) -> Pictures:
    """Draw the same while a node is compared with its branches, those struck out that are cut off."""
    tree = growth.tree(node, below(growth.nodes, node) if cut else ())
    return *flat_pictures(growth, data, node), tree, prune_table(growth, node, expected, cut=cut), growth.confusion()
