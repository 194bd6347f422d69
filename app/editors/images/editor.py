"""Brings board, contact sheet, classes and document together: which picture, which tool, what is selected."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.editors.images import classes
from app.editors.images.document import ImagesDocument
from app.editors.images.tools import TOOLS, WIDEST, BoxDrag, BoxTool, Eraser, Fill, Hand, Pen, Stroke, Tool, with_class
from engines.core.arrays import Bools, Floats, Ints
from engines.core.language import LearnerError, Note
from engines.data.images import NO_BOXES, Images
from engines.data.painting import ground_of, inverted, rolled
from engines.data.points import UNLABELLED

ALL = -2  # instead of a class: every picture is shown


class ImagesEditor(QObject):
    """One picture is on the board, some are selected, some are shown.

    ``chosen`` fires when tool, pen, class, picture, selection or filter change; ``live`` while the picture on the board
    is drawn on; ``said(Note, kind)`` is for the message bar.
    """

    chosen = Signal()
    live = Signal()
    said = Signal(object, str)

    def __init__(self, document: ImagesDocument) -> None:
        super().__init__(document)
        self.document = document
        self.hand = Hand()
        self.tool: type[Tool] = Pen
        self.row = -1  # the picture on the board
        self.selected: Bools = np.zeros(0, bool)
        self.filter = ALL
        self.box = -1  # the chosen box of the picture on the board
        self._anchor = 0  # from where Shift selects
        self._working: Ints | None = None
        self._stroke: Stroke | None = None
        self._drag: BoxDrag | None = None
        self._first_of_load = False
        document.loaded.connect(self._begin_anew)
        document.changed.connect(self._follow)

    @property
    def images(self) -> Images:
        """The pictures of now."""
        return self.document.images

    # What is shown

    @property
    def pixels(self) -> Ints | None:
        """The picture on the board, as it is while it is drawn on: (h, w[, 3]); None when there is none."""
        if self._working is not None:
            return self._working
        return self.images.pixels[self.row] if self.row >= 0 else None

    @property
    def boxes(self) -> Floats:
        """The boxes of the picture on the board, (k, 6), as they are while they are dragged."""
        if self._drag is not None:
            return self._drag.boxes
        return self.images.boxes[self.images.boxes_of(self.row)] if self.row >= 0 else NO_BOXES

    @property
    def shown(self) -> Ints:
        """The pictures that the filter lets through: (m,)."""
        if self.filter == ALL:
            return np.arange(len(self.images))
        return np.flatnonzero(classes.of_class(self.images, self.filter))

    @property
    def rows(self) -> Ints:
        """The selected pictures: (m,)."""
        return np.flatnonzero(self.selected)

    def _begin_anew(self) -> None:
        """All is new: show the first picture."""
        self._first_of_load = True
        self.filter = ALL
        self.hand.label = 0 if self.images.names else UNLABELLED

    def _follow(self) -> None:
        """Keep picture, selection and class within what there is."""
        self._working = self._stroke = self._drag = None  # what was being drawn on may be another picture now
        n = len(self.images)
        if self._first_of_load or len(self.selected) != n or not (0 <= self.row < n or n == 0 > self.row):
            self._first_of_load = False
            kept = self.selected[:n]
            self.selected = np.zeros(n, bool)
            self.selected[: len(kept)] = kept
            self.row = min(self.row, n - 1) if self.row >= 0 else min(0, n - 1)
            if not (self.row >= 0 and self.selected[self.row]):
                self._only(self.row)
        self.hand.label = min(self.hand.label, len(self.images.names) - 1)
        if self.filter >= len(self.images.names):
            self.filter = ALL
        self.box = min(self.box, len(self.boxes) - 1)
        self.chosen.emit()

    def _only(self, row: int) -> None:
        self.row, self.box = row, -1
        self.selected = np.zeros(len(self.images), bool)
        if row >= 0:
            self.selected[row] = True
            self._anchor = row

    # What is chosen

    def choose(self, tool: type[Tool]) -> None:
        """Take a tool."""
        self.tool = tool
        if tool is not BoxTool:
            self.box = -1
        self.chosen.emit()

    def set_pen(self, **values: Any) -> None:
        """Change size, softness or ink of the pen."""
        self.hand = replace(self.hand, **values)
        self.hand.size = min(WIDEST, max(1, self.hand.size))
        self.chosen.emit()

    def show_only(self, label: int) -> None:
        """Show the pictures of one class, those of none, or ALL."""
        self.filter = label
        shown = self.shown
        if len(shown) and self.row not in shown:
            self._only(int(shown[0]))
        self.chosen.emit()

    def pick(self, row: int, *, add: bool = False, reach: bool = False) -> None:
        """Put a picture on the board and select it; add: besides the others; reach: all from the last one on."""
        if not 0 <= row < len(self.images):
            return
        if reach:
            shown = self.shown
            low, high = sorted((self._anchor, row))
            between = shown[(shown >= low) & (shown <= high)]
            self.selected[:] = False
            self.selected[between] = True
            self.row, self.box = row, -1
        elif add:
            self.selected[row] = not self.selected[row]
            self._anchor = row
            if self.selected[row] or not self.selected.any():
                self.selected[row] = True
                self.row, self.box = row, -1
            elif row == self.row:
                self.row, self.box = int(self.rows[0]), -1
        else:
            self._only(row)
        self.chosen.emit()

    def select_shown(self) -> None:
        """Select all that is shown."""
        self.selected[:] = False
        self.selected[self.shown] = True
        self.chosen.emit()

    def step(self, by: int, *, reach: bool = False) -> None:
        """Go to the next picture that is shown, or the one before."""
        shown = self.shown
        if len(shown):
            place = int(np.searchsorted(shown, self.row)) + by
            self.pick(int(shown[min(len(shown) - 1, max(0, place))]), reach=reach)

    # Pictures

    def new_picture(self) -> None:
        """Add an empty picture of the class in hand and put it on the board."""
        images = self.images
        blank = np.zeros((1, *images.pixels.shape[1:]), np.uint8)
        if self.row >= 0:
            blank[:] = ground_of(images.pixels[self.row])
        if self.filter >= 0:
            self.hand.label = self.filter
        self.document.append(blank, np.array([self.hand.label]), NO_BOXES, "New picture")
        if self.filter not in (ALL, self.hand.label):
            self.filter = ALL
        self.pick(len(self.images) - 1)

    def duplicate(self) -> None:
        """Add the selected pictures once more and select the copies."""
        rows = self.rows
        if len(rows):
            self.document.duplicate(rows)
            self._only(len(self.images) - len(rows))
            self.selected[-len(rows) :] = True
            self.chosen.emit()

    def remove(self) -> None:
        """Take the chosen box away, or else the selected pictures."""
        if self.box >= 0:
            boxes = np.delete(self.boxes, self.box, axis=0)
            self.box = -1
            self.document.set_boxes(self.row, boxes, "Delete a box")
            return
        rows = self.rows
        if len(rows):
            before = self.row - int((rows < self.row).sum())
            self.selected, self.row = np.zeros(0, bool), before
            self.document.remove(rows)
            self._only(min(before, len(self.images) - 1))
            self.chosen.emit()

    def label(self, label: int) -> None:
        """Give the chosen box, or else the selected pictures, a class; new pictures get it too."""
        if not UNLABELLED <= label < len(self.images.names):
            return
        self.hand.label = label
        if self.box >= 0:
            self.document.set_boxes(self.row, with_class(self.boxes, self.box, label), "Label a box")
        elif self.selected.any():
            self.document.label(self.rows, label)
        self.chosen.emit()

    def label_by_key(self, digit: int) -> None:
        """Give the class that a digit names: the one of that name if there is one, else 1 the first and 0 the tenth."""
        names = self.images.names
        label = names.index(str(digit)) if str(digit) in names else (digit - 1) % 10
        if label == len(names):
            self.change_classes(classes.added, "Add a class")
        self.label(label)

    def change_classes(self, work: Callable[..., Images], name: str | Note, *arguments: Any) -> None:
        """Do what a function of ``classes`` does; one undo."""
        try:
            made = work(self.images, *arguments)
        except LearnerError as error:
            self.said.emit(error.note, "warn")
        else:
            if made is not self.images:
                self.document.put(made, name)

    def shift(self, right: int, down: int) -> None:
        """Move the selected pictures by pixels; what goes out comes in at the other side."""
        self.document.change(self.rows, lambda pixels: rolled(pixels, right, down), "Shift")

    def invert(self) -> None:
        """Turn light and dark of the selected pictures around."""
        self.document.change(self.rows, inverted, "Turn light to dark")

    def wipe(self) -> None:
        """Leave only the ground of the selected pictures."""

        def emptied(pixels: Ints) -> Ints:
            made = pixels.copy()
            for place, picture in enumerate(pixels):
                made[place] = ground_of(picture)
            return made

        self.document.change(self.rows, emptied, "Wipe")

    # The mouse on the board, in pixels of the picture

    def press(self, x: float, y: float, *, erasing: bool, reach: float) -> None:
        """Begin to draw; reach: within how many pixels the corner of a box is taken."""
        if self.row < 0:
            return
        before = self.images.pixels[self.row]
        if self.tool is Fill:
            self.document.paint(self.row, Fill.filled(before, self.hand, x, y, erasing=erasing), Fill.gesture)
        elif self.tool is BoxTool:
            size = self.images.size
            self._drag = BoxDrag(self.boxes, self.box, size, self.row, self.hand.label, x, y, reach)
            self.box = self._drag.chosen
            self.chosen.emit()
        else:
            eraser = erasing or self.tool is Eraser
            self._stroke = Stroke(before, self.hand, erasing=eraser, soft=self.hand.soft and self.tool is Pen)
            self.drag(x, y)

    def drag(self, x: float, y: float) -> None:
        """Go on."""
        if self._stroke is not None:
            self._working = self._stroke.to(x, y)
            self.live.emit()
        elif self._drag is not None:
            self._drag.to(x, y)
            self.live.emit()

    def release(self) -> None:
        """End what was begun: one undo."""
        if self._working is not None:
            working, self._working, self._stroke = self._working, None, None
            self.document.paint(self.row, working, self.tool.gesture)
            self.live.emit()
        elif self._drag is not None:
            drag, self._drag = self._drag, None
            drag.end()
            self.box = drag.chosen
            self.document.set_boxes(self.row, drag.boxes, BoxTool.gesture)
            self.live.emit()

    @property
    def drawing(self) -> bool:
        """Whether the mouse is at work."""
        return self._stroke is not None or self._drag is not None


__all__ = ["ALL", "TOOLS", "ImagesEditor"]
