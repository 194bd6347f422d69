"""The comparison of devices: the same numbers agree, others do not, and what goes wrong is told."""

import math
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engines.core.language import LearnerError
from engines.core.registry import engine_named
from engines.core.step import Outcome, Step, Steps
from engines.evaluation._device import VARIABLE, best_device, devices, on_device
from engines.evaluation.devices import Compared, compare, difference, networks

MLP = engine_named("neural.mlp")


def test_a_network_agrees_with_itself_on_the_cpu() -> None:
    assert compare(MLP, "cpu") == Compared("neural.mlp", "cpu", 0.0)


def test_every_family_of_networks_is_compared() -> None:
    assert {item.key.partition(".")[0] for item in networks()} >= {"neural", "vision"}


def test_a_device_that_computes_otherwise_is_found_out() -> None:
    def run(data: Any, params: Any, rng: np.random.Generator) -> Steps:
        yield Step("", {"train_loss": 1.0 if os.environ[VARIABLE] == "cpu" else 1.1})
        return Outcome()

    found = compare(replace(MLP, run=run), "cuda")
    assert found.difference == pytest.approx(0.1)
    assert not found.ok


@pytest.mark.parametrize(("error", "told"), [(LearnerError("No memory."), "No memory."), (OSError("x"), "OSError: x")])
def test_what_goes_wrong_is_told(error: Exception, told: str) -> None:
    def run(data: Any, params: Any, rng: np.random.Generator) -> Iterator[Step]:
        raise error
        yield

    found = compare(replace(MLP, run=run), "cpu")
    assert found.problem == told
    assert not found.ok


def test_differences_are_relative_and_missing_numbers_count() -> None:
    assert difference({"a": 110.0}, {"a": 100.0}) == pytest.approx(0.1)
    assert difference({"a": math.nan}, {"a": math.nan}) == 0
    assert difference({"a": math.nan}, {"a": 1.0}) == math.inf
    assert difference({}, {"a": 1.0}) == math.inf


def test_a_device_can_be_asked_for_and_what_is_not_there_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert best_device() == devices()[0]
    with on_device("cpu"):
        assert best_device() == "cpu"
    assert VARIABLE not in os.environ
    monkeypatch.setenv(VARIABLE, "abacus")
    assert best_device() == devices()[0]
    with on_device("cpu"):
        pass
    assert os.environ[VARIABLE] == "abacus"
