"""Labelled lines in and out: ``.txt``, a line each, its label before or after a tab; ``.jsonl``, a record a line."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from engines.core.dataset import Recipe
from engines.core.errand import Tell
from engines.core.language import LearnerError, Note, say
from engines.data.importing import MEGABYTE, Imported, file_format
from engines.data.plain_text import decoded, one_line
from engines.data.points import UNLABELLED
from engines.data.text import Text, labelled
from engines.data.text_lines import Lines, cut_to_size, read_lines, written

TEXT_NAMES = ("text", "sentence", "line", "message", "content", "文本", "句子")
LABEL_NAMES = ("label", "class", "category", "标签", "类别")
CLASSES = "classes"  # the record in which a written file names its classes, also those without a line
MOST_TOLD = 5
UTF_8 = ("utf-8",)


def read_text(path: Path, _: Any, tell: Tell) -> Imported:
    """Read ``.txt``; LearnerError when it is empty or no text."""
    text, encoding = decoded(path.read_bytes(), path.name)
    return _imported(path, read_lines(text), (), encoding)


def read_json_lines(path: Path, _: Any, tell: Tell) -> Imported:
    """Read ``.jsonl``: on each line a text, a pair of text and label, or a record; LearnerError when there is none."""
    text, encoding = decoded(path.read_bytes(), path.name)
    texts: list[str] = []
    labels: list[str] = []
    names: tuple[str, ...] = ()
    bad: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        held = _parsed(line)
        if number == 1 and (given := _classes(held)) is not None:
            names = given
        elif (pair := _pair(held)) is not None:
            texts.append(pair[0])
            labels.append(pair[1])
        else:
            bad.append(number)
    if not texts:
        raise LearnerError(
            "“{name}” has no line such as {example}.", name=path.name, example='{"text": "…", "label": "…"}'
        )
    lines = cut_to_size(texts, labels)
    return _imported(path, replace(lines, problems=(*_told(bad), *lines.problems)), names, encoding)


def write_text(data: Text, path: Path) -> None:
    """Write lines with their labels before a tab; the order of the classes is that in which they first come."""
    path.write_text(written(data.lines, _labels(data)), encoding="utf-8", newline="\n")


def write_json_lines(data: Text, path: Path) -> None:
    """Write a record a line, after one that names the classes in their order."""
    path.write_text("".join(f"{line}\n" for line in _records(data)), encoding="utf-8", newline="\n")


def _records(data: Text) -> Iterator[str]:
    if data.names:
        yield json.dumps({CLASSES: list(data.names)}, ensure_ascii=False)
    for line, label in zip(data.lines, _labels(data), strict=True):
        yield json.dumps({"text": one_line(line), "label": label or None}, ensure_ascii=False)


def _labels(data: Text) -> tuple[str, ...]:
    return tuple("" if label == UNLABELLED else data.names[label] for label in data.y.tolist())


def _imported(path: Path, lines: Lines, names: tuple[str, ...], encoding: str) -> Imported:
    data = replace(labelled(lines.texts, lines.labels, names), recipe=Recipe(path.name))
    problems = lines.problems
    if encoding not in UTF_8:
        problems = (told_encoding(path.name, encoding), *problems)
    return Imported(data, problems)


def told_encoding(name: str, encoding: str) -> Note:
    """Say in which encoding a file was read that is not in the usual one."""
    return say("“{name}” was read as {encoding}. Where signs look wrong, save it as UTF-8 and read it again.",
               name=name, encoding=encoding.upper())  # fmt: skip


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets without end
        return None


def _classes(held: Any) -> tuple[str, ...] | None:
    names = held.get(CLASSES) if isinstance(held, dict) and len(held) == 1 else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    cleaned = (one_line(name)[:60] for name in names)
    return tuple(dict.fromkeys(name for name in cleaned if name))


def _pair(held: Any) -> tuple[str, str] | None:
    """Return text and label of a record, a pair or a mere text; None for anything else."""
    if isinstance(held, str):
        return held, ""
    if isinstance(held, list) and len(held) == 2 and isinstance(held[0], str):
        return held[0], _label(held[1])
    if not isinstance(held, dict):
        return None
    text = next((held[name] for name in TEXT_NAMES if isinstance(held.get(name), str)), None)
    label = next((held[name] for name in LABEL_NAMES if held.get(name) is not None), None)
    return None if text is None else (text, _label(label))


def _label(value: Any) -> str:
    """Return a label as a text: none for null and for what is a list or a record."""
    return "" if value is None or isinstance(value, list | dict) else str(value)


def _told(bad: list[int]) -> tuple[Note, ...]:
    if not bad:
        return ()
    shown = ", ".join(map(str, bad[:MOST_TOLD])) + (" …" if len(bad) > MOST_TOLD else "")
    return (
        say(
            "{count} {count:line is|lines are} no record with a text and left out: {lines}.",
            count=len(bad),
            lines=shown,
        ),
    )


file_format("Text", ".txt", kind=Text, read=read_text, write=write_text, most_bytes=128 * MEGABYTE)
file_format("Text", ".jsonl", kind=Text, read=read_json_lines, write=write_json_lines, most_bytes=128 * MEGABYTE)
