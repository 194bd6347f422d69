"""The trials of a search: an engine trained with certain hyper-parameters on every fold, and scored."""

import hashlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.dataset import Dataset
from engines.core.engine import Stack, Together
from engines.core.experiment import Experiment
from engines.core.forecast import Forecast, forecast, forecast_of
from engines.core.language import LearnerError, Note, say
from engines.data.features import Features
from engines.evaluation.space import Values
from engines.evaluation.training import Run, begin, score, target_of, with_parts
from engines.pictures.surface import COLUMNS, ROWS, Surface, area_of, grid

TILE_ROWS = 32  # of a boundary that travels


@dataclass(frozen=True)
class Trial:
    """index: its place among all trials. values: the hyper-parameters by name; all others are the experiment's."""

    index: int
    values: Values


Lot = tuple[Trial, ...]  # trials that are made as one: it depends on the search alone who they are


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
    def lots(self) -> tuple[Lot, ...]:
        """The trials by those that are made as one: one by one, or as many as an engine trains at once.

        At once are only trials that differ in nothing but what may differ. Lots of the same kind are of the same size.
        """
        together = self.experiment.engine.together
        if together is None:
            return tuple((trial,) for trial in self.trials)
        kinds: dict[Values, list[Trial]] = {}
        for trial in self.trials:
            kind = tuple(item for item in trial.values if item[0] not in together.may_differ)
            kinds.setdefault(kind, []).append(trial)
        most = max(1, together.most // len(self.folds))
        found = [lot for kind in kinds.values() for lot in _cut(kind, -(-len(kind) // most))]
        return tuple(sorted(found, key=lambda lot: lot[0].index))

    @property
    def digest(self) -> str:
        """A text that is the same for the same search only, over all processes and days."""
        found = hashlib.sha256(Path(self.experiment.engine.source_file).read_bytes())
        for piece in (self.experiment, self.trials, self.folds, self.tiles):
            _digest(piece, found.update)
        return found.hexdigest()[:32]


def _cut(trials: Sequence[Trial], count: int) -> list[Lot]:
    """Cut trials into so many lots of sizes that differ by one at most."""
    ends = [len(trials) * i // count for i in range(count + 1)]
    return [tuple(trials[first:last]) for first, last in pairwise(ends)]


def attempt(search: Search, lot: Lot) -> Generator[None, None, tuple[Finished, ...]]:
    """Make the trials of a lot; yields now and then, so that whoever makes them can look around. It never raises."""
    try:
        if together := search.experiment.engine.together:
            return (yield from _at_once(search, lot, together))
        (trial,) = lot
        return ((yield from _alone(search, trial)),)
    except LearnerError as error:
        problem = error.note
    except Exception as error:  # noqa: BLE001 - one bad trial must not end the others
        told = f"{type(error).__name__}: {error}"
        problem = say("This algorithm has a mistake in it and stopped: {error}", error=told)
    return tuple(Finished(trial.index, (), problem) for trial in lot)


def _alone(search: Search, trial: Trial) -> Generator[None, None, Finished]:
    """Train on one fold after the other."""
    scores: list[float] = []
    tile = Finished(trial.index).tile
    params = search.experiment.params.with_values(**dict(trial.values))
    features = target_of(search.experiment.data)
    for train, held_out in search.folds:
        run = begin(search.experiment, with_parts(search.experiment.data, train, held_out), params=params)
        while run.advance():
            yield
        scores.append(_scored(features, run.predictions(), held_out))
        if search.tiles and len(scores) == 1:
            tile = tile_of(run)
    return Finished(trial.index, tuple(scores), None, tile)


def _at_once(search: Search, lot: Lot, together: Together) -> Generator[None, None, tuple[Finished, ...]]:
    """Train all trials on all folds as one stack; one for each size of folds, as a stack needs as many rows each."""
    features = target_of(search.experiment.data)
    scores = np.zeros((len(lot), len(search.folds)))
    problems: dict[int, Note] = {}
    tiles: Ints = np.zeros((len(lot), 0, 0, 0), np.uint8)
    for folds, places, stack in _stacks(search, lot, together):
        while not stack.over:
            stack.train()
            yield
        stack.finish()
        said = stack.say(features.x).argmax(1)
        for (place, fold), problem, predictions in zip(places, stack.problems, said, strict=True):
            if problem is not None:
                problems.setdefault(place, problem)
            else:
                scores[place, fold] = _scored(features, predictions, search.folds[fold][1])
        if 0 in folds and search.tiles and features.plane:
            tiles = _tiles_of(stack, features)[:: len(folds)]
    return tuple(
        Finished(trial.index, (), problems[place]) if place in problems
        else Finished(trial.index, tuple(scores[place].tolist()), None, tiles[place])
        for place, trial in enumerate(lot)
    )  # fmt: skip


def _stacks(search: Search, lot: Lot, together: Together) -> Iterator[tuple[list[int], list[tuple[int, int]], Stack]]:
    """Yield folds of the same size, the place in the lot and the fold of each training, and their stack."""
    experiment = search.experiment
    params = [experiment.params.with_values(**dict(trial.values)) for trial in lot]
    for folds in _of_one_size(search.folds):
        data: list[Dataset] = [with_parts(experiment.data, *search.folds[fold]) for fold in folds]
        places = [(place, fold) for place in range(len(lot)) for fold in folds]
        seeds = [experiment.seed] * len(places)
        yield folds, places, together.begin([params[place] for place, _ in places], data * len(lot), seeds)


def expected(search: Search, lot: Lot) -> Forecast:
    """Return how long the trials of a lot will take, as the engine itself says beforehand; no time where it cannot."""
    together = search.experiment.engine.together
    try:
        if together:
            return forecast_of(stack.forecast for _, _, stack in _stacks(search, lot, together))
        first = with_parts(search.experiment.data, *search.folds[0])
        run = begin(search.experiment, first, params=search.experiment.params.with_values(**dict(lot[0].values)))
        run.advance()
    except Exception:  # noqa: BLE001 - the trial itself will tell of it
        return forecast(0)
    return forecast_of([run.step.caution] if run.step else [], len(search.folds))


def _of_one_size(folds: Sequence[tuple[Ints, Ints]]) -> list[list[int]]:
    """Return the places of the folds that have as many rows in both their parts, in the order of their first."""
    found: dict[tuple[int, int], list[int]] = {}
    for place, (train, held_out) in enumerate(folds):
        found.setdefault((len(train), len(held_out)), []).append(place)
    return list(found.values())


def _tiles_of(stack: Stack, features: Features) -> Ints:
    """Return what each of a stack says about the plane, thinned: (s, classes, rows, columns)."""
    said = np.nan_to_num(stack.say(grid(area_of(features.x))))  # of one that came to nothing nothing is shown
    return as_tile(said.reshape(*said.shape[:2], ROWS, COLUMNS))


def _scored(features: Features, predictions: Floats, held_out: Ints) -> float:
    """Return the score; LearnerError where it is no number."""
    found = score(features, predictions, held_out)
    if not np.isfinite(found):
        raise LearnerError("the predictions are no numbers")
    return float(found)


def tile_of(run: Run) -> Ints:
    """Return what a finished run says about the plane, thinned; (0, 0, 0) where it drew no such picture."""
    drawn = run.step.draw() if run.step else ()
    surface = next((picture for picture in drawn if isinstance(picture, Surface)), None)
    if surface is None:
        return np.zeros((0, 0, 0), np.uint8)
    return as_tile(surface.values)


def as_tile(values: Floats) -> Ints:
    """Return probabilities over the plane, (…, rows, columns), as they travel."""
    return np.rint(255 * thinned(values)).astype(np.uint8)


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
