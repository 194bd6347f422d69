"""What an isolation forest shows: cuts around a row, scores over the plane, all scores in their order."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from engines.anomaly._alarms import confusion, strays
from engines.anomaly._isolation_trees import Grove
from engines.anomaly._words import figure
from engines.core.arrays import Bools, Floats
from engines.core.language import Note, say
from engines.core.step import Pictures
from engines.data.features import Features
from engines.pictures.chart import Chart, Cut, Line
from engines.pictures.heat import Heat
from engines.pictures.marked import Marked
from engines.pictures.splits import Splits
from engines.pictures.surface import COLUMNS, ROWS, area_of, grid
from engines.pictures.workings import Workings

LOW, HIGH = 0.35, 0.8  # scores at the two ends of the colours
MOST_SHARE = 0.5  # of the rows that the chart of scores shows
MOST_DOTS = 400
NOWHERE = (float("nan"),) * 4


@dataclass(frozen=True, eq=False)
class Ranked(Chart):
    """All scores from the highest on."""

    title: ClassVar[str] = "Scores in order"


class Grown(Protocol):
    """A forest, as far as it has been asked."""

    trees: Grove
    count: int
    flagged: Bools | None

    @property
    def scores(self) -> Floats:
        """The score of each row so far: (n,)."""

    @property
    def unit(self) -> float:
        """The path that means a score of 0.5."""


class View:
    """Remembers the cuts that are shown, and what the trees have said of every place of the plane so far."""

    def __init__(self, features: Features) -> None:
        self._features = features
        self._area = area_of(features.x) if features.plane else (0.0, 0.0, 1.0, 1.0)
        self._box = list(self._area)
        self._ends: list[tuple[float, float, float, float]] = []
        self._watched = -1
        self._lines: tuple[Note, ...] = ()
        self._sums: Floats = np.zeros(ROWS * COLUMNS)
        self._asked = 0
        self._share = 0.0
        self._cutoff = float("nan")
        self._cutting = False

    def begin(self, row: int) -> None:
        """Watch another row: no cut yet."""
        self._watched, self._box, self._ends, self._cutting = row, list(self._area), [], True
        self._lines = ()

    def cut(self, column: int, threshold: float, *, right: bool) -> None:
        """Add a cut across what is left around the watched row, and keep the side on which it is."""
        sign = ">" if right else "≤"
        self._lines = (*self._lines[-5:], say("cut {number}: {name} {sign} {threshold}", number=len(self._ends) + 1,
                       name=self._features.names[column], sign=sign, threshold=figure(threshold, 3)))  # fmt: skip
        left, bottom, top_right, top = self._box
        across = (threshold, bottom, threshold, top) if column == 0 else (left, threshold, top_right, threshold)
        self._ends.append(across)
        if self._features.plane:
            self._box[column if right else column + 2] = threshold

    def rest(self, row: int, cutoff: float = float("nan"), share: float = 0.0) -> None:
        """Show no cuts any more. row: still watched, -1 for none. cutoff, share: what is flagged."""
        self._watched, self._ends, self._cutting = row, [], False
        self._cutoff, self._share = cutoff, share

    def put_in(self, row: int, path: float, unit: float, score: float, size: int) -> None:
        """Keep the score of a row as a calculation."""
        self._lines = (
            say("h̄(row {row}) = {path:.3f}", row=row + 1, path=path),
            say("c({size}) = 2·(ln {before} + 0.577) − 2·{before} ÷ {size} = {unit:.3f}", size=size, before=size - 1,
                unit=unit),
            say("s = 2^(−{path:.3f} ÷ {unit:.3f}) = {score:.3f}", path=path, unit=unit, score=score),
        )  # fmt: skip

    def draw(self, forest: Grown) -> Pictures:
        """Draw the scores in order, the numbers put in, alarms against what is known; the plane where there is one."""
        pictures: list[object] = []
        if self._features.plane:
            ringed = [self._watched] if self._watched >= 0 else []
            if forest.flagged is not None:
                ringed = np.flatnonzero(forest.flagged).tolist()
            pictures = [self._heat(forest), self._splits(), Marked(np.array(ringed, np.int64))]
        known = confusion(forest.flagged, self._features)
        strong = -1 if self._cutting else len(self._lines) - 1
        pictures += [self._ranked(forest), *([known] if known else []), Workings(self._lines, strong)]
        return tuple(pictures)  # type: ignore[arg-type]

    def _heat(self, forest: Grown) -> Heat:
        """Ask the trees that were not asked yet about every place; the colours have the same meaning all along."""
        places = grid(self._area).astype(np.float64)
        for tree in range(self._asked, forest.count):
            self._sums += forest.trees.lengths(places, tree)
        self._asked = forest.count
        values = np.full(ROWS * COLUMNS, (LOW + HIGH) / 2)  # neither colour: nothing is known yet
        if forest.count:
            values = 2.0 ** (-self._sums / forest.count / (forest.unit or 1.0))
        levels = np.array([self._cutoff]) if np.isfinite(self._cutoff) else np.zeros(0)
        return Heat(values.reshape(ROWS, COLUMNS).astype(np.float32), self._area, LOW, HIGH, levels)

    def _splits(self) -> Splits:
        ends = np.array(self._ends).reshape(-1, 4)
        left, bottom, right, top = self._box
        lit = (left, bottom, right, top) if self._cutting else NOWHERE
        return Splits(ends, np.arange(len(ends)), lit)

    def _ranked(self, forest: Grown) -> Ranked:
        across, up = say("share of rows"), say("score")
        if not forest.count:
            return Ranked((), across, up)
        scores = forest.scores
        order = np.argsort(-scores, kind="stable")[: max(2, int(np.ceil(MOST_SHARE * len(scores))))]
        shares = (np.arange(len(order)) + 1) / len(scores)
        lines = [Line(say("all rows"), shares, scores[order], colour=-1)]
        truth = strays(self._features)
        if truth is not None:
            found = np.flatnonzero(truth[order])
            found = found[:: max(1, -(-len(found) // MOST_DOTS))]
            lines.append(Line(say("strays"), shares[found], scores[order][found], "dots", 1))
        cut = Cut("contamination", self._share, upright=True) if forest.flagged is not None else None
        return Ranked(tuple(lines), across, up, cut=cut)
