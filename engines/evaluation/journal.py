"""Finished trials on the disk, so that a search that was ended goes on from there when it is begun again."""

import base64
import json
import math
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from engines.core.arrays import Ints
from engines.evaluation.trials import Finished, Search

MOST_JOURNALS = 40
MOST_BYTES = 64 * 2**20


def folder() -> Path:
    """Return where journals are kept: with what programs keep for a person and may lose."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "sandtable" / "searches"


class Journal:
    """One line of JSON for each finished trial of one search. What cannot be written or read is done without."""

    def __init__(self, search: Search, place: Path | None = None) -> None:
        self._search = search
        self._file = (place or folder()) / f"{search.digest}.jsonl"

    def read(self) -> dict[int, Finished]:
        """Return the finished trials by their index; a line that was cut off counts for nothing."""
        found: dict[int, Finished] = {}
        with suppress(OSError):
            if self._file.stat().st_size <= MOST_BYTES:
                for line in self._file.read_text(encoding="utf-8", errors="replace").splitlines():
                    finished = _read(line, len(self._search.folds))
                    if finished is not None and 0 <= finished.index < len(self._search.trials):
                        found[finished.index] = finished
        return found

    def add(self, finished: Finished) -> None:
        """Write down a trial, in one go; what could not be trained is tried again another time."""
        if finished.problem is not None:
            return
        tile = finished.tile
        line = {
            "trial": finished.index,
            "scores": list(finished.scores),
            "shape": list(tile.shape),
            "tile": base64.b64encode(np.ascontiguousarray(tile).tobytes()).decode(),
        }
        with suppress(OSError):
            if not self._file.exists():
                self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._tidy()
            with self._file.open("a", encoding="utf-8") as stream:
                stream.write("\n" + json.dumps(line) + "\n")  # a line that was cut off stays one of its own

    def remove(self) -> None:
        """Throw it away: nothing is left to go on with."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)

    def _tidy(self) -> None:
        """Keep the newest journals."""
        files = sorted(self._file.parent.glob("*.jsonl"), key=lambda file: file.stat().st_mtime)
        for file in files[: max(0, len(files) + 1 - MOST_JOURNALS)]:
            file.unlink(missing_ok=True)


def _read(line: str, folds: int) -> Finished | None:
    try:
        told: Mapping[str, Any] = json.loads(line)
        scores = tuple(float(score) for score in told["scores"])
        if len(scores) != folds or not all(map(math.isfinite, scores)) or not isinstance(told["trial"], int):
            return None
        return Finished(told["trial"], scores, None, _tile(told["tile"], told["shape"]))
    except (ValueError, TypeError, KeyError, OverflowError):
        return None


def _tile(text: str, shape: list[int]) -> Ints:
    values = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    if len(shape) != 3 or min(shape) < 0:
        raise ValueError("not the shape of a tile")
    return values.reshape(shape)
