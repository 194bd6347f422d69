"""``sandtable doctor``: is everything here that Sandtable needs? Nothing is asked of any network."""

import json
import math
import os
import platform
import sys
import time
from dataclasses import asdict
from importlib import metadata, resources
from typing import Any

from app.commands.progress import Progress
from app.session.engine_process import EngineProcess
from engines.core.messages import Ready
from engines.core.registry import discover
from engines.evaluation.devices import TOLERANCE, Compared, compare, networks

PACKAGES = (
    "sandtable", "PySide6_Essentials", "pyqtgraph", "numpy", "torch", "scikit-learn", "scipy", "pandas", "contourpy",
    "markdown-it-py", "ziamath",
)  # fmt: skip
PROCESS_SECONDS = 90.0  # the first import of torch on a slow disk
FONTS = (".ttf", ".otf", ".ttc")


def doctor(*, as_json: bool) -> int:
    """Print what was found; 0 when the window and the engines will work, else 1."""
    found = discover()
    process = _engine_process()
    report: dict[str, Any] = {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": {name: _version(name) for name in PACKAGES},
        "device": process["device"],
        "window": _window(),
        "fonts": sorted(_fonts()),
        "engine_process": process,
        "networks": [asdict(compared) | {"ok": compared.ok} for compared in _networks(process["device"] or "cpu")],
        "engines": {"found": list(found.engines), "failed": dict(found.failed)},
        "network": "not used",
    }
    report["ok"] = bool(
        process["ok"]
        and report["window"]["ok"]
        and found.engines
        and not found.failed
        and all(report["versions"].values())
        and all(network["ok"] for network in report["networks"])
    )
    if as_json:
        for network in report["networks"]:  # JSON knows no NaN
            network["difference"] = network["difference"] if math.isfinite(network["difference"]) else None
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        _print(report)
    return 0 if report["ok"] else 1


def _networks(device: str) -> list[Compared]:
    """Run a few steps of every network on the device and on the CPU."""
    found = networks()
    with Progress(len(found)) as progress:
        compared = []
        for count, engine in enumerate(found):
            progress.show(count, {})
            compared.append(compare(engine, device))
    return compared


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _fonts() -> list[str]:
    folder = resources.files("resources").joinpath("fonts")
    return [file.name for file in folder.iterdir() if file.name.endswith(FONTS)] if folder.is_dir() else []


def _window() -> dict[str, Any]:
    """Whether Qt can be loaded here, and whether there is a display for it."""
    display = not sys.platform.startswith("linux") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    try:
        from PySide6 import QtGui, QtWidgets  # noqa: F401 - loading them is the question
    except ImportError as error:  # a system library is missing: Qt names it
        return {"ok": False, "display": display, "problem": str(error)}
    return {"ok": True, "display": display, "problem": ""}


def _engine_process() -> dict[str, Any]:
    """Start the process that algorithms run in, as the window does; it answers at once, and again with the device."""
    began = time.perf_counter()
    answered, device = None, ""
    process = EngineProcess(warm=True)
    try:
        while process.connection.poll(max(0.0, began + PROCESS_SECONDS - time.perf_counter())):
            report = process.connection.recv()
            if isinstance(report, Ready):
                answered = answered or time.perf_counter() - began
                device = report.device
            if device:
                break
    except EOFError:
        pass
    finally:
        process.close()
    warm = round(time.perf_counter() - began, 2)
    return {"ok": bool(device), "device": device, "answers_after": round(answered or 0.0, 2), "warm_after": warm}


def _print(report: dict[str, Any]) -> None:
    process, window, engines = report["engine_process"], report["window"], report["engines"]
    print(f"Python {report['python']} on {report['platform']}")
    for name, version in report["versions"].items():
        print(f"  {name:<20}{version or 'not installed'}")
    display = "" if window["display"] else " (no display here: only `tour`, drawn offscreen)"
    print(f"Window          {'ok' + display if window['ok'] else 'Qt cannot be loaded: ' + window['problem']}")
    print(f"Fonts           {', '.join(report['fonts']) or 'none bundled'}")
    answer = f"answers after {process['answers_after']} s, ready after {process['warm_after']} s"
    print(f"Engine process  {answer if process['ok'] else 'does not answer'}")
    print(f"Device          {process['device'] or 'unknown'}")
    print(f"Networks        a few steps on {process['device'] or 'cpu'}, compared with the CPU's numbers")
    for network in report["networks"]:
        told = network["problem"] or f"apart by {network['difference']:.1e} (at most {TOLERANCE:g})"
        print(f"  {network['key']:<26}{'ok' if network['ok'] else 'not ok'}, {told}")
    print(f"Algorithms      {len(engines['found'])} found, {len(engines['failed'])} failed to load")
    for name, trace in engines["failed"].items():
        print(f"  {name}: {trace.strip().splitlines()[-1]}")
    print("Network         not used")
