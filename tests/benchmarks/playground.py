"""The experiment that is measured: the classic playground network."""

from engines.core.experiment import Experiment
from engines.core.registry import engine_named
from engines.data.sampling import make_sample


def experiment() -> Experiment:
    """The 2-4-2-1 tanh network on 250 points in batches of 10."""
    params = engine_named("neural.mlp").params().with_values(
        layers=(4, 2), activation="tanh", optimizer="sgd", batch_size=10, max_epochs=100_000
    )  # fmt: skip
    return Experiment("neural.mlp", params, make_sample("circles", n=250, noise=0.2, seed=1))
