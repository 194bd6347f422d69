"""k nearest neighbours: the plane at 256 × 256 places, and all rows."""

from engines.classification.knn import GRIDS, KnnParams
from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.data.sampling import make_sample
from engines.pictures.surface import area_of, grid
from tests.benchmarks.classical import Case


def experiment(n: int) -> Experiment:
    """Two moons, all of them to learn from."""
    data = make_sample("moons", n=n, noise=0.3, seed=1)
    return Experiment("classification.knn", KnnParams(), data, Split(1.0, 0.0), 3)


def theirs(run: Experiment) -> object:
    """The same answers: for the plane, and for every row."""
    from sklearn.neighbors import KNeighborsClassifier

    data = run.split_data
    model = KNeighborsClassifier(5).fit(data.x, data.y)  # type: ignore[attr-defined]
    places = grid(area_of(data.x), *GRIDS[-1])  # type: ignore[attr-defined]
    return model.predict_proba(places), model.predict_proba(data.x)  # type: ignore[attr-defined]


CASES = {"classification.knn": Case(experiment, theirs, n=100_000, aim=1.2)}
