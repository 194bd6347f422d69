"""Where the nodes of a tree go: each level on its row, parents over the middle of their children, subtrees close.

Reingold and Tilford, "Tidier drawings of trees", 1981, for nodes of any width and any number of children.
"""

import numpy as np

from engines.core.arrays import Floats, Ints

Side = list[float]  # of a subtree, how far it reaches at each level below its root, the root's own level last


def places(parents: Ints, widths: Floats, gap: float) -> tuple[Floats, Ints]:
    """Return where each node's middle lies across (m,), the leftmost edge at 0, and its level (m,), 0 for the root.

    parents: (m,), -1 for the root, each before its children. widths: (m,) of the nodes. gap: between neighbours on a
    level. The order of brothers and sisters is kept, and equal subtrees get equal shapes.
    """
    count = len(parents)
    if not count:
        return np.zeros(0), np.zeros(0, np.int64)
    above = parents.tolist()
    children: list[list[int]] = [[] for _ in range(count)]
    for node in range(1, count):
        children[above[node]].append(node)
    offsets = [0.0] * count  # from the parent's middle
    halves = (np.asarray(widths, float) / 2).tolist()
    lefts: dict[int, Side] = {}
    rights: dict[int, Side] = {}
    for node in range(count - 1, -1, -1):
        lefts[node], rights[node] = _joined(children[node], offsets, lefts, rights, gap)
        lefts[node].append(-halves[node])
        rights[node].append(halves[node])
    x, levels = [0.0] * count, [0] * count
    for node in range(1, count):
        x[node] = x[above[node]] + offsets[node]
        levels[node] = levels[above[node]] + 1
    across = np.array(x)
    return across - (across - np.array(halves)).min(), np.array(levels)


def _joined(
    children: list[int], offsets: list[float], lefts: dict[int, Side], rights: dict[int, Side], gap: float
) -> tuple[Side, Side]:
    """Put the children side by side, as close as they get; set their offsets and return how far they reach.

    The sides of the children are used up.
    """
    if not children:
        return [], []
    at = [0.0]
    left, right = lefts.pop(children[0]), rights.pop(children[0])
    for child in children[1:]:
        next_left, next_right = lefts.pop(child), rights.pop(child)
        shift = max(a - b for a, b in zip(reversed(right), reversed(next_left), strict=False)) + gap
        at.append(shift)
        left = _longer(left, [value + shift for value in next_left])
        right = _longer([value + shift for value in next_right], right)
    middle = (at[0] + at[-1]) / 2
    for child, place in zip(children, at, strict=True):
        offsets[child] = place - middle
    return [value - middle for value in left], [value - middle for value in right]


def _longer(first: Side, behind: Side) -> Side:
    """Return ``first`` with what ``behind`` reaches on the levels below it."""
    return behind[: len(behind) - len(first)] + first if len(behind) > len(first) else first
