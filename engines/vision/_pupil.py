"""The network of blocks while it is taught: what it is told meanwhile, what is said and drawn of it."""

from typing import TYPE_CHECKING, cast

import numpy as np
from torch import nn  # noqa: TID253 - private: only imported inside the engine process

from engines.core.arrays import Ints
from engines.core.blocks import Row
from engines.core.dataset import TRAIN, VALIDATION
from engines.core.forecast import forecast
from engines.core.language import Note, say
from engines.core.step import Change, Pictures, Questions, Step
from engines.data.images import Images
from engines.data.points import UNLABELLED
from engines.vision._blocks import PICTURES, costs
from engines.vision._explain import Explainer
from engines.vision._learning import Learner
from engines.vision._network import set_dropout
from engines.vision._seen import Guess, Mistakes

if TYPE_CHECKING:
    from engines.vision.cnn import CNNParams

A_SECOND = 6e9  # multiply–adds that a laptop does while training
A_LAYER = 1.2e-4  # seconds that a layer of a batch takes, forward and backward, however small it is


class Pupil:
    """A learner, the blocks its network is made of, and the hyper-parameters as they are now."""

    def __init__(self, learner: Learner, rows: tuple[Row, ...], params: "CNNParams") -> None:
        self.learner, self.params = learner, params
        self._rows = rows
        self._net = cast(nn.Sequential, learner.net)
        shape = learner.shape
        self._table = costs(rows, say("For pictures of {height}×{width}×{channels}", height=shape[1], width=shape[2],
                                      channels=shape[0]))  # fmt: skip
        self._explain = Explainer(learner)
        self._edited = False

    @property
    def n_weights(self) -> int:
        """How many numbers are learned."""
        return sum(row.made.parameters for row in self._rows)

    def take(self, change: Change | None) -> bool:
        """Take up new hyper-parameters and pictures; whether the pictures are others."""
        if change is None:
            return False
        if change.params is not None:
            self.params = params = cast("CNNParams", change.params)
            self.learner.set_pace(params.lr, params.weight_decay)
            self._rows = PICTURES.checked(PICTURES.read(params.blocks), PICTURES.entry(self.learner.data))
            set_dropout(self._net, self._rows)
        if not isinstance(change.data, Images):
            return False
        self._look_again(self.learner.data, self.learner.rows[VALIDATION], change.data)
        self._edited = True
        return True

    def _look_again(self, before: Images, rows: Ints, data: Images) -> None:
        """Take edited pictures; those for validation are looked at only where they are others than before.

        Whoever draws waits for this. rows: of the validation pictures among those ``before``.
        """
        learner, n = self.learner, min(len(before), len(data))
        other = np.flatnonzero((before.pixels[:n] != data.pixels[:n]).reshape(n, -1).any(1))
        learner.take_data(data)
        learner.predicted[other] = UNLABELLED  # what was said was said of another picture
        now = learner.rows[VALIDATION]
        same = np.array_equal(rows, now) and np.array_equal(before.y[rows], data.y[now])
        if not same or np.isin(other, now).any():
            learner.measure()

    # What is said

    def rest_note(self) -> Note:
        """Return what may be done when all epochs are over."""
        if self._edited:
            return say("The pictures have changed. All epochs are over: allow more to learn from them")
        return say("All {epochs} epochs are over. Draw, and see what the network says; allow more epochs to train on",
                   epochs=self.learner.epoch)  # fmt: skip

    def forecast(self) -> Note | str:
        """Return how long all epochs will take, where that is long."""
        learner, epochs = self.learner, self.params.max_epochs
        operations = 3 * len(learner.rows[TRAIN]) * sum(row.made.operations for row in self._rows)
        started = learner.batches_per_epoch * len(self._rows) * A_LAYER
        return forecast(epochs * (operations / A_SECOND + started))

    # What is drawn

    def step(self, note: Note, then: str = "", *, rest: bool = False, caution: Note | str = "") -> Step:
        """Return a step that shows the network as it is now."""
        return Step(self.learner.told(note), dict(self.learner.scalars), self.draw, then, rest, caution, self.answer)

    def draw(self) -> Pictures:
        """Draw what does not depend on a question as well as what does, about the first picture."""
        learner = self.learner
        return (
            Guess.of(learner.guess({})),
            *self._explain.draw(),
            learner.confusion(),
            Mistakes.of(learner.mistakes()),
            self._table,
        )

    def answer(self, questions: Questions) -> Pictures:
        """Draw what the network says of the picture that is asked about, and what its layers make of it."""
        return (Guess.of(self.learner.guess(questions)), *self._explain.answer(questions))
