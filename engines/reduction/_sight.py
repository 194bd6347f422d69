"""What PCA shows: the cloud as the camera sees it, shares of variance, the map, pictures, and the numbers put in."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from engines.core.arrays import Floats
from engines.core.dataset import Dataset
from engines.core.language import Note, say
from engines.core.step import Pictures
from engines.data.features import Features
from engines.data.images import Images
from engines.pictures.bars import Bars
from engines.pictures.cloud import UNKNOWN, Cloud
from engines.pictures.ellipses import Ellipses
from engines.pictures.links import Links
from engines.pictures.scatter import Scatter
from engines.pictures.tiles import Tiles
from engines.pictures.workings import Workings
from engines.reduction._spread import Spread

DOWN = "₀₁₂₃₄₅₆₇₈₉"
FRONT = np.eye(2, 3)  # the camera looks along the third column
AXIS_COLOUR = 2  # of the classes' colours, the first that two classes leave free
MOST_FEET = 1000  # lines from points to the axis
MOST_TILES = 6
MOST_COLUMNS = 6  # whose numbers are put in


@dataclass(frozen=True, eq=False)
class Variances(Bars):
    """The share of the variance along each axis, and all shares so far added up."""

    title: ClassVar[str] = "Variance"


@dataclass(eq=False)
class Sight:
    """What is known so far; it changes while the run goes on, what was drawn does not.

    spread: of the cloud. best: (m,) its true variances, largest first, and vectors: (m, ·) of ``spread.matrix``. exact:
    (k, d) the true axes that are asked for. axes: (j, d) those found so far, the last of them perhaps still turning.
    shares: (m,) of the variance along them, NaN where not known. rebuilt: from how many numbers rows are put together
    again, 0 while they are not. lines: the numbers put in, of which one may be ``strong``.
    """

    data: Dataset
    features: Features
    spread: Spread
    best: Floats
    vectors: Floats
    exact: Floats
    axes: Floats = field(init=False)
    shares: Floats = field(init=False)
    centred: bool = False
    measured: bool = False
    whiten: bool = False
    rebuilt: int = 0
    camera: Floats = field(default_factory=lambda: FRONT)
    lines: tuple[Note, ...] = ()
    strong: int = -1
    _reach: float = 0.0
    _map: Floats | None = None

    def __post_init__(self) -> None:
        self.axes = self.exact[:0]
        self.shares = np.full(len(self.best), np.nan)

    @property
    def space(self) -> bool:
        """Whether the cloud can be looked at as it is."""
        return self.features.x.shape[1] == 3 and not isinstance(self.data, Images)

    @property
    def explained(self) -> float:
        """The share of the variance along the axes found so far."""
        return float(np.nansum(self.shares[: len(self.axes)]))

    @property
    def error(self) -> float:
        """The mean squared distance between rows and what is rebuilt of them, in the scale of the cloud."""
        n = len(self.features)
        return max(0.0, self.spread.total - float(self.best[: self.rebuilt].sum())) * (n - 1) / n

    def turn(self, k: int, vector: Floats, matrix: Floats) -> float:
        """Let axis k point where a vector that ``matrix`` works on says; return the variance along it."""
        stretched = matrix @ vector
        variance = float(vector @ stretched)
        if self.spread.wide:  # the vector is about rows, and the axis it stands for is its product with them
            variance = float(stretched @ stretched) / variance
        axis = self.spread.covering(vector)
        self.axes = np.vstack([self.axes[:k], axis * (np.sign(axis @ self.exact[k]) or 1.0)])
        self.shares[k] = variance / self.spread.total
        self._aim()
        return variance

    def find(self, count: int) -> None:
        """Let the first axes be exactly the true ones."""
        self.axes = self.exact[:count]
        self.shares[:count] = self.best[:count] / self.spread.total
        self._aim()

    def tell_all(self) -> None:
        """Show the shares of the axes that are left out, too."""
        self.shares = self.best / self.spread.total

    def _aim(self) -> None:
        """Turn the camera: the axes found so far to the right and up, with as little turning as can be."""
        if self.space:
            self.camera = upright(np.vstack([self.axes, self.camera]))

    def seen(self, camera: Floats) -> float:
        """Return the share of the variance that a view of space shows: camera (2, 3)."""
        return float(np.trace(camera @ self.spread.matrix @ camera.T)) / self.spread.total

    def draw(self) -> Pictures:
        """Draw what can be drawn of this kind of data; the same kinds from the first step to the last."""
        pictures: list[object] = []
        if self.features.plane:
            pictures = [self._links(), self._ellipses()]
        elif self.space:
            pictures = [self._cloud()]
        else:
            pictures = [self._scatter()]
        if isinstance(self.data, Images):
            pictures.append(self._tiles(self.data))
        return (*pictures, self._bars(), Workings(self.lines, self.strong))  # type: ignore[arg-type]

    def places(self) -> Floats:
        """Return all rows along the axes found so far, divided by their spread where they are whitened: (n, k)."""
        found = self.spread.projected(self.axes)
        return found / deviations(self.best[: len(self.axes)]) if self.whiten else found

    def _cloud(self) -> Cloud:
        rows = self.features.x - self.spread.mean if self.centred else self.features.x
        rows = rows / self.spread.scale
        if not self._reach:
            far = (self.features.x - self.spread.mean) / self.spread.scale
            self._reach = float(np.sqrt((far**2).sum(1).max()))
        if self.rebuilt:
            axes = self.axes[: self.rebuilt]
            rows = self.spread.projected(axes) @ axes
        arrows = self.axes * 2 * np.sqrt(self.best[: len(self.axes), None])
        covariance = self.spread.matrix if self.measured else UNKNOWN
        best = float(self.best[:2].sum()) / self.spread.total if self.measured else float("nan")
        features = self.features
        return Cloud(rows.astype(np.float32), features.y, features.classes, features.names, self.camera, arrows,
                     covariance, best, self._reach)  # fmt: skip

    def _scatter(self) -> Scatter:
        places: Floats = np.zeros((0, 2))
        if len(self.axes):
            places = on_a_map(self.spread.projected(self.axes[:2]))
        half = self._halves()
        if self.whiten:
            spreads = on_a_map(deviations(self.best[:2])[None])[0] + (len(self.best) < 2) * np.array([0.0, 1.0])
            places, half = places / spreads, half / spreads
        names = tuple(say("axis {k}: {share:.1%}", k=k + 1, share=self.shares[k]) for k in range(len(self.axes[:2])))
        across, up = (*names, say(""), say(""))[:2]
        right, top = half.tolist()
        kinds = self.features
        return Scatter(places.astype(np.float32), kinds.y, kinds.classes, (-right, -top, right, top), across, up)

    def _halves(self) -> Floats:
        """Return half the sides of the map (2,): those of the finished one, so that it is the same at every step."""
        if self._map is None:
            ends = [max(place.max(), -place.min()) for place in self.spread.projected(self.exact[:2]).T]
            far = on_a_map(np.array([ends]))[0] * 1.08
            self._map = np.maximum(far, 0.3 * far.max()) if far.max() > 0 else np.ones(2)
        return self._map

    def _bars(self) -> Variances:
        names = tuple(say("axis {k}", k=k + 1) for k in range(len(self.best)))
        shares = np.nan_to_num(self.shares)
        added = np.where(np.isfinite(self.shares), np.cumsum(shares), 0.0)
        return Variances(names, np.stack([shares, added]), (say("share of the variance"), say("added up")))

    def _links(self) -> Links:
        """Draw the axes, two standard deviations each way, and the way of each point to the first one."""
        middle, vectors = self.spread.mean, self.axes * self.spread.scale
        arms = vectors * 2 * np.sqrt(self.best[: len(vectors), None])
        ends = np.hstack([middle - arms, middle + arms])
        strengths, groups = np.ones(len(ends)), AXIS_COLOUR + np.arange(len(ends))
        if self.rebuilt == 1:
            x = self.features.x[:: max(1, -(-len(self.features.x) // MOST_FEET))]
            axis = self.axes[:1]
            feet = self.spread.rebuilt(self.spread.seen(x) @ axis.T, axis)
            ends = np.vstack([ends, np.hstack([x, feet])])
            strengths = np.concatenate([strengths, np.full(len(x), 0.3)])
            groups = np.concatenate([groups, np.full(len(x), -1)])
        return Links(ends, strengths, groups)

    def _ellipses(self) -> Ellipses:
        if not self.measured:
            return Ellipses(np.zeros((0, 2)), np.zeros((0, 2, 2)), np.zeros(0, np.int64))
        scale = self.spread.scale
        matrix = self.spread.matrix * np.outer(scale, scale)
        return Ellipses(self.spread.mean[None], matrix[None], np.array([-1]))

    def _tiles(self, data: Images) -> Tiles:
        """Draw the mean and the first axes, below them some pictures, below those what is made of their numbers."""
        shape = data.pixels.shape[1:]
        rows = one_of_each(data)
        size = int(np.prod(shape))
        axes = np.full((MOST_TILES - 1, size), np.nan)
        for place, axis in enumerate(self.axes[: MOST_TILES - 1]):
            axes[place] = axis / (np.abs(axis).max() or 1.0)
        originals = np.full((MOST_TILES, size), np.nan)
        originals[: len(rows)] = self.features.x[rows]
        made = np.full((MOST_TILES, size), np.nan)
        if self.rebuilt:
            found = self.axes[: self.rebuilt]
            places = self.spread.seen(self.features.x[rows]) @ found.T
            made[: len(rows)] = np.clip(self.spread.rebuilt(places, found), 0, 1)
        mean = self.spread.mean if self.centred else np.full(size, np.nan)
        values = np.vstack([mean[None], axes, originals, made]).astype(np.float32).reshape(-1, *shape)
        signed = np.zeros(len(values), bool)
        signed[1:MOST_TILES] = True
        captions: list[Note | str] = [say("mean"), *(f"v{DOWN[k]}" for k in range(1, MOST_TILES))]
        captions += [data.names[label] if label >= 0 else "" for label in data.y[rows].tolist()]
        captions += [""] * (2 * MOST_TILES - len(captions))
        captions += [say("put together from k = {k}", k=self.rebuilt) if self.rebuilt else ""]
        captions += [""] * (MOST_TILES - 1)
        index = np.full(len(values), -1)
        index[MOST_TILES : MOST_TILES + len(rows)] = index[2 * MOST_TILES : 2 * MOST_TILES + len(rows)] = rows
        return Tiles(values, signed, tuple(captions), MOST_TILES, index)


def one_of_each(data: Images) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Return the first picture of each class, at most MOST_TILES, filled up with the first pictures of all."""
    first = [int(np.argmax(data.y == label)) for label in range(len(data.names)) if (data.y == label).any()]
    others = [row for row in range(min(len(data), 2 * MOST_TILES)) if row not in first]
    return np.array((first + others)[:MOST_TILES], np.int64)


def on_a_map(places: Floats) -> Floats:
    """Return places (n, k) as places of a map (n, 2); 0 upwards where there is one axis only."""
    return places if places.shape[1] == 2 else np.column_stack([places[:, 0], np.zeros(len(places))])


def deviations(variances: Floats) -> Floats:
    """Return standard deviations (k,), 1 where there is no variance to divide by."""
    return np.where(variances > 1e-14 * variances.max(initial=0.0), np.sqrt(variances), 1.0)


def upright(vectors: Floats) -> Floats:
    """Return the first two directions (2, 3) that vectors (m, 3) span, each of length 1 and upright to the other."""
    found: list[Floats] = []
    for vector in np.vstack([vectors, np.eye(3)]):
        rest = vector - sum((float(vector @ other) * other for other in found), np.zeros(3))
        if (length := float(np.linalg.norm(rest))) > 1e-6:
            found.append(rest / length)
    return np.array(found[:2])
