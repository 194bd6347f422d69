"""The main window: layout and wiring only."""

import os
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QTabWidget, QVBoxLayout, QWidget

from app.actions import Actions
from app.editors.editor import Editor
from app.kit import Card
from app.language import bind, speaker
from app.panels.code_panel import CodePanel
from app.panels.course_panel import CoursePanel
from app.panels.data_panel import DataPanel
from app.panels.doctor_panel import Doctor, DoctorButton, DoctorPanel
from app.panels.lesson_panel import LessonPanel
from app.panels.model_panel import ModelPanel
from app.panels.palette import CommandPalette
from app.panels.path_strip import PathStrip
from app.panels.picture_cards import PictureCards
from app.panels.stage import Stage
from app.panels.top_bar import TopBar
from app.panels.transport import Transport
from app.session.runner import Runner
from app.session.session import RUNNING, Session
from app.session.workflow import Workflow
from app.theme import theme
from engines.core.dataset import Dataset
from engines.core.engine import NO_ENGINE
from engines.core.experiment import Experiment
from engines.core.lab import Lab, course, lab_named
from engines.core.language import Note
from engines.core.messages import UNLIMITED, State
from engines.core.picture import Picture
from engines.data.points import Points
from engines.pictures.confusion import Confusion

TABS = ("Model", "Data", "Lesson", "Code")
FIRST_LAB = "deep/mlp"


class MainWindow(QMainWindow):
    """Wires session, document, panels and stage together."""

    def __init__(self, runner: Runner | None = None, settings: QSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or QSettings("Sandtable", "Sandtable")
        self._restore_looks()
        self.lab: Lab = lab_named(str(self.settings.value("lab", FIRST_LAB)), otherwise=FIRST_LAB)
        self.runner = runner or Runner()
        self.session = Session(self.runner, self.lab.engine_key)
        self.session.setParent(self)  # it lives and dies with the window
        self._undo_actions: tuple[QAction, ...] = ()
        self._shared_for: type[Dataset] | None = None  # the kind of data for which stage and cards have their room
        self.actions_ = Actions(self)
        self.palette_ = CommandPalette(self.actions_.entries)
        self.top_bar = TopBar(self.palette_)
        self.course = CoursePanel()
        self.stage = Stage(self.session)
        if self.session.engine is not NO_ENGINE:
            self.stage.editor_of(self.session.engine.data)  # now: with a style sheet on it takes twice as long
        self.cards = PictureCards(self.session)
        self.model = ModelPanel(self.session)
        self.data = DataPanel(self.session)
        self.lesson, self.code = LessonPanel(), CodePanel()
        self.workflow = Workflow(self.session)
        self.workflow.setParent(self)
        self.path = PathStrip(self.workflow)
        self.lesson.put_above(self.path)
        self.transport = Transport(self.session)
        self.doctor = Doctor(self.session)
        self.doctor_button = DoctorButton(self.doctor)
        self.transport.add_beside_words(self.doctor_button)
        self._arrange()
        self._connect()
        self.actions_.install()
        self.setAcceptDrops(True)
        bind(self, self.setWindowTitle, "Sandtable")
        theme.bind(self, self._resize)
        self._restore_size()

    # Layout

    def _arrange(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setUsesScrollButtons(False)
        for place, (name, panel) in enumerate(zip(TABS, (self.model, self.data, self.lesson, self.code), strict=True)):
            self.tabs.addTab(panel, name)
            bind(panel, partial(self.tabs.setTabText, place), name)
        self.side = Card()
        self.side.body.addWidget(self.tabs, stretch=1)
        self.middle = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False, handleWidth=12)
        self.middle.addWidget(self.stage)
        self.middle.addWidget(self.cards)
        self.middle.setStretchFactor(0, 3)
        self.middle.setStretchFactor(1, 2)
        self._share_room()
        self.body = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=12)
        for widget in (self.course, self.middle, self.side):
            self.body.addWidget(widget)
        self.body.setStretchFactor(1, 1)
        inner = QWidget()
        inner_layout = QVBoxLayout(inner)
        inner_layout.setContentsMargins(12, 12, 12, 12)
        inner_layout.addWidget(self.body)
        content = QWidget()
        content.setObjectName("window")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top_bar)
        layout.addWidget(inner, stretch=1)
        layout.addWidget(self.transport)
        self.findings = DoctorPanel(self.doctor, self.middle, content)
        self.setCentralWidget(content)

    def _share_room(self) -> None:
        """Points are drawn on the live result, which needs the room; of other data the pictures are in the cards."""
        if self._shared_for is not type(self.session.data):
            self._shared_for = type(self.session.data)
            self.middle.setSizes([520, 300] if self._shared_for is Points else [360, 460])

    def _resize(self) -> None:
        """Widths of the side panels follow the type size; the course leaves a projector's picture."""
        course, side = theme.px(200), theme.px(300)
        self.course.setVisible(not theme.projector)
        self.body.setSizes([course, max(400, self.width() - course - side), side])

    # Wiring

    def _connect(self) -> None:
        session = self.session
        self.stage.switched.connect(self._follow)
        self.data.kind_chosen.connect(self.stage.show_kind)
        self.data.file_chosen.connect(self.stage.open_file)
        self.data.said.connect(self.stage.message.say)
        self.course.chosen.connect(self.open_lab)
        self.cards.poked.connect(session.poke)
        self.cards.picked.connect(self.stage.ring)
        self.cards.asked.connect(self.model.ask_param)
        self.cards.taken.connect(session.take)
        self.cards.wondered.connect(session.ask)
        self.cards.looked.connect(self._look)
        self.workflow.changed.connect(self._mark_complete)
        self.cards.enlarged.connect(lambda large: self.stage.setVisible(not large))
        self.top_bar.language.clicked.connect(self.actions_.switch_language)
        self.top_bar.theme.clicked.connect(self.actions_.switch_theme)
        self.top_bar.projector.clicked.connect(self.actions_.switch_projector)
        self.doctor_button.clicked.connect(self.findings.toggle)
        self.doctor_button.clicked.connect(lambda: self.workflow.look("diagnose"))
        self.findings.taken.connect(self._treat)
        self.model.features.changing.connect(self._keep_before)
        session.experiment_changed.connect(self._show_engine)
        session.frame_shown.connect(self._light)
        self.tabs.currentChanged.connect(self._light)
        self.tabs.currentChanged.connect(self._look_at_split)
        session.state_changed.connect(self._mark_done)
        session.data_changed.connect(self._mark_edited)
        session.device_known.connect(self._show_device)
        session.examined.connect(self._say_exam)
        session.failed.connect(lambda _: self.stage.message.setToolTip(session.traceback))
        speaker.changed.connect(self._show_place)

    def start(self) -> None:
        """Open the lab and start the engine process: after the window is on the screen."""
        self.runner.start()
        self._show_device("")
        self.open_lab(self.lab.key)
        self.stage.editor.setFocus()

    def open_lab(self, key: str) -> None:
        """Put the experiment and the lesson of a lab into the window; what was drawn before is one undo away."""
        self.lab = lab = lab_named(key)
        self.cards.shrink()
        self.show_experiment(lab.experiment(), "Open a lab", lab.rate)
        self.cards.prefer(lab.cards)
        self.model.lock(lab.locked)
        self.findings.lock(lab.locked)
        self.lesson.show_lab(lab)
        self.workflow.begin(lab.path)
        self._look_at_split()
        self.course.select(key)
        if self.session.engine is NO_ENGINE and self.tabs.currentWidget() in (self.model, self.code):
            self.tabs.setCurrentWidget(self.lesson)  # there is nothing to set and no source
        if lab.path:
            self.tabs.setCurrentWidget(self.lesson)  # the way to go is above it
        self._show_place()

    def show_experiment(self, experiment: Experiment, name: str, rate: float = UNLIMITED) -> None:
        """Take over an experiment; ``name`` is what undo calls the change of the data."""
        editor = self.stage.editor_of(type(experiment.data))
        editor.active = False  # the session gets the data with all the rest, at once
        editor.drop_ghost()
        editor.document.load(experiment.data, name)
        self.session.load(experiment, rate)
        self.stage.show_kind(type(experiment.data))

    def _follow(self, editor: Editor) -> None:
        """Another kind of data is on the stage: undo, redo and the Data tab are for it now, and the session too."""
        for action in self._undo_actions:
            self.removeAction(action)
        self._undo_actions = (editor.document.undo_action, editor.document.redo_action)
        self.addActions(self._undo_actions)
        self.top_bar.follow(*self._undo_actions)
        self.data.show_editor(editor)
        if type(self.session.data) is not editor.kind:
            self.session.set_data(editor.document.data)

    def _show_place(self) -> None:
        chapter = next(chapter for chapter in course() if any(lab.key == self.lab.key for lab in chapter.labs))
        self.top_bar.show_place(chapter.title[speaker.language], self.lab.title[speaker.language])

    def _show_engine(self) -> None:
        """Show the source of the algorithm; where there is none there is nothing to play either."""
        self.code.show_engine(self.session.runs)
        self.transport.setVisible(self.session.engine is not NO_ENGINE)
        self.doctor_button.setVisible(self.doctor.treats)
        if not self.doctor.treats:
            self.findings.hide()
        self._share_room()

    def _treat(self, name: str, value: object) -> None:
        """Change what the doctor proposes and run again; what there is stays as a ghost."""
        if isinstance(self.session.data, Points):
            self.stage.editor.keep_ghost()
        self.model.set_param(name, value)
        self.session.restart(playing=True)

    def _keep_before(self) -> None:
        """Keep what was learned as a ghost while other features are chosen, if anything was."""
        if isinstance(self.session.data, Points) and self.session.cursor > 0:
            self.stage.editor.keep_ghost()

    def _light(self) -> None:
        frame = self.session.frame
        if self.tabs.currentWidget() is self.code and frame is not None:
            at_end = self.session.cursor >= self.session.timeline.last
            self.code.light(self.session.line if at_end else frame.line)

    def _mark_done(self) -> None:
        """Tick the lab off when its run has ended."""
        if self.lab.path:
            return
        if self.session.engine is not NO_ENGINE and self.session.state in (State.FINISHED, State.RESTING):
            self.course.mark_done(self.lab.key)

    def _mark_complete(self) -> None:
        """Tick a lab with a way of its own off when all of it is done."""
        if self.workflow.complete:
            self.course.mark_done(self.lab.key)

    def _look(self, kind: type[Picture]) -> None:
        if issubclass(kind, Confusion):
            self.workflow.look("confusion")

    def _look_at_split(self) -> None:
        if self.tabs.currentWidget() is self.data:
            self.workflow.look("split")

    def _mark_edited(self) -> None:
        """Tick a lab about the data alone off when a hand has changed them."""
        if self.session.engine is NO_ENGINE and self.session.data.recipe.edited:
            self.course.mark_done(self.lab.key)

    def _say_exam(self, note: Note) -> None:
        self.stage.message.say(note, "warn" if self.session.seal.exams > 1 else "info")

    def _show_device(self, device: str) -> None:
        self.top_bar.show_device(device, max(1, (os.cpu_count() or 2) - 1))

    # What is remembered

    def _restore_looks(self) -> None:
        speaker.speak("zh" if self.settings.value("language") == "zh" else "en")
        theme.set(dark=bool(self.settings.value("dark", False, bool)), projector=False)

    def _restore_size(self) -> None:
        geometry = self.settings.value("geometry")
        if geometry is None or not self.restoreGeometry(geometry):
            room = self.screen().availableSize()
            self.resize(QSize(1440, 900).boundedTo(room) if room.width() >= 1024 else QSize(1440, 900))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Take experiment files, data files and folders of pictures."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Open what was dropped."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        self.actions_.open_paths(paths)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Remember how the window looked and leave no process behind."""
        self.settings.setValue("geometry", self.saveGeometry())
        self.settings.setValue("language", speaker.language)
        self.settings.setValue("dark", theme.dark)
        self.settings.setValue("lab", self.lab.key)
        if self.session.state in RUNNING:
            self.session.pause()
        self.stage.close_all()
        self.session.close()
        super().closeEvent(event)
