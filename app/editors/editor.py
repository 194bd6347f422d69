"""The base of all editors: one per kind of data, found by the kind's name, drawn on the stage."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.editors.document import Document
from app.session.errand import Errand
from app.session.session import Session
from engines.core.dataset import Dataset, kinds
from engines.core.language import LearnerError, Note, say
from engines.core.messages import Frame
from engines.data.importing import Imported, read_file, write_file


class Editor(QWidget):
    """Shows and edits one kind of data on the stage.

    ``said(Note, kind)`` is for the message bar. ``wanted(Dataset, name)`` hands over data of another kind, which the
    window shows in that kind's editor. ``pointed_at(row)``: a row of the data was clicked. ``wondered(Question)``: what
    does the model that is being run say of this? A subclass sets ``kind`` and lives in ``app.editors.<kind>.stage``.
    """

    kind: ClassVar[type[Dataset]]
    said = Signal(object, str)
    wanted = Signal(object, object)
    importing = Signal(object)
    pointed_at = Signal(int)
    wondered = Signal(object)

    def __init__(self, session: Session, document: Document) -> None:
        super().__init__()
        self.session, self.document = session, document
        self.active = False  # whether it is the one on the stage: only then does the session follow it
        self._errand: Errand | None = None
        document.changed.connect(self._pass_on)

    def _pass_on(self) -> None:
        """Hand what was edited to the session."""
        if self.active:
            self.session.set_data(self.document.data)

    # What a kind may show

    def options(self) -> QWidget | None:
        """Return what the Data tab shows for this kind alone; None for nothing."""
        return None

    def show_frame(self, frame: Frame) -> None:
        """Draw the pictures of a step that belong on the stage."""

    def clear_pictures(self) -> None:
        """Take the pictures of the run away."""

    def ring(self, index: np.ndarray) -> None:
        """Mark these rows: (m,)."""

    def keep_ghost(self) -> None:
        """Keep the boundary that is shown, to compare what comes with it."""
        self.said.emit(say("A ghost is kept of a boundary on the plane: choose points as the data."), "info")

    def drop_ghost(self) -> None:
        """Take the ghost away."""

    # Files

    def open_file(self, path: Path) -> None:
        """Read a file of this kind apart from the window, then take it; a kind with a dialog asks first."""
        self.read(path, None)

    def open_files(self, paths: list[Path]) -> None:
        """Read several files that were dropped together; a kind that cannot takes the first."""
        self.open_file(paths[0])

    def read(self, path: Path, options: object) -> None:
        """Read a file with what the dialog asked for; ``take_imported`` gets what comes back."""
        self._send(Errand(self, read_file, path, options)).done.connect(self.take_imported)

    def write(self, path: Path) -> None:
        """Write the data in the format of the file's ending, apart from the window: a million rows take seconds."""
        errand = self._send(Errand(self, write_file, self.document.data, path))
        errand.done.connect(lambda _: self.said.emit(say("“{name}” is written.", name=path.name), "info"))

    def load_apart(self, work: tuple[Any, ...], name: Note, part_of: object = None) -> None:
        """Load what a function brings back when it is called apart from the window; ``work``: it and its arguments."""
        self._send(Errand(self, *work)).done.connect(lambda data: self.document.load(data, name, part_of))

    def _send(self, errand: Errand) -> Errand:
        """Send an errand out in the place of the one under way, and say what goes wrong with it."""
        self.stop_reading()
        self._errand = errand
        errand.failed.connect(lambda note: self.said.emit(note, "bad"))
        errand.finished.connect(self._let_go)
        self.importing.emit(errand)
        errand.start()
        return errand

    def _let_go(self) -> None:
        """Forget an errand that is over, and with it the data that it carried."""
        errand = self.sender()
        if errand is self._errand:
            self._errand = None
        if errand is not None:
            errand.deleteLater()

    def take_imported(self, imported: Imported) -> None:
        """Put what was read on the stage and say what could not be read."""
        name = say("Import “{name}”", name=imported.data.recipe.source)
        if self.active and isinstance(imported.data, self.kind):
            self.document.load(imported.data, name)
        else:
            self.wanted.emit(imported.data, name)  # it is of another kind, or another editor is on the stage
        if imported.problems:
            self.said.emit(_listed(imported.problems), "warn")

    def stop_reading(self) -> None:
        """Give up what is being read or written."""
        if self._errand is not None:
            self._errand.cancel()
            self._errand = None


def _listed(problems: tuple[Note, ...]) -> Note:
    """Return the first problems as one sentence, and how many more there are."""
    first = problems[:3]
    text = " ".join(f"{{part{i}}}" for i in range(len(first)))
    values = tuple((f"part{i}", note) for i, note in enumerate(first))
    shown = Note(text, values)
    if len(problems) > len(first):
        return say("{problems} … and {count} more", problems=shown, count=len(problems) - len(first))
    return shown


def has_editor(kind: type[Dataset]) -> bool:
    """Whether there is an editor for a kind of data; nothing is imported for the answer."""
    return find_spec(f"app.editors.{kind.kind.lower()}") is not None


@cache
def edited_kinds() -> tuple[type[Dataset], ...]:
    """Return the kinds that have an editor, in the order in which they are offered."""
    return tuple(sorted((kind for kind in kinds().values() if has_editor(kind)), key=lambda kind: kind.order))


def editor_for(kind: type[Dataset]) -> Callable[[Session], Editor]:
    """Return what makes the editor of a kind of data; LearnerError when there is none."""
    if not has_editor(kind):
        raise LearnerError("There is no editor for {kind} yet.", kind=say(kind.title))
    module = import_module(f"app.editors.{kind.kind.lower()}.stage")
    return next(
        item for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, Editor) and getattr(item, "kind", None) is kind
    )  # fmt: skip
