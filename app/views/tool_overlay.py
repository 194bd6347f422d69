"""What a tool shows over the plane while it works: what is selected, its box and handles, and what will come."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QTransform

from app.theme import theme
from app.views.over_plane import OverPlane
from engines.core.arrays import Floats

MOST_RINGS = 2000  # beyond it the box alone says what is selected


class ToolOverlay(OverPlane):
    """Over the points, below nothing. All places are in data units."""

    def __init__(self) -> None:
        super().__init__(80)
        self._ghost: QPainterPath | None = None
        self._selected: Floats = np.zeros((0, 2))
        self._box: tuple[float, float, float, float] | None = None
        self._handles: Mapping[Any, tuple[float, float]] = {}
        theme.bind(self, self.update)

    def show_ghost(self, ghost: QPainterPath | None) -> None:
        """Draw an outline of what will come of the gesture, or none."""
        if ghost is not self._ghost:
            self._ghost = ghost
            self.update()

    def show_selection(
        self,
        selected: Floats,
        box: tuple[float, float, float, float] | None,
        handles: Mapping[Any, tuple[float, float]],
    ) -> None:
        """Draw rings around the selected places (m, 2), and their box (left, bottom, right, top) with its handles."""
        self._selected, self._box, self._handles = selected, box, handles
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw in pixels, so that lines and handles keep their size."""
        if self._ghost is None and self._box is None:
            return
        to_scene = self.sceneTransform()
        painter.save()
        painter.setTransform(to_scene.inverted()[0], True)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._paint_selection(painter, to_scene)
        if self._ghost is not None:
            painter.setPen(QPen(theme.tokens.color("accent"), 1.5, Qt.PenStyle.DashLine))
            painter.drawPath(to_scene.map(self._ghost))
        painter.restore()

    def _paint_selection(self, painter: QPainter, to_scene: QTransform) -> None:
        if self._box is None:
            return
        accent = theme.tokens.color("accent")
        painter.setPen(QPen(accent, 1.5))
        if len(self._selected) <= MOST_RINGS:
            radius = 8 * theme.scale
            for x, y in self._selected.tolist():
                painter.drawEllipse(to_scene.map(QPointF(x, y)), radius, radius)
        left, bottom, right, top = self._box
        box = to_scene.mapRect(QRectF(QPointF(left, bottom), QPointF(right, top)))
        if not self._handles:
            return
        painter.setPen(QPen(accent, 1, Qt.PenStyle.DashLine))
        painter.drawRect(box)
        painter.setPen(QPen(accent, 1.5))
        painter.setBrush(theme.tokens.color("card"))
        half = 4.5 * theme.scale
        for name, place in self._handles.items():
            at = to_scene.map(QPointF(*place))
            if name == "turn":
                painter.drawLine(at, QPointF(box.center().x(), box.top()))
                painter.drawEllipse(at, half, half)
            else:
                painter.drawRect(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half))
