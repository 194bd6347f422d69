"""The windows of mean shift: where they are, which have met, and the ways they have come."""

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.language import Note, say
from engines.pictures.circles import Circles

STILL = 1e-3  # of the bandwidth: who moves no farther has come to rest
FOLLOWED = 40  # windows that are drawn, with the way they have come
TRAIL = 60  # rounds of it


class Windows:
    """Windows that slide: places (m, 2), counts (m,) of the points in each, moving (m,). Those that meet become one."""

    def __init__(self, seeds: Floats, bandwidth: float) -> None:
        self.places, self.bandwidth = seeds, bandwidth
        self.counts: Ints = np.zeros(len(seeds), np.int64)
        self.moving = np.ones(len(seeds), bool)
        self.hill: Ints = np.full(len(seeds), -1)  # on which each has ended, once that is known
        self.longest = np.nan
        self._followed: Ints = np.linspace(0, len(seeds) - 1, min(FOLLOWED, len(seeds))).round().astype(np.int64)
        self.trail = [seeds[self._followed]]

    def go(self, means: Floats, rounds: int) -> Note:
        """Move to the means; who has moved no farther than a thousandth of the bandwidth has come to rest."""
        ways = np.sqrt(((means - self.places) ** 2).sum(1))
        self.places, self.moving, self.longest = means, ways > STILL * self.bandwidth, float(ways.max())
        self._unite()
        self.trail = [*self.trail[-TRAIL:], self.places[self._followed]]
        return say(
            "Round {round}: windows on their way: {moving}, at rest: {still}; the farthest slid {length:.3f}, the "
            "fullest holds {most} {most:point|points}",
            round=rounds, moving=int(self.moving.sum()), still=int((~self.moving).sum()), length=self.longest,
            most=int(self.counts.max()),
        )  # fmt: skip

    def _unite(self) -> None:
        """Make one of windows that are in the same place and on their way: they would go on together."""
        still, moving = np.flatnonzero(~self.moving), np.flatnonzero(self.moving)
        _, first, same = np.unique(self.places[moving] @ (1, 1j), return_index=True, return_inverse=True)
        rows = np.concatenate([still, moving[first]])
        became = np.empty(len(self.places), np.int64)
        became[still], became[moving] = np.arange(len(still)), len(still) + same
        self.places, self.counts, self.moving = self.places[rows], self.counts[rows], self.moving[rows]
        self._followed = became[self._followed]

    def end(self, tops: Floats, hill: Ints) -> None:
        """Put each window on the hilltop it belongs to."""
        self.places, self.hill = tops[hill], hill
        self.moving = np.zeros(len(hill), bool)
        self.trail = [*self.trail, self.places[self._followed]]

    def scalars(self, clusters: float = np.nan) -> dict[str, float]:
        """Return the numbers of now; the clusters are not known before the end."""
        return {"windows_moving": float(self.moving.sum()), "longest_way": self.longest, "clusters": clusters}

    def picture(self) -> Circles:
        """Draw some of them, the same all the time, with the ways they have come."""
        groups = self.hill[self._followed] if len(self.hill) == len(self.places) else np.full(len(self._followed), -1)
        radii = np.full(len(self._followed), self.bandwidth)
        return Circles(self.trail[-1], radii, groups, np.stack(self.trail))
