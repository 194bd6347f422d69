"""K-Means: put k centres among the points and let assigning and averaging pull them into place.

Lloyd, "Least squares quantization in PCM", 1982; the k-means++ start is Arthur and Vassilvitskii, 2007.
"""

from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.engine import Task, engine
from engines.core.language import LearnerError, Note, say
from engines.core.params import Param, Params
from engines.core.step import Change, Outcome, Pictures, Poke, Step, Steps
from engines.data.points import Points
from engines.pictures.groups import Groups
from engines.pictures.surface import COLUMNS, ROWS, Surface, area_of, grid

ASSIGN = "Give each point to its nearest centre"
MOVE = "Move each centre to the mean of its points"
CHOOSE = "Choose the next first centre"
TRAIL = 50
SHARPNESS = 8.0  # of the borders in the picture: softened, so that they are drawn without steps


@dataclass(frozen=True)
class KMeansParams(Params):
    """How many centres, where they start, and when to give up."""

    n_clusters: Annotated[int, Param("Clusters k", low=1, high=12)] = 3
    init: Annotated[Literal["random", "k-means++"], Param("First centres")] = "random"
    max_iter: Annotated[int, Param("Rounds at most", low=1, high=1000, log=True)] = 100


@engine(
    title="K-Means",
    task=Task.CLUSTER,
    shows=(Groups, Surface),
    curves={"Inertia": ("inertia",)},
    facts=("no scaling", "squared Euclidean distance", "learns from all points, labels are not used"),
)
def kmeans(data: Points, params: KMeansParams, rng: np.random.Generator) -> Steps:
    """Give each point to its nearest centre, move each centre to the mean of its points, repeat."""
    x = checked(data.x, params.n_clusters)
    x, centres = yield from first_centres(x, params, rng)
    labels = np.full(len(x), -1)
    trail = [centres]
    note, rounds = say("{k} centres are chosen", k=len(centres)), 0
    change = yield Step(note, {"inertia": np.nan}, lambda: draw(labels, centres, trail, x), then=ASSIGN)
    while True:
        if change and isinstance(change.data, Points):
            x, rounds = checked(change.data.x, params.n_clusters), 0
            labels = np.full(len(x), -1)
        if change and change.pokes:
            centres, rounds = poked(centres, change.pokes), 0
            trail = [*trail[-TRAIL:], centres]

        before, labels = labels, nearest(x, centres)
        moved = int(np.sum(before != labels))
        rest = moved == 0 or rounds >= params.max_iter
        now = {"inertia": inertia(x, centres, labels)}
        note = assigned(moved, rounds, rest=rest)
        change = yield Step(note, now, lambda: draw(labels, centres, trail, x), then=MOVE, rest=rest)
        if rest and not change:
            return Outcome({**now, "n_iter": rounds}, {"labels_": labels, "cluster_centers_": centres})
        if change:
            continue

        centres = means(x, labels, centres)
        trail = [*trail[-TRAIL:], centres]
        rounds += 1
        now = {"inertia": inertia(x, centres, labels)}
        length = float(np.linalg.norm(trail[-1] - trail[-2], axis=1).max())
        note = say("{note}: the longest way was {length:.3f}", note=say(MOVE), length=length)
        change = yield Step(note, now, lambda: draw(labels, centres, trail, x), then=ASSIGN)


def first_centres(
    x: Floats, params: KMeansParams, rng: np.random.Generator
) -> Generator[Step, Change | None, tuple[Floats, Floats]]:
    """Choose k points to start from, one by one: at random, or the likelier the farther from those chosen before.

    Returns the points, which may have been edited on the way, and the centres.
    """
    centres = x[rng.choice(len(x), 1)]
    while len(centres) < params.n_clusters:
        chance = chances(x, centres, params.init)
        chosen = rng.choice(len(x), p=chance)
        centres = np.vstack([centres, x[chosen]])
        note = say(
            "Centre {n} of {k} starts on a point that had a chance of {chance:.1%}",
            n=len(centres), k=params.n_clusters, chance=chance[chosen],
        )  # fmt: skip
        nobody = np.full(len(x), -1)
        drawing = partial(draw, nobody, centres, [centres], x)
        change = yield Step(note, {"inertia": np.nan}, drawing, then=CHOOSE)
        if change and isinstance(change.data, Points):
            x = checked(change.data.x, params.n_clusters)
    return x, centres


def assigned(moved: int, rounds: int, *, rest: bool) -> Note:
    """Say what assigning did, and why it was the last time if it was."""
    if moved == 0:
        return say("Settled after {rounds} rounds: no point changes its centre", rounds=rounds)
    if rest:
        return say(
            "Stopped after {rounds} rounds, the most that are allowed: {moved} points still changed their centre",
            rounds=rounds, moved=moved,
        )  # fmt: skip
    return say("{note}: {moved} points changed their centre", note=say(ASSIGN), moved=moved)


def nearest(x: Floats, centres: Floats) -> Ints:
    """Return the nearest centre of each point: (n,). |x - c|² = |x|² - 2 x·c + |c|², and |x|² is the same for all c."""
    return np.argmin((centres**2).sum(1) - 2 * x @ centres.T, axis=1)


def means(x: Floats, labels: Ints, centres: Floats) -> Floats:
    """Return the mean of each group (k, 2); an empty group's centre jumps to the point farthest from its own centre."""
    moved = centres.copy()
    for k in range(len(centres)):
        mine = x[labels == k]
        far = np.argmax(((x - centres[labels]) ** 2).sum(1))
        moved[k] = mine.mean(0) if len(mine) else x[far]
    return moved


def inertia(x: Floats, centres: Floats, labels: Ints) -> float:
    """Return the sum of squared distances from each point to its centre: what K-Means makes small."""
    return float(((x - centres[labels]) ** 2).sum())


def chances(x: Floats, centres: Floats, init: str) -> Floats:
    """Return each point's chance (n,) to be the next first centre; a place that is a centre already has none.

    random: all the same. k-means++: in proportion to the squared distance from the nearest centre so far.
    """
    squared = ((x - centres[nearest(x, centres)]) ** 2).sum(1)
    weight = squared if init == "k-means++" else (squared > 0).astype(float)
    total = weight.sum()
    return weight / total if total > 0 else np.full(len(x), 1 / len(x))


def poked(centres: Floats, pokes: tuple[Poke, ...]) -> Floats:
    """Return the centres with those moved that a hand has dragged."""
    centres = centres.copy()
    for poke in pokes:
        if poke.target == "centres" and 0 <= poke.index[0] < len(centres):
            centres[poke.index[0]] = poke.value
    return centres


def checked(x: Floats, n_clusters: int) -> Floats:
    """Return the points, or raise LearnerError when there are fewer than clusters."""
    if not len(x):
        raise LearnerError("There are no points yet: draw some on the stage, or choose a sample in the Data tab.")
    if len(x) < n_clusters:
        raise LearnerError("{n} points cannot make {k} clusters: draw more points or lower k.", n=len(x), k=n_clusters)
    return x


def draw(labels: Ints, centres: Floats, trail: list[Floats], x: Floats) -> Pictures:
    """Draw the groups, and behind them which centre is nearest at every place of the plane."""
    area = area_of(x)
    squared = ((grid(area)[:, None] - centres) ** 2).sum(2)
    values = np.exp(
        SHARPNESS * (squared.min(1, keepdims=True) - squared)
    )  # 1 for the nearest, a little less at borders
    values = (values / values.sum(1, keepdims=True)).astype(np.float32)
    same = [past for past in trail if past.shape == centres.shape]
    surface = Surface(values.T.reshape(len(centres), ROWS, COLUMNS), area)
    return Groups(labels, centres, np.stack(same)), surface
