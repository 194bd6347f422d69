"""DBSCAN: clusters are places where points lie dense, of any shape and number; who lies alone is noise.

Ester, Kriegel, Sander and Xu, "A density-based algorithm for discovering clusters in large spatial databases with
noise", 1996. Clusters are numbered and border points shared out as in scikit-learn's DBSCAN: first come, first served.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np

from engines.clustering._density_search import POINTS, Search
from engines.core.arrays import Ints
from engines.core.engine import Task, engine
from engines.core.forecast import forecast
from engines.core.language import Note, say
from engines.core.params import Param, Params
from engines.core.step import Change, Outcome, Pictures, Step, Steps
from engines.data.points import Points
from engines.pictures.chart import NO_CLASS, Chart, Cut, Line
from engines.pictures.circles import Circles
from engines.pictures.groups import Groups
from engines.pictures.marked import Marked

MEASURE = "Measure the distance from each point to its neighbours"
SEEK = "Go to the next point that has not been visited"
GROW = "Ask the points on the front for their neighbours"
DISTANCES_AT_ONCE = 200_000
DRAWN = 400  # points of the k-distance graph
NOBODY = np.zeros(0, np.int64)
CORE = 7  # a class whose colour the core points have: that of the first clusters would be taken for them

Some = Generator[Step, Change | None, None]


@dataclass(frozen=True)
class DBSCANParams(Params):
    """How near is near, and how many neighbours make a place dense."""

    eps: Annotated[float, Param("Reach ε", low=0.01, high=100, log=True, live=True)] = 0.3
    min_samples: Annotated[
        int,
        Param(
            "Points needed m", low=1, high=200, log=True, live=True,
            help="A core point has so many within ε, itself included",
        ),
    ] = 5  # fmt: skip
    pace: Annotated[Literal["point by point", "wave by wave", "all at once"], Param("Pace", live=True)] = "wave by wave"


@dataclass(frozen=True, eq=False)
class KDistance(Chart):
    """The distance from each point to its k-th nearest, sorted: at or below ε are the core points and no others."""

    title: ClassVar[str] = "k-distance graph"


@engine(
    title="DBSCAN",
    task=Task.CLUSTER,
    shows=(Groups, Marked, Circles, KDistance),
    curves={"Points": ("clustered", "noise"), "Clusters": ("clusters",)},
    facts=("no scaling", "Euclidean distance; a point is among its own neighbours", "labels are not used"),
)
def dbscan(data: Points, params: DBSCANParams, rng: np.random.Generator) -> Steps:
    """Begin at a dense place, let the cluster grow as far as it stays dense, begin the next; the rest is noise."""
    search = Search(data, params)
    while True:
        yield from measure(search)
        if not search.anew:
            yield from grow(search)
        if not search.anew:
            change = yield Step(settled(search), search.scalars(), lambda: draw(search, search.densest), rest=True)
            if not change:
                core = np.flatnonzero(search.core)
                arrays = {"labels_": search.labels, "core_sample_indices_": core, "components_": search.x[core]}
                return Outcome(search.scalars(), arrays)
            search.take(change)
        search = search.again()


def measure(search: Search) -> Some:
    """Measure how far away each point's neighbour number ``min_samples`` is: within ε, and it is a core point."""
    n, k, eps = len(search.x), search.params.min_samples, search.params.eps
    one_by_one = search.params.pace == POINTS
    caution = forecast(n * ((1.5e-4 if one_by_one else 5e-6) + 4e-7 * k))
    block = max(500, DISTANCES_AT_ONCE // k)
    while search.measured < n:
        rows = slice(search.measured, min(n, search.measured + block))
        search.squared[rows] = search.neighbours.squared_to(k, rows)
        search.measured = rows.stop
        if search.measured < n:
            note = say("{note}: {done} of {n} are done", note=say(MEASURE), done=search.measured, n=n)
            search.take((yield Step(note, search.scalars(), lambda: draw(search), MEASURE, caution=caution)))
            if search.anew:
                return
            caution = forecast(0)
    search.core = search.squared <= eps * eps
    note = say(
        "{core} of {n} points are core points: they have at least {k} points within ε = {eps:.3g}, themselves included",
        core=int(search.core.sum()), n=n, k=k, eps=eps,
    )  # fmt: skip
    if search.shown(0) or caution:
        search.take((yield Step(note, search.scalars(), lambda: draw(search, search.densest), SEEK, caution=caution)))


def grow(search: Search) -> Some:
    """Visit the points in the order of the data, and let a cluster grow from each core point that is in none yet."""
    while not search.anew:
        lonely, seed = next_seed(search)
        if not len(lonely) and not len(seed):
            return
        if search.shown(len(lonely)):
            note, focus = begun(search, lonely, seed), seed if len(seed) else lonely[-1:]
            then = GROW if len(seed) else SEEK
            search.take((yield Step(note, search.scalars(), lambda: draw(search, focus), then)))
        while len(search.queue) and not search.anew:
            front, core, reached = expand(search)
            if search.shown(len(front)):
                note, focus = spread(search, front, core, reached), core if len(core) else front[:1]
                then = GROW if len(search.queue) else SEEK
                search.take((yield Step(note, search.scalars(), lambda: draw(search, focus), then)))


def next_seed(search: Search) -> tuple[Ints, Ints]:
    """Visit points, which are noise for now, up to the next core point, which begins a cluster: (m,) and (0 or 1,)."""
    ahead = np.flatnonzero(~search.visited)
    if search.params.pace == POINTS:
        ahead = ahead[:1]
    core = search.core[ahead]
    count = int(np.argmax(core)) if core.any() else len(ahead)
    lonely, seed = ahead[:count], ahead[count : count + 1]
    search.visit(lonely)
    if len(seed):
        search.clusters, search.wave, search.queue = search.clusters + 1, 0, seed
        search.join(seed)
    return lonely, seed


def expand(search: Search) -> tuple[Ints, Ints, Ints]:
    """Take points from the queue; what their core points reach and is in no cluster joins it: front, core, reached."""
    size = search.pace_size()
    front, search.queue = search.queue[:size], search.queue[size:]
    core = front[search.core[front]]
    reached = search.neighbours.reached(core, search.labels, search.params.eps)
    search.join(reached)
    search.queue = np.concatenate([search.queue, reached])
    search.wave += 1
    return front, core, reached


def begun(search: Search, lonely: Ints, seed: Ints) -> Note:
    """Say who was visited, and with how many points in reach the next cluster begins, if it does."""
    k, m = search.params.min_samples, len(lonely)
    if not len(seed) and m > 1:
        return say("No core point is left: {m} points that were not visited yet are noise", m=m)
    count = search.count(int(seed[0] if len(seed) else lonely[0]))
    if not len(seed):
        return say("{count} within ε, itself included: {count} < {k}, this point is noise for now", count=count, k=k)
    begins = say(
        "{count} within ε, itself included: {count} ≥ {k}, this is a core point. Cluster {c} begins",
        count=count, k=k, c=search.clusters,
    )  # fmt: skip
    return say("Points taken for noise for now: {m}. The next has {begins}", m=m, begins=begins) if m else begins


def spread(search: Search, front: Ints, core: Ints, reached: Ints) -> Note:
    """Say who was asked for neighbours and how many points that brought into the cluster."""
    k, c = search.params.min_samples, search.clusters
    if search.params.pace != POINTS:
        return say(
            "Wave {wave} of cluster {c}: on the front {front}, core points among them {core}, newly reached {reached}",
            wave=search.wave, c=c, front=len(front), core=len(core), reached=len(reached),
        )  # fmt: skip
    count = search.count(int(front[0]))
    if not len(core):
        return say("{count} < {k}: a border point of cluster {c}, which does not grow from here", count=count, k=k, c=c)
    return say(
        "{count} ≥ {k}: a core point too. Newly reached for cluster {c}: {reached}",
        count=count, k=k, c=c, reached=len(reached),
    )  # fmt: skip


def settled(search: Search) -> Note:
    """Say what has been found."""
    return say(
        "Settled: clusters {clusters}, core points {core}, border points {border}, noise {noise}",
        clusters=search.clusters, core=int(search.core.sum()), border=len(search.border), noise=len(search.noise),
    )  # fmt: skip


def draw(search: Search, focus: Ints = NOBODY) -> Pictures:
    """Draw the clusters, rings on border points and crosses on noise, ε about the points in work, the k-distances."""
    groups = Groups(search.labels, np.zeros((0, 2)), np.zeros((0, 0, 2)))
    circles = Circles(search.x[focus], np.full(len(focus), search.params.eps), search.labels[focus])
    return groups, Marked(ringed=search.border, crossed=search.noise), circles, graph(search)


def graph(search: Search) -> KDistance:
    """Return the k-distance graph: the core points below ε, the others above; sorted once, however ε is dragged."""
    if search.line is None and search.measured == len(search.x):
        ranks = np.unique(np.linspace(0, len(search.x) - 1, DRAWN).round().astype(np.int64))
        search.line = ranks + 1.0, np.sqrt(np.sort(search.squared)[ranks])
    rank, distance = search.line or (np.zeros(0), np.zeros(0))
    dense, known = int(np.sum(distance <= search.params.eps)), int(np.isfinite(distance).sum())
    below = say("distance to nearest number {k}: core points", k=search.params.min_samples)
    rest = slice(max(0, dense - (dense < known)), known)  # from the last core point on, so that the line has no gap
    return KDistance(
        (
            Line(below, rank[:dense], distance[:dense], style="area", colour=CORE),
            Line(say("the others"), rank[rest], distance[rest], colour=NO_CLASS),
        ),
        across=say("points, the densest first"),
        cut=Cut("eps", search.params.eps),
        from_zero=True,
    )
