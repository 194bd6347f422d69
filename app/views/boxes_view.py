"""A picture with boxes: what is there, what was found, how far the two agree, and how doubles are removed."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QResizeEvent

from app.kit import ARROWS, IconButton
from app.language import bind
from app.theme import theme
from app.views.boxes_painting import (
    Frame,
    image_of,
    paint_cell,
    paint_found,
    paint_grid,
    paint_overlap,
    paint_tag,
    paint_truth,
)
from app.views.boxes_words import (
    NONE,
    rival_of,
    said_of_all,
    said_of_box,
    said_of_cell,
    said_of_walk,
    truth_near,
)
from app.views.painted import PaintedView, small_figures
from app.views.registry import view
from engines.core.arrays import Floats
from engines.core.picture import Picture
from engines.pictures.boxes import Boxes

BESIDE = 150  # pixels: where there is as much room beside the picture, words stand there
LINES = 5  # of words below the picture, else
KEYS = (*ARROWS, Qt.Key.Key_Escape)


@view(Boxes)
class BoxesView(PaintedView):
    """Point at a box to see how far it agrees with the true one; click beside the boxes for a cell and its anchors.

    The two buttons walk through non-maximum suppression, box by box. The arrows move the cell, Escape lets it go.
    """

    title: ClassVar[str] = "Boxes found"

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self.pointed = NONE  # the box under the mouse
        self.pinned = NONE  # the box that was clicked
        self.cell: tuple[int, int] | None = None  # row and column of the cell that was clicked
        self._walked: int | None = None  # how many boxes are decided on, where a person walks
        self.back = IconButton("chevron-left", "One box back")
        self.on = IconButton("chevron-right", "Decide on the next box")
        for button, way in ((self.back, -1), (self.on, 1)):
            button.setParent(self)
            button.setAutoRepeat(True)
            button.clicked.connect(lambda _=False, way=way: self.walk(way))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        bind(self, self.setAccessibleDescription, "Point at a box to compare it with the true one. Click a cell to see "
             "its anchors. The arrow buttons walk through non-maximum suppression.")  # fmt: skip
        theme.bind(self, self._arrange)

    # What is shown

    @property
    def boxes(self) -> Boxes | None:
        """What is drawn."""
        return self.picture if isinstance(self.picture, Boxes) else None

    @property
    def place(self) -> int:
        """How many boxes are decided on in what is shown."""
        boxes = self.boxes
        if boxes is None:
            return 0
        return boxes.decided if self._walked is None else min(self._walked, len(boxes.found))

    @property
    def chosen(self) -> int:
        """The box that is looked at: under the mouse, or clicked, or the one that was decided on last."""
        boxes = self.boxes
        if boxes is None:
            return NONE
        for box in (self.pointed, self.pinned):
            if 0 <= box < len(boxes.found):
                return box
        return self.place - 1 if self.walking and self.place else NONE

    @property
    def walking(self) -> bool:
        """Whether suppression is shown box by box, by the run or by hand."""
        boxes = self.boxes
        return boxes is not None and (self._walked is not None or boxes.decided < len(boxes.found))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Enough for a picture with words beside it."""
        return QSize(theme.px(320), theme.px(220))

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Boxes. What a person has clicked stays while it is there."""
        assert isinstance(picture, Boxes)
        before = self.boxes
        if picture is before:
            return
        if before is None or not np.array_equal(before.found, picture.found) or before.decided != picture.decided:
            self._walked, self.pinned, self.pointed = None, NONE, NONE
        if before is None or before.cells.shape != picture.cells.shape:
            self.cell = None
        self._image = image_of(picture.pixels)
        super().show_picture(picture)
        self._arrange()

    def clear(self) -> None:
        """Say that there is nothing yet."""
        self._image, self._walked, self.pinned, self.pointed, self.cell = None, None, NONE, NONE, None
        super().clear()
        self._arrange()

    # Where things are

    def _beside(self) -> bool:
        """Whether the words have room beside the picture."""
        boxes = self.boxes
        if boxes is None:
            return False
        height, width = boxes.pixels.shape[:2]
        return self.width() - self.height() * width / height >= theme.px(BESIDE)

    def frame(self) -> Frame:
        """Return where the picture is."""
        boxes = self.boxes
        assert boxes is not None
        height, width = boxes.pixels.shape[:2]
        down = float(self.height()) if self._beside() else self.height() - self._tall() * LINES
        unit = max(0.2, min(self.width() / width, down / height))
        left = 0.0 if self._beside() else (self.width() - unit * width) / 2
        return Frame(left, max(0.0, (down - unit * height) / 2), unit, height, width)

    def words(self) -> QRectF:
        """Return where the words are: above the buttons, or as short as not to reach them."""
        frame = self.frame().whole
        if self._beside():
            left = frame.right() + theme.px(12)
            return QRectF(left, 0, self.width() - left, self.height() - self.on.height() - 4)
        return QRectF(0, self.height() - self._tall() * LINES + 3, self.width(), self._tall() * LINES)

    def _tall(self) -> float:
        return float(self.fontMetrics().height())

    def _arrange(self) -> None:
        """Put the buttons into the lower right corner, where there is something to walk through."""
        boxes = self.boxes
        there = boxes is not None and len(boxes.found) > 0
        for place, button in enumerate((self.on, self.back)):
            button.adjustSize()
            button.setVisible(there)
            button.move(self.width() - (place + 1) * button.width(), self.height() - button.height())
        if boxes is not None:
            self.on.setEnabled(not self.walking or self.place < len(boxes.found))
            self.back.setEnabled(not self.walking or self.place > 0)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the buttons in their corner."""
        super().resizeEvent(event)
        self._arrange()

    # Painting

    def paint_picture(self, painter: QPainter) -> None:
        """Draw the picture, the grid, what is there, what was found, what is looked at, and the words."""
        boxes, frame = self.boxes, self.frame()
        assert boxes is not None
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)  # a pixel is a square
        if self._image is not None:
            painter.drawImage(frame.whole, self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        paint_grid(painter, boxes, frame)
        other = self._other(self.chosen)
        if other is not None:
            paint_overlap(painter, frame, boxes.found[self.chosen, 2:], other)
        if not self.walking:  # which boxes are doubles is decided without knowing what is there
            paint_truth(painter, boxes, frame)
        if self.cell is not None and self.chosen == NONE:
            paint_cell(painter, boxes, frame, *self.cell)
        else:
            paint_found(painter, boxes, frame, self.place, self.chosen)
            if self.chosen != NONE and self.chosen < self.place:
                paint_tag(painter, boxes, frame, self.chosen)
        painter.setFont(small_figures())
        painter.setPen(theme.tokens.color("text"))
        wrap = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(self.words(), wrap, "\n".join(self.said()))

    def _other(self, box: int) -> Floats | None:
        """Return what a box is compared with, (4,): while walking the kept box it overlaps most, else the true one."""
        boxes = self.boxes
        if boxes is None or box == NONE:
            return None
        if self.walking:
            rival = rival_of(boxes, box)
            return None if rival == NONE else boxes.found[rival, 2:]
        truth = truth_near(boxes, box)
        return None if truth == NONE else boxes.truth[truth, 1:]

    def said(self) -> list[str]:
        """Return what is written beside the picture."""
        boxes = self.boxes
        assert boxes is not None
        if self.walking and self.pointed == NONE and self.pinned == NONE:
            return said_of_walk(boxes, self.place)
        if self.chosen != NONE:
            return said_of_box(boxes, self.chosen)
        return said_of_cell(boxes, *self.cell) if self.cell is not None else said_of_all(boxes)

    # Mouse and keys

    def box_at(self, point: QPointF) -> int:
        """Return the smallest box that is seen at a place of the view, NONE for none."""
        boxes = self.boxes
        if boxes is None or (place := self.frame().place(point)) is None:
            return NONE
        x, y = place
        seen = [number for number in range(len(boxes.found)) if boxes.removed_by[number] < 0 or number >= self.place]
        hits = [number for number in seen if _holds(boxes.found[number, 2:], x, y)]
        return min(hits, key=lambda number: float(np.prod(boxes.found[number, 4:] - boxes.found[number, 2:4])),
                   default=NONE)  # fmt: skip

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Return row and column of the cell at a place of the view, None beside the picture."""
        boxes = self.boxes
        if boxes is None or not boxes.cell or (place := self.frame().place(point)) is None:
            return None
        rows, columns = boxes.cells.shape[:2]
        row, column = int(place[1] // boxes.cell), int(place[0] // boxes.cell)
        return (row, column) if row < rows and column < columns else None

    def walk(self, way: int) -> None:
        """Go one decision on or back; the first press begins before the first box."""
        boxes = self.boxes
        if boxes is None:
            return
        at = self.place if self.walking else (len(boxes.found) if way < 0 else -1)
        self._walked = min(max(0, at + way), len(boxes.found))
        self.pinned = NONE
        self._arrange()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Look at the box below the mouse."""
        box = self.box_at(event.position())
        if box != self.pointed:
            self.pointed = box
            self.hovered.emit(box if box >= 0 else None)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Look at nothing."""
        self.pointed = NONE
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Keep looking at a box, or at a cell where there is none; a second click lets go."""
        if event.button() is not Qt.MouseButton.LeftButton or self.boxes is None:
            return
        box, cell = self.box_at(event.position()), self.cell_at(event.position())
        self._walked = None
        if box != NONE:
            self.pinned, self.cell = (NONE if box == self.pinned else box), None
        else:
            self.pinned, self.cell = NONE, (None if cell == self.cell else cell)
        self.looked.emit()
        self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Arrows move the cell that is looked at, Escape lets go of everything."""
        boxes = self.boxes
        if boxes is None or event.key() not in KEYS:
            event.ignore()
            return
        if event.key() == Qt.Key.Key_Escape:
            self.pinned, self.cell, self._walked = NONE, None, None
        elif boxes.cells.size:
            down, across = _ways(event.key())
            row, column = self.cell or (0, 0)
            rows, columns = boxes.cells.shape[:2]
            self.pinned = self.pointed = NONE
            self._walked = None
            self.cell = (min(max(0, row + down), rows - 1), min(max(0, column + across), columns - 1))
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """Keep the arrows: elsewhere they step the run."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in KEYS:
            event.accept()
            return True
        return super().event(event)


def _holds(box: Floats, x: float, y: float) -> bool:
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _ways(key: int) -> tuple[int, int]:
    """Return how far down and to the right an arrow leads."""
    ways = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
    return ways.get(Qt.Key(key), (0, 0))
