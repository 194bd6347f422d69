"""What a run of naive Bayes draws: clouds and answers on the plane, or what speaks for which class; the product."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from engines.classification import _bayes_notes as notes
from engines.core.arrays import Floats, Ints
from engines.core.language import Note, say
from engines.core.step import Pictures
from engines.evaluation.metrics import confusion
from engines.evaluation.words import class_name, signed
from engines.pictures.bars import Bars
from engines.pictures.confusion import Confusion
from engines.pictures.ellipses import Ellipses
from engines.pictures.marked import Marked
from engines.pictures.surface import COLUMNS, ROWS, Surface, area_of, grid
from engines.pictures.workings import Workings

if TYPE_CHECKING:
    from engines.classification.naive_bayes import Learned

NOBODY = np.zeros(0, np.int64)
LEAST_SHOWN = 1e-5  # a probability of 0 has no logarithm that could be drawn


@dataclass(frozen=True, eq=False)
class Evidence(Bars):
    """How far each input speaks for each class: of words ln of a ratio, of numbers how far the means lie apart."""

    title: ClassVar[str] = "What speaks for which class"


def draw(known: "Learned") -> Pictures:
    """Draw what is known so far; what is not yet known is empty."""
    if known.features.plane:
        watched = Marked(np.array([known.row]))
        bells = ellipses(known) if known.features.flat else evidence(known)  # of added features there are more bells
        return surface(known), bells, watched, workings(known), mistakes(known)
    return evidence(known), workings(known), mistakes(known)


def surface(known: "Learned") -> Surface:
    """Return the answers at every place; before the predictions each class is as likely as any other."""
    from engines.classification.naive_bayes import bayes

    area, count = area_of(known.features.places), len(known.prior)
    if not len(known.probabilities):
        return Surface(np.full((count, ROWS, COLUMNS), 1 / count, np.float32), area)
    values = bayes(known.joint(known.features.at(grid(area)).astype(float)))
    return Surface(values.T.reshape(count, ROWS, COLUMNS).astype(np.float32), area)


def ellipses(known: "Learned") -> Ellipses:
    """Return the bells of the classes learned so far, their axes along those of the plane."""
    k = np.array(known.seen if known.kind == "gaussian" else [], np.int64)
    covariances = np.array([np.diag(known.second[one]) for one in k]).reshape(len(k), 2, 2)
    return Ellipses(known.first[k], covariances, k)


def mistakes(known: "Learned") -> Confusion:
    """Return truth against prediction, of no row before the predictions."""
    if not len(known.probabilities):
        return Confusion(NOBODY, NOBODY, NOBODY, NOBODY, 0)
    return replace(confusion(known.features, known.probabilities.argmax(1)), n_classes=len(known.prior))


def evidence(known: "Learned") -> Evidence:
    """Return a bar for each input, 0 until all classes are learned.

    Words: ln of how many times likelier a word is in the second class than in the first; of more than two, than in
    their middle. Numbers: how many standard deviations of all rows the mean of each class lies from that of all.
    """
    features, classes = known.features, known.present
    series = tuple(class_name(features, k) for k in classes)
    if known.kind == "gaussian":
        spread = known.train.x.std(0)
        values = (known.first[classes] - known.train.x.mean(0)) / np.where(spread > 0, spread, 1)
        values[[k not in known.seen for k in classes]] = 0
        return Evidence(features.names, values, series=series, by_class=True, ranked=True)
    logs = np.maximum(known.first[classes], np.log(LEAST_SHOWN))
    if set(known.seen) < set(classes):
        logs = np.zeros(logs.shape)
    if classes == [0, 1]:  # the colours of what is above and below 0 are those of the second and the first class
        return Evidence(features.names, logs[1:] - logs[:1], ranked=True)
    return Evidence(features.names, logs - logs.mean(0), series=series, by_class=True, ranked=True)


def workings(known: "Learned") -> Workings:
    """Write out the product of the watched row for two classes, as far as it has been multiplied."""
    if set(known.seen) < set(known.present):
        return Workings(())
    features, (a, b) = known.features, notes.compared(known)
    total = np.log(known.prior[[a, b]])
    names = {"first": class_name(features, a), "second": class_name(features, b)}
    lines = [
        say("{what} = {first} : {second}", what=say("row {row}", row=known.row + 1), **names),
        pair(say("P(class)"), total),
    ]
    for inputs, logs in known.factors()[: known.multiplied]:
        lines.append(pair(factor_head(known, inputs), logs[[a, b]]))
        total = total + logs[[a, b]]
    if known.multiplied:
        lines.append(pair(say("product"), total))
        lines.append(say("{what} = {first} : {second}", what=say("ln of it"), first=log_figure(total[0]),
                         second=log_figure(total[1])))  # fmt: skip
    if known.normalised:
        lines.append(conclusion(known, total))
    return Workings(tuple(lines), strong=len(lines) - 1 if known.normalised else -1)


def factor_head(known: "Learned", inputs: Ints) -> Note:
    """Return what stands before a factor: a probability of a word, or a density (small p) of a number."""
    if len(inputs) > 1:
        return notes.factor_name(known, inputs)
    name = known.features.names[inputs[0]]
    if known.kind != "gaussian":
        return say("P({name})", name=name)
    value = f"{known.features.x[known.row, inputs[0]]:.3g}".replace("-", "−")
    return say("p({name} at {value})", name=name, value=value)


def pair(what: Note, logs: Floats) -> Note:
    """Return a line with the number of either class, from their logarithms (2,)."""
    first, second = (notes.figure(float(log)) for log in logs)
    return say("{what} = {first} : {second}", what=what, first=first, second=second)


def log_figure(value: float) -> str:
    """Return a logarithm, or that of 0."""
    return signed(float(value)) if np.isfinite(value) else "−∞"


def conclusion(known: "Learned", total: Floats) -> Note:
    """Return the line of Bayes' rule: the likeliest class's product divided by the sum over all classes."""
    p = notes.answer(known)
    k = int(p.argmax())
    if notes.impossible(known):
        return say("P(… | row) = 0 ⁄ 0, so each gets {p:.3f}", p=float(p[k]))
    top = float(total.max())
    return say(
        "P({name} | row) = {top} ⁄ {sum} = {p:.3f}",
        name=class_name(known.features, k), top=notes.figure(top), sum=notes.figure(top - np.log(p[k])), p=float(p[k]),
    )  # fmt: skip
