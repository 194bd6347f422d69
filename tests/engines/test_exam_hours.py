"""The smallest exam: one input, two classes, and the sigmoid that it was made from."""

import numpy as np

from engines.data.samples.exam_hours import BORDER, WEIGHT
from engines.data.sampling import make_sample
from engines.data.table import Table


def made(**settings: float) -> tuple[np.ndarray, np.ndarray]:
    table = make_sample("exam_hours", **settings)
    assert isinstance(table, Table)
    assert [column.name for column in table.inputs] == ["hours studied"]
    return table.column("hours studied").numbers, table.column("passed").codes


def test_the_chance_to_pass_is_the_sigmoid_of_the_hours():
    hours, passed = made(n=50_000, seed=3)
    for low in range(1, 9):
        there = (hours >= low) & (hours < low + 1)
        expected = (1 / (1 + np.exp(-WEIGHT * (hours[there] - BORDER)))).mean()
        assert abs(passed[there].mean() - expected) < 0.02


def test_without_luck_the_border_is_sharp():
    hours, passed = made(n=2000, noise=0)
    assert (passed == (hours > BORDER)).all()


def test_the_lab_has_both_classes():
    assert 30 < made()[1].sum() < 70
