"""Agglomerative clustering: begin with every point alone, merge the two closest clusters, until one holds them all.

Ward, "Hierarchical grouping to optimize an objective function", 1963; Lance and Williams, 1967. The tree does not
depend on where it is cut, so all merges are found first (``_merging``: faster than looking through all pairs each time,
with the same result) and then shown in the order in which they happen: the closest first.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from engines.clustering._hierarchy import Hierarchy
from engines.clustering._merging import Merging
from engines.clustering._replay import ALL, Replay
from engines.core.arrays import Floats
from engines.core.engine import Task, engine
from engines.core.forecast import forecast
from engines.core.language import LearnerError, Note, say
from engines.core.params import Param, Params
from engines.core.step import Change, Outcome, Pictures, Step, Steps
from engines.data.points import Points
from engines.evaluation.checks import NOTHING
from engines.pictures.dendrogram import Dendrogram, nothing
from engines.pictures.groups import Groups
from engines.pictures.links import Links
from engines.pictures.marked import Marked

MERGE = "Merge the two clusters that are closest"
FIND = "Measure the distances and find who merges with whom"
CUT = "Cut the tree"
UP = {
    "ward": say("distance (Ward)"),
    "complete": say("largest distance"),
    "average": say("mean distance"),
    "single": say("smallest distance"),
}
BY_COUNT, BY_DISTANCE = "k clusters", "distance"
WORK_AT_ONCE = 1_000_000  # points that are looked at in one step
SMALL = 1000  # points whose merges are found before the first step
SECONDS = {"ward": 5e-8, "complete": 2.2e-8, "average": 2.8e-8, "single": 1e-8}  # measured, of each n²
MOST_SIZES = 8


@dataclass(frozen=True)
class AgglomerativeParams(Params):
    """What the distance of two clusters is, and where the tree is cut."""

    linkage: Annotated[Literal["ward", "complete", "average", "single"], Param("Distance of clusters")] = "ward"
    cut: Annotated[Literal["k clusters", "distance"], Param("Cut the tree at", live=True)] = "k clusters"
    n_clusters: Annotated[
        int, Param("Clusters k", low=1, high=100, log=True, live=True, only_if=("cut", (BY_COUNT,)))
    ] = 3
    distance_threshold: Annotated[
        float, Param("Cut at distance", low=0, high=10_000, log=True, live=True, only_if=("cut", (BY_DISTANCE,)))
    ] = 1.0
    pace: Annotated[Literal["merge by merge", "fast start", "all at once"], Param("Pace", live=True)] = "fast start"


@engine(
    title="Agglomerative",
    task=Task.CLUSTER,
    shows=(Groups, Links, Marked, Dendrogram),
    curves={"Distance": ("distance",), "Clusters": ("clusters",)},
    facts=("no scaling", "Euclidean distance between points", "labels are not used"),
)
def agglomerative(data: Points, params: AgglomerativeParams, rng: np.random.Generator) -> Steps:
    """Begin with every point alone, merge the two closest clusters, again and again; then cut the tree."""
    while True:
        replay = yield from grown(data, params)
        up, params = UP[params.linkage], replay.params
        note = say("{n} points, {n} clusters: each is alone", n=replay.tree.n)
        change = yield Step(note, replay.scalars(), lambda: replay.draw(up), then=MERGE)
        while not (change and isinstance(change.data, Points)):
            if change and isinstance(change.params, AgglomerativeParams):
                params = replay.follow(change.params)
            replay.advance()
            if replay.newest and params.pace != ALL:
                then = MERGE if replay.done < replay.last else CUT
                change = yield Step(merged(replay), replay.scalars(), lambda: replay.draw(up), then=then)
            else:
                replay.settle()
                change = yield Step(cut(replay), replay.scalars(), lambda: replay.draw(up), rest=True)
                if not change:
                    return outcome(replay)
        data = change.data


def grown(data: Points, params: AgglomerativeParams) -> Generator[Step, Change | None, Replay]:
    """Find all merges, some in each step; return the tree they make, of the points and params that there are then."""
    merging, caution = Merging(checked(data.x), params.linkage), forecast(SECONDS[params.linkage] * len(data) ** 2)
    while merging.found < len(merging.heights):
        if merging.ready < len(merging.x):
            merging.measure()
        else:
            merging.find(max(20, WORK_AT_ONCE // len(merging.x)))
        done = 0.3 * merging.ready / len(merging.x) + 0.7 * merging.found / len(merging.heights)
        if len(merging.x) <= SMALL:
            continue
        note = say("{note}: {done:.0%}", note=say(FIND), done=done)
        nowhere = {"distance": np.nan, "clusters": float(len(merging.x))}
        change = yield Step(note, nowhere, lambda: unknown(merging), then=FIND, caution=caution)
        caution = forecast(0)
        if change and isinstance(change.params, AgglomerativeParams):
            params = change.params
        if change and isinstance(change.data, Points):
            merging = Merging(checked(change.data.x), params.linkage)
    return Replay(merging.x, Hierarchy(merging.pairs, merging.heights), params)


def merged(replay: Replay) -> Note:
    """Say who merged, at which distance and what that is, or how many merged in this step."""
    m, tree = replay.done - 1, replay.tree
    height, left = float(tree.heights[m]), tree.n - replay.done
    if replay.newest > 1:
        return say(
            "{m} {m:merge|merges}, up to distance {height:.3f}. Clusters left: {left}",
            m=replay.newest,
            height=height,
            left=left,
        )
    a, b = (int(tree.sizes[child]) for child in tree.children[m])
    why = reason(replay.params.linkage, a, b, replay.measured_at(m))
    return say(
        "Clusters of {a} and {b} merge at distance {height:.3f}: {why}. Clusters left: {left}",
        a=a, b=b, height=height, why=why, left=left,
    )  # fmt: skip


def reason(linkage: str, a: int, b: int, ends: Floats) -> Note:
    """Say what the distance of two clusters of a and b points is; ends: (4,) the two places it is measured at."""
    if linkage == "single":
        return say("the distance of their two nearest points")
    if linkage == "complete":
        return say("the distance of their two farthest points")
    if linkage == "average":
        return say("the mean of {pairs} distances from point to point", pairs=a * b)
    gap = float(np.hypot(*(ends[2:] - ends[:2])))
    return say("√(2 · {a} · {b} / ({a} + {b})) times {gap:.3f}, the distance of their middles", a=a, b=b, gap=gap)


def cut(replay: Replay) -> Note:
    """Say what the cut leaves."""
    sizes = sorted(np.bincount(replay.tree.labels(replay.k)).tolist(), reverse=True)
    told = ", ".join(str(size) for size in sizes[:MOST_SIZES]) + (", …" if len(sizes) > MOST_SIZES else "")
    return say(
        "The tree is whole. Cut at {height:.3f}, clusters: {k}, of {sizes} points",
        height=replay.height,
        k=replay.k,
        sizes=told,
    )


def outcome(replay: Replay) -> Outcome:
    """Return the clusters and the tree, with scikit-learn's names."""
    tree = replay.tree
    arrays = {"labels_": tree.labels(replay.k), "children_": tree.children, "distances_": tree.heights}
    return Outcome({"n_clusters_": replay.k, "cut_height": replay.height}, arrays)


def checked(x: Floats) -> Floats:
    """Return the points, or raise LearnerError when there are not two."""
    if len(x) == 1:
        raise LearnerError("One point is one cluster already: draw more points.")
    if not len(x):
        raise LearnerError(NOTHING)
    return x


def unknown(merging: Merging) -> Pictures:
    """Draw the points alone: the tree is not known yet."""
    none = np.zeros(0, np.int64)
    groups = Groups(np.full(len(merging.x), -1), np.zeros((0, 2)), np.zeros((0, 0, 2)))
    return groups, Links(np.zeros((0, 4)), np.zeros(0), none), Marked(), nothing(UP[merging.linkage])
