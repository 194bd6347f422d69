"""What the step that is shown has done, in plain words with its numbers."""

import time

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from app.language import bind, speaker
from app.session.session import Session
from app.theme import theme

A_SECOND = 6  # times that the words change at most while a run plays: more nobody can read
CHARACTERS = 120  # of one line; where it holds less there are two


class Narration(QLabel):
    """One line of the window's whole width, or two where it is narrow; the whole sentence is in the tooltip.

    Its height does not depend on the words, so that nothing moves from step to step.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._last = 0.0
        self._later = QTimer(self, singleShot=True, interval=1000 // A_SECOND)
        self._later.timeout.connect(self._show)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        bind(self, self.setAccessibleName, "What this step has done")
        session.frame_shown.connect(self._show)
        session.state_changed.connect(self._show)
        session.cleared.connect(self.clear)
        speaker.changed.connect(self._show)
        theme.bind(self, self._resize)

    def _show(self) -> None:
        frame = self._session.frame
        now = time.monotonic()
        if frame is None:
            return
        if self._session.playing and now - self._last < 1 / A_SECOND:
            self._later.start()  # where no other step comes soon its words are not to be lost
            return
        self._last = now
        text = frame.note.render(speaker.language)
        if text != self.text():
            self.setText(text)
            self.setToolTip(text)

    @property
    def rows(self) -> int:
        """How many lines there is room for."""
        narrow = self.width() < CHARACTERS * self.fontMetrics().averageCharWidth()
        return 2 if narrow else 1

    def _resize(self) -> None:
        self.setFont(theme.font("body"))
        self.setFixedHeight(self.rows * self.fontMetrics().lineSpacing() + theme.px(6))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as there is room."""
        return QSize(theme.px(400), self.rows * self.fontMetrics().lineSpacing() + theme.px(6))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Have one line or two."""
        super().resizeEvent(event)
        self._resize()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw as much as fits, with an ellipsis after it."""
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(theme.tokens.color("text"))
        room = round(self.width() * (1 if self.rows == 1 else 1.93))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        where = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(self.rect()), where, text)
