"""How much longer 64 networks take as one stack than one network alone, and how far their numbers lie apart."""

import json
import statistics
import subprocess
import sys
import time

import numpy as np

from tests.benchmarks.playground import experiment

SEEDS, EPOCHS, WATCHED = 64, 60, 5


def measure() -> dict[str, float]:
    """Measure in a fresh process, as engines run: without Qt, whose import hook slows every import statement."""
    done = subprocess.run([sys.executable, "-m", "tests.benchmarks.seeds"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def alternate(rounds: int = 5) -> dict[str, float]:
    """Alternate the stack and the single network on one thread; medians, their ratio, and the largest difference."""
    import torch

    from engines.neural._many import Many

    torch.set_num_threads(1)
    run = experiment()
    data, params = run.split_data, run.params
    steps = run.engine.start(data, params, np.random.default_rng(WATCHED))
    many = Many([params] * SEEDS, [data], range(SEEDS))  # type: ignore[list-item]
    apart = compare(many.scores(), next(steps).scalars)
    times: list[tuple[float, float]] = []
    for _ in range(rounds):
        begun = time.perf_counter()
        ours = [(many.train(), many.scores())[1] for _ in range(EPOCHS)]
        between = time.perf_counter()
        theirs = [next(steps).scalars for _ in range(EPOCHS)]
        times.append(((between - begun) / EPOCHS, (time.perf_counter() - between) / EPOCHS))
        apart = max(apart, *(compare(stack, one) for stack, one in zip(ours, theirs, strict=True)))
    stacked, single = (statistics.median(column) for column in zip(*times, strict=True))
    return {"ratio": stacked / single, "stack_ms": 1000 * stacked, "one_ms": 1000 * single, "apart": apart}


def compare(stack: dict[str, np.ndarray], one: dict[str, float]) -> float:
    """Return the largest difference between the watched network of the stack and the one that is trained alone."""
    return max(abs(float(stack[name][WATCHED]) - value) for name, value in one.items())


if __name__ == "__main__":
    print(json.dumps(alternate()))
