"""How far rows are from the middle, against a bell; and the bell on the plane, seen from above."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engines.anomaly._alarms import strays
from engines.core.arrays import Bools, Floats
from engines.core.language import Note, say
from engines.data.features import Features
from engines.pictures.chart import Chart, Cut, Line
from engines.pictures.ellipses import Ellipses

BINS = 48
FAR = 8.0  # σ: what is farther is drawn there, unless the threshold is too
MOST_DOTS = 300
LEVELS = (1.0, 2.0, 3.0)


@dataclass(frozen=True, eq=False)
class Bell(Chart):
    """How many rows are how far away, and how many a bell would have there."""

    title: ClassVar[str] = "Distances"


def bell(features: Features, distances: Floats | None, threshold: float) -> Bell:
    """Draw a histogram of distances in σ (n,), the curve of a bell, and the threshold, which a person may drag."""
    across, up = say("σ from the middle"), say("rows")
    cut = Cut("threshold", threshold, upright=True)
    if distances is None:
        return Bell((), across, up, cut=cut, from_zero=True)
    signed = features.x.shape[1] == 1
    end = max(min(FAR, float(np.abs(distances).max()) * 1.02), threshold + 1.0, 3.5)
    edges = np.linspace(-end if signed else 0.0, end, BINS + 1)
    held = np.clip(distances, edges[0], edges[-1])
    truth = strays(features)
    lines = [_bars(held if truth is None else held[~truth], edges, say("rows") if truth is None else say("usual"))]
    curve = _density(edges, features.x.shape[1], signed=signed) * len(held) * (edges[1] - edges[0])
    lines.append(Line(say("bell"), np.linspace(edges[0], edges[-1], len(curve)), curve, colour=2))
    if truth is not None:
        lines.append(_rug(held, truth, float(lines[0].y.max(initial=1.0)), say("strays")))
    if signed:
        lines.append(Line(say(""), np.full(2, -threshold), np.array([0.0, lines[0].y.max(initial=1.0)]), "dashes"))
    return Bell(tuple(lines), across, up, cut=cut, from_zero=True)


def _bars(values: Floats, edges: Floats, name: Note) -> Line:
    """Return a histogram as an area with steps."""
    counts = np.histogram(values, edges)[0].astype(float)
    return Line(name, np.repeat(edges, 2)[1:-1], np.repeat(counts, 2), "area", 0)


def _rug(values: Floats, truth: Bools, height: float, name: Note) -> Line:
    """Return the strays as dots a little above the axis."""
    shown = values[truth]
    shown = shown[:: max(1, -(-len(shown) // MOST_DOTS))]
    return Line(name, shown, np.full(len(shown), 0.04 * height), "dots", 1)


def _density(edges: Floats, d: int, *, signed: bool) -> Floats:
    """Return the density of a bell in d dimensions at some distances from its middle."""
    from scipy.stats import chi, norm

    at = np.linspace(edges[0], edges[-1], 161)
    values: Floats = norm.pdf(at) if signed else chi.pdf(at, d)
    return np.nan_to_num(values, posinf=0.0)


def ellipses(middle: Floats | None, spread: Floats | None, threshold: float) -> Ellipses:
    """Draw lines at 1, 2 and 3 σ and at the threshold; only the middle while the spread is not known."""
    if middle is None:
        return Ellipses(np.zeros((0, 2)), np.zeros((0, 2, 2)), np.zeros(0, np.int64))
    covariance = np.zeros((2, 2)) if spread is None else spread
    return Ellipses(middle[None], covariance[None], np.array([-1]), (*LEVELS, threshold))
