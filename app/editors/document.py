"""What is being edited, and an undo for every gesture: shared by the editors of all kinds of data."""

from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence

from app.language import bind
from engines.core.dataset import DRAWN, Dataset, Recipe
from engines.core.language import Note, say

MOST_UNDO = 200
MOST_BYTES = 512 * 2**20  # of what is kept only for undo


@dataclass(frozen=True)
class Past:
    """What a gesture was, and whatever turns it back."""

    name: Note
    state: Any


class Document(QObject):
    """Data that can be edited; ``data`` is a frozen picture of now.

    ``changed`` fires after every edit, ``loaded`` before it when all is new, ``ended`` after every gesture. Between
    ``begin`` and ``end`` edits are one gesture and one undo. A gesture that changed nothing leaves no trace. This class
    keeps whole frozen datasets, which share the arrays that did not change; a kind whose edits are many and small
    overrides the methods at the end.
    """

    changed = Signal()
    loaded = Signal()
    ended = Signal()

    def __init__(self, empty: Dataset) -> None:
        super().__init__()
        self._empty = empty
        self._data: Dataset = empty
        self._before: Dataset = empty
        self._undo: list[Past] = []
        self._redo: list[Past] = []
        self._gesture: Note | None = None
        self._last_load: object = None  # what the newest load is part of, while nothing has come after it
        self.undo_action, self.redo_action = QAction(self), QAction(self)
        self.undo_action.setShortcut(QKeySequence("Ctrl+Z"))
        self.redo_action.setShortcuts([QKeySequence("Ctrl+Y"), QKeySequence("Ctrl+Shift+Z")])
        self.undo_action.triggered.connect(self.undo)
        self.redo_action.triggered.connect(self.redo)
        self._name_actions()

    @property
    def data(self) -> Dataset:
        """The data of now, frozen."""
        return self._data

    def __len__(self) -> int:
        return len(self._data)

    @property
    def in_gesture(self) -> bool:
        """Whether a gesture has begun and not ended."""
        return self._gesture is not None

    # Gestures

    def begin(self, name: str | Note) -> None:
        """Begin a gesture; one whose end got lost ends now."""
        self.end()
        self._gesture = name if isinstance(name, Note) else say(name)
        self._opened()

    def end(self) -> None:
        """End the gesture: one undo, if anything changed."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None and (state := self._closed()) is not None:
            self._remember(Past(gesture, state))
        if gesture is not None:
            self.ended.emit()

    def put(self, data: Dataset, name: str | Note) -> None:
        """Put edited data in the place of the old: one undo, or part of the gesture that is under way.

        ``data`` should share the arrays that did not change; its recipe is marked as edited by hand.
        """
        alone = not self.in_gesture
        if alone:
            self.begin(name)
        self._data = _by_hand(data)
        self._last_load = None
        if alone:
            self.end()
        self.changed.emit()

    # Whole changes

    def load(self, data: Dataset, name: str | Note, part_of: object = None) -> None:
        """Replace everything; one undo.

        part_of: loads in a row that are part of the same thing (a slider being dragged) are one undo together.
        """
        interrupted = self._gesture
        self.end()
        goes_on = part_of is not None and part_of == self._last_load
        worth_it = len(self) > 0 or bool(self._undo or self._redo)  # an empty beginning is nothing to go back to
        before = self._exchange(data)
        if not goes_on and worth_it:
            self._remember(Past(name if isinstance(name, Note) else say(name), before))
        self._last_load = part_of
        if interrupted:
            self.begin(interrupted)
        self.loaded.emit()
        self.changed.emit()

    def clear(self) -> None:
        """Take everything away; one undo."""
        if len(self):
            self.load(self._emptied(), "Clear")

    # Undo

    def undo(self) -> None:
        """Take the last gesture back."""
        self._swap(self._undo, self._redo)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._swap(self._redo, self._undo)

    def _swap(self, source: list[Past], target: list[Past]) -> None:
        if source and self._gesture is None:
            past = source.pop()
            target.append(Past(past.name, self._turn_back(past.state)))
            self._last_load = None
            self._name_actions()
            self.changed.emit()

    def _remember(self, past: Past) -> None:
        self._undo = [*self._undo[-MOST_UNDO + 1 :], past]
        self._redo.clear()
        self._forget_the_oldest()
        self._name_actions()

    def _forget_the_oldest(self) -> None:
        """Keep within the memory for undo: count every array once, from the newest back."""
        seen: set[int] = set()
        total = 0
        for place in range(len(self._undo) - 1, -1, -1):
            for array in self._arrays_of(self._undo[place].state):
                if id(array) not in seen:
                    seen.add(id(array))
                    total += array.nbytes
            if total > MOST_BYTES and place < len(self._undo) - 1:
                self._undo = self._undo[place + 1 :]
                return

    def _name_actions(self) -> None:
        for action, stack, plain, named in (
            (self.undo_action, self._undo, "Undo", "Undo: {what}"),
            (self.redo_action, self._redo, "Redo", "Redo: {what}"),
        ):
            note = say(named, what=stack[-1].name) if stack else say(plain)
            bind(action, action.setText, note)
            action.setEnabled(bool(stack))

    # What a kind may do in its own way

    def _opened(self) -> None:
        """Remember how things are as a gesture begins."""
        self._before = self.data

    def _closed(self) -> Any:
        """Return what turns the gesture back; None when it changed nothing."""
        return None if self.data is self._before else self._before

    def _exchange(self, data: Dataset) -> Any:
        """Put other data in the place of these and return what turns it back."""
        before, self._data = self._data, data
        return before

    def _turn_back(self, state: Any) -> Any:
        """Undo a gesture and return what does it again."""
        return self._exchange(state)

    def _emptied(self) -> Dataset:
        """Return what is left when everything is taken away."""
        return self._empty

    def _arrays_of(self, state: Any) -> list[Any]:
        """Return the arrays that are kept for undo."""
        return list(state.arrays().values()) if isinstance(state, Dataset) else []


def _by_hand(data: Dataset) -> Dataset:
    """Return the data with a recipe that says it was edited."""
    recipe = data.recipe.followed_by(Recipe(DRAWN))
    return data if recipe is data.recipe else replace(data, recipe=recipe)
