"""For every test: no real display, nothing left running behind."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("OMP_NUM_THREADS", "1")  # on a busy machine threads that wait for each other take far longer
os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.fonts=false")  # a bare machine may have no fonts of its own

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

SETTLE_SECONDS = 5.0  # what was told to end may take a moment to be gone


def python_threads() -> set[str]:
    """Threads begun by Python; a QThread that ran Python code leaves a dummy here, and is looked at as a QThread."""
    return {
        f"{thread.name} ({thread.ident})"
        for thread in threading.enumerate()
        if thread.is_alive() and not isinstance(thread, threading._DummyThread)
    }


def children() -> set[str]:
    found = set()
    for process in psutil.Process().children(recursive=True):
        try:
            command = " ".join(process.cmdline())
            if process.status() != psutil.STATUS_ZOMBIE and "resource_tracker" not in command:
                found.add(f"process {process.pid} {command[:120]}")
        except psutil.NoSuchProcess:
            continue
    return found


class RunningQThreads:
    """QThread objects of Python that are alive and running; Qt itself is not imported for this.

    To find them all objects of the process are looked at, which takes a tenth of a second once the heavy libraries are
    there: it is done anew only when the number of threads is another than at the last look.
    """

    def __init__(self) -> None:
        self._threads = -1
        self._found: set[str] = set()

    def __call__(self) -> set[str]:
        """Return them by name."""
        threads = psutil.Process().num_threads()
        if threads != self._threads:
            self._threads, self._found = threads, _running_qthreads()
        return self._found


running_qthreads = RunningQThreads()


def _running_qthreads() -> set[str]:
    core = sys.modules.get("PySide6.QtCore")
    if core is None:
        return set()
    import shiboken6

    return {
        f"{type(item).__name__} ({id(item)})"
        for item in gc.get_objects()
        if issubclass(type(item), core.QThread) and shiboken6.isValid(item) and item.isRunning()
    }


def leftovers(before: dict[str, set[str]], now: dict[str, Callable[[], set[str]]]) -> list[str]:
    """What runs now and did not run before; waits a moment for what is just ending."""
    end = time.monotonic() + SETTLE_SECONDS
    while True:
        left = [name for kind, look in now.items() for name in sorted(look() - before[kind])]
        if not left or time.monotonic() > end:
            return left
        threading.Event().wait(0.02)


@pytest.fixture(autouse=True)
def nothing_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread, a QThread or a process behind (session-wide ones were there before it)."""
    looks: dict[str, Callable[[], set[str]]] = {"thread": python_threads, "process": children}
    if "qapp" in request.fixturenames:
        looks["qthread"] = running_qthreads
    before = {kind: look() for kind, look in looks.items()}
    yield
    left = leftovers(before, looks)
    assert not left, f"left running: {left}"
