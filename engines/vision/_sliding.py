"""A window that slides over a picture: how often it fits, and what is worked out from what it sees."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.core.arrays import Floats
from engines.core.language import LearnerError, Note, say

Pool = Literal["max pooling", "average pooling", "none"]
POOLING: tuple[Pool, ...] = ("max pooling", "average pooling")


@dataclass(frozen=True)
class Window:
    """What slides.

    rows, columns: of cells that it sees. stride: cells from one place to the next. padding: cells of 0 added around
    the picture. dilation: from one cell that it sees to the next.
    """

    rows: int
    columns: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    def fits(self, height: int, width: int) -> tuple[int, int]:
        """Return how many places there are below each other and side by side; LearnerError when there is none."""
        down, across = self._fits(height, self.rows), self._fits(width, self.columns)
        if down < 1:
            raise LearnerError(self._too_large(height, self.rows, say("high")))
        if across < 1:
            raise LearnerError(self._too_large(width, self.columns, say("wide")))
        return down, across

    def _fits(self, side: int, size: int) -> int:
        """⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1."""
        return (side + 2 * self.padding - self.dilation * (size - 1) - 1) // self.stride + 1

    def worked_out(self, side: int, size: int) -> Note:
        """Return the formula for one side with its numbers."""
        return say(
            "⌊({side} + 2·{padding} − {dilation}·({size} − 1) − 1) / {stride}⌋ + 1 = {fits}",
            side=side, padding=self.padding, dilation=self.dilation, size=size, stride=self.stride,
            fits=self._fits(side, size),
        )  # fmt: skip

    def _too_large(self, side: int, size: int, way: Note) -> Note:
        return say(
            "The window does not fit even once: it reaches over {dilation}·({size} − 1) + 1 = {reach} cells, and with "
            "padding there are {side} + 2·{padding} = {room} cells {way}. Take a smaller window, less dilation, or "
            "more padding.",
            dilation=self.dilation, size=size, reach=self.dilation * (size - 1) + 1, side=side, padding=self.padding,
            room=side + 2 * self.padding, way=way,
        )  # fmt: skip


def convolved(source: Floats, kernel: Floats, window: Window, bias: float = 0.0) -> Floats:
    """Lay the kernel on every place, multiply cell by cell, add all up: as ``torch.nn.functional.conv2d`` does.

    source: (channels, height, width). kernel: (channels, rows, columns); it is not turned around. Returns (down,
    across). For every cell of the kernel all places are done at once: there are few cells and many places.
    """
    down, across = window.fits(*source.shape[1:])
    padded = np.pad(source, ((0, 0), (window.padding,) * 2, (window.padding,) * 2))
    answer = np.full((down, across), float(bias))
    for channel, row, column in zip(*np.nonzero(kernel), strict=True):
        answer += kernel[channel, row, column] * _under(padded[channel], int(row), int(column), window, down, across)
    return answer


def pooled(source: Floats, window: Window, kind: Pool) -> Floats:
    """Keep the largest number of every place, or the mean: (height, width) to (down, across)."""
    down, across = window.fits(*source.shape)
    cells = [(row, column) for row in range(window.rows) for column in range(window.columns)]
    answer = _under(source, 0, 0, window, down, across).copy()
    for row, column in cells[1:]:
        seen = _under(source, row, column, window, down, across)
        answer = np.maximum(answer, seen) if kind == "max pooling" else answer + seen
    return answer if kind == "max pooling" else answer / len(cells)


def rectified(source: Floats) -> Floats:
    """Set what is below 0 to 0: ReLU."""
    return np.maximum(source, 0.0)


def _under(padded: Floats, row: int, column: int, window: Window, down: int, across: int) -> Floats:
    """Return what one cell of the window sees at every place: (down, across)."""
    top, left, step = row * window.dilation, column * window.dilation, window.stride
    return padded[top : top + (down - 1) * step + 1 : step, left : left + (across - 1) * step + 1 : step]


def moved(pixels: Floats, right: int, down: int) -> Floats:
    """Move a picture, (channels, height, width), by whole cells; what comes in looks like its border.

    The middle value of the border comes in, so that a ground that is not black makes no edge of its own.
    """
    if not right and not down:
        return pixels
    channels, height, width = pixels.shape
    border = np.concatenate([pixels[:, 0], pixels[:, -1], pixels[:, :, 0], pixels[:, :, -1]], axis=1)
    made = np.empty_like(pixels)
    made[:] = np.median(border, axis=1).reshape(channels, 1, 1)
    rows, columns = slice(max(0, down), height + min(0, down)), slice(max(0, right), width + min(0, right))
    made[:, rows, columns] = pixels[:, max(0, -down) : height - max(0, down), max(0, -right) : width - max(0, right)]
    return made


def change_between(one: Floats, other: Floats) -> float:
    """Return how different two maps are: 0 the same, 1 nothing in common.

    The sum of all differences over the sum of all numbers of both, without signs.
    """
    size = np.abs(one).sum() + np.abs(other).sum()
    return float(np.abs(one - other).sum() / size) if size else 0.0
