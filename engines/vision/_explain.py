"""Opens a network that is being trained, has been paused or has ended, and leaves no trace in it.

An engine whose network is taught by a ``Learner`` needs three lines:

    explain = Explainer(learner)                                            # once
    Step(..., draw=lambda: (..., *explain.draw()),                          # at each step
         answer=lambda questions: (..., *explain.answer(questions)))

and ``shows=(..., FeatureMaps, MapCloseUp, WhereItLooks)``. Data that are edited are taken from the learner.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import numpy as np
import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor  # noqa: TID253
from torch.nn import functional  # noqa: TID253

from engines.core.arrays import Floats, Ints, locked
from engines.core.dataset import TRAIN
from engines.core.language import Note
from engines.core.step import Pictures, Question, Questions
from engines.pictures.feature_maps import MAP, ZERO, FeatureMaps, MapRow
from engines.pictures.map_close_up import EXCITING, PIXEL, Frame, MapCloseUp
from engines.pictures.where_it_looks import ABOUT, HOW, HOWS, PATCH, How, WhereItLooks
from engines.vision._learning import Learner, asked_picture
from engines.vision._looking import (
    covered,
    grad_cam,
    grid_of_patches,
    last_maps,
    occlusion,
    saliency,
    usual_side,
)
from engines.vision._one_number import worked_out
from engines.vision._passage import Stop, labels, made_by, passed, shown, untouched, weights_of
from engines.vision._receptive import Entrance, Reach, reaches

T = TypeVar("T")
PICTURE = "picture"  # the question of which picture: see ``asked_picture``
MOST_MAPS = 32  # of a layer that are shown
MOST_SHADES = 160_000  # bytes of all maps that are shown
THUMBNAILS = (64, 48, 32, 24, 16, 12, 8)
LARGEST_MAP = 96  # cells a side of the map that is shown from near
MOST_EXCITING = 6
LARGEST_THUMB = 96  # pixels a side of a picture that excites
# Multiply–adds for the pictures that excite a map, and for a map of occlusion: some 15 ms of one core for LeNet-5.
AFFORDED = 80_000_000
FEWEST, MOST = 9, 256  # pictures for it


@dataclass(eq=False)
class View:
    """One picture in the network as it is now. scores: (classes,) with the gradient's way back to ``x``."""

    pixels: Ints
    x: Tensor
    scores: Tensor
    stops: list[Stop]
    entrance: Entrance

    @property
    def probabilities(self) -> Floats:
        """Of each class: (classes,)."""
        return np.asarray(self.scores.detach().softmax(0).float().cpu().numpy())


@dataclass(eq=False)
class Structure:
    """What stays as long as the sizes do. places: of the stops that are shown. reach: of all stops, down and across."""

    size: tuple[int, ...]
    places: list[int]
    names: list[Note]
    entrance: Entrance
    reach: tuple[list[Reach], list[Reach]] = field(default=([], []))


Exciting = tuple[Ints, Ints, Floats, tuple[Frame, ...], int]
NOBODY_LOOKS: Exciting = (np.zeros((0, 1, 1), np.uint8), np.zeros(0, np.int64), np.zeros(0, np.float32), (), -1)


class Explainer:
    """Draws feature maps, one of them from near, and where the network looks, for the picture that is asked about."""

    def __init__(self, learner: Learner) -> None:
        self._learner = learner
        self._questions: Questions = {}
        self._structure: Structure | None = None
        self._data = learner.data
        self._weights = b""
        self._kept: dict[str, tuple[object, Any]] = {}  # what was computed of these data and weights, and for what

    def draw(self) -> Pictures:
        """Draw as it was asked last."""
        return self.answer(self._questions)

    def answer(self, questions: Questions) -> Pictures:
        """Draw what the questions are about; what was drawn already of the same weights is returned again."""
        self._questions = questions
        weights = self._measured()
        if weights != self._weights or self._learner.data is not self._data:
            self._weights, self._data = weights, self._learner.data
            self._kept.clear()
        asked = {topic: _plain(question) for topic, question in questions.items()}
        return self._keep("all", asked, lambda: self._draw_all(questions))

    def _keep(self, name: str, key: object, make: Callable[[], T]) -> T:
        """Return what was made for this key already, or make it."""
        kept = self._kept.get(name)
        if kept is None or kept[0] != key:
            kept = self._kept[name] = key, make()
        return cast("T", kept[1])

    def _measured(self) -> bytes:
        """Return what differs as soon as a weight, or what a norm has measured, differs."""
        net = self._learner.net
        numbers = [part.detach() for part in (*net.parameters(), *net.buffers()) if part.is_floating_point()]
        return torch.stack(torch._foreach_norm(numbers)).cpu().numpy().tobytes() if numbers else b""

    @contextmanager
    def _look(self) -> Iterator[None]:
        with torch.inference_mode(mode=False), torch.enable_grad(), untouched(self._learner.net):
            yield

    def _draw_all(self, questions: Questions) -> Pictures:
        picture = _plain(questions.get(PICTURE))
        with self._look():
            view = self._keep("view", picture, lambda: self._view(asked_picture(self._learner.data, questions)))
            structure = self._structure
            assert structure is not None
            chosen = self._chosen(view, structure, questions)
            maps = self._keep("maps", (picture, chosen), lambda: self._feature_maps(view, structure, chosen))
            return maps, self._close_up(view, structure, chosen, questions), self._where_it_looks(view, questions)

    def _view(self, pixels: Ints) -> View:
        learner, pixels = self._learner, locked(np.array(pixels))  # one for all pictures: it is sent once
        x = learner.tensor(pixels[None]).to(learner.device).requires_grad_()
        scores, stops = passed(learner.net, x)
        size = (*pixels.shape, *x.shape[1:], *(side for stop in stops for side in stop.shape))
        if self._structure is None or self._structure.size != size:
            self._structure = Structure(size, shown(stops), labels(stops), Entrance(learner.tensor, pixels))
        return View(pixels, x, scores[0], stops, self._structure.entrance)

    def _chosen(self, view: View, structure: Structure, questions: Questions) -> tuple[int, int]:
        """Return which of the shown layers is asked about, and which of its maps."""
        layer, channel = _numbers(questions.get(MAP), (0, 0))
        layer = min(max(0, layer), len(structure.places) - 1)
        channels = view.stops[structure.places[layer]].shape[0]
        return layer, min(max(0, channel), min(channels, MOST_MAPS) - 1)

    # The pictures

    def _feature_maps(self, view: View, structure: Structure, chosen: tuple[int, int]) -> FeatureMaps:
        made = [view.stops[place].made[0].detach()[:MOST_MAPS] for place in structure.places]
        largest = _thumbnail([tuple(maps.shape) for maps in made])
        rows = []
        for layer, (place, maps) in enumerate(zip(structure.places, made, strict=True)):
            stop, name = view.stops[place], structure.names[place]
            if place == self._first_convolution(view.stops):
                kernels = weights_of(stop.layer)[:MOST_MAPS]  # type: ignore[arg-type]
                rows.append(row_of(name, _in_colour(kernels), stop.shape, layer, kernels=True))
            rows.append(row_of(name, maps, stop.shape, layer, largest=largest))
        return FeatureMaps(view.pixels, tuple(rows), chosen)

    @staticmethod
    def _first_convolution(stops: list[Stop]) -> int:
        found = [place for place, stop in enumerate(stops) if isinstance(stop.layer, torch.nn.Conv2d)]
        return found[0] if found else -1

    def _close_up(
        self, view: View, structure: Structure, chosen: tuple[int, int], questions: Questions
    ) -> MapCloseUp:  # fmt: skip
        layer, channel = chosen
        place = structure.places[layer]
        stop = view.stops[place]
        values = stop.made[0].detach()[channel].float().cpu().numpy()
        values = np.atleast_2d(values)[:LARGEST_MAP, :LARGEST_MAP]
        strongest = np.unravel_index(int(values.argmax()), values.shape)
        row, column = _numbers(questions.get(PIXEL), (int(strongest[0]), int(strongest[1])))
        at = (min(max(0, row), values.shape[0] - 1), min(max(0, column), values.shape[1] - 1))
        working = worked_out(view.stops, view.x, place, channel, at)
        reach = float(stop.made.detach().abs().max())
        watched = _numbers(questions.get(EXCITING), (0,)) == (1,)
        exciting = NOBODY_LOOKS
        if watched:
            key = place, channel, view.pixels.shape
            exciting = self._keep("exciting", key, lambda: self._exciting(view, structure, place, channel))
        return MapCloseUp(
            structure.names[place], channel, stop.shape[0], view.pixels, self._frame(view, structure, place, at),
            values, reach, at, working.sources, working.n_sources, working.kind_of_source, working.patches,
            working.outside, working.kernels, working.sums, working.lines, *exciting, len(stop.shape) == 1,
        )  # fmt: skip

    def _frame(self, view: View, structure: Structure, place: int, at: tuple[int, int]) -> Frame:
        """Return the part of the picture that a place of a map depends on."""
        if not structure.reach[0]:
            shape = tuple(view.x.shape[1:])
            structure.reach = (reaches(view.stops, shape, 0), reaches(view.stops, shape, 1))
        rows, columns = (reach[place] for reach in structure.reach)
        return view.entrance.frame(rows, columns, *at)

    def _exciting(self, view: View, structure: Structure, place: int, channel: int) -> Exciting:
        """Return the training pictures in which a map has its largest numbers, their rows, the numbers, where it is."""
        data, rows = self._learner.data, self._learner.rows[TRAIN]
        operations = sum(stop.operations for stop in view.stops[: place + 1])
        count = min(len(rows), self._affordable(operations))
        rows = rows[np.linspace(0, len(rows) - 1, count).astype(int)]
        stop = view.stops[place]
        again = sum(other.layer is stop.layer for other in view.stops[:place])
        x = self._learner.x[torch.from_numpy(rows)].to(self._learner.device)
        maps = made_by(self._learner.net, x, stop, again)[:, channel].reshape(count, -1).float().cpu()
        peaks, where = maps.max(1)
        order = np.argsort(-peaks.numpy(), kind="stable")[:MOST_EXCITING]
        across = stop.shape[2] if len(stop.shape) == 3 else 1
        places = [divmod(int(where[best]), across) for best in order]
        same_size = data.pixels.shape[1:3] == view.pixels.shape[:2]
        frames = tuple(self._frame(view, structure, place, at) for at in places) if same_size else ()
        step = -(-max(data.pixels.shape[1:3]) // LARGEST_THUMB)  # of large pictures every second pixel, every third …
        frames = tuple((top // step, left // step, -(-bottom // step), -(-right // step))
                       for top, left, bottom, right in frames)  # fmt: skip
        shown = data.pixels[rows[order], ::step, ::step]
        return shown, rows[order], peaks.numpy()[order], frames, count

    @staticmethod
    def _affordable(operations: int) -> int:
        return min(MOST, max(FEWEST, AFFORDED // max(1, operations)))

    def _where_it_looks(self, view: View, questions: Questions) -> WhereItLooks:
        pixels, probabilities = view.pixels, view.probabilities
        (about,) = _numbers(questions.get(ABOUT), (int(probabilities.argmax()),))
        about = about if 0 <= about < len(probabilities) else int(probabilities.argmax())
        patch = _numbers(questions.get(PATCH), ())
        patch = patch if len(patch) == 3 and patch[2] > 0 else ()
        under = self._under(pixels, np.array([patch]))[0] if patch else np.zeros(0, np.float32)
        (way,) = _numbers(questions.get(HOW), (0,))
        how = HOWS[way] if 0 <= way < len(HOWS) else HOWS[0]
        side = patch[2] if patch else usual_side(pixels)
        heat: Floats = np.zeros((0, 0))
        if way >= 0:
            key = _plain(questions.get(PICTURE)), how, about, side if how == "occlusion" else 0
            heat = self._keep("heat", key, lambda: self._heat(view, how, about, side))
        strongest = float(np.abs(heat).max(initial=0.0))
        shade = (heat / strongest if strongest > 0 else heat).astype(np.float16)
        names = self._learner.data.names
        return WhereItLooks(pixels, shade, how, strongest, names, probabilities, about, patch, under, side)

    def _heat(self, view: View, how: How, about: int, side: int) -> Floats:
        """Return how much each pixel matters for a class: (h, w). side: of the patches of occlusion."""
        pixels, score = view.pixels, view.scores[about]
        if how == "saliency":
            return saliency(score, view.x, view.entrance)
        if how == "grad_cam":
            place = last_maps(view.stops)
            none = np.zeros(pixels.shape[:2])
            return none if place < 0 else grad_cam(score, view.stops[place].made, view.x, view.entrance)
        patches = grid_of_patches(pixels, side, self._affordable(sum(stop.operations for stop in view.stops)))
        after = self._under(pixels, patches)[:, about]
        return occlusion(float(view.probabilities[about]), after, patches, (pixels.shape[0], pixels.shape[1]))

    def _under(self, pixels: Ints, patches: Ints) -> Floats:
        """Return the probabilities of all classes with each of the patches on the picture: (m, classes)."""
        learner = self._learner
        return np.asarray(learner.scores_of(learner.tensor(covered(pixels, patches))).softmax(1).numpy())


def _plain(question: Question | None) -> tuple[object, ...]:
    """Return what can be compared: two questions are never the same to Python."""
    if question is None:
        return ()
    value = question.value
    return question.index, () if value is None else (value.shape, value.tobytes())


def _numbers(question: Question | None, usual: tuple[int, ...]) -> tuple[int, ...]:
    """Return the numbers of a question; the usual ones where nobody asks, or asks something else."""
    if question is None or (usual and len(question.index) != len(usual)):
        return usual
    return tuple(int(number) for number in question.index)


def _thumbnail(shapes: list[tuple[int, ...]]) -> int:
    """Return the longest side of maps with which all of them are small enough to be sent on at each frame."""
    for side in THUMBNAILS:
        if (
            sum(shape[0] * min(side, shape[1]) * min(side, shape[2]) for shape in shapes if len(shape) == 3)
            <= MOST_SHADES
        ):
            return side
    return THUMBNAILS[-1]


def row_of(
    name: Note, made: Tensor, shape: tuple[int, ...], layer: int, largest: int = 64, *, kernels: bool = False
) -> MapRow:
    """Return maps (m, h, w), kernels in colour (m, 3, h, w) or units (m,) as a row."""
    maps = made.float().cpu().numpy()
    maps = maps if maps.ndim > 1 else maps[:, None, None]
    flat = maps.reshape(len(maps), -1)
    low, high = flat.min(1), flat.max(1)
    reach = max(1e-12, float(high.max(initial=0)), -float(low.min(initial=0)))
    if max(maps.shape[-2:]) > largest:
        smaller = tuple(min(side, largest) for side in maps.shape[-2:])
        maps = functional.adaptive_avg_pool2d(torch.from_numpy(maps), smaller).numpy()
    shades = np.rint(maps * ((ZERO - 1) / reach) + ZERO).astype(np.uint8)
    return MapRow(name, np.moveaxis(shades, 1, 3) if shades.ndim == 4 else shades, low, high, shape, layer, kernels)


def _in_colour(kernels: Tensor) -> Tensor:
    """Return kernels (m, c, h, w) as pictures: (m, h, w), or (m, 3, h, w) of those that see colours."""
    return kernels if kernels.shape[1] == 3 else kernels.mean(1)
