"""The same work in two orders: boxes with arrows, red from the box on that sees what it must not."""

from typing import ClassVar

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip

from app.language import tr
from app.theme import theme
from app.views import marks
from app.views.painted import PaintedView
from app.views.registry import view
from engines.pictures.pipelines import Lane, Pipelines

WIDE = 2.6  # width ÷ height from which the lanes lie: in a card they stand
SMALLEST, LARGEST = 9, 19  # pixels of the words, which grow with their box and are made smaller to fit


@view(Pipelines)
class PipelinesView(PaintedView):
    """Lanes stand side by side in a card and lie below each other where there is width."""

    title: ClassVar[str] = "Two orders of work"

    @property
    def pipelines(self) -> Pipelines | None:
        """What is drawn."""
        return self.picture if isinstance(self.picture, Pipelines) else None

    def empty(self) -> bool:
        """Whether there is no lane."""
        return self.pipelines is None or not self.pipelines.lanes

    @property
    def lying(self) -> bool:
        """Whether the work goes from left to right; else from top to bottom."""
        return self.width() > WIDE * self.height()

    def box(self, lane: int, place: int) -> QRectF:
        """Return where a box is; place -1 is the lane's name, and one after the last box its score."""
        assert self.pipelines is not None
        count = len(self.pipelines.lanes)
        steps = 2 + max(len(one.boxes) for one in self.pipelines.lanes)
        if self.lying:
            room = QRectF(0, lane * self.height() / count, self.width(), self.height() / count)
            length, gap = room.width() / steps, theme.px(14)
            height = min(room.height() - theme.px(8), theme.px(64))
            top = room.center().y() - height / 2
            return QRectF(room.left() + (place + 1) * length, top, length - gap, height)
        room = QRectF(lane * self.width() / count, 0, self.width() / count, self.height())
        length = min(room.height() / steps, theme.px(70))
        space, side = min(theme.px(12), length * 0.3), min(room.width() - theme.px(8), theme.px(260))
        return QRectF(room.center().x() - side / 2, (place + 1) * length, side, length - space)

    def paint_picture(self, painter: QPainter) -> None:
        """Draw each lane: its name, its boxes with arrows between them, its score."""
        pipelines = self.pipelines
        assert pipelines is not None
        for number, lane in enumerate(pipelines.lanes):
            for place in range(-1, len(lane.boxes) + 1):
                self._paint_box(painter, lane, number, place, busy=place == pipelines.busy)
            for place in range(len(lane.boxes)):
                self._paint_arrow(painter, lane, number, place)

    def _paint_box(self, painter: QPainter, lane: Lane, number: int, place: int, *, busy: bool) -> None:
        tokens, box = theme.tokens, self.box(number, place)
        inside = 0 <= place < len(lane.boxes)
        tainted = 0 <= lane.wrong <= place
        colour = tokens.color("bad" if tainted else "accent")
        if inside:
            fill = tokens.color("bad") if place == lane.wrong else marks.mixed(
                tokens.color("card"), colour, 0.28 if busy else 0.1)  # fmt: skip
            painter.setBrush(fill)
            painter.setPen(QPen(colour, 2.4 if busy else 1.0))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), theme.px(5), theme.px(5))
        font = theme.font("small")
        font.setPixelSize(max(font.pixelSize(), min(theme.px(LARGEST), round(box.height() * 0.42))))
        if not inside:
            font = theme.font("strong")
            box = box.adjusted(-theme.px(4), -theme.px(4), theme.px(4), theme.px(4))
        wrong = inside and place == lane.wrong
        outside = tokens.color("bad" if lane.wrong >= 0 else "accent")
        painter.setPen(tokens.color("on_accent" if wrong else "text") if inside else outside)
        text = self.said(lane, place)
        room = box.adjusted(3, 0, -3, 0)
        where = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        while font.pixelSize() > SMALLEST:
            needed = QFontMetricsF(font).boundingRect(room, where, text)
            if needed.width() <= room.width() + 1 and needed.height() <= room.height() + 2:
                break
            font.setPixelSize(font.pixelSize() - 1)
        painter.setFont(font)
        painter.drawText(room, where, text)

    def _paint_arrow(self, painter: QPainter, lane: Lane, number: int, place: int) -> None:
        """Draw the arrow that leads from a box to the next one, or to the score."""
        colour = theme.tokens.color("bad" if 0 <= lane.wrong <= place else "muted")
        here, there = self.box(number, place), self.box(number, place + 1)
        size = theme.px(4)
        if self.lying:
            start, end = QPointF(here.right(), here.center().y()), QPointF(there.left(), there.center().y())
            head = [end, end + QPointF(-size, -size), end + QPointF(-size, size)]
        else:
            start, end = QPointF(here.center().x(), here.bottom()), QPointF(there.center().x(), there.top())
            head = [end, end + QPointF(-size, -size), end + QPointF(size, -size)]
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colour)
        painter.drawLine(start, end)
        painter.drawPolygon(QPolygonF(head))

    def said(self, lane: Lane, place: int) -> str:
        """Return what stands in a box, before the first one, or after the last one."""
        if place < 0:
            return tr(lane.name)
        if place < len(lane.boxes):
            return tr(lane.boxes[place])
        return tr(lane.score) if lane.score is not None else "–"

    def event(self, event: QEvent) -> bool:
        """Say of a red box what is wrong with it."""
        if isinstance(event, QHelpEvent) and self.pipelines is not None:
            for number, lane in enumerate(self.pipelines.lanes):
                for place in range(len(lane.boxes)):
                    if self.box(number, place).contains(QPointF(event.pos())):
                        QToolTip.showText(event.globalPos(), self.describe(number, place), self)
            return True
        return super().event(event)

    def describe(self, lane: int, place: int) -> str:
        """Return a box in words."""
        assert self.pipelines is not None
        shown = self.pipelines.lanes[lane]
        if place == shown.wrong:
            return tr("{box}: here the rows that will be held out have a say", box=self.said(shown, place))
        return self.said(shown, place)
