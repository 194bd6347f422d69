"""What is installed is what was tested, everything that is needed travels along, and what is missing is named."""

import importlib.util
import re
import subprocess
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.sources import ROOT, imported, sources

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LINES = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
IMPORTED_AS = {
    "pyside6-essentials": {"PySide6", "shiboken6"},
    "scikit-learn": {"sklearn"},
    "markdown-it-py": {"markdown_it"},
    "pillow": {"PIL"},
}
PIN = re.compile(r"[A-Za-z0-9_.-]+==[0-9][0-9a-z.]*")


def pins() -> dict[str, str]:
    return {
        canonicalize_name(name): version
        for name, _, version in (line.partition("==") for line in LINES if "==" in line)
    }


def requirements() -> list[Requirement]:
    project = PROJECT["project"]
    extras = project["optional-dependencies"].values()
    return [Requirement(text) for text in (*project["dependencies"], *(text for extra in extras for text in extra))]


def test_constraints_are_exact_and_name_no_folder():
    assert not [line for line in LINES if line and not line.startswith("#") and not PIN.fullmatch(line)]


def test_every_dependency_is_pinned_within_its_range():
    for requirement in requirements():
        assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)]), requirement


def test_every_import_of_a_package_is_a_declared_dependency():
    """The names that the sources import, without the project itself and Python's own."""
    declared = {canonicalize_name(requirement.name) for requirement in requirements()}
    known = {name for package in declared for name in IMPORTED_AS.get(package, {package.replace("-", "_")})}
    used = {name.split(".")[0] for source in sources() for name, _ in imported(source)}
    assert used - known - {"app", "engines", "resources"} <= sys.stdlib_module_names


def test_everything_below_resources_is_package_data():
    assert PROJECT["tool"]["setuptools"]["package-data"]["resources"] == ["**/*"]
    kinds = {
        file.suffix for file in (ROOT / "resources").rglob("*") if file.is_file() and "__pycache__" not in file.parts
    }
    assert {".json", ".md", ".toml", ".svg"} <= kinds


@pytest.fixture
def check_display():
    spec = importlib.util.spec_from_file_location("check_display", ROOT / "packaging" / "check_display.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_missing_libraries_are_named_in_one_line_with_the_command(check_display, monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys, "argv", ["check_display"])
    monkeypatch.setattr(check_display, "loads", lambda library: "xcb" not in library.lower())
    assert check_display.main() == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "sudo apt-get install -y libx11-xcb1 libxcb-cursor0 libxcb-icccm4" in said
    monkeypatch.setattr(sys, "argv", ["check_display", "--offscreen"])
    assert check_display.main() == 0


def test_a_library_that_nobody_has_is_missing(check_display):
    assert check_display.missing({"libnobody1": "libnobody-has-this.so.1"}) == ["libnobody1"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no sh")
def test_scripts_are_sh():
    for script in (ROOT / "packaging").glob("*.sh"):
        ended = subprocess.run(["sh", "-n", str(script)], capture_output=True, text=True, timeout=20)
        assert ended.returncode == 0, ended.stderr
