"""What a forest draws: its votes over the plane, the newest tree and its sample, and which columns mattered."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.language import say
from engines.core.step import Pictures
from engines.pictures.bars import Bars
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.marked import Marked
from engines.pictures.surface import COLUMNS, ROWS, Surface
from engines.pictures.tree import Tree
from engines.trees._growing import Branch
from engines.trees._picture import tree_of
from engines.trees._plane import COLDEST, WARMEST, area_over, boxes, splits_of
from engines.trees._wood import Wood, top_of

NOBODY: Floats = np.zeros(0)
MOST_NODES = 511  # of the newest tree, in the card and as cuts on the plane


@dataclass(frozen=True, eq=False)
class NewestTree(Tree):
    """The tree that was grown last."""

    title: ClassVar[str] = "The newest tree"


@dataclass(frozen=True, eq=False)
class Importances(Bars):
    """The share of the decrease of impurity that the questions about each column brought."""

    title: ClassVar[str] = "Importance of the columns"


def pictures_of(wood: Wood, out: Ints) -> Pictures:
    """Return the pictures of a forest. out: (o,) the training rows that the sample drawn last does not hold."""
    nodes = top_of(wood.trees[-1], wood, MOST_NODES) if wood.trees else []
    bars = Importances(wood.features.names, wood.importance[None], ranked=True)
    return *over_plane(wood, nodes, out), card_of(wood, nodes), bars


def over_plane(wood: Wood, nodes: list[Branch], out: Ints) -> Pictures:
    """Return the votes, the newest tree's cuts, and its sample; nothing of data that have no place on the plane.

    Of added features there are no cuts along the axes of the plane.
    """
    features = wood.features
    if not (features.plane or features.axis):
        return ()
    area = area_over(features)
    said = wood.everywhere()
    behind: Surface | Heat | Fit
    if features.axis:
        behind = Fit(wood.cells[:, 0].astype(float), said, (say(""),), wood.shares()[:, 0] if wood.trees else NOBODY)
    elif features.numeric:
        behind = Heat(said[0].reshape(ROWS, COLUMNS).astype(np.float32), area, COLDEST, WARMEST)
    else:
        behind = Surface(said.reshape(-1, ROWS, COLUMNS).astype(np.float32), area)
    sampled = Marked(faded=wood.train.index[out])
    return (behind, sampled) if features.added else (behind, splits_of(nodes, boxes(nodes, area), faint=True), sampled)


def card_of(wood: Wood, nodes: list[Branch]) -> NewestTree:
    """Return the newest tree; one without nodes before the first."""
    classes = wood.features.classes
    if not nodes:
        nothing = np.zeros(0)
        return NewestTree(np.zeros(0, np.int64), (), (), np.zeros((0, max(1, len(classes)))), nothing, nothing, classes)
    tree = tree_of(nodes, classes)
    return NewestTree(tree.parents, tree.questions, tree.answers, tree.counts, tree.values, tree.impurities, classes)
