"""Linear regression by gradient descent: a straight line that rolls down the bowl of squared errors.

Legendre, "Nouvelles méthodes pour la détermination des orbites des comètes", 1805, has the squares and their closed
form; Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées", 1847, the descent; Robbins and
Monro, "A stochastic approximation method", 1951, the descent by a few points at a time and why its rate must fall.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.engine import Task, engine
from engines.core.forecast import forecast
from engines.core.language import LearnerError, Note, say
from engines.core.params import Param, Params
from engines.core.step import Outcome, Poke, Step, Steps
from engines.data.points import Points
from engines.data.table import Table
from engines.evaluation.metrics import mean_squared_error, r2
from engines.pictures.bowl import Bowl
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.workings import Workings
from engines.regression._descent import Move, Weights, draw, figure, thinned
from engines.regression._problem import Problem

HALVING = 10.0  # epochs until a falling rate is half of what it was
FAR_TOO_HIGH = 1e30  # times the first loss: it will not come back


@dataclass(frozen=True)
class LinearParams(Params):
    """How many points each step looks at, how far it goes, and when to stop."""

    batch: Annotated[Literal["all points", "mini-batch", "one point"], Param("Each step looks at")] = "all points"
    batch_size: Annotated[
        int, Param("Batch size", low=1, high=10_000, log=True, only_if=("batch", ("mini-batch",)))
    ] = 16
    lr: Annotated[float, Param("Learning rate", low=1e-8, high=10, log=True, live=True)] = 0.1
    learning_rate: Annotated[Literal["constant", "falling"], Param("Rate over the epochs", live=True)] = "constant"
    max_iter: Annotated[int, Param("Epochs at most", low=1, high=100_000, log=True)] = 1000
    tol: Annotated[float, Param("Settled below slope", low=1e-10, high=0.1, log=True)] = 1e-7
    standardise: Annotated[bool, Param("Standardise columns", help="Mean 0, standard deviation 1")] = False


@engine(
    title="Linear regression",
    task=Task.REGRESS,
    shows=(Fit, Heat, Bowl, Weights, Workings),
    curves={"Loss": ("train_loss", "validation_loss")},
    facts=("scaled only where the switch says so", "mean squared error", "the target is never scaled"),
    sample="line",
    prepared=(Points, Table),
)
def linear(data: Points | Table, params: LinearParams, rng: np.random.Generator) -> Steps:
    """Begin with a flat line at 0 and go down the slope of the squared error, step by step."""
    problem = Problem.of(data, standardise=params.standardise)
    theta: Floats = np.zeros(problem.width)  # the weights, and last the intercept
    numbers, path, move = problem.scores(theta), [theta], Move.none(theta)
    too_high = FAR_TOO_HIGH * max(numbers["train_loss"], 1e-12)
    epoch, order = 0, np.zeros(0, int)  # the training rows that are still to come in this epoch
    change = yield Step(
        opening(problem, params), numbers, lambda: draw(problem, theta, path, move),
        then=coming(params), caution=forecast(seconds(problem, params)),
    )  # fmt: skip
    while True:
        if change and isinstance(change.params, LinearParams):
            params = change.params
        if change and isinstance(change.data, Points | Table):
            problem, epoch, order = Problem.of(change.data, standardise=params.standardise), 0, order[:0]
            theta = theta if len(theta) == problem.width else np.zeros(problem.width)
            path = path if len(theta) == len(path[0]) else [theta]
        if change and change.pokes:
            theta, epoch, order = poked(theta, change.pokes), 0, order[:0]
            numbers, path, move = problem.scores(theta), [theta], Move.none(theta)
            too_high = FAR_TOO_HIGH * max(numbers["train_loss"], 1e-12)
            note = say("The start is put where the loss is {loss}", loss=figure(numbers["train_loss"]))
            change = yield Step(note, numbers, lambda: draw(problem, theta, path, move), then=coming(params))
            continue

        if not len(order):
            epoch += 1
            order = rng.permutation(len(problem.x)) if params.batch != "all points" else np.arange(len(problem.x))
        size = batch_size(problem, params)
        rows, order = order[:size], order[size:]
        slope = slope_of(problem, rows, theta)
        move = Move(theta, slope, rate_of(params, epoch), len(rows))
        theta = theta - move.rate * slope

        path, numbers = thinned([*path, theta]), problem.scores(theta)
        if not numbers["train_loss"] < too_high:
            raise LearnerError(
                "The loss has grown beyond all bounds: a learning rate of {lr:g} is too large. Below {most} every full "
                "step goes down. Choose a smaller rate, or standardise the columns, and begin again.",
                lr=params.lr, most=figure(problem.largest_rate),
            )  # fmt: skip
        settled = bool(np.linalg.norm(problem.train.slope(theta)) < params.tol)
        rest = settled or (epoch >= params.max_iter and not len(order))
        note = told(problem, move, theta, epoch, settled=settled, rest=rest)
        change = yield Step(note, numbers, lambda: draw(problem, theta, path, move), then=coming(params), rest=rest)
        if rest and not change:
            return outcome(problem, theta, epoch)


def slope_of(problem: Problem, rows: Ints, theta: Floats) -> Floats:
    """Return the slope of the mean squared error of some training rows: 2/m Σ error · x for each weight (p,)."""
    everything = len(rows) == len(problem.x)  # then their order does not matter, and nothing need be copied
    x, value = (problem.x, problem.value) if everything else (problem.x[rows], problem.value[rows])
    error = x @ theta - value
    return 2 / len(x) * (error @ x)


def batch_size(problem: Problem, params: LinearParams) -> int:
    """Return how many training rows each step looks at."""
    return {"all points": len(problem.x), "mini-batch": params.batch_size, "one point": 1}[params.batch]


def rate_of(params: LinearParams, epoch: int) -> float:
    """Return the learning rate of an epoch: the same for all, or half of it after 10, a third after 20."""
    return params.lr if params.learning_rate == "constant" else params.lr / (1 + (epoch - 1) / HALVING)


def poked(theta: Floats, pokes: tuple[Poke, ...]) -> Floats:
    """Return the weights that a hand has put into the bowl."""
    for poke in pokes:
        if poke.target == "start" and isinstance(poke.value, tuple) and len(poke.value) == len(theta):
            theta = np.array(poke.value, float)
    return theta


def outcome(problem: Problem, theta: Floats, epoch: int) -> Outcome:
    """Return what was learned; coef_ and intercept_ belong to the columns as they were scaled, or not."""
    features = problem.features
    predictions = problem.predict(features.x, theta)
    train, test = features.train, features.test
    return Outcome(
        {**problem.scores(theta), "test_loss": mean_squared_error(predictions[test.index], test.value),
         "train_r2": r2(predictions[train.index], train.value), "test_r2": r2(predictions[test.index], test.value),
         "n_iter": epoch},
        {"coef_": theta[:-1], "intercept_": theta[-1], "predictions": predictions,
         "mean_": problem.scaling.mean, "scale_": problem.scaling.scale},
    )  # fmt: skip


def seconds(problem: Problem, params: LinearParams) -> float:
    """Return about how long all epochs take: so much for each step, and so much for each number that is read."""
    steps = -(-len(problem.x) // batch_size(problem, params))
    return params.max_iter * (60e-6 * steps + 4e-9 * problem.x.size)


# What is said


def coming(params: LinearParams) -> Note:
    """Say what the next step does."""
    if params.batch == "all points":
        return say("Go one step down the slope of the loss")
    if params.batch == "one point":
        return say("Go down the slope that the next point has")
    return say("Go down the slope that the next {count:point has|{count} points have}", count=params.batch_size)


def opening(problem: Problem, params: LinearParams) -> Note:
    """Say where it begins, and whether anything was scaled."""
    how = say("the columns are standardised") if params.standardise else say("the columns are used as they are")
    return say("All weights are 0, the loss is {loss}, the lowest possible {lowest}; {how}",
               loss=figure(problem.scores(np.zeros(problem.width))["train_loss"]), lowest=figure(problem.lowest),
               how=how)  # fmt: skip


def told(problem: Problem, move: Move, theta: Floats, epoch: int, *, settled: bool, rest: bool) -> Note:
    """Say how the loss has changed, how far above the lowest it is, and why it was the last step if it was."""
    before, loss = (problem.scores(place)["train_loss"] for place in (move.start, theta))
    numbers = {
        "epoch": epoch,
        "loss": figure(loss),
        "above": figure(max(0.0, loss - problem.lowest)),
        "before": figure(before),
        "away": figure(float(np.abs(theta - problem.best).max())),
    }
    if settled:
        return say(
            "Settled in epoch {epoch}: the loss is {loss}, no weight is more than {away} from the closed form",
            **numbers,
        )
    if rest:
        return say(
            "Stopped after {epoch} {epoch:epoch|epochs}, the most that are allowed: the loss is {loss}, {above} "
            "above the lowest possible; the farthest weight is {away} from the closed form",
            **numbers,
        )
    rises = loss > before
    if move.points < len(problem.x):
        if rises:
            return say(
                "Epoch {epoch}: the loss rises from {before} to {loss}; these points pull another way than all "
                "together",
                **numbers,
            )
        return say(
            "Epoch {epoch}: the loss falls from {before} to {loss}, {above} above the lowest possible", **numbers
        )
    if rises:
        return say(
            "Step {epoch}: the loss rises from {before} to {loss}. The rate {rate:.3g} is too large: below {most} "
            "every full step goes down",
            rate=move.rate, most=figure(problem.largest_rate), **numbers,
        )  # fmt: skip
    return say("Step {epoch}: the loss falls from {before} to {loss}, {above} above the lowest possible", **numbers)
