"""The Data tab: which kind of data, samples to start from, files, how it came about, and how it is shared out."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.editors.editor import Editor
from app.kit import QuietButton, section
from app.language import bind, grouped, tr
from app.panels.kind_chooser import KindChooser
from app.panels.sample_form import SampleForm
from app.panels.sample_gallery import SampleGallery
from app.panels.split_form import SplitForm
from app.session.session import Session
from engines.core.dataset import DRAWN, Dataset, Recipe
from engines.core.language import LearnerError, Note, say
from engines.core.params import specs
from engines.data.importing import FOLDER, MEGABYTE, readers, writers
from engines.data.sampling import sample_named


class DataPanel(QScrollArea):
    """Asks for data. ``kind_chosen(kind)``, ``file_chosen(Path)``: what a person wants on the stage.

    ``said(Note, kind)`` is for the message bar.
    """

    kind_chosen = Signal(object)
    file_chosen = Signal(object)
    said = Signal(object, str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._editor: Editor | None = None
        self._shown_editor: Editor | None = None  # whose samples and options are shown: others wait till one looks
        self._gallery: SampleGallery | None = None
        self._form: SampleForm | None = None
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._built = False

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Put everything together when somebody looks: a window that opens has no time for it."""
        self._ensure()
        super().showEvent(event)

    def _ensure(self) -> None:
        """Build what is not there yet, for the editor on the stage."""
        if not self._built:
            self._built = True
            self._build()
        if self._editor is not None and self._shown_editor is not self._editor:
            self._shown_editor = self._editor
            self._fill(self._editor)
            self._show()

    def _build(self) -> None:
        content = QWidget()
        self.setWidget(content)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 10, 8, 0)
        layout.setSpacing(10)
        self._kinds = KindChooser()
        self._kinds.chosen.connect(self.kind_chosen)
        layout.addWidget(self._kinds)
        self._of_kind = QVBoxLayout()  # what is there for one kind of data only
        self._of_kind.setSpacing(10)
        layout.addLayout(self._of_kind)
        layout.addWidget(section("How it came about"))
        self._recipe, self._size = QLabel(), QLabel()
        for label in (self._recipe, self._size):
            label.setWordWrap(True)
            label.setProperty("muted", True)
            layout.addWidget(label)
        layout.addLayout(self._files())
        self._split = SplitForm(self._session)
        layout.addWidget(self._split)
        layout.addStretch()

    @property
    def kinds(self) -> KindChooser:
        """Which kind of data is on the stage."""
        self._ensure()
        return self._kinds

    @property
    def gallery(self) -> SampleGallery:
        """The samples of the kind on the stage."""
        self._ensure()
        assert self._gallery is not None
        return self._gallery

    @property
    def form(self) -> SampleForm:
        """How a sample is made."""
        self._ensure()
        assert self._form is not None
        return self._form

    @property
    def split(self) -> SplitForm:
        """How the rows are shared out."""
        self._ensure()
        return self._split

    def _files(self) -> QGridLayout:
        grid = QGridLayout()
        self.import_button = QuietButton("Import …", "folder-open")
        self.export_button = QuietButton("Export …", "save")
        self.import_button.clicked.connect(self.ask_import)
        self.export_button.clicked.connect(self.ask_export)
        grid.addWidget(self.import_button, 0, 0)
        grid.addWidget(self.export_button, 0, 1)
        return grid

    def show_editor(self, editor: Editor) -> None:
        """Show samples, options and recipe of what this editor edits."""
        if self._editor is not None:
            self._editor.document.changed.disconnect(self._show)
        self._editor = editor
        editor.document.changed.connect(self._show)
        if self.isVisible():
            self._ensure()

    def _fill(self, editor: Editor) -> None:
        """Show what there is for one kind of data only."""
        self._kinds.choose(editor.kind)
        while item := self._of_kind.itemAt(0):
            widget = item.widget()
            assert widget is not None  # nothing else is ever put in
            self._of_kind.removeWidget(widget)  # an item that is only taken would keep an old size of what comes again
            widget.hide()
            if widget.property("kept"):
                widget.setParent(None)
            else:
                widget.deleteLater()
        self._of_kind.addWidget(section("Samples"))
        self._gallery = SampleGallery(editor.kind)
        self._of_kind.addWidget(self._gallery)
        self._form = SampleForm(editor.document, editor.kind)
        self._form.said.connect(self.said)
        self._form.apart.connect(editor.load_apart)
        self._gallery.chosen.connect(self._form.choose)
        self._of_kind.addWidget(self._form)
        if options := editor.options():
            options.setProperty("kept", True)  # it belongs to its editor and comes again
            self._of_kind.addWidget(options)
            options.show()

    # What a person asks for

    def ask_import(self) -> None:
        """Let the person choose a file."""
        endings = " ".join(f"*{ending}" for ending in readers() if ending != FOLDER)
        path, _ = QFileDialog.getOpenFileName(self, tr("Import data"), "", f"{tr('Data')} ({endings})")
        if path:
            self.file_chosen.emit(Path(path))

    def ask_export(self) -> None:
        """Let the person choose a file and write the data there."""
        assert self._editor is not None
        known = list(writers(self._editor.kind))
        endings = " ".join(f"*{ending}" for ending in known)
        path, _ = QFileDialog.getSaveFileName(self, tr("Export data"), f"data{known[0]}", f"{tr('Data')} ({endings})")
        if path:
            self.export_to(Path(path))

    def export_to(self, path: Path) -> None:
        """Write the data in the format of the file's ending."""
        assert self._editor is not None
        data = self._editor.document.data
        self._editor.write(path if path.suffix else path.with_suffix(next(iter(writers(type(data))))))

    # What is shown

    def _show(self) -> None:
        if self._editor is None or self._shown_editor is not self._editor or not (self._gallery and self._form):
            return
        document = self._editor.document
        if document.in_gesture and len(document) > 20_000:
            return  # at the end of the gesture all is told
        data = document.data
        self._gallery.show_chosen("" if data.recipe.then else data.recipe.source)
        self._form.show_recipe(data.recipe)
        bind(self._recipe, self._recipe.setText, told(data.recipe))
        bind(self._size, self._size.setText, size_of(data))
        self.export_button.setEnabled(len(data) > 0 and bool(writers(type(data))))


def size_of(data: Dataset) -> Note:
    """Return how much there is, in rows and memory."""
    if not len(data):
        return say("nothing yet: choose a sample, import a file, or draw on the stage")
    megabytes = data.nbytes / MEGABYTE
    amount = say("{size:.1f} MB", size=megabytes) if megabytes >= 0.1 else say("{size:.0f} kB", size=data.nbytes / 1024)
    return say("rows: {n} · memory: {amount}", n=grouped(len(data)), amount=amount)


def told(recipe: Recipe) -> Note:
    """Return a recipe in words, step by step."""
    return _joined([_step(step) for step in (recipe, *recipe.then)], "; ")


def _step(step: Recipe) -> Note:
    """Return one step of a recipe in words, its settings by the labels that the form has for them."""
    if step.source == DRAWN:
        return say("edited by hand")
    try:
        made = sample_named(step.source)
    except LearnerError:
        values = [say("{label} = {value}", label=name, value=value) for name, value in step.settings]
        return _joined([say("from {source}", source=step.source), *values], ", ")
    labels = {spec.name: spec.param.label for spec in specs(made.settings)}
    values = [
        say("{label} = {value}", label=say(labels.get(name, name)), value=_shown(value))
        for name, value in step.settings
    ]
    if values:
        values.append(say("{label} = {value}", label=say("Seed"), value=step.seed))
    return _joined([say(made.title), *values], ", ")


def _shown(value: object) -> object:
    if isinstance(value, str):
        return say(value)
    return f"{value:g}" if isinstance(value, float) else value


def _joined(notes: list[Note], between: str) -> Note:
    """Return several notes as one."""
    text = between.join(f"{{part{i}}}" for i in range(len(notes)))
    return Note(text, tuple((f"part{i}", note) for i, note in enumerate(notes)))
