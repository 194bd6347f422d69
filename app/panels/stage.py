"""The stage: one canvas on which one paints the data on the live result."""

import numpy as np
from PySide6.QtGui import QKeyEvent

from app.editors.points.document import PointsDocument
from app.editors.points.editor import PointsEditor
from app.editors.points.toolbar import PointsToolbar
from app.kit import Card, MessageBar
from app.session.session import Session
from app.theme import theme
from app.views.plane import Plane


class Stage(Card):
    """The points editor over the layers of the run."""

    def __init__(self, session: Session, document: PointsDocument) -> None:
        super().__init__()
        self._session = session
        self.plane = Plane()
        self.editor = PointsEditor(self.plane, document)
        self.toolbar = PointsToolbar(self.editor)
        self.message = MessageBar()
        self.body.addWidget(self.toolbar)
        self.body.addWidget(self.message)
        self.body.addWidget(self.plane, stretch=1)
        theme.bind(self, lambda: self.plane.setMinimumHeight(theme.px(150)))
        self.plane.poked.connect(session.poke)
        session.data_changed.connect(self._show_points)
        session.frame_shown.connect(self.show_frame)
        session.cleared.connect(self._clear)
        session.failed.connect(lambda note: self.message.say(note, "bad"))
        session.state_changed.connect(self._quieten)

    def show_frame(self) -> None:
        """Draw the pictures of the step that is shown."""
        if frame := self._session.frame:
            for picture in frame.pictures:
                self.plane.show_picture(picture)

    def ring(self, index: np.ndarray) -> None:
        """Ring these points: (m,) rows of the data."""
        self.plane.points.ring(index)

    def _show_points(self) -> None:
        self.plane.points.set_points(self._session.points)
        self.toolbar.show_split(self._session.split)

    def _clear(self) -> None:
        self.plane.clear_pictures()
        self.plane.points.ring(np.zeros(0, int))

    def _quieten(self) -> None:
        if self._session.playing:
            self.message.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Let the window have the keys that the canvas does not use."""
        event.ignore()
