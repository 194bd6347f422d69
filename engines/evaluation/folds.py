"""Ways to cut data into parts that take turns at being held out, as scikit-learn cuts them."""

from typing import Literal

import numpy as np

from engines.core.arrays import Ints
from engines.core.dataset import Dataset
from engines.core.language import LearnerError
from engines.data.features import Features
from engines.data.table import Table

Kind = Literal["stratified", "random", "in order", "leave one out"]


def folds(features: Features, rows: Ints, n_splits: int, kind: Kind, seed: int) -> Ints:
    """Return the fold of each of ``rows``: (m,) from 0.

    stratified: sklearn's StratifiedKFold, shuffled, KFold where a number is learned; random: KFold, shuffled; in order:
    KFold, not shuffled; leave one out: a fold for each row. LearnerError when there are fewer rows than folds.
    """
    from sklearn.model_selection import KFold, StratifiedKFold

    n = len(rows)
    if kind == "leave one out":
        return np.arange(n)
    if n < n_splits:
        raise LearnerError("{n} rows cannot be cut into {k} folds: draw more, or lower the folds.", n=n, k=n_splits)
    shuffled = kind != "in order"
    dice = seed if shuffled else None
    if kind == "stratified" and not features.numeric:
        y = features.y[rows]
        if np.bincount(y).max() < n_splits:
            raise LearnerError("No class has {k} rows: lower the folds, or draw more points.", k=n_splits)
        cutter = StratifiedKFold(n_splits, shuffle=True, random_state=seed)
    else:
        y, cutter = np.zeros(n, np.int64), KFold(n_splits, shuffle=shuffled, random_state=dice)
    found = np.zeros(n, np.int64)
    with np.errstate(all="ignore"):
        for fold, (_, held_out) in enumerate(_quietly(cutter, y)):
            found[held_out] = fold
    return found


def folds_of_groups(data: Dataset, rows: Ints, n_splits: int, column: str) -> Ints:
    """Return the fold of each of ``rows``, (m,) from 0, so that rows with the same value in a column stay together.

    As sklearn's GroupKFold cuts. column: of a table; the first of categories that is not the target where it is empty.
    LearnerError when the data have no such column, or it has fewer values than folds.
    """
    from sklearn.model_selection import GroupKFold

    if not isinstance(data, Table):
        raise LearnerError("Only rows of a table can be held together by a column: cut these in another way.")
    others = [item.name for item in data.columns if item.name != data.target and item.coded]
    if not column and not others:
        raise LearnerError(
            "There is no column of categories to hold rows together by: name one, or cut in another way."
        )
    chosen = data.column(column or others[0])
    values = (chosen.codes if chosen.coded else chosen.numbers)[rows]
    groups = np.unique(values, return_inverse=True)[1]
    if groups.max(initial=-1) + 1 < n_splits:
        raise LearnerError("“{name}” has {n} different values, too few for {k} folds: lower the folds.",
                           name=chosen.name, n=int(groups.max(initial=-1)) + 1, k=n_splits)  # fmt: skip
    found = np.zeros(len(rows), np.int64)
    for fold, (_, held_out) in enumerate(GroupKFold(n_splits).split(np.zeros((len(rows), 1)), groups=groups)):
        found[held_out] = fold
    return found


def _quietly(cutter: object, y: Ints) -> list[tuple[Ints, Ints]]:
    """Return the folds without scikit-learn's warning that a class is smaller than their number: it is shown."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return list(cutter.split(np.zeros((len(y), 1)), y))  # type: ignore[attr-defined]
