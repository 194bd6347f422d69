"""One line on standard error that tells how far a run is; nothing at all where nobody watches."""

import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

SECONDS_BETWEEN = 0.1
BAR = 24


class Progress:
    """A line that is written over: a bar when the number of steps is known, then the first numbers."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._watched = sys.stderr.isatty()
        self._next = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watched and self._next:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def show(self, count: int, scalars: Mapping[str, float]) -> None:
        """Tell the step number, at most ten times a second."""
        if not self._watched or (now := time.perf_counter()) < self._next:
            return
        self._next = now + SECONDS_BETWEEN
        numbers = "  ".join(f"{name} {value:.4g}" for name, value in list(scalars.items())[:3])
        sys.stderr.write(f"\r\x1b[K{self._bar(count)}  {numbers}")
        sys.stderr.flush()

    def _bar(self, count: int) -> str:
        if not self._most:
            return f"step {count}"
        filled = BAR * count // self._most
        return f"[{'█' * filled}{'·' * (BAR - filled)}] {count}/{self._most}"
