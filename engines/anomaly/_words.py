"""The formulas of the bell with today's numbers in them."""

import numpy as np

from engines.core.arrays import Bools, Floats
from engines.core.language import Note, say
from engines.data.features import Features

MOST = 3  # numbers of a vector, and lines of a matrix


def figure(value: float, digits: int = 4) -> str:
    """Return a number with a true minus."""
    return f"{value:.{digits}g}".replace("-", "−")


def listed(values: Floats) -> str:
    """Return the first numbers of a vector (d,), in brackets where there are several."""
    if len(values) == 1:
        return figure(float(values[0]))
    shown = ", ".join(figure(value, 3) for value in values[:MOST].tolist())
    return f"({shown}, …)" if len(values) > MOST else f"({shown})"


def mean_lines(features: Features, x: Floats, middle: Floats, estimate: str) -> tuple[Note, ...]:
    """Return the middle of the first columns."""
    lines = []
    for place, name in enumerate(features.names[:MOST]):
        value = figure(float(middle[place]))
        if estimate == "classical":
            total = figure(float(middle[place]) * len(x), 6)
            lines.append(say("mean({name}) = {total} ÷ {n} = {value}", name=name, total=total, n=len(x), value=value))
        else:
            lines.append(say("middle({name}) = {value}", name=name, value=value))
    return tuple(lines)


def spread_lines(features: Features, x: Floats, middle: Floats, spread: Floats, estimate: str) -> tuple[Note, ...]:
    """Return the variance of one column, or the first lines of the covariance matrix."""
    if len(spread) > 1:
        names = features.names[:MOST]
        return tuple(
            say("S({name}, ·) = {row}", name=name, row=listed(row)) for name, row in zip(names, spread, strict=False)
        )
    sigma = float(np.sqrt(spread[0, 0]))
    if estimate == "robust":
        gap = float(np.median(np.abs(x - middle)))
        return (
            say("median |x − m| = {gap}", gap=figure(gap)),
            say("σ = 1.4826 · {gap} = {sigma}", gap=figure(gap), sigma=figure(sigma)),
        )
    return (
        say("σ² = Σ (x − m)² ÷ n = {total} ÷ {n} = {variance}", total=figure(float(spread[0, 0]) * len(x)), n=len(x),
            variance=figure(float(spread[0, 0]))),
        say("σ = {sigma}", sigma=figure(sigma)),
    )  # fmt: skip


def far_lines(features: Features, middle: Floats, spread: Floats, distance: float, row: int) -> tuple[Note, ...]:
    """Return how the distance of the farthest row is worked out."""
    x = features.x[row]
    if len(x) == 1:
        sigma = figure(float(np.sqrt(spread[0, 0])))
        way = f"({figure(float(x[0]))} − {figure(float(middle[0]))})"
        return (say("z = (x − m) ÷ σ = {way} ÷ {sigma} = {z}", way=way, sigma=sigma, z=figure(distance)),)
    return (
        say("x = {x}", x=listed(x)),
        say("x − m = {way}", way=listed(x - middle)),
        say("D² = (x − m)ᵀ S⁻¹ (x − m) = {square}", square=figure(distance**2)),
        say("D = {distance} σ", distance=figure(distance)),
    )


def flag_lines(threshold: float, usual: float, flagged: Bools) -> tuple[Note, ...]:
    """Return how many would be flagged if all rows came from a bell, and how many are."""
    n = len(flagged)
    return (
        say("a bell = {usual:.2%} beyond {threshold} σ", usual=usual, threshold=figure(threshold, 3)),
        say("expected ≈ {expected} of {n} rows", expected=figure(usual * n, 3), n=n),
        say("flagged = {count}", count=int(np.count_nonzero(flagged))),
    )
