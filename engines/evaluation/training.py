"""Training for a judge: an engine run to its end, or many in lock step, and how good what came of it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.dataset import TEST, TRAIN, VALIDATION, Dataset
from engines.core.experiment import Experiment
from engines.core.language import LearnerError
from engines.core.params import Params
from engines.core.patience import Busy, patience
from engines.core.step import WAIT, Outcome, Step, Steps
from engines.data.features import Features, classes_of, learns_a_number, numbers_of
from engines.evaluation.metrics import r2


@dataclass
class Run:
    """One training that is under way. outcome: None before its end. step: the newest, None before the first."""

    steps: Steps
    step: Step | None = None
    outcome: Outcome | None = None
    count: int = 0
    told: dict[str, float] = field(default_factory=dict)

    def advance(self) -> bool:
        """Take one step; whether there was one left. What rests is at its end, as nobody wakes it here."""
        if self.outcome is not None:
            return False
        try:
            self.step = next(self.steps)
        except StopIteration as end:
            self.outcome = end.value
            return False
        self.count += 1
        self.told.update(self.step.scalars)
        return True

    def finish(self) -> Outcome:
        """Take all steps that are left."""
        while self.advance():
            pass
        assert self.outcome is not None
        return self.outcome

    def predictions(self) -> Floats:
        """Return what the finished run says about every row of its data: (n,) classes or numbers.

        LearnerError for a run that only shows something and answers nothing.
        """
        assert self.outcome is not None
        if "predictions" not in self.outcome.arrays:
            raise LearnerError(
                "With these settings the algorithm only shows something and learns nothing, so that there is nothing "
                "to judge: choose other settings, or run it once."
            )
        return np.asarray(self.outcome.arrays["predictions"])


def begin(experiment: Experiment, data: Dataset, *, params: Params | None = None, seed: int | None = None) -> Run:
    """Begin to train on ``data`` as its parts are, with the experiment's engine; nothing is computed yet."""
    dice = np.random.default_rng(experiment.seed if seed is None else seed)
    return Run(experiment.engine.start(data, experiment.params if params is None else params, dice))


def with_parts(data: Dataset, train: Ints, validation: Ints) -> Dataset:
    """Return the data with these rows to train on and these to validate by; all others are put aside as the test's."""
    parts = np.full(len(data), TEST, np.uint8)
    parts[train], parts[validation] = TRAIN, VALIDATION
    return replace(data, parts=parts)


def rows_to_learn_from(data: Dataset) -> Ints:
    """Return the rows that are not sealed for the final test and have what is to be learned: (m,)."""
    features = target_of(data)
    known = np.isfinite(features.value) if features.numeric else features.y >= 0
    return np.flatnonzero((data.parts != TEST) & known)


def target_of(data: Dataset) -> Features:
    """Return the data as features with the number or class that is to be learned."""
    return numbers_of(data) if learns_a_number(data) else classes_of(data)


def score_name(features: Features) -> str:
    """Return what ``score`` is called: accuracy for classes, r2 for numbers, as scikit-learn's own scores."""
    return "r2" if features.numeric else "accuracy"


def score(features: Features, predictions: Floats, rows: Ints) -> float:
    """Return the accuracy of the predictions (n,) on these rows, or r2 where a number is learned; NaN for no rows."""
    if not len(rows):
        return float("nan")
    if features.numeric:
        return r2(predictions[rows], features.value[rows])
    return float((predictions[rows] == features.y[rows]).mean())


def in_lock_step(runs: Sequence[Run]) -> Busy[bool]:
    """Take one step of every run; returns whether any had one left."""
    going = False
    for run in runs:
        going |= run.advance()
        if patience.over:
            yield WAIT
    return going
