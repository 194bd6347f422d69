"""A search of 24 trials: made here one after the other, by two processes of this computer, and by a Dask cluster.

Wall time from the first trial to the last, the start of the processes included; that of the cluster's own processes is
not, as a cluster is there before a search. Where other programs run too the wall tells little: the processor seconds
say what it would be on idle cores. ``python -m tests.benchmarks.search`` measures this alone.
"""

import os
import time

import psutil

from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.core.registry import engine_named
from engines.data.sampling import parse_sample
from engines.evaluation._cluster import Cluster
from engines.evaluation._workers import Workers
from engines.evaluation.pools import Alone, Pool
from engines.evaluation.search import planned, results
from engines.evaluation.space import axis_of, grid
from engines.evaluation.trials import Search

WORKERS = 2
ENGINE, DATA = "classification.svm", "moons:n=4000,noise=0.35"
VALUES = {"C": "1, 3, 10, 30", "gamma": "0.1, 0.3, 1, 3, 10, 30"}


def search() -> Search:
    """Return 24 trials, each of them long enough to be worth a process."""
    engine = engine_named(ENGINE)
    experiment = Experiment(engine.key, engine.params(), parse_sample(DATA), Split(), 0)
    return planned(experiment, grid([axis_of(engine.params, name, text) for name, text in VALUES.items()]), 3)


def processor_seconds() -> float:
    """Return what this process and its ended children have used."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def seconds_of_children() -> float:
    """Return what the processes below this one that are still there have used, as those of the cluster."""
    return sum(sum(child.cpu_times()[:2]) for child in psutil.Process().children(recursive=True))


def timed(plan: Search, pool: Pool) -> tuple[float, list[float]]:
    """Return the seconds that all trials take, and their scores."""
    began = time.perf_counter()
    try:
        scores = [one.score for one in results(plan, pool) if one is not None]
    finally:
        pool.close()
    return time.perf_counter() - began, scores


def measure() -> dict[str, object]:
    """Measure the three; the figures by name. AssertionError when they do not come to the same scores."""
    from dask.distributed import LocalCluster

    plan = search()
    assert len(plan.trials) == 24
    marks = [processor_seconds()]
    alone, expected = timed(plan, Alone(plan))
    marks.append(processor_seconds())
    local, scores = timed(plan, Workers(plan, WORKERS))
    marks.append(processor_seconds())
    one, two = marks[1] - marks[0], marks[2] - marks[1]
    assert scores == expected
    with LocalCluster(
        n_workers=WORKERS, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, memory_limit=0
    ) as cluster:
        before = seconds_of_children()
        dask, scores = timed(plan, Cluster(plan, cluster.scheduler_address))
        cluster_seconds = seconds_of_children() - before
    assert scores == expected
    return {
        "two processes ÷ one after the other (≤ 0.62)": local / alone,
        "Dask ÷ two processes (≤ 1.5)": dask / local,
        "the first on idle cores, by processor seconds": two / WORKERS / one,
        "the second on idle cores, by processor seconds": cluster_seconds / two,
        "processor seconds": f"{one:.1f} alone, {two:.1f} with {WORKERS} processes, {cluster_seconds:.1f} with Dask",
        "seconds": f"{alone:.1f} alone, {local:.1f} with {WORKERS} processes, {dask:.1f} with Dask",
        "processors, and how many want one": f"{os.cpu_count()}, {os.getloadavg()[0]:.1f}",
    }


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:48} {value:.3g}" if isinstance(value, float) else f"{name:48} {value}")
