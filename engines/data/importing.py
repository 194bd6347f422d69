"""Files in and out: each format is a module of ``engines.data.files`` that declares what it reads and writes.

Reading runs in a process of its own (an errand), so that a large or a broken file never holds the window up.
"""

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from engines.core.dataset import Dataset
from engines.core.errand import Tell, quietly
from engines.core.language import LearnerError, Note, say

FOLDER = "/"  # the ending of a folder
MEGABYTE = 2**20


@dataclass(frozen=True)
class Imported:
    """What was read, and what could not be: nothing is dropped in silence.

    problems: one sentence each, with the row where there is one. preview: anything the import dialog of that format
    shows (None where there is no dialog).
    """

    data: Dataset
    problems: tuple[Note, ...] = ()
    preview: Any = None


@dataclass(frozen=True)
class Format:
    """One format. endings: with the dot, or FOLDER. read and write: None where it cannot.

    read: (path, options, tell) -> Imported; options: None, or what the format's own dialog asks for. write:
    (data, path) -> None. kind: what it gives, and takes. most_bytes: refused before it is read when larger.
    """

    title: str
    endings: tuple[str, ...]
    kind: type[Dataset]
    read: Callable[[Path, Any, Tell], Imported] | None
    write: Callable[[Any, Path], None] | None
    most_bytes: int


_formats: list[Format] = []


def file_format(
    title: str,
    *endings: str,
    kind: type[Dataset],
    read: Callable[[Path, Any, Tell], Imported] | None = None,
    write: Callable[[Any, Path], None] | None = None,
    most_bytes: int = 512 * MEGABYTE,
) -> Format:
    """Declare a format and return it."""
    made = Format(title, endings, kind, read, write, most_bytes)
    _formats.append(made)
    return made


@cache
def formats() -> tuple[Format, ...]:
    """Return every format; imports all modules of ``engines.data.files``."""
    package = import_module("engines.data.files")
    for module in pkgutil.iter_modules(package.__path__, "engines.data.files."):
        if not module.name.rpartition(".")[2].startswith("_"):
            import_module(module.name)
    return tuple(_formats)


def readers() -> Mapping[str, Format]:
    """Return by ending which format reads it."""
    return MappingProxyType({end: item for item in formats() if item.read for end in item.endings})


def writers(kind: type[Dataset]) -> Mapping[str, Format]:
    """Return by ending which format writes this kind of data."""
    return {end: item for item in formats() if item.write and item.kind is kind for end in item.endings}


def ending_of(path: Path) -> str:
    """Return the ending by which a file's format is known."""
    return FOLDER if path.is_dir() else path.suffix.lower()


def read_file(path: Path, options: Any = None, tell: Tell = quietly) -> Imported:
    """Read a file or folder; LearnerError in a sentence for whatever is wrong with it.

    options: what the format's dialog asked for; None guesses. tell: hears how far it is.
    """
    ending = ending_of(path)
    if not path.exists():
        raise LearnerError("There is no file “{name}”.", name=str(path))
    form = readers().get(ending)
    if form is None or form.read is None:
        raise LearnerError(
            "“{name}” is of a kind that cannot be read; these can: {endings}.",
            name=path.name, endings=" ".join(end for end in readers() if end != FOLDER),
        )  # fmt: skip
    size = path.stat().st_size
    if ending != FOLDER and size > form.most_bytes:
        raise LearnerError(
            "“{name}” is too big: at most {most} MB can be read.", name=path.name, most=form.most_bytes // MEGABYTE
        )
    try:
        tell(-1, say("Reading “{name}” …", name=path.name))
        return form.read(path, options, tell)
    except LearnerError:
        raise
    except MemoryError:
        raise LearnerError("“{name}” needs more memory than there is.", name=path.name) from None
    except Exception as error:  # noqa: BLE001 - the file border: every reader fails in its own way
        reason = str(error).strip().split("\n")[0][:200] or type(error).__name__
        raise LearnerError("“{name}” cannot be read: {reason}", name=path.name, reason=reason) from None


def write_file(data: Dataset, path: Path, tell: Tell = quietly) -> None:
    """Write data in the format of the file's ending; LearnerError when it cannot be.

    The file is written beside its place and then put there, so that a failure leaves the old one as it was.
    """
    known = writers(type(data))
    form = known.get(path.suffix.lower())
    if form is None or form.write is None:
        raise LearnerError("{kind} can be written as: {endings}.", kind=say(data.title), endings=" ".join(known))
    tell(-1, say("Writing “{name}” …", name=path.name))
    unfinished = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        form.write(data, unfinished)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise LearnerError("“{name}” cannot be written: {reason}", name=str(path), reason=str(error)) from None
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
