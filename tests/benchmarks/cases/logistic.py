"""Logistic regression by Newton's method on two clouds, to the same loss as scikit-learn's solver."""

from engines.classification.logistic import LogisticParams
from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.data.points import Points
from engines.data.sampling import make_sample
from tests.benchmarks.classical import Case

ALPHA = 0.001


def experiment(n: int) -> Experiment:
    """Two clouds that overlap, a weak L2 penalty."""
    data = make_sample("linear", n=n, noise=0.8, seed=1)
    params = LogisticParams(solver="newton", alpha=ALPHA, tol=1e-4)
    return Experiment("classification.logistic", params, data, Split(), 3)


def theirs(run: Experiment) -> object:
    """The default solver, to the slope at which ours has settled."""
    from sklearn.linear_model import LogisticRegression

    data = run.split_data
    assert isinstance(data, Points)
    train = data.train
    model = LogisticRegression(C=1 / (ALPHA * len(train.y)), tol=1e-4, max_iter=1000)  # type: ignore[no-untyped-call]
    return model.fit(train.x, train.y)


CASES = {"classification.logistic": Case(experiment, theirs, n=100_000, aim=3.0)}
