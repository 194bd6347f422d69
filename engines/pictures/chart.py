"""Numbers against numbers on one pair of axes: any curve that is not over the steps of the run."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from engines.core.arrays import Floats, Locked
from engines.core.language import Note, say
from engines.core.picture import Picture

Style = Literal["line", "dots", "dashes", "area"]
NO_CLASS = -2
NO_SPREAD = np.zeros(0)


@dataclass(frozen=True, eq=False)
class Line(Locked):
    """One series. x, y: (m,) float, NaN leaves a gap.

    style: a line, dots, a broken line, or the area below a line. colour: a class whose colour it has; -1 for the next
    colour of the chart's own, NO_CLASS for the grey of what has no class. name: for the legend; none where it is empty.
    spread: (m,) how far a pale band reaches above and below the line, a standard deviation, or (2, m) how far below and
    how far above; empty for no band.
    """

    name: Note
    x: Floats
    y: Floats
    style: Style = "line"
    colour: int = -1
    spread: Floats = field(default_factory=lambda: NO_SPREAD)


@dataclass(frozen=True)
class Cut:
    """A straight line across the chart that a person may drag.

    param: the hyper-parameter that takes the new value. value: where it is, in the units of its axis. upright: it
    stands at an x; else it lies at a y.
    """

    param: str
    value: float
    upright: bool = False


@dataclass(frozen=True, eq=False)
class Chart(Picture):
    """Lines and dots. across, up: what the axes show. mark: an x at which a hair line stands, NaN for none.

    log_x, log_y: the axis goes by factors; what is not above 0 is left out. from_zero: 0 is always on the upright axis.
    Two charts of one engine each derive a class with a title of its own.
    """

    lines: tuple[Line, ...]
    across: Note = field(default_factory=lambda: say(""))
    up: Note = field(default_factory=lambda: say(""))
    mark: float = float("nan")
    cut: Cut | None = None
    log_x: bool = False
    log_y: bool = False
    from_zero: bool = False
