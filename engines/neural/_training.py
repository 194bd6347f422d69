"""The data of a multilayer perceptron cut into batches, what is measured on them, and its pictures."""

from collections.abc import Iterator

import numpy as np
import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor  # noqa: TID253

from engines.core.arrays import Bools, Floats, Ints
from engines.core.language import LearnerError
from engines.core.step import Outcome, Pictures
from engines.data.features import Features, Share
from engines.evaluation.metrics import confusion, macro_f1
from engines.neural._layers import Best, Buffers, Layers, outputs_for
from engines.neural.mlp import MLPParams, forward
from engines.pictures.network import Network
from engines.pictures.surface import COLUMNS, ROWS, Surface, area_of, grid

EVERY = 4  # neurons' maps are drawn from every fourth cell of the surface's grid


class Training:
    """The data cut into batches, and everything that is measured or drawn."""

    def __init__(self, net: Layers, data: Features, params: MLPParams) -> None:
        if outputs_for(data.n_classes) != net.n_outputs:
            raise LearnerError("The number of classes has changed: begin the run again.")
        self._net, self._data, self._params = net, data, params
        train, batch_size = data.train, params.batch_size
        if params.early_stopping:
            watched(data)
        self._x, self._target = rows(train.x), self._targets(train)
        self._mixed_x, self._mixed_target = self._x.clone(), self._target.clone()
        cuts = range(0, len(self._x), batch_size)
        room = {n: Buffers.of(net, n) for n in {min(batch_size, len(self._x) - cut) for cut in cuts}}
        cut_up = [(self._mixed_x[cut : cut + batch_size], self._mixed_target[cut : cut + batch_size]) for cut in cuts]
        self._batches = [(x, target, room[len(x)]) for x, target in cut_up]
        self._parts = [_Measured(net, part, self._targets(part)) for part in (train, data.validation)]
        self._area = area_of(data.places)
        self._grid = rows(data.at(grid(self._area)))
        self._grid_room: Buffers | None = None

    def _targets(self, part: Share) -> Tensor:
        return targets(part.y, self._net.n_outputs)

    def batches(self, rng: np.random.Generator) -> Iterator[tuple[Tensor, Tensor, Buffers]]:
        """Mix the training points and hand them out, batch by batch."""
        order = torch.from_numpy(rng.permutation(len(self._x)))
        torch.index_select(self._x, 0, order, out=self._mixed_x)
        torch.index_select(self._target, 0, order, out=self._mixed_target)
        return iter(self._batches)

    def scores(self, best: Best, epoch: int = -1) -> dict[str, float]:
        """Return loss and accuracy on the training and validation shares; tell ``best`` of an epoch's end."""
        train, validation = (part.score(self._params.activation) for part in self._parts)
        numbers = {
            "train_loss": train[0], "validation_loss": validation[0],
            "train_accuracy": train[1], "validation_accuracy": validation[1],
        }  # fmt: skip
        if self._params.early_stopping:
            if epoch >= 0:
                best.see(epoch, validation[0])
            numbers["best_epoch"] = float(best.epoch)
        return numbers

    def predict(self, x: Tensor) -> Tensor:
        """Return the probability of every class (n, classes)."""
        buffers = Buffers.of(self._net, len(x))
        forward(self._net, x, buffers, self._params.activation)
        return classes(buffers.probability)

    def draw(self, params: MLPParams) -> Pictures:
        """Draw surface, network and confusion from one pass over the grid and one over the points."""
        net, activation = self._net, params.activation
        room = self._grid_room = self._grid_room or Buffers.of(net, len(self._grid))
        forward(net, self._grid, room, activation)
        values = classes(room.probability).t().reshape(-1, ROWS, COLUMNS).numpy()
        layers = [self._grid[:, :-1], *room.h, room.probability]
        maps = tuple(
            layer.view(ROWS, COLUMNS, -1)[::EVERY, ::EVERY].permute(2, 0, 1).contiguous().numpy() for layer in layers
        )
        weights = tuple(weights[:-1].t().numpy().copy() for weights in net.weights)
        biases = tuple(weights[-1].numpy().copy() for weights in net.weights)
        predicted = self.predict(rows(self._data.x)).argmax(1).numpy()
        names = tuple(lift.name for lift in self._data.added)
        return (
            Surface(values, self._area),
            Network(net.sizes, weights, biases, maps, self._area, activation, self._off(params.dropout), names),
            confusion(self._data, predicted),
        )

    def _off(self, dropout: float) -> tuple[Bools, ...]:
        """Return for each hidden layer which neurons were off when the last point of the last batch went through."""
        masks = self._batches[-1][2].mask if dropout > 0 and self._batches else []
        return tuple((mask[-1] == 0).numpy().copy() for mask in masks)

    def outcome(self, best: Best) -> Outcome:
        """Return the last numbers, the test share's for the first time, the weights, and what is said of each point."""
        test, activation = self._data.test, self._params.activation
        loss, accuracy = _Measured(self._net, test, self._targets(test)).score(activation)
        predicted = self.predict(rows(test.x)).argmax(1).numpy()
        arrays = {}
        for i, weights in enumerate(self._net.weights):
            arrays[f"coefs_{i}"], arrays[f"intercepts_{i}"] = weights[:-1].numpy().copy(), weights[-1].numpy().copy()
        probabilities = self.predict(rows(self._data.x)).numpy()
        arrays["probabilities"], arrays["predictions"] = probabilities, probabilities.argmax(1)
        numbers = {"test_loss": loss, "test_accuracy": accuracy, "test_f1": macro_f1(predicted, test.y)}
        return Outcome({**self.scores(best), **numbers}, arrays)


class _Measured:
    """One share of the data with room to send it through the network."""

    def __init__(self, net: Layers, part: Share, target: Tensor) -> None:
        self._net, self._x, self._target = net, rows(part.x), target
        self._room = Buffers.of(net, len(self._x))
        self._sign = 2 * target - 1
        self._y = target.argmax(1)

    def score(self, activation: str) -> tuple[float, float]:
        """Return the mean cross-entropy and the share of right answers; NaN for no rows."""
        if not len(self._x):
            return float("nan"), float("nan")
        forward(self._net, self._x, self._room, activation)
        z = self._room.z[-1]
        if z.shape[1] == 1:  # -ln p(true class) = ln(1 + e^(-z)), with the sign of the true class
            right = z.mul_(self._sign)
            loss = torch.nn.functional.softplus(-right).mean()
            return float(loss), float((right > 0).float().mean())
        loss = torch.nn.functional.cross_entropy(z, self._target)
        return float(loss), float((z.argmax(1) == self._y).float().mean())


def rows(x: Floats) -> Tensor:
    """Return columns (n, d) as (n, d + 1) float32 with a 1 at the end."""
    made = torch.ones(len(x), x.shape[1] + 1)
    made[:, :-1] = torch.from_numpy(np.array(x, np.float32))
    return made


def targets(y: Ints, n_outputs: int) -> Tensor:
    """Return classes (n,) as what the outputs should answer, (n, outputs) float32."""
    known = torch.from_numpy(y.copy())
    return (known == 1).float()[:, None] if n_outputs == 1 else torch.eye(n_outputs)[known]


def watched(data: Features) -> None:
    """Raise LearnerError where there is no validation share to stop by."""
    if not len(data.validation.y):
        raise LearnerError("Early stopping watches the validation share: give it some points in the Data tab.")


def classes(probability: Tensor) -> Tensor:
    """Return one column per class (..., n, classes): for one output, (1 - p, p)."""
    return torch.cat([1 - probability, probability], -1) if probability.shape[-1] == 1 else probability
