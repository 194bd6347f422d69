"""A window that slides over a picture: what it sees, what is worked out from it, and where the answer goes."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from engines.core.arrays import Bools, Floats
from engines.core.picture import Picture

How = Literal["convolution", "relu", "max", "average"]
# The hyper-parameters that a person changes by typing into a kernel: the text with the numbers, and what says that they
# are to be used.
NUMBERS, CHOICE, OWN = "numbers", "kernel", "own numbers"
WINDOW = "window"  # the poke that puts the window elsewhere: (row, column) of the answer


@dataclass(frozen=True, eq=False)
class KernelStep(Picture):
    """One place of a sliding window.

    source: (channels, height, width) float32, what the window slides over, without the padding. kernel: (channels,
    rows, columns) float32; for all but a convolution only its size counts, not its numbers. result: (rows, columns)
    float32, all answers, of which the first ``done`` in reading order are known. at: row and column of the answer that
    the window is working on. stride, padding, dilation: in cells. bias: is added to each sum. source_reach: 0 where the
    source is a picture of numbers from 0 to 1 (one channel, or red, green, blue), else the number with the strongest
    colour. result_reach: that of the answers. editable: whether a person may change the kernel, by ``NUMBERS`` and
    ``CHOICE``.
    """

    source: Floats
    kernel: Floats
    result: Floats
    done: int
    at: tuple[int, int]
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    bias: float = 0.0
    how: How = "convolution"
    source_reach: float = 0.0
    result_reach: float = 1.0
    editable: bool = False

    @property
    def span(self) -> tuple[int, int]:
        """Over how many rows and columns the window reaches, gaps and all."""
        rows, columns = self.kernel.shape[1:]
        return self.dilation * (rows - 1) + 1, self.dilation * (columns - 1) + 1

    def corner(self, row: int, column: int) -> tuple[int, int]:
        """Return row and column of the source at the window's upper left; below 0 within the padding."""
        return row * self.stride - self.padding, column * self.stride - self.padding

    def patch(self, row: int, column: int) -> tuple[Floats, Bools]:
        """Return what the window sees, (channels, rows, columns), and which of it is padding, (rows, columns)."""
        top, left = self.corner(row, column)
        rows = top + self.dilation * np.arange(self.kernel.shape[1])
        columns = left + self.dilation * np.arange(self.kernel.shape[2])
        height, width = self.source.shape[1:]
        outside = ((rows < 0) | (rows >= height))[:, None] | ((columns < 0) | (columns >= width))[None]
        seen = self.source[:, rows.clip(0, height - 1)[:, None], columns.clip(0, width - 1)[None]]
        return np.where(outside, np.float32(0), seen), outside

    def known(self, row: int, column: int) -> bool:
        """Whether an answer is worked out already."""
        rows, columns = self.result.shape
        return 0 <= row < rows and 0 <= column < columns and row * columns + column < self.done

    def with_number(self, channel: int, row: int, column: int, value: float) -> "KernelStep":
        """Return the same with one number of the kernel changed; the answers are those of before."""
        kernel = self.kernel.copy()
        kernel[channel, row, column] = value
        return replace(self, kernel=kernel)

    @property
    def text(self) -> str:
        """The kernel as the text that ``NUMBERS`` takes."""
        return written(self.kernel)


def written(kernel: Floats) -> str:
    """Return a kernel, (channels, rows, columns), as a text: rows end with ``;``, channels with ``|``.

    Where all channels are alike one of them stands for all.
    """
    slices = kernel[:1] if (kernel == kernel[:1]).all() else kernel
    return " | ".join("; ".join(" ".join(f"{value:.4g}" for value in row) for row in part) for part in slices.tolist())
