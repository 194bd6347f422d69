"""How the milestones are taught: a step for each batch, one more at the end of each epoch."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from torch import nn  # noqa: TID253 - private: only imported inside the engine process
from torch.nn import functional  # noqa: TID253

from engines.core.dataset import TRAIN
from engines.core.forecast import forecast
from engines.core.language import Note, say
from engines.core.step import Change, Pictures, Questions, Step, Steps
from engines.data.images import Images
from engines.vision._comparing import answered, compared
from engines.vision._inspecting import Row, depth, rows_of, table
from engines.vision._learning import Augment, Learner, learnable
from engines.vision._memory import afford, to_train
from engines.vision._parts import seeded

BATCH, MEASURE = "Train one batch", "Look at the validation pictures"
A_SECOND = 6e9  # multiply–adds that a laptop does while training
A_LAYER = 2.5e-4  # seconds that a layer of a batch takes, forward and backward, however small it is


class Settings(Protocol):
    """What the hyper-parameters of the large milestones have in common."""

    @property
    def width(self) -> float:
        """Share of the published width."""

    @property
    def side(self) -> int:
        """Of the pictures."""

    @property
    def optimizer(self) -> str:
        """How weights are moved."""

    @property
    def lr(self) -> float:
        """Learning rate."""

    @property
    def weight_decay(self) -> float:
        """Penalty."""

    @property
    def batch_size(self) -> int:
        """Pictures at once."""

    @property
    def n_epochs(self) -> int:
        """Times that all pictures are learned from."""

    @property
    def memory(self) -> float:
        """Gigabytes at most."""


def teach_copy(
    plan: Callable[[int], nn.Module], name: str, data: Images, params: Settings, rng: np.random.Generator,
    augment: Augment | None = None,
) -> Steps:  # fmt: skip
    """Train a milestone scaled down: ``plan`` takes the number of classes; it brings the pictures to its size itself.

    Raises LearnerError where there is nothing to learn from, or too little memory for it.
    """
    classes = len(learnable(data).names)
    shape = (3 if data.coloured else 1, *data.size)
    rows = rows_of(lambda: plan(classes), shape)
    afford(to_train(rows, params.batch_size, params.optimizer), params.memory)
    learner = Learner(
        seeded(lambda: plan(classes), rng), data, rng, shape=shape, batch_size=params.batch_size, lr=params.lr,
        weight_decay=params.weight_decay, optimizer=params.optimizer, augment=augment,
    )  # fmt: skip
    caption = say("{name} at {share:.2g} of its width, for pictures of {side}×{side}", name=name, share=params.width,
                  side=params.side)  # fmt: skip
    return (yield from Lesson(learner, rows, name, caption, params.n_epochs).teach())


class Lesson:
    """One network being taught. rows: its layers. name: of the milestone. caption: of the table of its layers."""

    def __init__(self, learner: Learner, rows: list[Row], name: str, caption: Note, n_epochs: int) -> None:
        self._learner, self._rows, self._name, self._n_epochs = learner, rows, name, n_epochs
        self._table = table(rows, caption)

    def teach(self) -> Steps:
        """Train for all epochs; a new learning rate, penalty or edited pictures are taken up at once."""
        learner = self._learner
        parameters = sum(row.parameters for row in self._rows)
        change = yield self._told(
            say("{name}: {layers} layers, {parameters} parameters with random values",
                name=self._name, layers=depth(self._rows), parameters=f"{parameters:,}"), BATCH,
            caution=forecast(self._seconds()))  # fmt: skip
        while learner.epoch < self._n_epochs:
            for x, y in learner.batches():
                self._take(change)
                with learner.enough_memory():
                    scores = learner.net(x)
                    learner.update(functional.cross_entropy(scores, y), scores)
                last = learner.batch == learner.batches_per_epoch
                change = yield self._told(
                    say("Epoch {epoch}, batch {batch} of {batches}: the loss is {loss:.3f}, {right:.1%} are right",
                        epoch=learner.epoch + 1, batch=learner.batch, batches=learner.batches_per_epoch,
                        loss=learner.scalars["train_loss"], right=learner.scalars["train_accuracy"]),
                    MEASURE if last else BATCH)  # fmt: skip
            self._take(change)
            loss, accuracy = learner.measure()
            change = yield self._told(
                say("Epoch {epoch} is over: of the validation pictures {right:.1%} are right, the loss is {loss:.3f}",
                    epoch=learner.epoch, right=accuracy, loss=loss), BATCH)  # fmt: skip
        return learner.outcome()

    def _take(self, change: Change | None) -> None:
        if change is None:
            return
        if change.params is not None:
            params: Any = change.params
            self._learner.set_pace(params.lr, params.weight_decay)
        if isinstance(change.data, Images):
            self._learner.take_data(change.data)

    def _seconds(self) -> float:
        """Return about how long all epochs take."""
        learner = self._learner
        operations = sum(row.operations for row in self._rows) * len(learner.rows[TRAIN]) * 3
        started = learner.batches_per_epoch * len(self._rows) * A_LAYER
        return self._n_epochs * (operations / A_SECOND + started)

    def _told(self, note: Note, then: str, caution: Note | str = "") -> Step:
        return Step(note, dict(self._learner.scalars), self._draw, then=then, caution=caution, answer=self._answer)

    def _draw(self) -> Pictures:
        learner = self._learner
        return learner.confusion(), learner.mistakes(), learner.guess({}), self._table, compared(self._name)

    def _answer(self, questions: Questions) -> Pictures:
        return self._learner.guess(questions), *answered(questions, self._name)
