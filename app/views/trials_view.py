"""The base of cards that show trials of a search: which is under the mouse or the keyboard, and taking it over."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QToolTip

from app.kit import ARROWS
from app.language import bind, tr
from app.theme import theme
from app.views import marks
from app.views.painted import KeptView, small_figures
from engines.core.picture import Picture
from engines.pictures.trials import Trials

FORWARD = (Qt.Key.Key_Right, Qt.Key.Key_Down)
BACKWARD = (Qt.Key.Key_Left, Qt.Key.Key_Up)


class TrialsView(KeptView):
    """A subclass says what is ``at`` a place, draws the trials, and draws the one that is ``shown`` over them."""

    def __init__(self) -> None:
        super().__init__()
        self.chosen = self.hovering = -1  # by the keyboard, by the mouse
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.bind(self, lambda: self.setFont(small_figures()))
        bind(self, self.setAccessibleDescription, "Trials of a search; arrow keys choose one, Enter takes its settings")

    def paint_trials(self, painter: QPainter, trials: Trials) -> None:
        """Draw all trials."""
        raise NotImplementedError

    def paint_shown(self, painter: QPainter, trials: Trials, place: int) -> None:
        """Draw one trial over the others."""
        raise NotImplementedError

    def at(self, where: QPointF) -> int:
        """Return the trial at a place of the view, -1 for none."""
        raise NotImplementedError

    @property
    def trials(self) -> Trials | None:
        """What is drawn."""
        return self.picture if isinstance(self.picture, Trials) else None

    @property
    def shown(self) -> int:
        """The trial that stands out: under the mouse, or else where the keyboard is; -1 for none."""
        return self.hovering if self.hovering >= 0 else self.chosen if self.hasFocus() else -1

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, Trials."""
        assert isinstance(picture, Trials)
        if len(picture.captions) <= max(self.chosen, self.hovering):
            self.chosen = self.hovering = -1
        super().show_picture(picture)

    def clear(self) -> None:
        """Say that there is nothing yet."""
        self.chosen = self.hovering = -1
        super().clear()

    def empty(self) -> bool:
        """Whether there are no trials."""
        return self.trials is None or not self.trials.captions

    def paint_kept(self, painter: QPainter) -> None:
        """Draw all trials."""
        assert self.trials is not None
        self.paint_trials(painter, self.trials)

    def paint_over(self, painter: QPainter) -> None:
        """Draw the one that stands out."""
        if self.trials is not None and self.shown >= 0:
            self.paint_shown(painter, self.trials, self.shown)

    # Taking over

    def take(self, place: int) -> None:
        """Have the hyper-parameters of a trial taken over."""
        if self.trials is not None and 0 <= place < len(self.trials.takes):
            self.taken.emit(dict(self.trials.takes[place]))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let what can be clicked stand out."""
        before, self.hovering = self.hovering, -1 if self.empty() else self.at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if self.hovering >= 0 else Qt.CursorShape.ArrowCursor)
        if before != self.hovering:
            self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Let nothing stand out."""
        self.hovering = -1
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take the trial under the mouse."""
        if event.button() is Qt.MouseButton.LeftButton and not self.empty():
            self.take(self.at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Go from trial to trial with the arrows, take with Enter."""
        trials = self.trials
        if trials is None or self.empty():
            event.ignore()
        elif event.key() in (*FORWARD, *BACKWARD):
            step = 1 if event.key() in FORWARD else -1
            start = self.chosen if self.chosen >= 0 else max(0, trials.best) - step
            self.chosen = max(0, min(start + step, len(trials.captions) - 1))
            self.setAccessibleDescription(self.describe(self.chosen))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen >= 0:
            self.take(self.chosen)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Tell the trial under the mouse in words; keep the arrows, which step the run elsewhere."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in ARROWS:
            event.accept()
            return True
        if isinstance(event, QHelpEvent) and not self.empty():
            place = self.at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.describe(place) if place >= 0 else "", self)
            return True
        return super().event(event)

    def describe(self, place: int) -> str:
        """Return a trial in words."""
        trials = self.trials
        assert trials is not None
        if trials.failed[place]:
            told = tr("could not be trained")
        elif score := score_text(float(trials.scores[place])):
            told = f"{tr(trials.measure)} {score}"
        else:
            told = tr("not finished yet")
        return "\n".join([tr(trials.captions[place]), told, tr("Click to train once with these settings")])


def share_of(trials: Trials, place: int) -> float:
    """Return how far a score is from the lowest to the highest of the colours, from 0 to 1."""
    reach = (trials.high - trials.low) or 1.0
    return min(1.0, max(0.0, (float(trials.scores[place]) - trials.low) / reach))


def colour_of(trials: Trials, place: int) -> QColor:
    """Return the colour of a trial's score: from paper to the accent."""
    return marks.mixed(theme.tokens.color("field"), theme.tokens.color("accent"), 0.06 + 0.94 * share_of(trials, place))


def score_text(score: float) -> str:
    """Return a score as it is written, nothing while there is none."""
    if score != score:  # NaN
        return ""
    return (f"{score:.3f}" if abs(score) < 100 else f"{score:.1e}").replace("-", "−")
