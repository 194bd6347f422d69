"""The way of one picture: convolved, rectified, pooled; how far it has come, and what a hand on it changes."""

from copy import copy
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.language import LearnerError, Note, say
from engines.core.step import Change, Poke
from engines.data.images import Images
from engines.evaluation.checks import some
from engines.pictures.kernel_step import WINDOW
from engines.vision._kernels import kernel_of
from engines.vision._sliding import Window, change_between, convolved, moved, pooled, rectified

if TYPE_CHECKING:
    from engines.vision.convolution import ConvolutionParams

STAGE = "stage"  # the poke that goes to a stage: its number among those that there are
ROW_BY_ROW = 64  # answers side by side or below each other: of more, a whole row is worked out in a step
VISIBLE = 0.1  # of the strongest answer: a cell that changes by more is counted as changed


class Stage(StrEnum):
    """What is made of the picture, in this order."""

    PICTURE = "picture"
    MAP = "map"
    RELU = "relu"
    POOLED = "pooled"


@dataclass(frozen=True)
class Worked:
    """All that comes of a picture with some settings.

    maps: of each stage that there is, (height, width), the picture (channels, height, width). still: the same for the
    picture that was not moved. windows: what slides over the map before.
    """

    kernel: Floats
    maps: dict[Stage, Floats]
    still: dict[Stage, Floats]
    windows: dict[Stage, Window]

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that there are."""
        return tuple(self.maps)

    @property
    def reach(self) -> float:
        """The strongest answer, which has the strongest colour in every map."""
        return float(np.abs(self.maps[Stage.MAP]).max()) or 1.0

    def before(self, stage: Stage) -> Floats:
        """Return what a stage works on: (channels, height, width)."""
        made = self.maps[self.stages[self.stages.index(stage) - 1]]
        return made if made.ndim == 3 else made[None]

    def change(self, stage: Stage) -> float:
        """Return how much the shift changes a map: 0 not at all, 1 nothing is left."""
        return change_between(self.maps[stage], self.still[stage])

    def changed_cells(self, stage: Stage) -> int:
        """Return how many cells of a map the shift changes visibly."""
        limit = VISIBLE * float(np.abs(self.still[Stage.MAP]).max())
        return int((np.abs(self.maps[stage] - self.still[stage]) > limit).sum())


def watched(data: Images, params: "ConvolutionParams") -> int:
    """Return which picture is looked at, the last one where there are fewer; LearnerError when there is none."""
    some(data)
    return min(params.watch, len(data)) - 1


def work_out(picture: Ints, params: "ConvolutionParams") -> Worked:
    """Compute everything from a picture, (h, w[, 3]) uint8; LearnerError where something is too large to fit."""
    pixels = picture / 255.0
    still = np.moveaxis(pixels, 2, 0) if pixels.ndim == 3 else pixels[None]
    kernel = kernel_of(params.kernel, params.kernel_size, params.numbers, len(still))
    windows = {
        Stage.MAP: Window(kernel.shape[1], kernel.shape[2], params.stride, params.padding, params.dilation),
        Stage.RELU: Window(1, 1),
        Stage.POOLED: Window(params.pool_size, params.pool_size, params.pool_stride or params.pool_size),
    }
    shifted = moved(still, params.shift_x, params.shift_y)
    made = _maps(shifted, kernel, windows, params)
    return Worked(kernel, made, made if shifted is still else _maps(still, kernel, windows, params), windows)


def _maps(
    picture: Floats, kernel: Floats, windows: dict[Stage, Window], params: "ConvolutionParams"
) -> dict[Stage, Floats]:
    maps = {Stage.PICTURE: picture, Stage.MAP: convolved(picture, kernel, windows[Stage.MAP], params.bias)}
    last = maps[Stage.MAP]
    if params.relu:
        maps[Stage.RELU] = last = rectified(last)
    if params.pool != "none":
        maps[Stage.POOLED] = pooled(last, windows[Stage.POOLED], params.pool)
    return maps


class Way:
    """Where a run is.

    ``stage`` is worked on, or only looked at when the run ``rests``. ``places`` tells of each stage
    at which answer its window is, ``done`` how many are known. ``impossible``: what is wrong with the settings of now,
    while those before stay in force; empty when nothing is.
    """

    def __init__(self, data: Images, params: "ConvolutionParams") -> None:
        self.data, self.params = data, params
        self.worked = work_out(data.pixels[watched(data, params)], params)
        self.stage, self.rests, self.impossible = Stage.MAP, False, say("")
        self.places = dict.fromkeys(Stage, 0)
        self.done = dict.fromkeys(Stage, 0)

    @property
    def answers(self) -> Floats:
        """The map that is worked on: (down, across)."""
        return self.worked.maps[self.stage]

    @property
    def place(self) -> tuple[int, int]:
        """Row and column of the answer of now."""
        row, column = divmod(self.places[self.stage], self.answers.shape[1])
        return row, column

    @property
    def complete(self) -> bool:
        """Whether the window has come to its last place."""
        return self.done[self.stage] > 0 and self.places[self.stage] == self.answers.size - 1

    @property
    def ahead(self) -> Stage | None:
        """The stage that the next step belongs to; None when the run comes to rest."""
        stages = self.worked.stages
        following = stages.index(self.stage) + self.complete
        return stages[following] if following < len(stages) else None

    @property
    def by_rows(self) -> bool:
        """Whether a whole row is done in one step."""
        return max(self.answers.shape) > ROW_BY_ROW

    def advance(self) -> None:
        """Slide on by one place, or to the end of the next row."""
        place = self.places[self.stage] + 1 if self.done[self.stage] else 0
        across = self.answers.shape[1]
        self.put((place // across + 1) * across - 1 if self.by_rows else place)

    def put(self, place: int) -> None:
        """Put the window on a place; everything up to there is known then."""
        self.places[self.stage] = place
        self.done[self.stage] = max(self.done[self.stage], place + 1)

    def finish(self) -> None:
        """Leave a stage: all its answers are known. After the last one the run rests, and the kernel is looked at."""
        stages = self.worked.stages
        self.put(self.answers.size - 1)
        following = stages.index(self.stage) + 1
        if following < len(stages):
            self.stage = stages[following]
        else:
            self.rests, self.stage = True, Stage.MAP
            self.places[Stage.MAP] = int(np.abs(self.answers).argmax())

    # A hand on it

    def take(self, change: Change) -> bool:
        """Take up what has changed; whether the numbers are others now. What is impossible is kept in words."""
        data, params = change.data, change.params
        if data is not None or params is not None:
            self._renew(data if isinstance(data, Images) else self.data, params or self.params)  # type: ignore[arg-type]
        for poke in change.pokes:
            self._feel(poke)
        return data is not None or params is not None

    def _renew(self, data: Images, params: "ConvolutionParams") -> None:
        """Work everything out again and stay where the window is, as far as that place is still there."""
        row = watched(data, params)
        try:
            worked = work_out(data.pixels[row], params)
        except LearnerError as error:
            self.impossible = error.note
            return
        before, self.worked, self.data, self.params = self.worked, worked, data, params
        self.impossible = say("")
        if self.stage not in worked.maps:
            self.stage = Stage.MAP if self.rests else worked.stages[-1]
        for stage, made in worked.maps.items():
            known = self.done[stage]
            whole = self.rests or known >= before.maps[stage].size if stage in before.maps else self.rests
            self.done[stage] = made.size if whole else min(known, made.size)
            self.places[stage] = min(self.places[stage], made.size - 1)

    def _feel(self, poke: Poke) -> None:
        """Put the window where it was dragged to, or go to another stage."""
        if poke.target == WINDOW and len(poke.index) == 2:
            down, across = self.answers.shape
            row, column = (min(max(0, at), side - 1) for at, side in zip(poke.index, (down, across), strict=True))
            self.put(row * across + column)
        elif poke.target == STAGE and poke.index and 0 < poke.index[0] < len(self.worked.stages):
            self._go_to(self.worked.stages[poke.index[0]])

    def _go_to(self, stage: Stage) -> None:
        """Look at a stage, or have the run go on from there: what comes before it is known."""
        stages = self.worked.stages
        for earlier in stages[: stages.index(stage)]:
            self.done[earlier] = self.worked.maps[earlier].size
        if not self.rests and self.done[stage] >= self.worked.maps[stage].size:
            self.places[stage] = 0  # once more from its beginning
        self.stage = stage

    def with_picture(self, pixels: Ints) -> "Way":
        """Return the same moment with other pixels, (h, w[, 3]) uint8: a stroke that is not ended yet."""
        other = copy(self)
        other.worked = work_out(pixels, self.params)
        return other

    def note_of_shift(self) -> Note:
        """Say how much the shift changes before and after pooling."""
        worked, last = self.worked, self.worked.stages[-1]
        first = say(
            "Moved by {x} to the right and {y} down: the map changes by {share:.0%}, visibly in {cells} of {all} cells",
            x=self.params.shift_x, y=self.params.shift_y, share=worked.change(Stage.MAP),
            cells=worked.changed_cells(Stage.MAP), all=worked.maps[Stage.MAP].size,
        )  # fmt: skip
        if last is not Stage.POOLED:
            return first
        return say(
            "{first}; the pooled map by {share:.0%}, in {cells} of {all}",
            first=first, share=worked.change(last), cells=worked.changed_cells(last), all=worked.maps[last].size,
        )  # fmt: skip
