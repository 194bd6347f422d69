"""K-fold cross-validation: every row is held out once, so that no lucky split decides.

Stone, "Cross-validatory choice and assessment of statistical predictions", 1974.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from engines.core.experiment import Experiment
from engines.core.judge import judge
from engines.core.language import say
from engines.core.params import Param, Params
from engines.core.step import Outcome, Pictures, Step, Steps
from engines.evaluation.folds import folds
from engines.evaluation.training import begin, in_lock_step, rows_to_learn_from, score, target_of, with_parts
from engines.pictures.bars import Bars


@dataclass(frozen=True)
class KFoldParams(Params):
    """How many parts, and how they are cut."""

    n_splits: Annotated[int, Param("Folds k", low=2, high=20)] = 5
    kind: Annotated[Literal["stratified", "random", "in order", "leave one out"], Param("How they are cut")] = (
        "stratified"
    )


@judge(
    title="K-fold cross-validation",
    shows=(Bars,),
    facts=("the test share takes no part",),
    order=10,
)
def k_fold(experiment: Experiment, params: KFoldParams, rng: np.random.Generator) -> Steps:
    """Cut the rows into folds; train once for each, with that one held out; score on what was held out."""
    data = experiment.split_data
    features, rows = target_of(data), rows_to_learn_from(data)
    fold = folds(features, rows, params.n_splits, params.kind, experiment.seed)
    k = int(fold.max()) + 1
    runs = [begin(experiment, with_parts(data, rows[fold != i], rows[fold == i])) for i in range(k)]
    scores = np.full(k, np.nan)
    yield Step(say("{n} rows are cut into {k} folds", n=len(rows), k=k), {"mean": np.nan}, lambda: draw(scores))
    count = 0
    while in_lock_step(runs):
        count += 1
        yield Step(say("Step {count} of all {k} trainings", count=count, k=k), {"mean": np.nan}, lambda: draw(scores))
    for i, run in enumerate(runs):
        scores[i] = score(features, run.predictions(), rows[fold == i])
    mean, spread = float(scores.mean()), float(scores.std())
    note = say("Score of the {k} folds: {mean:.3f} ± {sd:.3f}", k=k, mean=mean, sd=spread)
    yield Step(note, {"mean": mean}, lambda: draw(scores), rest=True)
    return Outcome({"mean": mean, "sd": spread}, {"scores": scores, "fold": fold, "rows": rows})


def draw(scores: np.ndarray) -> Pictures:
    """Draw one bar for each fold."""
    return (Bars(tuple(say("fold {i}", i=i + 1) for i in range(len(scores))), scores[None]),)
