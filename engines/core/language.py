"""Words in two languages. English is the key, the catalogue gives the Chinese.

A catalogue is a folder of JSON files ``{"English": "中文"}`` (``resources/i18n/zh``), one file per area, so that an
algorithm brings its own file and edits nobody else's. No Qt: the command line and the engine process speak too.
"""

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from string import Formatter
from typing import Any, Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@cache
def catalogue(language: Language) -> dict[str, str]:
    """Return every translation into ``language``, keyed by the English text; empty for English."""
    if language == "en":
        return {}
    entries: dict[str, str] = {}
    folder = resources.files("resources").joinpath("i18n", language)
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".json"):
            entries.update(json.loads(file.read_text(encoding="utf-8")))
    return entries


def translate(text: str, language: Language) -> str:
    """Return ``text`` in ``language``; the English itself where the catalogue has no entry."""
    return catalogue(language).get(text, text)


class _Counting(Formatter):
    """Fills a template in which a number may choose a word: ``{n:leaf|leaves}`` is ``leaf`` for 1, else ``leaves``."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        one, choice, more = format_spec.partition("|")
        if not choice:
            return super().format_field(value, format_spec)
        return one if value in (1, "1") else more


_counting = _Counting()


@dataclass(frozen=True)
class Note:
    """A sentence for the learner: a template and the numbers that go into it; it can be said in any language.

    Where one and many have different words, the number chooses: ``{n} {n:leaf|leaves}``. Chinese says ``{n} 个叶子``.
    """

    text: str
    values: tuple[tuple[str, object], ...] = ()

    def render(self, language: Language = "en") -> str:
        """Put the numbers into the sentence in ``language``."""
        values = {name: value.render(language) if isinstance(value, Note) else value for name, value in self.values}
        text = translate(self.text, language)
        if not values:
            return text
        return _counting.vformat(text, (), values) if "|" in text else text.format(**values)


def say(text: str, **values: object) -> Note:
    """Make a note: ``say("inertia = {inertia:.2f}", inertia=3.2)``. A value may itself be a note."""
    return Note(text, tuple(values.items()))


@lru_cache(maxsize=1024)
def plain(text: str) -> Note:
    """Return a note without numbers; the same one for the same text: runs of many steps say the same words again."""
    return Note(text)


class LearnerError(Exception):
    """Something a person can cause and mend: it says what is wrong and what to do, in their language."""

    def __init__(self, text: str | Note, **values: object) -> None:
        self.note = text if isinstance(text, Note) else say(text, **values)
        super().__init__(self.note.render())

    def __reduce__(self) -> tuple[type["LearnerError"], tuple[Note]]:
        """Pickle through the note: the values would be lost otherwise."""
        return LearnerError, (self.note,)
