"""The maps of all layers for one picture, row under row; a click on one has it looked at more closely."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from app.kit import ElidedLabel
from app.language import bind, speaker, tr
from app.theme import theme
from app.views.cells import image_of, plain_colours
from app.views.heat_map import shades
from app.views.painted import small_figures
from app.views.registry import CardView, view
from engines.core.arrays import Ints
from engines.core.language import Note, say
from engines.core.picture import Picture
from engines.core.step import Question
from engines.pictures.feature_maps import MAP, ZERO, FeatureMaps, MapRow
from engines.pictures.map_close_up import PIXEL

SIZES = (96, 80, 64, 52, 44, 36, 30, 26, 22, 19, 16)  # pixels of a map, the largest first with which all fit
UNIT_SHARE = 0.5  # of a map's side is that of a dense layer's unit
GAP = 2
LABEL_SHARE = 0.3  # of the width at most
WITH_SHAPES = 230  # pixels of width from which there is room for the sizes of the maps


@dataclass(frozen=True)
class Band:
    """Where one row is. cells: of its maps; row: its place in the picture, -1 for the picture itself."""

    row: int
    label: QRectF
    cells: tuple[QRectF, ...]


def bands(picture: FeatureMaps, width: float, label: float, line: float, size: float) -> list[Band]:
    """Return the rows from top to bottom when a map has so many pixels."""
    made, top = [], 0.0
    for place in range(-1, len(picture.rows)):
        row = picture.rows[place] if place >= 0 else None
        tall, wide = picture.pixels.shape[:2] if row is None else row.shades.shape[1:3]
        side = size * (UNIT_SHARE if row is not None and tall == wide == 1 else 1.0)
        across, down = side * min(1.0, wide / tall), side * min(1.0, tall / wide)
        per_line = max(1, int((width - label) // (across + GAP)))
        count = 1 if row is None else len(row.shades)
        per_line = -(-count // -(-count // per_line))  # lines of the same length
        cells = tuple(
            QRectF(label + k % per_line * (across + GAP), top + k // per_line * (down + GAP), across, down)
            for k in range(count)
        )
        height = max(line, cells[-1].bottom() - top if cells else line)
        made.append(Band(place, QRectF(0, top, label - 2 * GAP, height), cells))
        top += height + 2 * GAP
    return made


class MapsCanvas(QWidget):
    """Draws the rows as large as they fit; what does not fit is scrolled to. pointed: row and map, or None."""

    pointed = Signal(object)
    chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.picture: FeatureMaps | None = None
        self.bands: list[Band] = []
        self._images: list[QImage] = []
        self._laid_out: tuple[object, ...] = ()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_maps(self, picture: FeatureMaps | None, room: QSize) -> None:
        """Draw these maps in so much room."""
        if picture is not self.picture:
            self.picture = picture
            self.recolour()
        self.lay_out(room)

    def recolour(self) -> None:
        """Make the images with the colours of now."""
        picture = self.picture
        self._images = (
            [] if picture is None else [_image(picture.pixels), *(_image_of_row(row) for row in picture.rows)]
        )
        self.update()

    def lay_out(self, room: QSize) -> None:
        """Find the largest size with which everything fits."""
        picture = self.picture
        if picture is None:
            self.bands, self._laid_out = [], ()
            self.setMinimumHeight(0)
            self.update()
            return
        metrics = QFontMetricsF(small_figures())
        shapes = tuple(row.shades.shape for row in picture.rows)
        laid_out = (room, shapes, picture.pixels.shape, metrics.height(), speaker.language)
        if laid_out != self._laid_out:
            self._laid_out = laid_out
            texts = [tr(name) for name in (say("picture"), *map(_name, picture.rows))]
            if room.width() >= theme.px(WITH_SHAPES):
                texts += map(shape_text, picture.rows)
            widest = max(map(metrics.horizontalAdvance, texts))
            label = min(widest + 4 * GAP, room.width() * LABEL_SHARE)
            for size in SIZES:
                self.bands = bands(picture, room.width(), label, metrics.height(), theme.px(size))
                if self.bands[-1].label.bottom() + GAP <= room.height():
                    break
            self.setMinimumHeight(round(self.bands[-1].label.bottom() + GAP))
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the picture, the maps, and a frame around the one that is chosen."""
        picture = self.picture
        painter = QPainter(self)
        painter.setFont(small_figures())
        if picture is None:
            painter.setPen(theme.tokens.color("muted"))
            where = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()), where, tr("Nothing yet: press play"))
            return
        line = painter.fontMetrics().height()
        for band, image in zip(self.bands, self._images, strict=True):
            row = picture.rows[band.row] if band.row >= 0 else None
            self._paint_label(painter, band, row, line)
            tall = image.height() / max(1, len(band.cells))
            for k, cell in enumerate(band.cells):
                painter.drawImage(cell, image, QRectF(0, k * tall, image.width(), tall))
                mine = row is not None and (row.layer, k) == picture.chosen
                painter.setPen(QPen(theme.tokens.color("accent" if mine else "line"), 2.5 if mine else 1))
                painter.drawRect(cell.adjusted(-1, -1, 1, 1) if mine else cell)

    def _paint_label(self, painter: QPainter, band: Band, row: MapRow | None, line: float) -> None:
        tokens, metrics = theme.tokens, painter.fontMetrics()
        texts = [tr(say("picture") if row is None else _name(row))]
        if row is not None and band.label.height() >= 2 * line and not row.kernels:
            shape = shape_text(row)
            texts += [shape] if metrics.horizontalAdvance(shape) <= band.label.width() else []
        top = band.label.top() if len(texts) > 1 else band.label.center().y() - line / 2
        for place, text in enumerate(texts):
            painter.setPen(tokens.color("muted" if place else "text"))
            box = QRectF(0, top + place * line, band.label.width(), line)
            short = metrics.elidedText(text, Qt.TextElideMode.ElideRight, round(box.width()))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, short)

    # Choosing

    def at(self, point: QPointF) -> tuple[int, int] | None:
        """Return row and map at a place; None for none."""
        for band in self.bands:
            for k, cell in enumerate(band.cells if band.row >= 0 else ()):
                if cell.adjusted(-1, -1, 1, 1).contains(point):
                    return band.row, k
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Tell what the mouse is on."""
        found = self.at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)
        self.pointed.emit(found)

    def leaveEvent(self, _: QEvent) -> None:  # noqa: N802 - Qt's name
        """Nothing is pointed at any more."""
        self.pointed.emit(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Choose the map under the mouse."""
        if self.picture is not None and (found := self.at(event.position())):
            self.chosen.emit(self.picture.rows[found[0]].layer, found[1])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Left and right choose the map beside, up and down one of the layer before or after."""
        steps = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        step = steps.get(Qt.Key(event.key()))
        if step is None or self.picture is None:
            super().keyPressEvent(event)
            return
        sizes = {row.layer: len(row.shades) for row in self.picture.rows}
        layer = self.picture.chosen[0] + step[0]
        if layer in sizes:
            self.chosen.emit(layer, min(max(0, self.picture.chosen[1] + step[1]), sizes[layer] - 1))


@view(FeatureMaps)
class FeatureMapsView(CardView):
    """The rows, and a line about the map under the mouse or the one that is chosen."""

    title: ClassVar[str] = "Feature maps"

    def __init__(self) -> None:
        super().__init__()
        self.canvas, self.area, self.told = MapsCanvas(), QScrollArea(), ElidedLabel()
        self._pointed: tuple[int, int] | None = None
        self.area.setWidget(self.canvas)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.area, stretch=1)
        layout.addWidget(self.told)
        self.told.setProperty("muted", True)
        theme.bind(self.told, lambda: self.told.setFont(theme.font("small")))
        theme.bind(self, self.canvas.recolour)
        speaker.changed.connect(self._say)
        self.canvas.pointed.connect(self._point)
        self.canvas.chosen.connect(self._choose)
        self.area.viewport().installEventFilter(self)
        bind(self, self.setAccessibleName, self.title)
        bind(self, self.canvas.setAccessibleName, self.title)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Enough for some rows."""
        return QSize(theme.px(260), theme.px(200))

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, FeatureMaps."""
        assert isinstance(picture, FeatureMaps)
        before = self.canvas.picture
        self.canvas.show_maps(picture, self.area.viewport().size())
        self._say()
        if before is not None and before.chosen != picture.chosen and self.canvas.hasFocus():
            self._bring(picture)

    def _bring(self, picture: FeatureMaps) -> None:
        """Bring the map that was chosen, perhaps by a key, into view."""
        layer, k = picture.chosen
        cells = [band.cells[k] for band in self.canvas.bands if band.row >= 0 and picture.rows[band.row].layer == layer]
        if cells:
            centre, reach = cells[-1].center(), round(cells[-1].height() / 2) + GAP
            self.area.ensureVisible(round(centre.x()), round(centre.y()), 0, reach)

    def clear(self) -> None:
        """Say that there is nothing yet."""
        self.canvas.show_maps(None, self.area.viewport().size())
        self._say()
        self.canvas.resize(self.area.viewport().size())  # now: the area would do it when the loop comes round

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Lay the rows out anew in another size."""
        if watched is self.area.viewport() and event.type() is QEvent.Type.Resize:
            self.canvas.lay_out(self.area.viewport().size())
        return False

    def _choose(self, layer: int, k: int) -> None:
        """Ask for a map, and of another one for its strongest number."""
        picture = self.canvas.picture
        if picture is not None and picture.chosen != (layer, k):
            self.wondered.emit(Question(PIXEL, ()))
        self.wondered.emit(Question(MAP, (layer, k)))

    def _point(self, found: tuple[int, int] | None) -> None:
        self._pointed = found
        self._say()

    def _say(self) -> None:
        """Tell about the map under the mouse, else about the one that is chosen."""
        picture = self.canvas.picture
        if picture is None:
            self.told.setText("")
            return
        self.canvas.lay_out(self.area.viewport().size())
        found = self._pointed
        if found is None or found[0] >= len(picture.rows):
            chosen = [place for place, row in enumerate(picture.rows) if row.layer == picture.chosen[0]]
            found = chosen[-1], picture.chosen[1]
        text = tr(said(picture.rows[found[0]], found[1]))
        self.told.setText(text)
        self.told.setToolTip(text)


def said(row: MapRow, k: int) -> Note:
    """Return a sentence about one map of a row."""
    k = min(k, len(row.shades) - 1)
    number, maps, low, high = k + 1, row.shape[0], float(row.low[k]), float(row.high[k])
    if row.kernels:
        return say("{layer}, kernel {number} of {maps}: from {low:.2g} to {high:.2g}",
                   layer=row.name, number=number, maps=maps, low=low, high=high)  # fmt: skip
    if len(row.shape) == 1:
        return say("{layer}, unit {number} of {maps}: {value:.3g}",
                   layer=row.name, number=number, maps=maps, value=high)  # fmt: skip
    return say("{layer}, map {number} of {maps}, {height}×{width}: from {low:.2g} to {high:.2g}", layer=row.name,
               number=number, maps=maps, height=row.shape[1], width=row.shape[2], low=low, high=high)  # fmt: skip


def shape_text(row: MapRow) -> str:
    """Return how many maps there are and how large they are."""
    return "×".join(str(side) for side in row.shape)


def _name(row: MapRow) -> Note:
    return say("kernels") if row.kernels else row.name


def _image(pixels: Ints) -> QImage:
    return image_of(plain_colours(pixels.astype(np.float32) / 255))


def _image_of_row(row: MapRow) -> QImage:
    """Return the maps of a row below each other as one image: what is in colour is grey at 0."""
    count, tall, wide = row.shades.shape[:3]
    stacked = row.shades.reshape(count * tall, wide, *row.shades.shape[3:])
    if stacked.ndim == 3:
        return image_of(plain_colours((stacked.astype(np.float32) - ZERO) / (2 * (ZERO - 1)) + 0.5))
    return image_of(np.ascontiguousarray(shades()[stacked]))
