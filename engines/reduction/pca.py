"""Principal component analysis: the directions along which a cloud spreads most, and what is lost by the others.

Pearson, "On lines and planes of closest fit to systems of points in space", 1901; Hotelling, 1933. Axes and variances
are those of scikit-learn's PCA. Turning step by step is the power iteration of von Mises and Pollaczek-Geiringer, 1929.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from engines.core.arrays import Floats
from engines.core.dataset import Dataset
from engines.core.engine import Task, engine
from engines.core.forecast import forecast
from engines.core.language import LearnerError, Note, say
from engines.core.params import Param, Params
from engines.core.step import Change, Outcome, Step, Steps
from engines.data.features import inputs_of
from engines.data.images import Images
from engines.data.points import Points
from engines.data.table import Table
from engines.evaluation.checks import some
from engines.pictures.cloud import Cloud
from engines.pictures.ellipses import Ellipses
from engines.pictures.links import Links
from engines.pictures.scatter import Scatter
from engines.pictures.tiles import Tiles
from engines.pictures.workings import Workings
from engines.reduction._sight import Sight, Variances, upright
from engines.reduction._spread import principal, spread_of
from engines.reduction._words import (
    axis_lines,
    listed,
    matrix_lines,
    mean_lines,
    rebuilt_lines,
    row_lines,
    start_lines,
    turn_lines,
)

CENTRE = "Subtract the mean"
MEASURE = "Measure how the columns vary, and how they vary together"
TURN = "Turn towards where the cloud spreads more"
PROJECT = "Look at the cloud along the axes that were found"
REBUILD = "Put the rows together again from few numbers"
SHOWN_AXES = 3  # that are found step by step, the others the same way at once
SHOWN_SHARES = 10  # bars, however few axes are asked for
TURNS = 8  # at most: between two axes that are nearly as long turning would take very many
SETTLED = 0.5  # degrees a turn

Stage = Generator[Step, Change | None, Change | None]


@dataclass(frozen=True)
class PCAParams(Params):
    """How many axes, and in which units things are measured."""

    n_components: Annotated[int, Param("Axes to find", low=1, high=200, log=True)] = 2
    standardise: Annotated[
        bool, Param("Standardise columns", help="First divide each column by its standard deviation")
    ] = False
    whiten: Annotated[
        bool, Param("Equal spread of axes", help="Divide the new coordinates by their standard deviation")
    ] = False


@engine(
    title="PCA",
    task=Task.REDUCE,
    shows=(Cloud, Scatter, Tiles, Links, Ellipses, Variances, Workings),
    facts=("columns are scaled only if asked for", "learns from all rows, labels are not used", "variance over n − 1"),
    sample="teapot",
)
def pca(data: Table | Points | Images, params: PCAParams, rng: np.random.Generator) -> Steps:
    """Find the direction of the largest variance, then the next at a right angle to it, and keep those coordinates."""
    while True:
        sight = looked_at(data, params)
        change = yield from find_axes(sight, params, rng)
        if not edited(change):
            change = yield from use_axes(sight, params)
        if not edited(change):
            break
        data = change.data  # type: ignore[assignment, union-attr]
    note = say("Kept: {k} {k:number|numbers} for each row instead of {d}, with {share:.1%} of the variance",
               k=len(sight.axes), d=sight.features.x.shape[1], share=sight.explained)  # fmt: skip
    while change := (yield told(sight, note, rest=True)):
        if edited(change):
            sight = finished(looked_at(change.data, params), params, sight.camera)  # type: ignore[arg-type]
            note = say("The points have changed, and the axes with them: {share:.1%} of the variance",
                       share=sight.explained)  # fmt: skip
        for poke in change.pokes:
            note = turned_by_hand(sight, poke.value)
    return outcome(sight)


def looked_at(data: Dataset, params: PCAParams) -> Sight:
    """Measure the data and find the true axes, to which the steps then come; LearnerError where nothing spreads."""
    some(data)
    features = inputs_of(data)
    if len(features) < 2:
        raise LearnerError("One row has no spread: PCA needs two at least.")
    if not np.isfinite(features.x).all():
        raise LearnerError("Some numbers are infinite: take those rows out on the Data tab.")
    spread = spread_of(features.x, standardise=params.standardise)
    if not spread.total > 0:
        raise LearnerError("All rows are alike: there is no direction in which they spread. Take other data.")
    most = min(features.x.shape)
    best, vectors, exact = principal(spread, min(most, max(params.n_components, SHOWN_SHARES)))
    return Sight(data, features, spread, best, vectors, exact[: params.n_components])


def find_axes(sight: Sight, params: PCAParams, rng: np.random.Generator) -> Stage:
    """Mean, covariance, then axis after axis; returns at once when the data are edited."""
    spread, (n, d), wanted = sight.spread, sight.features.x.shape, len(sight.exact)
    note = say("{n} rows of {d} numbers: along which directions do they spread most?", n=n, d=d)
    if wanted < params.n_components:
        note = say("{note} There are no more than {most} axes.", note=note, most=wanted)
    change = yield told(sight, note, CENTRE, caution=forecast(n * d * min(n, d) / 3e10))
    if edited(change):
        return change

    sight.centred, sight.lines = True, mean_lines(sight)
    note = say("The mean {mean} is subtracted: the middle of the cloud now lies at 0", mean=listed(spread.mean))
    if params.standardise:
        note = say("{note}; each column is divided by its standard deviation {scale}", note=note,
                   scale=listed(spread.scale))  # fmt: skip
    change = yield told(sight, note, MEASURE)
    if edited(change):
        return change

    sight.measured, sight.lines = True, matrix_lines(sight)
    change = yield told(sight, say("The columns together have a variance of {total:.4g}", total=spread.total), TURN)
    matrix = spread.matrix.copy()
    for k in range(min(SHOWN_AXES, wanted)):
        if edited(change):
            return change
        change = yield from find_axis(sight, matrix, k, rng)
    if wanted > SHOWN_AXES and not edited(change):
        sight.find(wanted)
        note = say("Axes {first} to {last} are found in the same way: all together have {share:.1%} of the variance",
                   first=SHOWN_AXES + 1, last=wanted, share=sight.explained)  # fmt: skip
        change = yield told(sight, note, PROJECT)
    return change


def find_axis(sight: Sight, matrix: Floats, k: int, rng: np.random.Generator) -> Stage:
    """Find axis k by power iteration, and take its variance out of ``matrix``, in place, so that the next is longest.

    A product with the matrix stretches a vector most along the longest axis, and so turns it towards that.
    """
    vector = rng.normal(size=len(matrix))
    vector /= np.linalg.norm(vector)
    variance = sight.turn(k, vector, matrix)
    sight.lines, sight.strong = start_lines(sight, k, variance), 1
    note = say("Axis {k} starts in a random direction: the variance along it is {variance:.4g}, {share:.1%} of the "
               "total",
               k=k + 1, variance=variance, share=variance / sight.spread.total)  # fmt: skip
    change = yield told(sight, note, TURN, variance=variance)
    turned, turns = 90.0, 0
    while not edited(change) and turned > SETTLED and turns < TURNS and sight.best[k] > 1e-12 * sight.best[0]:
        stretched = matrix @ vector
        length = float(np.linalg.norm(stretched))
        turned = float(np.degrees(np.arccos(min(1.0, float(stretched @ vector) / length))))
        vector, turns = stretched / length, turns + 1
        variance = sight.turn(k, vector, matrix)
        sight.lines, sight.strong = turn_lines(sight, k, length, turned, variance), 2
        note = say(
            "Axis {k}, turn {turns}: turned by {turned:.1f}°, the variance along it is {variance:.4g}: {share:.1%}",
            k=k + 1, turns=turns, turned=turned, variance=variance, share=variance / sight.spread.total,
        )  # fmt: skip
        change = yield told(sight, note, TURN, variance=variance)
    if edited(change):
        return change

    sight.find(k + 1)
    matrix -= sight.best[k] * np.outer(sight.vectors[k], sight.vectors[k])
    left = max(0.0, sight.spread.total - float(sight.best[: k + 1].sum()))
    sight.lines, sight.strong = axis_lines(sight, k, left), 0
    note = say("Axis {k} has a variance of {variance:.4g}, {share:.1%}; with it taken out {left:.4g} is left",
               k=k + 1, variance=sight.best[k], share=sight.best[k] / sight.spread.total, left=left)  # fmt: skip
    if turned > SETTLED and turns == TURNS:
        note = say("{note}. Turning was slow, for the next axis is nearly as long: a solver has finished it", note=note)
    last = k + 1 == min(SHOWN_AXES, len(sight.exact))
    return (yield told(sight, note, PROJECT if last else TURN, variance=float(sight.best[k])))


def use_axes(sight: Sight, params: PCAParams) -> Stage:
    """Give each row its new coordinates, then see how well few of them tell where it was."""
    sight.tell_all()
    sight.whiten, sight.lines, sight.strong = params.whiten, row_lines(sight, whiten=params.whiten), -1
    note = say(
        "Each row now has {k} {k:number, its place along the axis|numbers, its places along the axes}",
        k=len(sight.axes),
    )
    if params.whiten:
        note = say("{note}, each divided by the standard deviation along its axis", note=note)
    change = yield told(sight, note, REBUILD)
    for count in sorted({1, 2, 3, 5, 10, 20, 50, 100, len(sight.axes)}):
        if count <= len(sight.axes) and not edited(change):
            sight.rebuilt = count
            sight.lines, sight.strong = rebuilt_lines(sight), 1
            note = say("Put together from {k} of {d} numbers, a row is off by {error:.4g} (mean squared distance)",
                       k=count, d=sight.features.x.shape[1], error=sight.error)  # fmt: skip
            change = yield told(sight, note, REBUILD if count < len(sight.axes) else "")
    return change


def finished(sight: Sight, params: PCAParams, camera: Floats) -> Sight:
    """Return what is known of edited data at the end of a run."""
    sight.centred = sight.measured = True
    sight.whiten, sight.camera = params.whiten, camera
    sight.find(len(sight.exact))
    sight.tell_all()
    sight.rebuilt = len(sight.exact)
    sight.lines, sight.strong = rebuilt_lines(sight), 1
    return sight


def turned_by_hand(sight: Sight, value: float | tuple[float, ...]) -> Note:
    """Take over the camera of a person who has turned the cloud, and say how much of the variance it shows."""
    numbers = np.array(value, float).ravel()
    if sight.space and numbers.shape == (6,) and np.isfinite(numbers).all():
        sight.camera = upright(numbers.reshape(2, 3))
    if not sight.space:
        return say("Only a cloud in space can be turned")
    best = float(sight.best[:2].sum()) / sight.spread.total
    return say("Seen from there {share:.1%} of the variance is left; the best view shows {best:.1%}",
               share=sight.seen(sight.camera), best=best)  # fmt: skip


def told(
    sight: Sight, note: Note, then: str = "", *, rest: bool = False, caution: Note | str = "", variance: float = np.nan
) -> Step:
    """Return a step with what is known now."""
    found = len(sight.axes) > 0
    numbers = {
        "explained_variance_ratio": sight.explained if found else np.nan,
        "variance": variance,
        "reconstruction_error": sight.error if sight.rebuilt else np.nan,
    }
    return Step(note, numbers, sight.draw, then=then, rest=rest, caution=caution)


def edited(change: Change | None) -> bool:
    """Whether there are new data."""
    return change is not None and change.data is not None


def outcome(sight: Sight) -> Outcome:
    """Return the axes with scikit-learn's names, and the new coordinates of all rows."""
    k = len(sight.axes)
    variances = sight.best[:k]
    arrays = {
        "mean_": sight.spread.mean, "components_": sight.axes, "explained_variance_": variances,
        "explained_variance_ratio_": variances / sight.spread.total,
        "singular_values_": np.sqrt(variances * (len(sight.features) - 1)),
        "projections": sight.places(), "scale_": sight.spread.scale,
    }  # fmt: skip
    scalars = {"explained_variance_ratio": sight.explained, "reconstruction_error": sight.error, "n_components": k}
    return Outcome(scalars, arrays)
