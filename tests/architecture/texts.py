"""Finds the texts a person will see: the literals in the places that are shown, by reading the syntax trees."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from string import Formatter
from typing import TypeGuard

from tests.architecture.sources import Source, sources

# Where a call takes a text to be shown: positions and keywords. ``pairs`` are lists of (key, text).
POSITIONS: dict[str, tuple[int, ...]] = {
    "tr": (0,), "bind": (2,), "say": (0,), "LearnerError": (0,), "Step": (0, 3), "Param": (0, 6), "engine": (),
    "Card": (0,), "IconButton": (1,), "PrimaryButton": (1,), "QuietButton": (0,), "ValueSlider": (0,),
    "ChoiceBox": (0,), "Switch": (0,), "section": (0,), "Chip": (0,), "set_title": (0,), "set_text": (0,),
    "Command": (0,), "show_experiment": (1,), "Segmented": (), "FoldingChoice": (0,), "set_curves": (0,),
    "sample": (0,), "Word": (1, 3), "Slot": (0,),
}  # fmt: skip
KEYWORDS: dict[str, tuple[str, ...]] = {
    "Step": ("note", "then", "caution"), "Param": ("label", "help"), "engine": ("title",), "judge": ("title",),
    "ValueSlider": ("label", "hint"), "Card": ("title",),
}  # fmt: skip
LISTS: dict[str, tuple[str, ...]] = {"engine": ("facts",), "judge": ("facts",)}
PAIRS: dict[str, int] = {"Segmented": 0, "ChoiceBox": 1, "FoldingChoice": 1}
FORMATTED = ("say", "tr", "bind", "LearnerError")  # these fill their placeholders from their keywords
# Qt's own ways to show a text: a literal there would be said in English only.
BARE = {
    "setText", "setToolTip", "setStatusTip", "setPlaceholderText", "setAccessibleName", "setAccessibleDescription",
    "setWindowTitle", "setTitle", "setTabText", "addTab", "addItem", "QLabel", "QPushButton", "QToolButton",
    "QCheckBox", "QRadioButton", "QAction", "QGroupBox", "QMenu", "addAction", "addMenu", "setLabel", "TextItem",
    "drawText",
}  # fmt: skip
CLASS_ATTRIBUTES = ("title",)  # what a view or an editor calls itself
WORDS = re.compile(r"[A-Za-z]{2}")


@dataclass(frozen=True)
class Text:
    """A text in its place; given: the keywords that fill it, None where that cannot be seen here."""

    text: str
    place: str
    given: frozenset[str] | None = field(default=None)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@cache
def shown() -> tuple[Text, ...]:
    """Every text that is shown, in all sources."""
    return tuple(text for source in sources() for text in _shown_in(source))


@cache
def glued() -> tuple[str, ...]:
    """Places where a text is put together from pieces, which cannot be translated."""
    return tuple(
        f"{source.path}:{node.lineno} in {_name(call)}"
        for source in sources()
        for call, node in _arguments(source)
        if any(isinstance(part, ast.JoinedStr) or _is_sum(part) for part in _parts(node, {}))
    )


@cache
def unsaid() -> tuple[str, ...]:
    """Literals that are given to Qt straight, past the catalogue."""
    return tuple(
        f"{source.path}:{node.lineno} {node.value!r}"
        for source in sources("app")
        for call in ast.walk(source.tree)
        if isinstance(call, ast.Call) and _name(call) in BARE
        for argument in call.args
        for node in _parts(argument, _constants(source))
        if _is_text(node)
    )


@cache
def literals() -> frozenset[str]:
    """Every string constant of the sources: a key of the catalogue that is not among them is used by nobody.

    Scalars are shown with their underscores as spaces: ``train_loss`` also counts as ``train loss``.
    """
    return frozenset(
        said
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for said in (node.value, node.value.replace("_", " "))
    )


def _shown_in(source: Source) -> Iterator[Text]:
    constants = _constants(source)
    for call, node in _arguments(source):
        for part in _parts(node, constants):
            if _is_text(part):
                yield Text(part.value, f"{source.path}:{part.lineno}", _given(call))
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            yield from _class_attributes(source, node)


def _class_attributes(source: Source, node: ast.ClassDef) -> Iterator[Text]:
    for line in node.body:
        if not isinstance(line, (ast.Assign, ast.AnnAssign)) or not isinstance(line.value, ast.Constant):
            continue
        targets = line.targets if isinstance(line, ast.Assign) else [line.target]
        named = any(isinstance(target, ast.Name) and target.id in CLASS_ATTRIBUTES for target in targets)
        if named and _is_text(line.value):
            yield Text(line.value.value, f"{source.path}:{line.lineno}")


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _given(call: ast.Call) -> frozenset[str] | None:
    open_ended = any(keyword.arg is None for keyword in call.keywords)
    if _name(call) not in FORMATTED or open_ended:
        return None
    return frozenset(keyword.arg for keyword in call.keywords if keyword.arg)


def _arguments(source: Source) -> Iterator[tuple[ast.Call, ast.expr]]:
    """Every expression that stands where a text to be shown is expected."""
    for call in (node for node in ast.walk(source.tree) if isinstance(node, ast.Call)):
        name = _name(call)
        if name not in POSITIONS:
            continue
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        yield from ((call, call.args[place]) for place in POSITIONS[name] if place < len(call.args))
        yield from ((call, named[keyword]) for keyword in KEYWORDS.get(name, ()) if keyword in named)
        for keyword in LISTS.get(name, ()):
            yield from ((call, item) for item in getattr(named.get(keyword), "elts", ()))
        if name == "engine" and isinstance(curves := named.get("curves"), ast.Dict):
            yield from ((call, key) for key in curves.keys if key)
        options = named.get("options") or (call.args[PAIRS[name]] if len(call.args) > PAIRS.get(name, 99) else None)
        for pair in getattr(options, "elts", ()):
            yield from ((call, item) for item in getattr(pair, "elts", ())[1:2])


def _constants(source: Source) -> dict[str, ast.expr]:
    """What the names at the top of a file stand for."""
    found: dict[str, ast.expr] = {}
    for line in source.tree.body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            found[line.targets[0].id] = line.value
        elif isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value:
            found[line.target.id] = line.value
    return found


def _parts(node: ast.expr, constants: dict[str, ast.expr]) -> Iterator[ast.expr]:
    """The expressions that a text may come from.

    Both branches of a condition, all terms of an ``or``, the constant that a name stands for, the values of a table.
    """
    if isinstance(node, ast.IfExp):
        yield from _parts(node.body, constants)
        yield from _parts(node.orelse, constants)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _parts(value, constants)
    elif isinstance(node, ast.Name):
        yield constants.get(node.id, node)
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        table = constants.get(node.value.id)
        yield from table.values if isinstance(table, ast.Dict) else getattr(table, "elts", ())
    else:
        yield node


def _is_text(node: ast.expr) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(WORDS.search(node.value))


def _is_sum(node: ast.expr) -> bool:
    """Whether strings are joined by + or %."""
    return isinstance(node, ast.BinOp) and any(
        isinstance(part, ast.JoinedStr) or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for part in ast.walk(node)
    )
