"""The merges of a tree shown one after the other: how many are done, what that looks like, where the tree is cut."""

from typing import Any

import numpy as np

from engines.clustering._hierarchy import Hierarchy
from engines.core.arrays import Floats, Ints
from engines.core.language import LearnerError, Note
from engines.core.step import Pictures
from engines.pictures.chart import Cut
from engines.pictures.dendrogram import Dendrogram
from engines.pictures.groups import Groups
from engines.pictures.links import Links
from engines.pictures.marked import Marked

MERGES, FAST, ALL = "merge by merge", "fast start", "all at once"
SHOWN = 80  # merges of the dendrogram
SLOWLY = 25  # clusters from which on each merge is a step of a fast start
MOST_PAIRS = 1_000_000  # between two clusters, to look for the nearest or the farthest pair
MOST_LINKED = 500  # points, between which all merges so far stay linked
RINGED = 150
FAINT = 0.5  # of a link that stays


class Replay:
    """A tree of points x (n, 2) of which ``done`` merges have happened. settled: whether the result is shown, cut."""

    def __init__(self, x: Floats, tree: Hierarchy, params: Any) -> None:
        self.x, self.tree = x, tree
        self.done = 0
        self.newest = 0  # merges that happened in the last step
        self.settled = False
        self.params: Any = None
        self.follow(params)
        self.joined_at = np.zeros(tree.n, np.int64)  # the merge at which each point is no longer alone
        merges, sides = np.nonzero(tree.children < tree.n)
        self.joined_at[tree.children[merges, sides]] = merges
        self._links = np.zeros((0, 4))
        self._shape = shape(tree)

    @property
    def last(self) -> int:
        """How many merges there are."""
        return self.tree.n - 1

    @property
    def k(self) -> int:
        """How many clusters the cut leaves."""
        if self.params.cut == "distance":
            return self.tree.count_below(self.params.distance_threshold)
        return int(self.params.n_clusters)

    @property
    def height(self) -> float:
        """Where the cut lies."""
        return float(self.params.distance_threshold) if self.params.cut == "distance" else self.tree.height_of(self.k)

    def follow(self, params: Any) -> Any:
        """Take up new params and return them; another pace shows the merges of a whole tree again.

        LearnerError when more clusters are asked for than there are points.
        """
        if params.cut != "distance" and params.n_clusters > self.tree.n:
            raise LearnerError(
                "{n} points cannot make {k} clusters: draw more points or lower k.", n=self.tree.n, k=params.n_clusters
            )
        if self.settled and params.pace != self.params.pace:
            self.done, self.settled = 0, False
        self.params = params
        return params

    def advance(self) -> None:
        """Let some more merges happen: one; at the start of a fast start a share of what is to come; or all."""
        left = self.last - self.done
        many = {MERGES: 1, FAST: max(1, (left - SLOWLY) // 6), ALL: left}[self.params.pace]
        self.newest = min(left, many)
        self.done += self.newest

    def settle(self) -> None:
        """Cut the whole tree."""
        self.settled, self.newest = True, 0

    def scalars(self) -> dict[str, float]:
        """Return the distance of the newest merge, and how many clusters there are."""
        distance = float(self.tree.heights[self.done - 1]) if self.done else np.nan
        return {"distance": distance, "clusters": self.k if self.settled else self.tree.n - self.done}

    # Drawing

    def draw(self, up: Note) -> Pictures:
        """Draw the points in the colours of the clusters below the cut, what has merged linked, and the tree so far."""
        labels = self.tree.labels(self.k)
        shown = labels if self.settled else np.where(self.joined_at < self.done, labels, -1)
        groups = Groups(shown, np.zeros((0, 2)), np.zeros((0, 0, 2)))
        return groups, self._linked(labels), Marked(ringed=self._merging()), self._dendrogram(labels, up)

    def _merging(self) -> Ints:
        """Return the points of the two clusters that merge now, if they are not too many to be told apart."""
        if self.newest != 1:
            return np.zeros(0, np.int64)
        members = self.tree.members(self.tree.n + self.done - 1)
        return members if len(members) <= RINGED else members[:0]

    def _group(self, labels: Ints, nodes: Ints) -> Ints:
        """Return the cluster of nodes, -1 for those above the cut."""
        below = nodes < self.tree.n + self.tree.n - self.k
        return np.where(below, labels[self.tree.rows[self.tree.first[nodes]]], -1)

    def _linked(self, labels: Ints) -> Links:
        """Link the nearest points of all clusters that have merged, and strongly where the newest merge is measured."""
        merges = np.arange(min(self.done, self.tree.n - self.k) if self.settled else self.done)
        if self.tree.n > MOST_LINKED:
            merges = merges[:0]
        while len(self._links) < len(merges):
            self._links = np.vstack([self._links, self._ends(len(self._links), np.argmin)])
        ends, strengths = self._links[: len(merges)], np.full(len(merges), FAINT)
        if self.newest:
            merges = np.append(merges, self.done - 1)
            ends, strengths = np.vstack([ends, self.measured_at(self.done - 1)]), np.append(strengths, 1.0)
        kept = np.isfinite(ends).all(1)
        groups = self._group(labels, self.tree.n + merges)
        return Links(ends[kept], strengths[kept], groups[kept])

    def measured_at(self, m: int) -> Floats:
        """Return the two places whose distance counts for a merge: nearest or farthest points, or the middles: (4,)."""
        if self.params.linkage in ("single", "complete"):
            return self._ends(m, np.argmin if self.params.linkage == "single" else np.argmax)
        return np.concatenate([self.x[self.tree.members(child)].mean(0) for child in self.tree.children[m]])

    def _ends(self, m: int, choose: Any) -> Floats:
        """Return the nearest or the farthest two points of two clusters that merge (4,); NaN for too many."""
        a, b = (self.x[self.tree.members(child)] for child in self.tree.children[m])
        if len(a) * len(b) > MOST_PAIRS:
            return np.full(4, np.nan)
        place = choose(((a[:, None] - b) ** 2).sum(2))
        return np.concatenate([a[place // len(b)], b[place % len(b)]])

    def _dendrogram(self, labels: Ints, up: Note) -> Dendrogram:
        places, feet, counts, spans, nodes = self._shape
        hidden = self.last - len(places)
        return Dendrogram(
            places, feet, self.tree.heights[hidden:], self._group(labels, nodes), counts, self.tree.rows, spans,
            done=max(0, self.done - hidden), top=self.tree.top,
            lit=self.done - 1 - hidden if self.newest and self.done > hidden else -1,
            cut=Cut("distance_threshold" if self.params.cut == "distance" else "n_clusters", self.height), up=up,
        )  # fmt: skip


def shape(tree: Hierarchy) -> tuple[Floats, Floats, Ints, Ints, Ints]:
    """Return what a dendrogram of the last merges is made of: places, feet, counts, spans, and the nodes of its legs.

    nodes: (p, 3) the left and the right child and the merge itself.
    """
    merges = np.arange(max(0, tree.n - 1 - SHOWN), tree.n - 1)
    children, oldest = tree.children[merges], tree.n + int(merges[0])
    leaves = children[children < oldest]
    leaves = leaves[np.argsort(tree.first[leaves])]
    place, foot = np.zeros(2 * tree.n - 1), np.zeros(2 * tree.n - 1)
    place[leaves] = np.arange(len(leaves))
    for m in merges:
        place[tree.n + m] = place[tree.children[m]].mean()
        foot[tree.n + m] = tree.heights[m]
    first = tree.first[tree.n + merges]
    spans = np.column_stack([first, first + tree.sizes[tree.n + merges]])
    return place[children], foot[children], tree.sizes[leaves], spans, np.column_stack([children, tree.n + merges])
