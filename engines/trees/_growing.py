"""A binary tree while it grows: its nodes, those that can still be split, and what each is worth."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.dataset import Dataset
from engines.core.language import Note, say
from engines.data.features import Features, Share, learns_a_number
from engines.evaluation.checks import with_classes, with_numbers
from engines.evaluation.metrics import SMALLEST
from engines.trees._cuts import Cuts, best_cuts, impurity, parted
from engines.trees._picture import Node

PURE = float(np.finfo(float).eps)  # an impurity up to here is none; scikit-learn's bound
NOTHING = np.zeros((1, 0), np.int64)
TRAIN_HITS, TRAIN_LOSS, VALIDATION_HITS, VALIDATION_LOSS = range(4)


@dataclass(frozen=True)
class Limits:
    """When to stop. criterion: gini, entropy or squared_error. max_leaf_nodes: 0 for no limit."""

    criterion: str
    max_depth: int
    min_samples_split: int
    min_samples_leaf: int
    max_leaf_nodes: int


@dataclass
class Branch(Node):
    """A node of a binary tree.

    orders: (d, n) its training rows in the ascending order of each column, let go of once it is split. held: its
    validation rows. cuts: the best of each column, none where it stays a leaf, and ``why`` then says so. Rows with
    ``column`` ≤ ``threshold`` go to the first child. sums: (4,) hits and loss over its training and validation rows.
    """

    orders: Ints = field(default_factory=lambda: NOTHING)
    held: Ints = field(default_factory=lambda: NOTHING[0])
    n: int = 0
    cuts: Cuts | None = None
    why: Note | str = ""
    column: int = -1
    threshold: float = float("nan")
    sums: Floats = field(default_factory=lambda: np.zeros(4))


@dataclass
class Growing:
    """The tree and its data. columns: (d, n) of the training rows; target: (n,) their class or number.

    waiting: the nodes that can be split, the next one first. sums: those of all leaves.
    """

    features: Features
    limits: Limits
    train: Share
    validation: Share
    columns: Floats
    target: Floats | Ints
    nodes: list[Branch] = field(default_factory=list)
    waiting: list[tuple[float, int]] = field(default_factory=list)
    sums: Floats = field(default_factory=lambda: np.zeros(4))
    leaves: int = 1

    @property
    def numeric(self) -> bool:
        """Whether a number is learned and no class."""
        return self.features.numeric

    @property
    def next(self) -> int:
        """The node to split next, -1 when the tree is grown."""
        most = self.limits.max_leaf_nodes
        return self.waiting[0][1] if self.waiting and not (most and self.leaves >= most) else -1

    @property
    def depth(self) -> int:
        """Questions on the longest way down."""
        return max(node.depth for node in self.nodes)


def features_of(data: Dataset) -> Features:
    """Return what is learned from: a class, or a number where that is what the data hold."""
    return with_numbers(data) if learns_a_number(data) else with_classes(data)


def planted(features: Features, limits: Limits) -> Growing:
    """Return a tree of the root alone; every column is sorted here, once for the whole run."""
    train = features.train
    if features.numeric:
        limits = replace(limits, criterion="squared_error")
    columns = np.ascontiguousarray(train.x.T)
    target = train.value if features.numeric else train.y
    tree = Growing(features, limits, train, features.validation, columns, target)
    everybody = np.arange(len(tree.validation.index))
    root = node_of(tree, np.argsort(columns, axis=1), everybody, depth=0)
    tree.sums = root.sums
    enlist(tree, root, -1, "")
    return tree


def split(tree: Growing, number: int) -> tuple[Branch, Branch]:
    """Ask the best question of the node that is next, and return its two children."""
    heapq.heappop(tree.waiting)
    node = tree.nodes[number]
    assert node.cuts is not None
    node.column, node.threshold = node.cuts.best, float(node.cuts.thresholds[node.cuts.best])
    node.question, answers = asked(tree.features.names, node.column, node.threshold)
    deepest = node.depth + 1 >= tree.limits.max_depth
    orders = node.orders[:1] if deepest else node.orders  # what is not split further needs no order
    sides = parted(orders, tree.columns[node.column] <= node.threshold)
    low = tree.validation.x[node.held, node.column] <= node.threshold
    node.orders = NOTHING
    children = [
        node_of(tree, side, held, node.depth + 1)
        for side, held in zip(sides, (node.held[low], node.held[~low]), strict=True)
    ]
    for child, answer in zip(children, answers, strict=True):
        enlist(tree, child, number, answer)
    tree.sums = tree.sums - node.sums + children[0].sums + children[1].sums
    tree.leaves += 1
    return children[0], children[1]


def node_of(tree: Growing, orders: Ints, held: Ints, depth: int) -> Branch:
    """Return a node with these rows, and either its best cuts or the reason why it has none."""
    mine = tree.target[orders[0]]
    if tree.numeric:
        mean = float(mine.mean())
        node = Branch(np.array([len(mine)], float), mean, float(((mine - mean) ** 2).mean()))
        node.sums = np.array([np.nan, node.impurity * len(mine), np.nan, np.nan])
        node.sums[VALIDATION_LOSS] = ((tree.validation.value[held] - mean) ** 2).sum()
    else:
        counts = np.bincount(mine, minlength=tree.features.n_classes).astype(float)
        node = Branch(counts, int(counts.argmax()), impurity(counts, tree.limits.criterion))
        seen = np.bincount(tree.validation.y[held], minlength=len(counts))
        lost = losses(counts / len(mine), tree.limits.criterion)
        node.sums = np.array(
            [counts.max(), node.impurity * len(mine), seen[int(node.value)], (seen * lost)[seen > 0].sum()]
        )
    node.orders, node.held, node.n, node.depth = orders, held, len(mine), depth
    node.why = reason(tree.limits, node)
    if not node.why:
        least = tree.limits.min_samples_leaf
        node.cuts = best_cuts(tree.columns, tree.target, orders, tree.limits.criterion, least)
        if not node.cuts.possible:
            node.cuts, node.why = None, say("no threshold leaves enough samples on both sides")
    if node.why:
        node.orders = NOTHING
    return node


def losses(shares: Floats, criterion: str) -> Floats:
    """Return what a row of each class costs where a leaf has these shares: 1 - p, or -log₂ p.

    Their mean over the training rows of the leaf is its impurity.
    """
    return 1 - shares if criterion == "gini" else -np.log2(np.maximum(shares, SMALLEST))


def reason(limits: Limits, node: Branch) -> Note | str:
    """Return why a node is not split, whatever the questions; empty when it may be."""
    if node.impurity <= PURE:
        return say("pure")
    if node.depth >= limits.max_depth:
        return say("the tree may not be deeper")
    if node.n < max(limits.min_samples_split, 2 * limits.min_samples_leaf):
        return say("too few samples")
    return ""


def enlist(tree: Growing, node: Branch, parent: int, answer: Note | str) -> None:
    """Put a node into the tree, and among those that wait where it can be split.

    Level by level; where the leaves are limited, the largest decrease of the whole tree's impurity first.
    """
    node.parent, node.answer = parent, answer
    number = len(tree.nodes)
    tree.nodes.append(node)
    if parent >= 0:
        tree.nodes[parent].children.append(number)
    if node.cuts is not None:
        gain = node.n * (node.impurity - node.cuts.after[node.cuts.best]) if tree.limits.max_leaf_nodes else 0.0
        heapq.heappush(tree.waiting, (-float(gain), number))


def asked(names: Sequence[str], column: int, threshold: float) -> tuple[Note | str, tuple[Note, Note]]:
    """Return the question and the answers that lead to the first and the second child."""
    name = names[column]
    if " = " in name and threshold == 0.5:  # a category's label: 0 or 1
        return name, (say("no"), say("yes"))
    return f"{name} ≤ {number_text(threshold)}", (say("yes"), say("no"))


def number_text(value: float) -> str:
    """Return a threshold with four figures, and with all those before the point."""
    return (f"{value:.1f}" if 1e4 <= abs(value) < 1e15 else f"{value:.4g}").replace("-", "−")


def leaf_of(nodes: Sequence[Branch], x: Floats) -> Ints:
    """Return the leaf that each row comes to: x (n, d), (n,) numbers of nodes."""
    place = np.zeros(len(x), np.int64)
    rows: list[Ints] = [np.arange(len(x))] + [NOTHING[0]] * (len(nodes) - 1)
    for number, node in enumerate(nodes):
        mine, rows[number] = rows[number], NOTHING[0]
        if not node.children:
            place[mine] = number
            continue
        low = x[mine, node.column] <= node.threshold
        rows[node.children[0]], rows[node.children[1]] = mine[low], mine[~low]
    return place


def attributes(nodes: Sequence[Branch], n_columns: int) -> dict[str, Floats | Ints]:
    """Return the tree under scikit-learn's names, (m,) each with -1 and -2 for a leaf, and (n_columns,) importances.

    A column's importance is the share of all decrease of impurity that its questions brought.
    """
    inner = [node for node in nodes if node.children]
    gains = np.zeros(n_columns)
    for node in inner:
        low, high = (nodes[child] for child in node.children)
        gains[node.column] += node.n * node.impurity - low.n * low.impurity - high.n * high.impurity
    return {
        "feature_importances_": gains / (gains.sum() or 1.0),
        "children_left": np.array([node.children[0] if node.children else -1 for node in nodes]),
        "children_right": np.array([node.children[1] if node.children else -1 for node in nodes]),
        "feature": np.array([node.column if node.children else -2 for node in nodes]),
        "threshold": np.array([node.threshold if node.children else -2.0 for node in nodes]),
        "impurity": np.array([node.impurity for node in nodes]),
        "n_node_samples": np.array([node.n for node in nodes]),
    }
