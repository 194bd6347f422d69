"""Who may import whom, beyond what import-linter sees: what really gets loaded, and algorithms among themselves."""

import ast
import subprocess
import sys

from engines.core.registry import NOT_ALGORITHMS
from tests.architecture.sources import ROOT, imported, sources

HEAVY = ("torch", "sklearn", "scipy", "pandas")
LOAD_EVERYTHING = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from importlib import import_module
for name in sys.argv[1:]:
    import_module(name)
    heavy = [package for package in {heavy!r} if package in sys.modules]
    assert not heavy, f"{{name}} loads {{heavy}}"
print(len(sys.argv) - 1)
"""


def is_private(module: str) -> bool:
    return any(part.startswith("_") and not part.startswith("__") for part in module.split("."))


def public_modules() -> list[str]:
    return [source.module for source in sources() if not is_private(source.module)]


def test_nothing_the_window_loads_loads_a_heavy_library():
    modules = public_modules()
    code = LOAD_EVERYTHING.format(heavy=HEAVY)
    ended = subprocess.run(
        [sys.executable, "-c", code, *modules], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == str(len(modules))


def test_commands_load_no_qt():
    code = (
        "import sys, app.__main__, app.session.project\n"
        "import app.commands.list_engines, app.commands.run, app.commands.doctor\n"
        "loaded = [name for name in sys.modules if name.split('.')[0] in ('PySide6', 'shiboken6', 'pyqtgraph')]\n"
        "assert not loaded, loaded"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr


def is_algorithm(module: str) -> bool:
    family = ".".join(module.split(".")[:2])
    return module.count(".") == 2 and family not in NOT_ALGORITHMS and not is_private(module)


def test_algorithms_do_not_import_one_another():
    algorithms = {source.module for source in sources("engines") if is_algorithm(source.module)}
    assert algorithms
    borrowed = [
        f"{source.path}:{line} imports {name}"
        for source in sources("engines")
        if source.module in algorithms
        for name, line in imported(source)
        if name in algorithms
    ]
    assert not borrowed


def test_engines_keep_their_annotations():
    """The signatures of engines are read at run time, so they must not be turned into strings."""
    futures = [source.path for source in sources("engines") if any(n == "__future__" for n, _ in imported(source))]
    assert not futures


def first_of_torch(tree: ast.AST) -> str:
    """The module of torch that is imported first within a function or at the top of a file."""
    found = [(node.lineno, node) for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    for _, node in sorted(found, key=lambda item: item[0]):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        for name in names:
            if name.split(".")[0] == "torch":
                return name
    return "torch"


def test_torch_itself_is_imported_before_its_parts():
    """The engine process imports torch in a second thread.

    One thread that has begun with a part of torch and one that has begun with the whole wait for each other; Python
    then lets one of them go on with half a module.
    """
    wrong = [
        f"{source.path}:{node.lineno} begins with {first}"
        for source in sources("engines")
        for node in ([source.tree] if is_private(source.module) else ast.walk(source.tree))
        if isinstance(node, (ast.Module if is_private(source.module) else ast.FunctionDef))
        and (first := first_of_torch(node)) != "torch"
    ]
    assert not wrong
