"""Anomaly detection with a bell: what lies too many standard deviations from the middle is flagged.

Mahalanobis, "On the generalised distance in statistics", 1936. Distances are those of scikit-learn's
EmpiricalCovariance (with n, not n − 1); the robust estimate is median and MAD of one column, scikit-learn's MinCovDet
(Rousseeuw and Van Driessen, 1999) of several.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from engines.anomaly._alarms import confusion, final, numbers_of, said, to_watch
from engines.anomaly._bell_pictures import Bell, bell, ellipses
from engines.anomaly._words import far_lines, flag_lines, listed, mean_lines, spread_lines
from engines.core.arrays import Bools, Floats
from engines.core.engine import Task, engine
from engines.core.language import Note, say
from engines.core.params import Param, Params
from engines.core.step import Outcome, Pictures, Step, Steps
from engines.data.features import Features
from engines.data.points import Points
from engines.data.table import Table
from engines.pictures.confusion import Confusion
from engines.pictures.ellipses import Ellipses
from engines.pictures.marked import Marked
from engines.pictures.workings import Workings

MIDDLE = "Find the middle"
SPREAD = "Measure the spread about the middle"
DISTANCE = "Measure how many standard deviations away each row is"
FLAG = "Flag what is too far away"
MOST_ROBUST = 5000  # rows of which the closest half is sought: it takes about a second
OF_A_BELL = 1.482602218505602  # MAD times this is the standard deviation, if the numbers are from a bell


@dataclass(frozen=True)
class GaussianParams(Params):
    """How middle and spread are estimated, and how far is too far."""

    threshold: Annotated[float, Param("Threshold in σ", low=0, high=15, live=True)] = 3.0
    estimate: Annotated[
        Literal["classical", "robust"],
        Param("Middle and spread", help="Robust: the strays themselves can hardly move middle and spread"),
    ] = "classical"
    column: Annotated[int, Param("One column only", low=0, high=50, help="Its number; 0: all columns together")] = 0


@dataclass(eq=False)
class Watch:
    """What is known so far. middle (d,), spread (d, d), distances (n,) in σ, signed where there is one column."""

    features: Features
    learned: Floats
    params: GaussianParams
    middle: Floats | None = None
    spread: Floats | None = None
    distances: Floats | None = None
    flagged: Bools | None = None
    lines: tuple[Note, ...] = ()

    def draw(self) -> Pictures:
        """Draw the bell, the alarms against what is known, the numbers put in; on the plane ellipses and rings."""
        features = self.features
        pictures: list[object] = []
        if features.plane:
            ringed = np.flatnonzero(self.flagged) if self.flagged is not None else np.zeros(0, np.int64)
            pictures = [ellipses(self.middle, self.spread, self.params.threshold), Marked(ringed)]
        pictures.append(bell(features, self.distances, self.params.threshold))
        known = confusion(self.flagged, features)
        pictures += [*([known] if known else []), Workings(self.lines, len(self.lines) - 1)]
        return tuple(pictures)  # type: ignore[arg-type]


@engine(
    title="Bell and distance",
    task=Task.DETECT,
    shows=(Ellipses, Marked, Bell, Confusion, Workings),
    facts=("no scaling", "labels are not used, only to count alarms", "learns from the training share"),
    sample="strays",
)
def gaussian(data: Points | Table, params: GaussianParams, rng: np.random.Generator) -> Steps:
    """Lay a bell over the data and flag what is farther from its middle than a number of standard deviations."""
    seed = int(rng.integers(2**31))
    while True:
        watch = Watch(*to_watch(data, params.column), params)
        n, d = watch.learned.shape
        note = say("{n} rows to learn from, columns: {d}. Which of all rows do not belong?", n=n, d=d)
        change = yield told(watch, note, MIDDLE)
        for stage in (find_middle, find_spread, find_distances):
            if change and change.data is not None:
                break
            watch.params = params = params_of(change, params)
            note, then = stage(watch, seed)
            change = yield told(watch, note, then)
        if change and change.data is not None:
            data, params = change.data, params_of(change, params)  # type: ignore[assignment]
            continue
        while True:
            watch.params = params = params_of(change, params)
            if change and change.data is not None:
                watch = Watch(*to_watch(change.data, params.column), params)
                for stage in (find_middle, find_spread, find_distances):
                    stage(watch, seed)
            change = yield told(watch, flag(watch), rest=True)
            if not change:
                return outcome(watch)


def find_middle(watch: Watch, seed: int) -> tuple[Note, str]:
    """The mean of each column; robust: the median, or the mean of the half of the rows that lie closest together."""
    x, d = watch.learned, watch.learned.shape[1]
    if watch.params.estimate == "classical":
        watch.middle = np.full(len(x), 1 / len(x)) @ x
        note = say("The mean is {middle}", middle=listed(watch.middle))
    elif d == 1:
        watch.middle = np.median(x, axis=0)
        note = say("The median is {middle}: a few strays cannot move it far", middle=listed(watch.middle))
    else:
        watch.middle, watch.spread = closest_half(x, seed)
        note = say("The mean of the rows that lie closest together is {middle}: strays hardly count",
                   middle=listed(watch.middle))  # fmt: skip
        if len(x) > MOST_ROBUST:
            note = say("{note}. It is taken of {most} rows drawn at random", note=note, most=MOST_ROBUST)
    watch.lines = mean_lines(watch.features, x, watch.middle, watch.params.estimate)
    return note, SPREAD


def find_spread(watch: Watch, seed: int) -> tuple[Note, str]:
    """The covariance matrix; of one column the variance; robust: from the median distance from the median."""
    x, d = watch.learned, watch.learned.shape[1]
    assert watch.middle is not None
    if watch.params.estimate == "classical":
        centred = x - watch.middle
        watch.spread = centred.T @ centred / len(x)
    elif d == 1:
        deviation = OF_A_BELL * float(np.median(np.abs(x - watch.middle)))
        watch.spread = np.array([[deviation**2]])
    assert watch.spread is not None
    sigmas = np.sqrt(np.diag(watch.spread))
    watch.lines = spread_lines(watch.features, x, watch.middle, watch.spread, watch.params.estimate)
    if d == 1:
        return say("The standard deviation is {sigma:.4g}", sigma=sigmas[0]), DISTANCE
    return say("The standard deviations are {sigmas}; how the columns vary together is in the covariance matrix",
               sigmas=listed(sigmas)), DISTANCE  # fmt: skip


def find_distances(watch: Watch, seed: int) -> tuple[Note, str]:
    """How many standard deviations each row is away, in the direction in which it lies."""
    assert watch.middle is not None
    assert watch.spread is not None
    watch.distances = distances = mahalanobis(watch.features.x, watch.middle, watch.spread)
    far = int(np.argmax(np.abs(distances)))
    watch.lines = far_lines(watch.features, watch.middle, watch.spread, float(distances[far]), far)
    return say("Row {row} is farthest away: {distance:.2f} σ; half of all rows are nearer than {half:.2f} σ",
               row=far + 1, distance=abs(distances[far]), half=np.median(np.abs(distances))), FLAG  # fmt: skip


def flag(watch: Watch) -> Note:
    """Flag the rows beyond the threshold, and say what a true bell would have there."""
    from scipy.stats import chi2

    assert watch.distances is not None
    threshold, d = watch.params.threshold, watch.features.x.shape[1]
    watch.flagged = np.abs(watch.distances) > threshold
    usual = float(chi2.sf(threshold**2, d))
    watch.lines = flag_lines(threshold, usual, watch.flagged)
    note = say("Farther than {threshold:.2f} σ: {count} of {n} rows", threshold=threshold,
               count=int(np.count_nonzero(watch.flagged)), n=len(watch.flagged))  # fmt: skip
    return said(watch.flagged, watch.features, note)


def mahalanobis(x: Floats, middle: Floats, spread: Floats) -> Floats:
    """Return distances in σ (n,): √((x − m)ᵀ S⁻¹ (x − m)); of one column (x − m) / σ with its sign.

    Where the columns hang together entirely S has no inverse: directions in which nothing varies do not count then.
    """
    centred = x - middle
    if x.shape[1] == 1:
        distances: Floats = centred[:, 0] / (np.sqrt(spread[0, 0]) or 1.0)
        return distances
    inverse = np.linalg.pinv(spread, rcond=1e-12, hermitian=True)
    return np.sqrt(np.maximum(np.einsum("ij,ij->i", centred @ inverse, centred), 0.0))


def closest_half(x: Floats, seed: int) -> tuple[Floats, Floats]:
    """Return mean (d,) and covariance (d, d) by the minimum covariance determinant."""
    import warnings

    from sklearn.covariance import MinCovDet

    if len(x) > MOST_ROBUST:
        x = x[np.random.default_rng(seed).choice(len(x), MOST_ROBUST, replace=False)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of columns that hang together: what is then done is the pseudo-inverse
        found = MinCovDet(random_state=seed).fit(x)
    return found.location_, found.covariance_


def params_of(change: object, params: GaussianParams) -> GaussianParams:
    """Return the newest params."""
    new = getattr(change, "params", None)
    return new if isinstance(new, GaussianParams) else params


def told(watch: Watch, note: Note, then: str = "", *, rest: bool = False) -> Step:
    """Return a step with what is known now."""
    return Step(note, numbers_of(watch.flagged, watch.features), watch.draw, then=then, rest=rest)


def outcome(watch: Watch) -> Outcome:
    """Return middle and spread with scikit-learn's names, and for each row its distance and whether it is flagged."""
    assert watch.flagged is not None
    assert watch.distances is not None
    arrays = {"location_": watch.middle, "covariance_": watch.spread, "distances": np.abs(watch.distances),
              "predictions": watch.flagged.astype(np.int64)}  # fmt: skip
    return Outcome(final(watch.flagged, watch.features), arrays)
