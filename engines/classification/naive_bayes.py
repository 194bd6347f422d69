"""Naive Bayes: how likely is each input in each class? Multiply as if they were independent, and turn it round.

Maron, "Automatic indexing", 1961; Manning, Raghavan and Schütze, "Introduction to Information Retrieval", chapter 13,
2008. The numbers are those of scikit-learn's GaussianNB, MultinomialNB and BernoulliNB. Products are taken as sums of
logarithms: a hundred small factors would be rounded to 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal

import numpy as np

from engines.classification import _bayes_notes as notes
from engines.classification._bayes_pictures import Evidence, draw
from engines.core.arrays import Floats, Ints
from engines.core.engine import Task, engine
from engines.core.language import LearnerError, Note, say
from engines.core.params import Param, Params
from engines.core.step import Change, Outcome, Pictures, Step, Steps
from engines.data.features import Features
from engines.data.points import Points
from engines.data.table import Table
from engines.data.text import Text
from engines.evaluation.checks import with_classes
from engines.evaluation.metrics import accuracy, cross_entropy, macro_f1
from engines.evaluation.words import are_words
from engines.pictures.confusion import Confusion
from engines.pictures.ellipses import Ellipses
from engines.pictures.marked import Marked
from engines.pictures.surface import Surface
from engines.pictures.workings import Workings

LEARN = "Look at the rows of the next class"
SMOOTH = "Turn the counts into probabilities"
MULTIPLY = "Multiply by the next factor"
NORMALISE = "Divide by the sum over the classes"
PREDICT = "Do the same for every row"
TEST = "Look at the rows that were kept back"
NUMBERS_A_STEP = 1_000_000  # that are looked at for each class when every row gets its answer
MOST_FACTORS = 4  # of the watched row that have a step and a line of their own; the others come as one


@dataclass(frozen=True)
class NaiveBayesParams(Params):
    """What the inputs of a class look like, and how what was never seen is treated."""

    model: Annotated[
        Literal["auto", "gaussian", "multinomial", "bernoulli"],
        Param("Likelihood", help="Auto: bells for numbers, counts for texts, yes or no where all numbers are 0 or 1"),
    ] = "auto"
    alpha: Annotated[
        float,
        Param("Smoothing α", low=0, high=10, log=True, live=True, help="Added to each count",
              only_if=("model", ("auto", "multinomial", "bernoulli"))),
    ] = 1.0  # fmt: skip
    var_smoothing: Annotated[
        float,
        Param("Added to variances", low=1e-12, high=1, log=True, live=True,
              help="As a share of the largest variance of an input", only_if=("model", ("auto", "gaussian"))),
    ] = 1e-9  # fmt: skip
    watch: Annotated[
        int, Param("Row worked out", low=1, high=500, live=True, help="Its factors are shown one by one")
    ] = 1


@engine(
    title="Naive Bayes",
    task=Task.CLASSIFY,
    shows=(Surface, Ellipses, Marked, Evidence, Workings, Confusion),
    facts=("no scaling", "inputs taken as independent within a class", "priors: shares of the training rows"),
    prepared=(Points, Table, Text),
)
def naive_bayes(data: Points | Table | Text, params: NaiveBayesParams, rng: np.random.Generator) -> Steps:
    """Learn how likely each input is in each class, multiply, and let Bayes’ rule turn that into a class."""
    features = with_classes(data)
    words = isinstance(data, Text) and not data.components
    known = Learned(features, params, likelihood(params.model, features, words=words))
    step = partial(known.step, partial(draw, known))
    known.take((yield step(notes.classes_counted(known), LEARN)))

    while waiting := [k for k in known.present if k not in known.seen]:
        known.learn(waiting[0])
        then = LEARN if len(waiting) > 1 else SMOOTH if known.kind != "gaussian" else MULTIPLY
        known.take((yield step(notes.class_learned(known, waiting[0]), then)))
    if known.kind != "gaussian":
        known.take((yield step(notes.smoothed(known), MULTIPLY)))

    while known.multiplied < len(known.factors()):
        known.multiplied += 1
        then = MULTIPLY if known.multiplied < len(known.factors()) else NORMALISE
        known.take((yield step(notes.multiplied(known), then)))
    known.multiplied, known.normalised = MOST_FACTORS + 1, True
    known.take((yield step(notes.normalised(known), PREDICT)))

    while not known.predict_more():
        note = say("{done} of {rows} rows have their class", done=known.predicted, rows=len(known.features))
        known.take((yield step(note, PREDICT)))
    known.take((yield step(notes.predicted(known), TEST)))
    note = notes.tested(known)
    while change := (yield step(note, TEST, rest=True)):
        row = known.row
        known.take(change)  # all is counted and multiplied anew at once
        note = notes.tested(known) if known.row == row else notes.normalised(known)
    return known.outcome()


def likelihood(model: str, features: Features, *, words: bool) -> str:
    """Return what the inputs of a class are taken for where that is left open."""
    if model != "auto":
        return model
    return "multinomial" if words else "bernoulli" if are_words(features) else "gaussian"


def log_bell(x: Floats, mean: Floats, variance: Floats) -> Floats:
    """Return ln N(x; mean, variance) of each input: (n, d)."""
    return -0.5 * (np.log(2 * np.pi * variance) + (x - mean) ** 2 / variance)


def log_shares(counts: Floats, alpha: float) -> Floats:
    """Return ln of each word's share of all words of a class: (d,), as if each had been seen alpha times more."""
    total = counts.sum() + alpha * len(counts)
    with np.errstate(divide="ignore"):  # without smoothing a word that was never seen has the ln of 0
        return np.log((counts + alpha) / (total or 1.0))


def log_presence(counts: Floats, n_rows: int, alpha: float) -> Floats:
    """Return ln of the share of a class's rows that a word is in, and is not in: (2, d)."""
    with np.errstate(divide="ignore"):
        share = (counts + alpha) / (n_rows + 2 * alpha)
        return np.log(np.stack([share, (n_rows - counts + alpha) / (n_rows + 2 * alpha)]))


def bayes(joint: Floats) -> Floats:
    """Return P(class | row) from ln of P(class) · P(row | class): (n, classes), each row summing to 1.

    A row that no class can have made gets the same probability for each class.
    """
    highest = joint.max(1, keepdims=True)
    product = np.exp(joint - np.where(np.isfinite(highest), highest, 0))
    product[~np.isfinite(highest[:, 0])] = 1
    return product / product.sum(1, keepdims=True)


def times(x: Floats, logs: Floats) -> Floats:
    """Return x · logs for each row (n,), where a 0 in ``x`` (n, d) makes nothing even of the ln of 0."""
    never = ~np.isfinite(logs)
    total: Floats = x @ np.where(never, 0, logs)
    total[(x[:, never] > 0).any(1)] = -np.inf
    return total


class Learned:
    """What is known so far: priors, then class by class its bells or its counts, then the answers.

    prior: (classes,). first, second: (classes, d) mean and variance, or ln P of a word that is there and, for
    bernoulli, of one that is not. counts: (classes, d) of words. seen: classes learned. multiplied: how many factors of
    the watched row are shown. probabilities: (n, classes), no rows before the predictions.
    """

    def __init__(self, features: Features, params: NaiveBayesParams, kind: str) -> None:
        self.features, self.params, self.kind, self.watch = features, params, kind, params.watch - 1
        self.seen: list[int] = []
        self.multiplied, self.normalised = 0, False
        self.probabilities: Floats = np.zeros((0, 0))
        self._count()

    def _count(self) -> None:
        """Count the rows of each class: their shares are the priors. What a class looks like is not known any more."""
        self.train = self.features.train
        self.predicted, self._parts = 0, list[Floats]()  # rows that have their probabilities, and these
        if self.kind == "multinomial" and self.train.x.min(initial=0) < 0:
            raise LearnerError("Counts of words are asked for, and some numbers are below 0: choose “gaussian”.")
        self.class_counts = np.bincount(self.train.y, minlength=self.features.n_classes)
        self.prior = self.class_counts / len(self.train.y)
        self.present: list[int] = np.flatnonzero(self.class_counts).tolist()
        shape = len(self.prior), self.features.x.shape[1]
        self.first, self.second, self.counts = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self.least = self.params.var_smoothing * self.train.x.var(0).max() if self.kind == "gaussian" else 0.0

    def learn(self, k: int) -> None:
        """Learn what the rows of class ``k`` look like."""
        x = self.train.x[self.train.y == k]
        if self.kind == "gaussian":
            self.first[k], self.second[k] = x.mean(0), x.var(0) + self.least
            if not np.isfinite(self.second[k]).all():
                raise LearnerError("The numbers are too large to have a variance: scale them, or move them closer.")
        elif self.kind == "multinomial":
            self.counts[k] = x.sum(0)
            self.first[k] = log_shares(self.counts[k], self.params.alpha)
        else:
            self.counts[k] = (x > 0).sum(0)
            self.first[k], self.second[k] = log_presence(self.counts[k], len(x), self.params.alpha)
        if k not in self.seen:
            self.seen.append(k)

    def joint(self, x: Floats) -> Floats:
        """Return ln of P(class) · P(row | class) for each row (n, classes); of a class not learned that of 0."""
        found = np.full((len(x), len(self.prior)), -np.inf)
        for k in self.seen:
            if self.kind == "gaussian":
                found[:, k] = log_bell(x, self.first[k], self.second[k]).sum(1)
            elif self.kind == "multinomial":
                found[:, k] = times(x, self.first[k])
            else:
                there = (x > 0).astype(float)
                found[:, k] = times(there, self.first[k]) + times(1 - there, self.second[k])
            found[:, k] += np.log(self.prior[k])
        return found

    def predict_more(self) -> bool:
        """Give the next rows their probabilities; return whether all have theirs now."""
        x, begin = self.features.x, self.predicted
        end = min(len(x), begin + max(1, NUMBERS_A_STEP // (x.shape[1] * len(self.prior))))
        self._parts.append(bayes(self.joint(x[begin:end])))
        self.predicted = end
        if end == len(x):
            self.probabilities, self._parts = np.concatenate(self._parts), []
        return end == len(x)

    # The watched row

    @property
    def row(self) -> int:
        """The watched row: the last one where there are fewer."""
        return max(0, min(self.watch, len(self.features) - 1))

    def factors(self) -> list[tuple[Ints, Floats]]:
        """Return the factors of the watched row: the inputs of each, and its ln in each class (classes,).

        One for each input, of words for each that is there; the last holds all that have none of their own.
        """
        x = self.features.x[self.row]
        logs = np.zeros((len(self.prior), len(x)))
        for k in self.seen:
            if self.kind == "gaussian":
                logs[k] = log_bell(x, self.first[k], self.second[k])
            else:
                logs[k, x > 0] = self.first[k, x > 0] * (x[x > 0] if self.kind == "multinomial" else 1)
        alone = np.arange(len(x)) if self.kind == "gaussian" else np.flatnonzero(x > 0)
        others = np.zeros(0, np.int64)
        if self.kind == "bernoulli":
            others = np.flatnonzero(x <= 0)
            logs[:, others] = self.second[:, others]
        if len(alone) > MOST_FACTORS:
            alone, others = alone[:MOST_FACTORS], np.append(alone[MOST_FACTORS:], others)
        groups = [np.array([i]) for i in alone] + ([others] if len(others) else [])
        return [(group, logs[:, group].sum(1)) for group in groups]

    # The run

    def take(self, change: Change | None) -> None:
        """Take up what has changed, and learn anew what was learned."""
        if change is None:
            return
        before = self.params
        if isinstance(change.params, NaiveBayesParams):
            self.params = change.params
            self.watch = self.watch if before.watch == self.params.watch else self.params.watch - 1
        self.watch = next((poke.index[0] for poke in change.pokes if poke.target == "watch"), self.watch)
        if change.data is not None:
            self.features = with_classes(change.data)
        again, self.seen = self.seen, []
        self._count()
        for k in self.present if len(self.probabilities) else [k for k in again if k in self.present]:
            self.learn(k)
        while len(self.probabilities) and not self.predict_more():
            pass

    def step(self, pictures: Callable[[], Pictures], note: Note, then: str, *, rest: bool = False) -> Step:
        """Return a step that shows what is known now."""
        return Step(note, self.scores(), pictures, then=then, rest=rest)

    def scores(self) -> dict[str, float]:
        """Return loss and accuracy on the training and validation shares, NaN before the predictions."""
        numbers: dict[str, float] = {}
        for name, share in (("train", self.train), ("validation", self.features.validation)):
            p = self.probabilities[share.index] if len(self.probabilities) else np.zeros((0, 1))
            y = share.y[: len(p)]
            numbers |= {f"{name}_loss": cross_entropy(p, y), f"{name}_accuracy": accuracy(p, y)}
        return numbers

    def outcome(self) -> Outcome:
        """Return scores and what was learned, with scikit-learn's names."""
        p, test = self.probabilities, self.features.test
        tested = {
            "test_accuracy": accuracy(p[test.index], test.y),
            "test_f1": macro_f1(p[test.index].argmax(1), test.y),
        }
        bells = self.kind == "gaussian"
        learned = {"theta_": self.first, "var_": self.second} if bells else {"feature_log_prob_": self.first}
        arrays = {"class_prior_": self.prior, "probabilities": p, "predictions": p.argmax(1)}
        return Outcome(self.scores() | tested, arrays | learned)
