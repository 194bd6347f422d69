"""Agglomerative clustering of blobs with Ward's distance, a fast start, the whole tree."""

from engines.clustering.agglomerative import AgglomerativeParams
from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.data.sampling import make_sample
from tests.benchmarks.classical import Case


def experiment(n: int) -> Experiment:
    """Four blobs."""
    data = make_sample("blobs", n=n, noise=0.6, seed=1)
    return Experiment("clustering.agglomerative", AgglomerativeParams(n_clusters=4), data, Split(), 3)


def theirs(run: Experiment) -> object:
    """The same tree, whole."""
    from sklearn.cluster import AgglomerativeClustering

    return AgglomerativeClustering(4, compute_distances=True).fit(run.data.x)  # type: ignore[attr-defined]


CASES = {"clustering.agglomerative": Case(experiment, theirs, n=2_000, aim=3.0, sizes=(100, 1_000, 10_000))}
