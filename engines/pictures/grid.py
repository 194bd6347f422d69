"""The score over two hyper-parameters."""

from dataclasses import dataclass

from engines.pictures.trials import Trials


@dataclass(frozen=True, eq=False)
class Grid(Trials):
    """Trials over the first two dimensions, or over one: coloured cells where they form a grid, dots where they do not.

    cells: how many columns and rows there are, (0, 0) for dots. A click takes the hyper-parameters of a trial.
    """

    cells: tuple[int, int] = (0, 0)
