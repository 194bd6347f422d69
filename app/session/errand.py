"""A thread that sends one errand out to a process of its own and waits for it, so that the window does not."""

import multiprocessing
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import wait
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from engines.core.errand import Done, Refused, Told, carry_out
from engines.core.language import say

LOST = say("The work ended unexpectedly; nothing of yours has changed.")


class Errand(QThread):
    """``told(share, Note)`` on the way (share -1: unknown), then one of ``done(result)`` and ``failed(Note)``.

    work: a function of a module, called with ``arguments`` and ``tell=``. After ``cancel`` nothing more is told. Keep a
    reference until ``finished``.
    """

    told = Signal(float, object)
    done = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None, work: Callable[..., Any], *arguments: Any) -> None:
        super().__init__(parent)
        self.traceback = ""
        self._work, self._arguments = work, arguments
        self._cancelled = False
        self._stop_reader, self._stop_writer = multiprocessing.Pipe(duplex=False)

    def cancel(self) -> None:
        """End the process and the thread; returns when both are gone."""
        if not self._cancelled:
            self._cancelled = True
            self._stop_writer.send_bytes(b"")
        self.wait()

    def run(self) -> None:
        """Send the errand out and wait for what it brings back."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=carry_out, args=(theirs, self._work, self._arguments), daemon=True)
        process.start()
        theirs.close()
        try:
            self._listen(ours, process)
        finally:
            process.kill()
            process.join()
            with suppress(ValueError):  # another thread that starts a process may just be reaping this one
                process.close()
            ours.close()

    def _listen(self, ours: Any, process: Any) -> None:
        while True:
            ready = wait([ours, self._stop_reader])
            if self._stop_reader in ready:
                return
            try:
                report = ours.recv()
            except (EOFError, OSError):
                report = Refused(LOST)
            if self._cancelled:
                return
            match report:
                case Told(share, note):
                    self.told.emit(share, note)
                case Done(result):
                    self.done.emit(result)
                    return
                case Refused(note, trace):
                    self.traceback = trace
                    self.failed.emit(note)
                    return
