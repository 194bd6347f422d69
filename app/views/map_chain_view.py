"""Maps in a row, each made from the one before it, with what changes in them below."""

from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPen

from app.language import bind, tr
from app.theme import theme
from app.views.cells import (
    Colours,
    Grid,
    fitting,
    image_of,
    legible,
    paint_image,
    paint_numbers,
    plain_colours,
    signed_colours,
)
from app.views.painted import PaintedView
from app.views.registry import view
from engines.core.arrays import Floats
from engines.core.picture import Picture
from engines.core.step import Poke
from engines.pictures.map_chain import MapChain

GAP = 20


@view(MapChain)
class MapChainView(PaintedView):
    """As many columns as make the maps largest. Click one to have it worked on."""

    title: ClassVar[str] = "Stage by stage"

    def __init__(self) -> None:
        super().__init__()
        self._drawn: list[tuple[Colours, QImage]] = []
        self._changes: list[tuple[Colours, QImage]] = []
        self.setMouseTracking(True)
        theme.bind(self, self._make)
        bind(self, self.setToolTip, "Click a map to see how it is worked out")

    @property
    def chain(self) -> MapChain | None:
        """What is drawn."""
        return self.picture if isinstance(self.picture, MapChain) else None

    def empty(self) -> bool:
        """Whether there is no map."""
        return self.chain is None or not self.chain.maps

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a MapChain."""
        new = picture is not self.picture
        super().show_picture(picture)
        if new:
            self._make()

    def _make(self) -> None:
        """Make the images."""
        self._drawn, self._changes = [], []
        if (chain := self.chain) is None:
            return
        for values, reach in zip(chain.maps, chain.reaches, strict=True):
            colours = signed_colours(values, reach) if reach else plain_colours(values)
            self._drawn.append((colours, image_of(colours)))
        for values, reach in zip(chain.differences, chain.reaches, strict=False):
            colours = signed_colours(values, reach or 1.0)
            self._changes.append((colours, image_of(colours)))
        self.update()

    # Where they are

    @property
    def columns(self) -> int:
        """How many stand side by side: as many as make the smallest of them largest."""
        chain = self.chain
        assert chain is not None
        count = len(chain.maps)
        even = [columns for columns in range(1, count + 1) if count % columns == 0]
        return max(even, key=lambda columns: (min(
            min(room.width(), room.height()) for room in self._rooms(columns)), columns))  # fmt: skip

    def _rooms(self, columns: int) -> list[QRectF]:
        """Return the room of each map, with its caption below it left out; those of the changes come behind."""
        chain = self.chain
        assert chain is not None
        count, line, gap = len(chain.maps), self.fontMetrics().height(), theme.px(GAP)
        rows, layers = -(-count // columns), 2 if chain.differences else 1
        width = (self.width() - gap * (columns - 1)) / columns
        height = self.height() / (rows * layers) - line - 3
        return [
            QRectF((place % columns) * (width + gap), (place // columns * layers + layer) * (height + line + 3), width,
                   max(1.0, height))
            for layer in range(layers) for place in range(count)
        ]  # fmt: skip

    def grids(self) -> list[Grid]:
        """Return where each map is, then where each change is."""
        chain = self.chain
        assert chain is not None
        rooms = self._rooms(self.columns)
        maps = (*chain.maps, *chain.differences)
        return [fitting(room, *values.shape[:2]) for room, values in zip(rooms, maps, strict=True)]

    # Drawing

    def paint_picture(self, painter: QPainter) -> None:
        """Draw maps and changes, captions, and arrows from one to the next."""
        chain = self.chain
        assert chain is not None
        font, count = painter.font(), len(chain.maps)
        for place, (grid, (colours, image), values) in enumerate(
            zip(self.grids(), self._drawn + self._changes, (*chain.maps, *chain.differences), strict=True)
        ):
            _paint_map(painter, grid, image, colours, values)
            now = place == chain.now
            painter.setPen(QPen(theme.tokens.color("accent" if now else "line"), 2 if now else 1))
            painter.drawRect(grid.box)
            painter.setFont(font)
            painter.setPen(theme.tokens.color("accent" if now else "muted"))
            caption = tr(chain.captions[place]) if place < count else tr("change")
            self._paint_caption(painter, grid, caption)
            if place + 1 < count and (place + 1) % self.columns:
                self._paint_arrow(painter, place)

    def _paint_caption(self, painter: QPainter, grid: Grid, text: str) -> None:
        metrics = painter.fontMetrics()
        room = (self.width() - theme.px(GAP) * (self.columns - 1)) / self.columns + theme.px(GAP) - 4
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, round(room))
        wide = metrics.horizontalAdvance(text) + 2
        left = max(0.0, min(grid.box.center().x() - wide / 2, self.width() - wide))
        painter.drawText(
            QRectF(left, grid.box.bottom() + 1, wide, metrics.height()), Qt.AlignmentFlag.AlignCenter, text
        )

    def _paint_arrow(self, painter: QPainter, place: int) -> None:
        rooms = self._rooms(self.columns)
        y, middle = rooms[place].center().y(), rooms[place].right() + theme.px(GAP) / 2
        half = theme.px(6)
        painter.setPen(QPen(theme.tokens.color("muted"), 1.4))
        painter.drawLine(QPointF(middle - half, y), QPointF(middle + half, y))
        for side in (-1, 1):
            painter.drawLine(QPointF(middle + half, y), QPointF(middle + half / 3, y + side * half * 0.6))

    # Picking

    def _stage(self, event: QMouseEvent) -> int:
        """Return which map is under the mouse, -1 for none."""
        chain = self.chain
        if chain is None or not chain.poke:
            return -1
        hits = [place for place, grid in enumerate(self.grids()) if grid.box.contains(event.position())]
        return hits[0] % len(chain.maps) if hits else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Show what can be clicked: all but the first, which nothing has made."""
        found = self._stage(event) > 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Ask for a map."""
        if (stage := self._stage(event)) > 0 and self.chain is not None:
            self.poked.emit(Poke(self.chain.poke, (stage,), 0.0))


def _paint_map(painter: QPainter, grid: Grid, image: QImage, colours: Colours, values: Floats) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    paint_image(painter, grid, image)
    if values.ndim == 2 and legible(grid):
        paint_numbers(painter, grid, values, colours)
