"""``sandtable run``: one experiment in this very process, as fast as it goes."""

import argparse
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.commands.progress import Progress
from app.commands.read_data import read_data
from app.session import project
from engines.core.dataset import Dataset, Split
from engines.core.engine import Engine
from engines.core.experiment import Experiment
from engines.core.language import LearnerError
from engines.core.messages import State
from engines.core.registry import engine_named, judge_named
from engines.core.step import Outcome
from engines.data.preparing import prepare


@dataclass(frozen=True)
class Result:
    """What a run came to. outcome: None when it was stopped before its end."""

    steps: int
    seconds: float
    state: State
    scalars: Mapping[str, float]
    outcome: Outcome | None


def run(chosen: argparse.Namespace) -> int:
    """Run what the command line asks for, print the result; files are written last."""
    experiment = experiment_of(chosen)
    for file in (chosen.out, chosen.save):
        if file is not None and not file.absolute().parent.is_dir():
            raise LearnerError("There is no folder “{name}”; make it first.", name=str(file.absolute().parent))
    result = take_steps(experiment, chosen.steps)
    if chosen.save is not None:
        project.save(chosen.save, experiment)
    if chosen.json:
        print(json.dumps(told(experiment, result), ensure_ascii=False, allow_nan=False))
    else:
        _print(experiment, result)
    if chosen.out is not None:
        _write_arrays(chosen.out, result)
    return 0


def experiment_of(chosen: argparse.Namespace) -> Experiment:
    """Put the experiment together; what a ``.sandtable`` says is the default of everything."""
    engine = engine_named(chosen.engine)
    spec = chosen.data or engine.sample
    read = read_data(spec, chosen.target, engine.kinds)
    data: Dataset = read.data if isinstance(read, Experiment) else read
    split = read.split if isinstance(read, Experiment) else Split()
    same = isinstance(read, Experiment) and read.engine_key == engine.key
    params = read.params if isinstance(read, Experiment) and same else engine.params()
    seed = read.seed if isinstance(read, Experiment) else 0
    if not engine.learns_from(type(data)):
        raise _wrong_kind(engine, data)
    if chosen.features is not None or chosen.components is not None:
        data = _prepared(engine, data, chosen.features, chosen.components)
    values = dict(_setting(text) for text in chosen.set)
    seed = seed if chosen.seed is None else chosen.seed
    judge = judge_named(chosen.judge)
    if judge is not None and not judge.fits(engine):
        raise LearnerError("“{judge}” cannot judge “{engine}”.", judge=judge.key, engine=engine.key)
    judge_params = judge.params().with_values(**dict(_setting(text) for text in chosen.judge_set)) if judge else None
    return Experiment(engine.key, params.with_values(**values), data, split, seed, chosen.judge, judge_params)


def _prepared(engine: Engine, data: Dataset, features: str | None, components: int | None) -> Dataset:
    """Return the data prepared as asked for; what is not asked for stays as it is. An empty list takes all away."""
    if not engine.prepares(type(data)):
        raise LearnerError(
            "“{engine}” takes the columns as they are: neither features nor components can be asked for.",
            engine=engine.key,
        )
    before = data.preparation
    added = (
        before.get("added", ()) if features is None else [part.strip() for part in features.split(",") if part.strip()]
    )
    return prepare(data, added, before.get("components", 0) if components is None else components)


def _wrong_kind(engine: Engine, data: Dataset) -> LearnerError:
    return LearnerError(
        "“{engine}” learns from {wanted}, but this is {given}.",
        engine=engine.key,
        wanted=", ".join(kind.kind for kind in engine.kinds),
        given=data.kind,
    )


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise LearnerError("--set needs name=value, such as n_clusters=4; got “{given}”.", given=text)
    return name.strip(), value.strip()


def take_steps(experiment: Experiment, most: int | None = None) -> Result:
    """Run to the end, or stop after ``most`` steps. A run that rests, with nothing to do but wait, is at its end."""
    steps = experiment.start()
    scalars: dict[str, float] = {}
    count, state, outcome = 0, State.PAUSED, None
    began = time.perf_counter()
    with Progress(most) as progress:
        try:
            while most is None or count < most:
                step = next(steps)
                count += 1
                scalars.update(step.scalars)
                progress.show(count, scalars)
        except StopIteration as end:
            state, outcome = State.FINISHED, end.value
        finally:
            steps.close()
    return Result(count, time.perf_counter() - began, state, scalars, outcome)


def told(experiment: Experiment, result: Result) -> dict[str, Any]:
    """Return the result in values that JSON can hold: a number that is not finite becomes null."""
    return {
        "engine": experiment.engine_key,
        "seed": experiment.seed,
        "steps": result.steps,
        "seconds": round(result.seconds, 6),
        "state": result.state.value,
        "scalars": _numbers(result.scalars),
        "outcome": _numbers(result.outcome.scalars) if result.outcome else None,
    }


def _numbers(scalars: Mapping[str, float]) -> dict[str, float | None]:
    return {name: float(value) if math.isfinite(value) else None for name, value in scalars.items()}


def _print(experiment: Experiment, result: Result) -> None:
    print(f"{experiment.engine_key}: {result.steps} steps in {result.seconds:.2f} s, {result.state.value}")
    numbers = dict(result.scalars) | dict(result.outcome.scalars if result.outcome else {})
    for name, value in numbers.items():
        print(f"  {name:<24}{value:.6g}")


def _write_arrays(file: Path, result: Result) -> None:
    if result.outcome is None:
        raise LearnerError(
            "The run was stopped before its end, so there is nothing to write to “{name}”: give more --steps or none.",
            name=file.name,
        )
    try:
        with file.open("wb") as stream:
            np.savez_compressed(stream, **dict(result.outcome.arrays))
    except OSError as error:
        raise LearnerError("“{name}” cannot be written: {reason}", name=str(file), reason=str(error)) from None
