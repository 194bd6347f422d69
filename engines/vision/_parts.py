"""What the milestones are built from beyond torch's own layers, and how they are put together.

First weights come from the given dice alone, never from those that all of torch shares.
"""

from collections import OrderedDict
from collections.abc import Callable

import numpy as np
import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor, nn  # noqa: TID253
from torch.nn import functional  # noqa: TID253

from engines.vision._learning import dice_from
from engines.vision._place import within_memory

Part = nn.Module | tuple[str, nn.Module]

# Which maps of S2 each map of C3 sees: Table I of LeCun et al. 1998, column by column.
SEEN_BY_C3 = (
    *((k, (k + 1) % 6, (k + 2) % 6) for k in range(6)),
    *((k, (k + 1) % 6, (k + 2) % 6, (k + 3) % 6) for k in range(6)),
    *((k, (k + 1) % 6, (k + 3) % 6, (k + 4) % 6) for k in range(3)),
    (0, 1, 2, 3, 4, 5),
)  # fmt: skip


def stack(*parts: Part) -> nn.Sequential:
    """Put layers one behind the other. Those with a name in the paper come with it; the others get a number."""
    named = [part if isinstance(part, tuple) else (f"_{place}", part) for place, part in enumerate(parts)]
    return nn.Sequential(OrderedDict(named))


class Fit(nn.Module):
    """Bring pictures (n, c, h, w), 0 to 1, to the size and the channels a network wants, and the numbers to −1 to 1.

    margin: how much larger they are made first; the middle is taken then, or while training, by ``cropped``, a part
    somewhere. Pictures of the right size are left as they are.
    """

    def __init__(self, channels: int, side: int, margin: int = 0) -> None:
        super().__init__()
        self.channels, self.side, self.margin = channels, side, margin

    def forward(self, x: Tensor) -> Tensor:
        """Return (n, channels, side, side)."""
        if x.shape[1] != self.channels:
            x = x.mean(1, keepdim=True) if self.channels == 1 else x.expand(-1, 3, -1, -1)
        if tuple(x.shape[-2:]) != (self.side, self.side):
            first, side = self.margin // 2, self.side
            x = scaled(x, side + self.margin)[..., first : first + side, first : first + side]
        return x * 2 - 1


def scaled(x: Tensor, side: int) -> Tensor:
    """Return pictures (n, c, h, w) as squares of this side: linear between pixels, the mean of them when reduced."""
    smaller = side < max(x.shape[-2:])
    return functional.interpolate(x, (side, side), mode="bilinear", antialias=smaller)


def cropped(x: Tensor, side: int, margin: int, dice: torch.Generator, *, mirror: bool) -> Tensor:
    """Enlarge pictures (n, c, h, w) and take a part of each somewhere, (n, c, side, side); mirror half of them."""
    x = scaled(x, side + margin)
    down, across = torch.randint(0, margin + 1, (2, len(x)), generator=dice).tolist()
    parts = torch.stack([
        x[i, :, top : top + side, left : left + side] for i, (top, left) in enumerate(zip(down, across, strict=True))
    ])  # fmt: skip
    if mirror:
        turned = torch.rand(len(x), generator=dice) < 0.5
        parts[turned] = parts[turned].flip(-1)
    return parts


class Squash(nn.Module):
    """The activation of LeNet-5: 1.7159 · tanh(2/3 · z), so that ±1 becomes ±1 and the bend is strongest there."""

    def forward(self, z: Tensor) -> Tensor:
        """Return the same shape."""
        return 1.7159 * torch.tanh(z * (2 / 3))


class Subsampling(nn.Module):
    """Halve each map: four neighbours are added up, times one weight of the map, plus one bias of the map."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.empty(maps)), nn.Parameter(torch.empty(maps))

    def forward(self, x: Tensor) -> Tensor:
        """(n, maps, h, w) to (n, maps, h / 2, w / 2)."""
        total = 4 * functional.avg_pool2d(x, 2)
        return total * self.weight[:, None, None] + self.bias[:, None, None]


class SomeMaps(nn.Conv2d):
    """A convolution whose output maps each see only some of the input maps.

    seen: for each output map the input maps that it sees; the other weights are no parameters, they count as 0.
    """

    mask: Tensor

    def __init__(self, inputs: int, kernel: int, seen: tuple[tuple[int, ...], ...]) -> None:
        super().__init__(inputs, len(seen), kernel)
        self.maps, self.links = seen, sum(len(maps) for maps in seen)
        self.register_buffer("mask", torch.zeros(len(seen), inputs, 1, 1), persistent=False)

    def connect(self) -> None:
        """Write into the mask which maps are seen."""
        self.mask.zero_()
        for output, maps in enumerate(self.maps):
            self.mask[output, list(maps)] = 1

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, h, w) to (n, outputs, h', w')."""
        return self._conv_forward(x, self.weight * self.mask, self.bias)


class Residual(nn.Module):
    """A block with a way around it: relu(block(x) + shortcut(x))."""

    def __init__(self, block: nn.Sequential, shortcut: nn.Sequential | None = None) -> None:
        super().__init__()
        self.block, self.shortcut = block, shortcut
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) to what the block makes of it."""
        around = x if self.shortcut is None else self.shortcut(x)
        return self.relu(self.block(x) + around)


class Plain(nn.Module):
    """A block without a way around it: relu(block(x))."""

    def __init__(self, block: nn.Sequential) -> None:
        super().__init__()
        self.block = block
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) to what the block makes of it."""
        return self.relu(self.block(x))


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1, *, norm: bool = True) -> tuple[nn.Module, ...]:
    """Return a convolution that keeps the size but for its stride, and the batch norm behind it.

    Batch norm has a bias of its own, so the convolution has none.
    """
    layer = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=not norm)
    return (layer, nn.BatchNorm2d(outputs)) if norm else (layer,)


def shortcut(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    """Return what brings the input of a block to the size of its output: a 1×1 convolution, None where it fits."""
    return None if inputs == outputs and stride == 1 else nn.Sequential(*convolution(inputs, outputs, 1, stride))


def made(plan: Callable[[], nn.Module]) -> nn.Module:
    """Return the network of a plan without numbers: it has shapes, and takes no memory however large it is."""
    with torch.device("meta"):
        return plan()


def with_memory(net: nn.Module) -> nn.Module:
    """Give a network without numbers room for them, on the CPU."""
    for layer in net.modules():
        for name, weights in list(layer.named_parameters(recurse=False)):
            setattr(layer, name, nn.Parameter(torch.empty(weights.shape)))
        for name, numbers in list(layer.named_buffers(recurse=False)):
            setattr(layer, name, torch.zeros(numbers.shape, dtype=numbers.dtype))
    return net


def seeded(plan: Callable[[], nn.Module], rng: np.random.Generator, first: str = "he") -> nn.Module:
    """Return the network of a plan with its first weights.

    first: ``he`` (He et al. 2015, for ReLU): normal, variance 2 / inputs. ``lecun`` (LeCun et al. 1998): uniform within
    2.4 / inputs. Biases are 0; subsampling begins as the mean of four, batch norm as if it were not there.
    """
    dice = dice_from(rng)
    with torch.no_grad(), within_memory():
        net = with_memory(made(plan))
        for layer in net.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.reset_parameters()
            elif isinstance(layer, Subsampling):
                layer.weight.fill_(0.25)
                layer.bias.zero_()
            elif isinstance(layer, nn.Conv2d | nn.Linear):
                _fill(layer, first, dice)
    return net


def _fill(layer: nn.Conv2d | nn.Linear, first: str, dice: torch.Generator) -> None:
    inputs = layer.weight[0].numel()
    if isinstance(layer, SomeMaps):
        layer.connect()
        inputs = inputs * layer.links // layer.mask.numel()
    if first == "he":
        layer.weight.normal_(0, (2 / inputs) ** 0.5, generator=dice)
    else:
        layer.weight.uniform_(-2.4 / inputs, 2.4 / inputs, generator=dice)
    if layer.bias is not None:
        layer.bias.zero_()
