"""The same work in two orders: rows of boxes, one of them perhaps in the wrong place."""

from dataclasses import dataclass

from engines.core.arrays import Locked
from engines.core.language import Note
from engines.core.picture import Picture


@dataclass(frozen=True, eq=False)
class Lane(Locked):
    """One order of work. name: what it is called. boxes: what is done, first to last.

    wrong: the box that looks at what it must not see, -1 for none; it turns red, and so does what comes after it.
    score: what comes out, empty while that is not known.
    """

    name: Note
    boxes: tuple[Note, ...]
    wrong: int = -1
    score: Note | None = None


@dataclass(frozen=True, eq=False)
class Pipelines(Picture):
    """Lanes side by side. busy: the box of all lanes at which the work is, -1 for none."""

    lanes: tuple[Lane, ...]
    busy: int = -1
