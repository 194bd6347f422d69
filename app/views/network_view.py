"""A network with its insides open: what each neuron answers, and every weight, to be looked at and to be changed."""

import math
from typing import ClassVar

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy

from app.language import bind, speaker, tr
from app.theme import theme
from app.views.heat_map import heat_maps
from app.views.network_layout import Edge, NetworkLayout
from app.views.network_painting import (
    is_off,
    paint_bias,
    paint_edges,
    paint_enlarged,
    paint_name,
    paint_neuron,
    paint_off,
    paint_tag,
    square_window,
)
from app.views.registry import CardView, view
from engines.core.picture import Picture
from engines.core.step import Poke
from engines.pictures.network import Network


@view(Network)
class NetworkView(CardView):
    """Neurons with their heat maps; edges as wide as the weight is large, in the colour of its sign.

    What dropout has switched off for the last point of the last batch is grey and struck through. Hover: value, range
    and an enlarged map. Click an edge, or the bias dot at a neuron's corner: type a new number. ``hovered`` tells what
    the mouse is on: (layer, unit) of a neuron, an Edge, or None.
    """

    title: ClassVar[str] = "Network"

    def __init__(self) -> None:
        super().__init__()
        self._picture: Network | None = None
        self._layout: NetworkLayout | None = None
        self._neuron: tuple[int, int] | None = None
        self._edge: Edge | None = None
        self._editing: Edge | None = None
        self._images: dict[int, list[QImage]] = {}
        self.field = QLineEdit(self)
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
            before = self._picture
            if before is None or (picture.sizes, picture.added) != (before.sizes, before.added):
                self._forget()
            self._picture = picture
            self._images.clear()
            self.update()

    def clear(self) -> None:
        """Say that there is nothing yet."""
        self._picture = None
        self._images.clear()
        self._forget()
        self.update()

    def _forget(self) -> None:
        """Let go of what belongs to a network of another shape."""
        self._layout = None
        self._notice(None, None)
        self._cancel()

    def _restyle(self) -> None:
        self._images.clear()
        self._layout = None
        self.field.setFont(theme.font("body"))
        self.field.setFixedWidth(theme.px(80))
        self.update()

    # Where things are, and what they are worth

    @property
    def layout_(self) -> NetworkLayout:
        """Where everything lies now; there must be a picture."""
        assert self._picture is not None
        if self._layout is None:
            self._layout = NetworkLayout(
                self._picture.sizes, self.width(), self.height(), theme.scale, self._picture.added
            )
        return self._layout

    def neuron(self, layer: int, unit: int) -> QRectF:
        """Return the square of a neuron; layer 0 are the inputs."""
        return self.layout_.neuron(layer, unit)

    def line(self, edge: Edge) -> QLineF:
        """Return the line of a weight, from the right side of its source to the left side of its target."""
        return self.layout_.line(edge)

    def bias_dot(self, layer: int, unit: int) -> QPointF:
        """Return the middle of the dot that stands for a neuron's bias."""
        return self.layout_.bias_dot(layer, unit)

    def value(self, edge: Edge) -> float:
        """Return the weight or bias of an edge."""
        assert self._picture is not None
        if edge.source < 0:
            return float(self._picture.biases[edge.layer][edge.target])
        return float(self._picture.weights[edge.layer][edge.target, edge.source])

    def describe(self, edge: Edge) -> str:
        """Return what an edge is and its value, in words."""
        target = self.layout_.name(edge.layer + 1, edge.target)
        if edge.source < 0:
            return tr("bias of {target}: {value:+.3f}. Click to type", target=target, value=self.value(edge))
        source = self.layout_.name(edge.layer, edge.source)
        return tr(
            "weight {source} → {target}: {value:+.3f}. Click to type",
            source=source, target=target, value=self.value(edge),
        )  # fmt: skip

    def _hit(self, at: QPointF) -> tuple[tuple[int, int] | None, Edge | None]:
        """Return the neuron or the edge at a place; a bias dot lies over its neuron, a neuron over the weights."""
        if self._picture is None:
            return None, None
        if bias := self.layout_.bias_at(at):
            return None, bias
        if neuron := self.layout_.neuron_at(at):
            return neuron, None
        return None, self.layout_.weight_at(at)

    # Painting

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Lay the network out anew."""
        self._layout = None
        self._cancel()
        super().resizeEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw edges, neurons, and what the mouse is on."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(theme.font("small"))
        picture = self._picture
        if picture is None:
            painter.setPen(theme.tokens.color("muted"))
            where = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), where, tr("Nothing yet: press play"))
            return
        paint_edges(painter, picture, self.layout_)
        if self._edge is not None and self._edge.source >= 0:
            painter.setPen(QPen(theme.tokens.color("text"), 2))
            painter.drawLine(self.line(self._edge))
        self._paint_neurons(painter, picture)
        room = QRectF(self.rect())
        if self._edge is not None and self._editing is None:
            edge = self._edge
            at = self.line(edge).center() if edge.source >= 0 else self.bias_dot(edge.layer + 1, edge.target)
            paint_tag(painter, at, self.describe(edge), room)
        elif self._neuron is not None:
            paint_enlarged(painter, picture, self.layout_, self._neuron, self._image(picture, *self._neuron), room)

    def _paint_neurons(self, painter: QPainter, picture: Network) -> None:
        layout, window = self.layout_, square_window(picture)
        for layer, units in enumerate(picture.sizes):
            for unit in range(units):
                image = self._image(picture, layer, unit)
                chosen = self._neuron == (layer, unit)
                paint_neuron(painter, layout.neuron(layer, unit), image, window, chosen=chosen)
                if is_off(picture, layer, unit):
                    paint_off(painter, layout.neuron(layer, unit))
                if layer:
                    bias = float(picture.biases[layer - 1][unit])
                    chosen = self._edge == Edge(layer - 1, unit, -1)
                    paint_bias(painter, layout.bias_dot(layer, unit), bias, layout.dot_radius, chosen=chosen)
                else:
                    paint_name(painter, layout, unit)

    def _image(self, picture: Network, layer: int, unit: int) -> QImage:
        """Return a neuron's map as an image; those of a layer are made together when one is first asked for."""
        if layer not in self._images:
            last = layer == len(picture.sizes) - 1
            self._images[layer] = heat_maps(picture.maps[layer], square_window(picture), probability=last)
        return self._images[layer][unit]

    # The mouse and the field

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Notice what the mouse is on."""
        self._notice(*self._hit(event.position()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Forget what the mouse was on."""
        self._notice(None, None)
        super().leaveEvent(event)

    def _notice(self, neuron: tuple[int, int] | None, edge: Edge | None) -> None:
        if (neuron, edge) != (self._neuron, self._edge):
            self._neuron, self._edge = neuron, edge
            self.setCursor(Qt.CursorShape.PointingHandCursor if edge else Qt.CursorShape.ArrowCursor)
            self.hovered.emit(neuron or edge)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Open the field on the weight under the mouse."""
        self._cancel()
        _, edge = self._hit(event.position())
        if edge is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        self._editing = edge
        at = event.position()
        left = min(max(2, int(at.x()) - self.field.width() // 2), self.width() - self.field.width() - 2)
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
        self.update()
