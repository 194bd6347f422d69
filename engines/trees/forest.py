"""Random forest: many trees, each grown from its own sample with its own choice of columns, vote.

Breiman, "Random forests", 2001. Each tree is scikit-learn's DecisionTreeClassifier or DecisionTreeRegressor, given the
sample that scikit-learn's own forest would draw: after the last tree the votes are those of its RandomForestClassifier
or RandomForestRegressor with the same random_state.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.engine import Task, engine
from engines.core.forecast import forecast
from engines.core.language import say
from engines.core.params import Param, Params
from engines.core.step import Change, Outcome, Step, Steps
from engines.data.features import Features
from engines.data.points import Points
from engines.data.table import Table
from engines.evaluation.metrics import accuracy, macro_f1, mean_squared_error, r2
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.marked import Marked
from engines.pictures.splits import Splits
from engines.pictures.surface import Surface
from engines.trees._forest_pictures import Importances, NewestTree, pictures_of
from engines.trees._forest_words import finished, sampled, voted
from engines.trees._growing import features_of
from engines.trees._wood import MOST_SEED, NOBODY, Grown, Wood, cleared

SAMPLE = "Draw the sample of the next tree"
GROW = "Grow the tree and let it vote"
SECONDS_A_CELL = 2.5e-8  # for one row of one column looked at on one level of one tree, by its logarithm


@dataclass(frozen=True)
class ForestParams(Params):
    """How many trees, how far each grows, and how different they are made."""

    n_estimators: Annotated[
        int, Param("Trees", low=1, high=2000, log=True, live=True, help="More may be asked for at any time.")
    ] = 50
    max_features: Annotated[
        Literal["sqrt", "log2", "1", "all"],
        Param("Columns per question", help="Drawn anew for each question."),
    ] = "sqrt"
    max_depth: Annotated[int, Param("Depth at most", low=0, high=50, help="0: no limit.")] = 0
    min_samples_leaf: Annotated[int, Param("Samples in a leaf", low=1, high=1000, log=True)] = 1
    bootstrap: Annotated[bool, Param("Own sample per tree")] = True
    criterion: Annotated[
        Literal["gini", "entropy"], Param("Impurity", help="Of classes. For numbers it is the squared error.")
    ] = "gini"


@engine(
    title="Random forest",
    task=Task.CLASSIFY,
    shows=(Surface, Fit, Heat, Splits, Marked, NewestTree, Importances),
    curves={
        "Accuracy": ("train_accuracy", "oob_accuracy", "validation_accuracy"),
        "Loss": ("train_loss", "oob_loss", "validation_loss"),
    },
    facts=("no scaling: a tree does not need it", "a category becomes one column of 0 and 1 for each label",
           "the loss is the squared error of the averaged votes"),
    prepared=(Points, Table),
)  # fmt: skip
def forest(data: Points | Table, params: ForestParams, rng: np.random.Generator) -> Steps:
    """Grow each tree from a sample of its own and a few columns at a time, and let all of them vote."""
    from sklearn.utils import check_random_state

    wood = cleared(features_of(data))
    lots = check_random_state(int(rng.integers(MOST_SEED)))  # a generator of scikit-learn's kind, for its draws
    out, now = NOBODY, scores(wood)
    change = yield Step(
        say("No tree is grown yet: {n} training samples, {d} columns", n=len(wood.train.index), d=wood.x.shape[1]),
        now, lambda: pictures_of(wood, out), then=SAMPLE, caution=forecast(seconds_of(wood, params)),
    )  # fmt: skip
    while True:
        params = latest(params, change)
        if change and isinstance(change.data, Points | Table):
            wood, out = cleared(features_of(change.data)), NOBODY
            now = scores(wood)

        if len(wood) < params.n_estimators:
            seed = int(lots.randint(MOST_SEED))
            counts = sample(len(wood.train.index), seed, params)
            out = np.flatnonzero(counts == 0)
            change = yield Step(sampled(wood, out), now, lambda: pictures_of(wood, out), then=GROW)
            params = latest(params, change)
            if change and change.data:
                continue

            tree = grown(wood, counts, seed, params)
            said = wood.add(tree, out)
            now, then = scores(wood), SAMPLE if len(wood) < params.n_estimators else ""
            change = yield Step(voted(wood, said, out, now), now, lambda: pictures_of(wood, out), then=then)
            continue

        outcome = result(wood)
        change = yield Step(finished(wood, outcome.scalars), now, lambda: pictures_of(wood, out), rest=True)
        if not change:
            return outcome


def latest(params: ForestParams, change: Change | None) -> ForestParams:
    """Return the hyper-parameters of now: more trees may have been asked for."""
    return change.params if change and isinstance(change.params, ForestParams) else params


def sample(n: int, seed: int, params: ForestParams) -> Ints:
    """Return how often each training row is drawn: (n,). As many are drawn as there are, and each is put back."""
    from sklearn.utils import check_random_state

    if not params.bootstrap:
        return np.ones(n, np.int64)
    return np.bincount(check_random_state(seed).randint(0, n, n), minlength=n)


def grown(wood: Wood, counts: Ints, seed: int, params: ForestParams) -> Grown:
    """Grow a tree from the rows drawn: one that was drawn twice counts twice."""
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    columns = {"all": None, "1": 1}.get(params.max_features, params.max_features)
    settings = {"max_depth": params.max_depth or None, "min_samples_leaf": params.min_samples_leaf,
                "max_features": columns, "random_state": seed}  # fmt: skip
    tree = (
        DecisionTreeRegressor(**settings)
        if wood.features.numeric
        else DecisionTreeClassifier(criterion=params.criterion, **settings)
    )
    tree.fit(wood.inputs, wood.target, sample_weight=counts, check_input=False)
    return tree.tree_


def seconds_of(wood: Wood, params: ForestParams) -> float:
    """Return about how long all trees take."""
    n, d = len(wood.train.index), wood.x.shape[1]
    looked_at = {"sqrt": d**0.5, "log2": max(1.0, np.log2(d)), "1": 1.0, "all": d}[params.max_features]
    return params.n_estimators * (0.001 + SECONDS_A_CELL * n * looked_at * np.log2(n + 1) ** 1.5)


def scores(wood: Wood) -> dict[str, float]:
    """Return how good the votes are: on the training share, on that by trees that have not seen a row, validated."""
    shares = wood.shares()
    trained, checked, unseen = wood.train.index, wood.validation.index, wood.train.index[wood.left_out]
    numbers = {}
    for name, said, rows in (("train", shares[trained], trained), ("oob", wood.unseen_shares(), unseen),
                             ("validation", shares[checked], checked)):  # fmt: skip
        numbers[f"{name}_loss"] = loss(wood.features, said, rows) if wood.trees else np.nan
        if not wood.features.numeric:
            known = wood.trees and len(rows)
            numbers[f"{name}_accuracy"] = accuracy(said, wood.features.y[rows]) if known else np.nan
    return numbers


def loss(features: Features, said: Floats, rows: Ints) -> float:
    """Return the mean squared error of what is said of these rows: of the number, or of the shares of all classes."""
    if features.numeric:
        return mean_squared_error(said[:, 0], features.value[rows])
    true = said[np.arange(len(rows)), features.y[rows]]
    return float(((said**2).sum(1) - 2 * true + 1).mean()) if len(rows) else np.nan


def result(wood: Wood) -> Outcome:
    """Return what the forest says about every row, under scikit-learn's names."""
    features, shares, test = wood.features, wood.shares(), wood.features.test
    seen, unseen = wood.left_out, np.full(wood.unseen.shape, np.nan)
    unseen[seen] = wood.unseen_shares()
    numbers = {**scores(wood), "n_estimators": len(wood)}
    arrays = {"feature_importances_": wood.importance}
    if features.numeric:
        numbers["oob_score"] = r2(unseen[seen, 0], wood.train.value[seen])
        numbers["test_loss"] = mean_squared_error(shares[test.index, 0], test.value)
        held_out = features.validation
        numbers["validation_r2"] = r2(shares[held_out.index, 0], held_out.value)
        numbers["test_r2"] = r2(shares[test.index, 0], test.value)
        return Outcome(numbers, arrays | {"predictions": shares[:, 0], "oob_prediction_": unseen[:, 0]})
    told = shares.argmax(1)
    numbers["oob_score"] = numbers["oob_accuracy"]
    numbers["test_accuracy"] = accuracy(shares[test.index], test.y)
    numbers["test_f1"] = macro_f1(told[test.index], test.y)
    return Outcome(numbers, arrays | {"predictions": told, "probabilities": shares, "oob_decision_function_": unseen})
