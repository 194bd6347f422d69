"""How far one has come on the way that every model goes: split, baseline, confusion, diagnose, improve, repeat.

Nobody ticks anything off by hand: what has happened in the session is the proof.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from app.session.session import Session
from engines.core.dataset import VALIDATION, Dataset, Recipe
from engines.core.engine import NO_ENGINE, Task
from engines.core.language import Note, say
from engines.core.messages import State
from engines.core.params import Params
from engines.pictures.confusion import Confusion

SETTLED = (State.RESTING, State.FINISHED)
LOOKED_AT = say("looked at")
QUIET_MILLISECONDS = 400  # after the last step: a stroke over the stage is one change and not twenty


@dataclass(frozen=True)
class Score:
    """A number on the validation share. sign: 1 where more is better, -1 for a loss."""

    name: str
    value: float
    sign: int

    def beats(self, other: "Score") -> bool:
        """Whether it is better; scores of different names cannot be compared."""
        return self.name == other.name and self.sign * self.value > self.sign * other.value + 1e-12

    def told(self) -> Note:
        """Return the number as it is written."""
        if self.name == "validation_accuracy":
            return say("{value:.1%}", value=self.value)
        return say("{value:.4g}", value=self.value)


class Workflow(QObject):
    """Hears the session and keeps what was done. ``changed`` when there is something new.

    steps: those of the lab, in order; none where the lab has no such way. found: what each step that is done came to.
    tried: about the newest run that was no better, empty for none. rounds: runs since the baseline in which something
    was changed.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.steps: tuple[str, ...] = ()
        self._forget()
        self._quiet = QTimer(self, interval=QUIET_MILLISECONDS, singleShot=True)
        self._quiet.timeout.connect(self._follow_run)
        session.state_changed.connect(self._wait)
        session.frame_shown.connect(self._wait)
        session.experiment_changed.connect(self._follow_split)
        session.data_changed.connect(self._follow_data)

    def begin(self, steps: Iterable[str]) -> None:
        """Begin the way of a lab; with no steps there is none."""
        self.steps = tuple(steps)
        self._forget()
        self.changed.emit()

    def look(self, step: str) -> None:
        """Take note that a person has looked at what a step is about."""
        if step in self.steps and step not in self.found and (step == "split" or self.baseline):
            self._find(step, LOOKED_AT)

    @property
    def complete(self) -> bool:
        """Whether there is a way and all of it is done."""
        return bool(self.steps) and all(step in self.found for step in self.steps)

    @property
    def next(self) -> str:
        """The first step that is not done; empty when all are."""
        return next((step for step in self.steps if step not in self.found), "")

    def _forget(self) -> None:
        self.found: dict[str, Note] = {}
        self.tried = say("")
        self.baseline: Score | None = None
        self.best: Score | None = None
        self.rounds = 0
        self._ran: tuple[str, Params, Dataset] | None = None
        self._split, self._base = self._session.split, _base(self._session.data)

    def _find(self, step: str, note: Note) -> None:
        if step in self.steps:
            self.found[step] = note
            self.changed.emit()

    # What happens

    def _follow_split(self) -> None:
        """Another split has other validation rows: scores on the old ones cannot be compared any more."""
        if not self.steps or self._session.split == self._split:
            return
        self._split = self._session.split
        self.baseline = self.best = self._ran = None
        self.rounds, self.tried = 0, say("")
        for step in ("baseline", "improve", "repeat"):
            self.found.pop(step, None)
        split = self._split
        self._find("split", say("{train:.0%} / {validation:.0%} / {test:.0%}", train=split.train,
                                validation=split.validation, test=split.test))  # fmt: skip

    def _follow_data(self) -> None:
        """Edits are a way to improve; other data are another problem, and the way begins again."""
        if self.steps and _base(self._session.data) != self._base:
            self.begin(self.steps)

    def _wait(self) -> None:
        """Look at a run when it has settled and nothing has moved for a moment."""
        if self.steps and self._session.state in SETTLED:
            self._quiet.start()

    def _follow_run(self) -> None:
        session = self._session
        if not self.steps or session.state not in SETTLED or session.engine is NO_ENGINE:
            return
        if session.judge is not None:
            self._find("diagnose", say(session.judge.title))
            return
        ran = (session.engine.key, session.params, session.data)
        same = self._ran is not None and self._ran[:2] == ran[:2] and self._ran[2] is ran[2]
        score = None if same else validation_score(session)
        if score is None:
            return
        self._ran = ran
        if self.baseline is None or self.best is None or self.best.name != score.name:
            self._keep_baseline(score)
        else:
            self._compare(score, self.best)

    def _keep_baseline(self, score: Score) -> None:
        self.baseline = self.best = score
        if self._session.engine.task is Task.REGRESS:
            self._find("confusion", say("a number has none"))
        self._find("baseline", score.told())

    def _compare(self, score: Score, best: Score) -> None:
        """Say whether the number has moved; the first that is better is the improvement, others are rounds."""
        self.rounds += 1
        values = {"before": best.told(), "after": score.told()}
        improved = "improve" in self.found
        if score.beats(best):
            self.best, self.tried = score, say("")
            self._find("improve", say("{before} → {after}", **values))
        else:
            self.tried = say("{after} is no better than {before}", **values)
            self.changed.emit()
        if improved:
            assert self.best is not None
            self._find("repeat", say("rounds: {count}, best {best}", count=self.rounds, best=self.best.told()))


def validation_score(session: Session) -> Score | None:
    """Return how good what is shown is on the validation share; None where nothing tells that."""
    scalars = session.timeline.scalars_at(session.timeline.last)
    for name, sign in (("validation_accuracy", 1), ("validation_r2", 1)):
        if np.isfinite(value := scalars.get(name, np.nan)):
            return Score(name, float(value), sign)
    frame = session.timeline.nearest(session.timeline.last)
    for picture in frame.pictures if frame else ():
        if isinstance(picture, Confusion) and (held := picture.parts == VALIDATION).any():
            right = picture.truth[held] == picture.predicted[held]
            return Score("validation_accuracy", float(right.mean()), 1)
    if np.isfinite(value := scalars.get("validation_loss", np.nan)):
        return Score("validation_loss", float(value), -1)
    return None


def _base(data: Dataset) -> tuple[type[Dataset], Recipe]:
    """Return what stays the same while data are edited by hand."""
    return type(data), replace(data.recipe, then=())
