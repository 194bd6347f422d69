"""Processes of this computer that make trials, each at the other end of a pipe."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from queue import SimpleQueue
from typing import Any

from engines.core.language import LearnerError, say
from engines.evaluation.trials import Finished, Lot, Search, attempt

LOOK_SECONDS = 0.02  # after which the caller may look around
TRIES = 2  # of a lot whose process is killed
DEATHS = 6  # in a row, without one finished trial: it is not the trials' fault
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
GIVEN_UP = say("its process was ended twice: perhaps there was not enough memory")


@dataclass
class Worker:
    """A process, our end of its pipe, and the trials it is at."""

    process: SpawnProcess
    connection: "Connection[Any, Any]"
    lot: Lot = ()


class Workers:
    """At most ``jobs`` processes. What a killed one was at is tried once more; the others do not notice."""

    def __init__(self, search: Search, jobs: int) -> None:
        self._search, self._jobs = search, jobs
        self._workers: list[Worker] = []
        self._tries: dict[int, int] = {}
        self._deaths = 0

    @property
    def process_ids(self) -> list[int]:
        """The processes that are there now."""
        return [worker.process.pid or 0 for worker in self._workers]

    def run(self, lots: Sequence[Lot]) -> Iterator[Finished | None]:
        """Yield trials as they are finished, None now and then. While nobody asks, no new lot is given out."""
        todo = deque(lots)
        while todo or self._busy:
            self._give_out(todo)
            found = self._collect(todo)
            yield from found or (None,)

    def close(self) -> None:
        """End all processes at once, whatever they are at."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            self._release(worker)
        self._workers = []

    @property
    def _busy(self) -> list[Worker]:
        return [worker for worker in self._workers if worker.lot]

    def _give_out(self, todo: "deque[Lot]") -> None:
        idle = [worker for worker in self._workers if not worker.lot]
        while todo and (idle or len(self._workers) < self._jobs):
            worker = idle.pop() if idle else self._begin()
            worker.lot = todo.popleft()
            try:
                worker.connection.send(worker.lot)
            except OSError:
                pass  # it has just ended: that is seen in a moment

    def _begin(self) -> Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(theirs,), daemon=True, name="trials")
        with having_children():
            process.start()
        theirs.close()
        try:
            ours.send(self._search)
        except OSError:
            pass  # as above
        self._workers.append(worker := Worker(process, ours))
        return worker

    def _collect(self, todo: "deque[Lot]") -> list[Finished]:
        """Return what has been finished since the last time; take note of who has ended."""
        busy = self._busy
        ready = wait([one for worker in busy for one in (worker.connection, worker.process.sentinel)], LOOK_SECONDS)
        found: list[Finished] = []
        for worker in busy:
            if worker.connection not in ready and worker.process.sentinel not in ready:
                continue
            try:
                if not worker.connection.poll():
                    raise EOFError
                found += worker.connection.recv()
                worker.lot, self._deaths = (), 0
            except (EOFError, OSError):
                found += self._lose(worker, todo)
        return found

    def _lose(self, worker: Worker, todo: "deque[Lot]") -> list[Finished]:
        """Put back the trials of a process that has ended; return them as given up when that was their second time."""
        lot = worker.lot
        worker.process.kill()
        self._release(worker)
        self._workers.remove(worker)
        self._deaths += 1
        if self._deaths > max(DEATHS, 2 * self._jobs):
            raise LearnerError("The processes that make the trials end at once: set the number of processes to 1.")
        self._tries[lot[0].index] = self._tries.get(lot[0].index, 0) + 1
        if self._tries[lot[0].index] >= TRIES:
            return [Finished(trial.index, (), GIVEN_UP) for trial in lot]
        todo.appendleft(lot)
        return []

    def _release(self, worker: Worker) -> None:
        worker.process.join()
        worker.process.close()
        worker.connection.close()


@contextmanager
def having_children() -> Iterator[None]:
    """Let a process that ends with its window have processes that end with it in turn.

    Python forbids it, as such children would outlive a parent that is killed; ours see that their pipe has closed.
    """
    this = multiprocessing.current_process()
    ends_with_parent = this.daemon
    if ends_with_parent:
        this.daemon = False
    try:
        yield
    finally:
        if ends_with_parent:
            this.daemon = True


# In the worker's process


def work(connection: "Connection[Any, Any]") -> None:
    """Make one lot after the other until the pipe closes; libraries get one thread, as there are several of us."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the one who began the search
    for name in THREADS:
        os.environ[name] = "1"  # for what is loaded later
    inbox: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_listen, args=(connection, inbox), daemon=True, name="listen").start()
    search = inbox.get()
    while True:
        connection.send(made(search, inbox.get()))


def _listen(connection: "Connection[Any, Any]", inbox: "SimpleQueue[Any]") -> None:
    """Collect what is sent; end the process when the other end is gone, whatever it is at."""
    try:
        while True:
            inbox.put(connection.recv())
    except (EOFError, OSError):
        os._exit(0)


def made(search: Search, lot: Lot) -> tuple[Finished, ...]:
    """Make the trials of a lot from beginning to end, in one thread."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        steps = attempt(search, lot)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return end.value
