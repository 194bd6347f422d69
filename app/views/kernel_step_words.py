"""What a window works out, written with its numbers, and broken into lines that fit."""

import numpy as np
from PySide6.QtGui import QFontMetricsF

from app.language import tr
from engines.pictures.kernel_step import KernelStep

CHANNELS = ("red", "green", "blue")


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
    words = text.split(" ")
    lines = _filled(words, metrics, width)
    gone = 0
    while len(lines) > most and gone < len(words) - 6:
        gone += 1
        half = (len(words) - gone) // 2
        lines = _filled([*words[:half], "…", *words[half + gone :]], metrics, width)
    return lines[: max(1, most)]


def _filled(words: list[str], metrics: QFontMetricsF, width: float) -> list[str]:
    lines, now = [], ""
    for word in words:
        longer = f"{now} {word}" if now else word
        if now and metrics.horizontalAdvance(longer) > width:
            lines.append(now)
            now = word
        else:
            now = longer
    return [*lines, now]
