"""What being watched costs: the network's steps a second in the shown window, against the same run with no window."""

import multiprocessing
import statistics
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer

from app.window import MainWindow
from engines.core.messages import UNLIMITED, State
from tests.benchmarks.playground import experiment

SECONDS = 5.0
WARM_STEPS = 300


def bare(pipe: Any) -> None:
    """Run the generator with nobody watching; sends steps a second."""
    steps = experiment().start()
    for _ in range(WARM_STEPS):
        next(steps)
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        next(steps)
        count += 1
    pipe.send(count / (time.perf_counter() - began))


def bare_rate() -> float:
    """Steps a second with no window, in a fresh process with the same number of threads."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=bare, args=(theirs,))
    process.start()
    rate = float(ours.recv())
    process.join()
    return rate


class Watch(QObject):
    """Counts frames and the gaps between the ticks of a 60 Hz timer on the window's thread."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self.shown: set[int] = set()
        self._session = window.session
        self._last = time.perf_counter()
        self._timer = QTimer(self, interval=16, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._session.frame_shown.connect(self._count)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append(now - self._last)
        self._last = now

    def _count(self) -> None:
        if self._session.frame:
            self.shown.add(self._session.frame.index)


def watched(window: MainWindow) -> dict[str, float]:
    """Steps a second, frames a second and the 99th percentile of the tick gap in the shown window."""
    window.show_experiment(experiment(), "Benchmark", UNLIMITED)
    session = window.session
    wait(lambda: session.state is State.PAUSED)
    session.play()
    wait(lambda: session.timeline.last > WARM_STEPS)
    watch = Watch(window)
    began, first = time.perf_counter(), session.timeline.last
    wait(lambda: time.perf_counter() - began > SECONDS)
    seconds = time.perf_counter() - began
    steps = session.timeline.last - first
    session.pause()
    wait(lambda: session.state is State.PAUSED)
    gaps = sorted(watch.gaps)
    watch.deleteLater()
    return {
        "steps_per_s": steps / seconds,
        "frames_per_s": len(watch.shown) / seconds,
        "p99_gap_ms": 1000 * gaps[int(0.99 * len(gaps))],
    }


def wait(done: Callable[[], bool], seconds: float = 60.0) -> None:
    """Let the window live until ``done()``; TimeoutError after ``seconds``."""
    loop = QEventLoop()
    end = time.perf_counter() + seconds
    timer = QTimer(interval=5)
    timer.timeout.connect(lambda: loop.quit() if done() or time.perf_counter() > end else None)
    timer.start()
    loop.exec()
    timer.stop()
    if not done():
        raise TimeoutError


def measure(window: MainWindow, rounds: int = 3) -> dict[str, float]:
    """Alternate bare and watched runs; medians of ``rounds`` and the ratio of the medians."""
    bares, watches = [], []
    for _ in range(rounds):
        bares.append(bare_rate())
        watches.append(watched(window))
    result = {name: statistics.median(run[name] for run in watches) for name in watches[0]}
    result["bare_steps_per_s"] = statistics.median(bares)
    result["ratio"] = result["steps_per_s"] / result["bare_steps_per_s"]
    return result
