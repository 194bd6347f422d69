"""Segmentation's data as tensors, batches, what is measured on them, and its pictures."""

from collections.abc import Iterator

import numpy as np
import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor, nn  # noqa: TID253

from engines.core.arrays import Floats, Ints
from engines.core.dataset import TEST, TRAIN, VALIDATION
from engines.core.language import LearnerError, Note, say
from engines.core.step import Change, Outcome, Pictures, Questions
from engines.data.images import PICTURE, Images
from engines.data.masks import masks_of
from engines.evaluation._device import best_device
from engines.pictures.mask import Mask
from engines.vision._learning import CHUNK, dice_from, names_of
from engines.vision._place import full_gpu, to_cpu, within_memory
from engines.vision._unet import UNet
from engines.vision.segmentation import OverlapBars, SegmentationParams, WorstTiles, segmentable

WORST = 12  # validation pictures that are shown with their overlap


class Painter:
    """Gives out batches of pictures with the class of each pixel, moves the network's weights, measures, draws."""

    def __init__(self, data: Images, params: SegmentationParams, rng: np.random.Generator) -> None:
        self._params, self._dice = params, dice_from(rng)
        self.device, self.fell_back = best_device(), False  # the latter: whether a GPU was full and the CPU goes on
        self.epoch = self.told_epoch = self.batch = 0
        self.at_epochs_end = False
        self._sums = [0.0, 0.0, 0.0]  # loss, right pixels and pixels of this epoch so far
        self.scalars = {
            name: float("nan")
            for name in ("train_loss", "validation_loss", "train_accuracy", "validation_accuracy", "validation_iou")
        }
        self.iou: Floats = np.full(len(data.names) + 1, np.nan)
        self._each: Floats = np.zeros(0)  # mean overlap of each validation picture
        self._take_data(data)

    def take_net(self, net: nn.Module) -> UNet:
        """Take the network to be taught."""
        assert isinstance(net, UNet)
        self.net = net.to(device=self.device)
        self.net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        params = self._params
        self._optimizer = torch.optim.Adam(
            net.parameters(), params.lr, weight_decay=params.weight_decay, fused=True
        )  # fmt: skip
        return self.net

    # The data

    def _take_data(self, data: Images) -> None:
        self._data = segmentable(data)
        with within_memory():
            self._truth = masks_of(data)
            self._x = self.tensor(data.pixels)
            height, width = self._x.shape[2:]
            self._y = torch.zeros(len(data), height, width, dtype=torch.int64)
            self._y[:, : data.size[0], : data.size[1]] = torch.from_numpy(self._truth)
        boxed = np.zeros(len(data), bool)
        boxed[data.boxes[data.boxes[:, 1] >= 0, PICTURE].astype(int)] = True
        self._rows = {part: np.flatnonzero((data.parts == part) & boxed) for part in (TRAIN, VALIDATION, TEST)}
        if not len(self._rows[TRAIN]):
            raise LearnerError("No training picture has a box with a class: draw more boxes, or make its share larger.")
        self._each = np.zeros(0)

    def tensor(self, pixels: Ints) -> Tensor:
        """Return pictures (n, h, w[, 3]) as (n, channels, h, w) from 0 to 1, their edges repeated to halve evenly."""
        x = torch.from_numpy(np.array(pixels)).float().div_(255)
        x = x[:, None] if x.ndim == 3 else x.permute(0, 3, 1, 2)
        whole = 2**self._params.depth
        height, width = (-side % whole for side in x.shape[2:])
        x = nn.functional.pad(x, (0, width, 0, height), mode="replicate")
        return x.contiguous(memory_format=torch.channels_last)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of what goes into the network."""
        return int(self._x.shape[2]), int(self._x.shape[3])

    @property
    def n_train(self) -> int:
        """How many pictures are learned from."""
        return len(self._rows[TRAIN])

    def take(self, change: Change, params: SegmentationParams) -> SegmentationParams:
        """Take new live settings and edited pictures; return the settings of now."""
        if isinstance(change.data, Images):
            self._take_data(change.data)
            if self.epoch >= params.max_epochs:
                self.measure()
        if isinstance(change.params, SegmentationParams):
            params = self._params = change.params
            for group in self._optimizer.param_groups:
                group["lr"], group["weight_decay"] = params.lr, params.weight_decay
        return params

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Mix the training pictures and hand them out: x (m, c, h, w), y (m, h, w). After the last an epoch is over."""
        self._sums, self.batch = [0.0, 0.0, 0.0], 0
        rows = torch.from_numpy(self._rows[TRAIN])
        order = rows[torch.randperm(len(rows), generator=self._dice)].split(self._params.batch_size)
        for place, now in enumerate(order, 1):
            self.net.train()
            self.at_epochs_end = place == len(order)
            self.told_epoch = self.epoch + 1
            if self.at_epochs_end:
                self.epoch += 1
            yield self._x[now].to(self.device), self._y[now].to(self.device)

    # Learning and measuring

    def enough_memory(self) -> within_memory:
        """Watch over a batch: where a GPU is full, the run goes on on the CPU with the next batch."""
        return within_memory(self._move)

    def _move(self) -> bool:
        if self.device == "cpu":
            return False
        self.device, self.fell_back = "cpu", True
        to_cpu(self.net, self._optimizer)
        return True

    def update(self, loss: Tensor, scores: Tensor, y: Tensor) -> None:
        """Send the loss of this batch backward and move every weight; scores (m, classes, h, w) and y are counted.

        LearnerError when the loss is no number any more.
        """
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self._optimizer.step()
        self.batch += 1
        value = float(loss.detach())
        if not np.isfinite(value):
            raise LearnerError(
                "The loss is no longer a number: the learning rate {lr:g} is too large. Lower it and begin again.",
                lr=self._params.lr,
            )
        said = scores.detach().argmax(1)
        new = (value * said.numel(), float((said == y).sum()), said.numel())
        self._sums = [before + more for before, more in zip(self._sums, new, strict=True)]
        self.scalars = self.scalars | {
            "train_loss": self._sums[0] / self._sums[2], "train_accuracy": self._sums[1] / self._sums[2]
        }  # fmt: skip

    def told(self, note: Note) -> Note:
        """Return a note, and with it that the run had to leave the GPU, where it had to."""
        return full_gpu(note) if self.fell_back else note

    def scores_of(self, x: Tensor) -> Tensor:
        """Return the scores (n, classes, h, w) on the CPU, cut to the pictures' own size; nothing changes by it."""
        training = self.net.training
        self.net.eval()
        try:
            with torch.inference_mode(), within_memory():
                parts = [self.net(part.to(self.device)).float().cpu() for part in x.split(CHUNK // 8)]
        finally:
            self.net.train(training)
        height, width = self._data.size
        return torch.cat(parts)[:, :, :height, :width]

    def measure(self, part: int = VALIDATION) -> dict[str, float]:
        """Look at one share of the data: loss, right pixels, and the mean overlap of the classes that occur."""
        rows = self._rows[part]
        if not len(rows):
            return {}
        scores, truth = self.scores_of(self._x[rows]), self._truth[rows]
        y = torch.from_numpy(truth)
        said = scores.argmax(1).numpy()
        overlap = overlaps(said, truth, len(self._data.names) + 1)
        numbers = {
            "loss": float(nn.functional.cross_entropy(scores, y)),
            "accuracy": float((said == truth).mean()),
            "iou": float(np.nanmean(overlap)),
        }
        if part == VALIDATION:
            self.iou = overlap
            each = [np.nanmean(overlaps(one, true, len(overlap))) for one, true in zip(said, truth, strict=True)]
            self._each = np.array(each)
            self.scalars = self.scalars | {f"validation_{name}": value for name, value in numbers.items()}
        return numbers

    def outcome(self) -> Outcome:
        """Return the last numbers, the test share's for the first time, and the class of each pixel of each picture."""
        test = {f"test_{name}": value for name, value in self.measure(TEST).items()}
        masks = np.concatenate([self.scores_of(part).argmax(1).numpy() for part in self._x.split(CHUNK // 8)])
        return Outcome({**self.scalars, **test}, {"masks": masks.astype(np.uint8)})

    # Pictures

    def draw(self) -> Pictures:
        """Draw what is said of the first validation picture, the overlap of each class, and the worst pictures."""
        return self._mask({}), self._bars(), self._worst()

    def answer(self, questions: Questions) -> Pictures:
        """Draw what is said of the picture that is asked about."""
        return (self._mask(questions),)

    def _mask(self, questions: Questions) -> Mask:
        data, question = self._data, questions.get("picture")
        rows = self._rows[VALIDATION] if len(self._rows[VALIDATION]) else self._rows[TRAIN]
        row = question.index[0] if question and question.index else int(rows[0])
        row = row if 0 <= row < len(data) else int(rows[0])
        pixels = np.asarray(data.pixels[row])
        truth = self._truth[row]
        if question and question.value is not None and question.value.shape == pixels.shape:
            if not np.array_equal(question.value, pixels):
                truth = np.zeros((0, 0), np.int64)  # it is just being drawn on
            pixels = np.asarray(question.value, np.uint8)
        probability = self.scores_of(self.tensor(pixels[None]))[0].softmax(0)
        sureness, said = probability.max(0)
        return Mask(
            pixels, said.numpy().astype(np.uint8), sureness.numpy(), truth.astype(np.uint8), data.names, row
        )  # fmt: skip

    def _bars(self) -> OverlapBars:
        return OverlapBars((say("ground"), *names_of(self._data)), np.nan_to_num(self.iou)[None])

    def _worst(self) -> WorstTiles:
        rows = self._rows[VALIDATION]
        known = len(self._each) == len(rows)
        order = np.argsort(self._each, kind="stable")[:WORST] if known else np.zeros(0, np.int64)
        index = rows[order]
        captions = tuple(f"{self._each[place]:.2f}" for place in order)
        values = (self._data.pixels[index] / 255).astype(np.float32)
        return WorstTiles(values, np.zeros(len(index), bool), captions, 4, index)


def overlaps(said: Ints, truth: Ints, n_classes: int) -> Floats:
    """Return intersection over union of each class, (n_classes,), NaN for one that is neither said nor true."""
    both = np.bincount(truth[said == truth].ravel(), minlength=n_classes)
    either = np.bincount(said.ravel(), minlength=n_classes) + np.bincount(truth.ravel(), minlength=n_classes) - both
    with np.errstate(invalid="ignore"):
        return np.where(either > 0, both / np.maximum(either, 1), np.nan)
