"""A network with its insides open: what each neuron answers, and every weight, to be looked at and to be changed."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QSizePolicy

from app.language import bind, speaker, tr
from app.theme import theme
from app.views.heat_map import heat_map
from app.views.registry import CardView, view
from engines.core.picture import Picture
from engines.core.step import Poke
from engines.pictures.network import Network

REACH = 5.0  # pixels from an edge at which it is hit
WIDEST = 7.0
BIGGEST_NEURON = 46.0


@dataclass(frozen=True)
class Edge:
    """A weight: the connection from ``source`` in layer ``layer`` to ``target`` in the next; source -1 is the bias."""

    layer: int
    target: int
    source: int


@view(Network)
class NetworkView(CardView):
    """Neurons with their heat maps; edges as wide as the weight is large, in the colour of its sign.

    Hover: value, range and an enlarged map. Click an edge, or the bias dot at a neuron's corner: type a new number.
    """

    title: ClassVar[str] = "Network"

    def __init__(self) -> None:
        super().__init__()
        self._picture: Network | None = None
        self._hovered: tuple[int, int] | None = None
        self._edge: Edge | None = None
        self._editing: Edge | None = None
        self._images: dict[tuple[int, int], QImage] = {}
        self.field = QLineEdit(self)
        self.field.setFixedWidth(80)
        self.field.hide()
        self.field.returnPressed.connect(self._finish)
        self.field.installEventFilter(self)
        bind(self.field, self.field.setAccessibleName, "New weight")
        bind(self, self.setAccessibleName, "Network: neurons and weights")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.bind(self, self._restyle)
        speaker.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Enough for a few layers."""
        return QSize(theme.px(300), theme.px(190))

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Network."""
        assert isinstance(picture, Network)
        if picture is not self._picture:
            if self._picture is None or picture.sizes != self._picture.sizes:
                self._hovered = self._edge = None
                self._cancel()
            self._picture = picture
            self._images.clear()
            self.update()

    def clear(self) -> None:
        """Say that there is nothing yet."""
        self._picture = None
        self._hovered = self._edge = None
        self._cancel()
        self.update()

    def _restyle(self) -> None:
        self._images.clear()
        self.field.setFont(theme.font("body"))
        self.update()

    # Where things are

    def neuron(self, layer: int, unit: int) -> QRectF:
        """Return the square of a neuron; layer 0 are the inputs."""
        assert self._picture is not None
        sizes = self._picture.sizes
        across = self.width() / len(sizes)
        side = min(BIGGEST_NEURON * theme.scale, self.height() / max(sizes) * 0.8, across * 0.5)
        down = self.height() / sizes[layer]
        spread = min(down, side * 1.6)
        middle = self.height() / 2 + (unit - (sizes[layer] - 1) / 2) * spread
        return QRectF(across * (layer + 0.5) - side / 2, middle - side / 2, side, side)

    def line(self, edge: Edge) -> QLineF:
        """Return the line of an edge, from the right side of its source to the left side of its target."""
        source, target = self.neuron(edge.layer, edge.source), self.neuron(edge.layer + 1, edge.target)
        return QLineF(source.right(), source.center().y(), target.left(), target.center().y())

    def bias_dot(self, layer: int, unit: int) -> QPointF:
        """Return the middle of the dot that stands for a neuron's bias."""
        rect = self.neuron(layer, unit)
        return QPointF(rect.left(), rect.bottom())

    def _edge_at(self, at: QPointF) -> Edge | None:
        picture = self._picture
        if picture is None:
            return None
        for layer in range(1, len(picture.sizes)):
            for unit in range(picture.sizes[layer]):
                if QLineF(at, self.bias_dot(layer, unit)).length() <= REACH + 1:
                    return Edge(layer - 1, unit, -1)
        best, nearest = None, REACH
        for layer, weights in enumerate(picture.weights):
            for target, source in np.ndindex(*weights.shape):
                distance = _distance(at, self.line(Edge(layer, target, source)))
                if distance < nearest:
                    best, nearest = Edge(layer, target, source), distance
        return best

    def _neuron_at(self, at: QPointF) -> tuple[int, int] | None:
        picture = self._picture
        for layer, units in enumerate(picture.sizes if picture else ()):
            for unit in range(units):
                if self.neuron(layer, unit).contains(at):
                    return layer, unit
        return None

    def value(self, edge: Edge) -> float:
        """Return the weight or bias of an edge."""
        assert self._picture is not None
        if edge.source < 0:
            return float(self._picture.biases[edge.layer][edge.target])
        return float(self._picture.weights[edge.layer][edge.target, edge.source])

    # Painting

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw edges, neurons, and what the mouse is on."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("small"))
        if self._picture is None:
            painter.setPen(theme.tokens.color("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("Nothing yet: press play"))
            return
        self._paint_edges(painter, self._picture)
        self._paint_neurons(painter, self._picture)
        if self._edge is not None:
            self._paint_value(painter, self._edge)
        elif self._hovered is not None:
            self._paint_enlarged(painter, self._picture, *self._hovered)

    def _paint_edges(self, painter: QPainter, picture: Network) -> None:
        """Lines of one colour and width are drawn together: one call for each, however many there are."""
        batches: dict[tuple[bool, int], list[QLineF]] = {}
        for layer, weights in enumerate(picture.weights):
            for (target, source), weight in np.ndenumerate(weights):
                size = min(abs(float(weight)), 3.0) / 3.0 if math.isfinite(weight) else 1.0
                key = bool(weight > 0), round(1 + 9 * size)
                batches.setdefault(key, []).append(self.line(Edge(layer, target, source)))
        for (positive, size), lines in batches.items():
            colour = theme.tokens.color("positive" if positive else "negative")
            colour.setAlphaF(0.35 + 0.06 * size)
            painter.setPen(QPen(colour, max(0.6, WIDEST * size / 10) * theme.scale))
            painter.drawLines(lines)
        if self._edge is not None and self._edge.source >= 0:
            painter.setPen(QPen(theme.tokens.color("text"), 2))
            painter.drawLine(self.line(self._edge))

    def _paint_neurons(self, painter: QPainter, picture: Network) -> None:
        tokens = theme.tokens
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for layer, units in enumerate(picture.sizes):
            for unit in range(units):
                rect = self.neuron(layer, unit)
                painter.drawImage(rect, self._image(picture, layer, unit))
                chosen = self._hovered == (layer, unit)
                painter.setPen(QPen(tokens.color("text" if chosen else "line"), 2 if chosen else 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(rect, 3, 3)
                if layer:
                    bias = picture.biases[layer - 1][unit]
                    painter.setPen(QPen(tokens.color("card"), 1))
                    painter.setBrush(tokens.color("positive" if bias > 0 else "negative"))
                    painter.drawEllipse(self.bias_dot(layer, unit), 3.5, 3.5)
                else:
                    painter.setPen(tokens.color("muted"))
                    name = QRectF(rect.left() - theme.px(30), rect.top(), theme.px(26), rect.height())
                    painter.drawText(
                        name, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, "x₁" if unit == 0 else "x₂"
                    )

    def _image(self, picture: Network, layer: int, unit: int) -> QImage:
        """Return a neuron's map as an image, made when it is first asked for."""
        key = layer, unit
        if key not in self._images:
            last = layer == len(picture.sizes) - 1
            self._images[key] = heat_map(picture.maps[layer][unit], probability=last)
        return self._images[key]

    def _paint_value(self, painter: QPainter, edge: Edge) -> None:
        at = self.line(edge).center() if edge.source >= 0 else self.bias_dot(edge.layer + 1, edge.target)
        self._paint_tag(painter, at, self.describe(edge))

    def describe(self, edge: Edge) -> str:
        """Return what an edge is and its value, in words."""
        value = self.value(edge)
        if edge.source < 0:
            return tr("bias {value:+.3f}: click to type", value=value)
        return tr("weight {value:+.3f}: click to type", value=value)

    def _paint_tag(self, painter: QPainter, at: QPointF, text: str) -> None:
        metrics = painter.fontMetrics()
        width, height = metrics.horizontalAdvance(text) + 14, metrics.height() + 8
        left = min(max(2.0, at.x() - width / 2), self.width() - width - 2.0)
        top = at.y() - height - 6 if at.y() > height + 10 else at.y() + 8
        box = QRectF(left, top, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.tokens.color("text"))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(theme.tokens.color("card"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_enlarged(self, painter: QPainter, picture: Network, layer: int, unit: int) -> None:
        """Draw the hovered neuron's map large, beside the neuron, with the range of its answers."""
        width = min(self.width() * 0.5, theme.px(170))
        height = width * 0.5
        rect = self.neuron(layer, unit)
        right = rect.center().x() < self.width() / 2
        left = rect.right() + 10 if right else rect.left() - width - 10
        top = min(max(2.0, rect.center().y() - height / 2), self.height() - height - theme.px(24))
        box = QRectF(left, top, width, height)
        painter.setPen(QPen(theme.tokens.color("text"), 1.5))
        painter.setBrush(theme.tokens.color("card"))
        painter.drawRoundedRect(box.adjusted(-3, -3, 3, theme.px(20)), 4, 4)
        painter.drawImage(box, self._image(picture, layer, unit))
        values = picture.maps[layer][unit]
        text = tr("from {low:.2f} to {high:.2f}", low=float(values.min()), high=float(values.max()))
        painter.setPen(theme.tokens.color("text"))
        below = QRectF(box.left(), box.bottom() + 1, width, theme.px(18))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)

    # The mouse and the field

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Notice what the mouse is on."""
        edge = self._edge_at(event.position())
        neuron = None if edge and edge.source < 0 else self._neuron_at(event.position())
        edge = None if neuron else edge
        if (neuron, edge) != (self._hovered, self._edge):
            self._hovered, self._edge = neuron, edge
            self.setCursor(Qt.CursorShape.PointingHandCursor if edge else Qt.CursorShape.ArrowCursor)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Forget what the mouse was on."""
        self._hovered = self._edge = None
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Open the field on the weight under the mouse."""
        edge = self._edge_at(event.position())
        if self._neuron_at(event.position()) and not (edge and edge.source < 0):
            edge = None
        self._cancel()
        if edge is None:
            return
        self._editing = edge
        at = event.position()
        left = min(max(2, int(at.x()) - 40), self.width() - self.field.width() - 2)
        self.field.move(left, min(max(2, int(at.y()) - 14), self.height() - 30))
        self.field.setText(f"{self.value(edge):.3f}")
        self.field.show()
        self.field.selectAll()
        self.field.setFocus()

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Escape, or leaving the field, changes nothing."""
        escape = (
            isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape
        )
        if watched is self.field and (escape or event.type() is QEvent.Type.FocusOut):
            self._cancel()
            return escape
        return False

    def _finish(self) -> None:
        edge, text = self._editing, self.field.text().replace(",", ".")
        self._cancel()
        try:
            value = float(text)
        except ValueError:
            return
        if edge is None or not math.isfinite(value):
            return
        if edge.source < 0:
            self.poked.emit(Poke("biases", (edge.layer, edge.target), value))
        else:
            self.poked.emit(Poke("weights", (edge.layer, edge.target, edge.source), value))

    def _cancel(self) -> None:
        self._editing = None
        self.field.hide()


def _distance(at: QPointF, line: QLineF) -> float:
    """Return how far a place is from a line, in pixels."""
    dx, dy = line.dx(), line.dy()
    length = dx * dx + dy * dy
    share = 0.0 if length == 0 else min(1.0, max(0.0, ((at.x() - line.x1()) * dx + (at.y() - line.y1()) * dy) / length))
    return math.hypot(at.x() - line.x1() - share * dx, at.y() - line.y1() - share * dy)
