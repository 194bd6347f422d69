"""A network that learns classes of pictures: the data as tensors, batches, optimizer, memory, and what is measured.

The batches are slices of one tensor (for sets that fit into memory a loader with workers only costs), in the memory
layout ``channels_last``, and the optimizer is torch's fused one: both measured faster on a CPU.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor, nn  # noqa: TID253

from engines.core.arrays import Floats, Ints
from engines.core.dataset import TEST, TRAIN, VALIDATION
from engines.core.language import LearnerError, Note, plain, say
from engines.core.step import Outcome, Questions
from engines.data.images import NO_BOXES, Images, recoloured, resized
from engines.data.points import UNLABELLED
from engines.evaluation._device import best_device
from engines.evaluation.metrics import macro_f1
from engines.pictures.bars import Bars
from engines.pictures.confusion import Confusion
from engines.pictures.tiles import Tiles
from engines.vision._place import full_gpu, to_cpu, within_memory

CHUNK = 512  # pictures that are looked at together
MOST_MISTAKES = 24
Augment = Callable[[Tensor, torch.Generator], Tensor]


class Dropout(nn.Module):
    """Silence a share ``p`` of the numbers while training, with dice of its own (Srivastava et al., 2014)."""

    def __init__(self, p: float, dice: torch.Generator) -> None:
        super().__init__()
        self.p, self._dice = p, dice

    def forward(self, x: Tensor) -> Tensor:
        """Return x with some numbers 0 and the others larger by 1 / (1 - p); unchanged when not training."""
        if not self.training or self.p == 0:
            return x
        kept = torch.empty(x.shape).bernoulli_(1 - self.p, generator=self._dice).to(x.device)
        return x * kept / (1 - self.p)


def dice_from(rng: np.random.Generator) -> torch.Generator:
    """Return torch's dice, thrown once from numpy's."""
    return torch.Generator().manual_seed(int(rng.integers(2**62)))


def built(make: Callable[[], nn.Module], rng: np.random.Generator) -> nn.Module:
    """Return a network whose first weights come from ``rng`` and from no other dice."""
    with torch.random.fork_rng(devices=[]), within_memory():
        torch.manual_seed(int(rng.integers(2**62)))
        made = make()
    return made  # noqa: RET504 - what swallows no error still looks to the checker as if it could


def learnable(data: Images) -> Images:
    """Return the pictures, or raise LearnerError when there is nothing to learn from them."""
    if not len(data):
        raise LearnerError("There are no pictures yet: draw some on the stage, or load a sample on the Data tab.")
    known = data.y[(data.parts == TRAIN) & (data.y != UNLABELLED)]
    if not len(known):
        raise LearnerError("No training picture has a class: give each picture one, on the stage.")
    if len(np.unique(known)) < 2:
        raise LearnerError(
            "All training pictures are of one class, “{name}”: draw pictures of another class too.",
            name=data.names[int(known[0])],
        )
    return data


class Learner:
    """Teaches a network the classes of pictures, and measures it.

    net: takes (n, channels, height, width) float32 and returns (n, classes) scores before the softmax. shape: channels
    (1 or 3), height and width that it wants; the pictures are scaled to it. prepare: what is done to the pictures
    before they go in, (n, c, h, w) from 0 to 1 to the same shape or another. augment: what is done to a batch while
    training only.
    """

    def __init__(
        self, net: nn.Module, data: Images, rng: np.random.Generator, *, shape: tuple[int, int, int],
        batch_size: int, lr: float, weight_decay: float = 0.0, optimizer: str = "adam",
        prepare: Callable[[Tensor], Tensor] | None = None, augment: Augment | None = None, device: str = "",
    ) -> None:  # fmt: skip
        self.device = device or best_device()
        self.net = net.to(device=self.device)
        self.net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.shape, self.batch_size = shape, batch_size
        self._dice, self._prepare, self._augment = dice_from(rng), prepare, augment
        self.optimizer: torch.optim.Optimizer = (
            torch.optim.SGD(net.parameters(), lr, momentum=0.9, weight_decay=weight_decay, fused=True)
            if optimizer == "sgd"
            else torch.optim.Adam(net.parameters(), lr, weight_decay=weight_decay, fused=True)
        )
        self.epoch = self.batch = 0
        self.fell_back = False  # whether a GPU was full and the CPU goes on
        self.predicted: Ints = np.zeros(0, np.int64)  # what was said last of each picture, UNLABELLED for nothing yet
        self._sureness: Floats = np.zeros(0)  # the largest probability for each validation picture
        self._now = torch.zeros(0, dtype=torch.int64)  # the rows of the batch that was handed out
        self._sums = [0.0, 0.0, 0.0]  # loss, right answers and pictures of this epoch so far
        self.scalars = {
            name: float("nan") for name in ("train_loss", "validation_loss", "train_accuracy", "validation_accuracy")
        }
        self.data = replace(data, pixels=data.pixels[:0], y=data.y[:0], boxes=NO_BOXES, key=data.key[:0],
                            parts=data.parts[:0])  # fmt: skip
        self.take_data(data)

    # The data

    def take_data(self, data: Images) -> None:
        """Learn from these pictures from the next epoch on. LearnerError where there is nothing to learn."""
        before = self.data
        self.data = learnable(data)
        self._take_pixels(before.pixels, data.pixels)
        self.y = torch.from_numpy(np.array(data.y))
        known = data.y != UNLABELLED
        self.rows = {part: np.flatnonzero((data.parts == part) & known) for part in (TRAIN, VALIDATION, TEST)}
        said = dict(zip(before.key.tolist(), self.predicted.tolist(), strict=True))
        self.predicted = np.array([said.get(key, UNLABELLED) for key in data.key.tolist()], np.int64)

    def _take_pixels(self, before: Ints, now: Ints) -> None:
        """Make tensors of the pixels; where few pictures have changed, of those alone: a stroke changes one of them."""
        rows = np.arange(len(now))
        if before.shape == now.shape:
            rows = np.flatnonzero((before != now).reshape(len(now), -1).any(1))
        with within_memory():
            if len(rows) == len(now):
                self.x = self.tensor(now)
            elif len(rows):
                self.x[rows] = self.tensor(now[rows])

    def tensor(self, pixels: Ints) -> Tensor:
        """Return pictures (n, h, w[, 3]) uint8 as the network wants them: (n, channels, height, width) float32."""
        channels, height, width = self.shape
        fitted = resized(recoloured(pixels, coloured=channels == 3), height, width)
        x = torch.from_numpy(np.array(fitted)).reshape(len(fitted), height, width, channels).permute(0, 3, 1, 2)
        x = x.float().div_(255)
        if self._prepare is not None:
            x = self._prepare(x)
        return x.contiguous(memory_format=torch.channels_last)

    @property
    def batches_per_epoch(self) -> int:
        """How many batches there are."""
        return -(-len(self.rows[TRAIN]) // self.batch_size)

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Mix the training pictures and hand them out: x (m, c, h, w), y (m,). After the last an epoch is over."""
        self._sums, self.batch = [0.0, 0.0, 0.0], 0
        rows = torch.from_numpy(self.rows[TRAIN])
        order = rows[torch.randperm(len(rows), generator=self._dice)]
        for now in order.split(self.batch_size):
            if len(now) == 1 < self.batch_size and self.batch:  # a batch norm cannot learn from one picture alone
                continue
            self._now = now
            self.net.train()
            x = self.x[now]
            if self._augment is not None:
                x = self._augment(x, self._dice)
            yield x.to(self.device), self.y[now].to(self.device)
        self.epoch += 1

    # Learning

    def update(self, loss: Tensor, scores: Tensor) -> None:
        """Send the loss of this batch backward and move every weight; scores (m, classes) are counted.

        LearnerError when the loss is no number any more.
        """
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.batch += 1
        value = float(loss.detach())
        if not np.isfinite(value):
            raise LearnerError(
                "The loss is no longer a number: the learning rate {lr:g} is too large. Lower it and begin again.",
                lr=self.optimizer.param_groups[0]["lr"],
            )
        said = scores.detach().argmax(1).cpu()
        self.predicted[self._now.numpy()] = said.numpy()
        right = int((said == self.y[self._now]).sum())
        new = (value * len(said), right, len(said))
        self._sums = [before + more for before, more in zip(self._sums, new, strict=True)]
        self.scalars |= {
            "train_loss": self._sums[0] / self._sums[2],
            "train_accuracy": self._sums[1] / self._sums[2],
        }

    def enough_memory(self) -> within_memory:
        """Watch over a batch: where a GPU is full, the run goes on on the CPU with the next batch."""
        return within_memory(self._move)

    def _move(self) -> bool:
        if self.device == "cpu":
            return False
        self.device, self.fell_back = "cpu", True
        to_cpu(self.net, self.optimizer)
        return True

    def told(self, note: Note) -> Note:
        """Return a note, and with it that the run had to leave the GPU, where it had to."""
        return full_gpu(note) if self.fell_back else note

    def batch_note(self) -> Note:
        """Return how the last batch went."""
        return say("Epoch {epoch}, batch {batch} of {batches}: loss {loss:.3f}, {right:.1%} right so far",
                   epoch=self.epoch + 1, batch=self.batch, batches=self.batches_per_epoch,
                   loss=self.scalars["train_loss"], right=self.scalars["train_accuracy"])  # fmt: skip

    def epoch_note(self) -> Note:
        """Return how the validation pictures went."""
        if not len(self.rows[VALIDATION]):
            return say("Epoch {epoch} is over; there are no validation pictures to look at", epoch=self.epoch)
        return say("Epoch {epoch} is over: {right:.1%} of the validation pictures are right", epoch=self.epoch,
                   right=self.scalars["validation_accuracy"])  # fmt: skip

    def set_pace(self, lr: float, weight_decay: float) -> None:
        """Take a new learning rate and penalty."""
        for group in self.optimizer.param_groups:
            group["lr"], group["weight_decay"] = lr, weight_decay

    # Measuring

    def scores_of(self, x: Tensor) -> Tensor:
        """Return the scores (n, classes) before the softmax, on the CPU; nothing of the network changes."""
        training = self.net.training
        self.net.eval()
        try:
            with torch.inference_mode(), within_memory():
                parts = [self.net(part.to(self.device)).float().cpu() for part in x.split(CHUNK)]
        finally:
            self.net.train(training)
        return torch.cat(parts) if parts else torch.zeros(0, max(1, len(self.data.names)))

    def measure(self, part: int = VALIDATION) -> tuple[float, float]:
        """Look at one share of the data: its loss and accuracy, NaN for no rows. An epoch ends with this."""
        rows = self.rows[part]
        if not len(rows):
            return float("nan"), float("nan")
        scores, y = self.scores_of(self.x[rows]), self.y[rows]
        said = scores.argmax(1)
        self.predicted[rows] = said.numpy()
        loss, accuracy = float(nn.functional.cross_entropy(scores, y)), float((said == y).float().mean())
        if part == VALIDATION:
            self.scalars |= {"validation_loss": loss, "validation_accuracy": accuracy}
            self._sureness = scores.softmax(1).max(1).values.numpy()
        return loss, accuracy

    def probabilities(self, pixels: Ints) -> Floats:
        """Return the probability of each class for one picture: (h, w[, 3]) uint8 to (classes,)."""
        return self.scores_of(self.tensor(pixels[None])).softmax(1)[0].numpy()

    def outcome(self) -> Outcome:
        """Return the last numbers, the test share's for the first time, and what is said of each picture."""
        loss, accuracy = self.measure(TEST)
        rows = self.rows[TEST]
        probabilities = self.scores_of(self.x).softmax(1).numpy()
        numbers = {
            "test_loss": loss, "test_accuracy": accuracy,
            "test_f1": macro_f1(probabilities[rows].argmax(1), self.data.y[rows]),
        }  # fmt: skip
        return Outcome(
            {**self.scalars, **numbers}, {"probabilities": probabilities, "predictions": probabilities.argmax(1)}
        )

    # Pictures

    def confusion(self) -> Confusion:
        """Return truth against what was said last: of training pictures in their batch, of others after an epoch."""
        index = np.flatnonzero((self.data.y != UNLABELLED) & (self.predicted != UNLABELLED))
        data = self.data
        return Confusion(
            data.y[index], self.predicted[index], data.parts[index], index, len(data.names), names_of(data)
        )  # fmt: skip

    def mistakes(self) -> Tiles:
        """Return validation pictures that were taken for others, the surest first."""
        rows = self.rows[VALIDATION]
        said = self.predicted[rows]
        wrong = np.flatnonzero((said != self.data.y[rows]) & (said != UNLABELLED))
        sure = self._sureness if len(self._sureness) == len(rows) else np.ones(len(rows))
        wrong = wrong[np.argsort(-sure[wrong], kind="stable")][:MOST_MISTAKES]
        index, names = rows[wrong], names_of(self.data)
        captions = tuple(
            say(
                "{truth} → {said} ({sure:.2f})",
                truth=names[self.data.y[row]],
                said=names[self.predicted[row]],
                sure=float(sure[place]),
            )
            for place, row in zip(wrong, index, strict=True)
        )
        values = (self.data.pixels[index] / 255).astype(np.float32)
        return Tiles(values, np.zeros(len(index), bool), captions, 6, index)

    def guess(self, questions: Questions) -> Bars:
        """Return the probabilities for the picture that is asked about, or the first one there is."""
        pixels = asked_picture(self.data, questions)
        return Bars(names_of(self.data), self.probabilities(pixels)[None], by_class=True)


def names_of(data: Images) -> tuple[Note, ...]:
    """Return what the classes are called; those that the program brings are said in the learner's language."""
    return tuple(plain(name) for name in data.names)


def asked_picture(data: Images, questions: Questions | Mapping[str, object]) -> Ints:
    """Return the pixels (h, w[, 3]) that the question "picture" is about, as drawn or by number; else the first."""
    question = questions.get("picture")
    value = getattr(question, "value", None)
    if value is not None and value.ndim in (2, 3):
        return np.asarray(value, np.uint8)
    index = getattr(question, "index", ())
    row = index[0] if index and 0 <= index[0] < len(data) else 0
    return np.asarray(data.pixels[row])
