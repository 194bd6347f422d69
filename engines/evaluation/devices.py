"""Whether the networks come to the same numbers on this machine's accelerator as on its CPU."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np

from engines.core.dataset import Split
from engines.core.engine import Engine
from engines.core.language import LearnerError
from engines.core.registry import discover, is_network
from engines.data.sampling import make_sample

STEPS = 4
TOLERANCE = 0.02  # of each number: float32 sums in another order, or TF32, after a few updates


@dataclass(frozen=True)
class Compared:
    """One algorithm after a few steps. difference: the largest of its scalars, relative; NaN where it failed."""

    key: str
    device: str
    difference: float
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Whether the device came to the CPU's numbers."""
        return not self.problem and self.difference <= TOLERANCE


def compare(engine: Engine, device: str, steps: int = STEPS) -> Compared:
    """Run an algorithm on its sample with its usual settings: a few steps on the device, the same on the CPU."""
    try:
        ours, theirs = _scalars(engine, device, steps), _scalars(engine, "cpu", steps)
    except LearnerError as error:
        return Compared(engine.key, device, math.nan, error.note.render())
    except Exception as error:  # noqa: BLE001 - a process border: the doctor tells what is wrong and goes on
        return Compared(engine.key, device, math.nan, f"{type(error).__name__}: {error}")
    return Compared(engine.key, device, difference(ours, theirs))


def difference(ours: Mapping[str, float], theirs: Mapping[str, float]) -> float:
    """Return the largest relative difference of numbers by name; those that are none on both sides agree."""
    worst = 0.0
    for name, expected in theirs.items():
        got = ours.get(name, math.nan)
        if math.isnan(expected) and math.isnan(got):
            continue
        apart = abs(got - expected) / max(abs(expected), 1e-3)
        worst = max(worst, math.inf if math.isnan(apart) else apart)
    return worst


def networks() -> tuple[Engine, ...]:
    """Return all algorithms that may run on an accelerator."""
    return tuple(item for key, item in discover().engines.items() if is_network(key))


def _scalars(engine: Engine, device: str, steps: int) -> dict[str, float]:
    from engines.evaluation._device import on_device

    data = make_sample(engine.sample).with_split(Split())
    told: dict[str, float] = {}
    with on_device(device):
        run = engine.start(data, engine.params(), np.random.default_rng(0))
        for step in islice(run, steps):
            told |= step.scalars
        run.close()
    return told
