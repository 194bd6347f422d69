"""Models side by side: what each of several trainings says about the plane, thinned to the size of a tile."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.dataset import TEST
from engines.core.language import Note
from engines.data.features import Features
from engines.evaluation.training import Run
from engines.pictures.boundaries import NO_ROLES, Boundaries, Values
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.surface import COLUMNS, ROWS, Area, Surface, area_of

MOST_TILES = 24
THINNED = 2  # every so many-th row and column of a surface that is shown whole
MARGIN = 1.15  # how much broader and higher than the points a tile is
MOST_DOTS = 400


def can_be_seen(features: Features) -> bool:
    """Whether models of these data can be drawn on the plane, as a surface or as a curve."""
    return features.plane or features.axis


@dataclass(frozen=True)
class Window:
    """A part of the plane, and which rows and columns of a surface lie in it."""

    area: Area
    rows: slice
    columns: slice


def window_on(places: Floats, area: Area) -> Window:
    """Return the part of a surface's area that holds all places (n, 2), as broad to high as the area, thinned."""
    if not len(places):
        return Window(area, slice(0, ROWS, THINNED), slice(0, COLUMNS, THINNED))
    corner = np.array(area[:2])
    cell = (np.array(area[2:]) - corner) / (COLUMNS, ROWS)
    low, high = ((edge - corner) / cell for edge in (places.min(0), places.max(0)))
    share = min(1.0, float(((high - low) * MARGIN / (COLUMNS, ROWS)).max()))  # of the width, and so of the height
    size = np.maximum(THINNED, np.ceil(share * np.array([COLUMNS, ROWS]) / THINNED) * THINNED).astype(int)
    first = np.clip(np.rint((low + high - size) / 2), 0, (COLUMNS, ROWS) - size).astype(int)
    left, bottom = corner + first * cell
    right, top = corner + (first + size) * cell
    every = THINNED if size[0] > COLUMNS // THINNED else 1
    columns, rows = (
        slice(begin, begin + count, every) for begin, count in zip(first.tolist(), size.tolist(), strict=True)
    )
    return Window((float(left), float(bottom), float(right), float(top)), rows, columns)


@dataclass
class Sight:
    """Draws tiles for data on the plane, at most MOST_TILES."""

    features: Features
    kept: dict[int, tuple[Run, int, Floats]] = field(default_factory=dict)

    @property
    def places(self) -> Floats:
        """Where the points are: (n, 2)."""
        features = self.features
        return np.column_stack([features.x[:, 0], features.value]) if features.axis else features.x

    @cached_property
    def area(self) -> Area:
        """What of the plane a surface on the stage covers."""
        places = self.places
        return area_of(places[np.isfinite(places).all(1)])

    @cached_property
    def window(self) -> Window:
        """What of it is shown in a tile: where the points are."""
        places = self.places
        return window_on(places[np.isfinite(places).all(1)], self.area)

    def tiles(
        self,
        runs: Sequence[Run | None],
        captions: tuple[Note | str, ...],
        scores: Floats,
        *,
        best: int = -1,
        lit: int = -1,
        strong: Ints = NO_ROLES,
        takes: tuple[Values, ...] = (),
    ) -> Boundaries:
        """Return the tiles of these trainings as far as they are; strong: (m, n) bool, the points that count in each.

        Of the test share no point is shown. Called while the trainings are suspended. best, lit, takes: as those of
        Boundaries.
        """
        m = min(len(runs), MOST_TILES)
        dots = np.flatnonzero(self.features.parts != TEST)
        dots = dots[:: max(1, -(-len(dots) // MOST_DOTS))]
        seen = [self._look(i, run) for i, run in enumerate(runs[:m])]
        axis = self.features.axis
        return Boundaries(
            np.zeros((m, 0, 0, 0), np.float32) if axis else _stacked(seen),
            self.window.area,
            captions[:m],
            scores[:m],
            _rows(seen) if axis else np.zeros((0, 0)),
            best if best < m else -1,
            lit if lit < m else -1,
            self.places[dots],
            self.features.y[dots] if not self.features.numeric else np.full(len(dots), -1),
            strong[:m, dots] if strong.size else strong,
            takes[:m],
        )

    def _look(self, place: int, run: Run | None) -> Floats | None:
        """Return what a training says as it is: surfaces (classes, rows, columns), or heights (columns,) of a curve.

        A training that has ended is looked at once only.
        """
        if run is None or run.step is None:
            return None
        kept = self.kept.get(place)
        if kept is not None and kept[0] is run and kept[1] == run.count:
            return kept[2]
        found = seen_of(run, self.window.area if self.features.axis else self.area)
        if found is not None and not self.features.axis:
            found = found[:, self.window.rows, self.window.columns]
        if found is not None:
            self.kept[place] = (run, run.count, found)
        return found


def seen_of(run: Run, area: Area) -> Floats | None:
    """Return what a training says as it is: surfaces (classes, rows, columns), or heights (columns,) of a curve.

    A number at each place is a surface of one class, from 0 to 1 between the ends of its colours. None while it draws
    nothing of the kind.
    """
    if run.step is None:
        return None
    for picture in run.step.draw():
        match picture:
            case Surface(values=values) if values.size:
                return regular(values)
            case Heat(values=values, low=low, high=high) if values.size:
                share = (regular(values[None]) - low) / ((high - low) or 1.0)
                return np.clip(share, 0, 1).astype(np.float32)
            case Fit(x=x, y=y) if len(x):
                return np.interp(across(area), x, y[0], left=np.nan, right=np.nan)
    return None


def regular(values: Floats) -> Floats:
    """Return a surface (classes, rows, columns) with the rows and columns that most have, whatever it is cut into."""
    rows, columns = values.shape[1:]
    if (rows, columns) == (ROWS, COLUMNS):
        return values
    return values[:, (np.arange(ROWS) * rows) // ROWS][:, :, (np.arange(COLUMNS) * columns) // COLUMNS]


def across(area: Area) -> Floats:
    """Return where the heights of a curve are: (columns,)."""
    left, _, right, _ = area
    return left + (np.arange(COLUMNS) + 0.5) * (right - left) / COLUMNS


def _stacked(seen: Sequence[Floats | None]) -> Floats:
    """Return the surfaces as one array, NaN where there is none yet; of fewer classes the others have no share."""
    classes = max((len(one) for one in seen if one is not None), default=1)
    rows, columns = next((one.shape[1:] for one in seen if one is not None), (2, 4))
    stacked = np.full((len(seen), classes, rows, columns), np.nan, np.float32)
    for place, one in enumerate(seen):
        if one is not None:
            stacked[place] = 0.0
            stacked[place, : len(one)] = one
    return stacked


def _rows(seen: Sequence[Floats | None]) -> Floats:
    """Return the curves as one array, NaN where there is none yet."""
    stacked = np.full((len(seen), COLUMNS), np.nan)
    for place, one in enumerate(seen):
        if one is not None:
            stacked[place] = one
    return stacked
