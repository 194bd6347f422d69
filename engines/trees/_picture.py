"""What every tree keeps of a node, and how its nodes become the picture of a tree."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from engines.core.arrays import Floats
from engines.core.language import Note
from engines.pictures.tree import Tree


@dataclass
class Node:
    """One node while the tree grows; a leaf as long as it has no children.

    counts: (classes,) float, the training data of each class that came here; (1,) where a number is learned. value: the
    class that is predicted, or the number. answer: to the parent's question, on the branch that leads here.
    """

    counts: Floats
    value: float
    impurity: float
    parent: int = -1
    depth: int = 0
    answer: Note | str = ""
    question: Note | str = ""
    children: list[int] = field(default_factory=list)


def add(nodes: list[Node], node: Node) -> int:
    """Put a node behind the others and under its parent, and return its number."""
    nodes.append(node)
    if node.parent >= 0:
        nodes[node.parent].children.append(len(nodes) - 1)
        node.depth = nodes[node.parent].depth + 1
    return len(nodes) - 1


def tree_of(nodes: Sequence[Node], classes: tuple[str, ...], lit: int = -1, pruned: Sequence[int] = ()) -> Tree:
    """Draw the nodes as they are now; ``lit`` is worked on, ``pruned`` are being cut off. There must be a root."""
    return Tree(
        np.array([node.parent for node in nodes], np.int64),
        tuple(node.question for node in nodes),
        tuple(node.answer for node in nodes),
        np.array([node.counts for node in nodes], float),
        np.array([node.value for node in nodes], float),
        np.array([node.impurity for node in nodes], float),
        classes,
        lit,
        np.array(pruned, np.int64),
    )


def without(nodes: list[Node], top: int) -> list[Node]:
    """Return copies of the nodes without those below ``top``, which becomes a leaf; numbers close up."""
    gone = set(below(nodes, top))
    place = {old: new for new, old in enumerate(i for i in range(len(nodes)) if i not in gone)}
    kept = []
    for old in place:
        node = nodes[old]
        question: Note | str = "" if old == top else node.question
        children = [place[child] for child in node.children if child in place]
        parent = place.get(node.parent, -1)
        kept.append(Node(node.counts, node.value, node.impurity, parent, node.depth, node.answer, question, children))
    return kept


def below(nodes: Sequence[Node], top: int) -> list[int]:
    """Return the numbers of all nodes under ``top``, without itself, in the order in which they were made."""
    found, todo = [], list(nodes[top].children)
    while todo:
        found.append(number := todo.pop())
        todo += nodes[number].children
    return sorted(found)
