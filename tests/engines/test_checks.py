"""What is said when there is nothing to learn from: in the words of the data that are on the stage."""

import numpy as np
import pytest

from engines.core.dataset import Dataset
from engines.core.language import LearnerError
from engines.data.images import Images
from engines.data.points import Points
from engines.data.table import Column, Table
from engines.data.text import Text
from engines.evaluation.checks import some, with_classes, with_numbers


@pytest.mark.parametrize(
    ("data", "words"),
    [(Points(), "draw some"), (Table(), "no rows yet"), (Text(), "no lines yet"), (Images(), "no pictures yet")],
)
def test_what_is_missing_is_called_by_its_name(data: Dataset, words: str) -> None:
    for check in (some, with_classes, with_numbers):
        with pytest.raises(LearnerError, match=words):
            check(data)


def test_nobody_can_draw_a_second_class_into_a_table() -> None:
    x, one = np.arange(4.0), np.zeros(4, int)
    with pytest.raises(LearnerError, match="right mouse button"):
        with_classes(Points(np.column_stack([x, x]), one))
    columns = (Column("a", "number", x), Column("kind", "category", codes=one, labels=("only", "never")))
    with pytest.raises(LearnerError, match="All rows are of one class"):
        with_classes(Table(columns, "kind"))
