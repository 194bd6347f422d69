"""Hyper-parameters check themselves and say what is wrong."""

import json
import math
from dataclasses import dataclass
from typing import Annotated, Literal

import pytest

from engines.core.language import LearnerError
from engines.core.params import Param, Params, specs


@dataclass(frozen=True)
class Knobs(Params):
    """One field of every kind."""

    count: Annotated[int, Param("Count", low=1, high=12)] = 3
    rate: Annotated[float, Param("Rate", low=0.001, high=10, live=True, log=True)] = 0.1
    open_ended: Annotated[int, Param("Open", low=0)] = 0
    fast: Annotated[bool, Param("Fast")] = True
    start: Annotated[Literal["random", "k-means++"], Param("Start")] = "random"
    hidden: Annotated[tuple[int, ...], Param("Hidden layers", low=1, high=8)] = (4, 2)


def test_every_kind_is_recognised_in_order():
    found = {spec.name: spec.kind for spec in specs(Knobs)}
    assert found == {
        "count": "int", "rate": "float", "open_ended": "int", "fast": "bool", "start": "choice", "hidden": "layers",
    }  # fmt: skip
    assert next(spec for spec in specs(Knobs) if spec.name == "start").choices == ("random", "k-means++")


def test_round_trip_through_json():
    knobs = Knobs(count=5, rate=0.25, fast=False, start="k-means++", hidden=(8, 1, 3))
    assert Knobs.from_json(json.loads(json.dumps(knobs.to_json()))) == knobs


def test_missing_fields_take_their_default():
    assert Knobs.from_json({"count": 4}) == Knobs(count=4)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("count", "7", 7),
        ("rate", "1e-2", 0.01),
        ("fast", "no", False),
        ("fast", "TRUE", True),
        ("hidden", "4, 2", (4, 2)),
        ("hidden", "", ()),
        ("start", "k-means++", "k-means++"),
    ],
)
def test_text_from_the_command_line_is_understood(name, text, value):
    assert getattr(Knobs().with_values(**{name: text}), name) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("count", 0),
        ("count", 13),
        ("count", 2.5),
        ("count", "many"),
        ("count", None),
        ("count", math.nan),
        ("count", [3]),
        ("open_ended", math.inf),
        ("open_ended", 10**400),
        ("rate", 0),
        ("rate", -math.inf),
        ("fast", "perhaps"),
        ("fast", 2),
        ("start", "middle"),
        ("start", ["random"]),
        ("hidden", [4, 9]),
        ("hidden", [1] * 7),
        ("hidden", [1.5]),
        ("hidden", 4),
        ("hidden", "a b"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_that_names_it(name, value):
    label = next(spec.param.label for spec in specs(Knobs) if spec.name == name)
    with pytest.raises(LearnerError, match=label):
        Knobs(**{name: value})


def test_the_ends_of_a_range_belong_to_it():
    assert (Knobs(count=1).count, Knobs(count=12).count) == (1, 12)


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(LearnerError, match="count, fast, hidden") as raised:
        Knobs().with_values(colour=1)
    assert "没有名为“colour”的设置" in raised.value.note.render("zh")


def test_the_refusal_is_whole_in_chinese():
    with pytest.raises(LearnerError) as raised:
        Knobs(count=99)
    assert raised.value.note.render("zh") == "“Count”的值为 99，它必须是 1 到 12 之间的整数。"


def test_params_are_frozen_and_comparable():
    assert Knobs() == Knobs()
    assert hash(Knobs()) == hash(Knobs())
    with pytest.raises(AttributeError):
        Knobs().count = 4


@dataclass(frozen=True)
class Bare(Params):
    """A field that nobody explained."""

    count: int = 3


def test_a_field_without_its_meaning_is_a_bug():
    with pytest.raises(TypeError, match="count"):
        specs(Bare)
