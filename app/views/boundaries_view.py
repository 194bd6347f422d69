"""Models side by side: a tile for each with its boundary or curve, its caption and its score."""

from collections.abc import Callable
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip

from app.language import as_said, bind, tr
from app.theme import theme
from app.views.boundaries_painting import image_of, paint_dots, pieces
from app.views.painted import KeptView
from app.views.registry import view
from engines.core.picture import Picture
from engines.pictures.boundaries import Boundaries

GAP = 6
NARROWEST = 52  # pixels of a tile; where there is no room for all, those about the lit one are shown
MOST_DOTS = 3000  # in all tiles together; of more every so many-th is drawn
PALE = 0.45  # opacity of a model that is not finished


@view(Boundaries)
class BoundariesView(KeptView):
    """As many tiles as large as they fit. Click one, or press Enter on it, to take over its hyper-parameters."""

    title: ClassVar[str] = "Side by side"

    def __init__(self) -> None:
        super().__init__()
        self.chosen = -1  # the tile that the keyboard is on
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        words = "Small pictures of all models; arrow keys choose one, Enter takes its settings"
        bind(self, self.setAccessibleDescription, words)

    @property
    def boundaries(self) -> Boundaries | None:
        """What is drawn."""
        return self.picture if isinstance(self.picture, Boundaries) else None

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Boundaries."""
        assert isinstance(picture, Boundaries)
        if self.chosen >= len(picture.captions):
            self.chosen = -1
        super().show_picture(picture)

    def clear(self) -> None:
        """Say that there is nothing yet."""
        self.chosen = -1
        super().clear()

    def empty(self) -> bool:
        """Whether there is no model."""
        return self.boundaries is None or not len(self.boundaries.captions)

    # Where the tiles are

    @property
    def _line(self) -> int:
        return self.fontMetrics().height() + 2

    def layout_of(self) -> tuple[int, int, float]:
        """Return how many tiles are shown, in how many columns, and how wide each is."""
        picture = self.boundaries
        assert picture is not None
        left, bottom, right, top = picture.area
        tall = max(0.2, min(2.0, (top - bottom) / max(right - left, 1e-9)))  # height of a tile of width 1
        best = (1, 1, 0.0)
        for count in range(len(picture.captions), 0, -1):
            best = _widest(count, self.width(), self.height(), tall, self._line)
            if best[2] >= theme.px(NARROWEST):
                break
        return best

    def first(self) -> int:
        """Return the first tile that is shown: the first of all, or so that the lit one can be seen."""
        picture = self.boundaries
        assert picture is not None
        shown = self.layout_of()[0]
        wanted = max(self.chosen, picture.lit) if self.chosen < 0 else self.chosen
        return max(0, min(wanted - shown + 1, len(picture.captions) - shown))

    def tile(self, place: int) -> QRectF:
        """Return where a tile is drawn; caption and score are right below. Empty for one that is not shown."""
        picture = self.boundaries
        assert picture is not None
        shown, columns, width = self.layout_of()
        place -= self.first()
        if not 0 <= place < shown:
            return QRectF()
        left, bottom, right, top = picture.area
        height = width * max(0.2, min(2.0, (top - bottom) / max(right - left, 1e-9)))
        row, column = divmod(place, columns)
        rows = -(-shown // columns)
        step, tall = self.width() / columns, height + self._line + GAP
        above = max(0.0, (self.height() - rows * tall) / 2)
        return QRectF(column * step + (step - width) / 2, above + row * tall + 2, width, height)

    # Painting

    def paint_over(self, painter: QPainter) -> None:
        """Draw a frame around the tile that the keyboard is on."""
        if self.hasFocus() and self.chosen >= 0:
            painter.setPen(QPen(theme.tokens.color("text"), 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.tile(self.chosen).adjusted(-3, -3, 3, 3))

    def paint_kept(self, painter: QPainter) -> None:
        """Draw the tiles."""
        picture = self.boundaries
        assert picture is not None
        shown, first = self.layout_of()[0], self.first()
        every = max(1, -(-len(picture.points) * shown // MOST_DOTS))
        for place in range(first, first + shown):
            box = self.tile(place)
            painter.setOpacity(1.0 if np.isfinite(picture.scores[place]) else PALE)
            self._paint_tile(painter, picture, place, box, every)
            painter.setOpacity(1.0)
            self._paint_frame(painter, picture, place, box)
            self._paint_caption(painter, picture, place, box)

    def _paint_tile(self, painter: QPainter, picture: Boundaries, place: int, box: QRectF, every: int) -> None:
        tokens = theme.tokens
        painter.save()
        painter.setClipRect(box)
        painter.fillRect(box, tokens.color("field"))
        image = image_of(picture, place)
        if image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(box, image)
        paint_dots(painter, picture, place, box, every)
        if len(picture.curves):
            painter.setPen(QPen(tokens.color("accent"), 1.8 * theme.scale))
            for part in pieces(picture.curves[place], picture, box):
                painter.drawPolyline(part)
        painter.restore()

    def _paint_frame(self, painter: QPainter, picture: Boundaries, place: int, box: QRectF) -> None:
        name, width = "line", 1.0
        if place == picture.best:
            name, width = "good", 2.5 * theme.scale
        if place == picture.lit:
            name, width = "accent", 2.5 * theme.scale
        painter.setPen(QPen(theme.tokens.color(name), width))
        painter.drawRect(box)

    def _paint_caption(self, painter: QPainter, picture: Boundaries, place: int, box: QRectF) -> None:
        """Write the caption at the left and the score at the right, below the tile."""
        metrics = painter.fontMetrics()
        score = score_text(float(picture.scores[place]))
        below = QRectF(box.left(), box.bottom() + 2, box.width(), metrics.height())
        painter.setPen(theme.tokens.color("good" if place == picture.best else "text"))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, score)
        room = below.width() - metrics.horizontalAdvance(score) - (5 if score else 0)
        painter.setPen(theme.tokens.color("muted"))
        text = metrics.elidedText(as_said(picture.captions[place]), Qt.TextElideMode.ElideRight, round(room))
        if room > metrics.horizontalAdvance("…"):
            painter.drawText(below, Qt.AlignmentFlag.AlignLeft, text)

    # Taking over

    def at(self, where: QPointF) -> int:
        """Return the tile at a place of the view, -1 for none; its caption belongs to it."""
        if self.boundaries is None or self.empty():
            return -1
        first, shown = self.first(), self.layout_of()[0]
        hits = [i for i in range(first, first + shown) if self.tile(i).adjusted(0, 0, 0, self._line).contains(where)]
        return hits[0] if hits else -1

    def take(self, place: int) -> None:
        """Have the hyper-parameters of a tile taken over, if there are any."""
        picture = self.boundaries
        if picture is not None and 0 <= place < len(picture.takes):
            self.taken.emit(dict(picture.takes[place]))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Show what can be clicked."""
        can = self.boundaries is not None and 0 <= self.at(event.position()) < len(self.boundaries.takes)
        self.setCursor(Qt.CursorShape.PointingHandCursor if can else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take over the tile under the mouse."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.take(self.at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Go from tile to tile with the arrows, take with Enter; nothing else is eaten."""
        picture = self.boundaries
        moves: dict[int, Callable[[], int]] = {
            Qt.Key.Key_Left: lambda: -1,
            Qt.Key.Key_Right: lambda: 1,
            Qt.Key.Key_Up: lambda: -self.layout_of()[1],
            Qt.Key.Key_Down: lambda: self.layout_of()[1],
        }
        if picture is None or self.empty() or not picture.takes:
            event.ignore()
        elif event.key() in moves:
            wanted = self.chosen + moves[event.key()]() if self.chosen >= 0 else 0
            self.chosen = max(0, min(wanted, len(picture.captions) - 1))
            self.forget()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen >= 0:
            self.take(self.chosen)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Tell caption and score of the tile under the mouse."""
        if isinstance(event, QHelpEvent) and (place := self.at(QPointF(event.pos()))) >= 0:
            QToolTip.showText(event.globalPos(), self.describe(place), self)
            return True
        return super().event(event)

    def describe(self, place: int) -> str:
        """Return a tile in words."""
        picture = self.boundaries
        assert picture is not None
        lines = [as_said(picture.captions[place]), score_text(float(picture.scores[place])) or tr("not finished yet")]
        if place < len(picture.takes):
            lines.append(tr("Click to train once with these settings"))
        return "\n".join(lines)


def _widest(count: int, width: float, height: float, tall: float, line: float) -> tuple[int, int, float]:
    """Return ``count``, in how many columns so many tiles are largest, and how wide one is then."""
    widths = [
        min(width / columns - GAP, (height / -(-count // columns) - line - GAP) / tall)
        for columns in range(1, count + 1)
    ]
    best = int(np.argmax(widths))
    return count, best + 1, max(4.0, widths[best])


def score_text(score: float) -> str:
    """Return a score as it is written below a tile, nothing while there is none."""
    if not np.isfinite(score):
        return ""
    return (f"{score:.3f}" if abs(score) < 100 else f"{score:.1e}").replace("-", "−")
