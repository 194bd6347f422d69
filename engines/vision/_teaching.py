"""How the milestones are taught: a step for each batch, one more at the end of each epoch."""

from collections.abc import Callable
from typing import Any

import numpy as np
from torch import nn  # noqa: TID253 - private: only imported inside the engine process
from torch.nn import functional  # noqa: TID253

from engines.core.dataset import TRAIN
from engines.core.forecast import forecast
from engines.core.language import Note, say
from engines.core.step import Change, Pictures, Questions, Step, Steps
from engines.data.images import Images
from engines.vision._comparing import answered, compared
from engines.vision._explain import Explainer
from engines.vision._inspecting import Row, depth, rows_of, table
from engines.vision._learning import Augment, Learner, learnable
from engines.vision._memory import afford, to_train
from engines.vision._parts import seeded
from engines.vision._seen import Guess, Mistakes

BATCH, MEASURE = "Train one batch", "Look at the validation pictures"
A_SECOND = 6e9  # multiply–adds that a laptop does while training
A_LAYER = 2.5e-4  # seconds that a layer of a batch takes, forward and backward, however small it is


def teach_copy(
    plan: Callable[[int], nn.Module], name: str, data: Images, params: Any, rng: np.random.Generator,
    augment: Augment | None = None,
) -> Steps:  # fmt: skip
    """Train a milestone scaled down: ``plan`` takes the number of classes; it brings the pictures to its size itself.

    params: with ``width`` and ``side``, for the caption; how it learns, and ``memory``, the gigabytes it may take.

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
    caption = say("{name} at {share:.3g} of its width, for pictures of {side}×{side}", name=name, share=params.width,
                  side=params.side)  # fmt: skip
    return (yield from Lesson(learner, rows, name, caption, params).teach())


class Lesson:
    """One network being taught. rows: its layers. name: of the milestone. caption: of the table of its layers.

    params: with ``lr``, ``weight_decay`` and ``max_epochs``, which may change while it learns.
    """

    def __init__(self, learner: Learner, rows: list[Row], name: str, caption: Note, params: Any) -> None:
        self._learner, self._rows, self._name, self._params = learner, rows, name, params
        self._table = table(rows, caption)
        self._explain = Explainer(learner)

    def teach(self) -> Steps:
        """Train for all epochs, then rest; what changes meanwhile is taken up at once."""
        learner = self._learner
        change = yield self._step(self._first_note(), BATCH, caution=forecast(self._seconds()))
        self._take(change)
        while True:
            while learner.epoch < self._params.max_epochs:
                for x, y in learner.batches():  # mixed anew for each epoch
                    with learner.enough_memory():
                        scores = learner.net(x)
                        learner.update(functional.cross_entropy(scores, y), scores)
                    last = learner.batch == learner.batches_per_epoch
                    change = yield self._step(learner.batch_note(), MEASURE if last else BATCH)
                    if self._take(change):
                        break  # other pictures: the epoch begins again
                else:
                    learner.measure()
                    change = yield self._step(learner.epoch_note(), BATCH)
                    self._take(change)
            change = yield self._step(
                say("All {epochs} epochs are over. Draw, and see what the network says; allow more epochs to train on",
                    epochs=learner.epoch), rest=True)  # fmt: skip
            if change is None:
                return learner.outcome()
            self._take(change)

    def _take(self, change: Change | None) -> bool:
        """Take up a new pace or other pictures; whether there are other pictures."""
        if change is None:
            return False
        if change.params is not None:
            self._params = change.params
            self._learner.set_pace(self._params.lr, self._params.weight_decay)
        if not isinstance(change.data, Images):
            return False
        self._learner.take_data(change.data)
        self._learner.measure()
        return True

    # What is said

    def _first_note(self) -> Note:
        return say("{name}: {layers} layers, {parameters} parameters with random values", name=self._name,
                   layers=depth(self._rows), parameters=f"{sum(row.parameters for row in self._rows):,}")  # fmt: skip

    def _seconds(self) -> float:
        """Return about how long all epochs take."""
        learner = self._learner
        operations = sum(row.operations for row in self._rows) * len(learner.rows[TRAIN]) * 3
        started = learner.batches_per_epoch * len(self._rows) * A_LAYER
        return float(self._params.max_epochs * (operations / A_SECOND + started))

    # What is drawn

    def _step(self, note: Note, then: str = "", *, rest: bool = False, caution: Note | str = "") -> Step:
        learner = self._learner
        return Step(learner.told(note), dict(learner.scalars), self._draw, then, rest, caution, self._answer)

    def _draw(self) -> Pictures:
        learner = self._learner
        return (
            *self._explain.draw(), Guess.of(learner.guess({})), learner.confusion(), Mistakes.of(learner.mistakes()),
            self._table, compared(self._name),
        )  # fmt: skip

    def _answer(self, questions: Questions) -> Pictures:
        guess = Guess.of(self._learner.guess(questions))
        return *self._explain.answer(questions), guess, *answered(questions, self._name)
