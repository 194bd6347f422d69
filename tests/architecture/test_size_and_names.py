"""Files and functions stay small enough to know one's way in; names say what a thing is."""

import ast
import re

from tests.architecture.sources import sources

MOST_LINES_OF_A_FILE = 500
MOST_LINES_OF_A_FUNCTION = 60
EMPTY_NAMES = re.compile(r"util|helper|manager|misc|common", re.IGNORECASE)


def test_files_stay_small():
    too_long = {source.path: source.lines for source in sources() if source.lines > MOST_LINES_OF_A_FILE}
    assert not too_long


def test_functions_stay_small():
    too_long = {
        f"{source.path}:{node.lineno} {node.name}": length
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (length := (node.end_lineno or 0) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    }
    assert not too_long


def test_no_name_is_empty():
    empty = [
        f"{source.path}: {name}"
        for source in sources()
        for name in (*source.module.split("."), *(n.name for n in ast.walk(source.tree) if isinstance(n, ast.ClassDef)))
        if EMPTY_NAMES.search(name)
    ]
    assert not empty
