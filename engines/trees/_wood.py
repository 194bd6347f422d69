"""Many trees and what they say together: votes, votes of those that have not seen a row, importances."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from engines.core.arrays import Bools, Floats, Ints
from engines.data.features import Features, Share
from engines.trees._growing import Branch, asked
from engines.trees._plane import places_of

MOST_SEED = np.iinfo(np.int32).max
NOBODY = np.zeros(0, np.int64)


class Grown(Protocol):
    """What a forest needs of scikit-learn's ``Tree``."""

    children_left: Ints
    children_right: Ints
    feature: Ints
    threshold: Floats
    impurity: Floats
    value: Floats
    weighted_n_node_samples: Floats
    n_leaves: int
    max_depth: int

    def predict(self, x: Floats) -> Floats:
        """Return the value of the leaf of each row: (n, outputs)."""
        ...

    def compute_feature_importances(self) -> Floats:
        """Return the share of the decrease of impurity that each column brought."""
        ...


@dataclass
class Wood:
    """The trees so far and the sums of what they say.

    x: (n, d) float32, all rows; inputs: (m, d), those of the training share. target: (m,) of the training rows, the
    place of the class in ``present``, or the number. votes: (n, k) the sum over the trees of the shares of each class,
    or of the number; unseen: (m, k) the same of the training rows, from the trees only in whose sample they are not;
    asked: (m,) how many those are. cells, painted: where the plane is asked, and the sum there of so many trees.
    """

    features: Features
    train: Share
    validation: Share
    x: Floats
    inputs: Floats
    target: Floats
    present: Ints
    votes: Floats
    unseen: Floats
    asked: Ints
    importances: Floats
    trees: list[Grown] = field(default_factory=list)
    cells: Floats = field(default_factory=lambda: np.zeros(0))
    painted: Floats = field(default_factory=lambda: np.zeros(0))
    painted_trees: int = 0

    def __len__(self) -> int:
        return len(self.trees)

    @property
    def left_out(self) -> Bools:
        """Which training rows at least one tree has not seen: (m,)."""
        return self.asked > 0

    def add(self, tree: Grown, out: Ints) -> Floats:
        """Take a tree in, and return what it says on its own about every row. out: training rows it has not seen."""
        said = self.spread(tree.predict(self.x))
        self.trees.append(tree)
        self.votes += said
        self.unseen[out] += said[self.train.index[out]]
        self.asked[out] += 1
        self.importances += tree.compute_feature_importances()
        return said

    def shares(self) -> Floats:
        """Return the mean of what the trees say about every row: (n, k), NaN before the first."""
        return self.votes / (len(self.trees) or np.nan)

    def unseen_shares(self) -> Floats:
        """Return the same of the training rows, from trees that have not seen them: (left out, k)."""
        rows = self.left_out
        return self.unseen[rows] / self.asked[rows, None]

    @property
    def importance(self) -> Floats:
        """The columns' shares of all decrease of impurity: (d,), 0 before the first tree."""
        return self.importances / (self.importances.sum() or 1.0)

    def everywhere(self) -> Floats:
        """Return the mean at every cell of the plane or place of the axis: (k, cells).

        Each tree is asked once, when somebody looks.
        """
        if not len(self.cells):
            self.cells = cells_of(self.features)
            self.painted = np.zeros((self.votes.shape[1], len(self.cells)))
        while self.painted_trees < len(self.trees):
            self.painted += self.spread(self.trees[self.painted_trees].predict(self.cells)).T
            self.painted_trees += 1
        if not self.trees:  # nothing is known: every class is as likely as any other, or the mean of all
            flat = self.target.mean() if self.features.numeric else 1 / self.votes.shape[1]
            return np.full_like(self.painted, flat)
        return self.painted / len(self.trees)

    def spread(self, said: Floats) -> Floats:
        """Return the shares of every class of the data, where some have no training rows."""
        if self.features.numeric or len(self.present) == self.votes.shape[1]:
            return said
        spread = np.zeros((len(said), self.votes.shape[1]))
        spread[:, self.present] = said
        return spread


def cleared(features: Features) -> Wood:
    """Return a wood without trees."""
    train = features.train
    present = NOBODY if features.numeric else np.unique(train.y)
    target = train.value if features.numeric else np.searchsorted(present, train.y).astype(float)
    k = 1 if features.numeric else features.n_classes
    rows = len(train.index)
    x = np.ascontiguousarray(features.x, np.float32)  # what scikit-learn's trees work with
    return Wood(
        features, train, features.validation, x, x[train.index], target, present,
        np.zeros((len(features), k)), np.zeros((rows, k)), np.zeros(rows, np.int64), np.zeros(features.x.shape[1]),
    )  # fmt: skip


def cells_of(features: Features) -> Floats:
    """Return what a picture asks the forest, float32: the columns of each cell of the plane, or place of the axis."""
    return np.ascontiguousarray(features.at(places_of(features)), np.float32)


def top_of(tree: Grown, wood: Wood, most: int) -> list[Branch]:
    """Return the first ``most`` nodes of one of the trees, level by level."""
    nodes, numbers = [_node(tree, wood, 0)], [0]
    for place, number in enumerate(numbers):
        low, high = int(tree.children_left[number]), int(tree.children_right[number])
        if low < 0 or len(nodes) + 2 > most:
            continue
        node = nodes[place]
        node.column, node.threshold = int(tree.feature[number]), float(tree.threshold[number])
        node.question, answers = asked(wood.features.names, node.column, node.threshold)
        node.children = [len(nodes), len(nodes) + 1]
        for child, answer in zip((low, high), answers, strict=True):
            below = _node(tree, wood, child)
            below.parent, below.answer, below.depth = place, answer, node.depth + 1
            nodes.append(below)
            numbers.append(child)
    return nodes


def _node(tree: Grown, wood: Wood, number: int) -> Branch:
    """Return one node as a leaf."""
    weight, said = float(tree.weighted_n_node_samples[number]), tree.value[number][0]
    impurity = float(tree.impurity[number])
    if wood.features.numeric:
        return Branch(np.array([weight]), float(said[0]), impurity, n=round(weight))
    counts = wood.spread(said[None])[0] * weight
    return Branch(counts, int(counts.argmax()), impurity, n=round(weight))
