"""What keys and the command palette can do in the window."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from app.language import bind, speaker, tr
from app.panels.palette import Entry
from app.session import project
from app.theme import theme
from engines.core.lab import course
from engines.core.language import LANGUAGES, LearnerError, translate

if TYPE_CHECKING:
    from app.window import MainWindow

TYPING = (QLineEdit,)


@dataclass(frozen=True)
class Command:
    """One command: its name, its keys, what it does. plain: a key without Ctrl, which typing must not trigger."""

    name: str
    keys: str
    act: Callable[[], object]
    plain: bool = False


class Actions:
    """The commands of the window."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window

    def install(self) -> None:
        """Give every command its keys."""
        for command in self._commands():
            action = QAction(self._window)
            bind(action, action.setText, command.name)
            if command.keys:
                action.setShortcut(QKeySequence(command.keys))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.triggered.connect(lambda _=False, command=command: self._run(command))
            self._window.addAction(action)

    def entries(self) -> list[Entry]:
        """Return labs and commands for the palette."""
        labs = [
            Entry(lab.title, partial(self._window.open_lab, lab.key)) for chapter in course() for lab in chapter.labs
        ]
        commands = [
            Entry({language: translate(command.name, language) for language in LANGUAGES}, command.act, command.keys)
            for command in self._commands()
        ]
        return labs + commands

    def _commands(self) -> tuple[Command, ...]:
        session, window = self._window.session, self._window
        return (
            Command("Play or pause", "Space", session.toggle, plain=True),
            Command("Next step", "Right", session.forward, plain=True),
            Command("One step back", "Left", session.back, plain=True),
            Command("Begin again", "R", session.reset, plain=True),
            Command("Final exam", "", session.sit_exam),
            Command("Keep this as a ghost", "Ctrl+G", lambda: window.stage.editor.keep_ghost()),
            Command("Remove the ghost", "Ctrl+Shift+G", lambda: window.stage.editor.drop_ghost()),
            Command("Search labs and commands", "Ctrl+K", lambda: window.palette_.open()),
            Command("Open an experiment …", "Ctrl+O", self.ask_open),
            Command("Save the experiment …", "Ctrl+S", self.ask_save),
            Command("中文 / English", "Ctrl+L", self.switch_language),
            Command("Light or dark", "Ctrl+D", self.switch_theme),
            Command("Projector mode", "F11", self.switch_projector),
        )

    def _run(self, command: Command) -> None:
        if not (command.plain and isinstance(QApplication.focusWidget(), TYPING)):
            command.act()

    # Looks

    def switch_language(self) -> None:
        """From Chinese to English or back."""
        speaker.speak("zh" if speaker.language == "en" else "en")

    def switch_theme(self) -> None:
        """From light to dark or back."""
        theme.set(dark=not theme.dark)

    def switch_projector(self) -> None:
        """Full screen with big type and no course list, or back."""
        theme.set(projector=not theme.projector, height=self._window.screen().size().height())
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    # Files

    def ask_open(self) -> None:
        """Let the person choose an experiment file and open it."""
        path, _ = QFileDialog.getOpenFileName(self._window, tr("Open an experiment …"), "", "Sandtable (*.sandtable)")
        if path:
            self.open_file(Path(path))

    def open_file(self, path: Path) -> None:
        """Open an experiment file; what is wrong with it is said on the stage."""
        try:
            experiment = project.load(path)
        except LearnerError as error:
            self._window.stage.message.say(error.note, "bad")
            return
        self._window.show_experiment(experiment, "Open a file")

    def open_paths(self, paths: list[Path]) -> None:
        """Open what was dropped on the window: an experiment, or data."""
        if paths and paths[0].suffix.lower() == project.SUFFIX:
            self.open_file(paths[0])
        elif paths:
            self._window.stage.open_files(paths)

    def ask_save(self) -> None:
        """Let the person choose a file and write the experiment there."""
        path, _ = QFileDialog.getSaveFileName(
            self._window, tr("Save the experiment …"), "experiment.sandtable", "Sandtable (*.sandtable)"
        )
        if not path:
            return
        try:
            project.save(Path(path).with_suffix(".sandtable"), self._window.session.experiment)
        except LearnerError as error:
            self._window.stage.message.say(error.note, "bad")
