"""A Dask cluster that makes trials: the only part of Sandtable that uses a network, and only where one is named."""

import logging
import re
from collections.abc import Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

from engines.core.language import LearnerError, say
from engines.evaluation._workers import LOOK_SECONDS, made
from engines.evaluation.trials import Finished, Lot, Search

ADDRESS = re.compile(r"(tcp|tls)://([\w.-]+|\[[0-9a-fA-F:.]+\]):[0-9]{1,5}")
CONNECT_SECONDS = 5.0
EACH = 2  # lots that lie ready for each thread of the cluster


class Cluster:
    """A scheduler and whoever works for it. Dask itself runs again what a killed worker was at."""

    def __init__(self, search: Search, address: str) -> None:
        if not ADDRESS.fullmatch(address):
            raise LearnerError(
                "“{address}” is no address of a Dask scheduler: it is written as tcp://computer:8786.", address=address
            )
        try:
            from dask.distributed import Client
        except ImportError:
            raise LearnerError(
                "A search on a cluster needs Dask, which is not here: pip install 'sandtable[cluster]'."
            ) from None
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is told in a sentence
        self._search, self._address = search, address
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError, ImportError) as error:
            raise LearnerError(
                "No Dask scheduler answers at “{address}”: is it running, and can it be reached? ({reason})",
                address=address, reason=_first_line(error),
            ) from None  # fmt: skip
        self._pending: dict[str, Any] = {}

    def run(self, lots: Sequence[Lot]) -> Iterator[Finished | None]:
        """Yield trials as they are finished, None now and then. While nobody asks, no new lot is given out."""
        todo = list(reversed(lots))
        done: SimpleQueue[Any] = SimpleQueue()
        by_key: dict[str, Lot] = {}
        name = f"sandtable-{uuid4().hex[:12]}"
        room = EACH * self._threads()
        search = self._client.submit(_same, self._search, key=f"{name}-search") if todo else None
        while todo or self._pending:
            while todo and len(self._pending) < room:
                lot = todo.pop()
                future = self._client.submit(made, search, lot, key=f"{name}-{lot[0].index}")
                by_key[future.key], self._pending[future.key] = lot, future
                future.add_done_callback(done.put)
            try:
                future = done.get(timeout=LOOK_SECONDS)
            except Empty:
                self._check()
                yield None
                continue
            del self._pending[future.key]
            yield from self._finished(future, by_key[future.key])

    def close(self) -> None:
        """Call off what is not begun, and leave; what a worker is at it brings to its end, for nobody."""
        try:
            self._client.cancel(list(self._pending.values()), force=True)
            self._client.close(timeout=1)
        except (OSError, RuntimeError):
            pass  # the scheduler has gone before us
        self._pending = {}

    def _threads(self) -> int:
        """Return how many lots the cluster makes at once."""
        try:
            self._client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except OSError:
            raise LearnerError(
                "The Dask scheduler at “{address}” has no workers: start some with dask worker {address}.",
                address=self._address,
            ) from None
        return sum(self._client.nthreads().values())

    def _check(self) -> None:
        if self._client.status != "running":
            raise self._gone()

    def _finished(self, future: Any, lot: Lot) -> tuple[Finished, ...]:
        if future.status == "finished":
            return future.result()
        self._check()
        if future.status in ("cancelled", "lost"):
            raise self._gone()
        error = future.exception()
        if isinstance(error, ModuleNotFoundError):
            raise LearnerError(
                "The workers of the cluster have no Sandtable: install the same version on their computers ({reason}).",
                reason=_first_line(error),
            )  # fmt: skip
        problem = say("the cluster could not make it: {reason}", reason=_first_line(error))
        return tuple(Finished(trial.index, (), problem) for trial in lot)

    def _gone(self) -> LearnerError:
        return LearnerError(
            "The Dask scheduler at “{address}” does not answer any more. Finished trials are kept.",
            address=self._address,
        )


def _same(search: Search) -> Search:
    """Return it: a task that can be run again where the worker that held its result is lost."""
    return search


def _first_line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:200]
