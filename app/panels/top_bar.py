"""The bar at the top: name, where one is in the course, search, undo, device, language, theme, projector."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from app.kit import Chip, ElidedLabel, IconButton
from app.language import bind
from app.panels.palette import CommandPalette
from app.theme import theme
from engines.core.language import say


class TopBar(QFrame):
    """Buttons only; what they do is connected by the window."""

    def __init__(self, palette: CommandPalette) -> None:
        super().__init__()
        self.setObjectName("topbar")
        self._name, self._chapter, self._lab = QLabel(), ElidedLabel(), ElidedLabel()
        bind(self._name, self._name.setText, "Sandtable")
        self._chapter.setProperty("muted", True)
        self.undo, self.redo = IconButton("undo", "Undo", "Ctrl+Z"), IconButton("redo", "Redo", "Ctrl+Y")
        self._followed: tuple[tuple[IconButton, QAction], ...] = ()
        for place, button in enumerate((self.undo, self.redo)):
            button.setEnabled(False)
            button.clicked.connect(lambda _=False, place=place: self._followed[place][1].trigger())
        self.device = Chip("CPU")
        self.language = IconButton("languages", "中文 / English", "Ctrl+L")
        self.theme = IconButton("moon", "Light or dark", "Ctrl+D")
        self.projector = IconButton("projector", "Projector mode", "F11")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 6, 16, 6)
        layout.setSpacing(8)
        for widget in (self._name, self._chapter, self._lab):
            layout.addWidget(widget)
            layout.addSpacing(8)
        layout.addStretch()
        for item in (palette, self.undo, self.redo, self.device, self.language, self.theme, self.projector):
            layout.addWidget(item)
        theme.bind(self, self._restyle)

    def show_place(self, chapter: str, lab: str) -> None:
        """Show where in the course one is: already translated words."""
        self._chapter.setText(f"{chapter}  ›" if chapter else "")
        self._lab.setText(lab)

    def show_device(self, device: str, threads: int) -> None:
        """Show what networks run on, and on how many threads."""
        note = say("{device} · threads: {threads}", device=(device or "cpu").upper(), threads=threads)
        bind(self.device, self.device.setText, note)

    def follow(self, undo: QAction, redo: QAction) -> None:
        """Undo and redo what these actions do, from now on."""
        for _, action in self._followed:
            action.changed.disconnect(self._follow)
        self._followed = ((self.undo, undo), (self.redo, redo))
        for _, action in self._followed:
            action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        """Show whether there is something to undo or redo, and what."""
        for button, action in self._followed:
            button.setEnabled(action.isEnabled())
            button.setToolTip(f"{action.text()} ({action.shortcut().toString()})")

    def _restyle(self) -> None:
        self._name.setFont(theme.font("number"))
        self._lab.setFont(theme.font("strong"))
        self.theme.set_icon("sun" if theme.dark else "moon")
