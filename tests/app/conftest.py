"""What several tests of the window share."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.editors.points.document import PointsDocument
from app.editors.points.editor import PointsEditor
from app.editors.points.toolbar import OptionStrip, ToolBox
from app.language import speaker
from app.theme import theme
from app.views.plane import Plane
from tests.app.points_desk import Desk


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
