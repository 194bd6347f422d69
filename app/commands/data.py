"""``sandtable data``: what samples there are, what is in some data, and the same data in another format."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.commands.list_engines import described_param
from app.commands.read_data import onto_the_plane, read_data
from app.session import project
from engines.core.dataset import Dataset, kinds
from engines.core.engine import NO_ENGINE
from engines.core.experiment import Experiment
from engines.core.language import LearnerError, say, translate
from engines.core.params import specs
from engines.data.converting import table_of_points
from engines.data.importing import MEGABYTE, write_file, writers
from engines.data.points import Points
from engines.data.sampling import Sample, modifiers, sample_named, samples
from engines.data.table import Table


def data(chosen: argparse.Namespace) -> int:
    """Tell about the data that the command line names, and write them if asked to; or list all samples."""
    if not chosen.spec:
        if chosen.target or chosen.out:
            raise LearnerError("--target and --out need data: name a sample or a file before them.")
        return _list(as_json=chosen.json)
    read = read_data(chosen.spec, chosen.target)
    found = read.data if isinstance(read, Experiment) else read
    if chosen.out is not None and not chosen.out.absolute().parent.is_dir():
        raise LearnerError("There is no folder “{name}”; make it first.", name=str(chosen.out.absolute().parent))
    if chosen.out is not None:
        _write(found, chosen.out)
    if chosen.json:
        print(json.dumps(found.facts(), ensure_ascii=False, allow_nan=False))
    else:
        _print(found)
    return 0


# All samples


def _list(*, as_json: bool) -> int:
    """Print every sample and modifier, kind by kind."""
    by_kind = {kind: _of(kind) for kind in sorted(kinds().values(), key=lambda kind: kind.order)}
    if as_json:
        told = [described(item) for items in by_kind.values() for item in items]
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    for kind, items in by_kind.items():
        if items:
            print(f"{kind.title} · {translate(kind.title, 'zh')}")
        for item in items:
            name = f"+{item.name}" if item.modifies else item.name
            settings = ",".join(f"{spec.name}={spec.default}" for spec in specs(item.settings))
            title = f"{item.title} · {translate(item.title, 'zh')}"
            print(f"  {name:<22}{title:<36}{settings}".rstrip())
    return 0


def _of(kind: type[Dataset]) -> list[Sample]:
    return [*samples(kind).values(), *modifiers(kind).values()]


def described(item: Sample) -> dict[str, Any]:
    """Return one sample in plain values."""
    return {
        "name": item.name,
        "kind": item.kind.kind,
        "modifies": item.modifies,
        "title": {"en": item.title, "zh": translate(item.title, "zh")},
        "about": {"en": item.about, "zh": translate(item.about, "zh")},
        "settings": {spec.name: described_param(spec) for spec in specs(item.settings)},
    }


# One of them


def _print(found: Dataset) -> None:
    """Print facts one a line, what has parts of its own below it; where a sample came from, too."""
    facts = found.facts()
    if found.recipe.source in samples():
        facts["about"] = sample_named(found.recipe.source).about
    for name, value in facts.items():
        if value in ("", [], {}):
            continue
        if name == "bytes":
            name, value = "memory", _memory(value)
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            print(name)
            for part in value:
                print(f"  {_one_line(part)}")
        else:
            print(f"{name:<12}{_one_line(value)}".rstrip())


def _one_line(value: Any) -> str:
    """Return a value in one line: a column of a table by its name first, else each part by its name."""
    if isinstance(value, Mapping):
        if "name" in value and "kind" in value:
            rest = {key: part for key, part in value.items() if key not in ("name", "kind") and part}
            told = "  ".join(f"{key}: {_one_line(part)}" for key, part in rest.items())
            return f"{value['name']:<28}{value['kind']:<10}{told}".rstrip()
        return ", ".join(f"{key}: {_one_line(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _memory(size: int) -> str:
    return f"{size / MEGABYTE:.1f} MB" if size >= MEGABYTE / 10 else f"{size / 1024:.1f} kB"


def _write(found: Dataset, path: Path) -> None:
    """Write the data; points become a table, or a table points, where only the other can be written so."""
    ending = path.suffix.lower()
    other = {Points: Table, Table: Points}.get(type(found))
    own, others = writers(type(found)), writers(other) if other else {}
    if ending == project.SUFFIX:
        project.save(path, Experiment(NO_ENGINE.key, NO_ENGINE.params(), found))
    elif ending in own:
        write_file(found, path)
    elif ending in others:
        write_file(table_of_points(found) if isinstance(found, Points) else onto_the_plane(found), path)  # type: ignore[arg-type] # the other is a table
    else:
        known = " ".join(dict.fromkeys((*own, *others, project.SUFFIX)))
        raise LearnerError("{kind} can be written as: {endings}.", kind=say(found.title), endings=known)
