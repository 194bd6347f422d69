"""``sandtable search``: many settings of one algorithm, on this computer or on a cluster."""

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from app.commands.progress import Progress
from app.commands.run import experiment_of
from engines.core.experiment import Experiment
from engines.core.language import LearnerError
from engines.evaluation.journal import Journal
from engines.evaluation.pools import pool_for
from engines.evaluation.search import best_of, planned, unfinished
from engines.evaluation.space import Axis, Values, axis_of, drawn, grid, named
from engines.evaluation.training import score_name, target_of
from engines.evaluation.trials import Finished, Search

USUAL_TRIALS = 20
SHOWN = 10  # of the trials that are printed
INTERRUPTED = 130


def search(chosen: argparse.Namespace) -> int:
    """Make the trials that the command line asks for, print what they came to.

    After Ctrl+C what is finished is printed, and the same command goes on from there.
    """
    experiment = experiment_of(chosen)
    plan = planned(experiment, values_of(chosen, experiment), chosen.folds)
    journal = Journal(plan)
    found = journal.read()
    if found:
        _say(f"{len(found)} of {len(plan.trials)} trials were finished before")
    began = time.perf_counter()
    whole = make(plan, found, journal, chosen)
    seconds = time.perf_counter() - began
    if whole:
        journal.remove()
    else:
        _say(f"stopped: {len(found)} of {len(plan.trials)} trials are kept; the same command goes on from there")
    if chosen.json:
        print(json.dumps(told(plan, found, seconds), ensure_ascii=False, allow_nan=False))
    else:
        _print(plan, found, seconds)
    return 0 if whole else INTERRUPTED


def values_of(chosen: argparse.Namespace, experiment: Experiment) -> tuple[Values, ...]:
    """Return the settings that are to be tried. LearnerError for anything that is wrong with them."""
    if bool(chosen.grid) == bool(chosen.random):
        raise LearnerError("Say what is to be tried: --grid name=1,2,3 or --random name=low..high, and not both.")
    if chosen.grid and chosen.trials is not None:
        raise LearnerError("--trials belongs to --random: a grid has as many trials as combinations.")
    axes = [_axis(experiment, text) for text in chosen.grid or chosen.random]
    if chosen.grid:
        return grid(axes)
    trials = USUAL_TRIALS if chosen.trials is None else chosen.trials
    return drawn(axes, trials, np.random.default_rng(experiment.seed))


def _axis(experiment: Experiment, text: str) -> Axis:
    name, equals, values = text.partition("=")
    if equals and not values.strip():
        raise LearnerError("“{given}” has no values: write some, as n_neighbors=1,5,9.", given=text)
    return axis_of(type(experiment.params), name.strip(), values)


def make(plan: Search, found: dict[int, Finished], journal: Journal, chosen: argparse.Namespace) -> bool:
    """Make the trials that are not yet ``found`` and put them there; False when Ctrl+C came before the end."""
    todo = unfinished(plan, found)
    if not todo:
        return True
    pool = pool_for(plan, chosen.jobs or os.cpu_count() or 1, chosen.scheduler)
    try:
        with Progress(len(plan.trials)) as progress:
            for finished in pool.run(todo):
                if finished is not None and finished.index not in found:
                    found[finished.index] = finished
                    journal.add(finished)
                    best = max((one.score for one in found.values() if one.scores), default=math.nan)
                    progress.show(len(found), {"best": best})
    except KeyboardInterrupt:
        return False
    finally:
        pool.close()
    return True


def told(plan: Search, found: Mapping[int, Finished], seconds: float) -> dict[str, Any]:
    """Return the results in values that JSON can hold: what there is no number for becomes null."""
    scores = [found[i].score if i in found else math.nan for i in range(len(plan.trials))]
    best = best_of(scores)
    return {
        "engine": plan.experiment.engine_key,
        "seed": plan.experiment.seed,
        "measure": _measure(plan),
        "folds": len(plan.folds),
        "seconds": round(seconds, 6),
        "finished": len(found),
        "best_params": dict(plan.trials[best].values) if best >= 0 else None,
        "best_score": scores[best] if best >= 0 else None,
        "trials": [
            {
                "params": dict(trial.values),
                "score": found[trial.index].score if trial.index in found and found[trial.index].scores else None,
                "scores": list(found[trial.index].scores) if trial.index in found else [],
                "problem": _problem(found.get(trial.index)),
            }
            for trial in plan.trials
        ],
    }


def _measure(plan: Search) -> str:
    return score_name(target_of(plan.experiment.data))


def _problem(finished: Finished | None) -> str | None:
    return finished.problem.render() if finished is not None and finished.problem is not None else None


def _print(plan: Search, found: Mapping[int, Finished], seconds: float) -> None:
    """Print the best trials, and what could not be trained."""
    params = type(plan.experiment.params)
    ranked = sorted((one for one in found.values() if one.scores), key=lambda one: (-one.score, one.index))
    print(f"{plan.experiment.engine_key}: {len(found)} of {len(plan.trials)} trials in {seconds:.2f} s")
    for place, one in enumerate(ranked[:SHOWN]):
        mark = "best" if place == 0 else ""
        spread = f" ± {one.spread:.4f}" if len(one.scores) > 1 else ""
        values = named(params, plan.trials[one.index].values).render()
        print(f"  {mark:<6}{_measure(plan)} {one.score:.4f}{spread}  {values}")
    if len(ranked) > SHOWN:
        print(f"  and {len(ranked) - SHOWN} more; --json tells all")
    for one in sorted(found.values(), key=lambda one: one.index):
        if (problem := _problem(one)) is not None:
            print(f"  {named(params, plan.trials[one.index].values).render()}: {problem}")


def _say(text: str) -> None:
    print(text, file=sys.stderr)
