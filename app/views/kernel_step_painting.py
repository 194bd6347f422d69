"""Draws a sliding window: picture, patch, kernel, answers, and what leads from one to the other."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from app.language import tr
from app.theme import theme
from app.views.cells import (
    Colours,
    Grid,
    image_of,
    legible,
    paint_image,
    paint_numbers,
    plain_colours,
    signed_colours,
    tinted_colours,
)
from app.views.kernel_step_layout import Layout, around
from app.views.kernel_step_words import broken, sums
from app.views.painted import small_figures
from engines.core.arrays import Floats
from engines.pictures.kernel_step import KernelStep

WINDOW_COLOUR = 3  # of the palette: neither a class nor a sign has it here
KERNEL_SMALLEST = 13  # pixels of a square with a number: a kernel without its numbers says little


@dataclass(frozen=True, eq=False)
class Colouring:
    """The colours of picture and answers, which stay the same from step to step."""

    step: KernelStep
    source: Colours
    result: Colours
    source_image: QImage
    result_image: QImage

    @classmethod
    def of(cls, step: KernelStep, before: "Colouring | None") -> "Colouring":
        """Return the colours; those of before where nothing has changed. None: make all anew, as for another look."""
        old = before.step if before is not None else None
        if (
            before is not None
            and old is not None
            and _alike(step.source, old.source, step.source_reach, old.source_reach)
        ):
            source, source_image = before.source, before.source_image
        else:
            source = _source_colours(step)
            source_image = image_of(source)
        if (
            before is not None
            and old is not None
            and _alike(step.result, old.result, step.result_reach, old.result_reach)
        ):
            result, result_image = before.result, before.result_image
        else:
            result = signed_colours(step.result, step.result_reach)
            result_image = image_of(result)
        return cls(step, source, result, source_image, result_image)


def _alike(one: Floats, other: Floats, reach: float, other_reach: float) -> bool:
    return reach == other_reach and np.array_equal(one, other)


def _source_colours(step: KernelStep) -> Colours:
    if step.source_reach:
        return signed_colours(step.source[0], step.source_reach)
    return plain_colours(np.moveaxis(step.source, 0, 2) if len(step.source) == 3 else step.source[0])


def window_colour() -> QColor:
    """Return the colour of the window and of what belongs to it."""
    return theme.palette_color(WINDOW_COLOUR)


def paint_step(
    painter: QPainter, step: KernelStep, colouring: Colouring, layout: Layout, at: tuple[int, int], *, looked: bool
) -> None:
    """Draw everything for the answer ``at``. looked: a person looks at that one, it is not the one of the step."""
    _paint_source(painter, step, colouring, layout)
    _paint_result(painter, step, colouring, layout)
    _paint_links(painter, step, layout, at)
    _paint_patches(painter, step, layout, at)
    _paint_kernels(painter, step, layout)
    _paint_window(painter, step, layout, at)
    _paint_captions(painter, step, layout)
    if step.known(*at):
        _paint_sums(painter, step, layout, at, looked=looked)


def _paint_source(painter: QPainter, step: KernelStep, colouring: Colouring, layout: Layout) -> None:
    """Draw the picture within its padding."""
    grid, padding = layout.source, step.padding
    height, width = step.source.shape[1:]
    inner = Grid(grid.left + padding * grid.unit, grid.top + padding * grid.unit, grid.unit, height, width)
    if padding:
        painter.fillRect(grid.box, theme.tokens.color("field"))
        painter.fillRect(grid.box, _hatching())
        if legible(grid):
            values = np.pad(np.ones((height, width), bool), padding)
            pale = np.full(values.shape, theme.tokens.color("field").rgba(), np.uint32)
            paint_numbers(painter, grid, np.zeros(values.shape), pale, ~values)
    paint_image(painter, inner, colouring.source_image)
    if len(step.source) == 1 and legible(inner):
        paint_numbers(painter, inner, step.source[0], colouring.source)
    _frame(painter, inner.box, theme.tokens.color("line"))


def _hatching() -> QBrush:
    return QBrush(theme.tokens.color("line"), Qt.BrushStyle.BDiagPattern)


def _paint_result(painter: QPainter, step: KernelStep, colouring: Colouring, layout: Layout) -> None:
    """Draw the answers that are known; the others are empty squares."""
    grid, across = layout.result, step.result.shape[1]
    painter.fillRect(grid.box, theme.tokens.color("field"))
    whole, rest = divmod(min(step.done, step.result.size), across)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=grid.unit < 1)
    for row, column, rows, columns in ((0, 0, whole, across), (whole, 0, 1, rest)):
        if rows and columns:
            part = QRectF(column, row, columns, rows)
            painter.drawImage(grid.cell(row, column, rows, columns), colouring.result_image, part)
    if legible(grid):
        known = np.zeros(step.result.shape, bool)
        known.ravel()[: step.done] = True
        paint_numbers(painter, grid, step.result, colouring.result, known)
    if grid.unit >= 5:
        _rule(painter, grid)
    _frame(painter, grid.box, theme.tokens.color("line"))


def _rule(painter: QPainter, grid: Grid) -> None:
    """Draw thin lines between the squares."""
    painter.setPen(QPen(theme.tokens.color("line"), 0.6))
    for column in range(1, grid.columns):
        x = grid.left + column * grid.unit
        painter.drawLine(QPointF(x, grid.top), QPointF(x, grid.box.bottom()))
    for row in range(1, grid.rows):
        y = grid.top + row * grid.unit
        painter.drawLine(QPointF(grid.left, y), QPointF(grid.box.right(), y))


def _paint_patches(painter: QPainter, step: KernelStep, layout: Layout, at: tuple[int, int]) -> None:
    """Draw what the window sees, large; of the largest number of a pooling window the others are the ground."""
    seen, outside = step.patch(*at)
    top = np.unravel_index(int(seen[0].argmax()), seen[0].shape) if step.how == "max" else None
    for channel, grid in enumerate(layout.patches):
        values = seen[channel]
        if step.source_reach:
            colours = signed_colours(values, step.source_reach)
        elif len(step.source) == 3:
            colours = tinted_colours(values, channel)
        else:
            colours = plain_colours(values)
        colours = np.where(outside, np.uint32(theme.tokens.color("field").rgba()), colours)
        paint_image(painter, grid, image_of(colours))
        if legible(grid, KERNEL_SMALLEST):
            paint_numbers(painter, grid, values, colours)
        _rule(painter, grid)
        _frame(painter, grid.box, window_colour(), 1.5)
    if top is not None:
        grid = layout.patches[0]
        _frame(painter, grid.cell(int(top[0]), int(top[1])).adjusted(1, 1, -1, -1), window_colour(), 2.5)


def _paint_kernels(painter: QPainter, step: KernelStep, layout: Layout) -> None:
    """Draw the kernel in the colours of below and above 0; its strongest number has the strongest colour."""
    reach = float(np.abs(step.kernel).max()) or 1.0
    for channel, grid in enumerate(layout.kernels):
        colours = signed_colours(step.kernel[channel], reach)
        paint_image(painter, grid, image_of(colours))
        if legible(grid, KERNEL_SMALLEST):
            paint_numbers(painter, grid, step.kernel[channel], colours)
        _rule(painter, grid)
        _frame(painter, grid.box, theme.tokens.color("muted"), 1.2)
    painter.setPen(theme.tokens.color("text"))
    painter.setFont(theme.font("strong"))
    for patch, grid in zip(layout.patches, layout.kernels, strict=False):
        if grid.left > patch.box.right():
            between = QRectF(patch.box.right(), patch.top, grid.left - patch.box.right(), patch.box.height())
            painter.drawText(between, Qt.AlignmentFlag.AlignCenter, "·")


def _paint_links(painter: QPainter, step: KernelStep, layout: Layout, at: tuple[int, int]) -> None:
    """Draw the light that falls from the window onto what is seen, and from there onto the answer."""
    faint = QColor(window_colour())
    faint.setAlphaF(0.08)
    line = QColor(window_colour())
    line.setAlphaF(0.45)
    painter.setPen(QPen(line, 1))
    painter.setBrush(faint)
    parts = around((*layout.patches, *layout.kernels))
    _beam(painter, _window_box(step, layout.source, at), around(layout.patches))
    _beam(painter, layout.result.cell(*at), parts)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _beam(painter: QPainter, small: QRectF, large: QRectF) -> None:
    """Draw a beam between two boxes: between the sides that face each other."""
    if small.right() <= large.left() or small.left() >= large.right():
        near, far = (small.right(), large.left()) if small.right() <= large.left() else (small.left(), large.right())
        corners = [(near, small.top()), (far, large.top()), (far, large.bottom()), (near, small.bottom())]
    else:
        corners = [(small.left(), small.bottom()), (large.left(), large.top()), (large.right(), large.top()),
                   (small.right(), small.bottom())]  # fmt: skip
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))


def _window_box(step: KernelStep, grid: Grid, at: tuple[int, int]) -> QRectF:
    row, column = (place * step.stride for place in at)
    return grid.cell(row, column, *step.span)


def _paint_window(painter: QPainter, step: KernelStep, layout: Layout, at: tuple[int, int]) -> None:
    """Draw the window on the picture and the square of its answer."""
    grid, colour = layout.source, window_colour()
    box = _window_box(step, grid, at)
    if step.dilation > 1 and grid.unit >= 4:
        for row in range(step.kernel.shape[1]):
            for column in range(step.kernel.shape[2]):
                down, across = row * step.dilation, column * step.dilation
                _frame(painter, grid.cell(at[0] * step.stride + down, at[1] * step.stride + across), colour, 1.5)
    _frame(painter, box, theme.tokens.color("card"), 4)
    _frame(painter, box, colour, 2.2)
    target = layout.result.cell(*at)
    if target.width() < 5:
        target = QRectF(target.center().x() - 2.5, target.center().y() - 2.5, 5, 5)
    _frame(painter, target, theme.tokens.color("card"), 4)
    _frame(painter, target, colour, 2.2)


def _frame(painter: QPainter, box: QRectF, colour: QColor, width: float = 1.0) -> None:
    painter.setPen(QPen(colour, width * theme.scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap,
                        Qt.PenJoinStyle.MiterJoin))  # fmt: skip
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box)


def _paint_captions(painter: QPainter, step: KernelStep, layout: Layout) -> None:
    """Say above each part what it is and how large."""
    height, width = step.source.shape[1:]
    rows, columns = step.result.shape
    picture = tr("picture {height} × {width}", height=height, width=width)
    if step.source_reach:
        picture = tr("map {height} × {width}", height=height, width=width)
    if step.padding:
        picture = tr("{picture}, padding {padding}", picture=picture, padding=step.padding)
    words = {"convolution": tr("window"), "relu": tr("number"), "max": tr("largest of"), "average": tr("mean of")}
    size = {"height": rows, "width": columns}
    made = {"convolution": tr("map {height} × {width}", **size), "relu": tr("after ReLU {height} × {width}", **size)}
    pooled = tr("pooled {height} × {width}", **size)
    texts = (picture, words[step.how], tr("kernel") if layout.kernels else "", made.get(step.how, pooled))
    painter.setFont(small_figures())
    painter.setPen(theme.tokens.color("muted"))
    metrics = QFontMetricsF(small_figures())
    for text, box in zip(texts, layout.captions, strict=True):
        wanted = metrics.horizontalAdvance(text) + 2
        left = max(0.0, min(box.center().x() - wanted / 2, painter.window().width() - wanted))
        painter.drawText(QRectF(left, box.top(), wanted, box.height()), Qt.AlignmentFlag.AlignCenter, text)


def _paint_sums(painter: QPainter, step: KernelStep, layout: Layout, at: tuple[int, int], *, looked: bool) -> None:
    """Write out what is worked out; the answer stands out."""
    lines, strip = sums(step, *at), layout.sums
    font = small_figures()
    larger = small_figures()
    larger.setPixelSize(round(font.pixelSize() * 1.3))
    if all(QFontMetricsF(larger).horizontalAdvance(line) < strip.width() for line in lines) and (
        len(lines) * QFontMetricsF(larger).height() <= strip.height()
    ):
        font = larger
    strong = theme.font("strong")
    strong.setPixelSize(round(font.pixelSize() * 1.15))
    metrics = QFontMetricsF(font)
    room = int(strip.height() / metrics.height())
    if len(lines) > 1:
        shown = [broken(line, metrics, strip.width(), 1)[0] for line in lines][-max(1, room) :]
    else:
        shown = broken(lines[0], metrics, strip.width(), max(1, room))
    painter.setFont(font)
    y = strip.bottom() - metrics.height() * len(shown)
    for place, text in enumerate(shown):
        before, sign, answer = text.rpartition("= ") if place == len(shown) - 1 else (text, "", "")
        width = metrics.horizontalAdvance(text)
        x = max(0.0, strip.center().x() - width / 2)
        painter.setPen(theme.tokens.color("text"))
        painter.drawText(QPointF(x, y + metrics.ascent()), before + sign)
        painter.setPen(window_colour() if not looked else theme.tokens.color("accent"))
        painter.setFont(strong)
        painter.drawText(QPointF(x + metrics.horizontalAdvance(before + sign), y + metrics.ascent()), answer)
        painter.setFont(font)
        y += metrics.height()
