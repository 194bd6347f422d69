"""How much faster the written-out network trains than the usual torch loop doing the same updates."""

import json
import statistics
import subprocess
import sys
import time

import numpy as np

from tests.benchmarks.playground import experiment

SECONDS = 1.5


def ours() -> float:
    """Epochs a second of the engine, its yield and its scores after each epoch included."""
    steps = experiment().start()
    for _ in range(20):
        next(steps)
    began, epochs = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        next(steps)
        epochs += 1
    return epochs / (time.perf_counter() - began)


def plain() -> float:
    """Epochs a second of nn.Sequential and torch.optim.SGD on the same training points; no scores at all."""
    import torch
    from torch import nn

    data = experiment().split_data.train  # type: ignore[attr-defined]
    x = torch.from_numpy(data.x.astype(np.float32))
    y = torch.from_numpy((data.y == 1).astype(np.float32))[:, None]
    net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 2), nn.Tanh(), nn.Linear(2, 1))
    loss_of = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.03)
    began, epochs = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        order = torch.randperm(len(x))
        for cut in range(0, len(x), 10):
            rows = order[cut : cut + 10]
            optimizer.zero_grad()
            loss_of(net(x[rows]), y[rows]).backward()
            optimizer.step()
        epochs += 1
    return epochs / (time.perf_counter() - began)


def measure() -> dict[str, float]:
    """Measure in a fresh process, as engines run: without Qt, whose import hook slows every import statement."""
    done = subprocess.run([sys.executable, "-m", "tests.benchmarks.speed"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def alternate(rounds: int = 5) -> dict[str, float]:
    """Alternate both on one thread; medians and their ratio."""
    import torch

    torch.set_num_threads(1)
    pairs = [(ours(), plain()) for _ in range(rounds)]
    first, second = (statistics.median(rates) for rates in zip(*pairs, strict=True))
    return {"ratio": first / second, "ours_epochs_per_s": first, "plain_epochs_per_s": second}


if __name__ == "__main__":
    print(json.dumps(alternate()))
