"""The stage's canvas: a plane with equal scales on which layers are drawn and a tool works."""

from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QGraphicsEllipseItem

from app.language import bind
from app.theme import theme
from app.views.points_layer import PointsLayer
from app.views.registry import Layer, view_for
from engines.core.picture import Picture

HOME_HEIGHT = 3.1  # half of what is seen at home, in data units
CLOSEST, FARTHEST = 0.2, 200.0


@dataclass(frozen=True)
class PlaneEvent:
    """A mouse event in data units. button: the one that began the gesture, NoButton while hovering.

    per_pixel: data units a pixel.
    """

    x: float
    y: float
    button: Qt.MouseButton
    modifiers: Qt.KeyboardModifier
    per_pixel: float


class Plane(pg.PlotWidget):
    """Wheel: zoom. Middle button: pan. Double-click on an axis: home. All else goes to the tool through the signals."""

    pressed = Signal(object)
    moved = Signal(object)
    released = Signal(object)
    left = Signal()
    wheeled = Signal(object, int)
    zoomed = Signal()
    poked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._button = Qt.MouseButton.NoButton
        self._panning: QPointF | None = None
        self._grabber: Layer | None = None
        self._layers: dict[type[Picture], Layer] = {}
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        view = self.getViewBox()
        view.setMouseEnabled(False, False)
        view.setAspectLocked(True)
        view.disableAutoRange()
        view.sigRangeChanged.connect(lambda *_: self.zoomed.emit())
        view.setDefaultPadding(0)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.points = PointsLayer()
        self.addItem(self.points, ignoreBounds=True)
        self._cursor = QGraphicsEllipseItem()
        self._cursor.setZValue(90)
        self._cursor.hide()
        self.addItem(self._cursor, ignoreBounds=True)
        bind(self, self.setAccessibleName, "The plane: draw your data here")
        theme.bind(self, self._restyle)
        self.go_home()

    def go_home(self) -> None:
        """Show the middle, y from about -3 to 3."""
        self.getViewBox().setRange(QRectF(-0.1, -HOME_HEIGHT, 0.2, 2 * HOME_HEIGHT), padding=0, disableAutoRange=True)

    def show_picture(self, picture: Picture) -> None:
        """Give a picture to the layer that draws its kind; kinds that are drawn in cards are left alone."""
        layer = self._layer(type(picture))
        if layer:
            layer.show_picture(picture)

    def clear_pictures(self) -> None:
        """Take all pictures away; the points stay."""
        for layer in self._layers.values():
            layer.clear()

    def layer(self, kind: type[Picture]) -> Layer:
        """Return the layer that draws ``kind``; KeyError when it is not drawn on the plane."""
        layer = self._layer(kind)
        if layer is None:
            raise KeyError(kind.__name__)
        return layer

    def _layer(self, kind: type[Picture]) -> Layer | None:
        if kind not in self._layers:
            found = view_for(kind)
            if not issubclass(found, Layer):
                return None
            self._layers[kind] = found(self)
        return self._layers[kind]

    @property
    def _closed(self) -> bool:
        """Whether pyqtgraph has emptied the scene already; the widget itself goes later, and still hears events."""
        return self.getPlotItem() is None

    def close(self) -> bool:
        """Close; again does nothing, where pyqtgraph would stumble."""
        return True if self._closed else bool(super().close())

    @property
    def per_pixel(self) -> float:
        """Data units a pixel."""
        return float(self.getViewBox().viewPixelSize()[0])

    def show_cursor(self, radius: float | None, x: float = 0.0, y: float = 0.0, strength: float = 0.0) -> None:
        """Draw a circle of ``radius`` (data units) about a place, or none; the fuller the larger ``strength`` (≤ 1)."""
        if self._closed:
            return
        self._cursor.setVisible(radius is not None)
        fill = theme.tokens.color("accent")
        fill.setAlphaF(0.35 * strength)
        self._cursor.setBrush(fill)
        if radius is not None:
            self._cursor.setRect(x - radius, y - radius, 2 * radius, 2 * radius)

    def _restyle(self) -> None:
        if self._closed:
            return
        tokens = theme.tokens
        self.setBackground(tokens.card)
        pen = QPen(tokens.color("muted"), 1.4)
        pen.setCosmetic(True)
        self._cursor.setPen(pen)
        for name in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(name)
            axis.setPen(tokens.line)
            axis.setTextPen(tokens.muted)
            axis.setStyle(tickFont=theme.font("small"), tickLength=-4)
        self.getPlotItem().getAxis("left").setWidth(theme.px(26))
        for layer in self._layers.values():
            layer.restyle()

    # The mouse

    def event_at(self, event: QMouseEvent) -> PlaneEvent:
        """Return a mouse event in data units."""
        view = self.getViewBox()
        place = view.mapSceneToView(self.mapToScene(event.position().toPoint()))
        per_pixel = float(view.viewPixelSize()[0])
        return PlaneEvent(place.x(), place.y(), self._button, event.modifiers(), per_pixel)

    def _inside(self, event: QMouseEvent) -> bool:
        if self._closed:
            return False
        return bool(self.getViewBox().sceneBoundingRect().contains(self.mapToScene(event.position().toPoint())))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin a gesture: pan, drag something a layer owns, or let the tool work."""
        if not self._inside(event):
            return
        if event.button() is Qt.MouseButton.MiddleButton:
            self._panning = event.position()
        elif self._button is Qt.MouseButton.NoButton:
            self._button = event.button()
            at = self.event_at(event)
            if event.button() is Qt.MouseButton.LeftButton:
                self._grabber = self._layer_that_grabs(at)
            if self._grabber:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
            if not self._grabber:
                self.pressed.emit(at)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Go on with the gesture, or hover."""
        if self._closed:
            return
        if self._panning is not None:
            moved = event.position() - self._panning
            per_x, per_y = self.getViewBox().viewPixelSize()
            self.getViewBox().translateBy(x=-moved.x() * per_x, y=moved.y() * per_y)
            self._panning = event.position()
            return
        at = self.event_at(event)
        if self._grabber:
            if poke := self._grabber.drag(at.x, at.y):
                self.poked.emit(poke)
            return
        hovering = self._layer_that_grabs(at, only_look=True) is not None
        self.setCursor(Qt.CursorShape.OpenHandCursor if hovering else Qt.CursorShape.CrossCursor)
        self.moved.emit(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """End the gesture."""
        if event.button() is Qt.MouseButton.MiddleButton:
            self._panning = None
        elif event.button() is self._button:
            at = self.event_at(event)
            grabber, self._grabber = self._grabber, None
            self._button = Qt.MouseButton.NoButton
            if grabber:
                grabber.drop()
            else:
                self.released.emit(at)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Twice on an axis: home. On the plane it is a second press."""
        if self._inside(event):
            self.mousePressEvent(event)
        else:
            self.go_home()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom about the mouse; with Ctrl or Shift the tool gets it."""
        if self._closed:
            return
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier):
            turn = event.angleDelta().y() or event.angleDelta().x()  # with Shift some systems turn it sideways
            self.wheeled.emit(event.modifiers(), turn)
            return
        view = self.getViewBox()
        factor = 0.999 ** event.angleDelta().y()
        height = view.viewRect().height() * factor
        if CLOSEST < height < FARTHEST:
            view.scaleBy((factor, factor), center=view.mapSceneToView(self.mapToScene(event.position().toPoint())))
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Take the cursor circle away."""
        self.show_cursor(None)
        self.left.emit()
        super().leaveEvent(event)

    def _layer_that_grabs(self, at: PlaneEvent, *, only_look: bool = False) -> Layer | None:
        """Return the layer that has something to drag under the mouse."""
        for layer in self._layers.values():
            if layer.grab(at.x, at.y, 10 * at.per_pixel, only_look=only_look):
                return layer
        return None
