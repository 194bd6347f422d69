"""What a run of logistic regression draws: on the plane, along one input, as weights, or as a sum written out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar

import numpy as np

from engines.classification._logistic_material import Material
from engines.core.arrays import Floats
from engines.core.language import say
from engines.core.step import Pictures
from engines.data.features import Features
from engines.data.points import UNLABELLED
from engines.evaluation.metrics import confusion
from engines.evaluation.words import are_words, class_name, signed
from engines.pictures.bars import Bars
from engines.pictures.chart import Chart, Line
from engines.pictures.confusion import Confusion
from engines.pictures.surface import COLUMNS, ROWS, Surface, area_of, grid
from engines.pictures.workings import Workings

Predict = Callable[[Floats, Floats, Floats], Floats]
MOST_DOTS = 2000  # of a class
CURVE = 200  # places along the curve
MOST_TERMS = 5  # of a sum that are written out


class Look(StrEnum):
    """What can be drawn of the data: it is settled before the first step and stays for the whole run."""

    PLANE = "plane"
    ADDED = "plane with added features"
    ONE_INPUT = "one input"
    WORDS = "words"
    TABLE = "table"


@dataclass(frozen=True, eq=False)
class Sigmoid(Chart):
    """The probability along the only input, and the points at 0 and 1: what they are in truth."""

    title: ClassVar[str] = "Probability along the input"


@dataclass(frozen=True, eq=False)
class Weights(Bars):
    """The weight of each input, in each class where there are more than two."""

    title: ClassVar[str] = "Weights"


def look_of(features: Features) -> Look:
    """Return what can be drawn of the data."""
    if features.plane:
        return Look.PLANE if features.flat else Look.ADDED
    if features.x.shape[1] == 1:
        return Look.ONE_INPUT
    return Look.WORDS if are_words(features) else Look.TABLE


def draw(look: Look, known: Material, weights: Floats, bias: Floats, watch: int, predict: Predict) -> Pictures:
    """Draw the newest weights. predict: the probability of every class, from expanded inputs, weights and bias."""
    if look in (Look.PLANE, Look.ADDED):
        area = area_of(known.features.places)
        values = predict(known.expand(known.features.at(grid(area))), weights, bias)
        surface = Surface(values.T.reshape(-1, ROWS, COLUMNS).astype(np.float32), area)
        more = (bars_of(known, weights),) if look is Look.ADDED else ()
        return surface, *more, mistakes(known, weights, bias, predict)
    if look is Look.ONE_INPUT:
        return sigmoid(known, weights, bias, predict), mistakes(known, weights, bias, predict)
    bars = bars_of(known, weights)
    if look is Look.WORDS:
        return bars, workings(known, weights, bias, known.row(watch), predict)
    return bars, mistakes(known, weights, bias, predict)


def mistakes(known: Material, weights: Floats, bias: Floats, predict: Predict) -> Confusion:
    """Return truth against prediction of all rows."""
    predicted = predict(known.expand(known.features.x), weights, bias).argmax(1)
    return replace(confusion(known.features, predicted), n_classes=max(2, len(weights)))


def sigmoid(known: Material, weights: Floats, bias: Floats, predict: Predict) -> Sigmoid:
    """Return the curve over the input; of two classes the probability of the second, of more that of each.

    Dots: of two classes at what is true, 0 or 1; of more at 1, on the curve of their own class.
    """
    features, two = known.features, len(weights) == 1
    x = features.x[:, 0]
    low, high = float(x.min()), float(x.max())
    margin = 0.05 * (high - low)
    across = np.linspace(low - margin, high + margin, CURVE)
    p = predict(known.expand(across[:, None]), weights, bias)
    lines = []
    for k in range(p.shape[1]):
        mine = x[features.y == k]
        mine = mine[:: max(1, len(mine) // MOST_DOTS)]
        height = np.full(len(mine), float(not two or k == 1))
        lines.append(Line(class_name(features, k), mine, height, style="dots", colour=k))
    lines += [Line(say(""), across, p[:, k], colour=k) for k in range(p.shape[1]) if not two]
    if two:
        lines.append(Line(say("probability of {name}", name=class_name(features, 1)), across, p[:, 1]))
    mark = border(across, p[:, 1]) if two else float("nan")
    return Sigmoid(tuple(lines), across=say("{name}", name=features.names[0]), mark=mark)


def border(x: Floats, p: Floats) -> float:
    """Return the first x at which p crosses one half, between the places of ``x``; NaN where it never does."""
    crossed = np.flatnonzero((p[:-1] < 0.5) != (p[1:] < 0.5))
    if not len(crossed):
        return float("nan")
    i = int(crossed[0])
    share = (0.5 - p[i]) / (p[i + 1] - p[i])
    return float(x[i] + share * (x[i + 1] - x[i]))


def bars_of(known: Material, weights: Floats) -> Weights:
    """Return one bar for each weight: of one sum, or of each class."""
    if len(weights) == 1:
        return Weights(known.names, weights, ranked=True)
    series = tuple(class_name(known.features, k) for k in range(len(weights)))
    return Weights(known.names, weights, series=series, by_class=True, ranked=True)


def workings(known: Material, weights: Floats, bias: Floats, row: int, predict: Predict) -> Workings:
    """Write out the sum of the words that are in one row, and the probability that comes of it.

    With more than two classes the sum is that of the likeliest one.
    """
    features = known.features
    x = known.expand(features.x[row : row + 1])[0]
    p = predict(x[None], weights, bias)[0]
    k = int(p.argmax()) if len(weights) > 1 else 1
    mine, own_bias = (weights[k], bias[k]) if len(weights) > 1 else (weights[0], bias[0])
    there = np.flatnonzero(x)
    there = there[np.argsort(-np.abs(mine[there] * x[there]), kind="stable")]
    truth = say("none") if features.y[row] == UNLABELLED else class_name(features, int(features.y[row]))
    lines = [say("row {row} = {truth} in truth", row=row + 1, truth=truth), say("b = {value}", value=signed(own_bias))]
    for i in there[:MOST_TERMS]:
        lines.append(say("w({word}) = {value}", word=known.names[i], value=signed(mine[i])))
    if len(rest := there[MOST_TERMS:]):
        lines.append(say("{count} more words = {value}", count=len(rest), value=signed((mine[rest] * x[rest]).sum())))
    z = float(own_bias + (mine[there] * x[there]).sum())
    lines.append(say("sum z = {value}", value=signed(z)))
    numbers = {"name": class_name(features, k), "value": float(p[k])}
    if len(p) == 2:
        lines.append(say("p({name}) = 1 ⁄ (1 + e^({z})) = {value:.3f}", **numbers, z=signed(-z)))
    else:
        lines.append(say("p({name}) = e^z ⁄ Σ e^z = {value:.3f}", **numbers))
    return Workings(tuple(lines), strong=len(lines) - 1)
