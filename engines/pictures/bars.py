"""Named numbers as bars: coefficients, weights of words, shares of variance."""

from dataclasses import dataclass, field

import numpy as np

from engines.core.arrays import Floats
from engines.core.language import Note, say
from engines.core.picture import Picture

NOBODY = np.zeros(0)


@dataclass(frozen=True, eq=False)
class Bars(Picture):
    """One bar for each name and series, from 0 to the right or the left.

    names: (n,), what is not a Note is data and is not translated. values: (series, n). series: one for each row of
    ``values``, empty where there is one only. by_class: series have the colours of the classes; where there is one
    only, the names have them. reference: (series, n) or empty, a tick to compare each bar with (the closed form, the
    weights without a penalty). ranked: where there is no room for all, those farthest from 0 are shown, largest first;
    else the first ones. compared: what the ticks are, for the legend.
    """

    names: tuple[Note | str, ...]
    values: Floats
    series: tuple[Note | str, ...] = ()
    by_class: bool = False
    reference: Floats = field(default_factory=lambda: NOBODY)
    ranked: bool = False
    compared: Note = field(default_factory=lambda: say(""))
