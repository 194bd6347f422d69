"""Bias and variance: the same model fitted to many resampled data sets, how far off and how far apart.

Geman, Bienenstock and Doursat, "Neural networks and the bias/variance dilemma", 1992; for classes Domingos, "A unified
bias-variance decomposition", 2000. The resampling is Efron's bootstrap, 1979.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np

from engines.core.arrays import Ints
from engines.core.dataset import TEST, TRAIN, Dataset
from engines.core.experiment import Experiment
from engines.core.judge import judge
from engines.core.language import LearnerError, say
from engines.core.params import Param, Params
from engines.core.step import Outcome, Step, Steps
from engines.data.points import Points
from engines.evaluation.checks import some
from engines.evaluation.training import begin, target_of
from engines.judging._many_fits import AlongX, ErrorParts, Fits
from engines.judging._trials import Trial, advance, begun, load
from engines.pictures.boundaries import Boundaries
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.surface import Surface


@dataclass(frozen=True)
class BiasVarianceParams(Params):
    """How many fits, and what each is fitted to."""

    n_fits: Annotated[int, Param("Fits", low=2, high=100)] = 20
    resample: Annotated[
        Literal["bootstrap", "half of the rows"],
        Param("Each fit learns from", help="bootstrap: as many rows as there are, drawn with replacement"),
    ] = "bootstrap"


@judge(
    title="Bias and variance",
    shows=(Surface, Heat, Fit, Boundaries, AlongX, ErrorParts),
    facts=("the test share takes no part",),
    order=55,
)
def bias_variance(experiment: Experiment, params: BiasVarianceParams, rng: np.random.Generator) -> Steps:
    """Fit the same model to many resampled data sets, and part its error into bias and variance."""
    data = experiment.split_data
    some(data)
    features = target_of(data)
    train, held = features.train.index, features.validation.index
    if not len(held):
        raise LearnerError("The fits are compared on the validation share: give it some rows in the Data tab.")
    if len(train) < 2:
        raise LearnerError("There are too few rows to learn from: draw more points.")
    drawn = [draw(train, params.resample, rng) for _ in range(params.n_fits)]
    trials = [Trial(begin(experiment, resampled(data, rows))) for rows in drawn]
    expected = yield from begun([trials])
    fits = Fits(features, held, params.n_fits)
    unlike = float(np.mean([len(np.unique(rows)) for rows in drawn]) / len(train))
    yield Step(fits.plan(len(drawn[0]), unlike), fits.numbers(), fits.pictures, then=say("fit the model {n} times",
               n=params.n_fits), caution=expected)  # fmt: skip
    count = 0
    for place, trial in enumerate(trials):
        while (yield from advance([trial], count, load(experiment))):
            count += 1
            note = say("Fit {place} of {n}: step {count}", place=place + 1, n=params.n_fits, count=trial.run.count)
            yield Step(note, fits.numbers(), fits.pictures)
        note = fits.take(trial, len(drawn[place]))
        yield Step(note, fits.numbers(), fits.pictures, then=say("fit to other rows"))
    yield Step(fits.verdict(), fits.numbers(), fits.pictures, rest=True)
    return Outcome(fits.numbers(), {"predictions_of_fits": np.array(fits.said), "predictions": fits.main, "rows": held})


def draw(train: Ints, resample: str, rng: np.random.Generator) -> Ints:
    """Return the rows that one fit learns from."""
    if resample == "bootstrap":
        return rng.choice(train, len(train), replace=True)
    return rng.choice(train, max(1, len(train) // 2), replace=False)


def resampled(data: Dataset, rows: Ints) -> Dataset:
    """Return the drawn rows to train on, and behind them all rows of the data, of which nothing is learned."""
    order = np.concatenate([rows, np.arange(len(data))])
    both: Dataset
    if isinstance(data, Points):
        both = replace(data, x=data.x[order], y=data.y[order], value=data.value[order], key=data.key[order],
                       parts=data.parts[order])  # fmt: skip
    else:
        both = data.taken(order)  # type: ignore[attr-defined]
    parts = np.full(len(both), TEST, np.uint8)
    parts[: len(rows)] = TRAIN
    return replace(both, parts=parts)
