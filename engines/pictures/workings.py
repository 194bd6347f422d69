"""The formula with today's numbers in it."""

from dataclasses import dataclass

from engines.core.language import Note
from engines.core.picture import Picture


@dataclass(frozen=True, eq=False)
class Workings(Picture):
    """A calculation, line by line, in plain signs: ``w₁ ← 0.500 − 0.1 · 1.300 = 0.370``.

    lines: what comes before the first ``=``, ``←`` or ``≈`` of each is set under that of the line above. strong: the
    line that holds the result, -1 for none.
    """

    lines: tuple[Note, ...]
    strong: int = -1
