"""What a binary tree makes of the plane: every node has a box, every question a cut, every leaf its own flat value."""

from collections.abc import Callable, Sequence
from itertools import islice

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.language import say
from engines.core.step import Pictures
from engines.data.features import Features
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.splits import Splits
from engines.pictures.surface import COLUMNS, ROWS, Area, Surface, area_of, grid
from engines.trees._growing import Branch, leaf_of

NOWHERE = (float("nan"),) * 4
MOST_CUTS = 5000  # more would fill the plane
ALONG = 512  # places along the axis at which a height is drawn
COLDEST, WARMEST = -1.0, 1.0  # as points show the numbers they have


def over_plane(features: Features, nodes: Sequence[Branch], lit: int) -> Pictures:
    """Return what the leaves say all over the plane, and the cuts; nothing of data that have no place on the plane.

    Cuts are left out where features were added: a question about one of them does not cut the plane along its axes.
    """
    if features.added:
        return (everywhere(features, nodes),)
    if features.axis:
        box = boxes(nodes, area_over(features))
        x, y = stairs(nodes, box)
        predicted = np.array([node.value for node in nodes])[leaf_of(nodes, features.x)]
        return Fit(x, y[None], (say(""),), predicted), splits_of(nodes, box, lit, faint=True)
    if not features.plane:
        return ()
    area = area_over(features)
    box = boxes(nodes, area)
    if features.numeric:
        cells = painted(nodes, box, area, 1, lambda node: np.array([node.value]))
        return Heat(cells[0], area, COLDEST, WARMEST), splits_of(nodes, box, lit)
    cells = painted(nodes, box, area, features.n_classes, lambda node: node.counts / node.n)
    return Surface(cells, area, border=False), splits_of(nodes, box, lit)


def everywhere(features: Features, nodes: Sequence[Branch]) -> Surface | Heat | Fit:
    """Return what the leaves say, each place asked for itself."""
    places, area = places_of(features), area_over(features)
    leaves = leaf_of(nodes, features.at(places))
    if features.numeric:
        values = np.array([node.value for node in nodes])
        if features.axis:
            return Fit(places[:, 0], values[leaves][None], (say(""),), values[leaf_of(nodes, features.x)])
        return Heat(values[leaves].reshape(ROWS, COLUMNS).astype(np.float32), area, COLDEST, WARMEST)
    shares = np.array([node.counts / node.n for node in nodes])[leaves]
    return Surface(shares.T.reshape(-1, ROWS, COLUMNS).astype(np.float32), area, border=False)


def area_over(features: Features) -> Area:
    """Return the part of the plane worth painting; of a number along one axis that of the points themselves."""
    return area_of(np.column_stack([features.x[:, 0], features.value]) if features.axis else features.places)


def places_of(features: Features) -> Floats:
    """Return where a picture asks: (cells, 2) of the plane, (places, 1) of the axis."""
    area = area_over(features)
    if not features.axis:
        return grid(area).astype(float)
    left, _, right, _ = area
    return np.linspace(left, right, ALONG)[:, None]


def boxes(nodes: Sequence[Branch], area: Area) -> Floats:
    """Return (left, bottom, right, top) of each node within ``area``: (m, 4), level by level."""
    made = np.empty((len(nodes), 4))
    made[:1] = area
    inner = np.array([number for number, node in enumerate(nodes) if node.children], np.int64)
    depth = np.array([nodes[number].depth for number in inner.tolist()], np.int64)
    for level in range(int(depth.max(initial=-1)) + 1):
        here = inner[depth == level]
        asking = [nodes[number] for number in here.tolist()]
        low, high = np.array([node.children for node in asking]).T
        column = np.array([node.column for node in asking])
        made[low] = made[high] = made[here]
        at = np.clip([node.threshold for node in asking], made[here, column], made[here, column + 2])
        made[low, column + 2] = made[high, column] = at
    return made


def splits_of(nodes: Sequence[Branch], box: Floats, lit: int = -1, *, faint: bool = False) -> Splits:
    """Return the first MOST_CUTS cuts, and the box of the node that is lit. faint: something else says more."""
    ends, depths = [], []
    for number in list(islice((number for number, node in enumerate(nodes) if node.children), MOST_CUTS)):
        node = nodes[number]
        left, bottom, right, top = box[number].tolist()
        at = box[node.children[0], node.column + 2]
        ends.append((at, bottom, at, top) if node.column == 0 else (left, at, right, at))
        depths.append(node.depth)
    region = NOWHERE if lit < 0 else tuple(box[lit].tolist())
    return Splits(np.array(ends, float).reshape(-1, 4), np.array(depths, np.int64), region, faint)


def painted(nodes: Sequence[Branch], box: Floats, area: Area, width: int, said: Callable[[Branch], Floats]) -> Floats:
    """Return what the leaf of every cell says: (width, ROWS, COLUMNS) float32. said: gives (width,) of one node."""
    left, bottom, right, top = area
    xs = left + (np.arange(COLUMNS) + 0.5) * (right - left) / COLUMNS
    ys = bottom + (np.arange(ROWS) + 0.5) * (top - bottom) / ROWS
    across, up = np.searchsorted(xs, box[:, [0, 2]], "right"), np.searchsorted(ys, box[:, [1, 3]], "right")
    cells = np.zeros((width, ROWS, COLUMNS), np.float32)
    seen = (across[:, 0] < across[:, 1]) & (up[:, 0] < up[:, 1])  # many a leaf lies between two cells
    for number in np.flatnonzero(seen).tolist():
        node = nodes[number]
        if not node.children:
            (first, last), (lowest, highest) = across[number], up[number]
            cells[:, lowest:highest, first:last] = said(node)[:, None, None]
    return cells


def stairs(nodes: Sequence[Branch], box: Floats) -> tuple[Floats, Floats]:
    """Return the steps of a number learned from one coordinate: x (2 leaves,) ascending, y (2 leaves,)."""
    leaves: Ints = np.array([number for number, node in enumerate(nodes) if not node.children])
    leaves = leaves[np.argsort(box[leaves, 0], kind="stable")]
    return box[leaves][:, [0, 2]].ravel(), np.repeat([nodes[leaf].value for leaf in leaves], 2)
