"""Linear regression by gradient descent, all points in every step, against stochastic descent with as many epochs.

The fair counterpart is SGDRegressor, which goes through the points as often as ours. It takes a step for each point and
circles in the end; ours takes one for all of them and ends within 1e-7 of the closed form. LinearRegression does not
descend: it solves the normal equations once, in a tenth of the time of ours.
"""

from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.data.sampling import make_sample
from engines.regression.linear import LinearParams
from tests.benchmarks.classical import Case

EPOCHS = 70  # that ours needs to settle


def experiment(n: int) -> Experiment:
    """A line with noise, in the units it is in."""
    return Experiment("regression.linear", LinearParams(), make_sample("line", n=n, seed=1), Split(1.0, 0.0), 3)


def theirs(run: Experiment) -> object:
    """The same number of epochs, without an early end."""
    from sklearn.linear_model import SGDRegressor

    x = run.data.x  # type: ignore[attr-defined]
    model = SGDRegressor(penalty=None, tol=None, max_iter=EPOCHS, random_state=3)
    return model.fit(x[:, :1], x[:, 1])


CASES = {"regression.linear": Case(experiment, theirs, n=100_000, aim=3.0)}
