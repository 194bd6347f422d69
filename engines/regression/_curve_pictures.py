"""What is shown of curves: the line through the points, the error of each degree, the weights, the loss in numbers."""

from typing import ClassVar

import numpy as np

from engines.core.arrays import Floats
from engines.core.language import Note, say
from engines.core.step import Pictures
from engines.pictures.chart import Chart, Line
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.surface import COLUMNS, ROWS, area_of, grid
from engines.pictures.workings import Workings
from engines.regression._descent import MOST_RESIDUALS, Weights, figure, in_brackets
from engines.regression._powers import State

PLACES = 400  # at which the curve is drawn
FARTHEST = 1e3  # times as far as the points go up and down: more is cut off
MOST_TERMS = 3  # of the formula in the workings


class Degrees(Chart):
    """The error on the training and validation shares against the degree."""

    title: ClassVar[str] = "Error of each degree"


def draw(state: State, free: Floats | None, chosen: int, sums: tuple[Note, ...]) -> Pictures:
    """Draw the curve where there is one to draw, the errors, the weights and the sums.

    free: (k,) the weights without a penalty, where there is one. chosen: the degree that is asked for.
    """
    curves, features, v = state.curves, state.curves.features, state.v[state.degree]
    cards = degrees(state, chosen), weights(state, chosen), Workings((formula(state), *sums))
    if features.axis:
        return fit(state, free), *cards
    if not features.plane:
        return cards
    area = area_of(features.x)
    heat = curves.predict(grid(area).astype(float), v).reshape(ROWS, COLUMNS)
    return Heat(heat.clip(-9, 9).astype(np.float32), area, -1.0, 1.0, np.linspace(-1, 1, 9)), *cards


def fit(state: State, free: Floats | None) -> Fit:
    """Return the curve, and the one without a penalty where there is one, half as far again as the points go."""
    x, curves = state.curves.features.x, state.curves
    low, high = float(x.min()), float(x.max())
    places = np.linspace(low - (high - low) / 2, high + (high - low) / 2, PLACES)
    names = [say("degree {degree}", degree=state.degree)]
    lines = [curves.predict(places[:, None], state.v[state.degree])]
    if free is not None:
        names.append(say("without a penalty"))
        lines.append(curves.predict(places[:, None], free))
    value = curves.features.value
    reach = FARTHEST * (float(np.ptp(value)) or 1.0)
    heights = np.stack(lines).clip(curves.mean - reach, curves.mean + reach)
    predicted = curves.predict(x, state.v[state.degree]) if len(x) <= MOST_RESIDUALS else np.zeros(0)
    return Fit(places, heights, tuple(names), predicted)


def degrees(state: State, chosen: int) -> Degrees:
    """Return the errors of the degrees so far, 0 being a flat line; the mark is at the one that is asked for."""
    lines = []
    for name, errors in zip((say("training"), say("validation")), state.errors(), strict=True):
        known = np.flatnonzero(np.isfinite(errors))  # all, or none where nothing is held out
        lines.append(Line(name, known.astype(float), errors[known]))
    return Degrees(tuple(lines), say("degree"), say("mean squared error"), mark=float(chosen), log_y=True)


def weights(state: State, chosen: int) -> Weights:
    """Return the weights as bars, 0 for powers that are still to come."""
    powers, features = state.curves.powers, state.curves.features
    shown, _ = powers.shown(state.v[state.degree], state.curves.mean)
    values = np.zeros((1, powers.count(chosen)))
    values[0, : len(shown)] = shown
    return Weights(powers.names(features.names)[: values.shape[1]], values)


def formula(state: State) -> Note:
    """Return the curve as a formula with its first terms, always in powers of the columns as they are in the data."""
    powers = state.curves.powers
    shown, intercept = powers.plain(state.v[state.degree], state.curves.mean)
    names = powers.names(state.curves.features.names)
    terms = [f"{in_brackets(w)} · {name}" for w, name in list(zip(shown.tolist(), names, strict=False))[:MOST_TERMS]]
    more = ["…"] if len(shown) > MOST_TERMS else []
    return say("ŷ = {formula}", formula=" + ".join([figure(intercept), *terms, *more]))
