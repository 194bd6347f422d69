"""The formulas of PCA with today's numbers in them."""

import numpy as np

from engines.core.arrays import Floats
from engines.core.language import Note, say
from engines.reduction._sight import DOWN, Sight, deviations

MOST = 4  # numbers of a vector, and lines of a matrix


def listed(values: Floats) -> str:
    """Return the first numbers of a vector (d,) in brackets."""
    shown = ", ".join(f"{value:.3g}".replace("-", "−") for value in values[:MOST].tolist())
    return f"({shown}, …)" if len(values) > MOST else f"({shown})"


def figure(value: float) -> str:
    """Return a number with a true minus."""
    return f"{value:.4g}".replace("-", "−")


def below(k: int) -> str:
    """Return a whole number from 1 on as an index."""
    return "".join(DOWN[int(digit)] for digit in str(k))


def mean_lines(sight: Sight) -> tuple[Note, ...]:
    """Return the mean of the first columns."""
    mean, n = sight.spread.mean, len(sight.features)
    names = sight.features.names[:MOST]
    sums = mean[:MOST] * n
    return tuple(
        say("mean({name}) = {total:.4g} ÷ {n} = {mean:.4g}", name=name, total=total, n=n, mean=value)
        for name, total, value in zip(names, sums.tolist(), mean[:MOST].tolist(), strict=True)
    )


def matrix_lines(sight: Sight) -> tuple[Note, ...]:
    """Return the covariance matrix line by line where it is small enough to be read."""
    spread, d = sight.spread, sight.features.x.shape[1]
    total = say("total variance = {total:.4g}", total=spread.total)
    if d > MOST or spread.wide:
        size = say("covariance = {d} × {d} numbers", d=d)
        if spread.wide:
            rows = say("worked out with = {n} × {n} numbers (the rows)", n=len(sight.features))
            return (size, rows, total)
        return (size, total)
    lines = [
        say("cov({name}, ·) = {row}", name=name, row=listed(row))
        for name, row in zip(sight.features.names, spread.matrix, strict=True)
    ]
    return (*lines, say("total variance = {sum} = {total:.4g}", total=spread.total, sum=" + ".join(
        f"{value:.3g}" for value in np.diag(spread.matrix).tolist())))  # fmt: skip


def start_lines(sight: Sight, k: int, variance: float) -> tuple[Note, ...]:
    """Return where power iteration begins."""
    return (
        say("v = {axis}", axis=listed(sight.axes[k])),
        say("variance along v = {variance:.4g}", variance=variance),
    )


def turn_lines(sight: Sight, k: int, length: float, turned: float, variance: float) -> tuple[Note, ...]:
    """Return one step of power iteration."""
    return (
        say("|C·v| = {length:.4g}", length=length),
        say("v ← C·v ÷ |C·v| = {axis}", axis=listed(sight.axes[k])),
        say("variance along v = {variance:.4g}", variance=variance),
        say("turned by = {turned:.2f}°", turned=turned),
    )


def axis_lines(sight: Sight, k: int, left: float) -> tuple[Note, ...]:
    """Return an axis that was found, and what its variance leaves."""
    share = float(sight.best[k]) / sight.spread.total
    name = below(k + 1)
    return (
        say("v{name} = {axis}", name=name, axis=listed(sight.axes[k])),
        say("λ{name} = {variance:.4g}", name=name, variance=float(sight.best[k])),
        say("share = {variance:.4g} ÷ {total:.4g} = {share:.1%}", variance=float(sight.best[k]),
            total=sight.spread.total, share=share),
        say("C ← C − λ·v·vᵀ: {left:.4g} is left", left=left),
    )  # fmt: skip


def row_lines(sight: Sight, *, whiten: bool) -> tuple[Note, ...]:
    """Return how the first row gets its new numbers."""
    row = sight.spread.seen(sight.features.x[:1])
    places = (row @ sight.axes.T)[0]
    lines = [say("row 1 − mean = {row}", row=listed(row[0]))]
    spreads = deviations(sight.best[: len(places)])
    for k, place in enumerate(places[:MOST].tolist()):
        if whiten:
            lines.append(say("t{name} = {place} ÷ {spread:.4g} = {result}", name=below(k + 1), place=figure(place),
                             spread=spreads[k], result=figure(place / spreads[k])))  # fmt: skip
        else:
            lines.append(say("t{name} = v{name} · (row 1 − mean) = {place}", name=below(k + 1), place=figure(place)))
    return tuple(lines)


def rebuilt_lines(sight: Sight) -> tuple[Note, ...]:
    """Return how a row is put together again, and what the axes that are left out would have told."""
    n, count = len(sight.features), sight.rebuilt
    left = max(0.0, sight.spread.total - float(sight.best[:count].sum()))
    terms = [f"t{below(k)}·v{below(k)}" for k in range(1, count + 1)]
    if count > 3:
        terms[1:-1] = ["…"]
    return (
        say("row ≈ mean + {terms}", terms=" + ".join(terms)),
        say("error = {left:.4g} · {before} ÷ {n} = {error:.4g}", left=left, before=n - 1, n=n, error=sight.error),
        say("left out = {share:.1%} of the variance", share=left / sight.spread.total),
    )
