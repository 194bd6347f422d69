"""The network of segmentation: a U of convolutions, halvings, doublings, and connections across."""

import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor, nn  # noqa: TID253
from torch.nn.functional import interpolate  # noqa: TID253


def twice(inputs: int, outputs: int) -> nn.Sequential:
    """Return two convolutions of 3×3 that keep the size, each with batch norm and ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(),
        nn.Conv2d(outputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(),
    )  # fmt: skip


class UNet(nn.Module):
    """From pictures (n, channels, h, w) to a score for each class at each pixel, (n, classes, h, w).

    width: maps at the top, twice as many after each of ``depth`` halvings. h and w must be multiples of 2^depth.
    """

    def __init__(self, channels: int, classes: int, width: int, depth: int, skips: bool) -> None:
        super().__init__()
        widths = [width * 2**level for level in range(depth + 1)]
        self.depth, self.skips = depth, skips
        self.down = nn.ModuleList(
            twice(inputs, outputs) for inputs, outputs in zip([channels, *widths], widths, strict=False)
        )
        self.narrow = nn.ModuleList(nn.Conv2d(widths[level + 1], widths[level], 1) for level in range(depth))
        self.up = nn.ModuleList(twice(widths[level] * (2 if skips else 1), widths[level]) for level in range(depth))
        self.last = nn.Conv2d(width, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Go down, keep the maps of each level, come up again."""
        kept: list[Tensor] = []
        for level, block in enumerate(self.down):
            x = block(nn.functional.max_pool2d(x, 2) if level else x)
            kept.append(x)
        for level in reversed(range(self.depth)):
            x = interpolate(self.narrow[level](x), scale_factor=2.0, mode="nearest")
            x = self.up[level](torch.cat([kept[level], x], 1) if self.skips else x)
        return self.last(x)

    @property
    def n_weights(self) -> int:
        """How many numbers are learned."""
        return sum(weights.numel() for weights in self.parameters())

    def operations(self, size: tuple[int, int]) -> int:
        """Return the multiply–adds of one picture of height × width."""
        pixels = size[0] * size[1]
        levels = [*enumerate(self.down), *enumerate(self.narrow, start=1), *enumerate(self.up)]
        inner = sum(
            layer.weight.numel() * pixels // 4**level
            for level, block in levels
            for layer in block.modules()
            if isinstance(layer, nn.Conv2d)
        )
        return inner + self.last.weight.numel() * pixels
