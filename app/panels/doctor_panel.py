"""The training doctor: a button that counts what is wrong with a run, and the list of it with what may help."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.kit import Card, EnterButton, IconButton, PrimaryButton
from app.language import bind, speaker
from app.session.session import RUNNING, Session
from app.theme import icon, theme
from engines.core.dataset import Dataset
from engines.core.judge import SUPERVISED
from engines.core.language import Note, say
from engines.core.messages import State

if TYPE_CHECKING:  # what it knows is imported when there are two steps to be looked at
    from engines.evaluation.doctor import DataFacts, Diagnosis

LOOK_MILLISECONDS = 2000  # while a run plays
OVER = (State.RESTING, State.FINISHED, State.FAILED)
NOTHING = say("Nothing in the numbers of this run looks wrong.")


class Doctor(QObject):
    """Looks at a session's run when it has stopped or rests, and now and then while it plays.

    ``changed`` when there is something else to be said. findings: the worst first.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.findings: tuple[Diagnosis, ...] = ()
        self.looks = 0  # how often the numbers were gone through
        self._seen: object = None
        self._facts: tuple[Dataset, DataFacts] | None = None
        self._clock = QTimer(self, interval=LOOK_MILLISECONDS)
        self._clock.timeout.connect(self.look)
        session.state_changed.connect(self._follow)
        session.frame_shown.connect(self._look_if_still)
        session.cleared.connect(self._forget)

    @property
    def treats(self) -> bool:
        """Whether this kind of run is one it knows something of."""
        return self._session.judge is None and self._session.engine.task in SUPERVISED

    def look(self) -> None:
        """Go through the numbers, if there are others than last time."""
        session, timeline = self._session, self._session.timeline
        over = session.state in OVER
        seen = (timeline.last, over, session.params, session.data)
        if seen == self._seen or timeline.last < 1 or not self.treats:
            return
        from engines.evaluation.doctor import diagnoses

        self._seen = seen
        self.looks += 1
        newest = session.frame if session.cursor >= timeline.last else None
        history = {name: timeline.scalars(name) for name in timeline.names}
        self._tell(
            diagnoses(
                history, session.engine, session.params, self._facts_of(session.data),
                ended=over, pictures=newest.pictures if newest else (),
            )
        )  # fmt: skip

    def _facts_of(self, data: Dataset) -> "DataFacts":
        from engines.evaluation.doctor import facts_of

        if self._facts is None or self._facts[0] is not data:
            self._facts = (data, facts_of(data))
        return self._facts[1]

    def _tell(self, findings: "tuple[Diagnosis, ...]") -> None:
        if findings != self.findings:
            self.findings = findings
            self.changed.emit()

    def _follow(self) -> None:
        if self._session.state in RUNNING:
            if not self._clock.isActive():
                self._clock.start()
        else:
            self._clock.stop()
            self.look()

    def _look_if_still(self) -> None:
        if self._session.state not in RUNNING:
            self.look()

    def _forget(self) -> None:
        self._seen = None
        self._tell(())


class DoctorButton(EnterButton):
    """Says how many findings there are; a press shows or hides their list."""

    def __init__(self, doctor: Doctor) -> None:
        super().__init__()
        self._doctor = doctor
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bind(self, self.setToolTip, "Training doctor: what is wrong with this run, why, and what may help")
        doctor.changed.connect(self._show)
        speaker.changed.connect(self._show)
        theme.bind(self, self._show)

    def _show(self) -> None:
        findings = self._doctor.findings
        bind(self, self.setText, _counted(len(findings)))
        bind(self, self.setAccessibleName, _counted(len(findings)))
        bad = any(finding.severity == "bad" for finding in findings)
        self.setIcon(icon("stethoscope", "bad" if bad else "warn" if findings else "muted"))
        self.setIconSize(QSize(theme.px(16), theme.px(16)))
        self.setFont(theme.font("small"))
        longest = max(
            self.fontMetrics().horizontalAdvance(_counted(count).render(speaker.language)) for count in (0, 1, 9)
        )
        self.setFixedWidth(longest + theme.px(38))  # nothing beside it moves when the count changes


def _counted(count: int) -> Note:
    return say("Doctor: {count} {count:finding|findings}", count=count) if count else say("Doctor: no findings")


class DoctorPanel(Card):
    """The findings one below the other, in the upper right corner over another widget.

    ``taken(name, value)`` when a person would have a hyper-parameter changed as a finding proposes.
    """

    taken = Signal(str, object)

    def __init__(self, doctor: Doctor, over: QWidget, parent: QWidget) -> None:
        super().__init__("Training doctor")
        self.setParent(parent)
        self._doctor, self._over, self._home = doctor, over, parent
        self._locked: tuple[str, ...] = ()
        self._list: QWidget | None = None
        self._close = IconButton("x", "Close the list", "Esc")
        self._close.clicked.connect(self.hide)
        self.header.addWidget(self._close)
        doctor.changed.connect(self._show)
        speaker.changed.connect(self._fit)
        over.installEventFilter(self)
        self.hide()
        theme.bind(self, self._show)

    def lock(self, names: tuple[str, ...]) -> None:
        """Offer no change of these hyper-parameters."""
        self._locked = names
        self._show()

    def toggle(self) -> None:
        """Show the list, or hide it."""
        self.setVisible(self.isHidden())
        if not self.isHidden():
            self._show()
            self.raise_()
            (self.buttons[0] if self.buttons else self._close).setFocus()

    @property
    def buttons(self) -> list[PrimaryButton]:
        """The buttons that change something, in the order of the findings."""
        return self._list.findChildren(PrimaryButton) if self._list else []

    def _show(self) -> None:
        if self._list is not None:
            self._list.hide()
            self._list.deleteLater()
        self._list = QWidget()
        layout = QVBoxLayout(self._list)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for finding in self._doctor.findings:
            layout.addWidget(self._finding(finding))
        if not self._doctor.findings:
            layout.addWidget(_words(NOTHING, "body"))
        self.body.addWidget(self._list)
        self._list.show()  # now: what is not shown has no height
        self._fit()

    def _finding(self, finding: "Diagnosis") -> QFrame:
        frame = QFrame()
        frame.setProperty("message", finding.severity)
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(4)
        layout.addWidget(_words(finding.sees, "strong"))
        layout.addWidget(_words(finding.why, "body"))
        if finding.change is None:
            layout.addWidget(_words(finding.helps, "body"))
        elif finding.change[0] in self._locked:
            layout.addWidget(_words(say("{change} (locked in this lab)", change=finding.helps), "body"))
        else:
            layout.addWidget(self._remedy(finding), alignment=Qt.AlignmentFlag.AlignLeft)
        return frame

    def _remedy(self, finding: "Diagnosis") -> PrimaryButton:
        assert finding.change is not None
        name, value = finding.change
        button = PrimaryButton("play", "")
        bind(button, button.setText, finding.helps)
        bind(button, button.setAccessibleName, finding.helps)
        bind(button, button.setToolTip, "Keep what there is as a ghost, change this, and run again")
        button.clicked.connect(lambda: self._take(name, value))
        return button

    def _take(self, name: str, value: object) -> None:
        self.hide()
        self.taken.emit(name, value)

    def event(self, event: QEvent) -> bool:
        """Keep Escape from being a shortcut of the stage while the keyboard is here."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            event.setAccepted(event.key() == Qt.Key.Key_Escape)
            return event.isAccepted()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Stay in the corner."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        """As wide as words read well, as high as they need."""
        if self.isHidden():
            return
        width = min(theme.px(420), self._over.width() - 16)
        self.setFixedWidth(width)
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self.resize(width, layout.heightForWidth(width))
        corner = self._over.mapTo(self._home, QPoint(self._over.width() - width - 8, 8))
        self.move(corner)


def _words(note: Note, kind: str) -> QLabel:
    label = QLabel(wordWrap=True)
    label.setProperty("muted", kind == "body")
    bind(label, label.setText, note)
    label.setFont(theme.font(kind))
    return label
