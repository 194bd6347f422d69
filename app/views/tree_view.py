"""A decision tree to walk about in: zoom with the wheel, drag, and go from node to node with the arrows."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip

from app.kit import ARROWS
from app.language import as_said, bind, speaker, tr
from app.theme import theme
from app.views.painted import PaintedView, small_figures
from app.views.registry import view
from app.views.tree_painting import paint_scene
from app.views.tree_scene import BRIEF, DETAILS, DOTS, FULL, Detail, TreeScene, count_text, said_by
from engines.core.picture import Picture
from engines.pictures.tree import Tree

LARGEST, STEP = 2.5, 1.15
ROOMY = 1.7  # at most so large at home
ENOUGH = 1.3  # from this zoom on there is room for more detail


@view(Tree)
class TreeView(PaintedView):
    """The whole tree at home, with as much detail as is readable; what does not fit even so is walked through.

    ``chosen`` is the node under the mouse, or the one that the arrows came to; a line below says what it is.
    """

    title: ClassVar[str] = "Tree"

    def __init__(self) -> None:
        super().__init__()
        self._scenes: dict[Detail, TreeScene] = {}
        self._detail, self._zoom, self._corner = FULL, 1.0, QPointF()  # corner: where the scene's origin is drawn
        self._home = True
        self._under = self._walked = -1
        self._dragged: QPointF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        bind(self, self.setAccessibleName, "Tree: arrows move from node to node")
        theme.bind(self, self._forget)
        speaker.changed.connect(self._forget)

    # What is shown

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Tree; where a person has gone to stays in view, at home all of it."""
        assert isinstance(picture, Tree)
        if picture is self.picture:
            return
        before = self._scenes.get(self._detail)
        root = self._on_screen(before, 0) if before and len(before.middles) else None
        self.picture = picture
        self._forget()
        if self._walked >= len(picture.parents):
            self._walked = -1
        self._under = -1
        if not self._home and root is not None and len(picture.parents):
            self._corner += root - self._on_screen(self.scene, 0)
        self._tell()

    def clear(self) -> None:
        """Say that there is nothing yet."""
        self._home, self._under, self._walked = True, -1, -1
        self._forget()
        super().clear()

    def empty(self) -> bool:
        """Whether there is no node."""
        return not len(self.tree.parents)

    @property
    def tree(self) -> Tree:
        """The tree that is shown; there must be one."""
        assert isinstance(self.picture, Tree)
        return self.picture

    @property
    def chosen(self) -> int:
        """The node that a person looks at, -1 for none."""
        return self._under if self._under >= 0 else self._walked

    @property
    def detail(self) -> Detail:
        """How much of each node is drawn."""
        self._settle()
        return self._detail

    @property
    def scene(self) -> TreeScene:
        """The tree laid out in the detail of now."""
        return self._scene(self._detail)

    def _scene(self, detail: Detail) -> TreeScene:
        if detail not in self._scenes:
            self._scenes[detail] = TreeScene(self.tree, detail)
        return self._scenes[detail]

    def _forget(self) -> None:
        self._scenes.clear()
        self.update()

    # Where it is drawn

    def room(self) -> QRectF:
        """Return the part of the card for the tree, above the line that tells about the chosen node."""
        return QRectF(self.rect()).adjusted(theme.px(4), theme.px(4), -theme.px(4), -theme.px(20))

    def node_rect(self, node: int) -> QRectF:
        """Return where a node is drawn, in this widget's pixels."""
        self._settle()
        box = self.scene.box(node)
        return QRectF(self._corner + box.topLeft() * self._zoom, box.size() * self._zoom)

    def _on_screen(self, scene: TreeScene, node: int) -> QPointF:
        return self._corner + scene.box(node).center() * self._zoom

    def _settle(self) -> None:
        """At home, find the most detail in which all fits, and put the tree into the middle."""
        if not self._home or self.picture is None or self.empty():
            return
        room = self.room()
        for detail in DETAILS:
            scene = self._scene(detail)
            fitting = min(room.width() / scene.size[0], room.height() / scene.size[1])
            if fitting >= detail.least:
                break
        self._detail, self._zoom = detail, min(max(fitting, detail.least), ROOMY)
        wide, tall = scene.size[0] * self._zoom, scene.size[1] * self._zoom
        left, top = room.left() + (room.width() - wide) / 2, room.top() + max(0.0, (room.height() - tall) / 4)
        if fitting < detail.least:  # not all can be seen: what is worked on can
            middle = scene.box(max(0, self.chosen if self.chosen >= 0 else self.tree.lit)).center() * self._zoom
            left = _between(room.center().x() - middle.x(), room.right() - wide, room.left())
            top = _between(room.center().y() - middle.y(), room.bottom() - tall, room.top())
        self._corner = QPointF(left, top)

    def go_home(self) -> None:
        """Show all of the tree again."""
        self._home = True
        self.update()

    def zoom(self, factor: float, at: QPointF) -> None:
        """Show it larger or smaller; what is at a place stays there. More detail comes where there is room for it."""
        if self.picture is None or self.empty():
            return
        self._settle()
        self._home = False
        before, place = self.scene, (at - self._corner) / self._zoom
        zoom = min(max(self._zoom * factor, DOTS.least / 2), LARGEST)
        detail, zoom = _fitting_detail(self._detail, zoom)
        if detail is not self._detail:
            node = before.nearest(place)
            still = self._on_screen(before, node)
            self._detail, self._zoom = detail, zoom
            self._corner = still - self.scene.box(node).center() * zoom
        else:
            self._zoom = zoom
            self._corner = at - place * zoom
        self.update()

    # Painting

    def paint_picture(self, painter: QPainter) -> None:
        """Draw the tree, and below it what the chosen node is."""
        self._settle()
        room = self.room()
        painter.save()
        painter.setClipRect(QRectF(self.rect()).adjusted(0, 0, 0, -theme.px(19)))
        painter.translate(self._corner)
        painter.scale(self._zoom, self._zoom)
        window = QRectF((room.topLeft() - self._corner) / self._zoom, room.size() / self._zoom)
        paint_scene(painter, self.scene, window, self.chosen)
        painter.restore()
        node = self.chosen if self.chosen >= 0 else self.tree.lit
        if node >= 0:
            below = QRectF(theme.px(4), self.height() - theme.px(17), self.width() - theme.px(8), theme.px(16))
            painter.setFont(small_figures())
            painter.setPen(theme.tokens.color("text" if self.chosen >= 0 else "muted"))
            text = " · ".join(self.lines(node))
            text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(below.width()))
            painter.drawText(below, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def lines(self, node: int) -> list[str]:
        """Return in words all that is known of a node."""
        tree, parent = self.tree, int(self.tree.parents[node])
        lines = []
        if parent >= 0:
            question, answer = as_said(tree.questions[parent]), as_said(tree.answers[node])
            bounds = answer.startswith(("≤ ", "> "))
            lines.append(f"{question} {answer}" if bounds else f"{question} → {answer}")
        if tree.questions[node]:
            lines.append(tr("asks {question}", question=as_said(tree.questions[node])))
        else:
            lines.append(tr("says {value}", value=said_by(tree, node)))
        counts = tree.counts[node].tolist()
        if tree.classes:
            lines.append(", ".join(f"{name}: {count_text(n)}" for name, n in zip(tree.classes, counts, strict=True)))
        else:
            lines.append(tr("n = {n}", n=count_text(counts[0])))
        lines.append(tr("impurity {impurity:.3f}", impurity=float(tree.impurities[node])))
        if node in tree.pruned:
            lines.append(tr("is being cut off"))
        return lines

    # The mouse

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit again; where a person has gone to, stay."""
        super().resizeEvent(event)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom about the mouse."""
        if turns := event.angleDelta().y() / 120:
            self.zoom(STEP**turns, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Choose a node, or take hold of the tree."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._dragged = event.position()
            self._walk_to(self._node_at(event.position()), bring=False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Drag the tree, or notice the node under the mouse."""
        if self._dragged is not None and self.picture is not None:
            self._settle()
            if self._home and (event.position() - self._dragged).manhattanLength() < 4:
                return
            self._home = False
            self._corner += event.position() - self._dragged
            self._dragged = event.position()
            self.update()
        elif (node := self._node_at(event.position())) != self._under:
            self._under = node
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let go."""
        self._dragged = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Go home."""
        self.go_home()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Forget what the mouse was on."""
        self._under = -1
        self.update()
        super().leaveEvent(event)

    def _node_at(self, at: QPointF) -> int:
        if self.picture is None or self.empty():
            return -1
        self._settle()
        return self.scene.at((at - self._corner) / self._zoom)

    # The keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Up to the parent, down to the middle child, left and right on the level; + and - zoom, Home shows all."""
        key = event.key()
        if self.picture is None or self.empty():
            event.ignore()
        elif key in ARROWS:
            self._walk_to(self._next(Qt.Key(key)))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom(1 / STEP if key == Qt.Key.Key_Minus else STEP, self.room().center())
        elif key == Qt.Key.Key_Home:
            self.go_home()
        else:
            event.ignore()

    def _next(self, key: Qt.Key) -> int:
        node, tree = self._walked, self.tree
        if node < 0:
            return max(0, tree.lit)
        if key == Qt.Key.Key_Up:
            return max(0, int(tree.parents[node]))
        if key == Qt.Key.Key_Down:
            children = np.flatnonzero(tree.parents == node)
            return int(children[(len(children) - 1) // 2]) if len(children) else node
        return self.scene.neighbour(node, 1 if key == Qt.Key.Key_Right else -1)

    def _walk_to(self, node: int, *, bring: bool = True) -> None:
        self._walked = node
        self._under = -1
        if bring and node >= 0:
            self._bring(node)
        self._tell()
        self.update()

    def _bring(self, node: int) -> None:
        """Move the tree until a node is in view."""
        room, rect = self.room(), self.node_rect(node)
        if not self._home:
            across = max(0.0, room.left() - rect.left()) - max(0.0, rect.right() - room.right())
            down = max(0.0, room.top() - rect.top()) - max(0.0, rect.bottom() - room.bottom())
            self._corner += QPointF(across, down)

    def _tell(self) -> None:
        """Say what the chosen node is to who cannot see it."""
        self.setAccessibleDescription(", ".join(self.lines(self._walked)) if self._walked >= 0 else "")

    def event(self, event: QEvent) -> bool:
        """Keep the arrows, which step the run elsewhere; say all about the node under the mouse."""
        keys = (*ARROWS, Qt.Key.Key_Home)
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in keys:
            event.accept()
            return True
        if isinstance(event, QHelpEvent):
            node = self._node_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), "\n".join(self.lines(node)) if node >= 0 else "", self)
            return True
        return super().event(event)


def _between(value: float, low: float, high: float) -> float:
    """Return ``value`` kept between two ends; their middle where they are the wrong way round: all fits."""
    return (low + high) / 2 if low > high else min(max(value, low), high)


def _fitting_detail(detail: Detail, zoom: float) -> tuple[Detail, float]:
    """Return the detail and the zoom to go on with: what is large enough tells more, what is too small tells less."""
    if detail is FULL and zoom < FULL.least:
        return BRIEF, 1.0
    if detail is BRIEF and zoom > ENOUGH:
        return FULL, 1.0
    if detail is BRIEF and zoom < BRIEF.least * 0.8:
        return DOTS, 1.4
    if detail is DOTS and zoom > 1.8:
        return BRIEF, 0.8
    return detail, zoom
