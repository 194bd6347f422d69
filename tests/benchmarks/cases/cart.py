"""CART on a table of ten columns, eight levels deep."""

import numpy as np

from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.data.table import Column, Table
from engines.trees._growing import features_of
from engines.trees.cart import CartParams
from tests.benchmarks.classical import Case

DEPTH = 8
COLUMNS = 10


def experiment(n: int) -> Experiment:
    """Ten columns of normal numbers; the class lies with three of them, and one row in ten is of the wrong one."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(n, COLUMNS))
    y = (x[:, 0] * x[:, 1] + x[:, 2] > 0) ^ (rng.random(n) < 0.1)
    columns = [Column(f"x{i + 1}", "number", x[:, i]) for i in range(COLUMNS)]
    table = Table((*columns, Column("class", "category", codes=y.astype(np.int64), labels=("no", "yes"))), "class")
    return Experiment("trees.cart", CartParams(max_depth=DEPTH), table, Split(), 3)


def theirs(run: Experiment) -> object:
    """The same training rows, the same depth."""
    from sklearn.tree import DecisionTreeClassifier

    train = features_of(run.split_data).train
    return DecisionTreeClassifier(max_depth=DEPTH, random_state=3).fit(train.x, train.y)


CASES = {"trees.cart": Case(experiment, theirs, n=100_000, aim=3.0)}
