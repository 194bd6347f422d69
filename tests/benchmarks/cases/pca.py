"""PCA on a tall table, and on wide pictures."""

import numpy as np

from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.data.sampling import make_sample
from engines.data.table import Column, Table
from engines.reduction.pca import PCAParams
from tests.benchmarks.classical import Case

COLUMNS = 10


def tall(n: int) -> Experiment:
    """Ten columns that hang together."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(n, COLUMNS)) @ rng.normal(size=(COLUMNS, COLUMNS))
    columns = tuple(Column(f"c{place}", "number", np.ascontiguousarray(x[:, place])) for place in range(COLUMNS))
    return Experiment("reduction.pca", PCAParams(), Table(columns, key=rng.random(n)), Split(), 3)


def wide(n: int) -> Experiment:
    """Handwritten digits of 784 pixels."""
    return Experiment("reduction.pca", PCAParams(), make_sample("mnist", n=min(n, 5000)), Split(), 3)


def theirs(run: Experiment) -> object:
    """Two components, and the places of all rows along them, from the same data as they lie in the window."""
    from sklearn.decomposition import PCA

    from engines.data.features import inputs_of

    return PCA(2).fit_transform(inputs_of(run.data).x)


CASES = {
    "reduction.pca": Case(tall, theirs, n=100_000, aim=1.2),
    "reduction.pca, pictures": Case(wide, theirs, n=5000, aim=1.2, sizes=(100, 1000, 5000)),
}
