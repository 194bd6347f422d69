"""The stage: one canvas on which one edits the data, with the live result on it."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget

from app.editors.editor import Editor, editor_for
from app.kit import Card, ErrandStrip, MessageBar
from app.session.errand import Errand
from app.session.session import ENDED, Session
from engines.core.dataset import Dataset
from engines.core.language import LearnerError, Note, say
from engines.core.messages import State
from engines.core.params import specs
from engines.core.step import Poke
from engines.data.importing import ending_of, readers

WATCH = "watch"  # the hyper-parameter that says which row is worked out, where an algorithm has it


class Stage(Card):
    """Holds the editor of each kind of data that was asked for, one of them shown.

    ``switched(Editor)`` when another one is shown.
    """

    switched = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._editors: dict[type[Dataset], Editor] = {}
        self.message = MessageBar()
        self.strip = ErrandStrip()
        self._failed = False  # whether the message is about a run that could not be
        self._outdated = False  # whether another run has begun since
        self._cautioned = say("")  # what the step that is shown warns of
        self._pointed_at = -1  # the row that was clicked last in this run
        self.strip.cancelled.connect(self.close_all)
        self._stack = QStackedWidget()
        self.body.addWidget(self.message)
        self.body.addWidget(self.strip)
        self.body.addWidget(self._stack, stretch=1)
        session.frame_shown.connect(self.show_frame)
        session.cleared.connect(self._clear)
        session.failed.connect(self._say_failure)
        session.state_changed.connect(self._quieten)

    @property
    def editor(self) -> Editor:
        """The editor that is shown."""
        shown = self._stack.currentWidget()
        assert isinstance(shown, Editor)
        return shown

    def editor_of(self, kind: type[Dataset]) -> Editor:
        """Return the editor of a kind of data, made when it is first asked for."""
        if kind not in self._editors:
            editor = editor_for(kind)(self._session)
            editor.said.connect(self.message.say)
            editor.wanted.connect(self.show_data)
            editor.importing.connect(self._watch)
            editor.pointed_at.connect(self._work_out)
            editor.wondered.connect(self._session.ask)
            self._editors[kind] = editor
            self._stack.addWidget(editor)
        return self._editors[kind]

    def show_kind(self, kind: type[Dataset]) -> None:
        """Show the editor of a kind of data, with what was last in it."""
        editor = self.editor_of(kind)
        if self._stack.currentWidget() is editor and editor.active:
            return
        for other in self._editors.values():
            other.active = other is editor
        self._stack.setCurrentWidget(editor)
        self.message.hide()
        self.switched.emit(editor)

    def show_data(self, data: Dataset, name: str | Note) -> None:
        """Put data into the editor of their kind and show it; ``name`` is what undo calls the change."""
        self.show_kind(type(data))
        self.editor.document.load(data, name)

    def open_file(self, path: Path) -> None:
        """Import a file in the editor of what it holds; what is wrong with it is said in the message bar."""
        self.open_files([path])

    def open_files(self, paths: list[Path]) -> None:
        """Import files that were dropped together, in the editor of what the first of them holds."""
        form = readers().get(ending_of(paths[0]))
        editor = self.editor_of(form.kind if form else self.editor.kind)
        try:
            if len(paths) > 1:
                editor.open_files(paths)
            else:
                editor.open_file(paths[0])
        except LearnerError as error:
            self.message.say(error.note, "bad")

    def _watch(self, errand: Errand) -> None:
        """Show how far a file that is being read is."""
        errand.told.connect(self.strip.tell)
        errand.finished.connect(self.strip.hide)

    def show_frame(self) -> None:
        """Draw the pictures of the step that is shown."""
        if frame := self._session.frame:
            if self._outdated:
                self._failed = self._outdated = False
                self.message.hide()
            self._caution(frame.caution)
            self.editor.show_frame(frame)

    def _caution(self, note: Note) -> None:
        """Say what a step warns of, until a step does no more."""
        if note.text and note != self._cautioned:
            self.message.say(note, "warn")
        elif not note.text and self._cautioned.text:
            self.message.hide()
        self._cautioned = note

    def _work_out(self, row: int) -> None:
        """Have the row that was clicked worked out, if the algorithm works one out and its run has not ended."""
        session = self._session
        spec = next((spec for spec in specs(type(session.params)) if spec.name == WATCH), None)
        if spec is None or session.judge is not None or session.state in ENDED:
            return
        within = row < spec.param.high  # as far as the slider goes
        if row == self._pointed_at and (not within or getattr(session.params, WATCH) == row + 1):
            return
        self._pointed_at = row
        session.seek(session.timeline.last)
        before = session.params
        if within:
            session.set_param(WATCH, row + 1)
        if session.state is State.PAUSED or session.params == before:  # else the change alone brings a step
            session.poke(Poke(WATCH, (row,), 0))

    def ring(self, index: np.ndarray) -> None:
        """Ring these rows of the data: (m,)."""
        self.editor.ring(index)

    def _say_failure(self, note: Note) -> None:
        """Say why a run could not go on, until another one can."""
        self.message.say(note, "bad")
        self._failed, self._outdated = True, False

    def _clear(self) -> None:
        self._outdated, self._pointed_at = self._failed, -1
        for editor in self._editors.values():
            editor.clear_pictures()
            editor.ring(np.zeros(0, int))

    def _quieten(self) -> None:
        if self._session.playing:
            self.message.hide()

    def close_all(self) -> None:
        """Give up whatever is still being read, written or made."""
        for editor in self._editors.values():
            editor.stop_reading()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Let the window have the keys that the canvas does not use."""
        event.ignore()
