"""The network of a detector, and pictures with boxes as what it is to learn from."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor, nn  # noqa: TID253
from torch.nn import functional  # noqa: TID253

from engines.core.arrays import Floats, Ints
from engines.data.images import CLASS, LEFT, Images, recoloured
from engines.evaluation._device import best_device
from engines.vision._boxes import overlaps_of_sizes
from engines.vision._learning import built
from engines.vision._place import to_cpu, within_memory

STEEPEST = 4.0  # of the logarithm of a size: e⁴ times its anchor, so that a bad step cannot become infinite
AT_ONCE = 64  # pictures that are looked at together


@dataclass
class Wanted:
    """What the network should have said of a batch of n pictures, and how well its boxes fit now.

    there: (n, anchors, rows, columns) bool, which anchor of which cell answers for a true box. centre: (k, 2) where in
    its cell, size: (k, 2) the logarithm of its width and height in anchors, label: (k,), of these k in their order.
    overlap: as ``there``, float: the IoU of each box that was said with the true one that is nearest.
    """

    there: Tensor
    centre: Tensor
    size: Tensor
    label: Tensor
    overlap: Tensor


@dataclass(frozen=True)
class Batch:
    """x: (n, channels, height, width) float32. label: (n, anchors, rows, columns) int64, -1 where none answers.

    box: (n, anchors, rows, columns, 4) of what it answers for. truth: (n, most, 4) all true boxes, empty ones behind.
    """

    x: Tensor
    label: Tensor
    box: Tensor
    truth: Tensor

    def to(self, device: str) -> "Batch":
        """Return the same on a device."""
        return Batch(self.x, self.label.to(device), self.box.to(device), self.truth.to(device))


@dataclass(frozen=True)
class Said:
    """What the network says of one picture: boxes (rows, columns, anchors, 4), something there, and of which class."""

    boxes: Floats
    something: Floats
    classes: Floats

    @property
    def cells(self) -> Floats:
        """The likeliest class of each anchor of each cell, its score, its box: (rows, columns, anchors, 6)."""
        label = self.classes.argmax(-1)
        score = self.something * np.take_along_axis(self.classes, label[..., None], -1)[..., 0]
        return np.concatenate([label[..., None], score[..., None], self.boxes], -1)


class Detector:
    """Convolutions that halve the picture until a pixel is a cell, and one that makes numbers of it.

    anchors: (a, 2) width and height in pixels. cell: its side in pixels, a power of two.
    """

    def __init__(
        self, channels: int, classes: int, anchors: Floats, cell: int, width: int, rng: np.random.Generator
    ) -> None:
        self.classes, self.cell, self.n_anchors = classes, cell, len(anchors)
        self.coloured = channels == 3
        self.device, self.fell_back = best_device(), False  # the latter: whether a GPU was full and the CPU goes on
        self._anchors = torch.from_numpy(anchors.astype(np.float32)).to(self.device)
        self.net = built(lambda: network(channels, len(anchors) * (5 + classes), cell, width), rng).to(self.device)
        self.net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._optimizer = torch.optim.Adam(self.net.parameters(), fused=True)

    @property
    def n_weights(self) -> int:
        """How many weights there are."""
        return sum(weights.numel() for weights in self.net.parameters())

    def say(self, x: Tensor) -> Tensor:
        """Return raw numbers: (n, channels, height, width) to (n, anchors, rows, columns, 5 + classes).

        They are: whether something is there, x, y, width, height, and one for each class.
        """
        said = self.net(x.to(self.device))
        shape = (len(said), self.n_anchors, 5 + self.classes, *said.shape[2:])
        return said.reshape(shape).permute(0, 1, 3, 4, 2)

    def boxes(self, said: Tensor) -> Tensor:
        """Return the boxes that the raw numbers stand for, in pixels: (…, 5 + classes) to (…, 4).

        The middle lies in the cell, at the logistic function of x and y; the sides are e^w and e^h times the anchor's.
        """
        rows, columns = said.shape[2:4]
        across, down = (torch.arange(count, device=said.device) for count in (columns, rows))
        at = torch.stack(torch.meshgrid(across, down, indexing="xy"), -1)
        middle = (at + said[..., 1:3].sigmoid()) * self.cell
        half = said[..., 3:5].clamp(-STEEPEST, STEEPEST).exp() * self._anchors[:, None, None] / 2
        return torch.cat([middle - half, middle + half], -1)

    def wanted(self, said: Tensor, batch: Batch) -> Wanted:
        """Return what should have been said."""
        batch = batch.to(self.device)
        there = batch.label >= 0
        box, place = batch.box[there], there.nonzero()
        middle = (box[:, :2] + box[:, 2:]) / 2 / self.cell
        size = ((box[:, 2:] - box[:, :2]) / self._anchors[place[:, 1]]).log()
        with torch.no_grad():
            overlap = iou(self.boxes(said)[..., None, :], batch.truth[:, None, None, None]).amax(-1)
        return Wanted(there, middle - place[:, [3, 2]], size, batch.label[there], overlap)

    def learn(self, loss: Tensor, lr: float) -> None:
        """Move all weights against the slope of the loss."""
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.param_groups[0]["lr"] = lr
        self._optimizer.step()

    def enough_memory(self) -> within_memory:
        """Watch over a batch: where a GPU is full, the run goes on on the CPU with the next batch."""
        return within_memory(self._move)

    def _move(self) -> bool:
        if self.device == "cpu":
            return False
        self.device, self.fell_back = "cpu", True
        self._anchors = self._anchors.cpu()
        to_cpu(self.net, self._optimizer)
        return True

    def look(self, pixels: Ints) -> list[Said]:
        """Return what is said of pictures (n, h, w[, 3]) uint8 of any size."""
        self.net.eval()
        seen = []
        with torch.inference_mode(), within_memory():
            for start in range(0, len(pixels), AT_ONCE):
                x = as_tensor(recoloured(pixels[start : start + AT_ONCE], coloured=self.coloured), self.cell)
                said = self.say(x)
                boxes = self.boxes(said).cpu().permute(0, 2, 3, 1, 4).double().numpy()
                said = said.cpu()
                something = said[..., 0].sigmoid().permute(0, 2, 3, 1).double().numpy()
                classes = said[..., 5:].softmax(-1).permute(0, 2, 3, 1, 4).double().numpy()
                seen += [Said(*one) for one in zip(boxes, something, classes, strict=True)]
        self.net.train()
        return seen


def network(channels: int, outputs: int, cell: int, width: int) -> nn.Sequential:
    """Return the layers: a block and a halving until a pixel is a cell, two blocks more, then one number maker.

    Each block is a 3 × 3 convolution, batch norm (Ioffe and Szegedy, 2015) and a leaky ReLU.
    """
    layers: list[nn.Module] = []
    maps = channels
    for halving in range(cell.bit_length() - 1):
        wider = width * min(4, 2**halving)
        layers += [*block(maps, wider), nn.MaxPool2d(2)]
        maps = wider
    return nn.Sequential(*layers, *block(maps, maps), *block(maps, maps), nn.Conv2d(maps, outputs, 1))


def block(inputs: int, maps: int) -> list[nn.Module]:
    """Return convolution, batch norm, leaky ReLU."""
    return [nn.Conv2d(inputs, maps, 3, padding=1, bias=False), nn.BatchNorm2d(maps), nn.LeakyReLU(0.1, inplace=True)]


def iou(one: Tensor, other: Tensor) -> Tensor:
    """Return the intersection over union of boxes (…, 4) and (…, 4), which stretch to fit each other: (…)."""
    low, high = torch.maximum(one[..., :2], other[..., :2]), torch.minimum(one[..., 2:], other[..., 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    joint = (one[..., 2:] - one[..., :2]).prod(-1) + (other[..., 2:] - other[..., :2]).prod(-1) - shared
    return shared / joint.clamp(min=1e-6)


def as_tensor(pixels: Ints, cell: int) -> Tensor:
    """Return (n, channels, height, width) float32 from 0 to 1, the last pixels repeated until the cells are whole."""
    x = torch.from_numpy(pixels.astype(np.float32) / 255)
    x = x[:, None] if x.ndim == 3 else x.permute(0, 3, 1, 2)
    missing = [-side % cell for side in x.shape[2:]]
    if any(missing):
        x = functional.pad(x, (0, missing[1], 0, missing[0]), mode="replicate")
    return x.contiguous(memory_format=torch.channels_last)


class Lessons:
    """The pictures to train with as tensors, each true box given to one anchor of one cell.

    lost: how many boxes there is no place for, as their cell has others in all its anchors.
    """

    def __init__(self, data: Images, rows: Ints, anchors: Floats, cell: int) -> None:
        with within_memory():
            self._x = as_tensor(data.pixels[rows], cell)
        height, width = self._x.shape[2:]
        self._width, self._height = width, height
        grid = (len(rows), len(anchors), height // cell, width // cell)
        label, box = np.full(grid, -1), np.zeros((*grid, 4), np.float32)
        mine = [data.boxes[data.boxes_of(row)] for row in rows.tolist()]
        truth = np.zeros((len(rows), max(1, *map(len, mine)) if mine else 1, 4), np.float32)
        self.lost = 0
        for place, boxes in enumerate(mine):
            truth[place, : len(boxes)] = boxes[:, LEFT:]
            self.lost += give(boxes, anchors, cell, label[place], box[place])
        self._label, self._box, self._truth = (torch.from_numpy(array) for array in (label, box, truth))

    def __len__(self) -> int:
        return len(self._x)

    def count(self, size: int) -> int:
        """Return how many batches of a size there are."""
        return len(self._cuts(size))

    def _cuts(self, size: int) -> list[int]:
        """Return where each batch begins."""
        cuts = list(range(0, len(self), size))
        return cuts[:-1] if len(cuts) > 1 and len(self) - cuts[-1] == 1 else cuts

    def batches(self, size: int, rng: np.random.Generator, *, mirror: bool) -> Iterator[Batch]:
        """Mix the pictures and hand them out; mirrored, some of them left to right and some upside down, by chance.

        A single picture that would be left over joins the batch before: there is no batch norm of one.
        """
        order = rng.permutation(len(self))
        cuts = self._cuts(size)
        for start, end in zip(cuts, [*cuts[1:], len(order)], strict=True):
            rows = torch.from_numpy(order[start:end])
            batch = Batch(self._x[rows], self._label[rows], self._box[rows], self._truth[rows])
            for axis, length in ((0, self._width), (1, self._height)):
                turned = torch.from_numpy(rng.random(end - start) < 0.5)
                batch = mirrored(batch, turned, axis, length) if mirror else batch
            yield batch


def mirrored(batch: Batch, turned: Tensor, axis: int, length: int) -> Batch:
    """Return the batch with some pictures, (n,) bool, mirrored along an axis: 0 left to right, 1 upside down."""

    def turn(whole: Tensor, along: int) -> Tensor:
        return torch.where(turned.view(-1, *[1] * (whole.ndim - 1)), whole.flip(along), whole)

    def turn_sides(boxes: Tensor) -> Tensor:
        other = boxes.clone()
        other[..., axis], other[..., axis + 2] = length - boxes[..., axis + 2], length - boxes[..., axis]
        return torch.where(turned.view(-1, *[1] * (boxes.ndim - 1)), other, boxes)

    return Batch(
        turn(batch.x, 3 - axis),
        turn(batch.label, 3 - axis),
        turn_sides(turn(batch.box, 3 - axis)),
        turn_sides(batch.truth),
    )


def give(boxes: Floats, anchors: Floats, cell: int, label: Ints, box: Floats) -> int:
    """Give each true box to the cell with its middle, and there to the anchor most like it in size that is free.

    boxes: (m, 6) of one picture. label: (anchors, rows, columns) and box: (anchors, rows, columns, 4) are filled in.
    Returns how many could not be given away.
    """
    lost = 0
    for row in boxes:
        sides = row[LEFT:]
        column, line = ((sides[:2] + sides[2:]) / 2 / cell).astype(int)
        line, column = min(line, label.shape[1] - 1), min(column, label.shape[2] - 1)
        likest = np.argsort(-overlaps_of_sizes((sides[2:] - sides[:2])[None], anchors)[0], kind="stable")
        free = [anchor for anchor in likest.tolist() if label[anchor, line, column] < 0]
        if not free:
            lost += 1
            continue
        label[free[0], line, column], box[free[0], line, column] = int(row[CLASS]), sides
    return lost
