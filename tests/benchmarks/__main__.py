"""``python -m tests.benchmarks``: print every figure beside its aim and write ``bench.json``."""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import psutil
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from app.theme import theme
from app.window import MainWindow
from engines.core.lab import course
from engines.core.messages import State
from tests.benchmarks import classical, drawing, search, seeds, speed, start, vision, watching

MEGABYTE = 2**20


def memory(window: MainWindow) -> dict[str, float]:
    """Resident megabytes of the window's process and of the idle engine process with torch loaded."""
    engine = psutil.Process(window.runner.engine_process_id)
    return {
        "window_mb": psutil.Process().memory_info().rss / MEGABYTE,
        "engine_mb": engine.memory_info().rss / MEGABYTE,
    }


def answers(window: MainWindow) -> dict[str, float]:
    """The longest of several answers to pause, step and stop at full speed, in ms, for every engine of a lab."""
    worst: dict[str, float] = {}
    session, over = window.session, (State.RESTING, State.FINISHED)
    for key in {lab.engine_key: lab.key for chapter in course() for lab in chapter.labs if lab.engine_key}.values():
        window.open_lab(key)
        session.set_rate(float("inf"))
        watching.wait(lambda: session.state in (State.PAUSED, *over))
        for _ in range(5):
            session.reset()
            watching.wait(lambda: session.state in (State.PAUSED, *over))
            session.play()
            watching.wait(
                lambda: session.state in over or (session.state is State.PLAYING and session.timeline.last > 2)
            )
            for command, goal in ((session.pause, State.PAUSED), (session.forward, None), (session.stop, State.IDLE)):
                if session.state in over:
                    break
                before, began = session.timeline.last, time.perf_counter()
                command()
                watching.wait(
                    lambda goal=goal, before=before: (
                        session.state in over or (session.heard is goal if goal else session.timeline.last > before)
                    )
                )
                if session.state in over:  # it came to its end before it heard
                    break
                name = f"{session.engine.key}.{command.__name__}_ms"
                worst[name] = max(worst.get(name, 0.0), 1000 * (time.perf_counter() - began))
    return worst


def main() -> int:
    """Measure everything; 0 always, as a figure that is not reached is a fact and no failure."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    figures: dict[str, object] = {"start (ratio ≤ 1.6)": start.measure(), "speed (ratio ≥ 5)": speed.measure()}
    figures["seeds (64 at once: ratio ≤ 8, apart ≤ 1e-5)"] = seeds.measure()
    application = QApplication(sys.argv[:1])
    theme.install(application)
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(settings=QSettings(str(Path(folder) / "bench.ini"), QSettings.Format.IniFormat))
        window.resize(1440, 900)
        window.show()
        window.start()
        watching.wait(lambda: bool(window.session.device))
        figures["memory (≤ 250 and ≤ 700 MB)"] = memory(window)
        figures["watching (ratio ≥ 0.90, ≥ 45 frames/s, p99 ≤ 33 ms)"] = watching.measure(window)
        figures["stop (each ≤ 100 ms)"] = answers(window)
        figures["vision (plain ≥ 1.3, watching ≥ 0.90, p99 ≤ 33 ms, strokes ≤ 50 ms)"] = vision.measure(window)
        figures["drawing (a move among 10^6 points ≤ 16 ms)"] = drawing.measure(window)
        window.close()
    figures["search (24 trials)"] = search.measure()
    figures["classical (ours ÷ scikit-learn)"] = classical.measure()
    for name, values in figures.items():
        print(name)
        for key, value in values.items():  # type: ignore[attr-defined]
            print(f"    {key:32} {value:.3g}" if isinstance(value, float) else f"    {key:32} {value}")
    Path("bench.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
