"""Finds the engines by walking the package: adding one is adding a file."""

import pkgutil
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType

import engines
from engines.core.dataset import Dataset
from engines.core.engine import NO_ENGINE, Engine
from engines.core.judge import Judge
from engines.core.language import LearnerError

# In the order of the course; a family that is not named here comes last, under its own name.
FAMILIES = {
    "symbolic": "Symbolic AI",
    "regression": "Regression",
    "classification": "Classification",
    "trees": "Decision trees",
    "clustering": "Clustering",
    "reduction": "Dimension reduction",
    "anomaly": "Anomaly detection",
    "semisupervised": "Few labels",
    "neural": "Neural networks",
    "vision": "Vision",
    "sequence": "Sequences",
    "generative": "Generative models",
    "reinforcement": "Reinforcement learning",
    "applied": "Applications",
}
NOT_ALGORITHMS = {"engines.core", "engines.data", "engines.pictures", "engines.evaluation", "engines.judging"}


@dataclass(frozen=True)
class Found:
    """The engines by key, and the traceback of every module that failed to load.

    One bad file must not stop the rest.
    """

    engines: Mapping[str, Engine]
    failed: Mapping[str, str]


@cache
def discover() -> Found:
    """Import every public module below ``engines`` and collect its Engine objects."""
    found: dict[str, Engine] = {}
    failed: dict[str, str] = {}
    for name in _algorithm_modules():
        try:
            module = import_module(name)
        except Exception:  # noqa: BLE001 - a file border: whatever is wrong with one file, the others work
            failed[name] = traceback.format_exc()
            continue
        found.update({item.key: item for item in vars(module).values() if isinstance(item, Engine)})
    return Found(MappingProxyType(dict(sorted(found.items()))), MappingProxyType(failed))


def _algorithm_modules() -> list[str]:
    names: list[str] = []
    for family in pkgutil.iter_modules(engines.__path__, "engines."):
        if not family.ispkg or family.name in NOT_ALGORITHMS:
            continue
        package = import_module(family.name)
        names += [module.name for module in pkgutil.iter_modules(package.__path__, family.name + ".")]
    return [name for name in names if not name.rpartition(".")[2].startswith("_")]


def engines_for(kind: type[Dataset]) -> Mapping[str, Engine]:
    """Return by key the engines that learn from a kind of data."""
    return {key: item for key, item in discover().engines.items() if item.learns_from(kind)}


def families_for(kind: type[Dataset]) -> Mapping[str, tuple[Engine, ...]]:
    """Return the engines that learn from a kind of data by the title of their family, in the order of the course."""
    order = list(FAMILIES)
    found: dict[str, list[Engine]] = {}
    for key, item in engines_for(kind).items():
        found.setdefault(key.partition(".")[0], []).append(item)
    ranked = sorted(found, key=lambda family: order.index(family) if family in order else len(order))
    return {FAMILIES.get(family, family): tuple(found[family]) for family in ranked}


def engine_named(key: str) -> Engine:
    """Return the engine with this key; LearnerError, naming what there is, when there is none.

    The empty key is that of an experiment which is about the data alone.
    """
    known = discover().engines
    if key == NO_ENGINE.key:
        return NO_ENGINE
    if key in known:
        return known[key]
    raise LearnerError("There is no algorithm “{key}”; there are: {known}.", key=key, known=", ".join(known))


@cache
def judges() -> Mapping[str, Judge]:
    """Return every judge by key, in the order in which they are offered; imports all of ``engines.judging``."""
    package = import_module("engines.judging")
    names = [item.name for item in pkgutil.iter_modules(package.__path__, "engines.judging.")]
    modules = [import_module(name) for name in names if not name.rpartition(".")[2].startswith("_")]
    found = [item for module in modules for item in vars(module).values() if isinstance(item, Judge)]
    return MappingProxyType({item.key: item for item in sorted(found, key=lambda item: (item.order, item.key))})


def judge_named(key: str) -> Judge | None:
    """Return the judge with this key, None for the empty key; LearnerError, naming what there is, for another."""
    if not key:
        return None
    if key not in judges():
        raise LearnerError("There is no judge “{key}”; there are: {known}.", key=key, known=", ".join(judges()))
    return judges()[key]
