"""Small pictures in a grid, each with a caption; one that shows a row of the data leads back to it."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPen

from app.language import as_said, bind
from app.theme import theme
from app.views.heat_map import heat_maps
from app.views.painted import PaintedView
from app.views.registry import view
from engines.core.arrays import Floats
from engines.core.picture import Picture
from engines.pictures.tiles import Tiles

GAP = 6


@view(Tiles)
class TilesView(PaintedView):
    """Grey, coloured or signed pictures, as large as they fit. Click one to find its row in the data."""

    title: ClassVar[str] = "Pictures"

    def __init__(self) -> None:
        super().__init__()
        self._images: list[QImage | None] = []
        self.setMouseTracking(True)
        theme.bind(self, self._make)
        bind(self, self.setToolTip, "Click a picture of the data to find it there")

    @property
    def tiles(self) -> Tiles | None:
        """What is drawn."""
        return self.picture if isinstance(self.picture, Tiles) else None

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Tiles."""
        assert isinstance(picture, Tiles)
        new = picture is not self.picture
        super().show_picture(picture)
        if new:
            self._make()

    def empty(self) -> bool:
        """Whether there is no picture."""
        return self.tiles is None or not len(self.tiles.values)

    def _make(self) -> None:
        self._images = images(self.tiles) if self.tiles is not None else []
        self.update()

    def cell(self, place: int) -> QRectF:
        """Return where a picture is drawn; its caption is right below."""
        tiles = self.tiles
        assert tiles is not None
        count, (height, width) = len(tiles.values), tiles.values.shape[1:3]
        rows = -(-count // tiles.columns)
        line = self.fontMetrics().height()
        across = self.width() / tiles.columns - GAP
        down = self.height() / rows - line - 2
        unit = max(0.2, min(across / width, down / height))
        row, column = divmod(place, tiles.columns)
        step = self.width() / tiles.columns
        left = column * step + (step - unit * width) / 2
        tall = unit * height + line + 2
        top = (self.height() - rows * tall) / 2 + row * tall
        return QRectF(left, max(0.0, top), unit * width, unit * height)

    def paint_picture(self, painter: QPainter) -> None:
        """Draw the pictures, an empty frame for those that are not there yet, and the captions."""
        tiles = self.tiles
        assert tiles is not None
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)  # a pixel is a square
        metrics, step = painter.fontMetrics(), self.width() / tiles.columns
        for place, (image, caption) in enumerate(zip(self._images, tiles.captions, strict=True)):
            box = self.cell(place)
            if image is None:
                painter.fillRect(box, theme.tokens.color("field"))
            else:
                painter.drawImage(box, image)
                painter.setPen(QPen(theme.tokens.color("line"), 1))
                painter.drawRect(box)
            painter.setPen(theme.tokens.color("muted"))
            said = as_said(caption)
            span = span_of(tiles, place)
            below = QRectF(box.center().x() - step / 2, box.bottom() + 1, span * step, metrics.height())
            text = metrics.elidedText(said, Qt.TextElideMode.ElideRight, round(span * step) - 2)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)

    # Picking

    def _row(self, event: QMouseEvent) -> int:
        """Return the row of the data under the mouse, -1 for none."""
        tiles = self.tiles
        if tiles is None:
            return -1
        hits = [place for place in range(len(tiles.values)) if self.cell(place).contains(event.position())]
        return int(tiles.index[hits[0]]) if hits else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Show what can be clicked."""
        found = self._row(event) >= 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Tell the row of the picture."""
        if (row := self._row(event)) >= 0:
            self.picked.emit(np.array([row]))


def span_of(tiles: Tiles, place: int) -> int:
    """Return over how many pictures of its row a caption may reach: those after it that have none of their own."""
    span = 1
    while (place + span) % tiles.columns and place + span < len(tiles.captions) and not tiles.captions[place + span]:
        span += 1
    return span


def images(tiles: Tiles) -> list[QImage | None]:
    """Return an image for each picture, None for one that is not there yet."""
    return [
        None if np.isnan(values).any() else _signed(values) if signed else _plain(values)
        for values, signed in zip(tiles.values, tiles.signed.tolist(), strict=True)
    ]


def _plain(values: Floats) -> QImage:
    """Return a picture of numbers from 0 to 1: (height, width[, 3])."""
    pixels = np.ascontiguousarray(np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8))
    height, width = pixels.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_RGB888
    return QImage(pixels.data, width, height, pixels.strides[0], kind).copy()


def _signed(values: Floats) -> QImage:
    """Return a picture of numbers from -1 to 1 in the colours of below and above 0; of three channels grey is 0."""
    if values.ndim == 3:
        return _plain((values + 1) / 2)
    height, width = values.shape
    return heat_maps(values[None, ::-1], QRectF(0, 0, width, height), probability=False)[0]
