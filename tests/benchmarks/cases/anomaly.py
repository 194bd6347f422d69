"""Anomalies among points: distance in a bell, and an isolation forest."""

from engines.anomaly.gaussian import GaussianParams
from engines.anomaly.isolation_forest import IsolationForestParams
from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.data.sampling import make_sample
from tests.benchmarks.classical import Case

ALL = Split(1.0, 0.0)


def bell(n: int) -> Experiment:
    """A stretched cloud and strays."""
    return Experiment("anomaly.gaussian", GaussianParams(), make_sample("strays", n=n, seed=1), ALL, 3)


def forest(n: int) -> Experiment:
    """The same for a hundred trees."""
    return Experiment("anomaly.isolation_forest", IsolationForestParams(), make_sample("strays", n=n, seed=1), ALL, 3)


def bell_of_sklearn(run: Experiment) -> object:
    """Mean, covariance, and the squared distance of each row."""
    from sklearn.covariance import EmpiricalCovariance

    x = run.data.x  # type: ignore[attr-defined]
    return EmpiricalCovariance().fit(x).mahalanobis(x)


def forest_of_sklearn(run: Experiment) -> object:
    """As many trees, and the score of each row."""
    from sklearn.ensemble import IsolationForest

    x = run.data.x  # type: ignore[attr-defined]
    return IsolationForest(n_estimators=100, random_state=3).fit(x).score_samples(x)


CASES = {
    "anomaly.gaussian": Case(bell, bell_of_sklearn, n=100_000, aim=2.0, sizes=(100, 1_000, 10_000, 100_000)),
    "anomaly.isolation_forest": Case(
        forest, forest_of_sklearn, n=100_000, aim=2.0, sizes=(100, 1_000, 10_000, 100_000)
    ),
}
