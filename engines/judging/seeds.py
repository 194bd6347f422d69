"""Seed dice: the same set-up again and again with other dice, to see how much of a result was luck.

Bouthillier et al., "Accounting for variance in machine learning benchmarks", 2021.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np

from engines.core.dataset import Dataset
from engines.core.engine import Together
from engines.core.experiment import Experiment
from engines.core.forecast import forecast_of
from engines.core.judge import judge
from engines.core.language import LearnerError, say
from engines.core.params import Param, Params
from engines.core.step import Outcome, Step, Steps
from engines.evaluation.checks import some
from engines.evaluation.training import begin, target_of
from engines.judging._luck import Luck, SeedCurves, SeedScores
from engines.judging._trials import Trial, advance
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.surface import Surface, grid


@dataclass(frozen=True)
class SeedsParams(Params):
    """How often the dice are thrown, and what they decide."""

    n_seeds: Annotated[int, Param("Seeds", low=8, high=64)] = 16
    throw: Annotated[
        Literal["weights and order", "the split", "both"],
        Param("What is thrown", help="the engine's own dice, or which rows are held out, or both"),
    ] = "weights and order"


@judge(
    title="Seed dice",
    shows=(Surface, Heat, Fit, SeedCurves, SeedScores),
    facts=("the test share takes no part",),
    order=60,
)
def seeds(experiment: Experiment, params: SeedsParams, rng: np.random.Generator) -> Steps:
    """Train the same set-up with many seeds and look how far the results lie apart."""
    some(experiment.data)
    data, dice = thrown(experiment, params)
    if not len(target_of(data[0]).validation.index):
        raise LearnerError("The seeds are compared on the validation share: give it some rows in the Data tab.")
    luck = Luck(target_of(data[0]), [target_of(each).validation.index for each in data], dice_names(experiment, params))
    if experiment.engine.together and alike(data):
        yield from together(experiment, data, dice, luck, experiment.engine.together)
    else:
        yield from one_by_one(experiment, data, dice, luck)
    yield Step(luck.verdict(), luck.numbers(), luck.draw, rest=True)
    return Outcome(luck.numbers(), luck.arrays())


def thrown(experiment: Experiment, params: SeedsParams) -> tuple[list[Dataset], list[int]]:
    """Return the data and the engine's seed of each throw; the first is the experiment as it is."""
    throws = range(params.n_seeds)
    dice = [experiment.seed + (i if params.throw != "the split" else 0) for i in throws]
    if params.throw == "weights and order":
        return [experiment.split_data] * params.n_seeds, dice
    splits = [replace(experiment.split, seed=experiment.split.seed + i) for i in throws]
    return [replace(experiment, split=split).split_data for split in splits], dice


def dice_names(experiment: Experiment, params: SeedsParams) -> list[int]:
    """Return the number that each throw has in the window: the random seed, or that of the split."""
    first = experiment.split.seed if params.throw == "the split" else experiment.seed
    return list(range(first, first + params.n_seeds))


def alike(data: list[Dataset]) -> bool:
    """Whether all have as many rows to train on and as many to validate by."""
    return len({(len(each.train.y), len(each.validation.y)) for each in map(target_of, data)}) == 1


def together(experiment: Experiment, data: list[Dataset], dice: list[int], luck: Luck, at_once: Together) -> Steps:
    """Train the networks of all seeds as one stack: a step is an epoch of all of them."""
    shared = all(each is data[0] for each in data)
    many = at_once.begin([experiment.params] * len(dice), data[:1] if shared else data, dice)
    luck.look = lambda: many.say(grid(luck.area, *luck.cells)).argmax(1).reshape(-1, *luck.cells)
    luck.see(0, many.scores(), many.going)
    yield Step(say("{n} networks have random weights, each its own", n=len(dice)), luck.numbers(), luck.draw,
               then=say("Train one epoch of all {n}", n=len(dice)), caution=many.forecast)  # fmt: skip
    while not many.over:
        going = many.going.copy()
        many.train()
        numbers = many.scores()
        if problem := next((one for one in many.problems if one), None):
            raise LearnerError(problem)
        luck.see(many.epoch, numbers, going)
        yield Step(luck.so_far(many.epoch), luck.numbers(), luck.draw)
    many.finish()
    for place, said in enumerate(many.say(luck.features.x)):
        luck.finish(place, said.argmax(0))
    return Outcome()


def one_by_one(experiment: Experiment, data: list[Dataset], dice: list[int], luck: Luck) -> Steps:
    """Train one seed after the other; every engine can be judged so."""
    for place, (each, seed) in enumerate(zip(data, dice, strict=True)):
        trial, count = Trial(begin(experiment, each, seed=seed)), 0
        if not place:
            trial.advance()
            luck.expect(trial.run.told)
            yield Step(say("{n} seeds are thrown, one after the other", n=len(dice)), luck.numbers(), luck.draw,
                       caution=forecast_of([trial.run.step.caution] if trial.run.step else [], len(dice)))  # fmt: skip
        left = True
        while left:
            left = yield from advance([trial], count, len(each))
            if trial.problem is not None:
                raise LearnerError(trial.problem)
            luck.see_one(place, count, trial.run)
            count += 1
            if left:
                yield Step(luck.training(place, trial.run.count), luck.numbers(), luck.draw)
        luck.keep(place, trial.run)
        luck.finish(place, trial.run.predictions())
        yield Step(luck.finished(place), luck.numbers(), luck.draw)
    return Outcome()
