"""A support vector machine with an rbf kernel on noisy moons, to the same tolerance."""

from engines.classification.svm import SvmParams
from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.data.sampling import make_sample
from tests.benchmarks.classical import Case


def experiment(n: int) -> Experiment:
    """Two moons that reach into each other, all of them to learn from."""
    data = make_sample("moons", n=n, noise=0.3, seed=1)
    return Experiment("classification.svm", SvmParams(), data, Split(1.0, 0.0), 3)


def theirs(run: Experiment) -> object:
    """The same machine, and what it says of every row."""
    from sklearn.svm import SVC

    data = run.split_data
    return SVC(tol=0.001).fit(data.x, data.y).predict(data.x)  # type: ignore[attr-defined]


CASES = {"classification.svm": Case(experiment, theirs, n=2_000, aim=3.0, sizes=(100, 1_000, 10_000, 100_000))}
