"""What the multilayer perceptron keeps: weights in one block, buffers of each size of batch, and its pictures."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor  # noqa: TID253

from engines.core.arrays import Floats
from engines.core.language import LearnerError
from engines.core.step import Outcome, Pictures, Poke
from engines.data.points import Part, Points
from engines.evaluation.metrics import confusion, macro_f1
from engines.neural.mlp import forward
from engines.pictures.network import Network
from engines.pictures.surface import COLUMNS, ROWS, Surface, area_of, grid

MOMENTUM = 0.9
BETAS, EPSILON = (0.9, 0.999), 1e-8
EVERY = 4  # neurons' maps are drawn from every fourth cell of the surface's grid


class Layers:
    """The weights: matrix i is (inputs + 1, outputs), its last row the biases.

    All are views of one flat vector, so that an optimizer moves them in one operation.
    """

    def __init__(self, hidden: tuple[int, ...], n_classes: int, rng: np.random.Generator) -> None:
        self.n_outputs = 1 if n_classes <= 2 else n_classes
        self.sizes = (2, *hidden, self.n_outputs)
        shapes = [(inputs + 1, outputs) for inputs, outputs in zip(self.sizes, self.sizes[1:], strict=False)]
        self.n_weights = sum(rows * columns for rows, columns in shapes)
        self.flat = torch.zeros(self.n_weights)
        self.slope = torch.zeros(self.n_weights)
        self._decays = torch.zeros(self.n_weights)  # 1 for weights, 0 for biases, which are not punished
        self._memory = torch.zeros(self.n_weights)
        self._squares = torch.zeros(self.n_weights)
        self._updates = 0
        self.weights = _views(self.flat, shapes)
        self.slopes = _views(self.slope, shapes)
        self.hidden, self.last = self.weights[:-1], self.weights[-1]
        self.backward_weights = [weights[:-1].t() for weights in self.weights]
        for weights, decays in zip(self.weights, _views(self._decays, shapes), strict=True):
            inputs, outputs = weights.shape[0] - 1, weights.shape[1]
            reach = (6 / (inputs + outputs)) ** 0.5
            weights[:-1] = torch.from_numpy(rng.uniform(-reach, reach, (inputs, outputs)))
            decays[:-1] = 1
        self.dice = torch.Generator().manual_seed(int(rng.integers(2**31)))

    def update(self, optimizer: str, lr: float, weight_decay: float) -> None:
        """Move all weights against their slopes."""
        slope = self.slope
        if weight_decay > 0:
            slope.addcmul_(self.flat, self._decays, value=weight_decay)
        if optimizer == "sgd":
            self.flat.add_(slope, alpha=-lr)
        elif optimizer == "momentum":
            self.flat.add_(self._memory.mul_(MOMENTUM).add_(slope), alpha=-lr)
        else:
            self._updates += 1
            first, second = BETAS
            self._memory.mul_(first).add_(slope, alpha=1 - first)
            self._squares.mul_(second).addcmul_(slope, slope, value=1 - second)
            width = (self._squares / (1 - second**self._updates)).sqrt_().add_(EPSILON)
            self.flat.addcdiv_(self._memory, width, value=-lr / (1 - first**self._updates))

    def poke(self, pokes: tuple[Poke, ...]) -> None:
        """Set weights and biases that a person has typed."""
        for poke in pokes:
            layer, unit = poke.index[0], poke.index[1]
            source = poke.index[2] if poke.target == "weights" else -1
            self.weights[layer][source, unit] = float(poke.value)  # type: ignore[arg-type]


def _views(flat: Tensor, shapes: list[tuple[int, int]]) -> list[Tensor]:
    parts = torch.split(flat, [rows * columns for rows, columns in shapes])
    return [part.view(shape) for part, shape in zip(parts, shapes, strict=True)]


@dataclass
class Buffers:
    """Room for one batch of a fixed size. a: hidden activations with their 1 at the end, h: the same without it."""

    a: list[Tensor]
    h: list[Tensor]
    z: list[Tensor]
    slope: list[Tensor]
    mask: list[Tensor]
    error: list[Tensor]
    probability: Tensor

    @classmethod
    def of(cls, net: Layers, n: int) -> "Buffers":
        """Make buffers for ``n`` rows."""
        hidden, outputs = net.sizes[1:-1], net.sizes[1:]
        a = [torch.ones(n, width + 1) for width in hidden]

        def room(widths: tuple[int, ...]) -> list[Tensor]:
            return [torch.empty(n, width) for width in widths]

        h = [row[:, :-1] for row in a]
        return cls(a, h, room(outputs), room(hidden), room(hidden), room(outputs), torch.empty(n, net.n_outputs))


class Training:
    """The data cut into batches, and everything that is measured or drawn."""

    def __init__(self, net: Layers, data: Points, batch_size: int) -> None:
        outputs = 1 if data.n_classes <= 2 else data.n_classes
        if outputs != net.n_outputs:
            raise LearnerError("The number of classes has changed: begin the run again.")
        self._net, self._data = net, data
        train = data.train
        self._x, self._target = _rows(train.x), self._targets(train)
        self._mixed_x, self._mixed_target = self._x.clone(), self._target.clone()
        cuts = range(0, len(self._x), batch_size)
        room = {n: Buffers.of(net, n) for n in {min(batch_size, len(self._x) - cut) for cut in cuts}}
        rows = [(self._mixed_x[cut : cut + batch_size], self._mixed_target[cut : cut + batch_size]) for cut in cuts]
        self._batches = [(x, target, room[len(x)]) for x, target in rows]
        self._parts = [_Measured(net, part, self._targets(part)) for part in (train, data.validation)]
        self._area = area_of(data.x)
        self._grid = _rows(grid(self._area))
        self._grid_room: Buffers | None = None

    def _targets(self, part: Part) -> Tensor:
        y = torch.from_numpy(part.y.copy())
        if self._net.n_outputs == 1:
            return (y == 1).float()[:, None]
        return torch.eye(self._net.n_outputs)[y]

    def batches(self, rng: np.random.Generator) -> Iterator[tuple[Tensor, Tensor, Buffers]]:
        """Mix the training points and hand them out, batch by batch."""
        order = torch.from_numpy(rng.permutation(len(self._x)))
        torch.index_select(self._x, 0, order, out=self._mixed_x)
        torch.index_select(self._target, 0, order, out=self._mixed_target)
        return iter(self._batches)

    def scores(self, activation: str) -> dict[str, float]:
        """Return loss and accuracy on the training and validation shares."""
        train, validation = (part.score(activation) for part in self._parts)
        return {
            "train_loss": train[0], "validation_loss": validation[0],
            "train_accuracy": train[1], "validation_accuracy": validation[1],
        }  # fmt: skip

    def predict(self, x: Tensor, activation: str) -> Tensor:
        """Return the probability of every class (n, classes)."""
        buffers = Buffers.of(self._net, len(x))
        forward(self._net, x, buffers, activation)
        return _classes(buffers.probability)

    def draw(self, activation: str) -> Pictures:
        """Draw surface, network and confusion from one pass over the grid and one over the points."""
        net = self._net
        room = self._grid_room = self._grid_room or Buffers.of(net, len(self._grid))
        forward(net, self._grid, room, activation)
        values = _classes(room.probability).t().reshape(-1, ROWS, COLUMNS).numpy()
        layers = [self._grid[:, :2], *room.h, room.probability]
        maps = tuple(
            layer.view(ROWS, COLUMNS, -1)[::EVERY, ::EVERY].permute(2, 0, 1).contiguous().numpy() for layer in layers
        )
        weights = tuple(weights[:-1].t().numpy().copy() for weights in net.weights)
        biases = tuple(weights[-1].numpy().copy() for weights in net.weights)
        predicted = self.predict(_rows(self._data.x), activation).argmax(1).numpy()
        return (
            Surface(values, self._area),
            Network(net.sizes, weights, biases, maps, self._area, activation),
            confusion(self._data, predicted),
        )

    def outcome(self, activation: str) -> Outcome:
        """Return the last numbers, the test share's for the first time, the weights, and what is said of each point."""
        test = self._data.test
        loss, accuracy = _Measured(self._net, test, self._targets(test)).score(activation)
        predicted = self.predict(_rows(test.x), activation).argmax(1).numpy()
        arrays = {}
        for i, weights in enumerate(self._net.weights):
            arrays[f"coefs_{i}"], arrays[f"intercepts_{i}"] = weights[:-1].numpy().copy(), weights[-1].numpy().copy()
        probabilities = self.predict(_rows(self._data.x), activation).numpy()
        arrays["probabilities"], arrays["predictions"] = probabilities, probabilities.argmax(1)
        numbers = {"test_loss": loss, "test_accuracy": accuracy, "test_f1": macro_f1(predicted, test.y)}
        return Outcome({**self.scores(activation), **numbers}, arrays)


class _Measured:
    """One share of the data with room to send it through the network."""

    def __init__(self, net: Layers, part: Part, target: Tensor) -> None:
        self._net, self._x, self._target = net, _rows(part.x), target
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


def _rows(x: Floats) -> Tensor:
    """Return points (n, 2) as (n, 3) float32 with a 1 at the end."""
    rows = torch.ones(len(x), 3)
    rows[:, :2] = torch.from_numpy(np.array(x, np.float32))
    return rows


def _classes(probability: Tensor) -> Tensor:
    """Return one column per class: for one output, (1 - p, p)."""
    return torch.cat([1 - probability, probability], 1) if probability.shape[1] == 1 else probability
