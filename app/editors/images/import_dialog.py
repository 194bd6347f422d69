"""Before pictures are read: how large, in which colours, and whether they are added to what is there."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.kit import ChoiceBox, PrimaryButton, QuietButton, Segmented
from app.language import bind
from app.theme import theme
from engines.core.language import say
from engines.data.files.pictures import PictureOptions
from engines.data.images import Images

SIDES = ("8", "16", "28", "32", "48", "64", "96", "128")
FITS = [
    ("stretch", "Stretch to the size"), ("crop", "Cut to the middle"), ("margins", "Leave margins"),
]  # fmt: skip
COLOURS = [("as they are", "As they are"), ("grey", "Grey"), ("colour", "Colour")]


class ImportDialog(QDialog):
    """``wanted(Path, PictureOptions, bool)`` when a person has decided: whether to add to what is there."""

    wanted = Signal(object, object, bool)

    def __init__(self, parent: QWidget, paths: list[Path], images: Images) -> None:
        super().__init__(parent)
        self._paths, self._images = paths, images
        bind(self, self.setWindowTitle, "Import pictures")
        title, hint = QLabel(wordWrap=True), QLabel(wordWrap=True)
        theme.bind(title, lambda: title.setFont(theme.font("title")))
        hint.setProperty("muted", True)
        if len(paths) > 1:
            bind(title, title.setText, say("Import {count} files", count=len(paths)))
        else:
            bind(title, title.setText, say("Import “{name}”", name=paths[0].name or str(paths[0])))
        bind(
            hint, hint.setText,
            "Each folder in a folder is a class, by its name. What is no picture is left out and named afterwards.",
        )  # fmt: skip
        self.mode = Segmented([("replace", "Replace"), ("add", "Add")])
        self.mode.chosen.connect(self._show)
        self.mode.setVisible(len(images) > 0)
        self.size_ = ChoiceBox("Size", [("0", "As most of them"), *((side, f"{side} × {side}") for side in SIDES)])
        self.colour = ChoiceBox("Colours", COLOURS)
        self.fit = ChoiceBox("Other ratios", FITS)
        self.note = QLabel(wordWrap=True)
        self.note.setProperty("muted", True)
        self.cancel = QuietButton("Cancel")
        self.cancel.clicked.connect(self.reject)
        self.apply = PrimaryButton("check", "Import")
        self.apply.clicked.connect(self._decide)
        self.apply.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.apply)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(10)
        for widget in (title, hint, self.mode, self.size_, self.colour, self.fit, self.note):
            layout.addWidget(widget)
        layout.addSpacing(8)
        layout.addLayout(buttons)
        theme.bind(self, lambda: self.setMinimumWidth(theme.px(360)))
        if len(images) and not any(path.is_dir() for path in paths):
            self.mode.choose("add")  # single files are more likely meant for what is there
        self._show()

    @property
    def _adding(self) -> bool:
        return len(self._images) > 0 and self.mode.current == "add"

    def _show(self, _: str = "") -> None:
        adding = self._adding
        self.size_.setEnabled(not adding)
        self.colour.setEnabled(not adding)
        height, width = self._images.size
        if adding:
            bind(
                self.note, self.note.setText,
                say("They get the size of the pictures that are there: {width} × {height}.", width=width,
                    height=height),
            )  # fmt: skip
        else:
            bind(
                self.note,
                self.note.setText,
                "Pictures larger than 64 pixels are made smaller unless you choose a size.",
            )

    def options(self) -> PictureOptions:
        """Return what was chosen."""
        also = tuple(self._paths[1:])
        fit = self.fit.value()
        if self._adding:
            height, width = self._images.size
            colour = "colour" if self._images.coloured else "grey"
        else:
            height = width = int(self.size_.value())
            colour = self.colour.value()
        return PictureOptions(width, height, colour, fit, also)  # type: ignore[arg-type] # they are the keys above

    def _decide(self) -> None:
        self.accept()
        self.wanted.emit(self._paths[0], self.options(), self._adding)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Stand on the colour of a card."""
        QPainter(self).fillRect(self.rect(), theme.tokens.color("card"))
