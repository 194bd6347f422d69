"""Naive Bayes on four blobs: learning, and the answer for every row."""

from engines.classification.naive_bayes import NaiveBayesParams
from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.data.points import Points
from engines.data.sampling import make_sample
from tests.benchmarks.classical import Case


def experiment(n: int) -> Experiment:
    """Bells in the middle of blobs."""
    data = make_sample("blobs", n=n, noise=0.6, seed=1)
    return Experiment("classification.naive_bayes", NaiveBayesParams(), data, Split(), 3)


def theirs(run: Experiment) -> object:
    """The same bells, and the probabilities of every row."""
    from sklearn.naive_bayes import GaussianNB

    data = run.split_data
    assert isinstance(data, Points)
    model = GaussianNB().fit(data.train.x, data.train.y)
    return model.predict_proba(data.x)


CASES = {"classification.naive_bayes": Case(experiment, theirs, n=1_000_000, aim=3.0)}
