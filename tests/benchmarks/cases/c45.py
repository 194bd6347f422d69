"""C4.5 on ten columns of numbers, pruned, against scikit-learn's tree by entropy with leaves as large."""

import numpy as np

from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.data.table import Column, Table
from engines.trees.c45 import C45Params
from tests.benchmarks.classical import Case

COLUMNS = 10


def experiment(n: int) -> Experiment:
    """The class depends on three of the columns, and strays."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(COLUMNS, n))
    y = (x[0] + x[1] * x[2] + 0.5 * rng.normal(size=n) > 0).astype(np.int64)
    columns = [Column(f"column {i + 1}", "number", numbers=values) for i, values in enumerate(x)]
    target = Column("class", "category", codes=y, labels=("no", "yes"))
    return Experiment("trees.c45", C45Params(max_depth=50), Table((*columns, target), "class"), Split(1.0, 0.0), 3)


def theirs(run: Experiment) -> object:
    """A tree by entropy, with two rows in every leaf."""
    from sklearn.tree import DecisionTreeClassifier

    data = run.split_data
    assert isinstance(data, Table)
    x = np.stack([column.numbers for column in data.inputs], axis=1)
    return DecisionTreeClassifier(criterion="entropy", min_samples_leaf=2, random_state=3).fit(
        x, data.column("class").codes
    )


CASES = {"trees.c45": Case(experiment, theirs, n=10_000, aim=3.0, sizes=(100, 1_000, 10_000, 100_000))}
