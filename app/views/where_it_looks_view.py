"""Which pixels an answer depends on, and a patch to cover some of them and see what becomes of it."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.kit import Segmented
from app.language import bind, speaker, tr
from app.theme import theme
from app.theme.tokens import bgr
from app.views.cells import Grid, fitting, image_of, paint_image, plain_colours
from app.views.painted import small_figures
from app.views.registry import CardView, view
from engines.core.arrays import Floats, Ints
from engines.core.language import Note, plain, say
from engines.core.picture import Picture
from engines.core.step import Question
from engines.pictures.where_it_looks import ABOUT, HOW, HOWS, PATCH, WhereItLooks, ground_of

TITLES = (("saliency", "Saliency"), ("grad_cam", "Grad-CAM"), ("occlusion", "Occlusion"))
BARS = 5  # classes that are shown
PICTURE_SHARE = 0.6  # of the width
DIMMED = 0.45  # of its strength has the picture under the colours
TEXT_LINES = 2
WIDEST_BARS = 260  # pixels


class LooksCanvas(QWidget):
    """The picture under its colours, the patch, and bars of the likeliest classes.

    patched: top, left and side of the patch, or nothing of them; asked: a class.
    """

    patched = Signal(object)
    asked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.looks: WhereItLooks | None = None
        self.patch: tuple[int, ...] = ()
        self.side = 0  # of the patch that a person has chosen, 0 for the usual one
        self._dragging = False
        self._image = QImage()
        self._below = False  # whether the bars are below the picture
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_looks(self, looks: WhereItLooks | None) -> None:
        """Draw this."""
        self.looks = looks
        if looks is None:
            self.patch, self.side = (), 0
        elif not self._dragging:
            self.patch = looks.patch
        self.recolour()

    def recolour(self) -> None:
        """Lay the colours over the picture."""
        if self.looks is not None:
            self._image = image_of(coloured(self.looks.pixels, self.looks.heat))
        self.update()

    # Where it is

    def grid(self) -> Grid:
        """Return where the pixels of the picture are: with the bars beside it, or below where that makes it larger."""
        looks = self.looks
        assert looks is not None
        height, width = looks.pixels.shape[:2]
        down = self.height() - TEXT_LINES * self._line - 4
        beside = min(down / height, (self.width() * PICTURE_SHARE - 2) / width)
        above = min((down - self._bars_height) / height, (self.width() - 2) / width)
        self._below = above > beside
        if self._below:
            room = QRectF(1, 1, self.width() - 2, down - self._bars_height)
            return fitting(room, height, width)
        left = (self.width() - beside * width - theme.px(8) - self._bars_width(beside * width)) / 2
        return fitting(QRectF(left, 1, beside * width, down), height, width)

    @property
    def _line(self) -> float:
        return QFontMetricsF(small_figures()).height()

    @property
    def _bars_height(self) -> float:
        return BARS * 1.8 * self._line + theme.px(6)

    def _bars_width(self, taken: float) -> float:
        return min(self.width() - taken - theme.px(12), theme.px(WIDEST_BARS))

    def classes(self) -> Ints:
        """Return which classes have a bar: the likeliest, and the one that is asked about."""
        looks = self.looks
        assert looks is not None
        order = np.argsort(-looks.probabilities, kind="stable")[:BARS]
        if looks.about not in order:
            order[-1] = looks.about
        return order

    def bar(self, place: int) -> QRectF:
        """Return where the bar of a class is, with its name and its number."""
        box, line, count = self.grid().box, self._line, len(self.classes())
        if self._below:
            wide = min(self.width() - 4.0, theme.px(WIDEST_BARS))
            top = box.bottom() + theme.px(6) + place * 1.8 * line
            return QRectF((self.width() - wide) / 2, top, wide, 1.8 * line)
        tall = min(2.4 * line, (self.height() - TEXT_LINES * line) / max(1, count))
        top = max(0.0, box.center().y() - count * tall / 2) + place * tall
        left = box.right() + theme.px(8)
        return QRectF(left, top, min(self.width() - 4 - left, theme.px(WIDEST_BARS)), tall)

    # Drawing

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the picture, the patch, the bars, and what it means in a sentence."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_figures())
        looks = self.looks
        if looks is None:
            painter.setPen(theme.tokens.color("muted"))
            where = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()), where, tr("Nothing yet: press play"))
            return
        grid = self.grid()
        paint_image(painter, grid, self._image)
        painter.setPen(QPen(theme.tokens.color("line"), 1))
        painter.drawRect(grid.box)
        if self.patch:
            self._paint_patch(painter, grid)
        for place, which in enumerate(self.classes().tolist()):
            self._paint_bar(painter, looks, self.bar(place), which)
        line = painter.fontMetrics().height()
        painter.setPen(theme.tokens.color("muted"))
        room = QRectF(0, self.height() - TEXT_LINES * line, self.width(), TEXT_LINES * line)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, tr(meaning(looks)))

    def _paint_patch(self, painter: QPainter, grid: Grid) -> None:
        assert self.looks is not None
        top, left, side = self.patch
        painter.save()
        painter.setClipRect(grid.box.adjusted(-1, -1, 1, 1))
        box = grid.cell(top, left, side, side)
        painter.fillRect(box, QColor(*np.broadcast_to(ground_of(self.looks.pixels), 3).tolist()))
        painter.setPen(QPen(theme.tokens.color("accent"), 2))
        painter.drawRect(box)
        painter.restore()

    def _paint_bar(self, painter: QPainter, looks: WhereItLooks, box: QRectF, which: int) -> None:
        """Draw a class: its name and its probability above, the bar below; under the patch a second one."""
        tokens, line = theme.tokens, painter.fontMetrics().height()
        mine = which == looks.about
        painter.setPen(tokens.color("accent" if mine else "text"))
        name, values = tr(looks.names[which]), [float(looks.probabilities[which])]
        if len(looks.covered):
            values.append(float(looks.covered[which]))
        figures = " → ".join(f"{value:.0%}" for value in values)
        text = QRectF(box.left(), box.top(), box.width(), line)
        wide = painter.fontMetrics().horizontalAdvance(figures) + 4
        short = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, round(box.width() - wide))
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, short)
        painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, figures)
        tall = max(2.0, min(theme.px(7), box.height() - line - 2))
        for place, value in enumerate(values):
            part = tall / len(values)
            track = QRectF(box.left(), text.bottom() + place * part, box.width(), part)
            painter.fillRect(track, tokens.color("field"))
            track.setWidth(box.width() * value)
            painter.fillRect(track, tokens.color("warn" if place else "accent" if mine else "muted"))

    # Covering

    def _cover(self, point: QPointF) -> None:
        """Put the middle of the patch under the mouse."""
        looks, grid = self.looks, self.grid()
        assert looks is not None
        side = self.side or looks.side
        row, column = ((point.y() - grid.top) / grid.unit, (point.x() - grid.left) / grid.unit)
        self._put(round(row - side / 2), round(column - side / 2), side)

    def _put(self, top: int, left: int, side: int) -> None:
        """Cover a part, as much of it as is inside the picture."""
        looks = self.looks
        assert looks is not None
        height, width = looks.pixels.shape[:2]
        side = min(max(1, side), height, width)
        self.side = side
        patch = (min(max(0, top), height - side), min(max(0, left), width - side), side)
        if patch != self.patch:
            self.patch = patch
            self.patched.emit(patch)
            self.update()

    def uncover(self) -> None:
        """Take the patch away."""
        self._dragging = False
        if self.patch:
            self.patch = ()
            self.patched.emit(())
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Cover what is under the mouse, or ask about a class; the right button takes the patch away."""
        looks = self.looks
        if looks is None:
            return
        if event.button() is Qt.MouseButton.RightButton:
            self.uncover()
        elif self.grid().box.contains(event.position()):
            self._dragging = True
            self._cover(event.position())
        else:
            hits = [which for place, which in enumerate(self.classes().tolist())
                    if self.bar(place).contains(event.position())]  # fmt: skip
            if hits:
                self.asked.emit(-1 if hits[0] == looks.about else hits[0])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Drag the patch; show what can be done."""
        if self.looks is None:
            return
        if self._dragging:
            self._cover(event.position())
        bars = any(self.bar(place).contains(event.position()) for place in range(len(self.classes())))
        over = self.grid().box.contains(event.position())
        shape = Qt.CursorShape.CrossCursor if over else Qt.CursorShape.PointingHandCursor
        self.setCursor(shape if over or bars else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, _: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Leave the patch where it is."""
        self._dragging = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take the patch away."""
        if self.looks is not None and self.grid().box.contains(event.position()):
            self.uncover()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Make the patch larger or smaller around its middle."""
        if not self.patch:
            event.ignore()
            return
        top, left, side = self.patch
        larger = side + (1 if event.angleDelta().y() > 0 else -1)
        self._put(top + (side - larger) // 2, left + (side - larger) // 2, larger)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """The arrows move the patch by a pixel; Delete takes it away."""
        steps = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        step, looks = steps.get(Qt.Key(event.key())), self.looks
        if looks is not None and step is not None:
            height, width = looks.pixels.shape[:2]
            side = self.side or looks.side
            top, left, side = self.patch or ((height - side) // 2, (width - side) // 2, side)
            self._put(top + step[0], left + step[1], side)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.patch:
            self.uncover()
        else:
            super().keyPressEvent(event)


@view(WhereItLooks)
class WhereItLooksView(CardView):
    """How it is found out is chosen above the picture; drag on the picture to cover a part of it."""

    title: ClassVar[str] = "Where it looks"

    def __init__(self) -> None:
        super().__init__()
        self.choice, self.canvas = Segmented(list(TITLES)), LooksCanvas()
        head = QHBoxLayout()
        head.addWidget(self.choice)
        head.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(4))
        layout.addLayout(head)
        layout.addWidget(self.canvas, stretch=1)
        self.choice.chosen.connect(lambda _: self._ask(looking=True))
        self.canvas.patched.connect(lambda patch: self.wondered.emit(Question(PATCH, patch)))
        self.canvas.asked.connect(lambda which: self.wondered.emit(Question(ABOUT, () if which < 0 else (which,))))
        theme.bind(self, self.canvas.recolour)
        speaker.changed.connect(self.canvas.update)
        bind(self, self.setAccessibleName, self.title)
        bind(self, self.canvas.setAccessibleName, self.title)
        bind(self.canvas, self.canvas.setToolTip, "Drag on the picture to cover a part of it, turn the wheel for a "
             "larger patch, double-click to take it away. Click a class to ask about that one.")  # fmt: skip

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Enough for a picture and some bars."""
        return QSize(theme.px(280), theme.px(220))

    @property
    def how(self) -> str:
        """The way that is chosen."""
        return self.choice.current

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a WhereItLooks; ask again where it was drawn for another way."""
        assert isinstance(picture, WhereItLooks)
        if picture is not self.canvas.looks:
            self.canvas.show_looks(picture)
            if self.isVisible() and (not picture.heat.size or picture.how != self.how):
                self._ask(looking=True)

    def clear(self) -> None:
        """Say that there is nothing yet."""
        self.canvas.show_looks(None)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """It is worth the time as long as somebody looks."""
        super().showEvent(event)
        self._ask(looking=True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Nobody looks any more."""
        super().hideEvent(event)
        self._ask(looking=False)

    def _ask(self, *, looking: bool) -> None:
        places: tuple[str, ...] = HOWS
        self.wondered.emit(Question(HOW, (places.index(self.how) if looking else -1,)))


def coloured(pixels: Ints, heat: Floats) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint32]]":
    """Return the picture, dimmed, under the colours of below and above 0: (h, w)."""
    plain = plain_colours(pixels.astype(np.float32) / 255)
    if heat.shape != pixels.shape[:2]:
        return plain
    tokens = theme.tokens
    paint = np.where(heat[..., None] >= 0, bgr(tokens.color("positive")), bgr(tokens.color("negative")))
    share = np.abs(heat)[..., None]
    mixed = plain.view(np.uint8).reshape(*plain.shape, 4).copy()
    mixed[..., :3] = np.rint(mixed[..., :3] * DIMMED * (1 - share) + paint * share)
    return mixed.view(np.uint32)[..., 0]


def meaning(looks: WhereItLooks) -> Note:
    """Return what is seen, in a sentence."""
    name = plain(looks.names[looks.about])  # classes that the program brings are said in the learner's language
    if len(looks.covered):
        return say(
            "Under the patch the probability of “{name}” goes from {before:.1%} to {after:.1%}", name=name,
            before=float(looks.probabilities[looks.about]), after=float(looks.covered[looks.about]),
        )  # fmt: skip
    if not looks.heat.size or looks.strongest <= 0:
        return say("Nothing to see: no pixel changes the score of “{name}”", name=name)
    if looks.how == "saliency":
        return say("Blue: pixels whose small change changes the score of “{name}” most", name=name)
    if looks.how == "grad_cam":
        return say("Blue: where the last maps speak for “{name}”", name=name)
    return say("Blue: covered, “{name}” becomes less likely, by up to {fall:.1%}; orange: more likely",
               name=name, fall=max(0.0, float(looks.heat.max())) * looks.strongest)  # fmt: skip
