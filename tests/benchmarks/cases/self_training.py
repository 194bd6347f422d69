"""Self-training on blobs of which ten points a class have a label."""

from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.data.sampling import parse_sample
from engines.semisupervised.self_training import SelfTrainingParams
from tests.benchmarks.classical import Case


def experiment(n: int) -> Experiment:
    """Naive Bayes, sure above 0.9."""
    data = parse_sample(f"blobs:n={n},noise=0.6,seed=1+few_labels:n=10")
    return Experiment("semisupervised.self_training", SelfTrainingParams(), data, Split(1.0, 0.0), 3)


def theirs(run: Experiment) -> object:
    """The same rounds."""
    from sklearn.naive_bayes import GaussianNB
    from sklearn.semi_supervised import SelfTrainingClassifier

    data = run.data
    return SelfTrainingClassifier(GaussianNB(), threshold=0.9, max_iter=50).fit(data.x, data.y)  # type: ignore[attr-defined]


CASES = {"semisupervised.self_training": Case(experiment, theirs, n=10_000, aim=3.0)}
