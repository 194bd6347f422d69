"""What most tests of engines do: begin a run, go to its end, look at what a step draws."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from engines.core.dataset import Dataset, Split
from engines.core.engine import Engine
from engines.core.step import Outcome, Step


def starter(engine: Engine, *, split: Split | None = None, seed: int = 0) -> Callable[..., Any]:
    """Return ``start(data, **params)`` for one engine; ``seed`` and ``split`` may be given there too."""

    def start(data: Dataset, seed: int = seed, split: Split | None = split, **params: Any) -> Any:
        shared = data if split is None else data.with_split(split)
        return engine.start(shared, engine.params(**params), np.random.default_rng(seed))

    return start


def finish(steps: Any) -> tuple[list[Step], Outcome]:
    """Run to the end and return the steps and the outcome."""
    seen = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return seen, end.value


def finish_drawn(steps: Any) -> tuple[list[Step], Outcome]:
    """Run to the end and return the steps, each with what it drew then, and the outcome."""
    seen = []
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            return seen, end.value
        pictures = step.draw()
        seen.append(replace(step, draw=lambda pictures=pictures: pictures))


def finish_pictured(steps: Any) -> tuple[list[tuple[Step, tuple[Any, ...]]], Outcome]:
    """Run to the end and return every step with its pictures, and the outcome."""
    seen, outcome = finish_drawn(steps)
    return [(step, step.draw()) for step in seen], outcome


def drawn(step: Step, kind: type) -> Any:
    """Return the picture of a kind that a step draws."""
    return next(picture for picture in step.draw() if isinstance(picture, kind))
