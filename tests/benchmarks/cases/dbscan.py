"""DBSCAN on two moons, in waves, with a reach that grows smaller as the points grow more."""

from engines.clustering.dbscan import DBSCANParams
from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.data.sampling import make_sample
from tests.benchmarks.classical import Case


def experiment(n: int) -> Experiment:
    """Two moons, wave by wave."""
    data = make_sample("moons", n=n, noise=0.25, seed=1)
    return Experiment("clustering.dbscan", DBSCANParams(eps=reach(n), min_samples=10), data, Split(), 3)


def reach(n: int) -> float:
    """Return the reach that holds about as many neighbours whatever the number of points."""
    return float(0.05 * (100_000 / n) ** 0.5)


def theirs(run: Experiment) -> object:
    """The same clusters."""
    from sklearn.cluster import DBSCAN

    params = run.params
    assert isinstance(params, DBSCANParams)
    return DBSCAN(eps=params.eps, min_samples=params.min_samples).fit(run.data.x)  # type: ignore[attr-defined]


CASES = {"clustering.dbscan": Case(experiment, theirs, n=100_000, aim=1.5)}
