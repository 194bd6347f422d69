"""What has happened so far: every scalar of every step, and the frames that were drawn."""

import pickle
from bisect import bisect_left, bisect_right

import numpy as np

from engines.core.arrays import Floats
from engines.core.messages import Frame, Progress

BYTES = 96 * 2**20
ONE_BY_ONE = 1000  # up to this step each is worth computing again when nobody drew it; later that takes too long


class Timeline:
    """Steps 0 … last. Scalars are kept for all of them; frames within ``bytes_limit``, thinned evenly beyond it."""

    def __init__(self, bytes_limit: int = BYTES) -> None:
        self.bytes_limit = bytes_limit
        self.clear()

    def clear(self) -> None:
        """Forget everything: a new run begins."""
        self.names: tuple[str, ...] = ()
        self._values: Floats = np.zeros((64, 0))
        self._length = 0
        self._indices: list[int] = []
        self._frames: list[bytes] = []
        self._bytes = 0
        self._opened: Frame | None = None

    def __len__(self) -> int:
        return self._length

    @property
    def last(self) -> int:
        """The number of the newest step, -1 before the first."""
        return self._length - 1

    def add(self, progress: Progress) -> None:
        """Append the scalars, and the frame if there is one."""
        if progress.names and not self.names:
            self.names = progress.names
            self._values = np.full((64, len(self.names)), np.nan)
        end = progress.first + len(progress.values)
        if end > len(self._values):
            grown = np.full((max(end, 2 * len(self._values)), len(self.names)), np.nan)
            grown[: self._length] = self._values[: self._length]
            self._values = grown
        if len(progress.values):
            self._values[progress.first : end] = progress.values
        self._length = max(self._length, end)
        if progress.frame is not None:
            self.keep(progress.frame_index, progress.frame)

    def keep(self, index: int, frame: bytes) -> None:
        """Keep the pickled frame of one step, in the place of one that answers other questions."""
        place = bisect_left(self._indices, index)
        if place < len(self._indices) and self._indices[place] == index:
            self._bytes += len(frame) - len(self._frames[place])
            self._frames[place] = frame
            if self._opened is not None and self._opened.index == index:
                self._opened = None
            return
        self._indices.insert(place, index)
        self._frames.insert(place, frame)
        self._bytes += len(frame)
        while self._bytes > self.bytes_limit and len(self._indices) > 4:
            self._thin()

    def _thin(self) -> None:
        """Keep about half the frames, evenly spread over the steps; the first and the newest always stay."""
        stride = (self._indices[-1] - self._indices[0]) / (len(self._indices) / 2)
        keep = [0]
        for place in range(1, len(self._indices) - 1):
            if self._indices[place] - self._indices[keep[-1]] >= stride:
                keep.append(place)
        keep.append(len(self._indices) - 1)
        self._indices = [self._indices[place] for place in keep]
        self._frames = [self._frames[place] for place in keep]
        self._bytes = sum(len(frame) for frame in self._frames)

    def scalars(self, name: str) -> Floats:
        """Return one scalar at every step: (steps,), NaN where a step did not tell it; empty for an unknown name."""
        if name not in self.names:
            return np.zeros(0)
        return self._values[: self._length, self.names.index(name)]

    def scalars_at(self, index: int) -> dict[str, float]:
        """Return the scalars of one step by name; empty when there is no such step."""
        if not 0 <= index < self._length:
            return {}
        return dict(zip(self.names, self._values[index].tolist(), strict=True))

    # Frames

    def has(self, index: int) -> bool:
        """Whether the frame of exactly this step was drawn and kept."""
        place = bisect_left(self._indices, index)
        return place < len(self._indices) and self._indices[place] == index

    def nearest(self, index: int) -> Frame | None:
        """Return the newest kept frame that is not later than ``index``; the first one if all are later."""
        if not self._indices:
            return None
        place = max(0, bisect_right(self._indices, index) - 1)
        wanted = self._indices[place]
        if self._opened is None or self._opened.index != wanted:
            self._opened = pickle.loads(self._frames[place])  # noqa: S301 - written by our own engine process
        return self._opened

    def before(self, index: int) -> int:
        """Return the step before ``index``; late in a long run that of the newest kept frame before it."""
        if index <= ONE_BY_ONE:
            return max(0, index - 1)
        place = bisect_left(self._indices, index) - 1
        return self._indices[max(0, place)] if self._indices else 0

    def after(self, index: int) -> int:
        """Return the step after ``index``; late in a long run that of the first kept frame after it, or the last."""
        if index <= ONE_BY_ONE:
            return min(index + 1, self.last)
        place = bisect_right(self._indices, index)
        return self._indices[place] if place < len(self._indices) else self.last
