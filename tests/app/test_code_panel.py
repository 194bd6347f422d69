"""The source of the running algorithm: the right file, its colours, the lit line, no jumping."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.panels.code_panel import CodePanel, source_of
from app.theme import theme
from engines.core.engine import Engine
from engines.core.language import LearnerError
from engines.core.registry import engine_named

SOURCE = '''"""First line
second line"""
import numpy as np  # why


@engine(title="it's")
def run(data: Points) -> Steps:
    """One line."""
    return 12 if data else None
''' + "".join(f"a{n} = {n}\n" for n in range(200))


@pytest.fixture(autouse=True)
def _same_looks() -> Iterator[None]:
    yield
    speaker.speak("en")
    theme.set(dark=False, projector=False)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    file = tmp_path / "one.py"
    file.write_text(SOURCE, encoding="utf-8")
    return replace(engine_named("clustering.kmeans"), key="clustering.one", source_file=str(file))


@pytest.fixture
def panel(qtbot: QtBot) -> CodePanel:
    panel = CodePanel()
    qtbot.addWidget(panel)
    panel.resize(420, 400)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def colour_at(panel: CodePanel, row: int, text: str) -> str:
    """The colour that the highlighter gives the first letter of ``text`` on a row; empty for none."""
    block = panel.listing.document().findBlockByNumber(row)
    place = block.text().index(text)
    for piece in block.layout().formats():
        if piece.start <= place < piece.start + piece.length:
            return piece.format.foreground().color().name()
    return ""


def lit_rows(panel: CodePanel) -> list[int]:
    return [selection.cursor.blockNumber() + 1 for selection in panel.listing.extraSelections()]


def test_shows_the_file_and_says_what_it_is(panel: CodePanel, engine: Engine) -> None:
    panel.show_engine(engine)
    assert panel.listing.toPlainText() == SOURCE
    assert panel.listing.isReadOnly()
    assert panel._key.text() == "clustering.one"
    assert "real source" in panel._about.text()
    speaker.speak("zh")
    assert "真正的源代码" in panel._about.text()


def test_typing_changes_nothing(panel: CodePanel, engine: Engine) -> None:
    panel.show_engine(engine)
    QTest.mouseClick(panel.listing.viewport(), Qt.MouseButton.LeftButton)
    QTest.keyClicks(panel.listing, "oops")
    QTest.keyClick(panel.listing, Qt.Key.Key_Delete)
    assert panel.listing.toPlainText() == SOURCE


def test_every_real_engine_has_its_source(panel: CodePanel) -> None:
    from engines.core.registry import discover

    assert discover().engines
    for engine in discover().engines.values():
        panel.show_engine(engine)
        assert f"def {engine.run.__name__}(" in panel.listing.toPlainText()
        assert "@engine(" in panel.listing.toPlainText()


def test_python_is_coloured_and_the_theme_recolours_it(panel: CodePanel, engine: Engine) -> None:
    panel.show_engine(engine)
    for dark in (False, True):
        theme.set(dark=dark)
        tokens = theme.tokens
        name = lambda colour: QColor(colour).name()  # noqa: E731
        assert colour_at(panel, 0, "First") == name(tokens.good)
        assert colour_at(panel, 1, "second") == name(tokens.good)  # the string goes on
        assert colour_at(panel, 2, "import") == name(tokens.accent)
        assert colour_at(panel, 2, "# why") == name(tokens.muted)
        assert colour_at(panel, 2, "numpy") == ""
        assert colour_at(panel, 5, "@engine") == name(tokens.warn)
        assert colour_at(panel, 5, '"it') == name(tokens.good)
        assert colour_at(panel, 6, "def") == name(tokens.accent)
        assert colour_at(panel, 7, "One line") == name(tokens.good)
        assert colour_at(panel, 8, "return") == name(tokens.accent)
        assert colour_at(panel, 8, "12") == name(tokens.warn)
        assert colour_at(panel, 8, "data") == ""


def test_one_line_is_lit(panel: CodePanel, engine: Engine) -> None:
    panel.show_engine(engine)
    panel.light(3)
    assert lit_rows(panel) == [3]
    panel.light(9)
    assert lit_rows(panel) == [9]
    for dark in (False, True):
        theme.set(dark=dark)
        selection = panel.listing.extraSelections()[0]
        colour = selection.format.background().color().name()
        assert colour == QColor(theme.tokens.running_line).name()
    panel.light(0)
    assert lit_rows(panel) == []
    panel.light(10_000)  # a file that has become shorter
    assert lit_rows(panel) == []


def test_the_lit_line_is_painted_over_its_whole_width(panel: CodePanel, engine: Engine, qtbot: QtBot) -> None:
    panel.show_engine(engine)
    panel.light(4)
    image = panel.listing.viewport().grab().toImage()
    selection = panel.listing.extraSelections()[0]
    rect = panel.listing.cursorRect(selection.cursor)
    right = image.pixelColor(image.width() - 5, rect.center().y())
    assert right.name() == QColor(theme.tokens.running_line).name()


def test_it_scrolls_only_when_the_line_would_not_be_seen(panel: CodePanel, engine: Engine) -> None:
    panel.show_engine(engine)
    bar = panel.listing.verticalScrollBar()
    panel.light(100)
    assert bar.value() > 60
    place = bar.value()
    for line in (101, 99, 103, 100):
        panel.light(line)
        assert bar.value() == place
    panel.light(20)
    assert bar.value() < 20
    selection = panel.listing.extraSelections()[0]
    top = panel.listing.cursorRect(selection.cursor).top()
    assert 0 <= top < panel.listing.viewport().height()


def test_the_same_line_again_does_nothing(panel: CodePanel, engine: Engine) -> None:
    panel.show_engine(engine)
    panel.light(100)
    bar = panel.listing.verticalScrollBar()
    bar.setValue(0)  # the learner looks elsewhere
    panel.light(100)
    assert bar.value() == 0


def test_the_same_engine_again_keeps_the_lit_line(panel: CodePanel, engine: Engine) -> None:
    panel.show_engine(engine)
    panel.light(5)
    panel.show_engine(engine)
    assert lit_rows(panel) == [5]
    panel.show_engine(replace(engine, key="clustering.two"))
    assert lit_rows(panel) == []


def test_a_missing_file_is_found_by_its_module(engine: Engine) -> None:
    real = engine_named("clustering.kmeans")
    assert source_of(replace(real, source_file="/nowhere/kmeans.py")) == source_of(real)


@pytest.mark.parametrize("source_file", ["", "/nowhere/one.py"])
def test_a_source_that_is_nowhere_is_a_sentence(panel: CodePanel, engine: Engine, source_file: str) -> None:
    lost = replace(engine, source_file=source_file)
    with pytest.raises(LearnerError, match=r"clustering\.one"):
        source_of(lost)
    panel.show_engine(engine)
    panel.show_engine(lost)
    assert panel.listing.toPlainText() == ""
    assert "did not come with this installation" in panel._about.text()
    panel.light(3)
    speaker.speak("zh")
    assert "没有“clustering.one”的源代码" in panel._about.text()


def test_line_numbers_have_their_own_room(panel: CodePanel, engine: Engine) -> None:
    panel.show_engine(engine)
    assert panel.listing.viewport().x() >= panel.listing._numbers.width() > 20
    before = panel.listing._numbers.width()
    theme.set(projector=True)
    assert panel.listing._numbers.width() > before
