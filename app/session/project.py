"""``.sandtable`` files: one experiment in a zip of ``lab.json`` and ``.npy`` members. Never pickle; no Qt in here.

A file may come from anybody, so that everything is looked at before it is used: the names and sizes of the members
before they are unpacked, the header of an array before its memory is asked for, every value before it is believed.
"""

import json
import os
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy

from engines.core.dataset import Recipe, Split, kind_named
from engines.core.experiment import Experiment
from engines.core.language import LearnerError
from engines.core.params import shareable
from engines.core.registry import engine_named, judge_named

SUFFIX = ".sandtable"
FORMAT = 1
LAB = "lab.json"
MEMBER = re.compile(r"lab\.json|data/[a-z][a-z0-9_]{0,40}\.npy")
MOST_MEMBERS = 2000  # a table has one for each column
OPTIONAL = {"value"}  # arrays that files of an earlier day do not have
MOST_BYTES = 256 * 2**20
MOST_LAB_BYTES = 4 * 2**20
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same experiment gives the same bytes
BROKEN = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, KeyError, TypeError, OverflowError, MemoryError,
    NotImplementedError, RuntimeError,
)  # fmt: skip


@dataclass(frozen=True)
class Project:
    """What a file holds. extra: plain JSON values of whoever saved it (layout, lesson, locks)."""

    experiment: Experiment
    extra: Mapping[str, Any] = field(default_factory=dict)


def save(path: Path, experiment: Experiment, extra: Mapping[str, Any] | None = None) -> None:
    """Write the file whole, then put it in the place of the old one: a crash leaves the old one as it was.

    Raises LearnerError when the place cannot be written.
    """
    content = _packed(experiment, extra or {})
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise LearnerError("“{name}” cannot be written: {reason}", name=str(path), reason=str(error)) from None


def load(path: Path) -> Experiment:
    """Read the experiment; LearnerError in a sentence for whatever is wrong with the file."""
    return read(path).experiment


def read(path: Path) -> Project:
    """Read the experiment and what else was saved with it; LearnerError for whatever is wrong with the file."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = _unpacked(archive, path.name)
        lab = json.loads(members[LAB])
        _check_format(lab, path.name)
        return Project(_experiment(lab, members, path.name), _object(lab.get("extra", {})))
    except FileNotFoundError:
        raise LearnerError("There is no file “{name}”.", name=str(path)) from None
    except PermissionError:
        raise LearnerError("“{name}” may not be read by you.", name=str(path)) from None
    except BROKEN:
        raise _damaged(path.name) from None


def _damaged(name: str) -> LearnerError:
    return LearnerError("“{name}” is damaged, or it is not a Sandtable experiment.", name=name)


# Writing


def _packed(experiment: Experiment, extra: Mapping[str, Any]) -> bytes:
    data = experiment.data
    lab = {
        "format": FORMAT,
        "engine": experiment.engine_key,
        "params": experiment.params.to_json(),
        "seed": experiment.seed,
        "judge": {
            "key": experiment.judge_key,
            "params": shareable(experiment.judge_params).to_json() if experiment.judge_params else {},
        },
        "split": {
            "train": experiment.split.train,
            "validation": experiment.split.validation,
            "seed": experiment.split.seed,
            "how": experiment.split.how,
            "group": experiment.split.group,
        },
        "data": {"kind": data.kind, "about": data.about(), "recipe": _told(data.recipe)},
        "extra": dict(extra),
    }
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, LAB, json.dumps(lab, ensure_ascii=False, indent=1).encode())
        for name, array in data.arrays().items():
            member = BytesIO()
            npy.write_array(member, array, allow_pickle=False)
            _add(archive, f"data/{name}.npy", member.getvalue())
    return stream.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)


def _told(recipe: Recipe) -> dict[str, Any]:
    return {
        "source": recipe.source,
        "settings": [list(pair) for pair in recipe.settings],
        "seed": recipe.seed,
        "then": [_told(step) for step in recipe.then],
    }


# Reading


def _unpacked(archive: zipfile.ZipFile, name: str) -> dict[str, bytes]:
    """Return the members after a look at all their names and sizes; zipfile gives no more bytes than it declares."""
    listed = archive.infolist()
    names = [info.filename for info in listed]
    if LAB not in names or len(names) != len(set(names)) or len(names) > MOST_MEMBERS:
        raise _damaged(name)
    for info in listed:
        strange = info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if strange or not MEMBER.fullmatch(info.filename):
            raise LearnerError(
                "“{name}” holds a part that does not belong there: {part}.", name=name, part=info.filename
            )
    lab_bytes = archive.getinfo(LAB).file_size
    if lab_bytes > MOST_LAB_BYTES or sum(info.file_size for info in listed) > MOST_BYTES:
        raise LearnerError("“{name}” is too big: at most {most} MB can be read.", name=name, most=MOST_BYTES // 2**20)
    return {info.filename: archive.read(info) for info in listed}


def _check_format(lab: Any, name: str) -> None:
    number = _whole(_object(lab)["format"])
    if number > FORMAT:
        raise LearnerError(
            "“{name}” was written by a newer Sandtable (format {found}, not {known}). Update to open it.",
            name=name,
            found=number,
            known=FORMAT,
        )
    if number < 1:
        raise _damaged(name)


def _experiment(lab: Mapping[str, Any], members: Mapping[str, bytes], name: str) -> Experiment:
    engine = engine_named(_text(lab["engine"]))
    params = engine.params.from_json(_object(lab["params"]))
    shares, described = _object(lab["split"]), _object(lab["data"])
    how = _text(shares.get("how", "stratified"))
    group = _text(shares.get("group", ""))
    seed = _whole(shares["seed"])
    split = Split(_number(shares["train"]), _number(shares["validation"]), seed, how, group)  # type: ignore[arg-type] # checked by Split
    kind = kind_named(_text(described["kind"]))
    if not engine.learns_from(kind):
        raise _damaged(name)
    arrays = {
        member.removeprefix("data/").removesuffix(".npy"): _array(content)
        for member, content in members.items()
        if member != LAB
    }
    missing = kind().arrays().keys() - arrays.keys() - OPTIONAL
    if missing:
        raise _damaged(name)
    data = kind.restored(arrays, _object(described.get("about", {})), _recipe(described["recipe"]))
    told = _object(lab.get("judge", {"key": "", "params": {}}))
    judge = judge_named(_text(told["key"]))
    judge_params = shareable(judge.params.from_json(_object(told["params"]))) if judge else None
    return Experiment(engine.key, params, data, split, _whole(lab["seed"]), judge.key if judge else "", judge_params)


def _recipe(value: Any, depth: int = 0) -> Recipe:
    recipe = _object(value)
    settings = tuple((_text(key), _setting(value)) for key, value in recipe["settings"])
    then = recipe.get("then", [])
    if (depth and then) or not isinstance(then, list):
        raise ValueError("not a recipe")
    steps = tuple(_recipe(step, depth + 1) for step in then)
    return Recipe(_text(recipe["source"]), settings, _whole(recipe["seed"]), steps)


def _array(content: bytes) -> Any:
    """Return the array of a ``.npy`` member; ValueError when it is none, or one of objects or strings."""
    stream = BytesIO(content)
    version = npy.read_magic(stream)
    header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, in_columns, dtype = header(stream)
    body = content[stream.tell() :]
    if dtype.kind not in "biuf" or prod(shape) * dtype.itemsize != len(body):
        raise ValueError("not the array that belongs here")
    return np.frombuffer(body, dtype).reshape(shape, order="F" if in_columns else "C")


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _setting(value: Any) -> str | int | float:
    if not isinstance(value, (str, int, float)):
        raise TypeError("not a setting")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("not a number")
    return float(value)


def _whole(value: Any) -> int:
    """Return a seed or a format number: a whole number from 0 to 2^63."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise TypeError("not a whole number")
    return value
