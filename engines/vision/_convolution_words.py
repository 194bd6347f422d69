"""What is said of a place of the window, and the sizes with their numbers."""

import numpy as np

from engines.core.arrays import Floats
from engines.core.language import Note, say
from engines.vision._way import Stage, Way

MOST_TERMS = 9  # that are written out in a sentence


def figure(value: float) -> str:
    """Return a number with two decimals, without those that are 0."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "−")


def opening(way: Way) -> Note:
    """Say what slides over what, and how often it fits."""
    channels, height, width = way.worked.maps[Stage.PICTURE].shape
    rows, columns = way.worked.kernel.shape[1:]
    down, across = way.worked.maps[Stage.MAP].shape
    numbers = {"rows": rows, "columns": columns, "height": height, "width": width, "down": down, "across": across}
    if channels > 1:
        return say(
            "A kernel of three slices, {rows} × {columns} numbers each, slides over a colour picture of {height} × "
            "{width} pixels: it fits at {down} × {across} places",
            **numbers,
        )
    return say(
        "A kernel of {rows} × {columns} numbers slides over a grey picture of {height} × {width} pixels: it fits at "
        "{down} × {across} places",
        **numbers,
    )


def place_note(way: Way) -> Note:
    """Say what is worked out at the place of now, with its numbers."""
    row, column = way.place
    value = float(way.answers[row, column])
    if way.by_rows and not way.rests:
        line = way.answers[row]
        return say("Row {row}: {count} places at once, the answers lie from {low} to {high}",
                   row=row + 1, count=len(line), low=figure(line.min()), high=figure(line.max()))  # fmt: skip
    if way.stage is Stage.RELU:
        before = float(way.worked.before(Stage.RELU)[0, row, column])
        return say("Row {row}, column {column}: the larger of 0 and {before} is {value}",
                   row=row + 1, column=column + 1, before=figure(before), value=figure(value))  # fmt: skip
    seen = patch(way)
    if way.stage is Stage.MAP:
        return _sum_note(way, seen, value)
    written = ", ".join(map(figure, seen.ravel().tolist()))
    numbers = written if seen.size <= MOST_TERMS else say("{count} numbers", count=seen.size)
    known = {"row": row + 1, "column": column + 1, "numbers": numbers, "value": figure(value)}
    if way.params.pool == "average pooling":
        return say("Row {row}, column {column}: the mean of {numbers} is {value}", **known)
    return say("Row {row}, column {column}: the largest of {numbers} is {value}", **known)


def _sum_note(way: Way, seen: Floats, value: float) -> Note:
    """Say the sum of products; the whole of it where it is short. What is multiplied by 0 is left out."""
    row, column = way.place
    kernel = way.worked.kernel
    used = np.nonzero(kernel)
    terms = [f"{figure(a)}·{bracketed(b)}" for a, b in zip(seen[used].tolist(), kernel[used].tolist(), strict=True)]
    terms += [bracketed(way.params.bias)] if way.params.bias else []
    if 0 < len(terms) <= MOST_TERMS:
        return say("Row {row}, column {column}: {sum} = {value}",
                   row=row + 1, column=column + 1, sum=" + ".join(terms), value=figure(value))  # fmt: skip
    return say("Row {row}, column {column}: {count} products add up to {value}",
               row=row + 1, column=column + 1, count=seen.size, value=figure(value))  # fmt: skip


def patch(way: Way) -> Floats:
    """Return what the window sees at the place of now: (channels, rows, columns)."""
    window, source = way.worked.windows[way.stage], way.worked.before(way.stage)
    padded = np.pad(source, ((0, 0), (window.padding,) * 2, (window.padding,) * 2))
    row, column = (at * window.stride for at in way.place)
    rows = slice(row, row + window.dilation * (window.rows - 1) + 1, window.dilation)
    columns = slice(column, column + window.dilation * (window.columns - 1) + 1, window.dilation)
    return np.asarray(padded[:, rows, columns])


def bracketed(value: float) -> str:
    """Return a number, in brackets where it is below 0."""
    text = figure(value)
    return f"({text})" if value < 0 else text


def relu_note(way: Way) -> Note:
    """Say how many answers ReLU has set to 0."""
    before = way.worked.before(Stage.RELU)
    return say("ReLU: {below} of {all} answers were below 0 and are 0 now, the others stay",
               below=int((before < 0).sum()), all=before.size)  # fmt: skip


def resting_note(way: Way) -> Note:
    """Say what has come of the picture."""
    height, width = way.worked.maps[Stage.PICTURE].shape[1:]
    rows, columns = way.worked.maps[way.worked.stages[-1]].shape
    row, column = way.place
    return say(
        "{height} × {width} pixels have become {rows} × {columns} numbers; at row {row}, column {column} the answer is "
        "strongest: {value}",
        height=height, width=width, rows=rows, columns=columns, row=row + 1, column=column + 1,
        value=figure(float(way.worked.maps[Stage.MAP][row, column])),
    )  # fmt: skip


def size_lines(way: Way) -> tuple[Note, ...]:
    """Return how large the maps are and how much is to be worked out, line by line."""
    worked = way.worked
    channels, height, width = worked.maps[Stage.PICTURE].shape
    window, (down, across) = worked.windows[Stage.MAP], worked.maps[Stage.MAP].shape
    kernel = worked.kernel
    lines = [
        say("height of the map = {formula}", formula=window.worked_out(height, window.rows)),
        say("width of the map = {formula}", formula=window.worked_out(width, window.columns)),
    ]
    if Stage.POOLED in worked.maps:
        pool = worked.windows[Stage.POOLED]
        lines += [
            say("height when pooled = {formula}", formula=pool.worked_out(down, pool.rows)),
            say("width when pooled = {formula}", formula=pool.worked_out(across, pool.columns)),
        ]
    rows, columns = kernel.shape[1:]
    return (
        *lines,
        say("weights = {channels}·{rows}·{columns} + 1 = {count}", channels=channels, rows=rows, columns=columns,
            count=kernel.size + 1),
        say("products = {down}·{across}·{each} = {count}", down=down, across=across, each=kernel.size,
            count=down * across * kernel.size),
    )  # fmt: skip
