"""A judge: something that runs an experiment several times, or in parts, and says what to make of it.

It sits on the same contract as an engine: a generator of steps with pictures. What an engine is to data, a judge is to
an experiment: it serves every engine that it fits, whoever wrote it.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, get_type_hints

import numpy as np

from engines.core.engine import Engine, Task
from engines.core.params import Params
from engines.core.picture import Picture
from engines.core.step import Steps

Judging = Callable[[Any, Any, np.random.Generator], Steps]
SUPERVISED = (Task.CLASSIFY, Task.REGRESS)
EXAMINED = (*SUPERVISED, Task.LOCATE)  # what has a final exam on the test share


@dataclass(frozen=True)
class Judge:
    """One way to judge. key: the module's name, ``k_fold``. tasks: of the engines it fits.

    title, shows, curves, facts, params, source_file: as those of an engine. order: where it stands in the list.
    """

    key: str
    title: str
    tasks: tuple[Task, ...]
    shows: tuple[type[Picture], ...]
    curves: Mapping[str, tuple[str, ...]]
    facts: tuple[str, ...]
    params: type[Params]
    run: Judging
    source_file: str
    order: float = 100

    def fits(self, engine: Engine) -> bool:
        """Whether it can judge what this engine does."""
        return engine.task in self.tasks

    def start(self, experiment: Any, params: Params, rng: np.random.Generator) -> Steps:
        """Begin: nothing is computed before the first ``next``. experiment: an Experiment without a judge."""
        return self.run(experiment, params, rng)

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return (inspect.getdoc(self.run) or "").split("\n")[0]


def judge(
    *,
    title: str,
    shows: tuple[type[Picture], ...],
    curves: Mapping[str, tuple[str, ...]] | None = None,
    facts: tuple[str, ...] = (),
    tasks: tuple[Task, ...] = SUPERVISED,
    order: float = 100,
) -> Callable[[Judging], Judge]:
    """Declare a generator function ``(experiment, params, rng) -> Steps`` to be a judge.

    Params are read from the annotation of its second argument. TypeError when it is missing.
    """

    def declare(run: Judging) -> Judge:
        params = get_type_hints(run).get(list(inspect.signature(run).parameters)[1])
        if not (isinstance(params, type) and issubclass(params, Params)):
            raise TypeError(f"{run.__qualname__}: annotate (experiment: Experiment, params: a Params, rng)")
        key, file = run.__module__.rpartition(".")[2], inspect.getsourcefile(run) or ""
        frozen = MappingProxyType(dict(curves or {}))
        return Judge(key, title, tasks, shows, frozen, facts, params, run, file, order)

    return declare
