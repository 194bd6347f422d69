"""What is said about a binary tree while it grows and is pruned, with the numbers put in."""

import numpy as np

from engines.core.language import Note, say
from engines.pictures.tree import Candidates
from engines.trees._growing import Branch, Growing, asked
from engines.trees._pruning import Links

MOST_ROWS = 12  # of a table: the best ones, in the order of the columns
MOST_TERMS = 4  # classes whose shares are written out
HEADS = (say("cut at"), say("after"), say("drop"))
LINK_HEADS = (say("R(t)"), say("R(Tₜ)"), say("leaves"), say("g"))
NO_TABLE = Candidates(say("Column"), HEADS, (), np.zeros((0, 3)))


def measured(tree: Growing, node: Branch) -> Note:
    """Return the impurity of a node as it is worked out from the shares of its classes."""
    if tree.numeric:
        mean = f"{'+' if node.value < 0 else '−'} {abs(node.value):.3f}"
        return say("squared error = mean of (y {mean})² = {impurity:.4g}", mean=mean, impurity=node.impurity)
    shares = [float(share) for share in node.counts / node.n if share > 0]
    if tree.limits.criterion == "gini":
        terms = " − ".join(f"{share:.3f}²" for share in shares) if len(shares) <= MOST_TERMS else "Σ p²"
        return say("Gini = 1 − {terms} = {impurity:.3f}", terms=terms, impurity=node.impurity)
    terms = (
        " − ".join(f"{share:.3f}·log₂ {share:.3f}" for share in shares) if len(shares) <= MOST_TERMS else "Σ p·log₂ p"
    )
    return say("entropy = −{terms} = {impurity:.3f} bits", terms=terms, impurity=node.impurity)


def at_root(tree: Growing) -> Note:
    """Say what the root holds, and why it is not split where it is not."""
    root = tree.nodes[0]
    note = say("All {n} training samples are in the root: {measured}", n=root.n, measured=measured(tree, root))
    return say("{note}. Node {number} stays a leaf: {why}", note=note, number=0, why=root.why) if root.why else note


def weighed(tree: Growing, number: int) -> Note:
    """Say which cut of a node is the best, and by how much."""
    node = tree.nodes[number]
    assert node.cuts is not None
    best = node.cuts.best
    question, _ = asked(tree.features.names, best, float(node.cuts.thresholds[best]))
    after = float(node.cuts.after[best])
    return say(
        "Node {number}, {n} samples: {measured}. The best question is {question}: "
        "it lowers the impurity by {before:.4g} − {after:.4g} = {gain:.4g}",
        number=number, n=node.n, measured=measured(tree, node), question=question, before=node.impurity, after=after,
        gain=node.impurity - after,
    )  # fmt: skip


def weighed_table(tree: Growing, number: int) -> Candidates:
    """Return the best cut of each column, the winner lit."""
    node = tree.nodes[number]
    assert node.cuts is not None
    after = node.cuts.after
    rows = np.sort(np.argsort(after, kind="stable")[:MOST_ROWS])
    values = np.column_stack([node.cuts.thresholds, after, node.impurity - after])[rows]
    values[~np.isfinite(values[:, 1])] = np.nan
    names = tuple(tree.features.names[column] for column in rows.tolist())
    return Candidates(say("Column"), HEADS, names, values, int(np.flatnonzero(rows == node.cuts.best)[0]))


def divided(tree: Growing, number: int) -> Note:
    """Say how many samples went where, and which of the two nodes stays a leaf."""
    node = tree.nodes[number]
    left, right = node.children
    note = say(
        "{question}: {left} of {n} samples go to node {a}, {right} to node {b}", question=node.question, n=node.n,
        left=tree.nodes[left].n, right=tree.nodes[right].n, a=left, b=right,
    )  # fmt: skip
    if (why := tree.nodes[left].why) and why == tree.nodes[right].why:
        return say("{note}. Both stay leaves: {why}", note=note, why=why)
    for child in (left, right):
        if why := tree.nodes[child].why:
            note = say("{note}. Node {number} stays a leaf: {why}", note=note, number=child, why=why)
    return note


def cut_off(links: Links, alpha: float) -> Note:
    """Say which link is the weakest, and what its branch is worth a leaf."""
    weakest = links.weakest
    return say(
        "Weakest link, node {number}: g = ({own:.4g} − {branch:.4g}) / ({leaves} − 1) = {g:.4g} ≤ α = {alpha:.4g}. "
        "It becomes a leaf",
        number=weakest, own=float(links.own[weakest]), branch=float(links.branch[weakest]),
        leaves=int(links.leaves[weakest]), g=float(links.g[weakest]), alpha=alpha,
    )  # fmt: skip


def links_table(tree: Growing, links: Links) -> Candidates:
    """Return the weakest links with the numbers that make their g, the weakest lit."""
    g, weakest = links.g, links.weakest
    rows = np.flatnonzero(links.inner)
    if len(rows) > MOST_ROWS:
        rows = rows[g[rows] <= np.partition(g[rows], MOST_ROWS)[MOST_ROWS]]
    rows = rows[np.argsort(g[rows], kind="stable")][:MOST_ROWS]
    values = np.column_stack([links.own, links.branch, links.leaves, g])[rows]
    names = tuple(say("node {number}: {question}", number=n, question=tree.nodes[n].question) for n in rows.tolist())
    return Candidates(say("Link"), LINK_HEADS, names, values, int(np.flatnonzero(rows == weakest)[0]))


def finished(tree: Growing, links: Links, alpha: float, numbers: dict[str, float]) -> Note:
    """Say what the tree is like now, and how it does on rows it has not seen; the test rows are sealed."""
    depth = max(node.depth for node, here in zip(tree.nodes, links.standing, strict=True) if here)
    note = say("The tree has {leaves} {leaves:leaf|leaves} and depth {depth}", leaves=int(links.leaves[0]), depth=depth)
    if alpha > 0 and links.weakest >= 0:
        g = float(links.g[links.weakest])
        note = say("{note}; its weakest link is worth g = {g:.4g} > α = {alpha:.4g}", note=note, g=g, alpha=alpha)
    if np.isfinite(share := numbers.get("validation_accuracy", np.nan)):
        return say("{note}. It is right on {share:.1%} of the validation rows", note=note, share=share)
    if np.isfinite(share := numbers.get("validation_r2", np.nan)):
        return say("{note}. It explains {share:.1%} of the variance of the validation rows", note=note, share=share)
    return note
