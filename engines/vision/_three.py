"""The three networks of the residual experiment, what is measured on them, and its pictures."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor, nn  # noqa: TID253

from engines.core.arrays import Floats
from engines.core.dataset import TEST, TRAIN, VALIDATION
from engines.core.forecast import forecast
from engines.core.language import LearnerError, Note, say
from engines.core.step import Change, Outcome, Pictures, Step
from engines.data.images import Images
from engines.pictures.chart import Line
from engines.pictures.layer_table import LayerTable
from engines.pictures.workings import Workings
from engines.vision._inspecting import rows_of, table
from engines.vision._learning import learnable
from engines.vision._parts import Fit, seeded
from engines.vision.residual import NAMES, ResidualParams, Slopes, stack_of

REMEMBERED = 500  # pictures whose answers make the training error
MOMENTUM = 0.9
A_SECOND = 6e9  # multiply–adds that a laptop does
A_LAYER = 2.5e-4  # seconds that starting a layer's arithmetic takes, forward and backward, however small it is
TITLES = {"shallow": say("shallow"), "plain": say("deep, plain"), "residual": say("deep, with shortcuts")}


class Run:
    """One network being trained. gradients: (layers,) of the last batch, the norm of each layer's weights' gradient.

    lost: whether its loss has grown until it was no number; it is left alone then.
    """

    def __init__(self, net: nn.Module, lr: float) -> None:
        self.optimizer = torch.optim.SGD(net.parameters(), lr, MOMENTUM)
        self._weights = [layer.weight for layer in net.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
        self.gradients: Floats = np.full(len(self._weights), np.nan)
        self.loss, self.lost = float("nan"), False
        self._wrong: deque[bool] = deque(maxlen=REMEMBERED)

    def saw(self, scores: Tensor, y: Tensor, loss: Tensor) -> bool:
        """Note what came of a batch, before the weights are moved; whether they should be."""
        self.loss = float(loss.detach())
        slopes = [weight.grad for weight in self._weights if weight.grad is not None]
        gradients = torch.stack(torch._foreach_norm(slopes)).double().numpy()
        self.lost = not (np.isfinite(self.loss) and np.isfinite(gradients).all())
        if not self.lost:
            self._wrong.extend((scores.detach().argmax(1) != y).tolist())
            self.gradients = gradients
        return not self.lost

    @property
    def error(self) -> float:
        """The share of wrong answers among the last pictures; NaN before the first batch."""
        return sum(self._wrong) / len(self._wrong) if self._wrong else float("nan")


class Three:
    """The shallow stack, the deep one, and the deep one with shortcuts, with the data they learn from."""

    def __init__(self, data: Images, params: ResidualParams, rng: np.random.Generator) -> None:
        self._params = params
        self._look_at(data)
        inputs, classes = self._x.shape[1], len(data.names)
        self._classes = classes
        plan = partial(stack_of, channels=params.channels, n_classes=classes, inputs=inputs, norm=params.batch_norm)
        plans = [
            partial(plan, layers=params.shallow, shortcuts=False), partial(plan, layers=params.deep, shortcuts=False),
            partial(plan, layers=params.deep, shortcuts=True),
        ]  # fmt: skip
        self.nets = [seeded(plan, rng) for plan in plans]
        self.runs = [Run(net, params.lr) for net in self.nets]
        self._rows = rows_of(plans[2], tuple(self._x.shape[1:]))
        self._seconds = self._forecast(plans)

    def _forecast(self, plans: Sequence[Callable[[], nn.Module]]) -> float:
        seen = self._params.max_epochs * len(self._train)
        batches = seen / self._params.batch_size
        operations = sum(row.operations for plan in plans for row in rows_of(plan, tuple(self._x.shape[1:])))
        layers = self._params.shallow + 2 * self._params.deep
        return seen * 3 * operations / A_SECOND + batches * layers * A_LAYER

    def _look_at(self, data: Images) -> None:
        known = np.flatnonzero(learnable(data).y >= 0)
        train = known[data.parts[known] == TRAIN]
        side = self._params.side
        pixels = torch.from_numpy(data.pixels.astype(np.float32) / 255)
        pixels = pixels.permute(0, 3, 1, 2) if pixels.ndim == 4 else pixels[:, None]
        self._x = Fit(pixels.shape[1], side)(pixels.contiguous())
        self._y = torch.from_numpy(data.y.copy())
        self._train = train
        self._parts = {part: known[data.parts[known] == part] for part in (VALIDATION, TEST)}

    def batches(self, rng: np.random.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """Mix the training pictures and hand them out, batch by batch; one picture alone has no batch norm."""
        size, known, classes = self._params.batch_size, self._x, self._y
        order = torch.from_numpy(rng.permutation(self._train))
        for rows in order.split(size):
            if len(rows) > 1:
                yield known[rows], classes[rows]

    def going(self) -> list[tuple[nn.Module, Run]]:
        """Return the networks that still learn; LearnerError when there is none."""
        going = [(net, run) for net, run in zip(self.nets, self.runs, strict=True) if not run.lost]
        if not going:
            raise LearnerError("The loss is no longer a number: lower the learning rate and begin again.")
        return going

    def take(self, change: Change, params: ResidualParams) -> ResidualParams:
        """Take up a new learning rate, or edited pictures from the next epoch on."""
        if isinstance(change.params, ResidualParams):
            params = self._params = change.params
            for run in self.runs:
                for group in run.optimizer.param_groups:
                    group["lr"] = params.lr
        if isinstance(change.data, Images):
            self._look_at(change.data)
        return params

    # What is told

    def depths(self) -> dict[str, int]:
        """Return how many layers with weights the stacks have: two at the ends, and two in each block."""
        return {"few": len(self.runs[0].gradients), "many": len(self.runs[1].gradients)}

    def errors(self) -> dict[str, float]:
        """Return the training error of each network by name."""
        return {name: run.error for name, run in zip(NAMES, self.runs, strict=True)}

    def told(self, note: Note, then: str) -> Step:
        """Return a step with the numbers of now."""
        numbers = {f"{name}_error": error for name, error in self.errors().items()}
        numbers |= {f"{name}_loss": run.loss for name, run in zip(NAMES, self.runs, strict=True)}
        return Step(note, numbers, self._draw, then=then, caution=forecast(self._seconds))

    def _draw(self) -> Pictures:
        lines = tuple(
            Line(TITLES[name], np.arange(1, len(run.gradients) + 1.0), run.gradients)
            for name, run in zip(NAMES, self.runs, strict=True)
        )
        slopes = Slopes(lines, say("layer"), say("norm of the gradient"), log_y=True)
        return slopes, self._workings(), self._table()

    def _workings(self) -> Workings:
        lines = [
            say("plain: ∂y/∂x = F′(x)"), say("shortcut: ∂y/∂x = F′(x) + 1"),
            say("gradients = ‖first layer‖ / ‖last layer‖"),
        ]  # fmt: skip
        for name, run in zip(NAMES, self.runs, strict=True):
            first, last = float(run.gradients[0]), float(run.gradients[-1])
            if run.lost:
                lines.append(say("{name}: its loss is no longer a number", name=TITLES[name]))
            elif np.isfinite(first) and last > 0:
                lines.append(say("{name} = {first:.3g} / {last:.3g} = {ratio:.3g}",
                                 name=TITLES[name], first=first, last=last, ratio=first / last))  # fmt: skip
        return Workings(tuple(lines))

    def _table(self) -> LayerTable:
        caption = say("The deep stack with shortcuts: {layers} layers of {channels} maps",
                      layers=len(self.runs[2].gradients), channels=self._params.channels)  # fmt: skip
        return table(self._rows, caption)

    def outcome(self) -> Outcome:
        """Return the errors on all shares, and what the network with shortcuts says of each picture."""
        scalars: dict[str, float] = {f"{name}_error": error for name, error in self.errors().items()}
        for name, net in zip(NAMES, self.nets, strict=True):
            for part, share in (("validation", self._parts[VALIDATION]), ("test", self._parts[TEST])):
                right = self._says(net)[share].argmax(1) == self._y.numpy()[share]
                scalars[f"{name}_{part}_accuracy"] = float(right.mean()) if len(share) else float("nan")
        scalars["test_accuracy"] = scalars["residual_test_accuracy"]
        probabilities = self._says(self.nets[2])
        return Outcome(scalars, {"probabilities": probabilities, "predictions": probabilities.argmax(1)})

    def _says(self, net: nn.Module) -> Floats:
        net.eval()
        with torch.inference_mode():
            said = [torch.softmax(net(x), 1) for x in self._x.split(256)]
        net.train()
        return np.nan_to_num(torch.cat(said).numpy(), nan=1 / self._classes)  # of one that is lost
