"""ID3 on six columns of categories, against a tree of yes/no questions about the same columns spread out."""

import numpy as np

from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.data.table import Column, Table
from engines.trees.id3 import ID3Params
from tests.benchmarks.classical import Case

COLUMNS, LABELS = 6, 4


def experiment(n: int) -> Experiment:
    """The class depends on three of the columns, and strays in one row of ten."""
    rng = np.random.default_rng(1)
    codes = rng.integers(0, LABELS, (COLUMNS, n))
    y = (codes[0] + 2 * codes[1] * codes[2] + (rng.random(n) < 0.1)) % 3
    names = tuple("abcdef")[:LABELS]
    columns = [Column(f"column {i + 1}", "category", codes=code, labels=names) for i, code in enumerate(codes)]
    target = Column("class", "category", codes=y, labels=("one", "two", "three"))
    return Experiment("trees.id3", ID3Params(max_depth=30), Table((*columns, target), "class"), Split(1.0, 0.0), 3)


def theirs(run: Experiment) -> object:
    """A tree by entropy on a column of 0 and 1 for each label, as large as it gets."""
    from sklearn.tree import DecisionTreeClassifier

    data = run.split_data
    assert isinstance(data, Table)
    codes = np.stack([column.codes for column in data.inputs], axis=1)
    x = (codes[:, :, None] == np.arange(LABELS)).reshape(len(codes), -1).astype(np.float32)
    return DecisionTreeClassifier(criterion="entropy", random_state=3).fit(x, data.column("class").codes)


CASES = {"trees.id3": Case(experiment, theirs, n=100_000, aim=3.0)}
