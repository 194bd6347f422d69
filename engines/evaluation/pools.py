"""Who makes the trials of a search: this very process, several of this computer, or a Dask cluster."""

import os
from collections.abc import Iterator, Sequence
from typing import Protocol

from engines.evaluation._workers import Workers
from engines.evaluation.trials import Finished, Lot, Search, attempt


class Pool(Protocol):
    """Makes trials. All pools give the same results, in whatever order."""

    def run(self, lots: Sequence[Lot]) -> Iterator[Finished | None]:
        """Yield each trial as it is finished, and None every few hundredths of a second in between.

        Not to ask for the next is to pause: no new lot is begun then. A trial that cannot be finished comes back with
        its problem in words. LearnerError when nobody is left who could go on.
        """

    def close(self) -> None:
        """Stop within a second, whatever is under way. Twice does nothing."""


class Alone:
    """Makes one lot after the other, here."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def run(self, lots: Sequence[Lot]) -> Iterator[Finished | None]:
        """Yield each trial as it is finished, None after every step of the training."""
        from threadpoolctl import threadpool_limits

        for lot in lots:
            with threadpool_limits(1):  # as in the other pools: the order of a sum can show in its last figure
                steps = attempt(self._search, lot)
                found: tuple[Finished, ...] = ()
                while not found:
                    try:
                        next(steps)
                    except StopIteration as end:
                        found = end.value
                    else:
                        yield None
            yield from found

    def close(self) -> None:
        """Do nothing: what is not asked for is not begun."""


def pool_for(search: Search, jobs: int = 0, scheduler: str = "") -> Pool:
    """Return the pool: a cluster where a scheduler is named, else ``jobs`` processes, 0 for all cores but one.

    LearnerError when no such scheduler answers.
    """
    if scheduler.strip():
        from engines.evaluation._cluster import Cluster

        return Cluster(search, scheduler.strip())
    jobs = processes_for(search, jobs)
    return Workers(search, jobs) if jobs > 1 else Alone(search)


def processes_for(search: Search, jobs: int) -> int:
    """Return how many processes of this computer make lots at the same time; jobs: 0 for all cores but one."""
    return min(jobs or max(1, (os.cpu_count() or 1) - 1), len(search.lots))
