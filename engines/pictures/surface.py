"""What a model says about every place of the plane."""

from dataclasses import dataclass

import numpy as np

from engines.core.arrays import Floats
from engines.core.picture import Picture

Area = tuple[float, float, float, float]
HOME: Area = (-8.0, -4.0, 8.0, 4.0)
ROWS, COLUMNS = 64, 128


@dataclass(frozen=True, eq=False)
class Surface(Picture):
    """Probabilities on a regular grid over the plane, drawn as the background: background = prediction, dot = truth.

    values: (classes, rows, columns) float32 in [0, 1], summing to 1 over the classes; row 0 is the bottom (lowest y).
    area: (left, bottom, right, top) in data units; cell centres lie half a cell inside. border: whether a line is drawn
    where two classes are equally likely; where something else draws it more exactly there is none.
    """

    values: Floats
    area: Area
    border: bool = True


def area_of(x: Floats) -> Area:
    """Return the part of the plane worth painting: HOME, widened in steps of 1 until all points (n, 2) are inside."""
    if not len(x):
        return HOME
    low, high = np.floor(x.min(0) - 0.5), np.ceil(x.max(0) + 0.5)
    left, bottom, right, top = HOME
    return min(left, float(low[0])), min(bottom, float(low[1])), max(right, float(high[0])), max(top, float(high[1]))


def grid(area: Area, rows: int = ROWS, columns: int = COLUMNS) -> Floats:
    """Return the cell centres of ``area`` as (rows * columns, 2) float32, row by row from the bottom."""
    left, bottom, right, top = area
    xs = left + (np.arange(columns) + 0.5) * (right - left) / columns
    ys = bottom + (np.arange(rows) + 0.5) * (top - bottom) / rows
    return np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2).astype(np.float32)
