"""Kernels with a name, and those that a person writes."""

from typing import Literal

import numpy as np

from engines.core.arrays import Floats
from engines.core.language import LearnerError
from engines.pictures.kernel_step import OWN

LARGEST = 7  # rows and columns
BIGGEST = 1000.0  # number in a kernel

Name = Literal[
    "identity", "vertical edges", "horizontal edges", "vertical Sobel", "horizontal Sobel", "Laplace",
    "box blur", "Gaussian blur", "sharpen", "emboss", "own numbers",
]  # fmt: skip
SIZED: tuple[Name, ...] = ("identity", "box blur", "Gaussian blur")  # these there are in every size

# Prewitt 1970; Sobel and Feldman 1968; the Laplacian as the difference of a pixel and its four neighbours.
FIXED: dict[str, tuple[tuple[int, ...], ...]] = {
    "vertical edges": ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)),
    "horizontal edges": ((-1, -1, -1), (0, 0, 0), (1, 1, 1)),
    "vertical Sobel": ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
    "horizontal Sobel": ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
    "Laplace": ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
    "sharpen": ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    "emboss": ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
}


def kernel_of(name: Name, size: int, numbers: str, channels: int) -> Floats:
    """Return a kernel: (channels, rows, columns) float64.

    name: one with a name is the same for every channel. size: of those that there are in every size. numbers: what a
    person wrote. LearnerError when that is no kernel for so many channels.
    """
    if name == OWN:
        return read_kernel(numbers, channels)
    if name in FIXED:
        part: Floats = np.array(FIXED[name], float)
    elif name == "identity":
        part = np.zeros((size, size))
        part[(size - 1) // 2, (size - 1) // 2] = 1
    elif name == "box blur":
        part = np.full((size, size), 1 / size**2)
    else:
        line: Floats = np.ones(1)
        for _ in range(size - 1):
            line = np.convolve(line, (1, 1))  # Pascal’s triangle: the nearest whole numbers to a bell
        part = np.outer(line, line) / line.sum() ** 2
    return np.repeat(part[None], channels, axis=0)


def read_kernel(text: str, channels: int) -> Floats:
    """Read ``1 0 -1; 2 0 -2; 1 0 -1``, with ``|`` between channels; ``1/9`` is a number too.

    One channel stands for all. LearnerError says what is wrong: not a number, a row of another length, the size.
    """
    slices = [[row.split() for row in part.strip(" ;").split(";")] for part in text.replace(",", " ").split("|")]
    lengths = {(len(part), len(row)) for part in slices for row in part}
    if len(lengths) != 1:
        raise LearnerError("All rows of the kernel must be equally long: write it like 1 0 -1; 2 0 -2; 1 0 -1.")
    rows, columns = lengths.pop()
    if not (0 < rows <= LARGEST and 0 < columns <= LARGEST):
        raise LearnerError(
            "The kernel has {rows} rows and {columns} columns; from 1 to {most} are possible.",
            rows=rows, columns=columns, most=LARGEST,
        )  # fmt: skip
    if len(slices) not in (1, channels):
        raise LearnerError(
            "The kernel has {parts} slices and the picture {channels} channels: write one slice, or one for each, "
            "with | between them.",
            parts=len(slices), channels=channels,
        )  # fmt: skip
    kernel: Floats = np.array([[[_number(word) for word in row] for row in part] for part in slices])
    return kernel if len(kernel) == channels else np.repeat(kernel, channels, axis=0)


def _number(word: str) -> float:
    """Return a number or a fraction; LearnerError for what is none."""
    above, _, below = word.replace("−", "-").partition("/")
    try:
        value = float(above) / float(below or 1)
    except (ValueError, ZeroDivisionError):
        value = float("nan")
    if not abs(value) <= BIGGEST:
        raise LearnerError(
            "“{word}” in the kernel is no number from −{most:.0f} to {most:.0f}.", word=word, most=BIGGEST
        )
    return value
