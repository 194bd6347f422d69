"""What was flagged against what is known: hits, false alarms, and what was missed."""

from dataclasses import dataclass

import numpy as np

from engines.core.arrays import Bools, Floats, Ints
from engines.core.dataset import TEST, TRAIN, Dataset
from engines.core.language import LearnerError, Note, say
from engines.data.features import Features, inputs_of
from engines.evaluation.checks import some
from engines.pictures.confusion import Confusion

STRAY = 1  # the class that is to be found, where there are two


@dataclass(frozen=True)
class Alarms:
    """How many strays were flagged, how many not, and how many usual rows were flagged."""

    hits: int
    missed: int
    false: int

    @property
    def precision(self) -> float:
        """The share of what was flagged that is right; NaN where nothing was flagged."""
        return self.hits / (self.hits + self.false) if self.hits + self.false else float("nan")

    @property
    def recall(self) -> float:
        """The share of the strays that was flagged; NaN where there are none."""
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else float("nan")

    @property
    def f1(self) -> float:
        """2 TP / (2 TP + FP + FN); NaN where that is 0 / 0."""
        wrong = self.missed + self.false
        return 2 * self.hits / (2 * self.hits + wrong) if self.hits + wrong else float("nan")


def to_watch(data: Dataset, column: int = 0) -> tuple[Features, Floats]:
    """Return the data, with one column of them only where that is asked for, and the rows to learn from: (m, d).

    column: from 1 on, 0 for all. Raises LearnerError where there is nothing to learn from.
    """
    some(data)
    features = inputs_of(data)
    x = features.x
    if column:
        if column > x.shape[1]:
            raise LearnerError("There is no column {column}: there are {count}.", column=column, count=x.shape[1])
        x = x[:, column - 1 : column]
        features = Features(x, features.names[column - 1 : column], features.y, features.classes, features.value,
                            features.parts, features.numeric)  # fmt: skip
    if not np.isfinite(x).all():
        raise LearnerError("Some numbers are infinite: take those rows out on the Data tab.")
    learned = x[features.parts == TRAIN]
    if len(learned) < 2:
        raise LearnerError("The training share holds less than two points: draw more, or enlarge the training share.")
    if (learned == learned[0]).all():
        raise LearnerError("All training points lie on the same spot: draw some elsewhere.")
    return features, learned


def strays(features: Features) -> Bools | None:
    """Return which rows are known to be strays (n,): those of the second of two classes; None where nobody knows."""
    return features.y == STRAY if features.n_classes == STRAY + 1 else None


def alarms(flagged: Bools, features: Features, part: int | None = None) -> Alarms | None:
    """Compare with what is known, in one part of the data or in all labelled rows; None where nothing is known."""
    truth = strays(features)
    if truth is None:
        return None
    rows = features.y >= 0 if part is None else (features.y >= 0) & (features.parts == part)
    raised, there = np.count_nonzero(flagged & rows), np.count_nonzero(truth & rows)
    hits = np.count_nonzero(truth & flagged & rows)
    return Alarms(int(hits), int(there - hits), int(raised - hits))


def numbers_of(flagged: Bools | None, features: Features) -> dict[str, float]:
    """Return the scalars of a step: NaN for what is not known."""
    found = alarms(flagged, features) if flagged is not None else None
    return {
        "flagged": float(np.count_nonzero(flagged)) if flagged is not None else np.nan,
        "precision": found.precision if found else np.nan,
        "recall": found.recall if found else np.nan,
    }


def final(flagged: Bools, features: Features) -> dict[str, float]:
    """Return the scalars of an outcome; those of the test share where strays are known."""
    found, tested = alarms(flagged, features), alarms(flagged, features, TEST)
    known = {"precision": found.precision, "recall": found.recall, "f1": found.f1} if found else {}
    kept = {f"test_{name}": getattr(tested, name) for name in ("precision", "recall", "f1")} if tested else {}
    return {"flagged": float(np.count_nonzero(flagged)), **known, **kept}


def said(flagged: Bools, features: Features, note: Note) -> Note:
    """Add to a note how right the alarms are, where that is known."""
    found = alarms(flagged, features)
    if found is None:
        return note
    return say(
        "{note}. {hits} of {all} strays found, {missed} missed, {false} false {false:alarm|alarms}",
        note=note, hits=found.hits, all=found.hits + found.missed, missed=found.missed, false=found.false,
    )  # fmt: skip


def confusion(flagged: Bools | None, features: Features) -> Confusion | None:
    """Return truth against alarm of every labelled row; empty before anything is flagged, None where nobody knows."""
    truth = strays(features)
    if truth is None:
        return None
    index: Ints = np.flatnonzero(features.y >= 0) if flagged is not None else np.zeros(0, np.int64)
    raised = flagged if flagged is not None else truth
    return Confusion(
        truth[index].astype(np.int64), raised[index].astype(np.int64), features.parts[index], index, STRAY + 1
    )
