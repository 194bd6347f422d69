"""What is shown of a descent: the line, the bowl and the way down, the weights, the step in numbers."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from engines.core.arrays import Floats
from engines.core.language import Note, say
from engines.core.step import Pictures
from engines.pictures.bars import Bars
from engines.pictures.bowl import Bowl
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.surface import COLUMNS, HOME, ROWS, area_of, grid
from engines.pictures.workings import Workings
from engines.regression._problem import Problem

SIDE = 64  # cells of the bowl's grid, each way
ROOM = 1.25  # how far the bowl reaches beyond the place where the weights are 0
MOST_LINES = 4  # of the workings
MOST_RESIDUALS = 5000  # more could not be told apart
BENT = 601  # places of a line that need not be straight
LONGEST = 400  # places of the path that are drawn
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class Weights(Bars):
    """The weight of each column; the ticks are the closed form, where there is one."""

    title: ClassVar[str] = "Weights"


@dataclass(frozen=True)
class Move:
    """One step: where it began (p,), the slope there (p,), the rate, and how many points it looked at; 0 for none yet.

    A place from which no step was taken has a slope of 0.
    """

    start: Floats
    slope: Floats
    rate: float
    points: int

    @classmethod
    def none(cls, theta: Floats) -> Self:
        """Stand still."""
        return cls(theta, np.zeros(len(theta)), 0.0, 0)


def draw(problem: Problem, theta: Floats, path: list[Floats], move: Move) -> Pictures:
    """Draw the line and its bowl for points along one coordinate, else the prediction and the weights.

    A bowl has room for two weights: where features were added there are more.
    """
    features, numbers = problem.features, workings(problem, theta, move)
    if features.axis and not features.added:
        return fit(problem, theta), bowl(problem, path), numbers
    weights = Weights(features.names, theta[None, :-1], reference=problem.best[None, :-1],
                      compared=say("closed form"))  # fmt: skip
    if features.axis:
        return fit(problem, theta), weights, numbers
    if not features.plane:
        return weights, numbers
    area = area_of(features.places)
    heat = problem.predict(features.at(grid(area)).astype(float), theta).reshape(ROWS, COLUMNS)
    levels = np.linspace(-1, 1, 9)
    return Heat(heat.clip(-9, 9).astype(np.float32), area, -1.0, 1.0, levels), weights, numbers


def fit(problem: Problem, theta: Floats) -> Fit:
    """Return the line of now and, broken, that of the closed form, across all that one may zoom out to."""
    features = problem.features
    x, along = features.x, features.places
    low, high = min(HOME[0], float(along.min())), max(HOME[2], float(along.max()))
    ends = np.linspace(2 * low - high, 2 * high - low, BENT if features.added else 2)
    lines = [problem.predict(features.at(ends[:, None]), weights) for weights in (theta, problem.best)]
    predicted = problem.predict(x, theta) if len(x) <= MOST_RESIDUALS else np.zeros(0)
    return Fit(ends, np.stack(lines), (say("gradient descent"), say("closed form")), predicted)


def bowl(problem: Problem, path: list[Floats]) -> Bowl:
    """Return the loss over weight and intercept, so far that 0 is inside and the loss rises by as much as y varies."""
    best, rise = problem.best, float(problem.value.var()) or 1.0
    reach = ROOM * np.maximum(np.abs(best), np.sqrt(rise / np.diag(problem.train.curve)))
    (left, bottom), (right, top) = best - reach, best + reach
    across, up = (low + (np.arange(SIDE) + 0.5) * (high - low) / SIDE for low, high in ((left, right), (bottom, top)))
    values = problem.train.at(np.stack(np.meshgrid(across, up), axis=-1)).astype(np.float32)
    area = float(left), float(bottom), float(right), float(top)
    return Bowl(values, area, np.stack(path), best, say("weight w"), say("intercept b"))


def workings(problem: Problem, theta: Floats, move: Move) -> Workings:
    """Return the step in numbers: the new weight, and how it came about; of many weights the first ones and b."""
    which = [*range(min(problem.width - 1, MOST_LINES - 1)), problem.width - 1]
    if not move.points:
        lines = [say("{name} = {value}", name=problem.names[i], value=figure(theta[i])) for i in which]
        return Workings((*lines, *aims(problem)))
    lines = [
        say("{name} ← {before} − {rate} · {slope} = {after}", name=problem.names[i], before=figure(move.start[i]),
            rate=f"{move.rate:.3g}", slope=in_brackets(move.slope[i]), after=figure(theta[i]))
        for i in which
    ]  # fmt: skip
    if problem.width == 2 and problem.features.axis:
        first, second = (figure(move.slope[i]) for i in range(2))
        slopes = (
            say("slope w = 2/{m} · Σ error · x = {slope}", m=move.points, slope=first),
            say("slope b = 2/{m} · Σ error = {slope}", m=move.points, slope=second),
        )
        return Workings((*slopes, *lines, *aims(problem)), strong=len(slopes))
    return Workings(tuple(lines), strong=0)


def aims(problem: Problem) -> tuple[Note, ...]:
    """Return the line of the closed form, the star in the bowl; of many weights nothing, the bars have their ticks."""
    if not problem.features.axis or problem.width > 2:
        return ()
    weight, intercept = problem.best
    return (say("★ = {w} · x + {b}", w=figure(weight), b=in_brackets(intercept)),)


def figure(value: float) -> str:
    """Return a number as short as it can be read, with a true minus."""
    size = abs(float(value))
    if size == 0 or 0.001 <= size < 1e7:
        text = f"{value:.3f}" if size < 10 else f"{value:.1f}" if size < 1e5 else f"{value:.0f}"
    elif np.isfinite(size):
        digits, power = f"{value:.2e}".split("e")
        text = f"{digits}·10{str(int(power)).translate(RAISED)}"
    else:
        text = str(value)
    return text.replace("-", "−")


def in_brackets(value: float) -> str:
    """Return a number that stands after a sign: in brackets where it has one itself."""
    return f"({figure(value)})" if value < 0 else figure(value)


def thinned(path: list[Floats]) -> list[Floats]:
    """Return the path with every second place left out where it has become too long; its two ends stay."""
    return [path[0], *path[2:-1:2], path[-1]] if len(path) > LONGEST else path
