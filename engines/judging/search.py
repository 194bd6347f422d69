"""Search over hyper-parameters: try a grid of settings, or draw some at random, and keep what scores best.

Bergstra and Bengio, "Random Search for Hyper-Parameter Optimization", 2012.
"""

import multiprocessing
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from engines.core.experiment import Experiment
from engines.core.forecast import Forecast, forecast, forecast_of
from engines.core.judge import judge
from engines.core.language import LearnerError, Note, say
from engines.core.params import Param, Params, named_by
from engines.core.patience import patience
from engines.core.step import WAIT, Outcome, Step, Steps
from engines.evaluation.journal import Journal
from engines.evaluation.pools import pool_for, processes_for
from engines.evaluation.search import planned, results, unfinished
from engines.evaluation.space import Axis, axis_of, drawn, grid, named
from engines.evaluation.trials import Finished, Search, expected
from engines.judging._search_pictures import Board
from engines.pictures.boundaries import Boundaries
from engines.pictures.grid import Grid
from engines.pictures.parallel import Parallel
from engines.pictures.surface import Surface

ASKED = 6  # lots at most, evenly over all, that are asked how long they take


@dataclass(frozen=True)
class SearchParams(Params):
    """What is tried, how it is scored, and who computes."""

    method: Annotated[
        Literal["grid", "random"],
        Param("What is tried", help="grid: every combination. random: settings drawn from the whole range"),
    ] = "grid"
    first: Annotated[str, Param("Search over", names="params")] = ""
    first_values: Annotated[
        str, Param("Values", help="As 1, 3, 5 or 0.01..10 or 0.01..10 log. Empty: the whole range of its slider")
    ] = ""
    second: Annotated[str, Param("And over", names="params", help="The same as above: only that one is searched")] = ""
    second_values: Annotated[
        str, Param("Its values", help="As 1, 3, 5 or 0.01..10 or 0.01..10 log. Empty: the whole range of its slider")
    ] = ""
    trials: Annotated[int, Param("Trials", low=1, high=200, only_if=("method", ("random",)))] = 20
    scored_by: Annotated[Literal["folds", "validation share"], Param("Scored by")] = "folds"
    folds: Annotated[int, Param("Folds k", low=2, high=20, only_if=("scored_by", ("folds",)))] = 5
    jobs: Annotated[int, Param("Processes at once", low=0, high=64, help="0: one for each core but one")] = 0
    scheduler: Annotated[
        str,
        Param("Dask scheduler", private=True, help="As tcp://computer:8786. Empty: this computer, and no network"),
    ] = ""


@judge(
    title="Search settings",
    shows=(Surface, Grid, Boundaries, Parallel),
    curves={"Score of the trials": ("trial_score", "best_score")},
    facts=("the same folds for every trial", "boundaries are those of the first fold", "the test share takes no part"),
    order=40,
)
def search(experiment: Experiment, params: SearchParams, rng: np.random.Generator) -> Steps:
    """Train with many settings on the same folds, and keep those that score best on what was held out."""
    axes = axes_of(experiment, params)
    values = grid(axes) if params.method == "grid" else drawn(axes, params.trials, rng)
    folds = params.folds if params.scored_by == "folds" else 0
    plan = planned(experiment, values, folds, tiles=Surface in experiment.engine.shows)
    board = Board(plan, axes, is_grid=params.method == "grid")
    journal, kept = opened(plan)
    yield Step(first_words(plan, params, len(kept)), board.scalars(), board.draw, then="Make the first trial",
               caution=time_needed(plan, params, kept))  # fmt: skip
    for finished in made(plan, params, kept, journal):
        if finished is None:
            if patience.over or patience.unseen:
                yield WAIT
            continue
        board.add(finished)
        last = finished.index == len(plan.trials) - 1
        yield Step(board.told(finished), board.scalars(), board.draw, then="" if last else "Make the next trial")
    if board.best < 0:
        raise LearnerError(board.problem)
    yield Step(last_words(plan, board), board.scalars(), board.draw, rest=True)
    return Outcome(board.scalars() | {"best_trial": float(board.best)}, {"scores": board.all_scores})


def axes_of(experiment: Experiment, params: SearchParams) -> tuple[Axis, ...]:
    """Return the hyper-parameters to search and what is tried of them; one where the second is the first."""
    known = type(experiment.params)
    offered = named_by("params", known)
    if not offered:
        raise LearnerError("“{engine}” has no hyper-parameters to search.", engine=experiment.engine.title)
    chosen = {params.first or offered[0]: params.first_values}
    chosen.setdefault(params.second or offered[0], params.second_values)
    return tuple(axis_of(known, name, text) for name, text in chosen.items())


def made(
    plan: Search, params: SearchParams, kept: dict[int, Finished], journal: Journal | None
) -> Iterator[Finished | None]:
    """Yield every finished trial in order, None in between; whoever computes is let go at the end, whatever it is."""
    if len(kept) == len(plan.trials):
        yield from (kept[trial.index] for trial in plan.trials)
        return
    pool = pool_for(plan, params.jobs, params.scheduler)
    try:
        yield from results(plan, pool, kept, journal.add if journal else None)
    finally:
        pool.close()


def opened(plan: Search) -> tuple[Journal | None, dict[int, Finished]]:
    """Return the journal and what it holds; none but in the engine process, which a person or the system may end."""
    if multiprocessing.parent_process() is None:
        return None, {}
    journal = Journal(plan)
    return journal, journal.read()


def time_needed(plan: Search, params: SearchParams, kept: Container[int]) -> Forecast:
    """Return how long it will take, from a few lots of those that are left; of a cluster not how fast it is."""
    lots = unfinished(plan, kept)
    asked = lots[:: -(-len(lots) // ASKED) or 1]
    cluster = bool(params.scheduler.strip())
    rounds = -(-len(lots) // (1 if cluster else processes_for(plan, params.jobs)))
    said = forecast_of((expected(plan, lot) for lot in asked), rounds / max(1, len(asked)))
    return forecast(said.seconds, at_most=said.at_most or cluster)


def first_words(plan: Search, params: SearchParams, kept: int) -> Note:
    """Say what will be done, and what was done before."""
    n, k = len(plan.trials), len(plan.folds)
    if params.method == "grid":
        note = say("A grid of {n} settings: each is one trial", n=n)
    else:
        note = say("{n} settings are drawn at random: each is one trial", n=n)
    if k > 1:
        note = say("{what}, trained {k} times on the same folds", what=note, k=k)
    if kept:
        note = say("{what}. {kept} of {n} trials were finished before", what=note, kept=kept, n=n)
    return note


def last_words(plan: Search, board: Board) -> Note:
    """Say what is best, and how much that may mean."""
    best = board.finished[board.best]
    values = named(type(plan.experiment.params), plan.trials[board.best].values)
    told = {"n": len(board.finished), "values": values, "measure": board.measure, "score": best.score}
    if len(best.scores) < 2:
        return say("The best of {n} trials: {values}, {measure} {score:.3f}", **told)
    return say(
        "The best of {n} trials: {values}, {measure} {score:.3f} ± {spread:.3f}. {close} others lie within that ±",
        spread=best.spread, close=board.count_close(), **told,
    )  # fmt: skip
