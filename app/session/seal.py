"""The seal on the test share: nothing of it is shown before the final exam, and every further exam is counted."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from engines.core.dataset import Split
from engines.core.language import Note, say
from engines.core.params import Params


@dataclass(frozen=True)
class Model:
    """What sits the exam: the same algorithm with the same settings, dice and prepared columns is the same model."""

    engine_key: str
    params: Params
    seed: int
    prepared: tuple[object, ...] = ()


class Seal(QObject):
    """Knows which models have sat the exam on each split of the data at hand. ``changed`` when it opens or closes.

    Open for a model that has sat it; closed again for any other. New data begin with no exam.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._sat: dict[Split, list[Model]] = {}
        self._model: Model | None = None
        self._split = Split()

    @property
    def open(self) -> bool:
        """Whether the test share may be seen."""
        return self._model in self._sat.get(self._split, [])

    @property
    def exams(self) -> int:
        """How many models have sat the exam on this test share."""
        return len(self._sat.get(self._split, []))

    def follow(self, model: Model, split: Split) -> None:
        """Take note of what would sit the exam now, and on which split."""
        before = self._told()
        self._model, self._split = model, split
        self._tell(before)

    def renew(self) -> None:
        """Begin anew: the data are others."""
        before = self._told()
        self._sat = {}
        self._tell(before)

    def sit(self) -> Note:
        """Open the test share for the model at hand and return what is to be said about it."""
        if self._model is not None and not self.open:
            self._sat.setdefault(self._split, []).append(self._model)
            self.changed.emit()
        return self.remark()

    def remark(self) -> Note:
        """Return in words what the number of exams means."""
        if self.exams < 2:
            return say("Final exam: the test share is open for this model. The number counts, because it is the first.")
        return say(
            "This is exam number {count} on the same test set: the number is no longer honest. "
            "Draw new data or split again.",
            count=self.exams,
        )

    def _told(self) -> tuple[bool, int]:
        return self.open, self.exams

    def _tell(self, before: tuple[bool, int]) -> None:
        if self._told() != before:
            self.changed.emit()
