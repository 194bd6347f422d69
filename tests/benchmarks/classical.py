"""Every classical algorithm, stepped through with 60 frames a second, against scikit-learn's fit for the same result.

Both run in this process, in turn, with one thread for BLAS as the engine process has here, and the shorter of the times
counts for each. ``python -m tests.benchmarks.classical [KEY…]`` measures these alone.
"""

import importlib
import pkgutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from threadpoolctl import threadpool_limits

from engines.core.experiment import Experiment
from engines.host import DRAWING_SHARE, FRAME_SECONDS
from tests.benchmarks import cases

ROUNDS = 3
LONG = 15.0  # seconds: a larger size is then not tried


@dataclass(frozen=True)
class Case:
    """One comparison. experiment: ours for n rows, from ``engine.sample`` or wherever. theirs: fits scikit-learn on it.

    aim: our time ÷ theirs at ``n``. sizes: for the table of growth, from 10² to 10⁶.
    """

    experiment: Callable[[int], Experiment]
    theirs: Callable[[Experiment], object]
    n: int
    aim: float
    sizes: tuple[int, ...] = (100, 1_000, 10_000, 100_000, 1_000_000)


def stepped(experiment: Experiment) -> float:
    """Seconds to run to the end, drawn as the engine process draws for a window that takes every frame."""
    began = time.perf_counter()
    next_draw = 0.0
    steps = experiment.start()
    for step in steps:
        now = time.perf_counter()
        if now >= next_draw:
            step.draw()
            end = time.perf_counter()
            next_draw = now + max(FRAME_SECONDS, (end - now) / DRAWING_SHARE)
    return time.perf_counter() - began


def seconds_of(work: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def found(keys: tuple[str, ...] = ()) -> dict[str, Case]:
    """Return the cases by the engine's key; those that begin with one of ``keys``, or all."""
    modules = [
        importlib.import_module(f"{cases.__name__}.{item.name}") for item in pkgutil.iter_modules(cases.__path__)
    ]
    every = {name: case for module in modules for name, case in module.CASES.items()}
    return {name: case for name, case in every.items() if not keys or name.startswith(keys)}


def ratio(case: Case) -> tuple[float, float, float]:
    """Return our seconds, theirs, and the ratio, measured in turn."""
    experiment = case.experiment(case.n)
    experiment.split_data  # noqa: B018 - both begin with the data at hand
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(stepped(experiment))
        theirs.append(seconds_of(lambda: case.theirs(experiment)))
        if ours[-1] + theirs[-1] > LONG:
            break
    return min(ours), min(theirs), min(ours) / min(theirs)


def growth(case: Case) -> dict[int, float]:
    """Return our seconds by the number of rows, as far as they stay bearable."""
    times: dict[int, float] = {}
    for n in case.sizes:
        times[n] = stepped(case.experiment(n))
        if times[n] > LONG / 4:
            break
    return times


def measure(keys: tuple[str, ...] = ()) -> dict[str, object]:
    """Measure the cases; the figures by name."""
    figures: dict[str, object] = {}
    with threadpool_limits(1):
        for name, case in found(keys).items():
            ours, theirs, share = ratio(case)
            figures[f"{name} (≤ {case.aim:g})"] = share
            figures[f"{name}, seconds"] = f"{ours:.3f} against {theirs:.3f}, {case.n} rows"
            print(f"{name:48} {share:.3g} (≤ {case.aim:g})", file=sys.stderr, flush=True)  # a long bench may be stopped
            grown = growth(case)
            figures[f"{name}, growth"] = ", ".join(f"{n}: {value:.3g} s" for n, value in grown.items())
    return figures


if __name__ == "__main__":
    for name, value in measure(tuple(sys.argv[1:])).items():
        print(f"{name:48} {value:.3g}" if isinstance(value, float) else f"{name:48} {value}")
