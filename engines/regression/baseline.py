"""The baseline for numbers: always the same number, whatever the inputs. Its R² on the training rows is 0.

The mean has the smallest squared error of all constants (Gauss, "Theoria combinationis", 1823), the median the smallest
absolute one. The two ways are those of scikit-learn's DummyRegressor.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from engines.core.arrays import Floats
from engines.core.engine import Task, engine
from engines.core.language import Note, say
from engines.core.params import Param, Params
from engines.core.step import Outcome, Pictures, Step, Steps
from engines.data.features import Features, Share
from engines.data.points import Points
from engines.data.table import Table
from engines.evaluation.checks import with_numbers
from engines.evaluation.metrics import mean_squared_error, r2
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.surface import HOME, area_of
from engines.pictures.workings import Workings


@dataclass(frozen=True)
class BaselineParams(Params):
    """Which number is always answered."""

    strategy: Annotated[Literal["mean", "median"], Param("Answer", live=True)] = "mean"


@engine(
    title="Baseline",
    task=Task.REGRESS,
    shows=(Fit, Heat, Workings),
    facts=("looks at no input",),
    sample="line",
)
def baseline(data: Points | Table, params: BaselineParams, rng: np.random.Generator) -> Steps:
    """Answer without looking at the inputs: always the mean of the training rows, or their median."""
    features = with_numbers(data)
    value = features.train.value
    nothing = dict.fromkeys(measured(features, 0.0), np.nan)
    change = yield Step(
        say("Only the answers of the {n} training rows are looked at, from {low} to {high}", n=len(value),
            low=figure(value.min()), high=figure(value.max())),
        nothing, lambda: draw(features, 0.0, params.strategy, known=False), then="Take one number for all",
    )  # fmt: skip
    while True:
        if change and isinstance(change.params, BaselineParams):
            params = change.params
        if change and change.data is not None:
            features = with_numbers(change.data)
        value = features.train.value
        constant = float(np.mean(value) if params.strategy == "mean" else np.median(value))
        change = yield Step(
            say("Every question gets the same answer: {name}", name=figure(constant)), nothing,
            lambda: draw(features, constant, params.strategy), then="Measure how far off it is",
        )  # fmt: skip
        if change:
            continue
        numbers = measured(features, constant)
        note = told(constant, numbers, params.strategy)
        change = yield Step(note, numbers, lambda: draw(features, constant, params.strategy), rest=True)
        if not change:
            return outcome(features, constant, numbers)


def measured(features: Features, constant: float) -> dict[str, float]:
    """Return the mean squared error and R² of one answer for all."""
    train, validation = features.train, features.validation
    return {
        "train_loss": mean_squared_error(same(constant, train), train.value),
        "validation_loss": mean_squared_error(same(constant, validation), validation.value),
        "train_r2": r2(same(constant, train), train.value),
        "validation_r2": r2(same(constant, validation), validation.value),
    }


def same(constant: float, part: Share) -> Floats:
    """Return the same answer for each row: (m,)."""
    return np.full(len(part.value), constant)


def outcome(features: Features, constant: float, numbers: dict[str, float]) -> Outcome:
    """Return the answer to all rows, and ``constant_`` as scikit-learn calls it."""
    test = features.test
    tested = {
        "test_loss": mean_squared_error(same(constant, test), test.value),
        "test_r2": r2(same(constant, test), test.value),
    }
    return Outcome(
        numbers | tested, {"predictions": np.full(len(features), constant), "constant_": np.array([constant])}
    )


def draw(features: Features, constant: float, strategy: str, *, known: bool = True) -> Pictures:
    """Draw the flat line, or the plane in one colour, and how the number comes about."""
    lines = workings(features, constant, strategy) if known else ()
    numbers = Workings(lines, strong=0)
    if features.axis:
        low, high = min(HOME[0], float(features.x.min())), max(HOME[2], float(features.x.max()))
        ends = np.array([2 * low - high, 2 * high - low])
        residuals = np.full(len(features), constant) if known else np.zeros(0)
        name = say("mean") if strategy == "mean" else say("median")
        return Fit(ends, np.full((1, 2), constant), (name,), residuals), numbers
    if features.plane:
        return Heat(np.full((2, 2), constant, np.float32), area_of(features.places), -1.0, 1.0), numbers
    return (numbers,)


def workings(features: Features, constant: float, strategy: str) -> tuple[Note, ...]:
    """Put the numbers into the formulas of the answer, its error and R²."""
    value = features.train.value
    loss = mean_squared_error(np.full(len(value), constant), value)
    spread = float(np.mean((value - value.mean()) ** 2))
    first = (
        say("mean = {total} ÷ {n} = {constant}", total=figure(value.sum()), n=len(value), constant=figure(constant))
        if strategy == "mean"
        else say("median = {constant}, as many rows are below as above", constant=figure(constant))
    )
    explained = figure(1 - loss / spread) if spread else "–"
    return (
        first,
        say("squared error = {loss}, on average", loss=figure(loss)),
        say("R² = 1 − {loss} ÷ {spread} = {r2}", loss=figure(loss), spread=figure(spread), r2=explained),
    )


def told(constant: float, numbers: dict[str, float], strategy: str) -> Note:
    """Say what is always answered, and what is to be beaten."""
    part = "train" if np.isnan(numbers["validation_loss"]) else "validation"
    values = {"constant": figure(constant), "loss": figure(numbers[f"{part}_loss"])}
    if strategy == "mean":
        return say("Always the mean, {constant}: the squared error is {loss}. A model is worth something below that",
                   **values)  # fmt: skip
    return say("Always the median, {constant}: the squared error is {loss}. A model is worth something below that",
               **values)  # fmt: skip


def figure(value: float) -> str:
    """Return a number in four figures with a true minus sign; 0 for what is only rounding."""
    return f"{0.0 if abs(value) < 1e-12 else value:.4g}".replace("-", "−")
