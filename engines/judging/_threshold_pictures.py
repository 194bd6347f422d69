"""What the judge of thresholds draws: two curves, the costs, and the confusion at the threshold."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.language import Note, say
from engines.core.step import Pictures
from engines.evaluation.thresholds import Walk
from engines.evaluation.words import class_name
from engines.judging._yes import Ranked, squeezed
from engines.pictures.chart import NO_CLASS, Chart, Cut, Line
from engines.pictures.confusion import Confusion
from engines.pictures.surface import Surface

MOST_CORNERS = 2000  # of a curve
EDGE = 1e-6  # what is surer is drawn as if it were so sure


@dataclass(frozen=True, eq=False)
class Roc(Chart):
    """Recall against the share of false alarms."""

    title: ClassVar[str] = "ROC curve"


@dataclass(frozen=True, eq=False)
class PrecisionRecall(Chart):
    """Precision against recall."""

    title: ClassVar[str] = "Precision-recall curve"


@dataclass(frozen=True, eq=False)
class Costs(Chart):
    """What a row costs on average against the threshold."""

    title: ClassVar[str] = "Cost against the threshold"


@dataclass(frozen=True, eq=False)
class AtThreshold(Confusion):
    """Truth against what the threshold says."""

    title: ClassVar[str] = "Confusion at the threshold"


def nothing() -> Pictures:
    """Return the pictures before there is a ranking."""
    nobody = np.zeros(0, np.int64)
    return Costs(()), AtThreshold(nobody, nobody, nobody, nobody, 2, one_share=True), PrecisionRecall(()), Roc(())


def draw(ranked: Ranked, upto: int, place: int, at: float, prices: tuple[float, float]) -> Pictures:
    """Draw what is known after so many places of the walk. place: what the threshold ``at`` of now comes to.

    prices: of a false alarm and of a miss.
    """
    done = corners(upto)
    return (
        costs(ranked, upto, at, prices),
        confusion(ranked, place),
        precision_recall(ranked, done, place),
        roc(ranked, done, place),
    )


def corners(upto: int) -> Ints:
    """Return the places of the walk that are drawn: all, or so many that the curve looks the same."""
    if upto <= MOST_CORNERS:
        return np.arange(upto)
    return np.unique(np.linspace(0, upto - 1, MOST_CORNERS).astype(int))


def roc(ranked: Ranked, done: Ints, place: int) -> Roc:
    """Draw recall against false positive rate, the diagonal of guessing, and the threshold of now as a dot."""
    walk = ranked.walk
    whole = done[-1] == len(walk) - 1
    x, y = walk.false_positive_rate, walk.recall
    name = say("area {area:.3f}", area=walk.roc_auc) if whole else say("recall")
    lines = (
        Line(name, x[done], y[done]),
        Line(say("now"), x[place : place + 1], y[place : place + 1], style="dots"),
        Line(say("guessing"), np.array([0.0, 1.0]), np.array([0.0, 1.0]), style="dashes", colour=NO_CLASS),
    )
    return Roc(lines, say("false positive rate"), say("recall"), mark=float(x[place]),
               from_zero=True)  # fmt: skip


def precision_recall(ranked: Ranked, done: Ints, place: int) -> PrecisionRecall:
    """Draw precision against recall, what guessing reaches, and the threshold of now as a dot."""
    walk = ranked.walk
    x, y = walk.recall, walk.precision
    whole = done[-1] == len(walk) - 1
    name = say("average {area:.3f}", area=walk.average_precision) if whole else say("precision")
    lines = (
        Line(name, x[done], y[done]),
        Line(say("now"), x[place : place + 1], y[place : place + 1], style="dots"),
        Line(say("guessing"), np.array([0.0, 1.0]), np.full(2, ranked.share), style="dashes", colour=NO_CLASS),
    )
    return PrecisionRecall(lines, say("recall"), say("precision"),
                           mark=float(x[place]), from_zero=True)  # fmt: skip


def costs(ranked: Ranked, upto: int, at: float, prices: tuple[float, float]) -> Costs:
    """Draw the cost of a row in steps, the cheapest threshold as a hair line, and that of now, which can be dragged."""
    walk = ranked.walk
    value, best = walk.costs(*prices), ranked.cheapest(*prices)
    x, y = stairs(walk, value)
    whole = upto == len(walk)
    if not whole:
        y = np.where(x > walk.thresholds[upto], y, np.nan)  # not walked yet
    cheapest = min(float(walk.settings()[best]), 1.0) if whole else float("nan")
    name = say("cheapest: {at:.3f}", at=cheapest) if whole else say("cost of a row")
    ends = np.array([0.0, 1.0])
    lines = (
        Line(name, x, y),
        Line(say("always no"), ends, np.full(2, value[0]), style="dashes", colour=NO_CLASS),
        Line(say("always yes"), ends, np.full(2, value[-1]), style="dashes"),
    )
    return Costs(lines, say("Threshold"), say("cost of a row"), mark=cheapest, cut=Cut("threshold", at, upright=True),
                 from_zero=True)  # fmt: skip


def stairs(walk: Walk, value: Floats) -> tuple[Floats, Floats]:
    """Return a number of each place of the walk as steps over the thresholds from 0 to 1: x and y, x ascending."""
    if len(walk) > MOST_CORNERS:
        x = np.linspace(0, 1, MOST_CORNERS)
        return x, value[[walk.at(t) for t in x.tolist()]]
    edges = np.concatenate([[1.0], walk.thresholds[1:], [0.0]])[::-1]
    return np.repeat(edges, 2)[1:-1], np.repeat(value[::-1], 2)


def confusion(ranked: Ranked, place: int) -> AtThreshold:
    """Return truth against what a place of the walk says: of two classes, or of the rest and the positive."""
    features, says = ranked.features, ranked.scores >= ranked.walk.thresholds[place]
    if features.n_classes == 2:
        yes, no = ranked.positive, 1 - ranked.positive
        names: tuple[Note | str, ...] = tuple(class_name(features, k) for k in range(2))
    else:
        yes, no, names = 1, 0, (say("not {name}", name=ranked.name), ranked.name)
    truth, predicted = np.where(ranked.truth, yes, no), np.where(says, yes, no)
    return AtThreshold(truth, predicted, features.parts[ranked.rows], ranked.rows, 2, names, one_share=True)


def shifted(surface: Surface, ranked: Ranked, at: float) -> Surface:
    """Return the surface with the odds shifted so that its border runs where the model is as sure as the threshold."""
    p = np.clip(surface.values[ranked.positive].astype(float), EDGE, 1 - EDGE)
    if ranked.decided:
        p = squeezed(np.arctanh(2 * p - 1))  # the surface of a decision value f is 0.5 + 0.5 tanh f
    at = min(max(at, EDGE), 1 - EDGE)
    yes = p * (1 - at) / (p * (1 - at) + (1 - p) * at)
    values = np.empty_like(surface.values)
    values[ranked.positive], values[1 - ranked.positive] = yes, 1 - yes
    return replace(surface, values=values)
