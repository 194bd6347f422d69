"""How long until the window can be used, against a bare PySide6 + pyqtgraph window."""

import json
import os
import statistics
import subprocess
import sys

BARE = """
import time; began = time.perf_counter()
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
import pyqtgraph as pg
app = QApplication([])
window = QMainWindow(); window.setCentralWidget(pg.PlotWidget()); window.resize(1440, 900); window.show()
def ready():
    import os
    print(time.perf_counter() - began, flush=True); os._exit(0)
QTimer.singleShot(0, ready)
app.exec()
"""

OURS = """
import time; began = time.perf_counter()
import json, os, sys, tempfile
from app.__main__ import main
from app.opening import open_window
from PySide6.QtCore import QSettings, QTimer
app, window = open_window(QSettings(os.path.join(tempfile.mkdtemp(), "s.ini"), QSettings.Format.IniFormat))
def ready():
    heavy = [name for name in ("torch", "sklearn", "scipy", "pandas") if name in sys.modules]
    print(json.dumps([time.perf_counter() - began, heavy]), flush=True)
    os._exit(0)
QTimer.singleShot(0, lambda: QTimer.singleShot(0, ready))  # the window itself has asked to be started before
app.exec()
"""


def seconds(code: str) -> str:
    """Run ``code`` in a fresh interpreter and return what it printed."""
    environment = dict(os.environ, QT_QPA_PLATFORM=os.environ.get("QT_QPA_PLATFORM", "offscreen"))
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return done.stdout.strip().splitlines()[-1]


def measure(rounds: int = 7) -> dict[str, object]:
    """Alternate both; medians, the ratio, and which heavy modules the window has loaded (none is right)."""
    seconds(BARE), seconds(OURS)
    bare, ours, heavy = [], [], set()
    for _ in range(rounds):
        bare.append(float(seconds(BARE)))
        spent, modules = json.loads(seconds(OURS))
        ours.append(spent)
        heavy |= set(modules)
    first, second = statistics.median(ours), statistics.median(bare)
    return {"ratio": first / second, "window_s": first, "bare_s": second, "heavy_modules": sorted(heavy)}
