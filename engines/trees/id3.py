"""ID3: a decision tree that grows by asking, again and again, the question after which the least is left uncertain.

Quinlan, "Induction of decision trees", Machine Learning 1, 1986. How uncertain the class is among some rows is their
entropy in bits. A question is a column of categories, with a branch for each label that is there among the training
rows; a row whose label nobody had there stops at that node and gets its majority.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal, cast

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.engine import Task, engine
from engines.core.forecast import forecast
from engines.core.language import LearnerError, Note, say
from engines.core.params import Param, Params
from engines.core.step import Change, Pictures, Step, Steps
from engines.data.table import Table
from engines.pictures.confusion import Confusion
from engines.pictures.tree import Candidates, Tree
from engines.trees._branching import Growth, Listener, entropy
from engines.trees._branching_words import Mean, leaf_text, node_text, place_of
from engines.trees._examples import Examples, examples_of

WEIGH, SPLIT, VISIT = "Weigh the next column", "Split by the column that gains most", "Go to the next node"
COST = 1e-7, 4e-5  # seconds for a row in a column at a node, and for a column at a node


@dataclass(frozen=True)
class ID3Params(Params):
    """How far the tree may grow, and in which order."""

    max_depth: Annotated[int, Param("Depth at most", low=1, high=30)] = 10
    min_samples_split: Annotated[int, Param("Rows needed to split", low=2, high=1000, log=True)] = 2
    order: Annotated[Literal["depth first", "breadth first"], Param("Order of the nodes")] = "depth first"
    pace: Annotated[Literal["every column", "every node"], Param("A step for", live=True)] = "every column"


@engine(
    title="ID3",
    task=Task.CLASSIFY,
    shows=(Tree, Candidates, Confusion),
    facts=("categories only, a branch for each label", "entropy in bits", "an unknown answer: the node’s majority"),
    sample="play_tennis",
)
def id3(data: Table, params: ID3Params, rng: np.random.Generator) -> Steps:
    """Ask the question that leaves the least entropy, then do the same with the rows of each answer."""
    while True:
        growth, listener = Growth(categories_of(data)), Listener(params)
        first = yield from grow(growth, listener)
        while not listener.data:
            note, drawn = grown(growth), partial(draw, growth, -1, *first)
            change = yield Step(note, growth.scalars(), drawn, rest=True)
            if not change:
                return growth.outcome()
            listener.edited(change)
        data, params = cast("Table", listener.data), listener.params


def grow(growth: Growth, listener: Listener) -> Generator[Step, Change | None, tuple[Floats, int]]:
    """Visit every node: let it be a leaf, or weigh the columns and split its rows by the best one.

    Returns what was weighed at the root, and the column that won there.
    """
    columns, caution = growth.examples.columns, forecast(seconds_for(growth.examples, listener.params))
    first = np.full((len(columns), 2), np.nan), -1
    todo = [(0, list(range(len(columns))))]  # nodes, and the columns that were not yet asked about on the way there
    while todo:
        node, free = todo.pop(-1 if listener.params.order == "depth first" else 0)
        table = np.full((len(columns), 2), np.nan)  # of each column, the entropy after it and the gain
        drawn, why = partial(draw, growth, node, table), why_leaf(growth, node, free, listener.params)
        note = leaf_text(growth, node, why) if why else node_text(growth, node)
        change = yield Step(note, growth.scalars(), drawn, then=VISIT if why else next_after(listener), caution=caution)
        if listener.edited(change):
            return first
        caution = forecast(0)
        if why:
            continue

        yield from weigh(growth, node, free, table, listener)
        if listener.data:
            return first
        best = winner(table)
        first = first if node else (table, best)
        children = split_by(growth, node, best)
        left = [column for column in free if column != best]
        todo += [(child, left) for child in (children[::-1] if listener.params.order == "depth first" else children)]
        note, drawn = split_note(growth, node, table[best, 1]), partial(draw, growth, node, table, best)
        change = yield Step(note, growth.scalars(), drawn, then=VISIT)
        if listener.edited(change):
            return first
    return first


def weigh(
    growth: Growth, node: int, free: Sequence[int], table: Floats, listener: Listener
) -> Generator[Step, Change | None, None]:
    """Write into the table what each column that is left would leave uncertain, and what it gains."""
    columns, classes = growth.examples.columns, len(growth.examples.classes)
    rows, _, y = growth.train(node)
    before = growth.nodes[node].impurity
    for column in free:
        counts = counted(columns[column].codes[rows], y, len(columns[column].labels), classes)
        bits, share = entropy(counts), counts.sum(1) / len(rows)
        after = float((share * bits).sum())
        table[column] = after, before - after
        if listener.params.pace == "every column":
            note = say(
                "{place}: gain of “{name}” = {before:.3f} − ({terms}) = {before:.3f} − {after:.3f} = {gain:.3f}",
                place=place_of(growth, node), name=columns[column].name, before=before,
                terms=Mean(tuple(tuple(row) for row in counts.tolist() if any(row))), after=after, gain=before - after,
            )  # fmt: skip
            then = SPLIT if column == free[-1] else WEIGH
            change = yield Step(note, growth.scalars(), partial(draw, growth, node, table), then=then)
            if listener.edited(change):
                return


def next_after(listener: Listener) -> str:
    """Return what comes when a node has been visited that is no leaf."""
    return WEIGH if listener.params.pace == "every column" else SPLIT


def why_leaf(growth: Growth, node: int, free: Sequence[int], params: ID3Params) -> Note | str:
    """Return why nothing more is asked at a node, empty when a question is to be found."""
    rows, _, _ = growth.train(node)
    if growth.nodes[node].impurity == 0:
        return say("all rows are of one class")
    if not any(np.ptp(growth.examples.columns[column].codes[rows]) for column in free):
        return say("no column is left that tells the rows apart")
    if growth.nodes[node].depth >= params.max_depth:
        return say("the tree may not grow deeper")
    if len(rows) < params.min_samples_split:
        return say("the rows are too few to be split")
    return ""


def counted(codes: Ints, y: Ints, labels: int, classes: int) -> Floats:
    """Return how many rows have each label and each class: (labels, classes)."""
    return np.bincount(codes * classes + y, minlength=labels * classes).reshape(labels, classes).astype(float)


def winner(table: Floats) -> int:
    """Return the column that gains most; of equal ones the first, whatever the last decimal says."""
    gains = np.nan_to_num(table[:, 1], nan=-1.0)
    return int(np.flatnonzero(gains >= gains.max() - 1e-12)[0])


def split_by(growth: Growth, node: int, column: int) -> list[int]:
    """Give the rows of a node to a child for each label that is there in training, and return the children."""
    asked = growth.examples.columns[column]
    trained, _, _ = growth.train(node)
    used = np.unique(asked.codes[trained])
    place = np.full(len(asked.labels), -1)
    place[used] = np.arange(len(used))
    answers = [asked.labels[code] for code in used.tolist()]
    return growth.split(node, asked.name, answers, place[asked.codes[growth.rows[node]]])


def categories_of(data: Table) -> Examples:
    """Return what is learned from, or raise LearnerError where it is not all categories that are known."""
    examples = examples_of(data)
    for column in examples.columns:
        if not column.coded:
            raise LearnerError(
                "ID3 asks about categories; “{name}” is a number: make it a category on the Data tab, or take C4.5.",
                name=column.name,
            )
        if column.missing.any():
            raise LearnerError(
                "“{name}” has missing values: fill them in or take the column out on the Data tab, or take C4.5.",
                name=column.name,
            )
    return examples


def seconds_for(examples: Examples, params: ID3Params) -> float:
    """Return about how long the run will take: each level looks at all rows, in as many nodes as there can be."""
    n, columns = int(examples.train.sum()), len(examples.columns)
    wide = float(np.mean([len(column.labels) for column in examples.columns]))
    nodes = sum(min(float(n), wide**depth) for depth in range(min(params.max_depth, columns)))
    return columns * (n * min(params.max_depth, columns) * COST[0] + nodes * COST[1])


# What is said and drawn


def split_note(growth: Growth, node: int, gain: float) -> Note:
    """Say which column won, and how many rows each answer got."""
    children = [growth.nodes[child] for child in growth.nodes[node].children]
    return say(
        "{place}: “{name}” gains most, {gain:.3f} bits, and splits the rows: {answers}",
        place=place_of(growth, node), name=growth.nodes[node].question, gain=gain,
        answers=", ".join(f"{child.answer}: {child.counts.sum():.0f}" for child in children),
    )  # fmt: skip


def grown(growth: Growth) -> Note:
    """Say how large the tree is, and whether rows came to an answer that was never seen."""
    note = say(
        "The tree is grown: {leaves} {leaves:leaf|leaves}, depth {depth}", leaves=growth.leaves, depth=growth.depth
    )
    if stayed := growth.stayed():
        return say(
            "{note}; {n} {n:row|rows} gave an answer that no training row gave: their node’s majority decides",
            note=note, n=stayed,
        )  # fmt: skip
    return note


def draw(growth: Growth, node: int, table: Floats, best: int = -1) -> Pictures:
    """Draw the tree, what was weighed at the node, and truth against prediction."""
    names = tuple(column.name for column in growth.examples.columns)
    heads = (say("Entropy after"), say("Gain"))
    candidates = Candidates(say("Column"), heads, names, table, best)
    return growth.tree(node), candidates, growth.confusion()
