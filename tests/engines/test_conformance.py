"""What every engine must do, whoever wrote it: found by walking, so that a new one is tested from its first day."""

import contextlib
import inspect
import itertools
import json
import pickle
import random
import sys
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from engines.core.dataset import Dataset, Split
from engines.core.engine import Engine, Task
from engines.core.experiment import Experiment
from engines.core.language import LANGUAGES, LearnerError, Note
from engines.core.params import specs
from engines.core.registry import discover
from engines.core.step import Change, Outcome, Step
from engines.data.images import Images
from engines.data.points import Points
from engines.data.sampling import make_sample, parse_sample, sample_named
from engines.data.table import Table
from engines.data.text import Text
from engines.evaluation.devices import networks
from engines.pictures.chart import Chart
from engines.pictures.tree import Candidates

STEPS = 30
FAR_TOO_LONG = 3000
LIMITS = {"max_iter": 4, "n_epochs": 3, "epochs": 3, "max_epochs": 3, "n_rounds": 4, "max_steps": 20}
ENGINES = discover().engines.values()

every_engine = pytest.mark.parametrize("engine", ENGINES, ids=lambda item: item.key)
every_points_engine = pytest.mark.parametrize(
    "engine", [item for item in ENGINES if item.learns_from(Points)], ids=lambda item: item.key
)

# What else an engine is tried with, by kind of data, when that is not the one it is most at home with. A table with
# numbers and one with categories; the first that it can learn from counts.
OTHERS: dict[type[Dataset], tuple[str, ...]] = {
    Points: ("moons:n=90,seed=1", "polynomial:n=90,seed=1", "hills:n=90,seed=1"),
    Table: ("iris", "houses:n=80", "play_tennis", "exam_hours"),
    Images: ("digits",),
    Text: ("spam",),
}


def sample_of(engine: Engine, n: int = 90, seed: int = 1) -> Dataset:
    """Its own sample, of ``n`` rows where that can be set."""
    sized = any(spec.name == "n" for spec in specs(sample_named(engine.sample).settings))
    return make_sample(engine.sample, seed=seed, **({"n": n} if sized else {}))


def experiment(engine: Engine, data: Dataset | None = None, seed: int = 3) -> Experiment:
    return Experiment(engine.key, engine.params(), sample_of(engine) if data is None else data, Split(), seed)


def short(engine: Engine) -> Experiment:
    """The same with every limit on its length set low."""
    params = engine.params()
    limits = {spec.name: LIMITS[spec.name] for spec in specs(engine.params) if spec.name in LIMITS}
    return replace(experiment(engine), params=params.with_values(**limits))


def taken(run: Experiment, most: int = STEPS) -> list[tuple[Step, tuple[object, ...]]]:
    """The first steps, each with its pictures."""
    steps = run.start()
    try:
        return [(step, step.draw()) for step in itertools.islice(steps, most)]
    finally:
        steps.close()


def plain(value: object) -> object:
    """Bits that can be compared: arrays by dtype, shape and bytes."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, Note) or not is_dataclass(value):
        return repr(value)
    return type(value).__name__, tuple(plain(getattr(value, item.name)) for item in fields(value))


def bits(run: list[tuple[Step, tuple[object, ...]]]) -> list[object]:
    return [
        (
            repr(step.note),
            repr(step.then),
            step.rest,
            [(name, float(value).hex()) for name, value in step.scalars.items()],
            tuple(plain(picture) for picture in pictures),
        )
        for step, pictures in run
    ]


def arrays_of(value: object) -> list[np.ndarray]:
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, (tuple, list)):
        return [array for item in value for array in arrays_of(item)]
    if is_dataclass(value):
        return [array for item in fields(value) for array in arrays_of(getattr(value, item.name))]
    return []


def test_engines_are_found_and_none_fails_to_load():
    assert not dict(discover().failed)
    assert "clustering.kmeans" in discover().engines


@every_engine
def test_it_says_what_it_is(engine):
    assert engine.title
    assert engine.summary
    assert isinstance(engine.task, Task)
    assert engine.shows
    assert inspect.isgeneratorfunction(engine.run)
    assert inspect.getdoc(engine.params)
    assert inspect.getdoc(sys.modules[engine.run.__module__])
    assert all(spec.param.label for spec in specs(engine.params))
    assert engine.key == engine.run.__module__.removeprefix("engines.")


@every_engine
def test_its_params_go_through_json_and_pickle(engine):
    params = engine.params()
    assert engine.params.from_json(json.loads(json.dumps(params.to_json()))) == params
    assert pickle.loads(pickle.dumps(params)) == params


@every_engine
def test_the_same_seed_gives_the_same_steps_bit_for_bit(engine):
    first, second = taken(experiment(engine)), taken(experiment(engine))
    assert len(first) > 1
    assert bits(first) == bits(second)


@every_engine
def test_looking_changes_nothing(engine):
    """A step that nobody draws leads to the same next step."""
    seen = [step for step, _ in taken(experiment(engine))]
    steps = experiment(engine).start()
    unseen = list(itertools.islice(steps, STEPS))
    steps.close()
    assert bits([(step, ()) for step in seen]) == bits([(step, ()) for step in unseen])


@every_engine
def test_an_experiment_that_has_travelled_runs_the_same(engine):
    run = experiment(engine)
    assert bits(taken(pickle.loads(pickle.dumps(run)), 8)) == bits(taken(run, 8))


def others_of(engine: Engine) -> list[list[tuple[Step, tuple[object, ...]]]]:
    """The first steps of a run on each other sample that it can learn from."""
    runs = []
    for spec in (spec for kind in engine.kinds for spec in OTHERS[kind]):
        with contextlib.suppress(LearnerError):
            runs.append(taken(replace(short(engine), data=parse_sample(spec)), 8))
    return runs


@every_engine
def test_it_draws_what_it_declares_and_only_that(engine):
    """The same kinds of picture at every step, so that no card comes or goes while a run goes on.

    Each kind that it declares is drawn of one kind of data at least.
    """
    drawn = [[type(picture) for picture in pictures] for _, pictures in taken(experiment(engine))]
    assert all(kinds == drawn[0] for kinds in drawn)
    assert len(set(drawn[0])) == len(drawn[0])
    others = [kind for data in others_of(engine) for _, pictures in data[:1] for kind in map(type, pictures)]
    assert {*drawn[0], *others} == set(engine.shows)


@every_engine
def test_it_learns_from_every_kind_of_data_it_names(engine):
    """What cannot be drawn for another kind of data is left out, from the first step to the last."""
    for kind in engine.kinds[1:]:
        learnt = 0
        for spec in OTHERS[kind]:
            try:
                steps = taken(replace(short(engine), data=parse_sample(spec)), 8)
            except LearnerError:
                continue
            learnt += 1
            drawn = [[type(picture) for picture in pictures] for _, pictures in steps]
            assert drawn[0]
            assert set(drawn[0]) <= set(engine.shows)
            assert all(kinds == drawn[0] for kinds in drawn), f"{kind.kind}: {drawn}"
        assert learnt, f"nothing of {kind.kind} can be learned"


@every_engine
def test_what_it_draws_is_locked_and_pickles(engine):
    for _, pictures in taken(experiment(engine), 5):
        arrays = arrays_of(pictures)
        assert arrays
        assert not any(array.flags.writeable for array in arrays)
        assert plain(pickle.loads(pickle.dumps(pictures))) == plain(pictures)


@every_engine
def test_what_it_drew_stays_as_it_was(engine):
    """A frame that is kept for scrubbing does not change when the run goes on."""
    steps = experiment(engine).start()
    early = next(steps).draw()
    before = plain(early)
    for step in itertools.islice(steps, STEPS):
        step.draw()
    steps.close()
    assert plain(early) == before


@every_engine
def test_it_speaks_of_its_steps(engine):
    for step, _ in taken(experiment(engine)):
        for language in LANGUAGES:
            assert step.note.render(language).strip()
            step.then.render(language)
        assert all(isinstance(value, (int, float, np.number)) for value in step.scalars.values())


@every_engine
def test_its_curves_are_scalars_that_it_tells(engine):
    told = {name for step, _ in taken(experiment(engine)) for name in step.scalars}
    assert {name for names in engine.curves.values() for name in names} <= told


@every_engine
def test_its_data_stays_untouched(engine):
    run = experiment(engine)
    before = plain(run.data)
    taken(run)
    assert plain(run.data) == before
    assert not any(array.flags.writeable for array in arrays_of(run.split_data))


def dice() -> tuple[object, ...]:
    """The state of every random generator that a program shares."""
    torch = sys.modules.get("torch")
    return (
        random.getstate(),
        plain(np.random.get_state(legacy=True)),  # noqa: NPY002 - that nobody uses it is what is tested
        torch.get_rng_state().numpy().tobytes() if torch else b"",
    )


@every_engine
def test_the_worlds_dice_are_left_alone(engine):
    taken(experiment(engine), 2)  # what it imports is imported now
    before = dice()
    taken(experiment(engine))
    assert dice() == before


PURPOSES = [
    (engine, purpose)
    for engine in networks()
    for purpose in next((spec.choices for spec in specs(engine.params) if spec.name == "purpose"), ("",))
]


@pytest.mark.parametrize(("engine", "purpose"), PURPOSES, ids=lambda value: getattr(value, "key", value))
def test_torch_is_in_its_usual_mode_wherever_a_network_waits(engine, purpose):
    import torch

    tried = experiment(engine)
    if purpose:
        tried = replace(tried, params=tried.params.with_values(purpose=purpose))
    steps = tried.start()
    for _ in range(4):
        next(steps, None)
        assert torch.is_grad_enabled()
        assert not torch.is_inference_mode_enabled()
    steps.close()


@every_engine
def test_it_comes_to_an_end_with_an_outcome(engine):
    steps = short(engine).start()
    outcome = None
    for _ in range(FAR_TOO_LONG):
        try:
            next(steps)
        except StopIteration as end:
            outcome = end.value
            break
    assert isinstance(outcome, Outcome), "no end within the limits"
    assert outcome.scalars
    assert all(np.asarray(value).dtype != object for value in outcome.arrays.values())


ODD_DATA = {
    "no points": Points(),
    "one point": Points(x=np.zeros((1, 2)), y=np.zeros(1, int)),
    "one class": Points(x=np.random.default_rng(0).normal(size=(40, 2)), y=np.zeros(40, int)),
    "no classes": Points(x=np.random.default_rng(0).normal(size=(40, 2)), y=np.full(40, -1)),
    "all the same place": Points(x=np.ones((40, 2)), y=np.arange(40) % 2),
    "a class is missing": Points(x=np.random.default_rng(0).normal(size=(40, 2)), y=2 * (np.arange(40) % 2)),
    "very far away": Points(x=np.random.default_rng(0).normal(size=(40, 2)) + 1e4, y=np.arange(40) % 2),
}


@every_points_engine
@pytest.mark.parametrize("data", ODD_DATA.values(), ids=ODD_DATA)
def test_odd_data_is_refused_in_words_or_handled(engine, data):
    try:
        steps = taken(replace(short(engine), data=data), 12)
    except LearnerError:
        return
    gaps = Candidates | Chart  # NaN: not weighed, and a gap in a line
    drawn = [item for _, pictures in steps for item in pictures if not isinstance(item, gaps)]
    numbers = [array for array in arrays_of(drawn) if array.dtype.kind == "f"]
    assert numbers
    assert all(np.isfinite(array).all() for array in numbers)


@every_points_engine
def test_no_points_at_all_are_refused(engine):
    with pytest.raises(LearnerError):
        taken(experiment(engine, Points()), 3)


@every_engine
def test_edited_data_reach_a_running_engine(engine):
    run = experiment(engine)
    steps = run.start()
    for _ in itertools.islice(steps, 3):
        pass
    more = sample_of(engine, 120, 8).with_split(run.split)
    if not more.same_shape(run.split_data):
        more = run.split_data  # such data begin a new run in the window
    step = steps.send(Change(data=more))
    assert isinstance(step, Step)
    after = [step, *itertools.islice(steps, 3)]
    assert all(picture is not None for item in after for picture in item.draw())
    steps.close()


@every_engine
def test_every_live_param_is_taken_up(engine):
    live = [spec for spec in specs(engine.params) if spec.param.live]
    for spec in live:
        steps = experiment(engine).start()
        next(steps)
        next(steps)
        value = (spec.param.low + spec.default) / 2 if spec.kind == "float" else spec.default
        changed = engine.params().with_values(**{spec.name: value})
        assert isinstance(steps.send(Change(params=changed)), Step)
        next(steps)
        steps.close()


@every_engine
def test_closing_it_early_is_quiet(engine):
    steps = experiment(engine).start()
    next(steps)
    steps.close()
    assert next(steps, "over") == "over"
