"""What the training doctor speaks of: a case, what is found in it, and the one change that may help."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from engines.core.arrays import Floats
from engines.core.engine import Engine
from engines.core.language import Note, say
from engines.core.params import Params, ParamSpec, specs
from engines.core.step import Pictures
from engines.evaluation.data_facts import DataFacts

Severity = Literal["info", "warn", "bad"]
MOST_STEPS = 2000  # that are looked at: of a longer run every so many
MORE_DATA = say("Give it more data: draw some more, or make a larger sample in the Data tab")
NO_NUMBERS: Floats = np.zeros(0)
EARLY, MUCH = 4, 15  # a depth that is enough for a first tree; neighbours that smooth well


@dataclass(frozen=True)
class Diagnosis:
    """One finding. sees: with its numbers. why: how it comes. helps: what to do about it, as a button or a hint.

    change: the name of a hyper-parameter and its new value; None where the data are what has to change.
    """

    key: str
    severity: Severity
    sees: Note
    why: Note
    helps: Note
    change: tuple[str, Any] | None = None


@dataclass(frozen=True, eq=False)
class Case:
    """A run as far as it has come: see ``engines.evaluation.doctor.diagnoses``."""

    history: Mapping[str, Floats]
    engine: Engine
    params: Params
    facts: DataFacts
    ended: bool
    pictures: Pictures = ()

    def line(self, name: str) -> Floats:
        """Return the known values of a scalar, in their order, thinned: (m,), empty for an unknown name."""
        values = np.asarray(self.history.get(name, NO_NUMBERS), float)
        values = values[:: max(1, len(values) // MOST_STEPS)] if len(values) > MOST_STEPS else values
        return values[~np.isnan(values)]

    def newest(self, name: str) -> float:
        """Return the value of the newest step; NaN where it is not known, or infinite."""
        values = self.history.get(name, NO_NUMBERS)
        return float(values[-1]) if len(values) and np.isfinite(values[-1]) else float("nan")

    def has(self, name: str) -> ParamSpec | None:
        """Return the specification of a hyper-parameter that matters as all is set now; else None."""
        known = {spec.name: spec for spec in specs(type(self.params))}
        spec = known.get(name)
        if spec is None or spec.param.only_if is None:
            return spec
        other, values = spec.param.only_if
        return spec if self.value(other) in values else None

    def value(self, name: str) -> Any:
        """Return how a hyper-parameter is set."""
        return getattr(self.params, name, None)

    @property
    def descends(self) -> bool:
        """Whether it goes down a slope, by a learning rate."""
        return self.has("lr") is not None


def within(spec: ParamSpec, value: float) -> float:
    """Return a number with one digit that counts, as near to ``value`` as the range allows."""
    value = min(max(float(f"{value:.0e}"), spec.param.low), spec.param.high)
    return round(value) if spec.kind == "int" else value


def times(case: Case, name: str, factor: float) -> tuple[str, Any] | None:
    """Return a number times ``factor`` as a change; None where there is no such number, or it can go no further."""
    spec = case.has(name)
    if spec is None or spec.kind not in ("int", "float"):
        return None
    value = within(spec, case.value(name) * factor)
    return (name, value) if value != case.value(name) else None


def less_freedom(case: Case) -> tuple[str, Any] | None:
    """Return the change that keeps a model from learning by heart, of those it has."""
    if case.has("early_stopping") and not case.value("early_stopping"):
        return "early_stopping", True
    if case.has("prune") and not case.value("prune"):
        return "prune", True
    if case.has("max_depth") and not 0 < case.value("max_depth") <= EARLY:
        return "max_depth", EARLY
    if case.has("n_neighbors") and case.value("n_neighbors") < MUCH:
        return "n_neighbors", min(MUCH, 3 * case.value("n_neighbors"))
    if case.has("degree") and case.value("degree") > 3:
        return "degree", max(3, case.value("degree") // 3)
    if case.has("features") and case.value("features") == "with squares":
        return "features", "straight line"
    if case.has("gamma") and case.value("kernel") == "rbf" and case.value("gamma") > 1:
        return times(case, "gamma", 0.1)
    if case.has("min_samples_leaf") and case.value("min_samples_leaf") < EARLY:
        return "min_samples_leaf", 5
    if case.has("weight_decay") and case.value("weight_decay") < 0.001:
        return "weight_decay", 0.001
    return times(case, "C", 0.1)


def more_freedom(case: Case) -> tuple[str, Any] | None:
    """Return the change that lets a model bend further, of those it has."""
    for strength in ("alpha", "weight_decay", "l1"):
        if case.has(strength) and case.value(strength) >= 0.01:
            return times(case, strength, 0.1)
    if case.value("activation") == "linear":
        return "activation", "tanh"
    if case.has("layers") and (not case.value("layers") or max(case.value("layers")) < 8):
        return "layers", (8, 4)
    if case.value("features") == "straight line":
        return "features", "with squares"
    if case.value("kernel") == "linear":
        return "kernel", "rbf"
    if case.has("max_depth") and 0 < case.value("max_depth") <= 2:
        return "max_depth", EARLY
    if case.has("degree") and case.value("degree") < 3:
        return "degree", 3
    if case.has("n_neighbors") and case.value("n_neighbors") > MUCH:
        return "n_neighbors", 5
    return times(case, "C", 10) if case.has("C") and case.value("C") < 1 else None


def offer(case: Case, change: tuple[str, Any] | None, otherwise: Note) -> Note:
    """Say what a change does, in the words of the form; ``otherwise`` where there is none."""
    if change is None:
        return otherwise
    name, value = change
    spec = next(spec for spec in specs(type(case.params)) if spec.name == name)
    label = say(spec.param.label)
    if isinstance(value, bool):
        return say("Switch on “{label}”", label=label) if value else say("Switch off “{label}”", label=label)
    shown: object = f"{value:g}" if spec.kind in ("int", "float") else say(str(value))
    if spec.kind == "layers":
        shown = ", ".join(str(width) for width in value)
    return say("Try “{label}”: {value}", label=label, value=shown)
