"""A tree of clusters that grows from below, and the cut through it that can be dragged."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip

from app.kit import ARROWS
from app.language import tr
from app.theme import theme
from app.views.axes import Axis, tick_text
from app.views.painted import PaintedView
from app.views.registry import view
from engines.pictures.dendrogram import Dendrogram

REACH = 8  # pixels about the cut or a branch within which it is meant


@dataclass(frozen=True)
class Room:
    """Where the tree is drawn: across by the places of its leaves, up by distance."""

    rect: QRectF
    across: Axis
    up: Axis


@view(Dendrogram)
class DendrogramView(PaintedView):
    """Draws the merges that have happened, on axes that stay as they are.

    Drag the cut to ask for another number of clusters or another distance. Click a branch, or choose it with the arrows
    and press Enter, to ring its points.
    """

    title: ClassVar[str] = "Dendrogram"

    def __init__(self) -> None:
        super().__init__()
        self._held: float | None = None  # the height of the cut while a hand holds it
        self._asked: float | None = None
        self._room: Room | None = None
        self._at = -1  # the merge that the arrows have chosen
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    @property
    def tree(self) -> Dendrogram | None:
        """What is drawn."""
        return self.picture if isinstance(self.picture, Dendrogram) else None

    def empty(self) -> bool:
        """Whether the tree is not known yet."""
        return self.tree is None or not len(self.tree.heights)

    # Painting

    def paint_picture(self, painter: QPainter) -> None:
        """Draw axis, leaves, branches and cut."""
        tree = self.tree
        assert tree is not None
        self._room = room = self._make_room(painter.fontMetrics(), tree)
        if room.rect.width() < 30 or room.rect.height() < 20:
            self._room = None
            return
        _paint_axis(painter, tree, room)
        _paint_leaves(painter, tree, room)
        _paint_branches(painter, tree, room)
        if self.hasFocus() and 0 <= self._at < tree.done:
            _paint_branch(painter, tree, room, self._at, theme.tokens.color("accent"), 3.0)
        self._paint_cut(painter, tree, room)

    def _make_room(self, metrics: QFontMetrics, tree: Dendrogram) -> Room:
        figures = Axis(0.0, tree.top, 0, 1).ticks(4)
        left = max([theme.px(24), *(metrics.horizontalAdvance(tick_text(t)) + 8 for t in figures)])
        top, below = metrics.height() + 6, metrics.height() + 4
        rect = QRectF(left, top, self.width() - left - theme.px(10), self.height() - top - below)
        return Room(
            rect,
            Axis(-0.7, len(tree.heights) + 0.7, rect.left(), rect.right()),
            Axis(0.0, tree.top, rect.bottom(), rect.top()),
        )

    def _paint_cut(self, painter: QPainter, tree: Dendrogram, room: Room) -> None:
        if tree.cut is None:
            return
        height = tree.cut.value if self._held is None else self._held
        y = min(max(room.up.pixel(height), room.rect.top()), room.rect.bottom())
        colour = theme.tokens.color("accent")
        painter.setPen(QPen(colour, 2 * theme.scale))
        painter.drawLine(QPointF(room.rect.left(), y), QPointF(room.rect.right(), y))
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(room.rect.right(), y), 4.5 * theme.scale, 4.5 * theme.scale)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        metrics, text = painter.fontMetrics(), f"k = {clusters_at(tree, height)}"
        if tree.cut.param != "n_clusters":
            text = f"{height:.3g} · {text}"
        width = metrics.horizontalAdvance(text)
        box = QRectF(room.rect.right() - width - theme.px(12), y - metrics.height() - 2, width, metrics.height())
        if box.top() < 0:
            box.moveTop(y + 2)
        painter.fillRect(box.adjusted(-3, 0, 3, 0), theme.tokens.color("card"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    # Dragging the cut, choosing a branch

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take the cut if it is under the mouse, else ring the points of the branch that is."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        if self._near_cut(event.position()):
            self._drag(event.position())
        elif (merge := self.branch_at(event.position())) >= 0:
            self._at = merge
            self._pick(merge)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Move the cut that is held; show what can be taken or clicked."""
        if self._held is not None:
            self._drag(event.position())
            return
        shape = Qt.CursorShape.ArrowCursor
        if self._near_cut(event.position()):
            shape = Qt.CursorShape.SplitVCursor
        elif self.branch_at(event.position()) >= 0:
            shape = Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)

    def mouseReleaseEvent(self, _: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let go of the cut."""
        self._held = self._asked = None
        self.update()

    def _near_cut(self, at: QPointF) -> bool:
        tree, room = self.tree, self._room
        if tree is None or tree.cut is None or room is None:
            return False
        y = min(max(room.up.pixel(tree.cut.value), room.rect.top()), room.rect.bottom())
        return abs(at.y() - y) <= REACH * theme.scale and at.x() >= room.rect.left()

    def _drag(self, at: QPointF) -> None:
        tree, room = self.tree, self._room
        if tree is None or tree.cut is None or room is None:
            return
        self._held = room.up.value(at.y())
        self.update()
        by_count = tree.cut.param == "n_clusters"
        wanted = float(clusters_at(tree, self._held)) if by_count else self._held
        if wanted != self._asked:
            self._asked = wanted
            self.asked.emit(tree.cut.param, int(wanted) if by_count else wanted)

    def branch_at(self, at: QPointF) -> int:
        """Return the merge whose bar or leg is under a place, the lowest of several; -1 for none."""
        tree, room = self.tree, self._room
        if tree is None or room is None or not tree.done:
            return -1
        x, y = room.across.pixels(tree.places), room.up.pixels(tree.heights)
        feet, reach = room.up.pixels(tree.feet), REACH / 2 * theme.scale
        bar = (np.abs(y - at.y()) <= reach) & (x[:, 0] - reach <= at.x()) & (at.x() <= x[:, 1] + reach)
        leg = (np.abs(x - at.x()) <= reach) & (y[:, None] <= at.y()) & (at.y() <= feet)
        hit = np.flatnonzero((bar | leg.any(1))[: tree.done])
        return int(hit[0]) if len(hit) else -1

    def _pick(self, merge: int) -> None:
        tree = self.tree
        if tree is not None and 0 <= merge < len(tree.spans):
            begin, end = tree.spans[merge].tolist()
            self.picked.emit(tree.rows[begin:end])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Up and down choose a merge, Enter rings its points."""
        done = self.tree.done if self.tree is not None else 0
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_Left: -1}
        if done and event.key() in steps:
            step = steps[Qt.Key(event.key())]
            self._at = (self._at + step) % done if 0 <= self._at < done else (done - 1)
            self.update()
        elif done and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and 0 <= self._at < done:
            self._pick(self._at)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Say in words what the branch under the mouse is."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in ARROWS:
            event.accept()  # the arrows move among the branches, and step the run elsewhere
            return True
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.describe(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def describe(self, at: QPointF) -> str:
        """Return in words what is at a place; nothing where there is nothing."""
        tree, merge = self.tree, self.branch_at(at)
        if tree is not None and self._near_cut(at):
            return tr("Drag the cut: each branch that it crosses is one cluster.")
        if tree is None or merge < 0:
            return ""
        begin, end = tree.spans[merge].tolist()
        height = float(tree.heights[merge])
        return tr(
            "{n} points, together from distance {height:.3f} on. Click to ring them on the plane.",
            n=end - begin, height=height,
        )  # fmt: skip


def clusters_at(tree: Dendrogram, height: float) -> int:
    """Return how many clusters a cut at a height leaves; at most as many as there are leaves."""
    return 1 + int((tree.heights >= height).sum())


def _paint_axis(painter: QPainter, tree: Dendrogram, room: Room) -> None:
    tokens, metrics, rect = theme.tokens, painter.fontMetrics(), room.rect
    painter.setPen(tokens.color("muted"))
    painter.drawText(0, metrics.ascent() + 1, tr(tree.up))
    for value in room.up.ticks(max(2, int(rect.height() / theme.px(34)))):
        y = room.up.pixel(value)
        painter.setPen(QPen(tokens.color("line"), 1))
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
        painter.setPen(tokens.color("muted"))
        box = QRectF(0, y - metrics.height() / 2, rect.left() - 6, metrics.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tick_text(value))


def _paint_leaves(painter: QPainter, tree: Dendrogram, room: Room) -> None:
    """Write below each leaf how many points are in it, where they are more than one and there is room."""
    metrics, y = painter.fontMetrics(), room.rect.bottom()
    painter.setPen(theme.tokens.color("muted"))
    if tree.counts.max() == 1:
        text = tr("one leaf for each of {n} points", n=len(tree.counts))
    else:
        text = tr("{n} {n:leaf|leaves}, with the number of points in each", n=len(tree.counts))
        texts = [str(count) for count in tree.counts.tolist()]
        widest = max(metrics.horizontalAdvance(one) for one in texts)
        if widest + 4 <= room.across.pixel(1) - room.across.pixel(0):
            for place, one in enumerate(texts):
                x = room.across.pixel(place) - metrics.horizontalAdvance(one) / 2
                painter.drawText(QPointF(x, y + metrics.ascent() + 3), one)
            return
        text = tr("{n} {n:leaf|leaves} of up to {most} points", n=len(tree.counts), most=int(tree.counts.max()))
    box = QRectF(room.rect.left(), y + 3, room.rect.width(), metrics.height())
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)


def _paint_branches(painter: QPainter, tree: Dendrogram, room: Room) -> None:
    """Draw what has merged, branches of one colour together, and the newest merge over it."""
    x, y, feet = room.across.pixels(tree.places), room.up.pixels(tree.heights), room.up.pixels(tree.feet)
    lines: dict[int, list[QLineF]] = {}
    for m in range(tree.done):
        (left, right), top, groups = x[m].tolist(), float(y[m]), tree.groups[m].tolist()
        lines.setdefault(groups[0], []).append(QLineF(left, float(feet[m, 0]), left, top))
        lines.setdefault(groups[1], []).append(QLineF(right, float(feet[m, 1]), right, top))
        lines.setdefault(groups[2], []).append(QLineF(left, top, right, top))
    for group in sorted(lines):
        colour = theme.tokens.class_color(group) if group >= 0 else theme.tokens.color("muted")
        painter.setPen(QPen(colour, 1.5 * theme.scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
        painter.drawLines(lines[group])
    if 0 <= tree.lit < tree.done:
        _paint_branch(painter, tree, room, tree.lit, theme.tokens.color("text"), 2.5)


def _paint_branch(painter: QPainter, tree: Dendrogram, room: Room, m: int, colour: QColor, width: float) -> None:
    left, right = room.across.pixels(tree.places[m]).tolist()
    top, feet = room.up.pixel(float(tree.heights[m])), room.up.pixels(tree.feet[m]).tolist()
    painter.setPen(QPen(colour, width * theme.scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
    painter.drawLines([
        QLineF(left, feet[0], left, top), QLineF(right, feet[1], right, top), QLineF(left, top, right, top),
    ])  # fmt: skip
