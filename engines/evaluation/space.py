"""What a search tries: values of hyper-parameters, all combinations of them or some drawn at random.

An axis is written as a list, ``1, 3, 5`` or ``uniform, distance``, or as a range, ``0.01..10 log``. Left empty it
stands for the whole range that the form offers. Chains of blocks, which have commas of their own, are parted by ``;``.
"""

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.core.language import LearnerError, Note, say
from engines.core.params import Params, ParamSpec, specs
from engines.evaluation.words import listed

Values = tuple[tuple[str, Any], ...]  # hyper-parameters by name
RANGE = re.compile(r"(.+?)\.\.(.+?)(\[?log\]?)?", re.IGNORECASE)
FIGURES = 4  # of a number that is made here: what is shown is then what is tried
FROM_GRID = 5  # values of an axis that is given as a range
MOST_TRIALS = 1000
FRUITLESS = 200  # draws in a row that only give what there is already
LOWEST_SHARE = 1e-4  # of the upper end, where a range that begins at 0 goes by factors


@dataclass(frozen=True)
class Axis:
    """One hyper-parameter and what is tried of it: ``values``, or where there are none all from ``low`` to ``high``.

    log: it goes by factors.
    """

    spec: ParamSpec
    values: tuple[Any, ...] = ()
    low: float = math.nan
    high: float = math.nan
    log: bool = False

    @property
    def name(self) -> str:
        """The name of the hyper-parameter."""
        return self.spec.name

    @property
    def steps(self) -> tuple[Any, ...]:
        """What a grid has along this axis: the values, or five over the range."""
        if self.values:
            return self.values
        if self.log:
            low = self.low or self.high * LOWEST_SHARE
            spread = np.geomspace(low, self.high, FROM_GRID)
        else:
            spread = np.linspace(self.low, self.high, FROM_GRID)
        return tuple(dict.fromkeys(self._tidy(value) for value in spread.tolist()))

    def draw(self, rng: np.random.Generator) -> Any:
        """Draw one value: any of the list, or evenly over the range, of which a whole number keeps both ends."""
        if self.values:
            return self.values[int(rng.integers(len(self.values)))]
        if self.log:
            low = self.low or self.high * LOWEST_SHARE
            return self._tidy(math.exp(rng.uniform(math.log(low), math.log(self.high))))
        if self.spec.kind == "int":
            return int(rng.integers(round(self.low), round(self.high) + 1))
        return self._tidy(rng.uniform(self.low, self.high))

    def _tidy(self, value: float) -> int | float:
        if self.spec.kind == "int":
            return round(value)
        return min(self.high, max(self.low, float(f"{value:.{FIGURES}g}")))

    def place(self, value: Any) -> float:
        """Return where a value stands along the axis, from 0 to 1: a list in equal steps, a range by its numbers."""
        if self.values:
            return self.values.index(value) / max(1, len(self.values) - 1)
        if self.log:
            low = self.low or self.high * LOWEST_SHARE
            return min(1.0, max(0.0, math.log(max(value, low) / low) / (math.log(self.high / low) or 1.0)))
        return (value - self.low) / ((self.high - self.low) or 1.0)


def axis_of(params: type[Params], name: str, text: str) -> Axis:
    """Read what is to be tried of the hyper-parameter ``name``.

    LearnerError when there is none of this name, when a value is out of its range, or when nothing is left to try.
    """
    known = {spec.name: spec for spec in specs(params)}
    if name not in known:
        raise LearnerError("There is no setting “{name}”; there are: {names}.", name=name, names=", ".join(known))
    spec, text = known[name], text.strip()
    if not text:
        return _whole_axis(spec)
    if found := RANGE.fullmatch(text):
        return _range(spec, found[1].strip(), found[2].strip(), log=found[3] is not None)
    parts = [part.strip() for part in text.split(";" if spec.param.blocks else ",") if part.strip()]
    if not parts:
        raise LearnerError("“{label}” has no values to try: write some, as 1, 3, 5.", label=say(spec.param.label))
    return Axis(spec, tuple(dict.fromkeys(spec.check(part) for part in parts)))


def _whole_axis(spec: ParamSpec) -> Axis:
    """Return all that the form offers."""
    param = spec.param
    if spec.kind == "choice":
        return Axis(spec, spec.choices)
    if spec.kind == "bool":
        return Axis(spec, (False, True))
    if spec.kind not in ("int", "float") or not (math.isfinite(param.low) and math.isfinite(param.high)):
        raise LearnerError("“{label}” has no range of its own: write the values to try.", label=say(param.label))
    return Axis(spec, (), param.low, param.high, param.log)


def _range(spec: ParamSpec, low: str, high: str, *, log: bool) -> Axis:
    label = say(spec.param.label)
    if spec.kind not in ("int", "float"):
        raise LearnerError("“{label}” is no number: write the values to try, with commas between.", label=label)
    ends = float(spec.check(low)), float(spec.check(high))
    if ends[0] >= ends[1]:
        raise LearnerError("“{label}”: the range {low}..{high} has to go upwards.", label=label, low=low, high=high)
    if log and ends[0] <= 0:
        raise LearnerError(
            "“{label}”: a range that goes by factors (log) has to begin above 0; this begins at {low}.",
            label=label, low=low,
        )  # fmt: skip
    return Axis(spec, (), *ends, log)


def grid(axes: Sequence[Axis]) -> tuple[Values, ...]:
    """Return every combination of the axes' values, the last one moving fastest. LearnerError for too many."""
    _check(axes)
    count = math.prod(len(axis.steps) for axis in axes)
    if count > MOST_TRIALS:
        raise LearnerError(
            "This grid has {count} combinations, at most {most} can be tried: give fewer values, or draw at random.",
            count=count, most=MOST_TRIALS,
        )  # fmt: skip
    names = [axis.name for axis in axes]
    return tuple(tuple(zip(names, chosen, strict=True)) for chosen in itertools.product(*(axis.steps for axis in axes)))


def drawn(axes: Sequence[Axis], n: int, rng: np.random.Generator) -> tuple[Values, ...]:
    """Return ``n`` different combinations drawn at random; fewer where there are not so many."""
    _check(axes)
    if not 1 <= n <= MOST_TRIALS:
        raise LearnerError("From 1 to {most} trials can be made, not {n}.", most=MOST_TRIALS, n=n)
    found: dict[Values, None] = {}
    fruitless = 0
    while len(found) < n and fruitless < FRUITLESS:
        before = len(found)
        found[tuple((axis.name, axis.draw(rng)) for axis in axes)] = None
        fruitless = 0 if len(found) > before else fruitless + 1
    return tuple(found)


def _check(axes: Sequence[Axis]) -> None:
    names = [axis.name for axis in axes]
    if not names:
        raise LearnerError("There is nothing to try: name at least one hyper-parameter and its values.")
    if len(set(names)) < len(names):
        raise LearnerError("A hyper-parameter is named twice: {names}.", names=", ".join(names))


# In words


def said(spec: ParamSpec, value: Any) -> Note | str:
    """Return a value as it is written: what is chosen from a list can be translated."""
    if spec.kind == "bool":
        return say("yes") if value else say("no")
    if spec.kind == "choice":
        return say(value)
    if spec.kind == "float":
        return f"{value:.{FIGURES}g}".replace("e-0", "e-").replace("e+0", "e").replace("-", "−")
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def named(params: type[Params], values: Values) -> Note:
    """Return values with their labels: ``Neighbours k = 5, Weights = uniform``."""
    known = {spec.name: spec for spec in specs(params)}
    notes = [
        say("{label} = {value}", label=say(known[name].param.label), value=said(known[name], value))
        for name, value in values
    ]
    return listed(notes)


def unnamed(params: type[Params], values: Values) -> Note:
    """Return the values alone, for where there is little room: ``5, uniform``."""
    known = {spec.name: spec for spec in specs(params)}
    return listed([say("{value}", value=said(known[name], value)) for name, value in values])
