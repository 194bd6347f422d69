"""Experiments that count, fail, hang or die: what the engine process must cope with. They travel to it by pickle."""

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.core.language import LearnerError, say
from engines.core.step import Change, Outcome, Step
from engines.pictures.groups import Groups


def groups(value: float) -> tuple[Groups, ...]:
    """Draw one picture that tells ``value``."""
    centres = np.full((1, 2), value)
    return (Groups(np.zeros(3, int), centres, centres[None]),)


@dataclass(frozen=True)
class Counting:
    """Counts its steps; ``until`` 0 means for ever. A change's first poke sets the counter. Asked, it adds."""

    until: int = 0
    seconds: float = 0.0
    rest_at: int = -1
    answers: bool = False

    def start(self) -> Any:
        count = 0
        while not self.until or count < self.until:
            if self.seconds:
                time.sleep(self.seconds)
            value = float(count)
            change = yield Step(
                say("step {count}", count=count),
                {"count": value},
                lambda: groups(value),
                then="count on",
                rest=count == self.rest_at,
                answer=(lambda questions: groups(count + questions["add"].index[0])) if self.answers else None,
            )
            if count == self.rest_at and change is None:
                break
            count += 1
            if isinstance(change, Change) and change.pokes:
                count = int(change.pokes[0].value)  # type: ignore[arg-type]
        return Outcome({"count": float(count)})


@dataclass(frozen=True)
class Refusing:
    """Refuses its data as an engine does."""

    def start(self) -> Iterator[Step]:
        raise LearnerError("Draw at least {least} points.", least=2)
        yield


@dataclass(frozen=True)
class Buggy:
    """Has a mistake in its third step."""

    def start(self) -> Iterator[Step]:
        for count in range(2):
            yield Step("fine", {"count": float(count)})
        raise ZeroDivisionError("a bug")


@dataclass(frozen=True)
class Unpaintable:
    """Its picture cannot be drawn."""

    def start(self) -> Iterator[Step]:
        yield Step("fine", {"count": 0.0}, lambda: 1 / 0)  # type: ignore[arg-type, return-value]


@dataclass(frozen=True)
class Hanging:
    """Never comes back from its second step."""

    def start(self) -> Iterator[Step]:
        yield Step("fine", {"count": 0.0})
        time.sleep(3600)


@dataclass(frozen=True)
class Dying:
    """Takes the whole process down at its second step, as a crash in C code would."""

    def start(self) -> Iterator[Step]:
        yield Step("fine", {"count": 0.0})
        os._exit(3)


@dataclass(frozen=True)
class Importing:
    """Imports a part of torch, as a network does, as soon as somebody has begun to import torch."""

    engine_key: str = "vision.importing"

    def start(self) -> Any:
        while "torch" not in sys.modules:
            time.sleep(0.005)
        from torch.nn.functional import relu

        yield Step(say("imported {name}", name=relu.__name__))
        return Outcome()
