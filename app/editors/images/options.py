"""What the Data tab shows for pictures: size and colour of the whole set, augmenting, folders in and out."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from app.editors.images.editor import ImagesEditor
from app.kit import QuietButton, Segmented, ValueSlider, section
from app.language import bind
from engines.core.language import say

SMALLEST_BOARD, LARGEST_BOARD = 8, 64


class ImagesOptions(QWidget):
    """``reshape(height, width, coloured)``, ``augment``, ``open_folder`` and ``write_folders``: what a person wants."""

    reshape = Signal(int, int, bool)
    augment = Signal()
    open_folder = Signal()
    write_folders = Signal()

    def __init__(self, editor: ImagesEditor) -> None:
        super().__init__()
        self._editor = editor
        self._shape: object = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(section("Size and colour"))
        self.width_ = ValueSlider("Width", SMALLEST_BOARD, LARGEST_BOARD, 28, whole=True)
        self.height_ = ValueSlider("Height", SMALLEST_BOARD, LARGEST_BOARD, 28, whole=True)
        self.colour = Segmented([("grey", "Grey"), ("colour", "Colour")])
        self.note = QLabel(wordWrap=True)
        self.note.setProperty("muted", True)
        self.apply = QuietButton("Change all pictures", "check")
        self.width_.changed.connect(lambda _: self._tell())
        self.height_.changed.connect(lambda _: self._tell())
        self.colour.chosen.connect(lambda _: self._tell())
        self.apply.clicked.connect(self._apply)
        for widget in (self.width_, self.height_, self.colour, self.note, self.apply):
            layout.addWidget(widget)
        layout.addWidget(section("More pictures"))
        self.more = QuietButton("Augment …", "layers")
        self.open = QuietButton("Import a folder …", "folder-open")
        self.write = QuietButton("Export as folders …", "save")
        bind(self.write, self.write.setToolTip, "A folder for each class, with a PNG for each picture")
        self.more.clicked.connect(self.augment)
        self.open.clicked.connect(self.open_folder)
        self.write.clicked.connect(self.write_folders)
        grid = QGridLayout()
        grid.setSpacing(6)
        grid.addWidget(self.more, 0, 0)
        grid.addWidget(self.open, 1, 0)
        grid.addWidget(self.write, 2, 0)
        layout.addLayout(grid)
        editor.chosen.connect(self._show)
        self._show()

    def _wanted(self) -> tuple[int, int, bool]:
        return int(self.height_.value()), int(self.width_.value()), self.colour.current == "colour"

    def _show(self) -> None:
        """Follow the set, but not while somebody is choosing for it."""
        images = self._editor.images
        there = (*images.size, images.coloured)
        if there != self._shape:
            self._shape = there
            self.height_.set_value(min(LARGEST_BOARD, images.size[0]))
            self.width_.set_value(min(LARGEST_BOARD, images.size[1]))
            self.colour.choose("colour" if images.coloured else "grey")
        for button in (self.more, self.write):
            button.setEnabled(len(images) > 0)
        self._tell()

    def _tell(self) -> None:
        """Say before it is done what would be done."""
        images, (height, width, coloured) = self._editor.images, self._wanted()
        same = (height, width, coloured) == self._shape
        self.apply.setEnabled(not same)
        (now_height, now_width), n = images.size, len(images)
        if same or not n:
            bind(
                self.note, self.note.setText,
                say("Now {width} × {height}; new pictures get this size.", width=now_width, height=now_height),
            )  # fmt: skip
        elif (height, width) == images.size:
            if coloured:
                bind(self.note, self.note.setText, "All pictures get three colours; nothing is lost.")
            else:
                bind(self.note, self.note.setText, "All pictures lose their colours. One undo brings them back.")
        else:
            bind(
                self.note, self.note.setText,
                say("{n} pictures are resampled from {now_width} × {now_height} to {width} × {height}. One undo brings "
                    "them back.", n=n, now_width=now_width, now_height=now_height, width=width, height=height),
            )  # fmt: skip

    def _apply(self) -> None:
        self.reshape.emit(*self._wanted())
