"""The bar at the bottom: what the step has done, reset, play, step back, step, speed, the timeline, the numbers."""

import math

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from app.kit import IconButton, PrimaryButton, Slider
from app.language import bind, speaker, tr
from app.panels.narration import Narration
from app.session.session import Session
from app.theme import theme
from app.views.curves_view import counts
from engines.core.language import say
from engines.core.messages import UNLIMITED, State

RATES = (1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 200.0, UNLIMITED)
MOST_HEADLINES = 3
TESTS = ("test_accuracy", "test_r2", "test_loss")  # the first that there is becomes a headline after the final exam
STATES = {
    State.STARTING: "Getting ready …",
    State.RESTING: "Settled",
    State.FINISHED: "Finished",
    State.FAILED: "Stopped",
}


class Transport(QFrame):
    """Plays, steps and scrubs a session."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("transport")
        self._session = session
        self.reset = IconButton("reset", "Begin again", "R")
        self.play = PrimaryButton("play", "Play")
        self.back = IconButton("step-back", "One step back", "←")
        self.step = IconButton("step-forward", "Next step", "→")
        self.step.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.speed, self.timeline = Slider(0, len(RATES) - 1), QSlider(Qt.Orientation.Horizontal)
        self.speed.setPageStep(1)
        self.timeline.setRange(0, 0)
        self._speed_label, self._speed_value = QLabel(), QLabel()
        self._step_label, self._number, self._state = QLabel(), QLabel(), QLabel()
        self._headlines = [(QLabel(), QLabel()) for _ in range(MOST_HEADLINES)]
        self.narration = Narration(session)
        self._arrange()
        self._name()
        self.reset.clicked.connect(session.reset)
        self.play.clicked.connect(session.toggle)
        self.back.clicked.connect(session.back)
        self.step.clicked.connect(session.forward)
        self.speed.valueChanged.connect(lambda place: session.set_rate(RATES[place]))
        self.timeline.valueChanged.connect(session.seek)
        session.state_changed.connect(self._show_state)
        session.frame_shown.connect(self._show_moment)
        session.cleared.connect(self._show_moment)
        session.seal.changed.connect(self._show_moment)
        session.experiment_changed.connect(self._show_settings)
        speaker.changed.connect(self._show_settings)
        theme.bind(self, self._resize)
        self._show_settings()
        self._show_state()

    def _arrange(self) -> None:
        whole = QVBoxLayout(self)
        whole.setSpacing(2)
        whole.setContentsMargins(16, 4, 16, 6)
        self._words = QHBoxLayout()
        self._words.addWidget(self.narration, stretch=1)
        whole.addLayout(self._words)
        layout = QHBoxLayout()
        layout.setSpacing(8)
        whole.addLayout(layout)
        for widget in (self.reset, self.play, self.back, self.step):
            layout.addWidget(widget)
        layout.addSpacing(8)
        layout.addLayout(_stacked(self._speed_label, self._speed_value))
        layout.addWidget(self.speed)
        layout.addSpacing(8)
        layout.addLayout(_stacked(self._step_label, self._number))
        layout.addWidget(self.timeline, stretch=1)
        layout.addWidget(self._state)
        for pair in self._headlines:
            layout.addSpacing(4)
            layout.addLayout(_stacked(*pair))
        self._small = (self._speed_label, self._step_label, self._state, *(name for name, _ in self._headlines))
        for label in self._small:
            label.setProperty("muted", True)

    def add_beside_words(self, widget: QWidget) -> None:
        """Put a widget at the right of the line that says what the step has done."""
        self._words.addWidget(widget)

    def _name(self) -> None:
        bind(self._speed_label, self._speed_label.setText, "Speed")
        bind(self.speed, self.speed.setAccessibleName, "Speed")
        bind(self.speed, self.speed.setToolTip, "Steps a second; at the right end as fast as it goes")
        bind(self._step_label, self._step_label.setText, "Step")
        bind(self.timeline, self.timeline.setAccessibleName, "Timeline")
        bind(self.timeline, self.timeline.setToolTip, "Drag to see any earlier step again")

    def _resize(self) -> None:
        """Widths that hold the longest text, so that nothing moves while numbers change."""
        number = theme.font("number")
        self.speed.setFixedWidth(theme.px(84))
        self._speed_value.setFixedWidth(theme.px(52))
        for label in (self._number, *(value for _, value in self._headlines)):
            label.setFont(number)
        for label in self._small:
            label.setFont(theme.font("small"))
        self._speed_value.setFont(theme.font("strong"))
        self._number.setFixedWidth(theme.px(76))
        for _, value in self._headlines:
            value.setMinimumWidth(theme.px(84))
        self.step.setFixedWidth(self._step_width())

    def _step_width(self) -> int:
        """Room for the name of the next step, as far as the window has it."""
        return max(theme.px(120), min(theme.px(310), round(self.width() * 0.22 / theme.scale)))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give the step button its share."""
        super().resizeEvent(event)
        self.step.setFixedWidth(self._step_width())
        self._show_moment()

    def _show_settings(self) -> None:
        rate = self._session.rate
        place = min(
            range(len(RATES)), key=lambda i: abs(math.log(min(RATES[i], 1e4)) - math.log(min(max(rate, 0.5), 1e4)))
        )
        with QSignalBlocker(self.speed):
            self.speed.setValue(place)
        if rate == UNLIMITED:
            bind(self._speed_value, self._speed_value.setText, "full")
        else:
            bind(self._speed_value, self._speed_value.setText, say("{rate:g} / s", rate=rate))
        self._show_moment()

    def _show_state(self) -> None:
        session = self._session
        self.play.set_icon("pause" if session.playing else "play")
        self.play.set_text("Pause" if session.playing else "Play")
        bind(self._state, self._state.setText, STATES.get(session.state, ""))
        self._state.setVisible(session.state in STATES)
        self._show_headlines()

    def _show_moment(self) -> None:
        session = self._session
        cursor, last = session.cursor, session.timeline.last
        with QSignalBlocker(self.timeline):
            self.timeline.setMaximum(max(0, last))
            self.timeline.setValue(max(0, cursor))
        self.timeline.setEnabled(last > 0)
        self.back.setEnabled(cursor > 0)
        self._number.setText(str(max(0, cursor)))
        self._name_next_step(cursor, last)
        self._show_headlines()

    def _name_next_step(self, cursor: int, last: int) -> None:
        """The step button says what the next step will do."""
        frame = self._session.frame
        if cursor < last and frame is not None and frame.then.text == "":
            name = frame.note
        else:
            name = frame.then if frame is not None and frame.then.text else say("Next step")
        text = name.render(speaker.language)
        room = self.step.width() - theme.px(44)
        self.step.setText(self.step.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room))
        self.step.setToolTip(f"{text} (→)")

    def _show_headlines(self) -> None:
        scalars = self._session.timeline.scalars_at(self._session.cursor) | self._tested()
        names = self._headline_names()
        for place, (label, value) in enumerate(self._headlines):
            known = place < len(names)
            label.setVisible(known)
            value.setVisible(known)
            if known:
                name = names[place]
                label.setText(tr(name.replace("_", " ")))
                value.setText(
                    number_text(
                        name, scalars.get(name, math.nan), whole=counts(name, self._session.timeline.scalars(name))
                    )
                )

    def _headline_names(self) -> list[str]:
        """The first curve's numbers, then the last number of the other curves, as far as this run tells them."""
        told = set(self._session.timeline.names)
        curves = [names for names in self._session.runs.curves.values() if not told or told.intersection(names)]
        names = list(curves[0]) if curves else []
        names += [names_of[-1] for names_of in curves[1:]]
        tested = [name for name in TESTS if name in self._tested()][:1]
        if self._session.judge is None:  # its numbers are of a test share of its own
            names = [name for name in names if not name.startswith("test_")]
        return [*names[: MOST_HEADLINES - len(tested)], *tested]

    def _tested(self) -> dict[str, float]:
        """Return what the final exam has come to: nothing while it is sealed, or before the run has ended."""
        session = self._session
        if session.outcome is None or session.judge is not None or not session.seal.open:
            return {}
        return {name: value for name, value in session.outcome.scalars.items() if name.startswith("test_")}


def _stacked(name: QLabel, value: QLabel) -> QVBoxLayout:
    """Return a small name over its value."""
    layout = QVBoxLayout()
    layout.setSpacing(0)
    layout.addWidget(name)
    layout.addWidget(value)
    return layout


def number_text(name: str, value: float, *, whole: bool) -> str:
    """Return a headline number as it is shown. whole: the scalar only ever is a whole number."""
    if math.isnan(value):
        return "–"
    if whole:
        return f"{value:.0f}"
    if name.endswith("accuracy"):
        return f"{value:.1%}"
    if 1e4 <= abs(value) < 1e7:  # 108260 says more than 1.083e+05, and is shorter
        return f"{value:.0f}"
    return f"{value:.3f}" if abs(value) < 100 else f"{value:.4g}"
