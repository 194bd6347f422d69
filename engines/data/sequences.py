"""Series: numbers in the order of time."""

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np

from engines.core.arrays import Floats
from engines.core.dataset import Dataset
from engines.core.language import LearnerError

MOST_CHANNELS = 8
MOST_MOMENTS = 1_000_000


@dataclass(frozen=True, eq=False)
class Sequences(Dataset):
    """Series that run side by side, one value of each at every moment.

    values: (n, channels) float64, NaN where missing. names: of the channels. moments: what each row is called on the
    axis ("1949-01"), or empty for 0, 1, 2 … unit: what one step of time is, for people ("month").
    """

    kind: ClassVar[str] = "Sequences"
    title: ClassVar[str] = "Series"
    order: ClassVar[int] = 4
    values: Floats = field(default_factory=lambda: np.zeros((0, 1)))
    names: tuple[str, ...] = ("value",)
    moments: tuple[str, ...] = ()
    unit: str = ""

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or not 1 <= self.values.shape[1] <= MOST_CHANNELS:
            raise LearnerError("Series have from 1 to {most} channels.", most=MOST_CHANNELS)
        if len(self.names) != self.values.shape[1] or len(self.moments) not in (0, len(self.values)):
            raise LearnerError("Each channel of a series needs a name, and each moment one too or none.")
        if np.isinf(self.values).any():
            raise LearnerError("A series may have gaps, but no infinite values.")
        super().__post_init__()

    def __len__(self) -> int:
        return len(self.values)

    def moment(self, row: int) -> str:
        """Return what a row is called on the axis."""
        return self.moments[row] if self.moments else str(row)

    def taken(self, rows: Any) -> Self:
        """Return the series at these moments only: indices, a slice or a mask."""
        kept = np.arange(len(self))[rows]
        moments = tuple(self.moments[row] for row in kept.tolist()) if self.moments else ()
        return replace(
            self, values=self.values[kept], moments=moments, key=self.key[kept], parts=self.parts[kept]
        )  # fmt: skip

    def same_shape(self, other: Dataset) -> bool:
        """A run can go on while the channels stay."""
        return isinstance(other, Sequences) and self.names == other.names

    def facts(self) -> dict[str, Any]:
        """Return also the channels."""
        return super().facts() | {"channels": list(self.names), "unit": self.unit,
                                  "missing": int(np.isnan(self.values).sum())}  # fmt: skip
