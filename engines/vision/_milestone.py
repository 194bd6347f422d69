"""The networks that made history, as their papers have them.

Each engine file declares its own, the comparison finds them all. Without torch, so that an engine's module can import
it.
"""

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import engines.vision
from engines.pictures.confusion import Confusion
from engines.pictures.feature_maps import FeatureMaps
from engines.pictures.layer_table import LayerTable, Milestones
from engines.pictures.map_close_up import MapCloseUp
from engines.pictures.where_it_looks import WhereItLooks
from engines.vision._seen import Guess, Mistakes

SHOWS = (FeatureMaps, MapCloseUp, WhereItLooks, Guess, Confusion, Mistakes, LayerTable, Milestones)


@dataclass(frozen=True)
class Milestone:
    """A network in the size in which it was published. shape: of one picture, (channels, height, width).

    plan: makes the torch module.
    """

    name: str
    year: int
    shape: tuple[int, int, int]
    plan: Callable[[], Any]


@cache
def milestones() -> tuple[Milestone, ...]:
    """Return every ``MILESTONES`` of the algorithms of this package, the oldest first."""
    names = [module.name for module in pkgutil.iter_modules(engines.vision.__path__, "engines.vision.")]
    modules = [import_module(name) for name in names if not name.rpartition(".")[2].startswith("_")]
    found = [item for module in modules for item in getattr(module, "MILESTONES", ())]
    return tuple(sorted(found, key=lambda item: item.year))
