"""Finds the engines by walking the package: adding one is adding a file.

A file is found by its key, so that one algorithm can be had without importing the others: their number must not
lengthen the start of the window. Only a list of all of them imports all.
"""

import pkgutil
import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TypeVar

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
NETWORKS = ("neural", "vision", "sequence", "generative", "reinforcement")  # whose algorithms may use torch
NOT_ALGORITHMS = {"engines.core", "engines.data", "engines.pictures", "engines.evaluation", "engines.judging"}
JUDGING = "engines.judging"
SHARED = ("engines.pictures", "engines.evaluation")
ENGINE_KEY, JUDGE_KEY = re.compile(r"[a-z]\w*\.[a-z]\w*", re.ASCII), re.compile(r"[a-z]\w*", re.ASCII)

Declared = TypeVar("Declared", Engine, Judge)


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
        if family.ispkg and family.name not in NOT_ALGORITHMS:
            names += _public_modules(family.name)
    return names


def _public_modules(package: str) -> list[str]:
    found = pkgutil.iter_modules(import_module(package).__path__, f"{package}.")
    return [module.name for module in found if not module.name.rpartition(".")[2].startswith("_")]


def one_by_one() -> Iterator[str]:
    """Import all that ``discover`` and ``judges`` do, one module at each ``next``; yield its name.

    For a window, which must not stand still for as long as they take together. What the algorithms have in common comes
    first: the first of these would have to bring it all.
    """
    common = [name for package in SHARED for name in _public_modules(package)]
    for name in (*common, *_algorithm_modules(), *_public_modules(JUDGING)):
        with suppress(Exception):  # a file border; ``discover`` tells what is wrong with it
            import_module(name)
        yield name


def _declared_in(module: str, key: str, kind: type[Declared]) -> Declared | None:
    """Return the engine or judge of this key in one module; None when there is none or the module fails to load."""
    try:
        found = vars(import_module(module)).values()
    except Exception:  # noqa: BLE001 - a file border, as in ``discover``
        return None
    return next((item for item in found if isinstance(item, kind) and item.key == key), None)


def is_network(key: str) -> bool:
    """Whether the algorithm of this key is of a family that uses torch."""
    return key.partition(".")[0] in NETWORKS


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


def family_of(item: Engine) -> str:
    """Return the title of the family that an engine belongs to."""
    family = item.key.partition(".")[0]
    return FAMILIES.get(family, family)


def engine_named(key: str) -> Engine:
    """Return the engine with this key; LearnerError, naming what there is, when there is none.

    Imports its module alone. The empty key is that of an experiment which is about the data alone.
    """
    if key == NO_ENGINE.key:
        return NO_ENGINE
    module = f"engines.{key}"
    if ENGINE_KEY.fullmatch(key) and module.rpartition(".")[0] not in NOT_ALGORITHMS:
        found = _declared_in(module, key, Engine)
        if found is not None:
            return found
    known = ", ".join(discover().engines)
    raise LearnerError("There is no algorithm “{key}”; there are: {known}.", key=key, known=known)


@cache
def judges() -> Mapping[str, Judge]:
    """Return every judge by key, in the order in which they are offered; imports all of ``engines.judging``."""
    modules = [import_module(name) for name in _public_modules(JUDGING)]
    found = [item for module in modules for item in vars(module).values() if isinstance(item, Judge)]
    return MappingProxyType({item.key: item for item in sorted(found, key=lambda item: (item.order, item.key))})


def judge_named(key: str) -> Judge | None:
    """Return the judge with this key, None for the empty key; LearnerError, naming what there is, for another.

    Imports its module alone.
    """
    if not key:
        return None
    found = _declared_in(f"{JUDGING}.{key}", key, Judge) if JUDGE_KEY.fullmatch(key) else None
    if found is None:
        raise LearnerError("There is no judge “{key}”; there are: {known}.", key=key, known=", ".join(judges()))
    return found
