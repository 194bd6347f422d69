"""Pictures on the stage: a drawing board at the left, classes and all pictures at the right."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.editors.editor import Editor
from app.editors.images.augment_dialog import AugmentDialog
from app.editors.images.board import Board
from app.editors.images.class_list import MOST_MERGES, ClassList, swatch
from app.editors.images.classes import shown_name
from app.editors.images.document import ImagesDocument
from app.editors.images.editor import ImagesEditor
from app.editors.images.empty_state import EmptyState
from app.editors.images.import_dialog import ImportDialog
from app.editors.images.options import ImagesOptions
from app.editors.images.sheet import ContactSheet
from app.editors.images.toolbar import OptionStrip, PictureBar, ToolBox
from app.language import bind, tr
from app.session.errand import Errand
from app.session.session import Session
from app.theme import theme
from engines.core.dataset import TEST, TRAIN, VALIDATION
from engines.core.language import LearnerError, say
from engines.core.step import Question
from engines.data.files.pictures import ENDINGS, PictureOptions, write_folders
from engines.data.images import Images, joined, reshaped
from engines.data.importing import FOLDER, Imported, ending_of
from engines.data.points import UNLABELLED
from engines.data.samples.pictures import augmented_apart
from engines.data.sampling import make_sample, sample_named

AT_ONCE = 2**18  # bytes of pixels that are worked on in the window; more is sent out


class ImagesStage(Editor):
    """One draws, sorts and multiplies pictures."""

    kind = Images

    def __init__(self, session: Session) -> None:
        document = ImagesDocument()
        super().__init__(session, document)
        document.setParent(self)
        self.pictures = document
        self.editor = ImagesEditor(document)
        self.editor.said.connect(self.said)
        self.board, self.sheet = Board(self.editor), ContactSheet(self.editor)
        self.tools, self.strip = ToolBox(self.editor), OptionStrip(self.editor)
        self.bar, self.classes = PictureBar(self.editor), ClassList(self.editor)
        self.empty = EmptyState()
        self._options: ImagesOptions | None = None
        self._dialog: QDialog | None = None
        self._adding = False
        self._awaited: tuple[Images, Callable[[Any], None]] | None = None
        self._wondered = Question("picture")  # what was asked last
        self._watch = 1  # the picture that the algorithm works out, from 1
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._desk())
        self.setFocusProxy(self.board)
        self.setAcceptDrops(True)
        self.sheet.asked.connect(self._open_menu)
        self.empty.new.connect(self._draw_first)
        self.empty.folder.connect(self.ask_folder)
        self.empty.sample.connect(self._take_sample)
        self.editor.chosen.connect(self._show)
        self.editor.chosen.connect(self._wonder)
        self.editor.live.connect(self._wonder)
        session.cleared.connect(self._wonder_anew)
        session.experiment_changed.connect(self._follow_watch)
        session.data_changed.connect(self._show_parts)
        self._show()

    def _desk(self) -> QWidget:
        left, right, desk = QWidget(), QWidget(), QWidget()
        beside = QHBoxLayout()
        beside.setSpacing(6)
        beside.addWidget(self.tools)
        beside.addWidget(self.board, stretch=1)
        at_left = QVBoxLayout(left)
        at_left.setContentsMargins(0, 0, 0, 0)
        at_left.addLayout(beside, stretch=1)
        at_left.addWidget(self.bar)
        self.told = QLabel(wordWrap=True)
        self.told.setProperty("muted", True)
        self.told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        theme.bind(self.told, lambda: self.told.setFont(theme.font("small")))
        sheet = QVBoxLayout()
        sheet.setSpacing(4)
        sheet.addWidget(self.sheet, stretch=1)
        sheet.addWidget(self.told)
        at_right = QHBoxLayout(right)
        at_right.setContentsMargins(0, 0, 0, 0)
        at_right.setSpacing(8)
        at_right.addWidget(self.classes)
        at_right.addLayout(sheet, stretch=1)
        split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=12)
        split.addWidget(left)
        split.addWidget(right)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        layout = QVBoxLayout(desk)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.strip)
        layout.addWidget(split, stretch=1)
        return desk

    # What a kind may show

    def options(self) -> QWidget:
        """Return size and colour of the set, augmenting, folders."""
        if self._options is None:
            self._options = options = ImagesOptions(self.editor)
            options.reshape.connect(self.reshape)
            options.augment.connect(self.ask_augment)
            options.open_folder.connect(self.ask_folder)
            options.write_folders.connect(self.ask_write)
        return self._options

    def ring(self, index: np.ndarray) -> None:
        """Mark these pictures, (m,), and put one that is alone on the board."""
        self.sheet.ring(index)
        if len(index) == 1:
            self.editor.pick(int(index[0]))

    def _wonder(self) -> None:
        """Ask what the model says of the picture on the board, as it is while it is drawn on."""
        row, pixels, last = self.editor.row, self.editor.pixels, self._wondered
        if not self.active or pixels is None:
            return
        if last.value is not None and last.index == (row,) and np.array_equal(last.value, pixels):
            return
        if last.index != (row,):
            self.pointed_at.emit(row)
        self._wondered = Question("picture", (row,), pixels)
        self.wondered.emit(self._wondered)

    def _wonder_anew(self) -> None:
        """A run begins: it is asked about the picture on the board from its first step on."""
        if isinstance(self.session.data, Images) and (pixels := self.editor.pixels) is not None:
            self._wondered = Question("picture", (self.editor.row,), pixels)
            self.wondered.emit(self._wondered)

    def _follow_watch(self) -> None:
        """Put the picture that the algorithm works out on the board when it is another one than before."""
        watch = getattr(self.session.params, "watch", self._watch)
        if watch != self._watch and isinstance(self.session.data, Images):
            self._watch = watch
            if watch - 1 != self.editor.row:
                self.editor.pick(watch - 1)

    def _show(self) -> None:
        self._stack.setCurrentIndex(1 if len(self.pictures) else 0)

    def _show_parts(self) -> None:
        data = self.session.data
        if isinstance(data, Images) and len(data) == len(self.pictures):
            self.sheet.show_parts(data.parts)
            counts = np.bincount(data.parts, minlength=3).tolist()
            bind(
                self.told, self.told.setText,
                say("train {train} · dashed: validate {validation} · outlined: test {test}", train=counts[TRAIN],
                    validation=counts[VALIDATION], test=counts[TEST]),
            )  # fmt: skip

    # First steps

    def _draw_first(self) -> None:
        self.editor.new_picture()
        self.board.setFocus()

    def _take_sample(self, name: str) -> None:
        self.document.load(make_sample(name), sample_named(name).title)

    def _open_menu(self, place: QPoint) -> None:
        """Offer classes, doubling and deleting for what is selected."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        images = self.pictures.images
        labels = menu.addMenu(tr("Class"))
        for label in (*range(min(MOST_MERGES, len(images.names))), UNLABELLED):
            action = labels.addAction(swatch(theme.tokens.class_color(label)), shown_name(images, label))
            action.triggered.connect(lambda _=False, label=label: self.editor.label(label))
        menu.addAction(tr("Duplicate the pictures")).triggered.connect(self.editor.duplicate)
        menu.addAction(tr("Delete the pictures")).triggered.connect(self.editor.remove)
        menu.popup(place)

    # The whole set

    def reshape(self, height: int, width: int, coloured: bool) -> None:
        """Bring all pictures to another size or colour; one undo."""
        images = self.pictures.images
        name = say("Change size or colour")
        needed = len(images) * height * width * (3 if coloured else 1)
        if max(needed, images.pixels.nbytes) <= AT_ONCE:
            self.document.put(reshaped(images, height, width, coloured), name)
        else:
            self._send_out(lambda made: self.document.put(made, name), reshaped, images, height, width, coloured)

    def ask_augment(self) -> None:
        """Let the person turn the settings of augmenting."""
        if len(self.pictures):
            dialog = AugmentDialog(self, self.pictures.images)
            dialog.wanted.connect(self.augment)
            self._open(dialog)

    def augment(self, values: dict[str, Any], seed: int) -> None:
        """Add changed copies of all pictures, or put them in their place; one undo."""
        images = self.pictures.images
        name = sample_named("augment").title
        if images.pixels.nbytes * values["copies"] > AT_ONCE:
            self._send_out(lambda made: self.document.load(made, name), augmented_apart, images, seed, values)
            return
        try:
            self.document.load(augmented_apart(images, seed, values), name)
        except LearnerError as error:
            self.said.emit(error.note, "bad")

    def _send_out(self, take: Callable[[Any], None], work: Callable[..., Any], *arguments: Any) -> None:
        """Have work done apart from the window; what comes back is dropped if the pictures have changed meanwhile."""
        self._awaited = (self.pictures.images, take)
        self._send(Errand(self, work, *arguments)).done.connect(self._take_made)

    def _take_made(self, result: Any) -> None:
        awaited, self._awaited = self._awaited, None
        if awaited is None:
            return
        before, take = awaited
        if self.pictures.images is before:
            take(result)
        else:
            self.said.emit(say("The pictures were changed meanwhile, so nothing else was done; try again."), "warn")

    # Files

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Take pictures and folders; the window takes the rest."""
        if self._pictures_in(event):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Import what was dropped."""
        if paths := self._pictures_in(event):
            event.acceptProposedAction()
            self.open_files(paths)

    def _pictures_in(self, event: QDropEvent) -> list[Path]:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        return paths if paths and all(ending_of(path) in (FOLDER, *ENDINGS) for path in paths) else []

    def ask_folder(self) -> None:
        """Let the person choose a folder of pictures."""
        path = QFileDialog.getExistingDirectory(self, tr("Import a folder …"))
        if path:
            self.open_file(Path(path))

    def ask_write(self) -> None:
        """Let the person choose where the folders go."""
        path, _ = QFileDialog.getSaveFileName(self, tr("Export as folders …"), "pictures")
        if path:
            self.write_to(Path(path))

    def write_to(self, path: Path) -> None:
        """Write a folder for each class, apart from the window."""
        images = self.pictures.images
        note = say("“{name}” is written.", name=path.name)
        if len(images.boxes):
            note = say("“{name}” is written, without the boxes: export as .npz to keep them.", name=path.name)
        self._send_out(lambda _: self.said.emit(note, "info"), write_folders, images, path)

    def open_file(self, path: Path) -> None:
        """Ask how pictures are to be read."""
        self.open_files([path])

    def open_files(self, paths: list[Path]) -> None:
        """Ask how pictures are to be read, several files and folders together."""
        dialog = ImportDialog(self, paths, self.pictures.images)
        dialog.wanted.connect(self._read)
        self._open(dialog)

    def _read(self, path: Path, options: PictureOptions, adding: bool) -> None:
        self._adding = adding
        self.read(path, options)

    def take_imported(self, imported: Imported) -> None:
        """Put what was read on the stage, or add it to what is there."""
        adding, self._adding = self._adding, False
        images = self.pictures.images
        if not (adding and len(images) and isinstance(imported.data, Images)):
            super().take_imported(imported)
            return
        recipe = images.recipe.followed_by(imported.data.recipe)
        super().take_imported(Imported(replace(joined(images, imported.data), recipe=recipe), imported.problems))

    def _open(self, dialog: QDialog) -> None:
        """Show a dialog; the window lives on behind it."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog = dialog
        dialog.open()
