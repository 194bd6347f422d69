"""Hyper-parameters declared once: a frozen dataclass whose fields say what they mean and what they may be.

The form, the command line, the checks and the files are derived from it. Six kinds are enough: whole number, number,
yes/no, choice, a list of whole numbers (the hidden layers of a network), and a short text.
"""

import math
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, replace
from functools import cache
from typing import Annotated, Any, Literal, Self, get_args, get_origin, get_type_hints

from engines.core.blocks import Grammar, written
from engines.core.language import LearnerError, say

Kind = Literal["int", "float", "bool", "choice", "layers", "text"]
Source = Literal["", "numbers", "params"]
LONGEST_TEXT = 2000  # 147 numbers of a kernel for pictures in colour
MOST_LAYERS = 6


@dataclass(frozen=True)
class Param:
    """What a field of Params means: its plain-words label, its range, how it is asked for.

    ``live`` params reach a running engine; any other change starts the run again. ``log`` sliders move by factors.
    For ``layers`` the range is that of one layer's width. ``only_if`` names another field and the values of it under
    which this one matters (the form greys it out otherwise). ``names``: of a judge's text, that it names one of the
    engine's hyper-parameters: "numbers" those that are numbers, "params" all; empty stands for the first of them.
    ``private``: it belongs to this computer; no file of an experiment holds it, and what a file says of it is not used.
    ``blocks``: of a text, that it is a chain of such blocks; they are asked for one by one.
    """

    label: str
    low: float = -math.inf
    high: float = math.inf
    live: bool = False
    log: bool = False
    help: str = ""
    only_if: tuple[str, tuple[object, ...]] | None = None
    names: Source = ""
    private: bool = False
    blocks: Grammar | None = None


@dataclass(frozen=True)
class ParamSpec:
    """One field of a Params class with everything needed to ask for it."""

    name: str
    kind: Kind
    default: Any
    choices: tuple[str, ...]
    param: Param

    def check(self, value: Any) -> Any:
        """Return ``value`` in the field's type, or raise a LearnerError that names the field and its range."""
        label = say(self.param.label)
        if self.kind == "bool":
            return _as_bool(value, label)
        if self.kind == "choice":
            if value not in self.choices:
                raise LearnerError(
                    "“{label}” is {value}; choose one of: {choices}.",
                    label=label, value=value, choices=", ".join(self.choices),
                )  # fmt: skip
            return value
        if self.kind == "layers":
            return self._check_layers(value)
        if self.kind == "text":
            if not isinstance(value, str) or len(value) > LONGEST_TEXT:
                raise LearnerError("“{label}” must be a text of at most {most} characters.", label=label,
                                   most=LONGEST_TEXT)  # fmt: skip
            return written(self.param.blocks.read(value)) if self.param.blocks else value
        return self._check_number(value)

    def reaches(self, before: Any, after: Any) -> bool:
        """Whether a change from one value to another reaches a running engine; else the run begins again."""
        return self.param.live or (self.param.blocks is not None and self.param.blocks.reached(before, after))

    def _check_layers(self, value: Any) -> tuple[int, ...]:
        if isinstance(value, str):
            value = [part for part in value.replace(",", " ").split() if part]
        if not isinstance(value, (tuple, list)) or len(value) > MOST_LAYERS:
            raise LearnerError(
                "“{label}” is {value}; give at most {most} whole numbers, such as 4, 2.",
                label=say(self.param.label), value=value, most=MOST_LAYERS,
            )  # fmt: skip
        return tuple(int(self._check_number(width, whole=True)) for width in value)

    def _check_number(self, value: Any, *, whole: bool = False) -> int | float:
        whole = whole or self.kind == "int"
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        param = self.param
        inside = math.isfinite(number) and param.low <= number <= param.high
        if not inside or (whole and number != int(number)):
            raise LearnerError(
                "“{label}” is {value}; it must be a {kind} from {low} to {high}.",
                label=say(param.label), value=value, low=f"{param.low:g}", high=f"{param.high:g}",
                kind=say("whole number") if whole else say("number"),
            )  # fmt: skip
        return int(number) if whole else number


def _as_bool(value: Any, label: object) -> bool:
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if isinstance(value, bool):
        return value
    if str(value).lower() in known:
        return known[str(value).lower()]
    raise LearnerError("“{label}” is {value}; say true or false.", label=label, value=value)


@dataclass(frozen=True)
class Params:
    """Base of every engine's hyper-parameters: checks itself on creation.

    Raises LearnerError when a value is out of its range.
    """

    def __post_init__(self) -> None:
        for spec in specs(type(self)):
            object.__setattr__(self, spec.name, spec.check(getattr(self, spec.name)))

    def with_values(self, **values: Any) -> Self:
        """Return a copy with some values changed; LearnerError for an unknown name or a bad value."""
        known = {spec.name for spec in specs(type(self))}
        for name in values:
            if name not in known:
                raise LearnerError(
                    "There is no setting “{name}”; there are: {names}.", name=name, names=", ".join(sorted(known))
                )
        return replace(self, **values)

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a file; ``type(self).from_json`` reads them back."""
        return {
            spec.name: list(value) if isinstance(value := getattr(self, spec.name), tuple) else value
            for spec in specs(type(self))
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` gave; missing fields take their default."""
        return cls().with_values(**values)


def shareable(params: Params) -> Params:
    """Return the same with what is private as it is by default."""
    return params.with_values(**{spec.name: spec.default for spec in specs(type(params)) if spec.param.private})


def without_texts(params: Params) -> Params:
    """Return the same for another engine: texts, which may tell of the hyper-parameters of one, as they are by default.

    What is private stays.
    """
    texts = [spec for spec in specs(type(params)) if spec.kind == "text" and not spec.param.private]
    return params.with_values(**{spec.name: spec.default for spec in texts})


def specs(params: type[Params]) -> tuple[ParamSpec, ...]:
    """Return the specification of every field of a Params class, in the order of declaration."""
    key: type = params  # the class is what is remembered by; of its instances mypy would want a hash
    return _specs(key)


@cache
def _specs(params: type) -> tuple[ParamSpec, ...]:
    hints = get_type_hints(params, include_extras=True)
    return tuple(_spec(field, hints[field.name]) for field in fields(params))


def _spec(field: Field[Any], hint: Any) -> ParamSpec:
    if get_origin(hint) is not Annotated or field.default is MISSING:
        raise TypeError(f"{field.name}: a Params field is Annotated[type, Param(...)] with a default")
    base, param = get_args(hint)[:2]
    kind: Kind
    choices: tuple[str, ...] = ()
    if get_origin(base) is Literal:
        kind, choices = "choice", get_args(base)
    elif get_origin(base) is tuple:
        kind = "layers"
    else:
        kind = {int: "int", float: "float", bool: "bool", str: "text"}[base]  # type: ignore[assignment]
    return ParamSpec(field.name, kind, field.default, choices, param)


def named_by(source: Source, params: type[Params]) -> tuple[str, ...]:
    """Return the names of the fields that a text with ``Param(names=source)`` may name, chains of blocks last."""
    kinds = ("int", "float") if source == "numbers" else ("int", "float", "bool", "choice")
    found = [spec.name for spec in specs(params) if spec.kind in kinds]
    chains = [spec.name for spec in specs(params) if spec.param.blocks and source == "params"]
    return (*found, *chains)
