"""Label propagation on moons of which three points a class have a label."""

from functools import partial

import numpy as np

from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.data.sampling import parse_sample
from engines.semisupervised.label_propagation import LabelPropagationParams
from tests.benchmarks.classical import Case


def experiment(n: int, *, kernel: str) -> Experiment:
    """Three labels a class."""
    data = parse_sample(f"moons:n={n},noise=0.1,seed=1+few_labels:n=3")
    params = LabelPropagationParams(kernel=kernel)  # type: ignore[arg-type]
    return Experiment("semisupervised.label_propagation", params, data, Split(1.0, 0.0), 3)


def theirs(run: Experiment, *, kernel: str) -> object:
    """The same graph, to the same rest."""
    import warnings

    from sklearn.semi_supervised import LabelPropagation

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        x, y = np.asarray(run.data.x), np.asarray(run.data.y)  # type: ignore[attr-defined]
        return LabelPropagation(kernel=kernel, n_neighbors=7, gamma=20, max_iter=1000, tol=1e-3).fit(x, y)


CASES = {
    "semisupervised.label_propagation": Case(
        partial(experiment, kernel="knn"), partial(theirs, kernel="knn"), n=5000, aim=3.0
    ),
    "semisupervised.label_propagation, all joined": Case(
        partial(experiment, kernel="rbf"), partial(theirs, kernel="rbf"), n=2000, aim=3.0, sizes=(100, 1_000, 5_000)
    ),
}
