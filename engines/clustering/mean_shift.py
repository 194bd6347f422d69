"""Mean shift: windows slide uphill to where the points lie densest; each hill is a cluster, and nobody says how many.

Fukunaga and Hostetler, 1975; Comaniciu and Meer, "Mean shift: a robust approach toward feature space analysis", 2002.
The flat window, the stopping rule and the merging of ends are scikit-learn's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import numpy as np

from engines.clustering._cells import Cells, bins, density
from engines.clustering._windows import Windows
from engines.core.arrays import Floats, Ints
from engines.core.engine import Task, engine
from engines.core.forecast import forecast
from engines.core.language import LearnerError, Note, say
from engines.core.params import Param, Params
from engines.core.step import Change, Outcome, Pictures, Step, Steps
from engines.data.points import Points
from engines.evaluation.checks import NOTHING
from engines.pictures.circles import Circles
from engines.pictures.groups import Groups
from engines.pictures.heat import Heat
from engines.pictures.surface import area_of

SLIDE = "Slide each window to the mean of the points in it"
MERGE = "Merge the windows that ended on the same hill"
LABEL = "Give each point to its nearest hilltop"
ASKED = 500  # points at most, whose neighbours the bandwidth is estimated from
PAIRS_A_STEP = 15_000_000  # of a window and a point
SECONDS_A_PAIR, ROUNDS = 4e-9, 12  # measured; most windows have met others after so many rounds
SIZES = 8  # of clusters that are named
NOWHERE, NO_TRAIL = np.zeros((0, 2)), np.zeros((0, 0, 2))  # the hilltops are drawn as windows


@dataclass(frozen=True)
class MeanShiftParams(Params):
    """How wide the windows are, and where they begin."""

    bandwidth: Annotated[
        float, Param("Bandwidth h", low=0, high=20, help="The radius of the windows; 0: it is estimated")
    ] = 0
    quantile: Annotated[
        float,
        Param("Share of near points", low=0.01, high=1, log=True, only_if=("bandwidth", (0, 0.0)),
              help="The bandwidth is estimated so that a window holds about this share"),
    ] = 0.3  # fmt: skip
    bin_seeding: Annotated[bool, Param("One window a square", help="Else a window begins on every point")] = False
    cluster_all: Annotated[bool, Param("Far points belong too")] = True
    max_iter: Annotated[int, Param("Rounds at most", low=1, high=1000, log=True)] = 300


@engine(
    title="Mean shift",
    task=Task.CLUSTER,
    shows=(Heat, Circles, Groups),
    curves={"Windows on their way": ("windows_moving",)},
    facts=("no scaling", "flat window", "learns from all points, labels are not used"),
)
def mean_shift(data: Points, params: MeanShiftParams, rng: np.random.Generator) -> Steps:
    """Slide a window from each point to the mean of the points in it until it stands on a hill; a hill is a cluster."""
    x = data.x
    while True:
        try:
            return (yield from ascent(x, params, rng))
        except EditedError as edited:  # the hills are others now: climb anew
            x = edited.x


def ascent(x: Floats, params: MeanShiftParams, rng: np.random.Generator) -> Steps:
    """Climb once, from the bandwidth to the labels; raises EditedError when other data come meanwhile."""
    if not len(x):
        raise LearnerError(NOTHING)
    bandwidth, note = width(x, params, rng)
    cells = Cells(x, bandwidth)
    windows = Windows(bins(x, bandwidth) if params.bin_seeding else x, bandwidth)
    scene = Scene(x, bandwidth)
    note = say("Windows that begin: {count}. {radius}", count=len(windows.places), radius=note)
    caution = forecast(SECONDS_A_PAIR * ROUNDS * float(cells.pairs(windows.places).sum()))
    heed((yield Step(note, windows.scalars(), partial(scene.draw, windows), then=SLIDE, caution=caution)))

    for rounds in range(1, params.max_iter + 2):
        moving = np.flatnonzero(windows.moving)
        means = windows.places.copy()
        for rows in portions(moving, cells.pairs(windows.places[moving])):
            means[rows], windows.counts[rows] = cells.means(windows.places[rows])
            if rows[-1] != moving[-1]:
                note = say("Round {round}: window {last} of {windows} has slid", round=rounds, last=int(rows[-1]) + 1,
                           windows=len(windows.places))  # fmt: skip
                heed((yield Step(note, windows.scalars(), partial(scene.draw, windows), then=SLIDE)))
        note = windows.go(means, rounds)
        then = SLIDE if windows.moving.any() and rounds <= params.max_iter else MERGE
        heed((yield Step(note, windows.scalars(), partial(scene.draw, windows), then=then)))
        if not windows.moving.any():
            break

    ended = len(windows.places)
    tops, hill = merged(windows.places, windows.counts, bandwidth)
    windows.end(tops, hill)
    note = say(
        "The windows ended on {ended} {ended:place|places}. Of two nearer than the bandwidth the fuller stays; "
        "hilltops: {k}",
        ended=ended, k=len(tops),
    )  # fmt: skip
    heed((yield Step(note, windows.scalars(len(tops)), partial(scene.draw, windows), then=LABEL)))

    scene.labels = labelled(x, tops, bandwidth, cluster_all=params.cluster_all)
    note, now = summed_up(scene.labels, len(tops)), windows.scalars(len(tops))
    while change := (yield Step(note, now, partial(scene.draw, windows), then=LABEL, rest=True)):
        heed(change)
    scalars = {"n_clusters": float(len(tops)), "bandwidth": bandwidth, "n_iter": float(rounds - 1)}
    return Outcome(scalars, {"labels_": scene.labels, "cluster_centers_": tops})


def width(x: Floats, params: MeanShiftParams, rng: np.random.Generator) -> tuple[float, Note]:
    """Return the bandwidth that is set, or the mean distance to the neighbour at the quantile; and a note about it."""
    if params.bandwidth > 0:
        return params.bandwidth, say("Their radius is {bandwidth:.3g}", bandwidth=params.bandwidth)
    from scipy.spatial import cKDTree

    asked = x if len(x) <= ASKED else x[rng.permutation(len(x))[:ASKED]]
    k = max(1, int(len(asked) * params.quantile))
    distance, _ = cKDTree(asked).query(asked, [k])
    bandwidth = float(distance.mean())
    if bandwidth == 0:
        raise LearnerError(
            "So many points share their place that no bandwidth can be estimated: draw some elsewhere, raise the share "
            "of near points, or set a bandwidth."
        )
    return bandwidth, say(
        "Their radius is estimated: from {asked} points it is {bandwidth:.3f} on average to the {k} nearest, a share "
        "of {share:.0%}",
        asked=len(asked), bandwidth=bandwidth, k=k, share=params.quantile,
    )  # fmt: skip


class Scene:
    """What does not move: the density that is climbed, drawn when first looked at, and in the end the labels (n,)."""

    def __init__(self, x: Floats, bandwidth: float) -> None:
        self._x, self._bandwidth = x, bandwidth
        self._heat: Heat | None = None
        self.labels: Ints = np.full(len(x), -1)

    def draw(self, windows: Windows) -> Pictures:
        """Draw the density, the windows on it, and the points in the colour of their hill."""
        if self._heat is None:
            area = area_of(self._x)
            heights = density(self._x, self._bandwidth, area)
            self._heat = Heat(heights, area, 0.0, 1.0, np.array([0.25, 0.5, 0.75]), faint=True)
        return self._heat, windows.picture(), Groups(self.labels, NOWHERE, NO_TRAIL)


def merged(places: Floats, counts: Ints, bandwidth: float) -> tuple[Floats, Ints]:
    """Return the hilltops (k, 2), the fullest first, and on which of them each window has ended (m,).

    Windows are asked in order of the points they hold; one that is nearer than the bandwidth to a fuller one is not a
    hilltop of its own.
    """
    from scipy.spatial import cKDTree

    tree = cKDTree(places)
    hill = np.full(len(places), -1)
    tops: list[int] = []
    for window in np.lexsort((places[:, 1], places[:, 0], counts))[::-1]:
        if hill[window] < 0:
            near = np.array(tree.query_ball_point(places[window], bandwidth))
            hill[near[hill[near] < 0]] = len(tops)
            tops.append(int(window))
    return places[tops], hill


def labelled(x: Floats, tops: Floats, bandwidth: float, *, cluster_all: bool) -> Ints:
    """Return the nearest hilltop of each point (n,); -1 where none is within the bandwidth, unless all must belong."""
    from scipy.spatial import cKDTree

    distance, nearest = cKDTree(tops).query(x)
    return nearest if cluster_all else np.where(distance <= bandwidth, nearest, -1)


def summed_up(labels: Ints, k: int) -> Note:
    """Say how many points each of the largest clusters has."""
    sizes = np.sort(np.bincount(labels[labels >= 0], minlength=k))[::-1]
    shown = ", ".join(str(size) for size in sizes[:SIZES]) + (" …" if k > SIZES else "")
    alone = int(np.sum(labels < 0))
    if alone:
        return say("Clusters: {k}, with {sizes} points; too far from any hilltop: {alone}", k=k, sizes=shown,
                   alone=alone)  # fmt: skip
    return say("Clusters: {k}, with {sizes} points", k=k, sizes=shown)


def portions(rows: Ints, pairs: Ints) -> Iterator[Ints]:
    """Cut rows (m,) so that no part has many more than PAIRS_A_STEP pairs of a window and a point to look at."""
    part = np.cumsum(pairs) // PAIRS_A_STEP
    yield from np.split(rows, np.flatnonzero(np.diff(part)) + 1)


class EditedError(Exception):
    """Other points have come: x (n, 2)."""

    def __init__(self, x: Floats) -> None:
        super().__init__()
        self.x = x


def heed(change: Change | None) -> None:
    """Raise EditedError when the points were edited."""
    if change and isinstance(change.data, Points):
        raise EditedError(change.data.x)
