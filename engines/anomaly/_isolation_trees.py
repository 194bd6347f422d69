"""Random trees, all at once: grown level by level, asked level by level."""

from dataclasses import dataclass, field

import numpy as np

from engines.core.arrays import Floats, Ints

EULER = 0.5772156649015329
ROWS = 8192  # that are asked at a time: what they need stays in the processor's cache
TOGETHER = 30_000  # rows of all samples of trees that are grown together: so many are done within a frame or two
EVERYONE_LEFT = np.inf  # the threshold of a leaf: rows go on to the left, to the last level, and nothing changes


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees as heaps: the children of node i are 2 i + 1 (up to and with the threshold) and 2 i + 2.

    features: (trees, inner) the column that each node asks. thresholds: (trees, inner), infinite below a leaf.
    paths: (trees, last) the length of the path to each node of the last level: the cuts on the way, and c(m) for the m
    rows that were still together in the leaf.
    """

    features: Ints
    thresholds: Floats
    paths: Floats
    depth: int

    def __len__(self) -> int:
        return len(self.features)

    def lengths(self, x: Floats, tree: int) -> Floats:
        """Return the length of the path of each row (n, d) in one tree: (n,)."""
        features, thresholds, paths = self.features[tree], self.thresholds[tree], self.paths[tree]
        found = np.empty(len(x))
        for start in range(0, len(x), ROWS):
            part = x[start : start + ROWS]
            flat, begins = part.ravel(), np.arange(0, part.size, part.shape[1])
            node = np.zeros(len(part), np.int64)
            for _ in range(self.depth):
                right = flat[begins + features[node]] > thresholds[node]
                node += node
                node += 1
                node += right
            found[start : start + ROWS] = paths[node - len(features)]
        return found


@dataclass(eq=False)
class Grove:
    """All trees of a forest, grown some at a time when they are first asked for.

    x: (n, d) rows to learn from. count: of trees. size: of each tree's sample. seed: of what is random, so that a tree
    is the same whenever it is grown.
    """

    x: Floats
    count: int
    size: int
    seed: int
    _grown: dict[int, tuple[Ints, Trees]] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.count

    @property
    def together(self) -> int:
        """How many trees are grown together."""
        return max(1, min(self.count, TOGETHER // self.size))

    def _block(self, tree: int) -> tuple[Ints, Trees, int]:
        """Return the samples and the trees of the block in which a tree is, and its place in it."""
        block, place = divmod(tree, self.together)
        if block not in self._grown:
            rng = np.random.default_rng((self.seed, block))
            trees = min(self.together, self.count - block * self.together)
            samples = draw_samples(len(self.x), self.size, trees, rng)
            self._grown[block] = samples, grow(self.x, samples, rng)
        return *self._grown[block], place

    def lengths(self, x: Floats, tree: int) -> Floats:
        """Return the length of the path of each row (n, d) in one tree: (n,)."""
        _, trees, place = self._block(tree)
        return trees.lengths(x, place)

    def sample(self, tree: int) -> Floats:
        """Return the rows from which a tree has learnt: (size, d)."""
        samples, _, place = self._block(tree)
        return self.x[samples[place]]

    def way(self, tree: int, row: Floats) -> list[tuple[int, float, bool]]:
        """Return the cuts on the way of one row (d,) through a tree: see ``way_of``."""
        _, trees, place = self._block(tree)
        return way_of(trees, place, row)

    @property
    def depth(self) -> int:
        """How many cuts there are at most on a way."""
        return depth_of(self.size)


def depth_of(size: int) -> int:
    """Return how deep a tree on so many rows may grow: as deep as one that halves them each time."""
    return max(1, int(np.ceil(np.log2(max(size, 2)))))


def average_path(n: Floats | Ints | float) -> Floats:
    """Return c(n), the mean path of a search that fails in a tree of n rows: 2 H(n − 1) − 2 (n − 1) / n."""
    many = np.maximum(np.asarray(n, float), 2.0)
    estimate = 2 * (np.log(np.maximum(many - 1, 1)) + EULER) - 2 * (many - 1) / many
    return np.where(np.greater(n, 2), estimate, np.where(np.equal(n, 2), 1.0, 0.0))


def draw_samples(n: int, size: int, trees: int, rng: np.random.Generator) -> Ints:
    """Return for each tree rows to learn from, none twice: (trees, size)."""
    return np.array([rng.choice(n, size, replace=False, shuffle=False) for _ in range(trees)])


def grow(x: Floats, samples: Ints, rng: np.random.Generator) -> Trees:
    """Grow a tree on each sample (trees, size) of the rows (n, d), until every row is alone or the depth is reached.

    Each node takes a column at random among those that vary in it, and a threshold anywhere between its ends.
    """
    trees, size = samples.shape
    depth = depth_of(size)
    inner = 2**depth - 1
    features = np.zeros((trees, inner), np.int64)
    thresholds = np.full((trees, inner), EVERYONE_LEFT)
    paths = np.zeros((trees, inner + 1))
    rows = x[samples.ravel()]
    tree = np.repeat(np.arange(trees), size)
    node = np.zeros(len(rows), np.int64)  # within its tree
    for level in range(depth):
        order = np.argsort(tree * (2 * inner + 1) + node, kind="stable")
        rows, tree, node = rows[order], tree[order], node[order]
        begins = np.flatnonzero(np.diff(tree * (2 * inner + 1) + node, prepend=-1))
        low, high = np.minimum.reduceat(rows, begins), np.maximum.reduceat(rows, begins)
        counts = np.diff(begins, append=len(rows))
        varies = high > low
        cut = varies.any(1)
        chosen = np.where(varies, rng.random(varies.shape), -1.0).argmax(1)
        line = np.arange(len(begins))
        low, high = low[line, chosen], high[line, chosen]
        at = low + rng.random(len(begins)) * (high - low)
        at = np.where(at < high, at, low)  # so that neither side is empty, even where rounding says otherwise
        where = tree[begins], node[begins]
        features[where], thresholds[where] = chosen, np.where(cut, at, EVERYONE_LEFT)
        _close(paths, where[0][~cut], where[1][~cut], level + average_path(counts[~cut]), depth - level)
        kept = np.repeat(cut, counts)
        rows, tree, node = rows[kept], tree[kept], node[kept]
        if not len(rows):
            break
        right = rows[np.arange(len(rows)), features[tree, node]] > thresholds[tree, node]
        node = 2 * node + 1 + right
    if len(rows):
        place, counts = np.unique(tree * (inner + 1) + node - inner, return_counts=True)
        paths.ravel()[place] = depth + average_path(counts)
    return Trees(features, thresholds, paths, depth)


def _close(paths: Floats, tree: Ints, node: Ints, length: Floats, levels: int) -> None:
    """Note the length of the path to leaves where the rows in them come out: on the last level, always to the left."""
    last = (node + 1) * 2**levels - 1
    paths[tree, last - (paths.shape[1] - 1)] = length


def way_of(trees: Trees, tree: int, row: Floats) -> list[tuple[int, float, bool]]:
    """Return the cuts on the way of one row (d,) through a tree: the column, the threshold, whether it goes right."""
    way, node = [], 0
    for _ in range(trees.depth):
        column, threshold = int(trees.features[tree, node]), float(trees.thresholds[tree, node])
        if threshold == EVERYONE_LEFT:
            break
        right = bool(row[column] > threshold)
        way.append((column, threshold, right))
        node = 2 * node + 1 + right
    return way
