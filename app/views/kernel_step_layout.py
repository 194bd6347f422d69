"""Where the parts of a sliding window are drawn: the picture, what the window sees and the kernel, the answers."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF

from app.theme import theme
from app.views.cells import Grid, fitting
from engines.pictures.kernel_step import KernelStep

GAP = 14
WIDE = 1.25  # width over height from which everything stands side by side
TALL = 450  # pixels of a card from which there is room for sums in larger type
LARGEST_CELL = 46  # pixels of a square of the kernel: larger ones only look clumsy


@dataclass(frozen=True)
class Layout:
    """The places of one size of the card.

    source: the picture with its padding. patches, kernels: for each channel; no kernels for pooling. result: the
    answers. captions: the line over source, patches, kernels, result. sums: where the sum is written out.
    """

    source: Grid
    patches: tuple[Grid, ...]
    kernels: tuple[Grid, ...]
    result: Grid
    captions: tuple[QRectF, QRectF, QRectF, QRectF]
    sums: QRectF


def arranged(step: KernelStep, width: float, height: float, line: float, sum_lines: int) -> Layout:
    """Return where everything is in so many pixels. line: height of a line of text. sum_lines: of the sum."""
    strip = min(height * 0.34, sum_lines * line * (1.6 if height > theme.px(TALL) else 1.2))
    room = QRectF(0, 0, width, height - strip - 4)
    sums = QRectF(0, height - strip, width, strip)
    if room.width() > WIDE * room.height():
        return _side_by_side(step, room, line, sums)
    return _stacked(step, room, line, sums)


def _side_by_side(step: KernelStep, room: QRectF, line: float, sums: QRectF) -> Layout:
    gap = theme.px(GAP) * 1.5
    inner = room.adjusted(0, line + 3, 0, 0)
    share = 0.16 if step.how != "convolution" else 0.27 if len(step.kernel) == 1 else 0.4
    across = room.width() - 2 * gap
    middle = min(across * share, _middle_width(step))
    outer = (across - middle) / 2
    side = min(outer, inner.height())
    spare = (outer - side) / 2  # what is not needed at the sides stands between the parts, up to a point
    left = QRectF(min(spare, outer - side), inner.top(), side, inner.height())
    right = QRectF(room.width() - side - min(spare, outer - side), inner.top(), side, inner.height())
    between = QRectF(left.right() + gap, inner.top(), right.left() - left.right() - 2 * gap, inner.height())
    return _placed(step, left, between, right, line, sums)


def _middle_width(step: KernelStep) -> float:
    """Return how wide the middle is at most worth being: with the largest squares."""
    channels, _, columns = step.kernel.shape
    beside = max(2, channels) if step.how == "convolution" else 1
    return beside * columns * theme.px(LARGEST_CELL) + theme.px(GAP) * beside


def _stacked(step: KernelStep, room: QRectF, line: float, sums: QRectF) -> Layout:
    gap = theme.px(GAP)
    half = (room.width() - gap) / 2
    rows, columns = step.source.shape[1] + 2 * step.padding, step.source.shape[2] + 2 * step.padding
    top = min(half * max(rows / columns, 0.4), (room.height() - 2 * line) * 0.55) + line + 3
    left = QRectF(0, line + 3, half, top - line - 3)
    right = QRectF(half + gap, line + 3, half, top - line - 3)
    below = QRectF(0, top + line + theme.px(GAP), room.width(), room.height() - top - line - theme.px(GAP))
    return _placed(step, left, below, right, line, sums)


def _placed(step: KernelStep, left: QRectF, middle: QRectF, right: QRectF, line: float, sums: QRectF) -> Layout:
    height, width = step.source.shape[1:]
    source = fitting(left, height + 2 * step.padding, width + 2 * step.padding)
    result = fitting(right, *step.result.shape)
    patches, kernels = _pairs(step, middle, line)
    captions = tuple(_above(box, line) for box in (source.box, around(patches), around(kernels or patches), result.box))
    return Layout(source, patches, kernels, result, captions, sums)  # type: ignore[arg-type]


def _pairs(step: KernelStep, room: QRectF, line: float) -> tuple[tuple[Grid, ...], tuple[Grid, ...]]:
    """Return what is seen and the kernel, beside each other or below each other, whichever is larger."""
    channels, rows, columns = step.kernel.shape
    gap, most = theme.px(GAP), theme.px(LARGEST_CELL)
    if step.how != "convolution":
        return (fitting(room, rows, columns, most),), ()
    narrow = gap / 2
    beside = min((room.width() - gap) / (2 * columns), (room.height() - narrow * (channels - 1)) / (rows * channels))
    below = min((room.width() - narrow * (channels - 1)) / (columns * channels),
                (room.height() - line - gap / 2) / (2 * rows))  # fmt: skip
    unit = max(1.0, min(most, max(beside, below)))
    centre = room.center()
    if below > beside * 1.1:
        pitch, tall = columns * unit + narrow, 2 * rows * unit + line + gap / 2
        left, top = centre.x() - (channels * pitch - narrow) / 2, centre.y() - tall / 2
        second = top + rows * unit + line + gap / 2
        return (
            tuple(Grid(left + k * pitch, top, unit, rows, columns) for k in range(channels)),
            tuple(Grid(left + k * pitch, second, unit, rows, columns) for k in range(channels)),
        )
    pitch = rows * unit + narrow
    top = centre.y() - (channels * pitch - narrow) / 2
    first, second = centre.x() - gap / 2 - columns * unit, centre.x() + gap / 2
    return (
        tuple(Grid(first, top + k * pitch, unit, rows, columns) for k in range(channels)),
        tuple(Grid(second, top + k * pitch, unit, rows, columns) for k in range(channels)),
    )


def around(grids: tuple[Grid, ...]) -> QRectF:
    """Return the box around several grids."""
    box = grids[0].box
    for grid in grids[1:]:
        box = box.united(grid.box)
    return box


def _above(box: QRectF, line: float) -> QRectF:
    return QRectF(box.left(), box.top() - line - 2, box.width(), line)
