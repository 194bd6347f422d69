"""The base of what is painted over the whole visible plane."""

import pyqtgraph as pg
from PySide6.QtCore import QRectF


class OverPlane(pg.GraphicsObject):
    """An item as large as what is seen of the plane. z: what has a higher one is drawn over it."""

    def __init__(self, z: float) -> None:
        super().__init__()
        self.setZValue(z)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The whole visible plane."""
        return QRectF(self.viewRect())

    def viewTransformChanged(self) -> None:  # noqa: N802 - pyqtgraph's name
        """Follow the view; pyqtgraph forgets here what rectangle was seen."""
        super().viewTransformChanged()
        self.prepareGeometryChange()
