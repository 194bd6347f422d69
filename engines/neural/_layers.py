"""What the multilayer perceptron keeps: its weights in one block, the best of them, and buffers for a size of batch."""

from dataclasses import dataclass

import numpy as np
import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor  # noqa: TID253

from engines.core.step import Poke

MOMENTUM = 0.9
BETAS, EPSILON = (0.9, 0.999), 1e-8
Pace = float | Tensor


class Layers:
    """The weights: matrix i is (inputs + 1, outputs), its last row the biases.

    All are views of one flat vector, so that an optimizer moves them in one operation. ``many``: of a stack of networks
    how many there are, before all other sizes; () for one network.
    """

    many: tuple[int, ...] = ()
    product = staticmethod(torch.mm)  # of a batch with a matrix of weights

    def __init__(self, hidden: tuple[int, ...], n_classes: int, rng: np.random.Generator, inputs: int = 2) -> None:
        self._make_room(hidden, n_classes, inputs)
        for weights in self.weights:
            inputs, outputs = weights.shape[0] - 1, weights.shape[1]
            reach = (6 / (inputs + outputs)) ** 0.5
            weights[:-1] = torch.from_numpy(rng.uniform(-reach, reach, (inputs, outputs)))
        self.dice = torch.Generator().manual_seed(int(rng.integers(2**31)))

    def _make_room(self, hidden: tuple[int, ...], n_classes: int, inputs: int) -> None:
        self.n_outputs = outputs_for(n_classes)
        self.sizes = (inputs, *hidden, self.n_outputs)
        shapes = [(inputs + 1, outputs) for inputs, outputs in zip(self.sizes, self.sizes[1:], strict=False)]
        self.n_weights = sum(rows * columns for rows, columns in shapes)
        self.flat = torch.zeros(*self.many, self.n_weights)
        self.slope = torch.zeros_like(self.flat)
        self._memory, self._squares = torch.zeros_like(self.flat), torch.zeros_like(self.flat)
        self._updates = 0
        self.weights, self.slopes = _views(self.flat, shapes), _views(self.slope, shapes)
        self.hidden, self.last = self.weights[:-1], self.weights[-1]
        self.backward_weights = [weights[..., :-1, :].mT for weights in self.weights]
        self._decays = torch.zeros(self.n_weights)  # 1 for weights, 0 for biases, which are not punished
        for decays in _views(self._decays, shapes):
            decays[:-1] = 1

    def throw(self, mask: Tensor, keep: float) -> Tensor:
        """Fill a mask with 1, with this chance, and 0."""
        return mask.bernoulli_(keep, generator=self.dice)

    def update(self, optimizer: str, lr: Pace, weight_decay: Pace, l1: Pace = 0.0) -> None:
        """Move all weights against their slopes; for a stack perhaps each network by numbers of its own, (s, 1)."""
        slope = self.slope
        pace = lr  # how far a steady slope of 1 moves a weight
        if isinstance(weight_decay, Tensor):
            slope.addcmul_(self.flat, self._decays * weight_decay)
        elif weight_decay > 0:
            slope.addcmul_(self.flat, self._decays, value=weight_decay)
        if optimizer == "sgd":
            self._move(slope, lr)
        elif optimizer == "momentum":
            self._move(self._memory.mul_(MOMENTUM).add_(slope), lr)
            pace = lr / (1 - MOMENTUM)
        else:
            self._updates += 1
            first, second = BETAS
            self._memory.mul_(first).add_(slope, alpha=1 - first)
            self._squares.mul_(second).addcmul_(slope, slope, value=1 - second)
            width = (self._squares / (1 - second**self._updates)).sqrt_().add_(EPSILON)
            self._move(self._memory / width, lr / (1 - first**self._updates))
            pace = lr / width
        if isinstance(l1, Tensor) or l1 > 0:  # each weight goes so far towards 0, and stays there
            reach = self._decays * (pace * l1)
            self.flat.sub_(torch.clamp(self.flat, -reach, reach))

    def _move(self, direction: Tensor, lr: Pace) -> None:
        if isinstance(lr, Tensor):
            self.flat.addcmul_(direction, lr, value=-1)
        else:
            self.flat.sub_(direction, alpha=lr)

    def poke(self, pokes: tuple[Poke, ...]) -> None:
        """Set weights and biases that a person has typed."""
        for poke in pokes:
            layer, unit = poke.index[0], poke.index[1]
            source = poke.index[2] if poke.target == "weights" else -1
            self.weights[layer][source, unit] = float(poke.value)  # type: ignore[arg-type]


def outputs_for(n_classes: int) -> int:
    """Return how many neurons answer: one for two classes."""
    return 1 if n_classes <= 2 else n_classes


def _views(flat: Tensor, shapes: list[tuple[int, int]]) -> list[Tensor]:
    """Return the matrices, (..., inputs + 1, outputs), that lie one behind the other in the last axis."""
    parts = torch.split(flat, [rows * columns for rows, columns in shapes], dim=-1)
    return [part.view(*flat.shape[:-1], *shape) for part, shape in zip(parts, shapes, strict=True)]


class Best:
    """The weights of the epoch that had the lowest validation loss, from ``epoch`` on."""

    def __init__(self, net: Layers, epoch: int = 0) -> None:
        self._net, self._flat = net, net.flat.clone()
        self.epoch, self.loss = epoch, float("inf")

    def see(self, epoch: int, loss: float) -> None:
        """Keep the weights of now, if there were none better."""
        if loss < self.loss:
            self.epoch, self.loss = epoch, loss
            self._flat.copy_(self._net.flat)

    def restore(self) -> None:
        """Give the network these weights."""
        self._net.flat.copy_(self._flat)


@dataclass
class Buffers:
    """Room for one batch of a fixed size. a: hidden activations with their 1 at the end, h: the same without it.

    mask: what dropout has multiplied h by, 0 for a neuron that is off; that of the last batch stays.
    """

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
        a = [torch.ones(*net.many, n, width + 1) for width in hidden]

        def room(widths: tuple[int, ...]) -> list[Tensor]:
            return [torch.empty(*net.many, n, width) for width in widths]

        h, mask = [row[..., :-1] for row in a], [torch.ones(*net.many, n, width) for width in hidden]
        return cls(a, h, room(outputs), room(hidden), mask, room(outputs), torch.empty(*net.many, n, net.n_outputs))
