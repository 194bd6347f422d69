"""The other end of ``engines.host``: one engine process and the pipe to it."""

import multiprocessing
import os
from contextlib import suppress
from multiprocessing.connection import Connection

from engines.core.messages import Command, Report
from engines.host import serve

CLOSE_SECONDS = 0.5


class EngineProcess:
    """A spawned process that runs experiments. Ends by itself when the pipe closes, by force when it does not."""

    def __init__(self, *, warm: bool) -> None:
        context = multiprocessing.get_context("spawn")
        # The engine gets all cores but one, which stays with the window; read once when numpy and torch are loaded.
        threads = str(max(1, (os.cpu_count() or 2) - 1))
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ.setdefault(name, threads)
        ours, theirs = context.Pipe()
        self.connection: Connection[Command, Report] = ours
        self.process = context.Process(target=serve, args=(theirs,), kwargs={"warm": warm}, daemon=True, name="engine")
        self.process.start()
        theirs.close()

    def send(self, command: Command) -> None:
        """Send a command; silent when the process is gone: its end is reported through the sentinel."""
        try:
            self.connection.send(command)
        except OSError:
            pass

    def close(self) -> None:
        """End the process: ask by closing the pipe, then kill."""
        self.connection.close()
        self.process.join(CLOSE_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End the process now and release its handles."""
        if self.process.is_alive():
            self.process.kill()
        self.process.join()
        with suppress(ValueError):  # a thread that starts a process of its own may just be reaping this one
            self.process.close()
        self.connection.close()
