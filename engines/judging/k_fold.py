"""K-fold cross-validation: every row is held out once, so that no lucky split decides.

Stone, "Cross-validatory choice and assessment of statistical predictions", 1974.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from engines.core.dataset import TEST
from engines.core.experiment import Experiment
from engines.core.judge import judge
from engines.core.language import LearnerError, say
from engines.core.params import Param, Params
from engines.core.step import Outcome, Step, Steps
from engines.evaluation.checks import some
from engines.evaluation.folds import folds, folds_of_groups
from engines.evaluation.training import begin, rows_to_learn_from, score_name, target_of, with_parts
from engines.judging._k_fold_pictures import FoldScores, Held
from engines.judging._trials import Trial, advance, begun, load
from engines.pictures.boundaries import Boundaries
from engines.pictures.folds import Folds

MOST_MODELS = 1000  # beyond it leaving one out is no exercise but a wait


@dataclass(frozen=True)
class KFoldParams(Params):
    """How many parts, and how they are cut."""

    n_splits: Annotated[
        int, Param("Folds k", low=2, high=20, only_if=("kind", ("stratified", "random", "in order", "grouped")))
    ] = 5
    kind: Annotated[
        Literal["stratified", "random", "in order", "grouped", "leave one out"],
        Param("How they are cut", help="stratified: each fold holds as much of each class as the whole"),
    ] = "stratified"
    group: Annotated[
        str,
        Param(
            "Column that holds rows together",
            help="rows with the same value (the same patient, the same day) stay in one fold; empty: the first one",
            only_if=("kind", ("grouped",)),
        ),
    ] = ""


@judge(
    title="K-fold cross-validation",
    shows=(Folds, Boundaries, FoldScores),
    facts=("the test share takes no part",),
    order=10,
)
def k_fold(experiment: Experiment, params: KFoldParams, rng: np.random.Generator) -> Steps:
    """Cut the rows into folds; train once for each, with that one held out; score on what was held out."""
    data = experiment.split_data
    some(data)
    features, rows = target_of(data), rows_to_learn_from(data)
    if params.kind == "leave one out" and len(rows) > MOST_MODELS:
        raise LearnerError("Leaving one out would train {n} models; at most {most} are trained: choose folds, or take "
                           "fewer rows.", n=len(rows), most=MOST_MODELS)  # fmt: skip
    if params.kind == "grouped":
        fold = folds_of_groups(data, rows, params.n_splits, params.group)
    else:
        fold = folds(features, rows, params.n_splits, params.kind, experiment.seed)
    held = Held(features, rows, fold, int((data.parts == TEST).sum()))
    k = held.k
    trials = [Trial(begin(experiment, with_parts(data, rows[fold != i], rows[fold == i]))) for i in range(k)]
    expected = yield from begun([trials])
    yield Step(held.cut(), {"mean": np.nan}, held.draw(trials), then=say("train all {k} models", k=k),
               caution=expected)  # fmt: skip
    count = 0
    while (yield from advance(trials, count, load(experiment))):
        count += 1
        steps = [trial.run.count for trial in trials]
        done = sum(trial.done for trial in trials)
        note = say("{k} models are trained side by side, each without its own fold: {low} to {high} steps so far, "
                   "{done} finished", k=k, low=min(steps), high=max(steps), done=done)  # fmt: skip
        yield Step(note, {"mean": np.nan}, held.draw(trials), then=say("train on"))
    for i, trial in enumerate(trials):
        note = held.mark(i, trial)
        if k <= 2 * held.most_told or i % (k // held.most_told) == k // held.most_told - 1:
            yield Step(note, {"mean": held.mean}, held.draw(trials, i), then=say("score the next fold"))
    yield Step(held.verdict(), {"mean": held.mean}, held.draw(trials), rest=True)
    return Outcome(
        {"mean": held.mean, "sd": held.spread, "pooled": held.pooled, f"train_{score_name(features)}": held.train_mean},
        {"scores": held.scores, "train_scores": held.train_scores, "fold": fold, "rows": rows,
         "predictions": held.predictions},
    )  # fmt: skip
