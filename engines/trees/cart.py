"""CART: a binary tree that asks of one column at a time whether it lies below a threshold.

Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984. scikit-learn's DecisionTreeClassifier
and DecisionTreeRegressor grow the same trees where no two cuts are equally good. Of equally good cuts the first column
and the lowest threshold are taken here; scikit-learn draws lots among the columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from engines.core.engine import Task, engine
from engines.core.forecast import forecast
from engines.core.params import Param, Params
from engines.core.step import Outcome, Pictures, Step, Steps
from engines.data.points import Points
from engines.data.table import Table
from engines.evaluation.metrics import accuracy, macro_f1, mean_squared_error, r2
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.splits import Splits
from engines.pictures.surface import Surface
from engines.pictures.tree import Candidates, Tree
from engines.trees._growing import (
    TRAIN_HITS,
    TRAIN_LOSS,
    VALIDATION_HITS,
    VALIDATION_LOSS,
    Growing,
    Limits,
    attributes,
    features_of,
    leaf_of,
    planted,
    split,
)
from engines.trees._picture import tree_of
from engines.trees._plane import over_plane
from engines.trees._pruning import Links, cut, cut_up_to, due, links_of, number_among, standing_nodes
from engines.trees._words import NO_TABLE, at_root, cut_off, divided, finished, links_table, weighed, weighed_table

WEIGH = "Weigh every threshold of every column"
SPLIT = "Split at the best threshold"
PRUNE = "Cut off the weakest link"
MOST_NODES = 1023  # of the picture of the tree: more than anybody can read
SECONDS_A_CELL = 1.5e-7  # for one row of one column on one level of the tree


@dataclass(frozen=True)
class CartParams(Params):
    """How a cut is judged, when to stop, and what a leaf must be worth."""

    criterion: Annotated[
        Literal["gini", "entropy"], Param("Impurity", help="Of classes. For numbers it is the squared error.")
    ] = "gini"
    max_depth: Annotated[int, Param("Depth at most", low=1, high=50)] = 4
    min_samples_split: Annotated[int, Param("Samples to split", low=2, high=10_000, log=True)] = 2
    min_samples_leaf: Annotated[int, Param("Samples in a leaf", low=1, high=10_000, log=True)] = 1
    max_leaf_nodes: Annotated[int, Param("Leaves at most", low=0, high=10_000, log=True, help="0: no limit.")] = 0
    ccp_alpha: Annotated[
        float, Param("Pruning α", low=0, high=1, log=True, live=True, help="0: nothing is pruned.")
    ] = 0.0


@engine(
    title="CART decision tree",
    task=Task.CLASSIFY,
    shows=(Surface, Fit, Heat, Splits, Tree, Candidates),
    curves={"Loss": ("train_loss", "validation_loss"), "Accuracy": ("train_accuracy", "validation_accuracy")},
    facts=("no scaling: a tree does not need it", "a category becomes one column of 0 and 1 for each label",
           "the loss is the mean impurity of the leaves"),
    prepared=(Points, Table),
)  # fmt: skip
def cart(data: Points | Table, params: CartParams, rng: np.random.Generator) -> Steps:
    """Ask the question that makes both sides purest, again on either side; cut off what is not worth its leaves."""
    tree = planted(features_of(data), limits(params))
    links: Links | None = None  # known when the tree is grown
    table = NO_TABLE
    seconds = tree.columns.size * params.max_depth * SECONDS_A_CELL
    change = yield Step(
        at_root(tree), scores(tree), lambda: draw(tree, links, table, 0), then=WEIGH, caution=forecast(seconds)
    )
    while True:
        if change and isinstance(change.params, CartParams):
            params = change.params
        if change and isinstance(change.data, Points | Table):
            tree, links, table = planted(features_of(change.data), limits(params)), None, NO_TABLE

        if (number := tree.next) >= 0:
            table = weighed_table(tree, number)
            note = weighed(tree, number)
            change = yield Step(note, scores(tree), lambda: draw(tree, links, table, number), then=SPLIT)
            if change:
                continue

            split(tree, number)
            links = links_of(tree) if tree.next < 0 else None
            note = divided(tree, number)
            then = next_after(tree, links, params)
            change = yield Step(note, scores(tree), lambda: draw(tree, links, table, number), then=then)
            continue

        links = links or links_of(tree)
        if params.ccp_alpha < links.alpha:  # α was lowered: what was cut off for more than that stands again
            links = links_of(tree)
            cut_up_to(links, tree.nodes, params.ccp_alpha)
        if due(links, params.ccp_alpha):
            weakest, table = links.weakest, links_table(tree, links)
            note = cut_off(links, params.ccp_alpha)
            gone = cut(links, tree.nodes, weakest)
            then = next_after(tree, links, params)
            change = yield Step(note, scores(tree, links), lambda: draw(tree, links, table, weakest, gone), then=then)
            continue

        outcome = result(tree, links)
        note = finished(tree, links, params.ccp_alpha, dict(outcome.scalars))
        change = yield Step(note, scores(tree, links), lambda: draw(tree, links, table), rest=True)
        if not change:
            return outcome


def limits(params: CartParams) -> Limits:
    """Return when to stop; of numbers the criterion is the squared error."""
    return Limits(
        params.criterion, params.max_depth, params.min_samples_split, params.min_samples_leaf, params.max_leaf_nodes
    )


def next_after(tree: Growing, links: Links | None, params: CartParams) -> str:
    """Return what the next step will do."""
    if tree.next >= 0:
        return WEIGH
    return PRUNE if links is not None and due(links, params.ccp_alpha) else ""


def scores(tree: Growing, links: Links | None = None) -> dict[str, float]:
    """Return how many leaves stand, and their loss and accuracy on the training and validation shares."""
    sums, leaves = (tree.sums, tree.leaves) if links is None else (links.sums, int(links.leaves[0]))
    train, validation = len(tree.train.index), len(tree.validation.index) or np.nan
    numbers = {
        "leaves": leaves,
        "train_loss": float(np.maximum(sums[TRAIN_LOSS] / train, 0)),  # sums of sums may miss 0 by a hair
        "validation_loss": float(np.maximum(sums[VALIDATION_LOSS] / validation, 0)),
    }
    if not tree.numeric:
        numbers["train_accuracy"] = float(sums[TRAIN_HITS] / train)
        numbers["validation_accuracy"] = float(sums[VALIDATION_HITS] / validation)
    return numbers


def result(tree: Growing, links: Links) -> Outcome:
    """Return what the standing tree says about every row, and the tree itself as scikit-learn keeps it."""
    nodes, features = standing_nodes(tree.nodes, links.standing), tree.features
    validation, test = features.validation, features.test
    leaves = leaf_of(nodes, features.x)
    told = np.array([node.value for node in nodes])[leaves]
    numbers = {**scores(tree, links), "depth": max(node.depth for node in nodes)}
    arrays = attributes(nodes, len(features.names)) | {"predictions": told}
    if tree.numeric:
        numbers["test_loss"] = mean_squared_error(told[test.index], test.value)
        numbers["validation_r2"] = r2(told[validation.index], validation.value)
        numbers["test_r2"] = r2(told[test.index], test.value)
    else:
        arrays["probabilities"] = np.array([node.counts / node.n for node in nodes])[leaves]
        numbers["test_accuracy"] = accuracy(arrays["probabilities"][test.index], test.y)
        numbers["test_f1"] = macro_f1(told[test.index], test.y)
    return Outcome(numbers, arrays)


def draw(tree: Growing, links: Links | None, table: Candidates, lit: int = -1, gone: Sequence[int] = ()) -> Pictures:
    """Draw on the plane what each leaf says and where the cuts are, and beside it the tree and the table.

    lit: the node that is worked on. gone: nodes that are being cut off: still in the tree, no longer on the plane.
    """
    here = np.ones(len(tree.nodes), bool) if links is None else links.standing.copy()
    flat = over_plane(tree.features, standing_nodes(tree.nodes, here), number_among(here, lit))
    here[list(gone)] = True
    nodes, lit = standing_nodes(tree.nodes, here)[:MOST_NODES], number_among(here, lit)
    cut_now = [n for n in (number_among(here, number) for number in gone) if n < MOST_NODES]
    return *flat, tree_of(nodes, tree.features.classes, lit if lit < MOST_NODES else -1, cut_now), table
