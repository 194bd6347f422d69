"""Points on the stage: the plane with its tools, over the layers of the run."""

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.editors.editor import Editor
from app.editors.points.document import PointsDocument
from app.editors.points.editor import PointsEditor
from app.editors.points.options import PointsOptions
from app.editors.points.toolbar import OptionStrip, ToolBox
from app.kit import EmptyNote
from app.session.session import Session
from app.theme import theme
from app.views.plane import Plane
from engines.core.messages import Frame
from engines.data.points import Points

LIVE = 20_000  # points; more reach the session when a gesture ends, and only what it touches is drawn before


class PointsStage(Editor):
    """One paints on the live result."""

    kind = Points

    def __init__(self, session: Session) -> None:
        document = PointsDocument()
        super().__init__(session, document)
        document.setParent(self)
        self.points = document
        self.plane = Plane()
        self.editor = PointsEditor(self.plane, document)
        self.editor.said.connect(self.said)
        self.tools, self.toolbar = ToolBox(self.editor), OptionStrip(self.editor)
        self._options: PointsOptions | None = None
        below = QHBoxLayout()
        below.setSpacing(6)
        below.addWidget(self.tools)
        below.addWidget(self.plane, stretch=1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.toolbar)
        layout.addLayout(below, stretch=1)
        theme.bind(self, lambda: self.plane.setMinimumHeight(theme.px(150)))
        self.setFocusProxy(self.plane)
        self.empty = EmptyNote(
            self.plane,
            "Draw: the left mouse button paints one class, the right another. Or choose a sample in the Data tab, "
            "paste columns from a spreadsheet, or drop a file here.",
        )
        self.plane.poked.connect(session.poke)
        document.ended.connect(self._hand_over)
        document.changed.connect(self._show_colours)
        session.data_changed.connect(self._show_points)
        self._late = False  # whether the session has yet to hear of edits
        self._show_points()

    def _pass_on(self) -> None:
        """Hand few points to the session at once; of many, draw what has changed and wait for the end."""
        if self.points.in_gesture and len(self.points) > LIVE and self.active:
            self._late = True
            if area := self.points.take_dirty():
                self.plane.points.show_live(self.points, area, len(self.points))
            return
        self._late = False
        self.points.take_dirty()
        super()._pass_on()

    def _hand_over(self) -> None:
        if self._late:
            self._pass_on()

    def options(self) -> QWidget:
        """Return the classes, what is learned, and the like."""
        if self._options is None:
            self._options = PointsOptions(self.editor)
        return self._options

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

    def _show_colours(self) -> None:
        self.empty.setVisible(not len(self.points))
        if self.active:
            theme.set_class_colours(self.points.looks.colours)
