"""How many clusters: K-Means and silhouettes for k = 1 to 8."""

from engines.clustering.elbow import ElbowParams
from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.data.sampling import make_sample
from tests.benchmarks.classical import Case


def experiment(n: int) -> Experiment:
    """Three blobs, ten starts each."""
    data = make_sample("blobs", n=n, noise=0.45, seed=1)
    return Experiment("clustering.elbow", ElbowParams(k_max=8, n_init=10), data, Split(), 3)


def theirs(run: Experiment) -> object:
    """The same, with silhouettes on as many points."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    x = run.data.x  # type: ignore[attr-defined]
    fits = [KMeans(k, n_init=10, tol=0, max_iter=300, random_state=3).fit(x) for k in range(1, 9)]
    sizes = {"sample_size": min(2000, len(x)), "random_state": 3}
    return [silhouette_score(x, fit.labels_, **sizes) for fit in fits[1:]]


CASES = {"clustering.elbow": Case(experiment, theirs, n=5000, aim=1.0)}
