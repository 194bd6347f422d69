"""K-Means on blobs, from the same first centres."""

from engines.clustering.kmeans import KMeansParams
from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.data.sampling import make_sample
from tests.benchmarks.classical import Case


def experiment(n: int) -> Experiment:
    """Four blobs, k-means++."""
    data = make_sample("blobs", n=n, noise=0.6, seed=1)
    return Experiment("clustering.kmeans", KMeansParams(n_clusters=4, init="k-means++"), data, Split(), 3)


def theirs(run: Experiment) -> object:
    """One start, to the same rest."""
    from sklearn.cluster import KMeans

    return KMeans(4, init="k-means++", n_init=1, tol=0, max_iter=100, random_state=3).fit(run.data.x)  # type: ignore[attr-defined]


CASES = {"clustering.kmeans": Case(experiment, theirs, n=1_000_000, aim=1.0)}
