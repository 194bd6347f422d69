"""Opens the window, so that it can be used as soon as may be."""

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import engines.core.lab  # noqa: F401 - numpy and the contract before Qt: with Qt there every import takes longer

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from app.window import MainWindow


def open_window(settings: "QSettings | None" = None) -> "tuple[QApplication, MainWindow]":
    """Put the window on the screen; what it shows comes with the first turn of the loop.

    Nothing that is made on the way is garbage, so none is looked for; and as all of it stays until the end, it is not
    looked through again later either, which would hold the window up for some tens of milliseconds each time.
    """
    gc.disable()
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from app.theme import theme
    from app.window import MainWindow

    application = QApplication(sys.argv[:1])
    application.setApplicationName("Sandtable")
    theme.install(application, sheet=False)
    window = MainWindow(settings=settings)
    theme.finish()
    window.show()
    QTimer.singleShot(0, window.start)
    QTimer.singleShot(0, _collect_again)
    return application, window


def _collect_again() -> None:
    gc.freeze()
    gc.enable()


def run(file: Path | None = None) -> int:
    """Show the window, with an experiment if a file is named, until it is closed; return the exit code."""
    from PySide6.QtCore import QTimer

    application, window = open_window()
    if file is not None:
        QTimer.singleShot(0, lambda: window.actions_.open_file(file))
    return application.exec()
