"""Points on the stage: the plane with its tools, over the layers of the run."""

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.editors.editor import Editor
from app.editors.points.document import PointsDocument
from app.editors.points.editor import PointsEditor
from app.editors.points.options import PointsOptions
from app.editors.points.toolbar import OptionStrip, ToolBox
from app.kit import EmptyNote, IconButton
from app.session.session import Session
from app.theme import theme
from app.views.ghost import GhostItem, ghost_of
from app.views.plane import Plane
from engines.core.judge import SUPERVISED
from engines.core.language import say
from engines.core.messages import Frame
from engines.data.points import Points

KEEP, DROP = "Keep this as a ghost", "Remove the ghost"
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
        self.ghost = GhostItem()
        self.plane.addItem(self.ghost, ignoreBounds=True)
        self.ghost_button = IconButton("ghost", KEEP, checkable=True)
        self.ghost_button.clicked.connect(self._switch_ghost)
        below = QHBoxLayout()
        below.setSpacing(6)
        below.addWidget(self.tools)
        below.addWidget(self.plane, stretch=1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        above = QHBoxLayout()
        above.setSpacing(6)
        above.addWidget(self.toolbar, stretch=1)
        above.addWidget(self.ghost_button)
        layout.addLayout(above)
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
        session.seal.changed.connect(self._show_seal)
        session.experiment_changed.connect(self._show_seal)
        document.changed.connect(self._show_colours)
        session.data_changed.connect(self._show_points)
        self._late = False  # whether the session has yet to hear of edits
        self._target = ""  # what was learned of the points when they were last shown
        self._show_points()
        self._show_seal()

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
        self.ghost.compare(frame.scalars)

    def clear_pictures(self) -> None:
        """Take the pictures of the run away; the points stay."""
        self.plane.clear_pictures()
        self.ghost.compare({})

    def ring(self, index: np.ndarray) -> None:
        """Ring these points: (m,)."""
        self.plane.points.ring(index)

    # The ghost

    def keep_ghost(self) -> None:
        """Keep the boundary or the line of the step that is shown; it stays until it is removed."""
        frame = self.session.frame
        ghost = ghost_of(frame.pictures, frame.scalars) if frame is not None else None
        if ghost is None:
            self.said.emit(say("There is no boundary to keep yet: press play."), "info")
        else:
            self.ghost.show_ghost(ghost)
            self.ghost.compare(frame.scalars if frame is not None else {})
        self._show_ghost_button()

    def drop_ghost(self) -> None:
        """Take the ghost away."""
        self.ghost.show_ghost(None)
        self._show_ghost_button()

    def _switch_ghost(self) -> None:
        if self.ghost.ghost is None:
            self.keep_ghost()
        else:
            self.drop_ghost()

    def _show_ghost_button(self) -> None:
        there = self.ghost.ghost is not None
        self.ghost_button.setChecked(there)
        self.ghost_button.set_text(DROP if there else KEEP)

    def _show_points(self) -> None:
        data = self.session.data
        target = data.target if isinstance(data, Points) else ""
        if target != self._target and self.ghost.ghost is not None:
            self.drop_ghost()  # it was of another question
        self._target = target
        if isinstance(data, Points):
            self.plane.points.set_points(data)
        self.toolbar.show_split(self.session.split)

    def _show_seal(self) -> None:
        """Hide what the points of the test share are until the final exam."""
        sealed = self.session.engine.task in SUPERVISED and not self.session.seal.open
        self.plane.points.seal(sealed=sealed)
        self.toolbar.show_sealed(sealed=sealed)

    def _show_colours(self) -> None:
        self.empty.setVisible(not len(self.points))
        if self.active:
            theme.set_class_colours(self.points.looks.colours)
