"""Mean shift on blobs, a window on every point and one in every square, with the same bandwidth."""

from functools import partial

from engines.clustering.mean_shift import MeanShiftParams
from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.data.sampling import make_sample
from tests.benchmarks.classical import Case

BANDWIDTH = 1.0


def experiment(n: int, *, bin_seeding: bool) -> Experiment:
    """Three blobs."""
    data = make_sample("blobs", n=n, noise=0.45, seed=1)
    params = MeanShiftParams(bandwidth=BANDWIDTH, bin_seeding=bin_seeding)
    return Experiment("clustering.mean_shift", params, data, Split(), 3)


def theirs(run: Experiment, *, bin_seeding: bool) -> object:
    """The same windows."""
    from sklearn.cluster import MeanShift

    return MeanShift(bandwidth=BANDWIDTH, bin_seeding=bin_seeding).fit(run.data.x)  # type: ignore[attr-defined]


CASES = {
    "clustering.mean_shift": Case(
        partial(experiment, bin_seeding=False), partial(theirs, bin_seeding=False), n=5000, aim=1.0,
        sizes=(100, 1_000, 10_000, 30_000),
    ),
    "clustering.mean_shift, a window a square": Case(
        partial(experiment, bin_seeding=True), partial(theirs, bin_seeding=True), n=5000, aim=1.0
    ),
}  # fmt: skip
