"""How long networks train, from the number of operations.

Measured on one core with 100 to 6,000 points, no hidden layer to five, batches of 5 to 256, one network and stacks of
up to 32: four fifths of the times lie within a third of what is said here, all between 0.7 and 1.8 of it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engines.neural.mlp import MLPParams

EPOCH = 1.2e-4
PRODUCT = 1.2e-5  # of a batch with a layer, with all that belongs to it, however small it is
ADAM, LASSO = 2.7e-5, 6e-6  # an update's more
NEURON = 1e-7  # of one network, an update
ANSWER = 2.5e-8  # of one neuron to one point
DICE, MASK = 5e-6, 2.4e-6  # a layer, and a layer of one network, of which some are silent


def seconds(params: "MLPParams", n_train: int, n_validation: int, networks: int = 1) -> float:
    """Return the seconds until the last epoch on a usual laptop; with early stopping it may be over before."""
    neurons, layers = sum(params.layers) + 1, len(params.layers) + 1
    update = PRODUCT * layers + networks * neurons * NEURON
    if params.optimizer == "adam":
        update += ADAM
    if params.l1 > 0:
        update += LASSO
    if params.dropout > 0:
        update += (layers - 1) * (DICE + networks * MASK)
    updates = -(-n_train // params.batch_size)
    return params.max_epochs * (EPOCH + updates * update + networks * (n_train + n_validation) * neurons * ANSWER)
