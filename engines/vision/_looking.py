"""Which pixels an answer depends on: by the gradient, by the last maps, or by covering a part.

Saliency: Simonyan, Vedaldi and Zisserman, "Deep inside convolutional networks", 2014. Grad-CAM: Selvaraju et al.,
"Grad-CAM: Visual explanations from deep networks via gradient-based localization", 2017. Occlusion: Zeiler and Fergus,
"Visualizing and understanding convolutional networks", 2014; their patch is grey, ours is like the picture's ground, so
that on drawings the patch is no stroke of its own.
"""

import numpy as np
import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor, nn  # noqa: TID253
from torch.nn import functional  # noqa: TID253

from engines.core.arrays import Floats, Ints
from engines.pictures.where_it_looks import ground_of
from engines.vision._passage import BLOCKS, Stop
from engines.vision._receptive import Entrance


def saliency(score: Tensor, x: Tensor, entrance: Entrance) -> Floats:
    """Return |d score / d pixel|, of several colours the largest: (h, w) of the picture, up to a factor."""
    (slope,) = torch.autograd.grad(score, x, retain_graph=True)
    return np.asarray(np.abs(entrance.back(slope[0].cpu().double().numpy())).max(0))


def last_maps(stops: list[Stop]) -> int:
    """Return the stop whose maps Grad-CAM weighs: what follows the last convolution that still tells places apart.

    -1 where there is none.
    """
    kinds = (nn.Conv2d, *BLOCKS)
    wide = [place for place, stop in enumerate(stops)
            if isinstance(stop.layer, kinds) and len(stop.shape) == 3 and min(stop.shape[1:]) > 1]  # fmt: skip
    if not wide:
        return -1
    place = wide[-1]
    while place + 1 < len(stops) and stops[place + 1].sources == (place,) and _bends(stops[place], stops[place + 1]):
        place += 1
    return place


def _bends(stop: Stop, following: Stop) -> bool:
    """Whether a layer only bends what the one before it has made: an activation, a norm."""
    windows = (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)
    return following.shape == stop.shape and not isinstance(following.layer, windows)


def grad_cam(score: Tensor, maps: Tensor, x: Tensor, entrance: Entrance) -> Floats:
    """Return max(0, Σ α · map), α the mean of d score / d map, brought to the size of the picture: (h, w)."""
    (slope,) = torch.autograd.grad(score, maps, retain_graph=True)
    alpha = slope.mean((2, 3), keepdim=True)
    heat = functional.relu((alpha * maps.detach()).sum(1, keepdim=True))
    heat = functional.interpolate(heat, x.shape[-2:], mode="bilinear", align_corners=False)
    return entrance.spread(heat[0, 0].cpu().double().numpy())


def covered(pixels: Ints, patches: Ints) -> Ints:
    """Return the picture (h, w[, 3]) once for each patch, (m, 3) of top, left and side, with that part covered."""
    made = np.repeat(pixels[None], len(patches), 0)
    ground = ground_of(pixels)
    for picture, (top, left, side) in zip(made, patches.tolist(), strict=True):
        picture[max(0, top) : max(0, top + side), max(0, left) : max(0, left + side)] = ground
    return made


def usual_side(pixels: Ints) -> int:
    """Return the side of a patch where nobody has chosen one: a quarter of the picture."""
    return max(1, round(min(pixels.shape[:2]) / 4))


def grid_of_patches(pixels: Ints, side: int, most: int) -> Ints:
    """Return patches over the whole picture, at most ``most`` and as evenly as it goes: (m, 3)."""
    height, width = pixels.shape[:2]
    side = min(side, height, width)
    count = max(1, int(most**0.5))
    tops, lefts = (np.unique(np.rint(np.linspace(0, room, min(count, room + 1))).astype(int))
                   for room in (height - side, width - side))  # fmt: skip
    return np.array([(top, left, side) for top in tops for left in lefts])


def occlusion(before: float, after: Floats, patches: Ints, size: tuple[int, int]) -> Floats:
    """Return how far the probability falls, for each pixel the mean of all patches on it: (h, w).

    before: the probability of the whole picture; after: (m,) under each patch.
    """
    total, count = np.zeros(size), np.zeros(size)
    for (top, left, side), value in zip(patches.tolist(), after.tolist(), strict=True):
        part = (slice(top, top + side), slice(left, left + side))
        total[part] += before - value
        count[part] += 1
    return np.asarray(np.divide(total, count, out=np.zeros(size), where=count > 0))
