"""The pictures being edited: what can be done to them, each one undo. A stroke keeps one picture for undo, not all."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from app.editors.document import Document
from engines.core.arrays import Floats, Ints
from engines.core.dataset import Recipe
from engines.core.language import Note
from engines.data.images import PICTURE, Images


@dataclass(frozen=True)
class PictureEdit:
    """What turns the drawing on one picture back."""

    row: int
    pixels: Ints
    recipe: Recipe


class ImagesDocument(Document):
    """Pictures that can be edited; ``images`` is a frozen copy of now."""

    def __init__(self) -> None:
        self._single = -1  # the one picture that the gesture under way has drawn on
        super().__init__(Images())

    @property
    def images(self) -> Images:
        """The pictures of now, frozen."""
        return cast(Images, self._data)

    def paint(self, row: int, pixels: Ints, name: str | Note) -> None:
        """Put one picture, (h, w[, 3]), in the place of an old one; nothing is done when they are alike."""
        if np.array_equal(self.images.pixels[row], pixels):
            return
        self.begin(name)
        self._single = row
        self.put(_with_picture(self.images, row, pixels), name)
        self.end()

    def change(self, rows: Ints, work: Callable[[Ints], Ints], name: str | Note) -> None:
        """Draw on several pictures at once: ``work`` takes and gives (m, h, w[, 3])."""
        if len(rows) == 1:
            self.paint(int(rows[0]), work(self.images.pixels[rows])[0], name)
        elif len(rows):
            made = self.images.pixels.copy()
            made[rows] = work(made[rows])
            made.flags.writeable = False  # else it would be copied once more
            self.put(replace(self.images, pixels=made), name)

    def append(self, pixels: Ints, y: Ints, boxes: Floats, name: str | Note) -> None:
        """Add pictures, (m, h, w[, 3]), with their classes, (m,), and boxes, which count them from 0."""
        images = self.images
        moved = boxes.copy()
        moved[:, PICTURE] += len(images)
        self.put(
            replace(
                images,
                pixels=np.concatenate([images.pixels, pixels]),
                y=np.concatenate([images.y, y]),
                boxes=np.concatenate([images.boxes, moved]),
                key=np.concatenate([images.key, np.random.default_rng().random(len(pixels))]),
                parts=np.zeros(0, np.uint8),
            ),
            name,
        )

    def duplicate(self, rows: Ints) -> None:
        """Add the same pictures once more."""
        taken = self.images.taken(rows)
        self.append(taken.pixels, taken.y, taken.boxes, "Duplicate pictures")

    def remove(self, rows: Ints) -> None:
        """Take pictures away."""
        if len(rows):
            kept = np.setdiff1d(np.arange(len(self)), rows)
            self.put(self.images.taken(kept), "Delete pictures")

    def label(self, rows: Ints, label: int) -> None:
        """Give pictures a class, or UNLABELLED."""
        if (self.images.y[rows] != label).any():
            y = self.images.y.copy()
            y[rows] = label
            self.put(replace(self.images, y=y), "Label pictures")

    def set_boxes(self, row: int, boxes: Floats, name: str | Note) -> None:
        """Give one picture these boxes, (k, 6), and no others."""
        images = self.images
        before = images.boxes[images.boxes_of(row)]
        if not np.array_equal(before, boxes):
            others = images.boxes[images.boxes[:, PICTURE] != row]
            self.put(replace(images, boxes=np.concatenate([others, boxes])), name)

    # A stroke is turned back by one picture

    def _opened(self) -> None:
        super()._opened()
        self._single = -1

    def _closed(self) -> Any:
        before = super()._closed()
        if isinstance(before, Images) and self._single >= 0:
            return PictureEdit(self._single, before.pixels[self._single].copy(), before.recipe)
        return before

    def _turn_back(self, state: Any) -> Any:
        if not isinstance(state, PictureEdit):
            return super()._turn_back(state)
        now = self.images
        self._data = replace(_with_picture(now, state.row, state.pixels), recipe=state.recipe)
        return PictureEdit(state.row, now.pixels[state.row].copy(), now.recipe)

    def _arrays_of(self, state: Any) -> list[Any]:
        return [state.pixels] if isinstance(state, PictureEdit) else super()._arrays_of(state)


def _with_picture(images: Images, row: int, pixels: Ints) -> Images:
    made = images.pixels.copy()
    made[row] = pixels
    made.flags.writeable = False  # else it would be copied once more
    return replace(images, pixels=made)
