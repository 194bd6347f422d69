"""Who makes the trials of a search: this very process, several of this computer, or a Dask cluster."""

import os
from collections.abc import Iterator, Sequence
from typing import Protocol

from engines.evaluation._workers import Workers
from engines.evaluation.trials import Finished, Search, Trial, attempt


class Pool(Protocol):
    """Makes trials. All pools give the same results, in whatever order."""

    def run(self, trials: Sequence[Trial]) -> Iterator[Finished | None]:
        """Yield each trial as it is finished, and None every few hundredths of a second in between.

        Not to ask for the next is to pause: no new trial is begun then. A trial that cannot be finished comes back with
        its problem in words. LearnerError when nobody is left who could go on.
        """

    def close(self) -> None:
        """Stop within a second, whatever is under way. Twice does nothing."""


class Alone:
    """Makes one trial after the other, here."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def run(self, trials: Sequence[Trial]) -> Iterator[Finished | None]:
        """Yield each trial as it is finished, None after every step of its training."""
        from threadpoolctl import threadpool_limits

        for trial in trials:
            with threadpool_limits(1):  # as in the other pools: the order of a sum can show in its last figure
                steps = attempt(self._search, trial)
                finished = None
                while finished is None:
                    try:
                        next(steps)
                    except StopIteration as end:
                        finished = end.value
                    else:
                        yield None
            yield finished

    def close(self) -> None:
        """Do nothing: what is not asked for is not begun."""


def pool_for(search: Search, jobs: int = 0, scheduler: str = "") -> Pool:
    """Return the pool: a cluster where a scheduler is named, else ``jobs`` processes, 0 for all cores but one.

    LearnerError when no such scheduler answers.
    """
    if scheduler.strip():
        from engines.evaluation._cluster import Cluster

        return Cluster(search, scheduler.strip())
    jobs = min(jobs or max(1, (os.cpu_count() or 1) - 1), len(search.trials))
    return Workers(search, jobs) if jobs > 1 else Alone(search)
