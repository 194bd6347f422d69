"""A tree with as many branches as a question has answers, and where each row of the data is while it grows.

A row may be at several nodes at once, with a share of its weight at each: that is how a missing answer is lived with.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import log2
from typing import Any

import numpy as np

from engines.core.arrays import Bools, Floats, Ints
from engines.core.dataset import TEST, TRAIN, VALIDATION, Dataset
from engines.core.language import Note
from engines.core.params import Params
from engines.core.step import Change, Outcome
from engines.data.points import UNLABELLED
from engines.evaluation.metrics import macro_f1
from engines.pictures.confusion import Confusion
from engines.pictures.tree import Tree
from engines.trees._examples import Examples
from engines.trees._picture import Node, below, tree_of

STAYS, SHARED = -1, -2  # instead of a branch: an answer that nobody gave in training, and no answer at all
MOST_NODES = 1023  # of the picture of the tree: more than anybody can read


def entropy(counts: Floats) -> Floats:
    """Return -Σ p log₂ p of the classes along the last axis, in bits; 0 where there is nothing."""
    share = counts / np.maximum(counts.sum(-1, keepdims=True), 1e-300)
    return np.asarray(-(share * np.log2(np.where(share > 0, share, 1.0))).sum(-1)) + 0.0  # no minus zero


def bits_of(counts: Sequence[float]) -> float:
    """Return the same of one node, without the way through numpy: a tree has many nodes of a few classes."""
    total = sum(counts)
    return -sum(count / total * log2(count / total) for count in counts if count > 0) + 0.0


class Listener:
    """Takes up what reaches a run: new params at once; edited data are kept for when the growing has ended."""

    def __init__(self, params: Params) -> None:
        self.params: Any = params
        self.data: Dataset | None = None

    def edited(self, change: Change | None) -> bool:
        """Whether the data are other ones by now, so that the tree must grow anew."""
        if change and change.params is not None:
            self.params = change.params
        if change and change.data is not None:
            self.data = change.data
        return self.data is not None


@dataclass
class Growth:
    """The tree as far as it has grown. rows, shares: per node, the rows that are here and how much of each.

    predicted: (n,) class. right: hits by part. mixed: whether rows are at several nodes; only then votes are kept, (n,
    classes) each row's share of each class over all the places where it stops.
    """

    examples: Examples
    nodes: list[Node] = field(default_factory=list)
    rows: list[Ints] = field(default_factory=list)
    shares: list[Floats] = field(default_factory=list)
    predicted: Ints = field(init=False)
    right: Ints = field(init=False)
    votes: Floats = field(init=False)
    mixed: bool = False
    bits: float = 0.0  # entropy of the leaves, each weighted by its rows
    leaves: int = 1
    levels: Counter[int] = field(default_factory=Counter)  # how many nodes there are at each depth
    asked: dict[int, tuple[int, float]] = field(default_factory=dict)  # column and threshold at a node
    places: dict[int, Note] = field(default_factory=dict)  # in words, of nodes that were spoken of
    _told: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.examples.y)
        self.predicted = np.full(n, -2)  # nobody yet; and never right
        self.right = np.zeros(3, np.int64)
        self.votes = np.zeros((0, 0))
        self._stop(self._added(np.arange(n), np.ones(n), -1, ""))

    def _added(self, rows: Ints, shares: Floats, parent: int, answer: Note | str) -> int:
        """Put a node with these rows behind the others."""
        mine = self.examples.train[rows]
        counts: Floats = np.asarray(
            np.bincount(self.examples.y[rows[mine]], shares[mine], len(self.examples.classes)), float
        )
        value = int(counts.argmax()) if counts.any() or parent < 0 else int(self.nodes[parent].value)
        depth = self.nodes[parent].depth + 1 if parent >= 0 else 0
        self.levels[depth] += 1
        self.nodes.append(Node(counts, value, bits_of(counts.tolist()), parent, depth, answer))
        self.rows.append(rows)
        self.shares.append(shares)
        if parent >= 0:
            self.nodes[parent].children.append(len(self.nodes) - 1)
        return len(self.nodes) - 1

    def train(self, node: int) -> tuple[Ints, Floats, Ints]:
        """Return the training rows at a node, their shares and their classes."""
        rows = self.rows[node]
        mine = self.examples.train[rows]
        return rows[mine], self.shares[node][mine], self.examples.y[rows[mine]]

    def split(self, node: int, question: Note | str, answers: Sequence[Note | str], branch: Ints) -> list[int]:
        """Ask a question at a node and return its children. branch: (rows of the node,) child, STAYS or SHARED.

        Rows that are SHARED go to every child, in proportion to the training rows whose answer is known.
        """
        rows, shares = self.rows[node], self.shares[node]
        self.nodes[node].question = question
        shared, moved = branch == SHARED, branch != STAYS
        sharing = bool(shared.any())
        if sharing:
            known = self.examples.train[rows] & (branch >= 0)
            part = np.bincount(branch[known], shares[known], len(answers)) / shares[known].sum()
            if not self.mixed:
                self.votes, self.mixed = self.probabilities(), True
        self._go(node, moved)
        children = []
        for child, answer in enumerate(answers):
            here = branch == child
            weight = shares[here]
            if sharing:
                here |= shared
                weight = np.where(shared[here], shares[here] * part[child], shares[here])
            children.append(self._added(rows[here], weight, node, answer))
            self._stop(children[-1])
        self._count(rows[moved])
        self.leaves += len(answers) - 1
        return children

    def cut(self, node: int) -> None:
        """Take back all questions from a node on: it is a leaf again. The nodes below stay in the list, unreached."""
        gone = below(self.nodes, node)
        for other in [node, *gone]:
            self._go(other, self._resting(other))
        self.leaves += 1 - sum(not self.nodes[other].children for other in gone)
        self.levels.subtract(self.nodes[other].depth for other in gone)
        self.nodes[node].question, self.nodes[node].children = "", []
        self._stop(node)
        self._count(self.rows[node])

    def _resting(self, node: int) -> Bools:
        """Return which rows of a node go no further: all at a leaf, else those that no child has."""
        rest = np.ones(len(self.rows[node]), bool)
        if not self.nodes[node].children:
            return rest
        gone = np.concatenate([self.rows[child] for child in self.nodes[node].children])
        return ~np.isin(self.rows[node], gone) if self.mixed or len(gone) < len(rest) else ~rest

    def distribution(self, node: int) -> Floats:
        """Return the share of each class at a node; where no training row came, that of the node above."""
        counts = self.nodes[node].counts
        while not counts.any() and node:
            node = self.nodes[node].parent
            counts = self.nodes[node].counts
        return counts / max(counts.sum(), 1e-300)

    def _stop(self, node: int) -> None:
        """Let the rows of a node end there: its entropy counts, and its voice for what is predicted."""
        self._told = {}
        self.bits += sum(self.nodes[node].counts.tolist()) * self.nodes[node].impurity
        rows = self.rows[node]
        if self.mixed:
            self.votes[rows] += self.shares[node][:, None] * self.distribution(node)
            return
        y, value = self.examples.y[rows], int(self.nodes[node].value)
        change = (y == value).astype(np.int64) - (y == self.predicted[rows])
        self.predicted[rows] = value
        self.right += np.bincount(self.examples.parts[rows], change, 3).astype(np.int64)

    def _go(self, node: int, which: Bools) -> None:
        """Let these rows of a node (its rows,) go on: what ``_stop`` counted is taken back."""
        self._told = {}
        if not self.nodes[node].children:
            self.bits -= sum(self.nodes[node].counts.tolist()) * self.nodes[node].impurity
        if self.mixed:
            self.votes[self.rows[node][which]] -= self.shares[node][which][:, None] * self.distribution(node)

    def _count(self, rows: Ints) -> None:
        """Bring predictions and hits up to date where votes are kept; of equally strong classes the first."""
        if not self.mixed:
            return
        y, votes = self.examples.y[rows], self.votes[rows]
        before = self.predicted[rows] == y
        self.predicted[rows] = (votes >= votes.max(1, keepdims=True, initial=0.0) - 1e-9).argmax(1)
        change = (self.predicted[rows] == y).astype(np.int64) - before
        self.right += np.bincount(self.examples.parts[rows], change, 3).astype(np.int64)

    # What is told

    def scalars(self) -> dict[str, float]:
        """Return the entropy that is left, the accuracies and the size of the tree as far as it has grown."""
        if not self._told:
            share = self.right / self.examples.labelled
            self._told = {
                "entropy": abs(self.bits) / float(self.nodes[0].counts.sum()),
                "train_accuracy": float(share[TRAIN]),
                "validation_accuracy": float(share[VALIDATION]),
                "leaves": float(self.leaves),
                "depth": float(self.depth),
            }
        return self._told

    @property
    def depth(self) -> int:
        """Questions on the longest way down."""
        return max(depth for depth, count in self.levels.items() if count)

    def alive(self) -> list[int]:
        """Return the nodes that belong to the tree."""
        return [0, *below(self.nodes, 0)]

    def probabilities(self) -> Floats:
        """Return each row's share of each class: (n, classes)."""
        if not self.mixed:
            votes = np.zeros((len(self.examples.y), len(self.examples.classes)))
            for node in self.alive():  # who goes on is overwritten further down
                if len(self.rows[node]) > sum(len(self.rows[child]) for child in self.nodes[node].children):
                    votes[self.rows[node]] = self.distribution(node)
            return votes
        votes = np.maximum(self.votes, 0.0)
        return votes / np.maximum(votes.sum(1, keepdims=True), 1e-300)

    def outcome(self) -> Outcome:
        """Return what the run came to."""
        test, y = self.test_rows(), self.examples.y
        nodes = [self.nodes[node] for node in self.alive()]
        hits = {"test_accuracy": float((self.predicted[test] == y[test]).mean()) if len(test) else float("nan")}
        return Outcome(
            self.scalars() | hits | { "test_f1": macro_f1(self.predicted[test], y[test]), "n_leaves": self.leaves},
            {
                "predictions": self.predicted.copy(), "probabilities": self.probabilities(),
                "counts": np.array([node.counts for node in nodes]), "parents": self.tree().parents,
            },
        )  # fmt: skip

    def tree(self, lit: int = -1, pruned: Sequence[int] = ()) -> Tree:
        """Draw the nodes that belong to the tree, as they are now."""
        place = {old: new for new, old in enumerate(self.alive()[:MOST_NODES])}
        nodes = [self.nodes[old] for old in place]
        cut = [place[old] for old in pruned if old in place]
        tree = tree_of(nodes, self.examples.classes, place.get(lit, -1), cut)
        return replace(tree, parents=np.array([place.get(node.parent, -1) for node in nodes], np.int64))

    def stayed(self) -> int:
        """Return how many rows came to an answer that no training row gave there."""
        asking = [node for node in self.alive() if self.nodes[node].children]
        return sum(int(self._resting(node).sum()) for node in asking)

    def confusion(self) -> Confusion:
        """Return truth against prediction of every row that has a class."""
        index = np.flatnonzero(self.examples.y != UNLABELLED)
        y = self.examples.y[index]
        classes = self.examples.classes
        return Confusion(y, self.predicted[index], self.examples.parts[index], index, len(classes), classes)

    def test_rows(self) -> Ints:
        """Return the rows for the last word: (m,)."""
        return np.flatnonzero((self.examples.parts == TEST) & (self.examples.y != UNLABELLED))
