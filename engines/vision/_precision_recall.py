"""The chart of precision against recall."""

from dataclasses import dataclass
from typing import ClassVar

from engines.pictures.chart import Chart


@dataclass(frozen=True, eq=False)
class PrecisionRecall(Chart):
    """How much of what was found is right, against how much of what is there was found, for each class."""

    title: ClassVar[str] = "Precision and recall"
