"""The sources of the project as the tests of its shape read them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "engines")


@dataclass(frozen=True)
class Source:
    """One file: its dotted name, its path from the top of the project, its lines, its syntax tree."""

    module: str
    path: str
    lines: int
    tree: ast.Module


@cache
def sources(*packages: str) -> tuple[Source, ...]:
    """Every Python file below the given packages (all when none is named)."""
    files = sorted(file for package in packages or PACKAGES for file in (ROOT / package).rglob("*.py"))
    assert files
    return tuple(read(file) for file in files)


def read(file: Path) -> Source:
    path = file.relative_to(ROOT)
    text = file.read_text(encoding="utf-8")
    module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
    return Source(module, path.as_posix(), text.count("\n") + 1, ast.parse(text, path.as_posix()))


def imported(source: Source) -> Iterator[tuple[str, int]]:
    """The dotted names that a file imports anywhere, with their line; ``from a import b`` gives both a and a.b."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
