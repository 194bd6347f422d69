"""What a search shows: the boundaries side by side, the scores over the settings, and all settings at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.dataset import TEST
from engines.core.language import Note, say
from engines.core.step import Pictures
from engines.data.points import Points
from engines.evaluation.search import best_of
from engines.evaluation.space import LOWEST_SHARE, Axis, named, said, unnamed
from engines.evaluation.training import score_name, target_of
from engines.evaluation.trials import TILE_ROWS, Finished, Search, thinned
from engines.pictures.boundaries import Boundaries
from engines.pictures.grid import Grid
from engines.pictures.parallel import Parallel
from engines.pictures.surface import Area, Surface, area_of
from engines.pictures.trials import Dimension

MANY = 30  # tiles: more are drawn coarser
SCORES_ROUND = 20  # steps between 0 and 1 at which the colours may begin and end
MARGIN = 0.25  # of the plane around the points, in a tile
MARKS = 5  # that are written beside an axis which is no list


class Board:
    """The trials that are finished so far."""

    def __init__(self, plan: Search, axes: Sequence[Axis], *, is_grid: bool) -> None:
        self.plan, self.axes, self.is_grid = plan, axes, is_grid
        self.finished: list[Finished] = []
        features = target_of(plan.experiment.data)
        self.measure = say(score_name(features))
        self.area: Area | None = area_of(features.x) if plan.tiles and features.plane else None
        self.n_classes = max(1, features.n_classes)
        params = type(plan.experiment.params)
        self.captions = tuple(named(params, trial.values) for trial in plan.trials)
        self.short = tuple(unnamed(params, trial.values) for trial in plan.trials)
        if is_grid:  # its steps are what is tried, a range too
            self.axes = [Axis(axis.spec, axis.steps) for axis in axes]
        self.dimensions = tuple(dimension_of(axis) for axis in self.axes)
        rows = [[axis.place(dict(trial.values)[axis.name]) for axis in self.axes] for trial in plan.trials]
        self.places = np.array(rows, float)

    def add(self, finished: Finished) -> None:
        """Take note of the next trial."""
        self.finished.append(finished)

    @property
    def all_scores(self) -> Floats:
        """The score of every trial: (m,), NaN where there is none."""
        found = np.full(len(self.plan.trials), np.nan)
        found[: len(self.finished)] = [finished.score for finished in self.finished]
        return found

    @property
    def best(self) -> int:
        """The best trial so far, -1 while there is none."""
        return best_of(self.all_scores.tolist())

    @property
    def problem(self) -> Note:
        """What was wrong with the first trial that could not be trained."""
        return next((finished.problem for finished in self.finished if finished.problem), say("No trial was made."))

    def count_close(self) -> int:
        """Return how many other trials are no worse than the best by more than its spread over the folds."""
        best = self.finished[self.best]
        return int((self.all_scores >= best.score - best.spread).sum()) - 1

    def scalars(self) -> dict[str, float]:
        """Return the newest score and the best so far, NaN while there is none."""
        best = self.best
        return {
            "trial_score": self.finished[-1].score if self.finished else np.nan,
            "best_score": self.finished[best].score if best >= 0 else np.nan,
        }

    def told(self, finished: Finished) -> Note:
        """Say what came of a trial, and whether it is the best so far."""
        i, n = finished.index, len(self.plan.trials)
        values = self.captions[i]
        if finished.problem is not None:
            return say(
                "Trial {i} of {n}, {values}: could not be trained: {problem}",
                i=i + 1, n=n, values=values, problem=finished.problem,
            )  # fmt: skip
        told = {"i": i + 1, "n": n, "values": values, "measure": self.measure, "score": finished.score}
        if len(finished.scores) > 1:
            note = say("Trial {i} of {n}, {values}: {measure} {score:.3f} ± {sd:.3f}", sd=finished.spread, **told)
        else:
            note = say("Trial {i} of {n}, {values}: {measure} {score:.3f}", **told)
        if self.best == i:
            return say("{trial}, the best so far", trial=note)
        return say("{trial}. The best so far: {best:.3f}", trial=note, best=self.all_scores[self.best])

    # Pictures

    def draw(self) -> Pictures:
        """Draw the best boundary on the plane where there are boundaries, and the cards."""
        scores = self.all_scores
        low, high = ends(scores)
        failed = np.zeros(len(scores), bool)
        failed[: len(self.finished)] = [finished.problem is not None for finished in self.finished]
        takes = tuple(trial.values for trial in self.plan.trials)
        common: dict[str, Any] = {
            "dimensions": self.dimensions, "places": self.places, "scores": scores, "failed": failed,
            "low": low, "high": high, "measure": self.measure, "best": self.best, "lit": len(self.finished) - 1,
            "captions": self.captions, "takes": takes,
        }  # fmt: skip
        cells = (len(self.axes[0].values), len(self.axes[1].values) if len(self.axes) > 1 else 1)
        cards = (Grid(**common, cells=cells if self.is_grid else (0, 0)), Parallel(**common))
        if self.area is None:
            return cards
        return self._surface(self.area), self._boundaries(self.area, scores), *cards

    def _surface(self, area: Area) -> Surface:
        """Return what the best model says about the plane; the same everywhere while there is none."""
        tile = self.finished[self.best].tile if self.best >= 0 else np.zeros((0, 0, 0), np.uint8)
        if not tile.size:
            return Surface(np.full((self.n_classes, 1, 1), 1 / self.n_classes, np.float32), area)
        return Surface(tile.astype(np.float32) / 255, area)

    def _boundaries(self, area: Area, scores: Floats) -> Boundaries:
        rows = TILE_ROWS if len(scores) <= MANY else TILE_ROWS // 2
        data = self.plan.experiment.data
        points, groups = np.zeros((0, 2)), np.zeros(0, int)
        if isinstance(data, Points):
            shown = data.parts != TEST
            points, groups = data.x[shown], data.y[shown]
        seen = around(points, area)
        tiles = [thinned(cut_out(finished.tile, area, seen) / np.float32(255), rows) for finished in self.finished]
        shape = next((tile.shape for tile in tiles if tile.size), (self.n_classes, 1, 1))
        surfaces = np.full((len(scores), *shape), np.nan, np.float32)
        for place, tile in enumerate(tiles):
            if tile.shape == shape:
                surfaces[place] = tile
        takes = tuple(trial.values for trial in self.plan.trials)
        lit = len(self.finished) - 1
        return Boundaries(
            surfaces, seen, self.short, scores, best=self.best, lit=lit, points=points, groups=groups, takes=takes
        )


def around(points: Floats, area: Area) -> Area:
    """Return the part of ``area`` with points, and a little more: in a small picture each pixel counts."""
    if not len(points):
        return area
    low, high = np.floor(points.min(0) - MARGIN), np.ceil(points.max(0) + MARGIN)
    left, bottom, right, top = area
    return max(left, float(low[0])), max(bottom, float(low[1])), min(right, float(high[0])), min(top, float(high[1]))


def cut_out(tile: Ints, area: Area, seen: Area) -> Ints:
    """Return the cells of a tile over ``area`` that lie in the part ``seen``: (classes, rows, columns)."""
    rows, columns = tile.shape[1:]
    if not tile.size:
        return tile
    across, up = columns / (area[2] - area[0]), rows / (area[3] - area[1])
    down = slice(round((seen[1] - area[1]) * up), round((seen[3] - area[1]) * up))
    return tile[:, down, slice(round((seen[0] - area[0]) * across), round((seen[2] - area[0]) * across))]


def dimension_of(axis: Axis) -> Dimension:
    """Return an axis with what is written beside it: all of a list, some of a range."""
    values = axis.values or marks_of(axis)
    places = tuple(float(axis.place(value)) for value in values)
    return Dimension(say(axis.spec.param.label), places, tuple(said(axis.spec, value) for value in values))


def marks_of(axis: Axis) -> tuple[int | float, ...]:
    """Return some values of a range: powers of ten where it goes by factors and has a few of them, else even steps."""
    if axis.log:
        first, last = np.ceil(np.log10(axis.low or axis.high * LOWEST_SHARE)), np.floor(np.log10(axis.high))
        powers = np.arange(first, last + 1)
        if len(powers) > 1:
            return tuple(float(f"1e{power:.0f}") for power in powers[:: -(-len(powers) // MARKS)])
    return axis.steps


def ends(scores: Floats) -> tuple[float, float]:
    """Return the scores at the two ends of the colours: round ones, so that they seldom move."""
    known = scores[np.isfinite(scores)]
    if not len(known):
        return 0.0, 1.0
    low = np.floor(known.min() * SCORES_ROUND + 1e-9) / SCORES_ROUND
    high = np.ceil(known.max() * SCORES_ROUND - 1e-9) / SCORES_ROUND
    return float(low), float(high if high > low else low + 1 / SCORES_ROUND)
