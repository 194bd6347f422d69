"""Many networks trained at once: a stack of weights, and one product of a stack of matrices in place of many.

Each network has dice of its own, thrown in the same order as when it is trained alone: it gets the same first weights
and the same batches.
"""

from collections.abc import Sequence

import numpy as np
import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor  # noqa: TID253

from engines.core.arrays import Floats
from engines.core.forecast import Forecast, forecast
from engines.core.language import Note
from engines.data.features import Share
from engines.data.points import Points
from engines.evaluation.checks import with_classes
from engines.neural._layers import Buffers, Layers, Pace
from engines.neural._seconds import seconds
from engines.neural._training import classes, rows, targets, watched
from engines.neural.mlp import MLPParams, backward, diverged, forward

Dice = np.random.Generator
BLOCK = 4_000_000  # numbers in the widest layer of the networks that answer at once


class Stack(Layers):
    """The weights of several networks of the same layers: matrix i is (networks, inputs + 1, outputs)."""

    product = staticmethod(torch.bmm)

    def __init__(self, hidden: tuple[int, ...], n_classes: int, dice: Sequence[Dice], inputs: int = 2) -> None:
        alone = [Layers(hidden, n_classes, each, inputs) for each in dice]
        self.many = (len(alone),)
        self._make_room(hidden, n_classes, inputs)
        self.flat.copy_(torch.stack([net.flat for net in alone]))
        self._each = [net.dice for net in alone]

    def throw(self, mask: Tensor, keep: float) -> Tensor:
        """Fill the mask of each network with its own dice."""
        for part, dice in zip(mask, self._each, strict=True):
            part.bernoulli_(keep, generator=dice)
        return mask


class Many:
    """Networks of the same layers in training, each on its own data with its own dice, learning rate and penalties.

    params: one for each; only the learning rate and the penalties may differ. data: one for all, or one for each; they
    must have as many rows in each share. epoch: how many are done. best_epoch, best_loss: (s,) where early stopping
    stands. going: (s,) bool, who still trains; the others keep their best weights.
    """

    def __init__(self, params: Sequence[MLPParams], data: Sequence[Points], seeds: Sequence[int]) -> None:
        made = {id(each): with_classes(each) for each in {id(each): each for each in data}.values()}
        sets = [made[id(each)] for each in data]
        self.params, self._each = params[0], params
        if self.params.early_stopping:
            watched(sets[0])
        self._dice = [np.random.default_rng(seed) for seed in seeds]
        self._at = sets[0].at  # the columns of a place of the plane
        self.net = Stack(self.params.layers, sets[0].n_classes, self._dice, len(sets[0].names))
        self._paces = [_pace([getattr(one, name) for one in params]) for name in ("lr", "weight_decay", "l1")]
        self._train = _Share(self.net, [each.train for each in sets])
        self._validation = _Share(self.net, [each.validation for each in sets])
        self._cut(self.params.batch_size)
        self.epoch, self._scored = 0, -1
        s = len(seeds)
        self.best_epoch, self.best_loss, self.going = np.zeros(s, int), np.full(s, np.inf), np.ones(s, bool)
        self._best, self._lost = self.net.flat.clone(), np.zeros(s, bool)
        self._rooms: dict[int, Buffers] = {}  # for what was asked last

    def _cut(self, size: int) -> None:
        """Make room for the mixed points, and cut it into batches."""
        s, n = len(self._dice), self._train.n
        self._mixed_x, self._mixed_target = (
            torch.ones(s, n, self.net.sizes[0] + 1),
            torch.empty(s, n, self.net.n_outputs),
        )
        cuts = range(0, n, size)
        room = {count: Buffers.of(self.net, count) for count in {min(size, n - cut) for cut in cuts}}
        parts = [(self._mixed_x[:, cut : cut + size], self._mixed_target[:, cut : cut + size]) for cut in cuts]
        self._batches = [(x, target, room[x.shape[1]]) for x, target in parts]

    def train(self) -> None:
        """Train all of them for one epoch."""
        params, net = self.params, self.net
        order = torch.from_numpy(np.stack([dice.permutation(self._train.n) for dice in self._dice]))
        self._train.mixed(order, self._mixed_x, self._mixed_target)
        with torch.inference_mode():
            for x, target, buffers in self._batches:
                forward(net, x, buffers, params.activation, params.dropout)
                backward(net, x, target, buffers)
                net.update(params.optimizer, *self._paces)
        self.epoch += 1
        self._lost |= ~torch.isfinite(net.flat).all(1).numpy()
        if params.early_stopping:
            self.scores()

    def scores(self) -> dict[str, Floats]:
        """Return the four numbers of a network's step for all of them, (s,) each, and look who has to stop."""
        if self._scored != self.epoch:
            self._scored = self.epoch
            self._numbers = self._measured()
            self._lost |= ~np.isfinite(self._numbers["train_loss"])
            if self.params.early_stopping and self.epoch:
                self._see(self._numbers["validation_loss"])
        return self._numbers

    def _measured(self) -> dict[str, Floats]:
        train, validation = (share.score(self.params.activation) for share in (self._train, self._validation))
        return {
            "train_loss": train[0], "validation_loss": validation[0],
            "train_accuracy": train[1], "validation_accuracy": validation[1],
        }  # fmt: skip

    @property
    def forecast(self) -> Forecast:
        """Return how long all epochs will take."""
        whole = seconds(self.params, self._train.n, self._validation.n, len(self._dice))
        return forecast(whole, at_most=self.params.early_stopping)

    @property
    def problems(self) -> tuple[Note | None, ...]:
        """Why each could not be trained, None where all is well: a loss that was no number, as far as is known."""
        return tuple(diverged(one) if lost else None for one, lost in zip(self._each, self._lost, strict=True))

    def _see(self, loss: Floats) -> None:
        """Keep the weights of those that were never better; stop those that have been patient enough."""
        better = self.going & (loss < self.best_loss)
        self.best_loss[better], self.best_epoch[better] = loss[better], self.epoch
        chosen = torch.from_numpy(better)
        self._best[chosen] = self.net.flat[chosen]
        self.going &= self.epoch - self.best_epoch < self.params.patience

    def finish(self) -> None:
        """Measure for the last time; give each network its best weights, where there is early stopping."""
        self.scores()
        if self.params.early_stopping:
            self.net.flat.copy_(self._best)
            self._numbers = self._measured()

    @property
    def over(self) -> bool:
        """Whether there is nothing left to train."""
        return self.epoch >= self.params.max_epochs or not (self.going & ~self._lost).any()

    def say(self, x: Floats) -> Floats:
        """Return the probability of each class that each network gives to these points: (s, classes, n) float32."""
        s, widest = len(self._dice), max(self.net.sizes) + 1
        size = max(1, BLOCK // (s * widest))
        answers = []
        for begin in range(0, len(x), size):
            part = rows(self._at(x[begin : begin + size]))
            if len(part) not in self._rooms:
                self._rooms = {len(part): Buffers.of(self.net, len(part))}
            buffers = self._rooms[len(part)]
            forward(self.net, part.expand(s, -1, -1), buffers, self.params.activation)
            answers.append(classes(buffers.probability).mT.numpy())
        return np.concatenate(answers, axis=2) if answers else np.zeros((s, self.net.n_outputs, 0), np.float32)


def _pace(values: Sequence[float]) -> Pace:
    """Return the number that all networks have, or one for each, (s, 1)."""
    return float(values[0]) if len(set(values)) == 1 else torch.tensor(values, dtype=torch.float32)[:, None]


class _Share:
    """One share of the data of each network, with room to send it through. n: its rows, the same for all."""

    def __init__(self, net: Stack, parts: Sequence[Share]) -> None:
        counts = {len(part.x) for part in parts}
        if len(counts) > 1:
            raise ValueError("networks that are trained at once need as many rows each")
        self._net, self.n, self._shared = net, counts.pop(), len(parts) == 1
        self._x = torch.stack([rows(part.x) for part in parts])
        self._target = torch.stack([targets(part.y, net.n_outputs) for part in parts])
        self._all = self._x.expand(*net.many, -1, -1).contiguous()
        self._room = Buffers.of(net, self.n)

    def mixed(self, order: Tensor, x: Tensor, target: Tensor) -> None:
        """Write the rows of each network in its own order (s, n) into x (s, n, d + 1) and target (s, n, outputs)."""
        if not self._shared:  # each has its own rows, one set behind the other
            order = order + torch.arange(len(order))[:, None] * self.n
        flat = order.flatten()
        torch.index_select(self._x.flatten(0, 1), 0, flat, out=x.flatten(0, 1))
        torch.index_select(self._target.flatten(0, 1), 0, flat, out=target.flatten(0, 1))

    def score(self, activation: str) -> tuple[Floats, Floats]:
        """Return the mean cross-entropy and the share of right answers of each network, (s,) each; NaN for no rows."""
        if not self.n:
            nothing = np.full(self._net.many, np.nan)
            return nothing, nothing
        forward(self._net, self._all, self._room, activation)
        z, target = self._room.z[-1], self._target
        if z.shape[-1] == 1:
            right = z * (2 * target - 1)
            loss, hits = torch.nn.functional.softplus(-right).mean((1, 2)), (right > 0).float().mean((1, 2))
        else:
            loss = -(torch.log_softmax(z, -1) * target).sum(-1).mean(-1)
            hits = (z.argmax(-1) == target.argmax(-1)).float().mean(-1)
        return loss.numpy().astype(float), hits.numpy().astype(float)
