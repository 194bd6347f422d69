"""The decorator that turns a generator function into an engine."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, get_type_hints

import numpy as np

from engines.core.dataset import Dataset
from engines.core.params import Params
from engines.core.picture import Picture
from engines.core.step import Outcome, Step, Steps

Run = Callable[[Any, Any, np.random.Generator], Steps]


class Task(StrEnum):
    """What kind of thing an engine learns."""

    CLASSIFY = "classify"
    CLUSTER = "cluster"
    REGRESS = "regress"
    LOOK = "look"


@dataclass(frozen=True)
class Engine:
    """One algorithm as the course teaches it.

    key: from the module's path, ``clustering.kmeans``. shows: the kinds of Picture its steps draw. curves: title →
    names of the scalars drawn on one pair of axes. facts: what is done to the numbers, for the honest-numbers strip.
    """

    key: str
    title: str
    task: Task
    shows: tuple[type[Picture], ...]
    curves: Mapping[str, tuple[str, ...]]
    facts: tuple[str, ...]
    data: type[Dataset]
    params: type[Params]
    run: Run
    source_file: str

    def start(self, data: Dataset, params: Params, rng: np.random.Generator) -> Steps:
        """Begin a run: nothing is computed before the first ``next``."""
        return self.run(data, params, rng)

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return (inspect.getdoc(self.run) or "").split("\n")[0]


def _look(data: Dataset, params: Params, rng: np.random.Generator) -> Steps:
    """No algorithm: draw the data, edit them, split them, save them."""
    yield Step("The data are on the stage; choose an algorithm to learn from them", rest=True)
    return Outcome()


NO_ENGINE = Engine(
    "", "None: only the data", Task.LOOK, (), MappingProxyType({}), (), Dataset, Params, _look, ""
)  # what an experiment has that is about the data alone


def engine(
    *,
    title: str,
    task: Task,
    shows: tuple[type[Picture], ...],
    curves: Mapping[str, tuple[str, ...]] | None = None,
    facts: tuple[str, ...] = (),
) -> Callable[[Run], Engine]:
    """Declare a generator function ``(data, params, rng) -> Steps`` to be an engine.

    Data kind and Params are read from the annotations of its first two arguments. TypeError when they are missing.
    """

    def declare(run: Run) -> Engine:
        hints = get_type_hints(run)
        arguments = list(inspect.signature(run).parameters)
        data, params = (hints.get(name) for name in arguments[:2])
        if not (
            isinstance(data, type)
            and issubclass(data, Dataset)
            and isinstance(params, type)
            and issubclass(params, Params)
        ):
            raise TypeError(f"{run.__qualname__}: annotate (data: a Dataset, params: a Params, rng)")
        key = run.__module__.removeprefix("engines.")
        frozen = MappingProxyType(dict(curves or {}))
        return Engine(key, title, task, shows, frozen, facts, data, params, run, inspect.getsourcefile(run) or "")

    return declare
