"""How many clusters? K-Means for one k after another, and two numbers to choose by: the inertia and the silhouette.

The bend of the inertia: Thorndike, "Who belongs in the family?", 1953. The silhouette: Rousseeuw, 1987.
"""

from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, ClassVar

import numpy as np

from engines.clustering._lloyd import chances, draw_one, means, refill
from engines.clustering._nearest import Nearest
from engines.core.arrays import Floats, Ints
from engines.core.engine import Task, engine
from engines.core.language import LearnerError, Note, say
from engines.core.params import Param, Params
from engines.core.step import Change, Outcome, Pictures, Step, Steps
from engines.data.points import Points
from engines.evaluation.checks import NOTHING
from engines.pictures.chart import Chart, Line
from engines.pictures.groups import Groups

MORE = "Try one cluster more"
AGAIN = "Start again from other centres"
CHOOSE = "Choose the k with the highest silhouette"
ONE = "One point cannot be parted: draw more."
MOST_POINTS = 20_000  # that are clustered; of more a random choice
MOST_MEASURED = 2_000  # whose silhouettes are measured: all pairs of them must be
MOST_ROUNDS = 300
DISTANCES_A_STEP = 400_000  # about, from a point to a centre in a round: of many points some starts make a step
PAIRS_AT_ONCE = 200_000  # whose distances are measured together, so that they stay in the processor's cache
INERTIA, WIDTH = 7, 2  # the classes whose colours the two lines have


Run = tuple[float, Ints, Floats]  # inertia, labels (n,), centres (k, 2)


class InertiaAndSilhouette(Chart):
    """Both numbers against k."""

    title: ClassVar[str] = "Inertia and silhouette"


@dataclass(frozen=True)
class ElbowParams(Params):
    """How far to look, and how hard to try for each number of clusters."""

    k_max: Annotated[int, Param("Largest k", low=2, high=12)] = 8
    n_init: Annotated[int, Param("Starts for each k", low=1, high=50, log=True, help="The best of them counts")] = 10


@engine(
    title="How many clusters?",
    task=Task.CLUSTER,
    shows=(Groups, InertiaAndSilhouette),
    facts=("no scaling", "squared Euclidean distance", "learns from all points, labels are not used"),
)
def elbow(data: Points, params: ElbowParams, rng: np.random.Generator) -> Steps:
    """Run K-Means for k = 1, 2, 3 and so on, and look where one centre more no longer pays."""
    found = Found(data.x, params.k_max, rng)
    while found.k < found.most:
        best, change = yield from best_of(found, params.n_init, rng)
        if best:
            inertia, labels, centres = best
            width = silhouette(found.away, labels[found.measured], len(centres))
            note = found.keep(inertia, width, centres)
            then = MORE if found.k < found.most else CHOOSE
            change = yield Step(note, found.scalars(), partial(found.draw, found.k), then=then)
        if change and isinstance(change.data, Points):
            found = Found(change.data.x, params.k_max, rng)
    chosen, note = found.choose()
    while change := (yield Step(note, found.scalars(chosen), partial(found.draw, chosen), then=CHOOSE, rest=True)):
        if isinstance(change.data, Points):
            return (yield from elbow.run(change.data, params, rng))
    return found.outcome(chosen)


def best_of(
    found: "Found", starts: int, rng: np.random.Generator
) -> Generator[Step, Change | None, tuple[Run | None, Change | None]]:
    """Run K-Means for the next k from several first centres, and return the run of the smallest inertia.

    None, and the change, when the points are edited meanwhile.
    """
    k = found.k + 1
    starts, often = starts if k > 1 else 1, max(1, DISTANCES_A_STEP // (k * len(found.points.x)))
    best = lloyd(found.points, k, rng)
    for done in range(1, starts):
        if done % often == 0:
            note = say("k = {k}, start {done} of {starts}: the smallest inertia so far is {inertia:.1f}", k=k,
                       done=done, starts=starts, inertia=best[0])  # fmt: skip
            change = yield Step(note, found.scalars(), partial(found.draw, found.k), then=AGAIN)
            if change and isinstance(change.data, Points):
                return None, change
        best = min(best, lloyd(found.points, k, rng), key=lambda run: run[0])
    return best, None


def lloyd(points: Nearest, k: int, rng: np.random.Generator) -> Run:
    """Choose first centres by k-means++, then assign and average until nothing changes."""
    centres = points.x[[rng.choice(len(points.x))]]
    squared = points.distance_to(centres[0])
    while len(centres) < k:
        _, row, _, _ = draw_one(chances(squared, "k-means++"), rng)
        centres = np.vstack([centres, points.x[row]])
        np.minimum(squared, points.distance_to(centres[-1]), out=squared)
    for _ in range(MOST_ROUNDS):
        if points.assign(centres) == 0:
            break
        refill(points, centres)
        centres = means(points, centres)
    return points.inertia(centres), points.labels, centres


def silhouette(away: Floats, labels: Ints, k: int) -> float:
    """Return the mean silhouette, (b - a) / max(a, b) of each point; NaN when all are in one cluster.

    a: its mean distance to the others of its own cluster. b: to those of the nearest other cluster. A point that is
    alone counts 0. away: (m, m) distances.
    """
    member = (labels[:, None] == np.arange(k)).astype(float)
    sizes = member.sum(0)
    if np.sum(sizes > 0) < 2:
        return np.nan
    total = away @ member  # from each point to each cluster
    mine = sizes[labels]
    own = total[np.arange(len(labels)), labels] / np.maximum(mine - 1, 1)
    mean = np.where((member > 0) | (sizes == 0), np.inf, total / np.maximum(sizes, 1))
    other = mean.min(1)
    larger = np.maximum(own, other)
    width = np.where((mine > 1) & (larger > 0), (other - own) / np.where(larger > 0, larger, 1), 0.0)
    return float(width.mean())


def distances(x: Floats) -> Floats:
    """Return how far each point (n, 2) is from each: (n, n)."""
    away, (across, up) = np.empty((len(x), len(x))), x.T
    height = max(1, PAIRS_AT_ONCE // len(x))
    for first in range(0, len(x), height):
        rows = slice(first, first + height)
        away[rows] = np.sqrt((across[rows, None] - across) ** 2 + (up[rows, None] - up) ** 2)
    return away


class Found:
    """What each k came to. points: those that are clustered; measured: the rows of them whose pairs are measured."""

    def __init__(self, x: Floats, k_max: int, rng: np.random.Generator) -> None:
        if len(x) < 2:
            raise LearnerError(NOTHING if not len(x) else ONE)
        self.x = x
        self.points = Nearest(x if len(x) <= MOST_POINTS else x[rng.permutation(len(x))[:MOST_POINTS]])
        self.measured = rng.permutation(len(self.points.x))[:MOST_MEASURED]
        self.away = distances(self.points.x[self.measured])
        self.k, self.most = 0, min(k_max, len(self.points.x))
        self._centres: list[Floats] = []
        self.inertia, self.silhouette = np.full(k_max, np.nan), np.full(k_max, np.nan)

    def keep(self, inertia: float, width: float, centres: Floats) -> Note:
        """Remember what the next k came to, and say it."""
        self.inertia[self.k], self.silhouette[self.k] = inertia, width
        self.k += 1
        self._centres.append(centres)
        if self.k == 1:
            return say("k = 1: the inertia of {points} points around their mean is {inertia:.1f}{some}",
                       points=len(self.points.x), inertia=inertia, some=self._sampled())  # fmt: skip
        return say(
            "k = {k}: the inertia is {inertia:.1f}, {fall:.0%} less than with one centre fewer; the mean silhouette is "
            "{width:.3f}",
            k=self.k, inertia=inertia, fall=self._fall(self.k), width=width,
        )  # fmt: skip

    def _sampled(self) -> Note:
        """Say of how many points that is, when it is not all."""
        if len(self.x) <= MOST_MEASURED:
            return say("")
        return say("; silhouettes are measured on {measured} points drawn at random", measured=len(self.measured))

    def _fall(self, k: int) -> float:
        """Return by what share the inertia is less with k centres than with k - 1."""
        before = self.inertia[k - 2]
        return float(1 - self.inertia[k - 1] / before) if before > 0 else 0.0

    def choose(self) -> tuple[int, Note]:
        """Return the k with the highest silhouette, and say why; 1 where there is no silhouette."""
        if not np.isfinite(self.silhouette).any():
            return 1, say("No k parts the points: they share one place")
        best = int(np.nanargmax(self.silhouette)) + 1
        width, fall = float(self.silhouette[best - 1]), self._fall(best)
        if best == self.most:
            return best, say("The silhouette is highest for the largest k, {k}: {width:.3f}. Look further", k=best,
                             width=width)  # fmt: skip
        return best, say(
            "The silhouette is highest for k = {k}: {width:.3f}. The last centre lowered the inertia by {fall:.0%}, "
            "one more by {further:.0%}",
            k=best, width=width, fall=fall, further=self._fall(best + 1),
        )  # fmt: skip

    def scalars(self, k: int = 0) -> dict[str, float]:
        """Return the numbers of one k, the newest if none is named."""
        k = k or self.k
        return {"n_clusters": float(k), "inertia": self.inertia[k - 1], "silhouette": self.silhouette[k - 1]}

    def draw(self, k: int) -> Pictures:
        """Draw the groups of one k, and both numbers against k: the inertia as a share of that with one centre."""
        ks, first = np.arange(1.0, self.k + 1), self.inertia[0]
        share, parted = self.inertia[: self.k] / (first or 1.0), np.isfinite(self.silhouette[: self.k])
        width, at = self.silhouette[: self.k][parted], ks[parted]
        floor = Line(say(""), np.array([1.0, len(self.inertia)]), np.full(2, np.nan))  # holds the axis still
        lines = (
            Line(say("inertia, 1 for k = 1"), ks, share, colour=INERTIA),
            Line(say("mean silhouette"), at, width, colour=WIDTH),
            Line(say(""), ks, share, "dots", INERTIA),
            Line(say(""), at, width, "dots", WIDTH),
            floor,
        )
        chart = InertiaAndSilhouette(lines, across=say("k"), mark=float(k), from_zero=True)
        return Groups(self._labels(k), self._centres[k - 1], np.zeros((0, k, 2))), chart

    def _labels(self, k: int) -> Ints:
        """Return the group of every point (n,), also of those that were not among the clustered ones."""
        every = self.points if len(self.points.x) == len(self.x) else Nearest(self.x)
        every.assign(self._centres[k - 1])
        return every.labels

    def outcome(self, k: int) -> Outcome:
        """Return the chosen k, its groups, and both numbers for every k."""
        arrays = {"labels_": self._labels(k).astype(np.int64), "cluster_centers_": self._centres[k - 1]}
        return Outcome(self.scalars(k), {**arrays, "inertias": self.inertia, "silhouettes": self.silhouette})
