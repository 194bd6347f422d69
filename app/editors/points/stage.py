"""Points on the stage: the plane with its tools, over the layers of the run."""

import numpy as np
from PySide6.QtWidgets import QVBoxLayout

from app.editors.editor import Editor
from app.editors.points.document import PointsDocument
from app.editors.points.editor import PointsEditor
from app.editors.points.toolbar import PointsToolbar
from app.session.session import Session
from app.theme import theme
from app.views.plane import Plane
from engines.core.messages import Frame
from engines.data.points import Points


class PointsStage(Editor):
    """One paints on the live result."""

    kind = Points

    def __init__(self, session: Session) -> None:
        document = PointsDocument()
        super().__init__(session, document)
        document.setParent(self)
        self.plane = Plane()
        self.editor = PointsEditor(self.plane, document)
        self.toolbar = PointsToolbar(self.editor)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.toolbar)
        layout.addWidget(self.plane, stretch=1)
        theme.bind(self, lambda: self.plane.setMinimumHeight(theme.px(150)))
        self.plane.poked.connect(session.poke)
        session.data_changed.connect(self._show_points)
        self._show_points()

    def show_frame(self, frame: Frame) -> None:
        """Draw the pictures of a step that belong on the plane."""
        for picture in frame.pictures:
            self.plane.show_picture(picture)

    def clear_pictures(self) -> None:
        """Take the pictures of the run away; the points stay."""
        self.plane.clear_pictures()

    def ring(self, index: np.ndarray) -> None:
        """Ring these points: (m,)."""
        self.plane.points.ring(index)

    def _show_points(self) -> None:
        if isinstance(self.session.data, Points):
            self.plane.points.set_points(self.session.data)
        self.toolbar.show_split(self.session.split)
