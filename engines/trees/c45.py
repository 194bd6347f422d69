"""C4.5: ID3 for the real world, with numbers, missing values, fairness to columns of few labels, and pruning.

Quinlan, "C4.5: Programs for machine learning", 1993. The question is chosen by gain ratio among those that gain at
least the average; a number is asked whether it is at most a threshold, halfway between two values; a row without an
answer goes down every branch in part; branches that would err as often as a leaf on rows not seen are cut off. Left
out: raising a branch into its parent's place, grouping of labels, rules, the penalty on thresholds of release 8.
"""

from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal

import numpy as np

from engines.core.engine import Task, engine
from engines.core.forecast import forecast
from engines.core.language import Note, say
from engines.core.params import Param, Params
from engines.core.step import Change, Step, Steps
from engines.data.points import Points
from engines.data.table import Table
from engines.pictures.confusion import Confusion
from engines.pictures.splits import Splits
from engines.pictures.surface import Surface
from engines.pictures.tree import Candidates, Tree
from engines.trees._branching import SHARED, STAYS, Growth, Listener
from engines.trees._branching_words import leaf_text, node_text
from engines.trees._c45_pictures import draw, draw_pruning, examples_from
from engines.trees._c45_words import grown, prune_text, split_text, weighed
from engines.trees._expected_errors import expected_errors
from engines.trees._gain_ratio import Question, best_of, questions

WEIGH, SPLIT, VISIT = "Weigh the next column", "Split by the best question", "Go to the next node"
PRUNE = "Compare the next branches with a leaf"
First = tuple[list[Question], int]
COST = 1.2e-7, 2.5e-5  # measured: seconds for a row in a column on a level, and for a column at a node


@dataclass(frozen=True)
class C45Params(Params):
    """How questions are chosen, when to stop, and how wary to be of branches."""

    criterion: Annotated[Literal["gain ratio", "gain"], Param("Choose by")] = "gain ratio"
    max_depth: Annotated[int, Param("Depth at most", low=1, high=50)] = 20
    min_samples_leaf: Annotated[
        int, Param("Rows a branch needs", low=1, high=1000, log=True, help="Two branches at least must have so many.")
    ] = 2
    prune: Annotated[bool, Param("Cut branches off")] = True
    confidence: Annotated[
        float, Param("Confidence CF", low=0.001, high=0.5, log=True, help="Smaller: fewer branches stay.",
                     only_if=("prune", (True,))),
    ] = 0.25  # fmt: skip
    order: Annotated[Literal["depth first", "breadth first"], Param("Order of the nodes")] = "depth first"
    pace: Annotated[Literal["every column", "every node"], Param("A step for", live=True)] = "every column"


@engine(
    title="C4.5",
    task=Task.CLASSIFY,
    shows=(Surface, Splits, Tree, Candidates, Confusion),
    facts=("no scaling: a tree does not need it", "entropy in bits", "thresholds halfway between two values",
           "missing values: a part down every branch", "branches are cut off, none is raised"),
    prepared=(Points,),
)  # fmt: skip
def c45(data: Points | Table, params: C45Params, rng: np.random.Generator) -> Steps:
    """Ask the question with the best gain ratio, again on every branch; then cut off what errs no less than a leaf."""
    while True:
        growth, listener = Growth(examples_from(data)), Listener(params)
        first = yield from grow(growth, listener, data)
        full = growth.leaves
        if params.prune and not listener.data:
            yield from prune(growth, listener, data)
        while not listener.data:
            drawn = partial(draw, growth, data, first[0], -1, first[1])
            change = yield Step(grown(growth, full), growth.scalars(), drawn, rest=True)
            if not change:
                return growth.outcome()
            listener.edited(change)
        if isinstance(listener.data, Points | Table):
            data, params = listener.data, listener.params


def grow(growth: Growth, listener: Listener, data: Points | Table) -> Generator[Step, Change | None, First]:
    """Visit every node: let it be a leaf, or weigh the columns and split its rows by the best question.

    Returns what was weighed at the root, and the place of the question that won there.
    """
    first: First = [], -1
    todo, caution = [0], forecast(seconds_for(growth, listener.params))
    while todo:
        node = todo.pop(-1 if listener.params.order == "depth first" else 0)
        asked: list[Question] = []
        why = why_leaf(growth, node, listener.params)
        note = leaf_text(growth, node, why) if why else node_text(growth, node)
        drawn = partial(draw, growth, data, asked, node)
        change = yield Step(note, growth.scalars(), drawn, then=VISIT if why else next_after(listener), caution=caution)
        if listener.edited(change):
            return first
        caution = forecast(0)
        if why:
            continue

        yield from weigh(growth, node, asked, listener, data)
        if listener.data:
            return first
        best = best_of(asked, listener.params.criterion)
        first = first if node else (asked, best)
        if best >= 0:
            children = split_by(growth, node, asked[best])
            todo += children[::-1] if listener.params.order == "depth first" else children
            note = split_text(growth, node, asked, best, listener.params.criterion)
        else:
            note = leaf_text(growth, node, say("no question gains anything"))
        drawn = partial(draw, growth, data, asked, node, best)
        change = yield Step(note, growth.scalars(), drawn, then=VISIT)
        if listener.edited(change):
            return first
    return first


def weigh(
    growth: Growth, node: int, asked: list[Question], listener: Listener, data: Points | Table
) -> Generator[Step, Change | None, None]:
    """Put the best question about each column behind the others."""
    for question in questions(growth, node, listener.params.min_samples_leaf):
        asked.append(question)
        if listener.params.pace == "every column":
            then = SPLIT if len(asked) == len(growth.examples.columns) else WEIGH
            note = weighed(growth, node, question)
            drawn = partial(draw, growth, data, asked, node)
            change = yield Step(note, growth.scalars(), drawn, then=then)
            if listener.edited(change):
                return


def prune(growth: Growth, listener: Listener, data: Points | Table) -> Generator[Step, Change | None, None]:
    """From the leaves to the root, put a leaf where it is expected to err no more often than the branches there."""
    expected = dict(zip(growth.alive(), expected_errors(growth, listener.params.confidence), strict=True))
    for node in reversed(growth.alive()):  # children come after their parents
        if not growth.nodes[node].children:
            continue
        branches = sum(expected[child] for child in growth.nodes[node].children)
        cut = expected[node] <= branches + 1e-9
        note = prune_text(growth, node, expected[node], branches, cut=cut)
        drawn = partial(draw_pruning, growth, data, expected, node, cut=cut)
        change = yield Step(note, growth.scalars(), drawn, then=PRUNE)
        if listener.edited(change):
            return
        if cut:
            growth.cut(node)
        else:
            expected[node] = branches


def next_after(listener: Listener) -> str:
    """Return what comes when a node has been visited that is no leaf."""
    return WEIGH if listener.params.pace == "every column" else SPLIT


def why_leaf(growth: Growth, node: int, params: C45Params) -> Note | str:
    """Return why nothing is asked at a node, whatever the questions; empty when they are to be weighed."""
    counts = growth.nodes[node].counts.tolist()
    rows = sum(counts)
    if max(counts) >= rows - 1e-9:
        return say("all rows are of one class")
    if growth.nodes[node].depth >= params.max_depth:
        return say("the tree may not grow deeper")
    if rows < 2 * params.min_samples_leaf:
        return say("the rows are too few to be split")
    return ""


def split_by(growth: Growth, node: int, question: Question) -> list[int]:
    """Share the rows of a node out among its answers, and return the children."""
    column, rows = growth.examples.columns[question.column], growth.rows[node]
    growth.asked[node] = (question.column, question.threshold)
    if column.coded:
        place = np.full(len(column.labels) + 1, STAYS)
        place[list(question.codes)] = np.arange(len(question.codes))
        place[-1] = SHARED  # of the code -1: no answer
        answers = [column.labels[code] for code in question.codes]
        return growth.split(node, column.name, answers, place[column.codes[rows]])
    values = column.numbers[rows]
    branch = np.where(np.isnan(values), SHARED, values > question.threshold)
    text = f"{question.threshold:.4g}".replace("-", "−")
    return growth.split(node, column.name, [f"≤ {text}", f"> {text}"], branch)


def seconds_for(growth: Growth, params: C45Params) -> float:
    """Return about how long the run will take: every level sorts all rows, and small nodes cost as much as large."""
    n, columns = int(growth.examples.train.sum()), len(growth.examples.columns)
    nodes = min(2.0**params.max_depth, n / (4 * params.min_samples_leaf))
    depth = min(params.max_depth, np.log2(n + 2))
    return float(columns * (n * depth * COST[0] + nodes * COST[1]))
