"""Most labels taken away: which stay, how many, and that nothing else changes."""

import numpy as np
import pytest

from engines.data.points import UNLABELLED, Points
from engines.data.sampling import make_sample, modified, parse_sample


@pytest.mark.parametrize("n", [1, 3, 1000])
def test_so_many_of_each_class_keep_it(n: int) -> None:
    data = make_sample("imbalanced", n=200, share=0.05, seed=2)
    few = modified(data, "few_labels", n=n, seed=4)
    assert isinstance(few, Points)
    assert (few.x == data.x).all()
    assert (few.key == data.key).all()
    for label in (0, 1):
        there = int((data.y == label).sum())
        assert (few.y == label).sum() == min(n, there)
        assert (data.y[few.y == label] == label).all()
    assert ((few.y == data.y) | (few.y == UNLABELLED)).all()


def test_the_same_seed_keeps_the_same_and_another_others() -> None:
    data = make_sample("moons", n=100, seed=1)
    first, again, other = (modified(data, "few_labels", n=3, seed=seed).y for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_it_is_written_after_a_sample_and_takes_what_has_no_labels() -> None:
    assert np.sum(parse_sample("moons:n=300+few_labels:n=3").y >= 0) == 6
    assert (modified(make_sample("uniform", n=20), "few_labels").y == UNLABELLED).all()
    assert len(modified(Points(), "few_labels")) == 0
