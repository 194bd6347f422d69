"""A random forest on a table of ten columns, votes and left-out votes counted after each tree."""

from dataclasses import replace

from engines.core.experiment import Experiment
from engines.trees._growing import features_of
from engines.trees._wood import MOST_SEED
from engines.trees.forest import ForestParams
from tests.benchmarks.cases import cart
from tests.benchmarks.classical import Case

TREES = 50


def experiment(n: int) -> Experiment:
    """The table that CART learns from."""
    return replace(cart.experiment(n), engine_key="trees.forest", params=ForestParams(n_estimators=TREES))


def theirs(run: Experiment) -> object:
    """As many trees from the same number, with the left-out votes."""
    import numpy as np
    from sklearn.ensemble import RandomForestClassifier

    train = features_of(run.split_data).train
    seed = int(np.random.default_rng(run.seed).integers(MOST_SEED))
    return RandomForestClassifier(TREES, oob_score=True, random_state=seed).fit(train.x, train.y)


CASES = {"trees.forest": Case(experiment, theirs, n=10_000, aim=3.0, sizes=(100, 1_000, 10_000, 100_000))}
