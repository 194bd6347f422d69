"""A lab: an experiment with a lesson, read from one text file; the course is a folder of them.

``resources/labs/<chapter>/<number>-<key>.md`` is TOML between two ``+++`` lines, then the lesson in Markdown, once
after a line ``<!-- en -->`` and once after ``<!-- zh -->``. ``resources/labs/chapters.toml`` orders the chapters.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, NoReturn

from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.core.language import LANGUAGES, Language, LearnerError, Note
from engines.core.messages import UNLIMITED
from engines.core.registry import engine_named, judge_named

FILE_NAME = re.compile(r"(\d+)-([a-z0-9-]+)\.md")
MARKER = re.compile(r"^<!-- (en|zh) -->[ \t]*$", re.MULTILINE)
FENCE = "+++"
PATH = ("split", "baseline", "confusion", "diagnose", "improve", "repeat")  # steps of the way that models go

Words = Mapping[Language, str]


@dataclass(frozen=True)
class Lab:
    """One lab of the course.

    key: chapter and name, ``classical/kmeans``. engine_key: empty where the lab is about the data alone.
    title, lesson (Markdown with $formulas$), challenge: per language;
    challenge is empty when there is none. sample: how the data is made, ``moons:n=250,noise=0.15,seed=1``. params:
    values that differ from the engine's defaults. judge_key, judge_params: who judges it, and how; empty where it is
    run once. features: the keys of those that are added to points; components: how many stand in for the columns, 0 for
    the columns themselves. rate: steps a second, UNLIMITED for as fast as it goes. locked: names
    of the params that the learner may not change. path: the steps of the way that is ticked off above the lesson.
    cards: names of the kinds of picture whose cards come first, ``FeatureMaps``.
    """

    key: str
    chapter: str
    title: Words
    engine_key: str
    sample: str
    params: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    split: Split = field(default_factory=Split)
    rate: float = UNLIMITED
    lesson: Words = field(default_factory=dict)
    challenge: Words = field(default_factory=dict)
    locked: tuple[str, ...] = ()
    judge_key: str = ""
    judge_params: Mapping[str, Any] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    components: int = 0
    cards: tuple[str, ...] = ()

    def experiment(self) -> Experiment:
        """Return what the lab starts with: the sample made, the params checked.

        Raises LearnerError for an unknown engine or sample and for a param out of its range.
        """
        from engines.data.preparing import prepare
        from engines.data.sampling import parse_sample  # the samples of a kind of data are above the contract

        params = engine_named(self.engine_key).params.from_json(self.params)
        judge = judge_named(self.judge_key)
        judge_params = judge.params.from_json(self.judge_params) if judge else None
        data = prepare(parse_sample(self.sample), self.features, self.components)
        return Experiment(self.engine_key, params, data, self.split, self.seed, self.judge_key, judge_params)


@dataclass(frozen=True)
class Chapter:
    """One chapter of the course: its labs in order; empty when none is written yet."""

    key: str
    title: Words
    labs: tuple[Lab, ...]


@dataclass(frozen=True)
class Course:
    """What was found on the disk: the chapters, and the sentence about each lab file that could not be read."""

    chapters: tuple[Chapter, ...]
    broken: Mapping[str, Note]


def course() -> tuple[Chapter, ...]:
    """Return all chapters in order, with the labs that can be read; see ``broken_labs`` for the others."""
    return _course().chapters


def broken_labs() -> Mapping[str, Note]:
    """Return, by key, what is wrong with each lab file that could not be read."""
    return _course().broken


def lab_named(key: str, otherwise: str = "") -> Lab:
    """Return the lab with this key (``classical/kmeans``), or, where there is none, the lab ``otherwise``.

    Raises LearnerError when neither is there, or with what is wrong with its file.
    """
    labs = {lab.key: lab for chapter in course() for lab in chapter.labs}
    for name in (key, otherwise):
        if name in labs:
            return labs[name]
    if broken := broken_labs().get(key):
        raise LearnerError(broken)
    raise LearnerError("There is no lab “{key}”; there are: {known}.", key=key, known=", ".join(labs))


@cache
def _course() -> Course:
    return read_course(resources.files("resources").joinpath("labs"))


def read_course(folder: Traversable) -> Course:
    """Read every lab below ``folder``; one bad file does not stop the rest."""
    listed = tomllib.loads(folder.joinpath("chapters.toml").read_text(encoding="utf-8"))["chapter"]
    broken: dict[str, Note] = {}
    chapters = tuple(_read_chapter(folder, values, broken) for values in listed)
    return Course(chapters, MappingProxyType(broken))


def _read_chapter(folder: Traversable, values: Mapping[str, str], broken: dict[str, Note]) -> Chapter:
    labs: list[Lab] = []
    place = folder.joinpath(values["key"])
    files = place.iterdir() if place.is_dir() else ()
    matches = [(match, file) for file in files if (match := FILE_NAME.fullmatch(file.name))]
    for match, file in sorted(matches, key=lambda item: (int(item[0][1]), item[0][2])):
        try:
            labs.append(read_lab(file.read_text(encoding="utf-8"), values["key"], match[2]))
        except LearnerError as error:
            broken[f"{values['key']}/{match[2]}"] = error.note
    return Chapter(values["key"], _words(values, "title", values["key"]), tuple(labs))


def read_lab(text: str, chapter: str, name: str) -> Lab:
    """Read one lab file; LearnerError, naming the lab and what is wrong, when it cannot be understood."""
    key = f"{chapter}/{name}"
    opening, fence, rest = text.partition(f"{FENCE}\n")
    front, closing, body = rest.partition(f"\n{FENCE}\n")
    if opening.strip() or not fence or not closing:
        raise LearnerError("The lab “{name}” must begin with its settings between two lines +++.", name=key)
    try:
        values = tomllib.loads(front)
    except tomllib.TOMLDecodeError as error:
        reason = str(error)
        raise LearnerError(
            "The settings of the lab “{name}” cannot be read: {reason}.", name=key, reason=reason
        ) from None
    return Lab(
        key=key,
        chapter=chapter,
        title=_words(values, "title", key),
        engine_key=_value(values, "engine", str, key, ""),
        sample=_value(values, "sample", str, key),
        params=MappingProxyType(_value(values, "params", dict, key, {})),
        seed=_value(values, "seed", int, key, 0),
        split=_split(values, key),
        rate=_rate(values, key),
        lesson=_lesson(body, key),
        challenge=_words(values, "challenge", key) if "challenge_en" in values or "challenge_zh" in values else {},
        locked=_names(values, "locked", key),
        judge_key=_value(values, "judge", str, key, ""),
        judge_params=MappingProxyType(_value(values, "judge_params", dict, key, {})),
        path=_path(values, key),
        features=_names(values, "features", key),
        components=_value(values, "components", int, key, 0),
        cards=_names(values, "cards", key),
    )


def _value(values: Mapping[str, Any], setting: str, kind: type, key: str, default: Any = None) -> Any:
    """Return one setting of the right kind; LearnerError when it is missing without a default or of another kind."""
    value = values.get(setting, default)
    if type(value) is not kind:
        _wrong(setting, key)
    return value


def _wrong(setting: str, key: str) -> NoReturn:
    raise LearnerError("In the lab “{name}” the setting “{setting}” is missing or wrong.", name=key, setting=setting)


def _words(values: Mapping[str, Any], setting: str, key: str) -> Words:
    return MappingProxyType({language: _value(values, f"{setting}_{language}", str, key) for language in LANGUAGES})


def _split(values: Mapping[str, Any], key: str) -> Split:
    shares = _value(values, "split", dict, key, {})
    if not shares.keys() <= {"train", "validation", "seed", "how", "group"}:
        _wrong("split", key)
    try:
        return Split(**shares)
    except TypeError:
        _wrong("split", key)


def _rate(values: Mapping[str, Any], key: str) -> float:
    speed = values.get("speed", "unlimited")
    if speed == "unlimited":
        return UNLIMITED
    if isinstance(speed, bool) or not isinstance(speed, (int, float)) or not 0 < speed < UNLIMITED:
        _wrong("speed", key)
    return float(speed)


def _names(values: Mapping[str, Any], setting: str, key: str) -> tuple[str, ...]:
    names = _value(values, setting, list, key, [])
    if not all(isinstance(item, str) for item in names):
        _wrong(setting, key)
    return tuple(names)


def _path(values: Mapping[str, Any], key: str) -> tuple[str, ...]:
    names = _value(values, "path", list, key, [])
    if any(item not in PATH for item in names):
        _wrong("path", key)
    return tuple(names)


def _lesson(body: str, key: str) -> Words:
    """Cut the lesson at its language markers: text before the first marker belongs to nobody and is refused."""
    before, *pieces = MARKER.split(body)
    lesson = {marker: text.strip() for marker, text in zip(pieces[::2], pieces[1::2], strict=True)}
    if before.strip() or len(pieces) != 2 * len(LANGUAGES) or not all(lesson.get(language) for language in LANGUAGES):
        raise LearnerError(
            "The lesson of the lab “{name}” must be there twice, after <!-- en --> and after <!-- zh -->.", name=key
        )
    return MappingProxyType({language: lesson[language] for language in LANGUAGES})
