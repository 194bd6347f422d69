"""Ridge regression over powers, all degrees from 1 to 15, against a fit of Ridge for each of them."""

from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.data.sampling import make_sample
from engines.regression.polynomial import HIGHEST, PolynomialParams
from tests.benchmarks.classical import Case


def experiment(n: int) -> Experiment:
    """Waves, standardised powers."""
    params = PolynomialParams(degree=HIGHEST, penalty="L2 (ridge)", alpha=1.0, standardise=True)
    return Experiment("regression.polynomial", params, make_sample("sine", n=n, seed=1), Split(), 3)


def theirs(run: Experiment) -> object:
    """The same pipeline for each degree, and its error on the training and validation shares."""
    from sklearn.linear_model import Ridge
    from sklearn.metrics import mean_squared_error
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

    data = run.split_data
    shares = [data.x[data.parts == part] for part in (0, 1)]  # type: ignore[attr-defined]
    errors = []
    for degree in range(1, HIGHEST + 1):
        powers = PolynomialFeatures(degree, include_bias=False)
        model = make_pipeline(StandardScaler(), powers, StandardScaler(), Ridge(1.0))
        model.fit(shares[0][:, :1], shares[0][:, 1])
        errors.append([mean_squared_error(x[:, 1], model.predict(x[:, :1])) for x in shares])
    return errors


CASES = {"regression.polynomial": Case(experiment, theirs, n=100_000, aim=3.0)}
