"""One trial of a search: an engine trained with certain hyper-parameters on every fold, and scored."""

import hashlib
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.experiment import Experiment
from engines.core.language import LearnerError, Note, say
from engines.data.features import Features
from engines.evaluation.space import Values
from engines.evaluation.training import Run, begin, score, target_of, with_parts
from engines.pictures.surface import Surface

TILE_ROWS = 32  # of a boundary that travels


@dataclass(frozen=True)
class Trial:
    """index: its place among all trials. values: the hyper-parameters by name; all others are the experiment's."""

    index: int
    values: Values


@dataclass(frozen=True)
class Finished:
    """What a trial came to. scores: (folds,), empty where it could not be trained, as ``problem`` says then.

    tile: what the model of the first fold says about the plane, (classes, rows, columns) uint8 with 255 for 1;
    (0, 0, 0) where it says nothing.
    """

    index: int
    scores: tuple[float, ...] = ()
    problem: Note | None = None
    tile: Ints = field(default_factory=lambda: np.zeros((0, 0, 0), np.uint8))

    @property
    def score(self) -> float:
        """The mean over the folds, NaN where there is none."""
        return float(np.mean(self.scores)) if self.scores else float("nan")

    @property
    def spread(self) -> float:
        """The standard deviation over the folds, NaN where there is none."""
        return float(np.std(self.scores)) if self.scores else float("nan")


@dataclass(frozen=True)
class Search:
    """Trials of one experiment, all on the same folds. Picklable: this is what travels to other processes.

    folds: the rows to train on and those held out, one pair for each fold. tiles: whether boundaries are wanted.
    """

    experiment: Experiment
    trials: tuple[Trial, ...]
    folds: tuple[tuple[Ints, Ints], ...]
    tiles: bool = False

    @property
    def digest(self) -> str:
        """A text that is the same for the same search only, over all processes and days."""
        found = hashlib.sha256(Path(self.experiment.engine.source_file).read_bytes())
        for piece in (self.experiment, self.trials, self.folds, self.tiles):
            _digest(piece, found.update)
        return found.hexdigest()[:32]


def attempt(search: Search, trial: Trial) -> Generator[None, None, Finished]:
    """Make a trial; yields now and then, so that whoever makes it can look around. It never raises."""
    scores: list[float] = []
    tile = Finished(trial.index).tile
    try:
        params = search.experiment.params.with_values(**dict(trial.values))
        features = target_of(search.experiment.data)
        for train, held_out in search.folds:
            run = begin(search.experiment, with_parts(search.experiment.data, train, held_out), params=params)
            while run.advance():
                yield
            scores.append(_scored(run, features, held_out))
            if search.tiles and len(scores) == 1:
                tile = tile_of(run)
    except LearnerError as error:
        return Finished(trial.index, (), error.note)
    except Exception as error:  # noqa: BLE001 - one bad trial must not end the others
        told = f"{type(error).__name__}: {error}"
        return Finished(trial.index, (), say("This algorithm has a mistake in it and stopped: {error}", error=told))
    return Finished(trial.index, tuple(scores), None, tile)


def _scored(run: Run, features: Features, held_out: Ints) -> float:
    """Return the score; LearnerError where it is no number."""
    found = score(features, run.predictions(), held_out)
    if not np.isfinite(found):
        raise LearnerError("the predictions are no numbers")
    return float(found)


def tile_of(run: Run) -> Ints:
    """Return what a finished run says about the plane, thinned; (0, 0, 0) where it drew no such picture."""
    drawn = run.step.draw() if run.step else ()
    surface = next((picture for picture in drawn if isinstance(picture, Surface)), None)
    if surface is None:
        return np.zeros((0, 0, 0), np.uint8)
    return np.rint(255 * thinned(surface.values)).astype(np.uint8)


def thinned(values: Floats, rows: int = TILE_ROWS) -> Floats:
    """Return every so many-th cell of (…, rows, columns), so that there are at most ``rows`` rows."""
    every = max(1, -(-values.shape[-2] // rows))
    return values[..., every // 2 :: every, every // 2 :: every]


def _digest(value: object, add: Any) -> None:
    """Add a value to a hash, part by part: what a pickle looks like depends on more than what is in it."""
    if isinstance(value, np.ndarray):
        add(f"{value.dtype.str}{value.shape}".encode())
        add(np.ascontiguousarray(value).tobytes())
    elif is_dataclass(value) and not isinstance(value, type):
        add(type(value).__qualname__.encode())
        for item in fields(value):
            _digest((item.name, getattr(value, item.name)), add)
    elif isinstance(value, Mapping):
        _digest(tuple(value.items()), add)
    elif isinstance(value, (tuple, list)):
        add(b"(")
        for part in value:
            _digest(part, add)
        add(b")")
    else:
        add(f"{value!r},".encode())
