"""What several tests of the window share."""

import threading
import time
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.editors.points.document import PointsDocument
from app.editors.points.editor import PointsEditor
from app.editors.points.toolbar import OptionStrip, ToolBox
from app.language import speaker
from app.theme import theme
from app.views.plane import Plane
from app.window import MainWindow
from engines.core.messages import State
from tests.app.points_desk import Desk


def awake(window: MainWindow) -> MainWindow:
    """Return a window that several tests share, once its engine process is there.

    What runs before a test and after it is compared; a process that is only just coming would count as left behind.
    """
    end = time.monotonic() + 60
    session = window.session
    while (session.frame is None or session.state is State.STARTING) and time.monotonic() < end:
        QApplication.processEvents()
        threading.Event().wait(0.01)
    return window


@pytest.fixture
def plain_look(qapp: QApplication) -> Iterator[None]:
    """Our look, light and in English before and after."""
    theme.install(qapp)
    yield
    theme.set(dark=False, projector=False)
    speaker.speak("en")


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    window, document = QWidget(), PointsDocument()
    plane = Plane()
    editor = PointsEditor(plane, document)
    toolbar, tools = OptionStrip(editor), ToolBox(editor)
    layout = QVBoxLayout(window)
    layout.addWidget(toolbar)
    layout.addWidget(tools)
    layout.addWidget(plane)
    window.resize(760, 900)
    qtbot.addWidget(window)
    window.addActions([document.undo_action, document.redo_action])
    with qtbot.waitExposed(window):
        window.show()
    yield Desk(window, plane, document, editor, toolbar, tools)
    speaker.speak("en")
    theme.set_class_colours(())
