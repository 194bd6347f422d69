"""How often a leaf is expected to err on rows that it has not seen: more often than on those it was made from."""

import numpy as np

from engines.core.arrays import Floats
from engines.trees._branching import Growth


def expected_errors(growth: Growth, confidence: float) -> list[float]:
    """Return, for every node that belongs to the tree, the errors to expect among its rows if it were a leaf."""
    nodes = [growth.nodes[node] for node in growth.alive()]
    rows = np.array([node.counts.sum() for node in nodes])
    errors = np.array([node.counts.sum() - node.counts[int(node.value)] for node in nodes])
    return [float(value) for value in rows * upper_limit(errors, rows, confidence)]


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
