"""What a window works out, written with its numbers, and broken into lines that fit."""

import re

import numpy as np
from PySide6.QtGui import QFontMetricsF

from app.language import tr
from engines.pictures.kernel_step import KernelStep

CHANNELS = ("red", "green", "blue")
BREAKS = r"(?<=,) | (?=[+=])"  # a line ends after a comma, or before a sign


def figure(value: float) -> str:
    """Return a number with two decimals at most."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text.replace("-", "−")


def bracketed(value: float) -> str:
    """Return a number as it stands behind a sign: in brackets where it is below 0."""
    return f"({figure(value)})" if value < 0 else figure(value)


def channel_name(channel: int, channels: int) -> str:
    """Return what a channel is called: by its colour where there are three."""
    return tr(CHANNELS[channel]) if channels == len(CHANNELS) else tr("channel {number}", number=channel + 1)


def sums(step: KernelStep, row: int, column: int) -> list[str]:
    """Return what is worked out at a place, a line for each channel and one for the answer."""
    seen, _ = step.patch(row, column)
    answer = figure(float(step.result[row, column]))
    numbers = [figure(value) for value in seen.ravel().tolist()]
    if step.how == "relu":
        return [f"max(0, {numbers[0]}) = {answer}"]
    if step.how == "max":
        return [f"max({', '.join(numbers)}) = {answer}"]
    if step.how == "average":
        return [f"({' + '.join(map(bracketed, seen.ravel().tolist()))}) / {seen.size} = {answer}"]
    products = seen * step.kernel
    lines = [
        " + ".join(
            f"{figure(a)}·{bracketed(b)}" for a, b in zip(one.ravel().tolist(), two.ravel().tolist(), strict=True)
        )
        for one, two in zip(seen, step.kernel, strict=True)
    ]
    bias = f" + {bracketed(step.bias)}" if step.bias else ""
    if len(lines) == 1:
        return [f"{lines[0]}{bias} = {answer}"]
    parts: list[float] = products.sum((1, 2), dtype=np.float64).tolist()
    named = [f"{channel_name(k, len(lines))}: {line} = {figure(part)}"
             for k, (line, part) in enumerate(zip(lines, parts, strict=True))]  # fmt: skip
    return [*named, f"{' + '.join(map(bracketed, parts))}{bias} = {answer}"]


def broken(text: str, metrics: QFontMetricsF, width: float, most: int) -> list[str]:
    """Return a sum in at most ``most`` lines, broken before a sign; where there is no room its middle is left out."""
    words = re.split(BREAKS, text)
    wide = [metrics.horizontalAdvance(word) for word in words]
    space, dots = metrics.horizontalAdvance(" "), metrics.horizontalAdvance("…")
    if _count(wide, space, width) <= most:
        return _filled(words, wide, space, width)
    fewest, all_gone = 1, max(1, len(words) - 2)
    while fewest < all_gone:  # as few words are left out as will do
        gone = (fewest + all_gone) // 2
        half = (len(words) - gone) // 2
        if _count([*wide[:half], dots, *wide[half + gone :]], space, width) <= most:
            all_gone = gone
        else:
            fewest = gone + 1
    half = (len(words) - fewest) // 2
    kept, widths = [*words[:half], "…", *words[half + fewest :]], [*wide[:half], dots, *wide[half + fewest :]]
    return _filled(kept, widths, space, width)[: max(1, most)]


def _count(wide: list[float], space: float, width: float) -> int:
    """Return how many lines words of these widths fill."""
    lines, now = 1, -space
    for one in wide:
        if now > 0 and now + space + one > width:
            lines, now = lines + 1, one
        else:
            now += space + one
    return lines


def _filled(words: list[str], wide: list[float], space: float, width: float) -> list[str]:
    lines: list[list[str]] = [[]]
    now = -space
    for word, one in zip(words, wide, strict=True):
        if now > 0 and now + space + one > width:
            lines.append([])
            now = -space
        lines[-1].append(word)
        now += space + one
    return [" ".join(line) for line in lines]
