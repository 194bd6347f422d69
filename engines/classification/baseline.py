"""The baseline: an answer that looks at no input at all. What a model must beat before it is worth its name.

Holte, "Very simple classification rules perform well on most commonly used datasets", 1993, asks for such comparisons.
The two ways are those of scikit-learn's DummyClassifier: ``most_frequent`` and ``stratified``.
"""

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.engine import Task, engine
from engines.core.language import Note, say
from engines.core.params import Param, Params
from engines.core.step import Outcome, Pictures, Step, Steps
from engines.data.features import Features
from engines.data.images import Images
from engines.data.points import Points
from engines.data.table import Table
from engines.data.text import Text
from engines.evaluation.checks import with_classes
from engines.evaluation.metrics import accuracy, confusion, macro_f1
from engines.evaluation.words import class_name
from engines.pictures.bars import Bars
from engines.pictures.confusion import Confusion
from engines.pictures.surface import Surface, area_of

ROWS, COLUMNS = 32, 64  # places of the plane at which the dice are thrown


@dataclass(frozen=True)
class BaselineParams(Params):
    """What is answered without looking."""

    strategy: Annotated[Literal["most frequent", "at random by share"], Param("Answer", live=True)] = "most frequent"


@dataclass(frozen=True, eq=False)
class Frequencies(Bars):
    """How large a part of the training rows each class is."""

    title: ClassVar[str] = "How frequent each class is"


@engine(
    title="Baseline",
    task=Task.CLASSIFY,
    shows=(Surface, Frequencies, Confusion),
    facts=("looks at no input",),
)
def baseline(data: Points | Table | Images | Text, params: BaselineParams, rng: np.random.Generator) -> Steps:
    """Answer without looking at the inputs: always the most frequent class, or each class as often as it occurs."""
    features = with_classes(data)
    shares = shares_of(features)
    even = np.full((len(shares), 1, 1), 1 / len(shares))
    nothing = np.zeros((0, len(shares)))
    change = yield Step(
        counted(features, shares), measured(features, nothing, known=False),
        lambda: draw(features, shares, nothing, even),
        then="Answer every question without looking",
    )  # fmt: skip
    while True:
        if change and isinstance(change.params, BaselineParams):
            params = change.params
        if change and change.data is not None:
            features = with_classes(change.data)
            shares = shares_of(features)
        answers = answered(shares, len(features), params.strategy, rng)
        plane = answered(shares, ROWS * COLUMNS, params.strategy, rng).T.reshape(-1, ROWS, COLUMNS)
        change = yield Step(
            given(features, shares, params.strategy), measured(features, answers, known=False),
            lambda: draw(features, shares, answers, plane), then="Count the right answers",
        )  # fmt: skip
        if change:
            continue
        numbers = measured(features, answers)
        note = told(features, shares, numbers, params.strategy)
        change = yield Step(note, numbers, lambda: draw(features, shares, answers, plane), rest=True)
        if not change:
            return outcome(features, shares, answers, numbers)


def shares_of(features: Features) -> Floats:
    """Return how large a part of the training rows each class is: (classes,)."""
    counts = np.bincount(features.train.y, minlength=features.n_classes)
    return counts / counts.sum()


def answered(shares: Floats, n: int, strategy: str, rng: np.random.Generator) -> Floats:
    """Return n answers as probabilities that are 0 or 1: (n, classes)."""
    if strategy == "most frequent":
        chosen: Ints = np.full(n, shares.argmax())
    else:
        chosen = rng.choice(len(shares), n, p=shares)
    return np.eye(len(shares))[chosen]


def measured(features: Features, answers: Floats, *, known: bool = True) -> dict[str, float]:
    """Return the share of right answers; NaN before there are any."""
    parts = {"train": features.train, "validation": features.validation}
    return {f"{name}_accuracy": accuracy(answers[part.index], part.y) if known else np.nan
            for name, part in parts.items()}  # fmt: skip


def outcome(features: Features, shares: Floats, answers: Floats, numbers: dict[str, float]) -> Outcome:
    """Return the answers to all rows, and ``class_prior_`` as scikit-learn calls the shares."""
    test, predictions = features.test, answers.argmax(1)
    tested = {
        "test_accuracy": accuracy(answers[test.index], test.y),
        "test_f1": macro_f1(predictions[test.index], test.y),
    }
    arrays = {"predictions": predictions, "probabilities": answers, "class_prior_": shares}
    return Outcome(numbers | tested, arrays)


def draw(features: Features, shares: Floats, answers: Floats, plane: Floats) -> Pictures:
    """Draw how frequent each class is, truth against answer, and what is answered at every place of the plane."""
    names = tuple(class_name(features, k) for k in range(len(shares)))
    matrix = confusion(features, answers.argmax(1) if len(answers) else np.zeros(len(features), np.int64))
    if not len(answers):
        nobody = np.zeros(0, np.int64)
        matrix = replace(matrix, truth=nobody, predicted=nobody, parts=nobody, index=nobody)
    cards = (Frequencies(names, shares[None], by_class=True), matrix)
    if not features.plane:
        return cards
    return Surface(plane.astype(np.float32), area_of(features.places), border=False), *cards


def counted(features: Features, shares: Floats) -> Note:
    """Say how frequent the classes are."""
    first = int(shares.argmax())
    return say(
        "Only the answers of the {n} training rows are counted: the most frequent is {name}, {share:.1%} of them",
        n=len(features.train.y), name=class_name(features, first), share=shares[first],
    )  # fmt: skip


def given(features: Features, shares: Floats, strategy: str) -> Note:
    """Say what is answered."""
    if strategy == "most frequent":
        return say("Every question gets the same answer: {name}", name=class_name(features, int(shares.argmax())))
    return say("For every question the dice are thrown: each class comes as often as it occurs")


def told(features: Features, shares: Floats, numbers: dict[str, float], strategy: str) -> Note:
    """Say how often such answers are right, and what is to be expected of the dice: Σ share²."""
    right = numbers["train_accuracy" if np.isnan(numbers["validation_accuracy"]) else "validation_accuracy"]
    if strategy == "most frequent":
        name = class_name(features, int(shares.argmax()))
        return say("Always {name}: {right:.1%} are right. A model is worth something above that", name=name,
                   right=right)  # fmt: skip
    expected = float((shares**2).sum())
    return say(
        "Of the answers by dice {right:.1%} are right; on average it is {expected:.1%}",
        right=right, expected=expected,
    )  # fmt: skip
