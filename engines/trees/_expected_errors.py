"""How often a leaf is expected to err on rows that it has not seen: more often than on those it was made from."""

import numpy as np

from engines.core.arrays import Floats
from engines.trees._branching import Growth


def expected_errors(growth: Growth, confidence: float) -> list[float]:
    """Return, for every node that belongs to the tree, the errors to expect among its rows if it were a leaf."""
    nodes = [growth.nodes[node] for node in growth.alive()]
    counts = np.array([node.counts for node in nodes])
    rows = counts.sum(1)
    errors = rows - counts[np.arange(len(nodes)), [int(node.value) for node in nodes]]
    kinds, which = np.unique(np.stack([errors, rows], axis=1), axis=0, return_inverse=True)  # small leaves are alike
    expected = kinds[:, 1] * upper_limit(kinds[:, 0], kinds[:, 1], confidence)
    return [float(value) for value in expected[which.ravel()]]


def upper_limit(errors: Floats, rows: Floats, confidence: float) -> Floats:
    """Return U_CF(errors, rows): the rate at which so few errors have the chance ``confidence``.

    That of the binomial distribution, by way of the beta distribution, so that fractions of rows count too; (m,) each.
    """
    from scipy.special import betaincinv

    errors, rows = np.maximum(np.asarray(errors, float), 0), np.asarray(rows, float)
    some = rows - errors > 1e-9
    limit = np.ones(len(rows))
    limit[some] = betaincinv(errors[some] + 1, (rows - errors)[some], 1 - confidence)
    return limit
