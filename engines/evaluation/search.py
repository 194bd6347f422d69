"""A search over hyper-parameters: which trials there are, on which folds, and their results one after the other.

Bergstra and Bengio, "Random Search for Hyper-Parameter Optimization", 2012, for why drawing at random is often better
than a grid of as many trials.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from engines.core.dataset import TRAIN, VALIDATION
from engines.core.engine import Task
from engines.core.experiment import Experiment
from engines.core.language import LearnerError
from engines.evaluation.folds import folds
from engines.evaluation.pools import Pool
from engines.evaluation.space import Values
from engines.evaluation.training import rows_to_learn_from, target_of
from engines.evaluation.trials import Finished, Lot, Search, Trial

Keep = Callable[[Finished], None]
JUDGED = (Task.CLASSIFY, Task.REGRESS)


def planned(experiment: Experiment, values: Sequence[Values], n_folds: int, *, tiles: bool = False) -> Search:
    """Return the search that tries ``values``, each scored by ``n_folds`` folds, 0 for the validation share.

    The rows of the test share take no part. LearnerError when the engine learns nothing that could be scored, or when
    the rows do not suffice.
    """
    engine = experiment.engine
    if engine.task not in JUDGED:
        raise LearnerError("“{engine}” learns no class and no number that could be scored.", engine=engine.key)
    data = experiment.split_data
    features, rows = target_of(data), rows_to_learn_from(data)
    if not len(rows):
        raise LearnerError("There are no rows to learn from: draw some, or give the test a smaller share.")
    if n_folds:
        fold = folds(features, rows, n_folds, "stratified", experiment.seed)
        cut = tuple((rows[fold != i], rows[fold == i]) for i in range(int(fold.max()) + 1))
    else:
        cut = ((rows[data.parts[rows] == TRAIN], rows[data.parts[rows] == VALIDATION]),)
        if not len(cut[0][1]):
            raise LearnerError("No rows are kept for validation: give them a share on the Data tab, or choose folds.")
    alone = replace(experiment, data=data, judge_key="", judge_params=None)
    trials = tuple(Trial(i, one) for i, one in enumerate(values))
    for trial in trials:
        alone.params.with_values(**dict(trial.values))  # what is out of its range is told before anything begins
    return Search(alone, trials, cut, tiles)


def results(
    search: Search, pool: Pool, kept: Mapping[int, Finished] | None = None, keep: Keep | None = None
) -> Iterator[Finished | None]:
    """Yield what every trial came to, in their order, whoever is finished first; None now and then in between.

    kept: trials that were finished before, and are not made again. keep: is told of each trial as soon as it is made.
    """
    ready = dict(kept or {})
    known = set(ready)
    running = pool.run(unfinished(search, known))
    for trial in search.trials:
        while trial.index not in ready:
            found = next(running)
            if found is None:
                yield None
                continue
            if found.index not in known:
                known.add(found.index)
                ready[found.index] = found
                if keep:
                    keep(found)
        yield ready.pop(trial.index)


def unfinished(search: Search, known: Container[int]) -> list[Lot]:
    """Return the lots with a trial that is not ``known``: a lot is made whole, so that it comes to the same again."""
    return [lot for lot in search.lots if any(trial.index not in known for trial in lot)]


def best_of(scores: Sequence[float]) -> int:
    """Return the place of the highest score, the first of equals; -1 where there is none."""
    known = np.array(scores, float)
    return int(np.nanargmax(known)) if np.isfinite(known).any() else -1
