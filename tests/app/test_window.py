"""The real window, from the first click to the last: what the walking skeleton promises."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QSlider, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.panels.transport import number_text
from app.session.runner import Runner
from app.theme import theme
from app.window import MainWindow
from engines.core.dataset import Dataset
from engines.core.engine import NO_ENGINE
from engines.core.lab import course
from engines.core.messages import State
from engines.data.importing import write_file
from engines.data.points import Points
from engines.data.sampling import make_sample
from engines.data.sequences import Sequences
from engines.data.table import Table
from engines.data.text import Text
from tests.app.conftest import awake

LABS = [lab.key for chapter in course() for lab in chapter.labs]


@contextmanager
def a_window(folder: Path) -> Iterator[MainWindow]:
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    window = MainWindow(Runner(warm=False, spare=False), settings)
    window.resize(1440, 900)
    window.show()
    window.start()
    yield window
    window.close()
    speaker.speak("en")
    theme.set(dark=False, projector=False)
    window.deleteLater()


@pytest.fixture
def window(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    theme.install(qapp)
    with a_window(tmp_path) as window:
        # the frame comes a moment before the word that the run has come to a halt
        qtbot.waitUntil(
            lambda: window.session.frame is not None and window.session.state is not State.STARTING, timeout=30_000
        )
        yield window


@pytest.fixture(scope="module")
def course_window(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """One window for all labs in turn, as somebody walks through the course."""
    theme.install(qapp)
    with a_window(tmp_path_factory.mktemp("course")) as window:
        yield awake(window)


def at(window: MainWindow, x: float, y: float) -> QPoint:
    """Return the pixel of the canvas's viewport at a place of the plane."""
    plane = window.stage.editor.plane
    scene = plane.getViewBox().mapViewToScene(QPointF(x, y))
    return plane.mapFromScene(scene)


def stroke(window: MainWindow, button: Qt.MouseButton, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag over the canvas with a mouse button."""
    viewport = window.stage.editor.plane.viewport()
    QTest.mousePress(viewport, button, Qt.KeyboardModifier.NoModifier, at(window, *start))
    for step in range(1, 9):
        x = start[0] + (end[0] - start[0]) * step / 8
        y = start[1] + (end[1] - start[1]) * step / 8
        QTest.mouseMove(viewport, at(window, x, y))
    QTest.mouseRelease(viewport, button, Qt.KeyboardModifier.NoModifier, at(window, *end))


def test_draw_two_classes_train_step_back_and_in_chinese(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    window.stage.editor.document.clear()
    assert len(window.stage.editor.document.points) == 0
    QTest.keyClick(window, Qt.Key.Key_B)
    stroke(window, Qt.MouseButton.LeftButton, (-3.0, -1.0), (-3.0, 1.0))
    stroke(window, Qt.MouseButton.RightButton, (3.0, -1.0), (3.0, 1.0))
    points = window.stage.editor.document.points
    assert set(points.y) == {0, 1}
    assert (points.x[points.y == 0, 0] < 0).all()
    assert (points.x[points.y == 1, 0] > 0).all()
    qtbot.waitUntil(lambda: session.state is State.PAUSED and len(session.data) == len(points), timeout=30_000)
    session.set_rate(60.0)
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: session.timeline.last > 60, timeout=30_000)
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: session.state is State.PAUSED and session.cursor == session.timeline.last)
    assert session.timeline.scalars_at(session.cursor)["train_accuracy"] > 0.9
    cursor = session.cursor
    QTest.keyClick(window, Qt.Key.Key_Left)
    assert session.cursor < cursor
    QTest.keyClick(window, Qt.Key.Key_Right)
    assert session.cursor == cursor
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert set(window.stage.editor.document.points.y) == {0}
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.transport.play.text() == "播放"


@pytest.mark.parametrize("key", LABS)
def test_every_lab_opens_and_runs(course_window: MainWindow, qtbot: QtBot, key: str) -> None:
    window, session = course_window, course_window.session
    window.open_lab(key)
    assert window.stage.editor.kind is type(session.data)
    assert len(window.stage.editor.document) == len(session.data) > 0
    if session.engine is NO_ENGINE:
        qtbot.waitUntil(lambda: session.state is State.RESTING, timeout=30_000)
        assert window.transport.isHidden()
        return
    ready, ended = (State.PAUSED, State.RESTING), (State.FINISHED, State.RESTING)  # some are done with their first step
    qtbot.waitUntil(lambda: session.state in ready and session.frame is not None, timeout=30_000)
    session.play()
    qtbot.waitUntil(lambda: session.timeline.last >= 3 or session.state in ended, timeout=30_000)
    session.pause()
    shown = {type(picture) for picture in session.frame.pictures}  # type: ignore[union-attr]
    assert shown
    assert shown <= set(session.runs.shows)  # of some kinds of data not all can be drawn
    least = window.minimumSizeHint()
    assert least.width() <= 1280, "its cards do not fit a small screen"
    assert least.height() <= 720, "its cards do not fit a small screen"


SAME_IN_BOTH = re.compile(
    r"^(?:[\W\d_]*|.*(?:English|Sandtable|CPU|CUDA|MPS|XPU).*|x[₁₂]|[LR]|L[12]|ID3|SGD|Adam|"
    r"(?:LeNet-5|AlexNet|VGG|ResNet|Grad-CAM).*|mAP|tanh|relu|ReLU|[Ss]igmoid|adam|sgd|k-means\+\+|[\w.]+\.\w+|[a-z]\w*\s*=.*)$"
)


def texts(root: QWidget) -> Iterator[tuple[QWidget, str]]:
    """Every text a person can read on the widgets below ``root``, also tooltips and accessible names."""
    for widget in [root, *root.findChildren(QWidget)]:
        if widget.isHidden() or isinstance(widget.parent(), QTabBar):  # Qt's own scroll buttons are never shown
            continue
        found = [widget.toolTip(), widget.accessibleName()]
        if isinstance(widget, (QLabel, QAbstractButton)):
            found.append(widget.text())
        if isinstance(widget, QComboBox):
            found += [widget.itemText(i) for i in range(widget.count())]
        if isinstance(widget, QLineEdit):
            found.append(widget.placeholderText())
        yield from ((widget, text) for text in found if text)


@pytest.mark.parametrize("key", LABS)
def test_nothing_stays_english_in_chinese(course_window: MainWindow, qtbot: QtBot, key: str) -> None:
    window = course_window
    window.open_lab(key)
    qtbot.waitUntil(lambda: window.session.frame is not None, timeout=30_000)  # its cards and its note are there
    speaker.speak("zh")
    data = window.session.data
    of_the_data = {*getattr(data, "names", ()), *getattr(data, "lines", ())}  # columns, channels, lines: as they are
    left = {
        text for _, text in texts(window) if not SAME_IN_BOTH.match(text) and not re.search("[\u4e00-\u9fff]", text)
    }
    formulas = {chip.text() for chip in window.model.features.chips.values()}
    assert left - of_the_data - formulas == set()
    speaker.speak("en")
    left = {text for _, text in texts(window) if re.search("[\u4e00-\u9fff]", text) and "English" not in text}
    assert left == set()


def test_a_lab_about_data_is_done_when_a_hand_has_changed_them(window: MainWindow, qtbot: QtBot) -> None:
    window.open_lab("data/draw")
    qtbot.waitUntil(lambda: window.session.state is State.RESTING, timeout=30_000)
    assert "data/draw" not in window.course.done
    stroke(window, Qt.MouseButton.LeftButton, (-2.0, 1.0), (-1.0, 1.0))
    assert "data/draw" in window.course.done


def test_another_kind_of_data_brings_its_editor_its_undo_and_what_learns_from_it(
    window: MainWindow, qtbot: QtBot
) -> None:
    drawn = len(window.stage.editor.document)
    window.tabs.setCurrentWidget(window.data)
    QTest.mouseClick(window.data.kinds.buttons[Table], Qt.MouseButton.LeftButton)
    assert window.stage.editor.kind is Table
    assert window.session.engine.data is Table  # the network of before learns from points alone
    QTest.mouseClick(window.data.gallery.buttons["play_tennis"], Qt.MouseButton.LeftButton)
    assert len(window.session.data) == 14
    QTest.mouseClick(window.data.gallery.buttons["iris"], Qt.MouseButton.LeftButton)
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(window.session.data) == 14
    QTest.mouseClick(window.data.kinds.buttons[Points], Qt.MouseButton.LeftButton)
    assert len(window.stage.editor.document) == len(window.session.data) == drawn
    assert window.session.engine.key == "neural.mlp"
    assert window.transport.isVisible()


def test_options_that_come_again_have_room(window: MainWindow, qtbot: QtBot) -> None:
    window.tabs.setCurrentWidget(window.data)

    def height(kind: type[Dataset]) -> tuple[int, int]:
        QTest.mouseClick(window.data.kinds.buttons[kind], Qt.MouseButton.LeftButton)
        QApplication.processEvents()
        options = window.stage.editor.options()
        return options.height(), options.sizeHint().height()

    height(Sequences)
    height(Text)
    height(Sequences)
    QTest.mouseClick(window.data.gallery.buttons["seattle_weather"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: height(Sequences)[0] >= height(Sequences)[1], timeout=5000)
    assert height(Text)[0] >= height(Text)[1]


def test_why_a_run_could_not_be_is_said_until_another_can(window: MainWindow, qtbot: QtBot) -> None:
    window.stage.editor.document.clear()
    qtbot.waitUntil(lambda: window.session.state is State.FAILED, timeout=30_000)
    window.session.play()
    qtbot.waitUntil(window.stage.message.isVisible, timeout=30_000)
    window.stage.editor.document.load(make_sample("moons"), "Moons")
    qtbot.waitUntil(lambda: not window.stage.message.isVisible(), timeout=30_000)


def test_a_dropped_file_is_read_and_a_broken_one_is_said(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    def drop(path: Path) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        window.dropEvent(
            QDropEvent(
                QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            )
        )

    write_file(make_sample("rings", n=60), tmp_path / "rings.npz")
    drop(tmp_path / "rings.npz")
    qtbot.waitUntil(lambda: len(window.session.data) == 60, timeout=30_000)
    assert window.session.data.recipe.source == "rings.npz"
    (tmp_path / "broken.npz").write_bytes(b"no")
    drop(tmp_path / "broken.npz")
    qtbot.waitUntil(window.stage.message.isVisible, timeout=30_000)
    assert "broken.npz" in window.stage.message.text()
    assert len(window.session.data) == 60
    (tmp_path / "owls.doc").write_bytes(b"no")
    drop(tmp_path / "owls.doc")
    qtbot.waitUntil(lambda: "owls.doc" in window.stage.message.text(), timeout=30_000)


def test_closing_in_mid_import_leaves_nothing_running(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    write_file(make_sample("rings", n=60), tmp_path / "rings.npz")
    window.stage.open_file(tmp_path / "rings.npz")
    qtbot.waitUntil(window.stage.strip.isVisible, timeout=30_000)
    window.close()  # the fixture for all tests looks for what still runs


def test_every_control_has_a_name(window: MainWindow) -> None:
    controls = [
        w for w in window.findChildren(QWidget) if isinstance(w, (QAbstractButton, QComboBox, QSlider, QLineEdit))
    ]
    nameless = [
        f"{type(control).__name__} in {type(control.parent()).__name__}"
        for control in controls
        if not (control.accessibleName() or (isinstance(control, QAbstractButton) and control.text()))
        and not control.objectName().startswith("qt_")
        and type(control.parent()).__name__ != "QTabBar"
    ]
    assert nameless == []


def test_kill_9_keeps_data_and_history_and_runs_again(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    session.set_rate(200.0)
    session.play()
    qtbot.waitUntil(lambda: session.timeline.last > 30)
    points, steps = len(session.data), session.timeline.last
    psutil.Process(window.runner.engine_process_id).kill()
    qtbot.waitUntil(lambda: session.state is State.FAILED, timeout=1000)
    assert window.stage.message.isVisible()
    assert len(session.data) == points
    assert session.timeline.last >= steps
    session.back()
    QTest.mouseClick(window.transport.play, Qt.MouseButton.LeftButton)
    session.seek(session.timeline.last)
    session.play()
    qtbot.waitUntil(lambda: session.state is State.PLAYING and session.timeline.last > 5, timeout=30_000)
    assert not window.stage.message.isVisible()


def test_closing_in_the_middle_of_a_run_leaves_no_process(window: MainWindow, qtbot: QtBot) -> None:
    window.session.play()
    qtbot.waitUntil(lambda: window.session.timeline.last > 3)
    process = psutil.Process(window.runner.engine_process_id)
    window.close()
    assert not process.is_running()


def test_size_language_theme_and_lab_are_remembered(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(798, 640)  # the offscreen screen is 800 wide, and a window is never restored larger than its screen
    size = window.size()
    assert size.height() == 640
    window.open_lab(LABS[0])
    speaker.speak("zh")
    theme.set(dark=True)
    window.close()
    theme.set(dark=False)
    speaker.speak("en")
    again = MainWindow(Runner(warm=False, spare=False), window.settings)
    assert again.height() == size.height()
    assert speaker.language == "zh"
    assert theme.dark
    assert again.lab.key == LABS[0]
    again.deleteLater()


def test_projector_mode_hides_the_course_and_comes_back(window: MainWindow) -> None:
    small = theme.font("body").pixelSize()
    QTest.keyClick(window, Qt.Key.Key_F11)
    assert not window.course.isVisible()
    assert theme.font("body").pixelSize() > small
    assert window.isFullScreen()
    QTest.keyClick(window, Qt.Key.Key_F11)
    assert window.course.isVisible()
    assert not window.isFullScreen()


def test_palette_finds_labs_in_both_languages_and_opens_them(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(window.palette_.hasFocus)
    lab = next(lab for chapter in course() for lab in chapter.labs if lab.key != window.lab.key)
    window.palette_.setText(lab.title["zh"])
    assert [entry.name["en"] for entry in window.palette_.found] == [lab.title["en"]]
    QTest.keyClick(window.palette_, Qt.Key.Key_Return)
    assert window.lab.key == lab.key


def test_typing_does_not_press_the_windows_keys(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(window.palette_.hasFocus)
    QTest.keyClicks(window.palette_, "r b")
    assert window.palette_.text() == "r b"
    assert window.session.state is State.PAUSED


def test_arrows_move_a_slider_that_has_the_keyboard_and_step_the_run_elsewhere(
    window: MainWindow, qtbot: QtBot
) -> None:
    slider = window.model.form.field("lr").slider  # type: ignore[attr-defined]
    slider.setFocus()
    place = slider.value()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value() == place + 1
    assert window.session.timeline.last == 0
    window.stage.editor.plane.setFocus()
    QTest.keyClick(window.stage.editor.plane, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.session.timeline.last == 1)


def test_confusion_cell_rings_its_points(window: MainWindow, qtbot: QtBot) -> None:
    view = next(view for kind, view in window.cards.views.items() if kind.__name__ == "Confusion")
    with qtbot.waitSignal(view.picked) as picked:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cell_rect(0, 0).center().toPoint())
    assert len(picked.args[0]) >= 0


def test_save_and_open_an_experiment(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    from app.session import project

    file = tmp_path / "mine.sandtable"
    window.session.set_param("batch_size", 7)
    project.save(file, window.session.experiment)
    window.open_lab(LABS[0])
    window.actions_.open_file(file)
    assert window.session.params.to_json()["batch_size"] == 7
    window.actions_.open_file(tmp_path / "missing.sandtable")
    assert window.stage.message.isVisible()


def test_the_row_that_is_clicked_is_worked_out(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    window.open_lab("classical/spam-words")
    qtbot.waitUntil(lambda: session.state is State.PAUSED and session.timeline.last == 0, timeout=30_000)
    grid = window.stage.editor.grid
    cell = grid.visualRect(grid.rows.index(4, 1)).center()
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    qtbot.waitUntil(lambda: session.timeline.last == 1, timeout=30_000)
    assert session.params.watch == 5  # type: ignore[attr-defined]
    assert session.frame is not None
    assert session.frame.note.render() == "Row 5 is worked out now"
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=cell)  # again: there is nothing new
    session.set_rate(float("inf"))
    session.play()
    qtbot.waitUntil(lambda: session.state is State.RESTING, timeout=30_000)
    last = session.timeline.last
    grid.clicked.emit(grid.rows.index(1, 1))
    qtbot.waitUntil(lambda: session.timeline.last == last + 1 and session.state is State.RESTING, timeout=30_000)
    assert session.frame.note.render() == "Row 2 is worked out now"
    window.open_lab("classical/houses")  # whose algorithm works out no row
    qtbot.waitUntil(lambda: session.state is State.PAUSED and session.timeline.last == 0, timeout=30_000)
    grid.clicked.emit(grid.rows.index(2, 1))
    qtbot.wait(150)
    assert session.timeline.last == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.18559, "0.186"), (776.41, "776.4"), (108_260.4, "108260"), (2.5e9, "2.5e+09"), (float("nan"), "–")],
)
def test_a_headline_is_written_out_below_ten_millions(value: float, text: str) -> None:
    assert number_text("train_loss", value, whole=False) == text
