"""Ready-made data: each sample is a small recipe with settings and a seed. The same recipe gives the same data.

A sample is a function ``(settings, rng) -> Dataset`` in a module of ``engines.data.samples``; a modifier,
``(data, settings, rng) -> Dataset``, changes data that is there already. Kind and settings are read from the
annotations, so that the form, the command line and the checks are derived from one declaration.
"""

import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any, get_type_hints

import numpy as np

from engines.core.dataset import Dataset, Recipe
from engines.core.errand import Tell
from engines.core.language import LearnerError, say
from engines.core.params import Params, specs

Make = Callable[..., Dataset]
MOST_SEED = 2**32 - 1


@dataclass(frozen=True)
class NoSettings(Params):
    """For data that is as it is."""


@dataclass(frozen=True)
class Sample:
    """One recipe. about: where it comes from, for what is no invention. modifies: it changes data that is there.

    order: where it stands among the samples of its kind. slow_from: with so many rows it takes longer than a frame, so
    that a window has it made apart.
    """

    name: str
    title: str
    kind: type[Dataset]
    settings: type[Params]
    make: Make
    about: str
    modifies: bool
    order: float
    slow_from: int

    @property
    def fixed(self) -> bool:
        """Whether there is nothing to set: a data set that somebody once collected."""
        return not specs(self.settings)


_samples: dict[str, Sample] = {}


def sample(title: str, *, about: str = "", order: float = 100, slow_from: int = 20_000) -> Callable[[Make], Make]:
    """Register a function as a sample under its own name; TypeError when its annotations do not say what it makes."""

    def register(make: Make) -> Make:
        hints = get_type_hints(make)
        arguments = list(inspect.signature(make).parameters)
        modifies, kind, settings = len(arguments) == 3, hints.get("return"), hints.get(arguments[-2])
        if not (isinstance(kind, type) and issubclass(kind, Dataset) and isinstance(settings, type)):
            raise TypeError(f"{make.__qualname__}: annotate (settings: a Params, rng) -> a Dataset")
        name = make.__name__
        _samples[name] = Sample(name, title, kind, settings, make, about, modifies, order, slow_from)
        return make

    return register


@cache
def _all() -> Mapping[str, Sample]:
    package = import_module("engines.data.samples")
    for module in pkgutil.iter_modules(package.__path__, "engines.data.samples."):
        import_module(module.name)
    return MappingProxyType(dict(sorted(_samples.items(), key=lambda item: item[1].order)))


def samples(kind: type[Dataset] | None = None) -> Mapping[str, Sample]:
    """Return the samples by name, of one kind of data or of all; imports all modules of ``engines.data.samples``."""
    return {name: item for name, item in _all().items() if not item.modifies and kind in (None, item.kind)}


def modifiers(kind: type[Dataset]) -> Mapping[str, Sample]:
    """Return by name what can be done to data of one kind."""
    return {name: item for name, item in _all().items() if item.modifies and item.kind is kind}


def sample_named(name: str) -> Sample:
    """Return a sample or modifier; LearnerError, naming what there is, for another name."""
    _look_for(name)
    if name not in _samples and name not in _all():
        raise LearnerError("There is no sample “{name}”; there are: {names}.", name=name, names=", ".join(samples()))
    return _samples[name]


def _look_for(name: str) -> None:
    """Import the modules of samples one by one until one declares this name: a window that opens needs no others."""
    package = import_module("engines.data.samples")
    for module in pkgutil.iter_modules(package.__path__, "engines.data.samples."):
        if name in _samples:
            return
        import_module(module.name)


def make_sample(name: str, *, seed: int = 0, **settings: Any) -> Dataset:
    """Make a sample with ``settings`` from ``seed``; what is not named takes its default.

    Raises LearnerError for an unknown name or setting or a value out of range.
    """
    made = sample_named(name)
    if made.modifies:
        raise LearnerError("“{name}” changes other data: write it after a sample, as in moons+{name}.", name=name)
    values = made.settings().with_values(**settings)
    rng = np.random.default_rng(checked_seed(seed))
    data = made.make(values, rng)
    return replace(data, key=rng.random(len(data)), recipe=Recipe(name, _told(values), int(seed)))


def modified(data: Dataset, name: str, *, seed: int = 0, **settings: Any) -> Dataset:
    """Return ``data`` with a modifier applied and its recipe one step longer; the rows that were there keep their key.

    Raises LearnerError for an unknown name or setting, or data of a kind it is not for.
    """
    change = sample_named(name)
    if not change.modifies or not isinstance(data, change.kind):
        raise LearnerError("“{name}” cannot be done to {kind}.", name=name, kind=data.kind)
    values = change.settings().with_values(**settings)
    rng = np.random.default_rng(checked_seed(seed))
    made = change.make(data, values, rng)
    if np.array_equal(made.key[: len(data)], data.key):
        key = made.key  # the modifier itself says to which share its new rows go: a copy goes with its original
    else:
        key = np.concatenate([data.key, rng.random(max(0, len(made) - len(data)))])[: len(made)]
    recipe = data.recipe.followed_by(Recipe(name, _told(values), int(seed)))
    return replace(made, key=key, parts=np.zeros(0, np.uint8), recipe=recipe)


def make_sample_apart(name: str, seed: int, settings: Mapping[str, Any], *, tell: Tell) -> Dataset:
    """Make a sample as an errand."""
    tell(-1, say("Making “{title}” …", title=say(sample_named(name).title)))
    return make_sample(name, seed=seed, **settings)


def modified_apart(data: Dataset, name: str, seed: int, settings: Mapping[str, Any], *, tell: Tell) -> Dataset:
    """Return modified data as an errand."""
    tell(-1, say("Making “{title}” …", title=say(sample_named(name).title)))
    return modified(data, name, seed=seed, **settings)


def parse_sample(text: str) -> Dataset:
    """Make what ``moons:n=300,noise=0.2,seed=1`` or ``moons+outliers:n=10`` describes.

    Raises LearnerError when it cannot be read.
    """
    first, *more = text.split("+")
    name, settings = _parsed(first)
    data = make_sample(name, **settings)
    for step in more:
        name, settings = _parsed(step)
        data = modified(data, name, **settings)
    return data


def checked_seed(seed: int) -> int:
    """Return the seed as a whole number; LearnerError when it is none."""
    if not (0 <= seed <= MOST_SEED and seed == int(seed)):
        raise LearnerError("A seed is a whole number from 0 to {high}, not {seed}.", high=MOST_SEED, seed=seed)
    return int(seed)


def _told(values: Params) -> tuple[tuple[str, Any], ...]:
    return tuple((name, value) for name, value in values.to_json().items())


def _parsed(text: str) -> tuple[str, dict[str, Any]]:
    name, _, rest = text.partition(":")
    settings: dict[str, Any] = {}
    for item in filter(None, rest.split(",")):
        key, equals, value = (part.strip() for part in item.partition("="))
        if not (key and equals and value):
            raise LearnerError("“{item}” is not a setting of a sample; write n=300, noise=0.2 or seed=1.", item=item)
        if key == "seed" and not (value.isascii() and value.isdigit()):
            raise LearnerError("A seed is a whole number from 0 to {high}, not {seed}.", high=MOST_SEED, seed=value)
        settings[key] = int(value) if key == "seed" else value
    return name.strip(), settings
