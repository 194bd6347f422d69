"""The decorator that turns a generator function into an engine."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType, UnionType
from typing import Any, Protocol, get_args, get_type_hints

import numpy as np

from engines.core.arrays import Bools, Floats
from engines.core.dataset import Dataset
from engines.core.forecast import Forecast
from engines.core.language import Note
from engines.core.params import Params
from engines.core.picture import Picture
from engines.core.step import Outcome, Step, Steps

Run = Callable[[Any, Any, np.random.Generator], Steps]


class Task(StrEnum):
    """What kind of thing an engine learns."""

    CLASSIFY = "classify"
    CLUSTER = "cluster"
    REGRESS = "regress"
    REDUCE = "reduce"
    DETECT = "detect"  # what does not belong
    LOCATE = "locate"  # what is where in a picture
    LOOK = "look"


# What an engine is tried with when nothing else is asked for.
SAMPLES = {
    Task.CLASSIFY: "moons",
    Task.CLUSTER: "blobs",
    Task.REGRESS: "polynomial",
    Task.REDUCE: "iris",
    Task.DETECT: "blobs",
    Task.LOCATE: "scenes",
    Task.LOOK: "blobs",
}


class Stack(Protocol):
    """Many trainings of one engine, s of them, that are computed at once and hurt no other.

    epoch: how many steps each has made. going: (s,) bool, who still trains.
    """

    epoch: int
    going: Bools

    @property
    def problems(self) -> tuple[Note | None, ...]:
        """Return why each could not be trained, as it would have been told alone; None where all is well."""

    @property
    def forecast(self) -> Forecast:
        """Return how long all of it will take."""

    @property
    def over(self) -> bool:
        """Whether there is nothing left to train."""

    def train(self) -> None:
        """Take one step of all of them."""

    def scores(self) -> dict[str, Floats]:
        """Return the numbers of a step of the engine for all of them, (s,) each."""

    def finish(self) -> None:
        """Do what the engine does after its last step."""

    def say(self, x: Floats) -> Floats:
        """Return the probability of each class that each gives to places of the plane (n, 2): (s, classes, n)."""


@dataclass(frozen=True)
class Together:
    """How an engine trains many at once.

    begin: is given the params, one for each, the data, one for all or one for each with as many rows in each share, and
    the seeds. may_differ: names of the params that need not be the same for all. most: how many are worth a stack; more
    gain nothing.
    """

    begin: Callable[[Sequence[Any], Sequence[Any], Sequence[int]], Stack]
    may_differ: tuple[str, ...]
    most: int


@dataclass(frozen=True)
class Engine:
    """One algorithm as the course teaches it.

    key: from the module's path, ``clustering.kmeans``. shows: the kinds of Picture its steps draw, of which a run draws
    the same from its first step to its last. curves: title → names of the scalars drawn on one pair of axes. facts:
    what is done to the numbers, for the honest-numbers strip. kinds: the kinds of data it learns from, the one it is
    most at home with first. sample: what it is tried with when nothing else is asked for, of the first kind. together:
    how it trains many at once, None where it cannot. prepared: the kinds of data that it learns from as the experiment
    prepares them, with features added or principal components in the place of the columns.
    """

    key: str
    title: str
    task: Task
    shows: tuple[type[Picture], ...]
    curves: Mapping[str, tuple[str, ...]]
    facts: tuple[str, ...]
    kinds: tuple[type[Dataset], ...]
    params: type[Params]
    run: Run
    source_file: str
    sample: str = ""
    together: Together | None = None
    prepared: tuple[type[Dataset], ...] = ()

    @property
    def data(self) -> type[Dataset]:
        """The kind of data it is most at home with."""
        return self.kinds[0]

    def learns_from(self, kind: type[Dataset]) -> bool:
        """Whether it takes data of this kind."""
        return issubclass(kind, self.kinds)

    def prepares(self, kind: type[Dataset]) -> bool:
        """Whether added features, or principal components, of data of this kind reach it."""
        return issubclass(kind, self.prepared)

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
    "", "None: only the data", Task.LOOK, (), MappingProxyType({}), (), (Dataset,), Params, _look, ""
)  # what an experiment has that is about the data alone


def engine(
    *,
    title: str,
    task: Task,
    shows: tuple[type[Picture], ...],
    curves: Mapping[str, tuple[str, ...]] | None = None,
    facts: tuple[str, ...] = (),
    sample: str = "",
    together: Together | None = None,
    prepared: tuple[type[Dataset], ...] = (),
) -> Callable[[Run], Engine]:
    """Declare a generator function ``(data, params, rng) -> Steps`` to be an engine.

    The kinds of data (``Points``, or ``Points | Table``) and Params are read from the annotations of its first two
    arguments. TypeError when they are missing.
    """

    def declare(run: Run) -> Engine:
        hints = get_type_hints(run)
        arguments = list(inspect.signature(run).parameters)
        data, params = (hints.get(name) for name in arguments[:2])
        kinds = get_args(data) if isinstance(data, UnionType) else (data,)
        fitting = all(isinstance(kind, type) and issubclass(kind, Dataset) for kind in kinds)
        if not (fitting and isinstance(params, type) and issubclass(params, Params)):
            raise TypeError(f"{run.__qualname__}: annotate (data: a Dataset, params: a Params, rng)")
        key = run.__module__.removeprefix("engines.")
        frozen = MappingProxyType(dict(curves or {}))
        file, tried = inspect.getsourcefile(run) or "", sample or SAMPLES[task]
        return Engine(key, title, task, shows, frozen, facts, kinds, params, run, file, tried, together, prepared)

    return declare
