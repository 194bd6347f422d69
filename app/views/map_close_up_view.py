"""One feature map from near: where it looks, the arithmetic of one number, the pictures that excite it most."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPen,
    QShowEvent,
    QWheelEvent,
)

from app.language import bind, tr
from app.theme import theme
from app.views.cells import (
    Grid,
    fitting,
    image_of,
    legible,
    paint_image,
    paint_numbers,
    plain_colours,
    signed_colours,
)
from app.views.painted import PaintedView, small_figures
from app.views.registry import view
from engines.core.arrays import Floats, Ints
from engines.core.language import Note, say
from engines.core.picture import Picture
from engines.core.step import Question
from engines.pictures.kernel_step import written
from engines.pictures.map_close_up import EXCITING, PIXEL, Frame, MapCloseUp

LOOKS = 3  # of the palette: the colour of what a number looks at, as that of a sliding window
SIGN = 14  # pixels between two squares, for what is done
SQUARES_SHARE = {True: 0.62, False: 0.95}  # of the height at most, with exciting pictures and without
THUMB_GAP = 4.0
NUMBERS_FROM = 13  # pixels of a cell
LARGEST_TYPE = 1.4  # times the small one
SOURCES: dict[str, Note] = {
    "red": say("sees red"), "green": say("sees green"), "blue": say("sees blue"), "grey": say("sees grey")
}  # fmt: skip


@dataclass(frozen=True)
class Parts:
    """Where everything is. patch, kernel: None where there is none. thumbs: of the exciting pictures."""

    picture: Grid
    patch: Grid | None
    kernel: Grid | None
    map: Grid
    top: float
    lines: float
    thumbs_title: float
    thumbs: tuple[Grid, ...]


@view(MapCloseUp)
class MapCloseUpView(PaintedView):
    """From left to right: the picture, what one number sees, what that is multiplied with, the map.

    Click a number of the map to have that one worked out; click the kernel, or turn the wheel on it, for the next map
    of the layer before; click a picture below to find it in the data.
    """

    title: ClassVar[str] = "One map from near"

    def __init__(self) -> None:
        super().__init__()
        self.source = 0  # place of the map of the layer before that is shown
        self._dragging = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        bind(self, self.setToolTip, "Click a number of the map to see where it comes from. Click the kernel for the "
             "next map that it sees, and a picture below to find it in the data. Ctrl+C copies the kernel: the sliding "
             "window takes it as a kernel of your own.")  # fmt: skip

    @property
    def near(self) -> MapCloseUp | None:
        """What is drawn."""
        return self.picture if isinstance(self.picture, MapCloseUp) else None

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Enough for four squares side by side."""
        return QSize(theme.px(280), theme.px(220))

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a MapCloseUp; have the exciting pictures looked for where nobody has asked yet."""
        assert isinstance(picture, MapCloseUp)
        before = self.near
        if before is None or (before.name, before.channel, before.at) != (picture.name, picture.channel, picture.at):
            self.source = 0
        super().show_picture(picture)
        if picture.looked_at < 0 and self.isVisible():
            self._watch(watching=True)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """The exciting pictures are worth the time as long as somebody looks."""
        super().showEvent(event)
        self._watch(watching=True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Nobody looks any more."""
        super().hideEvent(event)
        self._watch(watching=False)

    def _watch(self, *, watching: bool) -> None:
        self.wondered.emit(Question(EXCITING, (int(watching),)))

    # Where it is

    def lettering(self) -> QFont:
        """Return the small font, larger in a large card."""
        font = small_figures()
        font.setPixelSize(round(font.pixelSize() * min(LARGEST_TYPE, max(1.0, self.height() / theme.px(420)))))
        return font

    def parts(self) -> Parts:
        """Return where everything is in the size of now: the squares in one row, or in two where they are larger so."""
        near = self.near
        assert near is not None
        line, width, height = QFontMetricsF(self.lettering()).height(), float(self.width()), float(self.height())
        count = 2 + bool(near.patches.size) + bool(near.kernels.size)
        sign = float(theme.px(SIGN))
        words = (1.2 + len(near.lines) + (1.3 if len(near.exciting) else 0)) * line
        across = {rows: -(-count // rows) for rows in (1, 2)}
        sides = {rows: min((width - (across[rows] - 1) * sign) / across[rows],
                           (height * SQUARES_SHARE[bool(len(near.exciting))] - words / 2) / rows - 1.2 * line)
                 for rows in (1, 2)}  # fmt: skip
        rows = 2 if sides[2] > 1.1 * sides[1] else 1
        side = max(8.0, sides[rows])
        squares = rows * (side + 1.2 * line)
        pictures = self._thumbs_room(near, width, height - squares - words)
        top = 1.2 * line + max(0.0, (height - squares - words - pictures[1] * pictures[2]) / 2)
        left = (width - across[rows] * side - (across[rows] - 1) * sign) / 2
        boxes = [QRectF(left + k % across[rows] * (side + sign), top + k // across[rows] * (side + 1.2 * line), side,
                        side) for k in range(count)]  # fmt: skip
        if rows == 2:  # round in a circle: the map stands under the picture
            boxes[2:] = boxes[3:1:-1] if count == 4 else boxes[2:]
        picture = fitting(boxes[0], *near.pixels.shape[:2])
        patch = fitting(boxes[1], *near.patches.shape[1:]) if near.patches.size else None
        kernel = fitting(boxes[2], *near.kernels.shape[1:]) if near.kernels.size else None
        lines = top + squares
        title = lines + (len(near.lines) + 0.2) * line
        thumbs = self._thumbs(near, title + 1.1 * line, width, pictures)
        return Parts(picture, patch, kernel, fitting(boxes[-1], *near.values.shape), top, lines, title, thumbs)

    @staticmethod
    def _thumbs_room(near: MapCloseUp, width: float, height: float) -> tuple[int, int, float]:
        """Return how many exciting pictures stand side by side, in how many rows, and the room of each."""
        count, best = len(near.exciting), (1, 0, 0.0)
        for rows in (1, 2) if count else ():
            across = -(-count // rows)
            step = min((width + THUMB_GAP) / across, height / rows)
            if step > 1.1 * best[2]:
                best = across, rows, step
        return best

    @staticmethod
    def _thumbs(near: MapCloseUp, top: float, width: float, room: tuple[int, int, float]) -> tuple[Grid, ...]:
        across, _, step = room
        side = step - THUMB_GAP
        if side < theme.px(10):
            return ()
        left = (width - across * step + THUMB_GAP) / 2
        shape = near.exciting.shape[1:3]
        return tuple(
            fitting(QRectF(left + k % across * step, top + k // across * step, side, side), *shape)
            for k in range(len(near.exciting))
        )

    # Drawing

    def paint_picture(self, painter: QPainter) -> None:
        """Draw all parts, with a beam from what is seen to what comes of it."""
        near, parts = self.near, self.parts()
        assert near is not None
        painter.setFont(self.lettering())
        line = painter.fontMetrics().height()
        heading = QRectF(0, parts.top - line * 1.2, self.width(), line)
        self._text(painter, heading, _heading(near), "text")
        self._paint_grid(painter, parts.picture, near.pixels)
        self._frame(painter, parts.picture, near.field)
        self._paint_values(painter, parts.map, near.values, near.reach)
        row, column = near.at
        painter.setPen(QPen(theme.palette_color(LOOKS), 2))
        painter.drawRect(parts.map.cell(row, column).adjusted(-1, -1, 1, 1))
        self._paint_sides(painter, near, parts)
        self._paint_captions(painter, near, parts, line)
        for place, said in enumerate(near.lines):
            box = QRectF(0, parts.lines + place * line, self.width(), line)
            self._text(painter, box, said, "accent" if place == len(near.lines) - 1 else "text")
        self._paint_exciting(painter, near, parts, line)

    def _paint_sides(self, painter: QPainter, near: MapCloseUp, parts: Parts) -> None:
        """Draw what is seen and what it is multiplied with, of one map of the layer before."""
        place = min(self.source, max(0, len(near.patches) - 1))
        signs = {"→": (parts.picture, parts.patch or parts.map)}
        if parts.patch is not None:
            patch = near.patches[place]
            reach = float(np.abs(near.patches).max(initial=0.0)) or 1.0
            self._paint_values(painter, parts.patch, np.where(near.outside, np.nan, patch), reach, numbers=True)
            signs["→ "] = (parts.kernel or parts.patch, parts.map)
        if parts.patch is not None and parts.kernel is not None:
            reach = float(np.abs(near.kernels).max(initial=0.0)) or 1.0
            self._paint_values(painter, parts.kernel, near.kernels[place], reach, numbers=True)
            signs["·"] = (parts.patch, parts.kernel)
        painter.setFont(theme.font("strong"))
        painter.setPen(theme.tokens.color("muted"))
        for sign, (first, second) in signs.items():
            one, other = first.box.center(), second.box.center()
            if abs(one.y() - other.y()) > 1:  # one above the other
                continue
            left, right = sorted((first.box, second.box), key=QRectF.left)
            centre = QPointF((left.right() + right.left()) / 2, one.y())
            turned = "←" if one.x() > other.x() and sign != "·" else sign.strip()
            painter.drawText(QRectF(centre.x() - 20, centre.y() - 12, 40, 24), Qt.AlignmentFlag.AlignCenter, turned)
        painter.setFont(self.lettering())

    def _paint_captions(self, painter: QPainter, near: MapCloseUp, parts: Parts, line: float) -> None:
        place = min(self.source, max(0, len(near.patches) - 1))
        said: list[tuple[Grid, Note]] = [
            (parts.picture, say("picture")),
            (parts.map, say("the unit") if near.unit else say("the map")),
        ]
        if parts.patch is not None:
            said.append((parts.patch, _source(near, place)))
        if parts.kernel is not None:
            said.append((parts.kernel, say("gives {sum:.2g}", sum=float(near.sums[place]))))
        in_a_row = sum(abs(grid.box.center().y() - parts.picture.box.center().y()) < 1 for grid, _ in said)
        wide = self.width() / in_a_row
        for grid, text in said:
            centre = min(max(grid.box.center().x(), wide / 2), self.width() - wide / 2)
            beside = [other.box.bottom() for other, _ in said if other.box.top() < grid.box.center().y()
                      and other.box.bottom() > grid.box.center().y()]  # fmt: skip
            self._text(painter, QRectF(centre - wide / 2, max(beside) + 1, wide, line), text, "muted")

    def _paint_exciting(self, painter: QPainter, near: MapCloseUp, parts: Parts, line: float) -> None:
        if not parts.thumbs:
            return
        title = say("excite it most among {count} training pictures:", count=near.looked_at)
        self._text(painter, QRectF(0, parts.thumbs_title, self.width(), line), title, "muted")
        for place, grid in enumerate(parts.thumbs):
            self._paint_grid(painter, grid, near.exciting[place])
            if near.frames:
                self._frame(painter, grid, near.frames[place])

    def _text(self, painter: QPainter, box: QRectF, said: Note, colour: str) -> None:
        """Write one line into a box, in the middle; its end is left out where there is no room."""
        painter.setPen(theme.tokens.color(colour))
        text = painter.fontMetrics().elidedText(tr(said), Qt.TextElideMode.ElideRight, round(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_grid(self, painter: QPainter, grid: Grid, pixels: Ints) -> None:
        paint_image(painter, grid, image_of(plain_colours(pixels.astype(np.float32) / 255)))
        painter.setPen(QPen(theme.tokens.color("line"), 1))
        painter.drawRect(grid.box)

    def _paint_values(
        self, painter: QPainter, grid: Grid, values: Floats, reach: float, *, numbers: bool = False
    ) -> None:
        colours = signed_colours(values, reach)
        paint_image(painter, grid, image_of(colours))
        if numbers and legible(grid, NUMBERS_FROM):
            paint_numbers(painter, grid, values, colours)
            painter.setFont(self.lettering())
        painter.setPen(QPen(theme.tokens.color("line"), 1))
        painter.drawRect(grid.box)

    @staticmethod
    def _frame(painter: QPainter, grid: Grid, frame: Frame) -> None:
        """Draw a frame around a part of a picture."""
        top, left, bottom, right = frame
        if bottom > top:
            painter.setPen(QPen(theme.palette_color(LOOKS), 2))
            painter.drawRect(grid.cell(top, left, bottom - top, right - left))

    # Looking elsewhere

    def _place(self, point: QPointF) -> str:
        """Return which part is at a place."""
        if self.near is None:
            return ""
        parts = self.parts()
        if parts.map.box.contains(point):
            return "map"
        if any(grid is not None and grid.box.contains(point) for grid in (parts.patch, parts.kernel)):
            return "source"
        return "thumb" if any(grid.box.contains(point) for grid in parts.thumbs) else ""

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Have a number worked out, show the next map of the layer before, or find a picture in the data."""
        near, place = self.near, self._place(event.position())
        if near is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        if place == "map":
            self._dragging = True
            self._wonder(event.position())
        elif place == "source":
            self._turn(1)
        elif place == "thumb":
            hits = [k for k, grid in enumerate(self.parts().thumbs) if grid.box.contains(event.position())]
            self.picked.emit(near.index[hits[:1]])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the mouse over the map while it is held; show what can be clicked."""
        if self._dragging:
            self._wonder(event.position())
        hand = bool(self._place(event.position()))
        self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, _: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let go of the map."""
        self._dragging = False

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Go to another map of the layer before."""
        if self._place(event.position()) == "source":
            self._turn(-1 if event.angleDelta().y() > 0 else 1)
            event.accept()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """The arrows go to a number beside, page up and down to another map of the layer before."""
        steps = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        key, near = Qt.Key(event.key()), self.near
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif near is not None and key in steps:
            (row, column), (down, across), (rows, columns) = near.at, steps[key], near.values.shape
            self._ask_for((min(max(0, row + down), rows - 1), min(max(0, column + across), columns - 1)))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._turn(1 if key == Qt.Key.Key_PageDown else -1)
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the kernel that is shown into the clipboard, as the sliding window takes it."""
        near = self.near
        if near is not None and near.kernels.size:
            QGuiApplication.clipboard().setText(written(near.kernels[[min(self.source, len(near.kernels) - 1)]]))

    def _turn(self, step: int) -> None:
        near = self.near
        if near is not None and len(near.patches):
            self.source = (min(self.source, len(near.patches) - 1) + step) % len(near.patches)
            self.update()

    def _wonder(self, point: QPointF) -> None:
        if at := self.parts().map.at(point):
            self._ask_for(at)

    def _ask_for(self, at: tuple[int, int]) -> None:
        """Have a number worked out, unless it is that already."""
        if self.near is not None and at != self.near.at:
            self.wondered.emit(Question(PIXEL, at))


def _heading(near: MapCloseUp) -> Note:
    if near.unit:
        return say("{layer}, unit {number} of {maps}", layer=near.name, number=near.channel + 1, maps=near.channels)
    return say("{layer}, map {number} of {maps}", layer=near.name, number=near.channel + 1, maps=near.channels)


def _source(near: MapCloseUp, place: int) -> Note:
    """Return what is seen: a colour of the picture, or a map of the layer before."""
    kind = near.kind_of_source[place]
    if kind in SOURCES:
        return SOURCES[kind]
    return say("sees map {number}" if kind == "map" else "sees unit {number}", number=int(near.sources[place]) + 1)
