"""A picture with the class of every pixel: what is said, what is true, where they differ, where it is unsure."""

from typing import ClassVar, Literal, get_args

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.kit import Segmented
from app.language import bind, speaker, tr
from app.theme import theme
from app.views.boxes_painting import image_of
from app.views.painted import small_figures
from app.views.registry import CardView, view
from engines.core.arrays import Floats, Ints
from engines.core.language import Note, plain, say
from engines.core.picture import Picture
from engines.pictures.mask import Mask

Shown = Literal["said", "true", "wrong", "unsure"]
SHOWN: tuple[Shown, ...] = get_args(Shown)
NAMES = {"said": "Predicted", "true": "Truth", "wrong": "Errors", "unsure": "Unsure"}
COLOURED = 0.6  # how much of a class's colour lies over a pixel
LARGE = 640  # pixels of width from which all four have room beside each other
GAP = 12


@view(Mask)
class MaskView(CardView):
    """One of four ways to see it, all four where there is room. Point at a pixel to be told about it."""

    title: ClassVar[str] = Mask.title

    def __init__(self) -> None:
        super().__init__()
        self.ways = Segmented([(way, NAMES[way]) for way in SHOWN])
        self.ways.choose("said")
        self.canvas = MaskCanvas()
        self.ways.chosen.connect(self._choose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.ways)
        layout.addWidget(self.canvas, stretch=1)
        bind(self, self.setAccessibleName, self.title)

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Mask."""
        assert isinstance(picture, Mask)
        self.canvas.set_picture(picture)

    def clear(self) -> None:
        """Say that there is nothing yet."""
        self.canvas.set_picture(None)

    def _choose(self, way: Shown) -> None:
        self.canvas.set_ways((way,))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show all four where there is room."""
        super().resizeEvent(event)
        large = self.width() >= theme.px(LARGE)
        if large == self.ways.isVisibleTo(self):
            self.ways.setVisible(not large)
            self.canvas.set_ways(SHOWN if large else tuple(way for way in SHOWN if way == self.ways.current))


class MaskCanvas(QWidget):
    """Paints the picture once for each way to see it, and a line of words below."""

    def __init__(self) -> None:
        super().__init__()
        self.picture: Mask | None = None
        self.ways: tuple[Shown, ...] = ("said",)
        self.pointed: tuple[int, int] | None = None  # row and column under the mouse
        self._images: dict[Shown, QImage] = {}
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.bind(self, self._forget)
        speaker.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Enough for one picture and a line of words."""
        return QSize(theme.px(240), theme.px(170))

    def set_picture(self, picture: Mask | None) -> None:
        """Show this one."""
        if picture is not self.picture:
            if picture is None or (self.picture and picture.pixels.shape != self.picture.pixels.shape):
                self.pointed = None
            self.picture = picture
            self._forget()

    def set_ways(self, ways: tuple[Shown, ...]) -> None:
        """Show it in these ways beside each other."""
        self.ways = ways
        self.update()

    def _forget(self) -> None:
        self._images = {}
        self.update()

    # Where things are

    def _line(self) -> int:
        return self.fontMetrics().height() + 2

    def frame(self, way: Shown) -> QRectF:
        """Return where the picture is drawn in this way."""
        assert self.picture is not None
        height, width = self.picture.pixels.shape[:2]
        count = len(self.ways)
        step = (self.width() - GAP * (count - 1)) / count
        above = self._line() if count > 1 else 0
        down = max(1, self.height() - above - 2 * self._line())
        unit = min(step / width, down / height)
        left = self.ways.index(way) * (step + GAP) + (step - unit * width) / 2
        return QRectF(left, above + (down - unit * height) / 2, unit * width, unit * height)

    def _pixel(self, place: QPointF) -> tuple[int, int] | None:
        """Return the row and column of the pixel at a place."""
        if self.picture is None:
            return None
        height, width = self.picture.pixels.shape[:2]
        for way in self.ways:
            frame = self.frame(way)
            if frame.contains(place):
                row = int((place.y() - frame.top()) / frame.height() * height)
                column = int((place.x() - frame.left()) / frame.width() * width)
                return min(row, height - 1), min(column, width - 1)
        return None

    # Painting

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the picture in each way, the pixel that is pointed at, and the words."""
        painter = QPainter(self)
        painter.setFont(small_figures())
        if self.picture is None:
            painter.setPen(theme.tokens.color("muted"))
            where = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()), where, tr("Nothing yet: press play"))
            return
        for way in self.ways:
            self._paint_way(painter, way)
        words = QRectF(0, self.height() - 2 * self._line(), self.width(), 2 * self._line())
        painter.setPen(theme.tokens.color("text"))
        centre = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap
        painter.drawText(words, centre, tr(self.said()))

    def _paint_way(self, painter: QPainter, way: Shown) -> None:
        frame = self.frame(way)
        if len(self.ways) > 1:
            painter.setPen(theme.tokens.color("muted"))
            above = QRectF(frame.left(), frame.top() - self._line(), frame.width(), self._line())
            painter.drawText(above, Qt.AlignmentFlag.AlignCenter, tr(NAMES[way]))
        if way not in self._images:
            self._images[way] = self._image(way)
        painter.drawImage(frame, self._images[way])
        painter.setPen(QPen(theme.tokens.color("line"), 1))
        painter.drawRect(frame)
        if self.pointed is not None and self.picture is not None:
            height, width = self.picture.pixels.shape[:2]
            unit = frame.width() / width
            row, column = self.pointed
            painter.setPen(QPen(theme.tokens.color("accent"), 2))
            painter.drawRect(
                QRectF(frame.left() + column * unit, frame.top() + row * frame.height() / height, unit, unit)
            )

    def _image(self, way: Shown) -> QImage:
        """Return the picture with what is to be seen of it over it."""
        picture = self.picture
        assert picture is not None
        grey = picture.pixels.astype(np.float32)
        grey = grey[..., None].repeat(3, 2) if grey.ndim == 2 else grey
        known = picture.truth.size > 0
        if way == "said":
            made = over(grey, picture.predicted)
        elif way == "true":
            made = over(grey, picture.truth) if known else grey
        elif way == "wrong":
            wrong = picture.predicted != picture.truth if known else np.zeros(grey.shape[:2], bool)
            made = mixed(grey, np.array(rgb("bad")), wrong * np.float32(0.8))
        else:
            made = mixed(grey, np.array(rgb("warn")), np.clip(2 * (1 - picture.sureness), 0, 1) * 0.9)
        return image_of(np.rint(made).astype(np.uint8))

    # Words

    def said(self) -> Note:
        """Return what is told: of the pixel that is pointed at, or of the whole picture."""
        picture = self.picture
        assert picture is not None
        known = picture.truth.size > 0
        if self.pointed is not None:
            row, column = self.pointed
            label, sure = name_of(picture, picture.predicted[row, column]), float(picture.sureness[row, column])
            if known:
                return say("row {row}, column {column}: {label} ({sure:.0%}), true: {truth}", row=row + 1,
                           column=column + 1, label=label, sure=sure,
                           truth=name_of(picture, picture.truth[row, column]))  # fmt: skip
            return say("row {row}, column {column}: {label} ({sure:.0%})", row=row + 1, column=column + 1, label=label,
                       sure=sure)  # fmt: skip
        if not known:
            return say("What is being drawn: nobody has said what is true")
        right = float((picture.predicted == picture.truth).mean())
        iou = iou_of(picture)
        return say("{right:.1%} of the pixels are right; overlap of what is drawn {iou:.2f}", right=right, iou=iou)

    # The mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Tell about the pixel under the mouse."""
        pointed = self._pixel(event.position())
        if pointed != self.pointed:
            self.pointed = pointed
            self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Tell about the whole picture again."""
        self.pointed = None
        self.update()
        super().leaveEvent(event)


def name_of(picture: Mask, label: int) -> Note:
    """Return what a pixel's class is called."""
    return say("ground") if label == 0 else plain(picture.names[label - 1])


def iou_of(picture: Mask) -> float:
    """Return intersection over union of what is said and what is true, whatever is no ground; NaN for nothing."""
    said, true = picture.predicted, picture.truth
    both = int(((said == true) & (true > 0)).sum())
    either = int(((said > 0) | (true > 0)).sum())
    return both / either if either else float("nan")


def rgb(name: str) -> tuple[int, int, int]:
    """Return a colour of the theme as red, green, blue."""
    colour = theme.tokens.color(name)
    return colour.red(), colour.green(), colour.blue()


def mixed(pixels: Floats, colour: Ints, share: Floats) -> Floats:
    """Lay a colour over pixels (h, w, 3), by so much at each: share (h, w)."""
    return pixels + share[..., None] * (colour - pixels)


def over(pixels: Floats, mask: Ints) -> Floats:
    """Lay the colours of the classes over pixels (h, w, 3), where the mask (h, w) is no ground."""
    made = pixels
    for label in np.unique(mask[mask > 0]).tolist():
        colour = theme.tokens.class_color(label - 1)
        shade = np.array([colour.red(), colour.green(), colour.blue()])
        made = mixed(made, shade, (mask == label) * np.float32(COLOURED))
    return made
