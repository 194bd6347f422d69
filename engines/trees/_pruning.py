"""Minimal cost-complexity pruning: which branch is worth its leaves least.

Breiman, Friedman, Olshen and Stone, 1984, chapter 3. With R for the share-weighted impurity, a branch of L leaves below
node t is worth g(t) = (R(t) - R(branch)) / (L - 1) a leaf. The branch with the smallest g is the weakest link.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engines.core.arrays import Bools, Floats, Ints
from engines.trees._growing import Branch, Growing
from engines.trees._picture import below


@dataclass
class Links:
    """The inner nodes that still stand. own: R(t), as a leaf. branch: R of the leaves below. leaves: how many.

    All (m,), of every node that was grown. standing: not cut off yet; inner: with children that stand. g: what each
    branch is worth a leaf, infinity where there is none. sums: as those of ``Growing``, of the leaves that stand.
    alpha: the g of the last link that was cut.
    """

    own: Floats
    branch: Floats
    leaves: Ints
    standing: Bools
    inner: Bools
    sums: Floats
    g: Floats
    alpha: float = 0.0

    @property
    def weakest(self) -> int:
        """The link with the smallest g, of equally weak ones the first; -1 where only the root is left."""
        weakest = int(self.g.argmin())
        return weakest if self.inner[weakest] else -1


def links_of(tree: Growing) -> Links:
    """Return the links of a tree that is grown."""
    nodes = tree.nodes
    own = np.array([node.impurity * node.n for node in nodes]) / nodes[0].n
    inner = np.array([bool(node.children) for node in nodes])
    branch, leaves = np.where(inner, 0.0, own), np.where(inner, 0, 1)
    for number in range(len(nodes) - 1, 0, -1):  # children come after their parents
        branch[nodes[number].parent] += branch[number]
        leaves[nodes[number].parent] += leaves[number]
    g = np.where(inner, np.maximum(own - branch, 0) / np.maximum(leaves - 1, 1), np.inf)
    return Links(own, branch, leaves, np.ones(len(nodes), bool), inner, tree.sums, g)


def cut(links: Links, nodes: Sequence[Branch], top: int) -> list[int]:
    """Make ``top`` a leaf, and return the nodes that are cut off with that."""
    links.alpha = max(links.alpha, float(links.g[top]))
    gone = [number for number in below(nodes, top) if links.standing[number]]
    for number in gone:
        if not links.inner[number]:
            links.sums = links.sums - nodes[number].sums
    links.sums = links.sums + nodes[top].sums
    fewer, dearer = links.leaves[top] - 1, links.own[top] - links.branch[top]
    links.standing[gone] = links.inner[gone] = False
    links.inner[top] = False
    links.g[[top, *gone]] = np.inf
    links.leaves[top], links.branch[top] = 1, links.own[top]
    above = nodes[top].parent
    while above >= 0:
        links.leaves[above] -= fewer
        links.branch[above] += dearer
        links.g[above] = max(0.0, links.own[above] - links.branch[above]) / (links.leaves[above] - 1)
        above = nodes[above].parent
    return gone


def cut_up_to(links: Links, nodes: Sequence[Branch], alpha: float) -> None:
    """Cut every link with g ≤ alpha, the weakest first."""
    while due(links, alpha):
        cut(links, nodes, links.weakest)


def due(links: Links, alpha: float) -> bool:
    """Whether the weakest link is to be cut; none is where alpha is 0."""
    weakest = links.weakest
    return alpha > 0 and weakest >= 0 and bool(links.g[weakest] <= alpha)


def pruning_path(tree: Growing) -> tuple[Floats, Floats]:
    """Return the g at which each link goes, one after the other down to the root, and R of the tree then.

    Both begin with 0 and the whole tree, as those of scikit-learn's cost_complexity_pruning_path do.
    """
    links = links_of(tree)
    alphas, impurities = [0.0], [float(links.branch[0])]
    while (weakest := links.weakest) >= 0:
        alphas.append(float(links.g[weakest]))
        cut(links, tree.nodes, weakest)
        impurities.append(float(links.branch[0]))
    return np.array(alphas), np.array(impurities)


def number_among(standing: Bools, number: int) -> int:
    """Return the number that a node has among those that stand; -1 stays -1."""
    return int(np.count_nonzero(standing[: number + 1])) - 1


def standing_nodes(nodes: list[Branch], standing: Bools) -> list[Branch]:
    """Return the nodes without those that are cut off; numbers close up, parents stay before their children."""
    if standing.all():
        return nodes
    place = {int(old): new for new, old in enumerate(np.flatnonzero(standing))}
    kept = []
    for old in place:
        node = nodes[old]
        children = [place[child] for child in node.children if child in place]
        question = node.question if children else ""
        parent = place[node.parent] if node.parent >= 0 else -1
        kept.append(replace(node, parent=parent, children=children, question=question))
    return kept
