"""The layers of a network, and networks beside one another, as tables of what they cost."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.language import Note, say
from engines.core.picture import Picture

Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class LayerTable(Picture):
    """A row for each layer, as in the tables of papers; the view adds them up.

    names: (r,) as the paper calls them. kinds: (r,) what each does. shapes: (r,) of what comes out: (channels, height,
    width), or (units,). parameters: (r,) int64 numbers that are learned. operations: (r,) int64 multiply–adds for one
    picture. memory: (r,) int64 bytes of the weights and of what comes out for one picture, in numbers of 4 bytes.
    lit: the layer that is being computed, -1 for none. caption: which network this is, and in which size.
    """

    title: ClassVar[str] = "Layers"
    names: tuple[str, ...]
    kinds: tuple[Note, ...]
    shapes: tuple[Shape, ...]
    parameters: Ints
    operations: Ints
    memory: Ints
    lit: int = -1
    caption: Note = field(default_factory=lambda: say(""))


@dataclass(frozen=True, eq=False)
class Milestones(Picture):
    """A row for each of m networks, as published, for pictures of the size and the classes of their papers.

    names: (m,) proper names, not translated. years: (m,). layers: (m,) that have weights and are passed one after the
    other. parameters, operations, memory: (m,) as the sums of a LayerTable. milliseconds: (m,) that one picture took on
    this computer, NaN where it was not measured. lit: the network of this run, -1 for none. A click on a row asks for
    the time: the view sends ``Question("time", (row,))``.
    """

    title: ClassVar[str] = "Milestones"
    names: tuple[str, ...]
    years: Ints
    layers: Ints
    parameters: Ints
    operations: Ints
    memory: Ints
    milliseconds: Floats
    lit: int = -1


def unmeasured(count: int) -> Floats:
    """Return times of networks that nobody has measured."""
    return np.full(count, np.nan)
