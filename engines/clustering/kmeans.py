"""K-Means: put k centres among the points and let assigning and averaging pull them into place.

Lloyd, "Least squares quantization in PCM", 1982; the k-means++ start is Arthur and Vassilvitskii, 2007.
"""

from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal

import numpy as np

from engines.clustering._lloyd import chances, draw_one, means, refill
from engines.clustering._nearest import Nearest
from engines.core.arrays import Floats, Ints
from engines.core.engine import Task, engine
from engines.core.language import LearnerError, Note, say
from engines.core.params import Param, Params
from engines.core.step import Change, Outcome, Pictures, Poke, Step, Steps
from engines.data.points import Points
from engines.evaluation.checks import NOTHING
from engines.pictures.groups import Groups
from engines.pictures.halos import NOBODY, Halos
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
    shows=(Groups, Surface, Halos),
    curves={"Inertia": ("inertia",)},
    facts=("no scaling", "squared Euclidean distance", "learns from all points, labels are not used"),
)
def kmeans(data: Points, params: KMeansParams, rng: np.random.Generator) -> Steps:
    """Give each point to its nearest centre, move each centre to the mean of its points, repeat."""
    points = Nearest(checked(data.x, params.n_clusters))
    points, centres, change = yield from first_centres(points, params, rng)
    trail, rounds = [centres], 0
    while True:
        if change and isinstance(change.data, Points):
            points, rounds = Nearest(checked(change.data.x, params.n_clusters)), 0
        if change and change.pokes:
            centres, rounds = poked(centres, change.pokes), 0
            trail = [*trail[-TRAIL:], centres]

        moved = points.assign(centres)  # each x to the centre c with the smallest |x - c|²
        rest = moved == 0 or rounds >= params.max_iter
        now = {"inertia": points.inertia(centres)}
        note = assigned(moved, len(points.labels), rounds, rest=rest)
        change = yield Step(note, now, lambda: draw(points, centres, trail), then=MOVE, rest=rest)
        if rest and not change:
            labels = points.labels.astype(np.int64)
            return Outcome({**now, "n_iter": rounds}, {"labels_": labels, "cluster_centers_": centres})
        if change:
            continue

        jumped = refill(points, centres)
        centres = means(points, centres)
        trail = [*trail[-TRAIL:], centres]
        rounds += 1
        now = {"inertia": points.inertia(centres)}
        length = float(np.linalg.norm(trail[-1] - trail[-2], axis=1).max())
        note = averaged(length, jumped)
        change = yield Step(note, now, lambda: draw(points, centres, trail), then=ASSIGN)


def first_centres(
    points: Nearest, params: KMeansParams, rng: np.random.Generator
) -> Generator[Step, Change | None, tuple[Nearest, Floats, Change | None]]:
    """Choose k points to start from, one by one: at random, or the likelier the farther from those chosen before.

    Returns the points, which may have been edited on the way, the centres, and the last change, not yet taken up.
    """
    n, k = len(points.x), params.n_clusters
    row = int(rng.choice(n))
    centres, chance = points.x[[row]], np.full(n, 1 / n)
    note = say("Centre 1 of {k} starts on point {point}: each of the {n} points had the same chance",
               k=k, point=row + 1, n=n)  # fmt: skip
    squared = points.distance_to(centres[0])  # from each point to the nearest centre so far
    while True:
        then = CHOOSE if len(centres) < k else ASSIGN
        change = yield Step(note, {"inertia": np.nan}, partial(draw, points, centres, [centres], chance), then=then)
        if len(centres) == k:
            return points, centres, change
        if change:
            points = Nearest(checked(change.data.x, k)) if isinstance(change.data, Points) else points
            centres = poked(centres, change.pokes)
            squared = np.min([points.distance_to(centre) for centre in centres], axis=0)

        chance = chances(squared, params.init)
        drawn, row, below, above = draw_one(chance, rng)
        centres = np.vstack([centres, points.x[row]])
        np.minimum(squared, points.distance_to(centres[-1]), out=squared)
        note = told(len(centres), k, row, drawn, below, above)


def told(n: int, k: int, row: int, drawn: float, below: float, above: float) -> Note:
    """Say how the next first centre was drawn."""
    return say(
        "Centre {n} of {k} starts on point {point}: the number {drawn:.4f} was drawn, and its chance of {chance:.2%} "
        "reaches from {below:.4f} to {above:.4f}",
        n=n, k=k, point=row + 1, drawn=drawn, chance=above - below, below=below, above=above,
    )  # fmt: skip


def assigned(moved: int, n: int, rounds: int, *, rest: bool) -> Note:
    """Say what assigning did, and why it was the last time if it was."""
    if moved == 0:
        return say("Settled: after round {rounds} no point changes its centre", rounds=rounds)
    if rest:
        return say(
            "Stopped after {rounds} {rounds:round|rounds}, the most that are allowed: {moved} of {n} points still "
            "changed their centre",
            rounds=rounds, moved=moved, n=n,
        )  # fmt: skip
    return say("{note}: {moved} of {n} points changed their centre", note=say(ASSIGN), moved=moved, n=n)


def averaged(length: float, jumped: Ints) -> Note:
    """Say what moving did; a centre that had lost its points is named."""
    if len(jumped):
        return say(
            "{note}. Centre {which} had none left and takes the point that is farthest from its own centre",
            note=say(MOVE), which=", ".join(str(int(k) + 1) for k in jumped),
        )  # fmt: skip
    return say("{note}: the farthest moved by {length:.3f}", note=say(MOVE), length=length)


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
        raise LearnerError(NOTHING)
    if len(x) < n_clusters:
        raise LearnerError("{n} points cannot make {k} clusters: draw more points or lower k.", n=len(x), k=n_clusters)
    return x


def draw(points: Nearest, centres: Floats, trail: list[Floats], chance: Floats = NOBODY) -> Pictures:
    """Draw the groups, behind them which centre is nearest at every place, and at the start the points' chances."""
    area = area_of(points.corners)
    squared = ((grid(area)[:, None] - centres) ** 2).sum(2)
    values = np.exp(SHARPNESS * (squared.min(1, keepdims=True) - squared))  # 1 for the nearest, less at borders
    values = (values / values.sum(1, keepdims=True)).astype(np.float32)
    same = [past for past in trail if past.shape == centres.shape]
    surface = Surface(values.T.reshape(len(centres), ROWS, COLUMNS), area)
    return Groups(points.labels, centres, np.stack(same)), surface, Halos(chance.astype(np.float32))
