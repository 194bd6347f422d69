"""A window slides over a picture: what it sees, the kernel, the sum written out, and the answers so far."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QWheelEvent

from app.language import bind
from app.theme import theme
from app.views.cell_line import CellLine
from app.views.cells import short
from app.views.kernel_step_layout import Layout, arranged
from app.views.kernel_step_painting import Colouring, paint_step
from app.views.painted import PaintedView, small_figures
from app.views.registry import view
from engines.core.picture import Picture
from engines.core.step import Poke
from engines.pictures.kernel_step import CHOICE, NUMBERS, OWN, WINDOW, KernelStep

Cell = tuple[int, int, int]  # channel, row, column of a number of the kernel
PULL = 10  # pixels up or down for one step of a number
TYPED = "typed"  # a poke that only asks for a look at what has changed


@view(KernelStep)
class KernelStepView(PaintedView):
    """Shows one place of the window, and lets it be put elsewhere and the kernel be changed.

    Drag the window over the picture, or click an answer, to put it there; with the mouse over an answer, how that one
    came about is shown. A number of the kernel is clicked and typed, pulled up or down, or turned with the wheel.
    """

    title: ClassVar[str] = "The sliding window"
    wide: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.colouring: Colouring | None = None
        self.inspected: tuple[int, int] | None = None  # the answer under the mouse
        self.line = CellLine(self)
        self._edited: Cell = (0, 0, 0)
        self._asked: KernelStep | None = None  # with a number that was asked for and has not come back yet
        self._pulled: tuple[Cell, float, float] | None = None  # which number, its value, where the mouse was
        self._has_moved = self._dragging = False
        self.setMouseTracking(True)
        self.line.typed.connect(self._take_typed)
        self.line.went_on.connect(self._go_on)
        theme.bind(self, self._recolour)
        bind(self, self.setToolTip, "Drag the window, or click an answer. A number of the kernel can be clicked and "
             "typed, pulled up or down, or turned with the mouse wheel.")  # fmt: skip

    @property
    def step(self) -> KernelStep | None:
        """What is drawn."""
        return self.picture if isinstance(self.picture, KernelStep) else None

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Enough for three pictures side by side."""
        return QSize(theme.px(420), theme.px(220))

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a KernelStep."""
        assert isinstance(picture, KernelStep)
        if picture is self.picture:
            return
        before = self.step
        super().show_picture(picture)
        self._asked = None
        self.colouring = Colouring.of(picture, self.colouring if before is not None else None)
        if self.inspected and not picture.known(*self.inspected):
            self.inspected = None
        if not self.line.isHidden() and not self._is_cell(self._edited):
            self.line.close_line(keep=False)

    def clear(self) -> None:
        """Say that there is nothing yet."""
        super().clear()
        self.colouring = self.inspected = self._asked = self._pulled = None
        self.line.close_line(keep=False)

    def _recolour(self) -> None:
        if self.step is not None:
            self.colouring = Colouring.of(self.step, None)
            self.update()

    @property
    def layout_(self) -> Layout:
        """Where everything is."""
        assert self.step is not None
        line = QFontMetricsF(small_figures()).height()
        lines = len(self.step.kernel) + 1 if len(self.step.kernel) > 1 else 2
        return arranged(self.step, self.width(), self.height(), line, lines)

    def paint_picture(self, painter: QPainter) -> None:
        """Draw the parts, the window, and what leads from one to the other."""
        step = self.step
        assert step is not None
        assert self.colouring is not None
        at = self.inspected or step.at
        paint_step(painter, self._asked or step, self.colouring, self.layout_, at, looked=self.inspected is not None)

    # Where the mouse is

    def _is_cell(self, cell: Cell) -> bool:
        step = self.step
        return step is not None and step.editable and all(
            0 <= place < side for place, side in zip(cell, step.kernel.shape, strict=True)
        )  # fmt: skip

    def number_at(self, point: QPointF) -> Cell | None:
        """Return which number of the kernel is at a place, None for none or when it cannot be changed."""
        if self.step is None or not self.step.editable:
            return None
        for channel, grid in enumerate(self.layout_.kernels):
            if (found := grid.at(point)) is not None:
                return channel, *found
        return None

    def place_at(self, point: QPointF) -> tuple[int, int] | None:
        """Return the answer whose window has its middle nearest to a place on the picture; None beside the picture."""
        step, grid = self.step, self.layout_.source
        if step is None or not grid.box.contains(point):
            return None
        tall, wide = step.span
        row = ((point.y() - grid.top) / grid.unit - tall / 2) / step.stride
        column = ((point.x() - grid.left) / grid.unit - wide / 2) / step.stride
        down, across = step.result.shape
        return min(max(0, round(row)), down - 1), min(max(0, round(column)), across - 1)

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take the window, an answer, or a number."""
        if self.step is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        point = event.position()
        self.line.close_line(keep=True)
        if (cell := self.number_at(point)) is not None:
            self._pulled, self._has_moved = (cell, self.value(cell), point.y()), False
        elif (place := self.place_at(point)) is not None:
            self._dragging = True
            self._put(place)
        elif (answer := self.layout_.result.at(point)) is not None:
            self._put(answer)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Drag the window, pull a number, or look at the answer under the mouse."""
        if self.step is None:
            return
        point = event.position()
        if self._pulled is not None:
            cell, value, start = self._pulled
            steps = round((start - point.y()) / theme.px(PULL))
            self._has_moved = self._has_moved or steps != 0
            if self._has_moved:
                self.change(cell, value + steps * self.pace)
        elif self._dragging:
            if (place := self.place_at(point)) is not None:
                self._put(place)
        else:
            self._hover(point)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let go; a number that was clicked is typed."""
        pulled, self._pulled, self._dragging = self._pulled, None, False
        if pulled is not None and not self._has_moved and self._is_cell(pulled[0]):
            self._open(pulled[0])

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Show the place of the window again."""
        self.inspected = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Turn the number under the mouse up or down."""
        cell = self.number_at(event.position())
        turned = event.angleDelta().y()
        if cell is None or not turned:
            event.ignore()
            return
        self.change(cell, self.value(cell) + np.sign(turned) * self.pace)
        event.accept()

    def _hover(self, point: QPointF) -> None:
        step, layout = self.step, self.layout_
        assert step is not None
        answer = layout.result.at(point)
        inspected = answer if answer is not None and step.known(*answer) else None
        if inspected != self.inspected:
            self.inspected = inspected
            self.update()
        shape = Qt.CursorShape.ArrowCursor
        if self.number_at(point) is not None:
            shape = Qt.CursorShape.SizeVerCursor
        elif layout.source.box.contains(point):
            shape = Qt.CursorShape.SizeAllCursor
        elif answer is not None:
            shape = Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)

    def _put(self, place: tuple[int, int]) -> None:
        """Ask for the window at another place."""
        step = self.step
        assert step is not None
        if place != step.at or not step.known(*place):
            self.poked.emit(Poke(WINDOW, place, 0.0))

    # The numbers of the kernel

    @property
    def pace(self) -> float:
        """By how much a number is turned: by whole ones where all of them are whole."""
        assert self.step is not None
        return 1.0 if (self.step.kernel == np.rint(self.step.kernel)).all() else 0.1

    def value(self, cell: Cell) -> float:
        """Return a number as it is, or as it was asked for last."""
        step = self._asked or self.step
        assert step is not None
        return round(float(step.kernel[cell]), 4)

    def change(self, cell: Cell, value: float) -> None:
        """Ask for another number in the kernel, which is one's own from now on."""
        step = self._asked or self.step
        if step is None or not self._is_cell(cell) or value == self.value(cell):
            return
        self._asked = step.with_number(*cell, value)
        self.asked.emit(NUMBERS, self._asked.text)
        self.asked.emit(CHOICE, OWN)
        self.poked.emit(Poke(TYPED, (), 0.0))
        self.update()

    def _open(self, cell: Cell) -> None:
        self._edited = cell
        channel, row, column = cell
        self.line.open_over(self.layout_.kernels[channel].cell(row, column), short(self.value(cell)))

    def _take_typed(self, value: float) -> None:
        self.change(self._edited, value)

    def _go_on(self, by: int) -> None:
        """Type the next number."""
        if self.step is not None and self.step.editable:
            shape = self.step.kernel.shape
            place = (int(np.ravel_multi_index(self._edited, shape)) + by) % self.step.kernel.size
            channel, row, column = (int(part) for part in np.unravel_index(place, shape))
            self._open((channel, row, column))
