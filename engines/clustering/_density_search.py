"""What DBSCAN knows while it searches, and what a person changes meanwhile."""

from typing import Any

import numpy as np

from engines.clustering._neighbours import Neighbours
from engines.core.arrays import Floats, Ints
from engines.core.step import Change
from engines.data.points import Points
from engines.evaluation.checks import some

MOST_AT_ONCE = 20_000  # points that are asked in one step, so that a stop is never waited for
POINTS, WAVES, AT_ONCE = "point by point", "wave by wave", "all at once"


class Search:
    """A search of one set of points with one ε and one ``min_samples``.

    squared: (n,) squared distance to neighbour number ``min_samples``, as far as they are ``measured``. core: (n,)
    whether that is within ε. visited: (n,). labels: (n,) the cluster, -1 for none. queue: rows that are in the newest
    cluster and have not been asked for their neighbours yet. anew: whether a change has made this search out of date.
    """

    def __init__(self, data: Points, params: Any, known: "Search | None" = None) -> None:
        some(data)
        self.data, self.params, self.x = data, params, data.x
        old = known if known is not None and known.data is data else None
        self.neighbours: Neighbours = old.neighbours if old else Neighbours(data.x)
        if old and old.params.min_samples != params.min_samples:
            old = None
        self.squared: Floats = old.squared if old else np.full(len(data), np.inf)
        self.measured: int = old.measured if old else 0
        self.core = np.zeros(len(data), bool)
        self.visited = np.zeros(len(data), bool)
        self.labels = np.full(len(data), -1)
        self.queue: Ints = np.zeros(0, np.int64)
        self.clusters = self.wave = self.clustered = self.seen = 0
        self.anew = False
        self.line: tuple[Floats, Floats] | None = old.line if old else None  # of the k-distance graph
        self._next = (data, params)
        self._unseen = 0

    def take(self, change: Change | None) -> None:
        """Take up a change: another pace goes on from here, other points, ε or ``min_samples`` begin anew."""
        if change is None:
            return
        data, params = self._next
        data = change.data if isinstance(change.data, Points) else data
        params = change.params if isinstance(change.params, type(params)) else params
        self._next = (data, params)
        before = self.data, self.params.eps, self.params.min_samples
        self.anew = before[0] is not data or before[1:] != (params.eps, params.min_samples)
        if not self.anew:
            self.params = params

    def again(self) -> "Search":
        """Return a search with what is wanted now; what has been measured already is kept."""
        return Search(*self._next, known=self)

    def shown(self, asked: int) -> bool:
        """Whether it is time for a step: always, but when all is asked for at once."""
        self._unseen += asked
        if self.params.pace == AT_ONCE and self._unseen < MOST_AT_ONCE:
            return False
        self._unseen = 0
        return True

    def visit(self, rows: Ints) -> None:
        """Note that these have been looked at."""
        self.seen += int((~self.visited[rows]).sum())
        self.visited[rows] = True

    def join(self, rows: Ints) -> None:
        """Take rows that are in no cluster into the newest."""
        self.visit(rows)
        self.labels[rows] = self.clusters - 1
        self.clustered += len(rows)

    def pace_size(self) -> int:
        """Return how many points of the queue are asked now."""
        return 1 if self.params.pace == POINTS else min(len(self.queue), MOST_AT_ONCE)

    def count(self, row: int) -> int:
        """Return how many points are within ε of a point, itself included."""
        return self.neighbours.count(row, self.params.eps)

    @property
    def noise(self) -> Ints:
        """The rows that were visited and are in no cluster, for now."""
        return np.flatnonzero(self.visited & (self.labels < 0))

    @property
    def border(self) -> Ints:
        """The rows that are in a cluster and are no core points."""
        return np.flatnonzero((self.labels >= 0) & ~self.core)

    @property
    def densest(self) -> Ints:
        """The row about which the points lie densest: (1,)."""
        return np.array([int(np.argmin(self.squared))])

    def scalars(self) -> dict[str, float]:
        """Return how many points are in clusters, noise so far, core points, and how many clusters there are."""
        core = float(self.core.sum()) if self.measured == len(self.x) else np.nan
        return {
            "clustered": self.clustered,
            "noise": self.seen - self.clustered,
            "clusters": self.clusters,
            "core_points": core,
        }
