"""How k nearest neighbours is drawn: links, bars, and the calculation with the numbers put in."""

import numpy as np

from engines.classification._figures import after_sign, figure
from engines.classification._neighbours import Memory, distances_to, vote_weights
from engines.core.arrays import Floats
from engines.core.language import Note, say
from engines.data.features import Features
from engines.evaluation.words import class_name, listed
from engines.pictures.bars import Bars
from engines.pictures.links import Links
from engines.pictures.workings import Workings

MOST_LINKS = 400
MOST_LINES = 7  # of neighbours in the calculation


class Votes(Bars):
    """What the neighbours said."""

    title = "Votes"


def linked(memory: Memory, query: Floats, stage: str) -> Links:
    """Return the lines on the plane, the first two columns, from the query to those that were measured, or taken."""
    rows, strengths = np.zeros(0, int), np.zeros(0)
    answer = -1
    if stage == "measured":
        far = distances_to(query, memory.x, memory.metric)
        rows = np.argsort(far, kind="stable")[:MOST_LINKS]
        strengths = np.full(len(rows), 0.25)
    elif stage in ("taken", "voted"):
        distances, found = memory.find(query[None])
        rows, weights = found[0], vote_weights(distances, memory.weights)[0]
        strengths = np.maximum(0.15, weights / weights.max())
        answer = int(memory.votes((distances, found)).argmax()) if stage == "voted" else -1
    ends = np.hstack([np.tile(query[:2], (len(rows), 1)), memory.x[rows, :2]])
    return Links(ends, strengths, memory.y[rows], query[None, :2], answer)


def workings(memory: Memory, query: Floats, stage: str, names: tuple[str, ...]) -> tuple[Votes, Workings]:
    """Return the votes as bars and as a calculation, as far as they have been asked."""
    if stage in ("remembered", "measured"):
        return Votes((), np.zeros((1, 0))), Workings(())
    distances, rows = memory.find(query[None])
    by_distance, weights = memory.weights == "distance", vote_weights(distances, memory.weights)[0]
    lines = nearest_first(memory, query, int(rows[0, 0]))
    for place in range(min(MOST_LINES, memory.k)):
        row, far, weight = rows[0, place], distances[0, place], weights[place]
        values = {"k": place + 1, "d": far, "w": weight, "name": names[memory.y[row]]}
        if by_distance and far:
            lines.append(say("d{k} = {d:.3f} → {name}: 1 ÷ {d:.3f} = {w:.3f}", **values))
        else:
            lines.append(say("d{k} = {d:.3f} → {name}", **values))
    if memory.k > MOST_LINES:
        lines.append(say("and {count} more", count=memory.k - MOST_LINES))
    if stage == "taken":
        return Votes((), np.zeros((1, 0))), Workings(tuple(lines))
    votes = memory.votes((distances, rows))[0]
    won, total = int(votes.argmax()), votes.sum()
    lines.append(
        say("p({name}) = {won:.4g} ÷ {total:.4g} = {share:.3f}", name=names[won], won=votes[won], total=total,
            share=votes[won] / total)
    )  # fmt: skip
    return Votes(names, votes[None], by_class=True), Workings(tuple(lines), len(lines) - 1)


def nearest_first(memory: Memory, query: Floats, row: int) -> list[Note]:
    """Return how the distance to the nearest training point is measured, where it has two coordinates."""
    if len(query) != 2:
        return []
    a, b = (figure(value, 2) for value in query.tolist())
    x, y = (after_sign(value, 2) for value in memory.x[row].tolist())
    far = float(distances_to(query, memory.x[row : row + 1], memory.metric)[0])
    values = {"a": a, "b": b, "x": x, "y": y, "d": far}
    if memory.metric == "euclidean":
        return [say("d1 = √(({a} − {x})² + ({b} − {y})²) = {d:.3f}", **values)]
    if memory.metric == "manhattan":
        return [say("d1 = |{a} − {x}| + |{b} − {y}| = {d:.3f}", **values)]
    return [say("d1 = max(|{a} − {x}|, |{b} − {y}|) = {d:.3f}", **values)]


def counted(votes: Floats, features: Features) -> Note:
    """Say who got what, most first."""
    order = np.argsort(-votes, kind="stable")
    return listed([
        say("{count:.4g} for {name}", count=float(votes[k]), name=class_name(features, k))
        for k in order.tolist() if votes[k] > 0
    ])  # fmt: skip


def spread_out(surface: Floats, rows: int, columns: int) -> Floats:
    """Return a coarse surface (classes, r, c) with each of its cells cut into several: (classes, rows, columns)."""
    down = np.arange(rows) * surface.shape[1] // rows
    across = np.arange(columns) * surface.shape[2] // columns
    return surface[:, down[:, None], across]
