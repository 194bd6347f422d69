"""A table as series and as texts, by mouse and key: what is asked, handed over, and refused with a reason."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.editors.table.column_list import ColumnList
from app.editors.table.dialogs import SeriesQuestion, TextsQuestion
from app.editors.table.stage import TableStage
from app.language import speaker, tr
from engines.core.language import Note
from engines.data import table_conversion
from engines.data.sequences import MOST_CHANNELS, Sequences
from engines.data.table import Column, Table
from engines.data.text import UNLABELLED, Text
from tests.app.test_table_editor import StandIn

LEFT = Qt.MouseButton.LeftButton


def letters() -> Table:
    """Return four letters: two numbers, what was written, and who it is from."""
    return Table((
        Column("day", "number", np.array([1.0, 2.0, 3.0, 4.0])),
        Column("size", "number", np.array([5.0, np.nan, 7.0, 8.0])),
        Column("from", "category", codes=np.array([1, 0, 1, 0]), labels=("friend", "stranger")),
        Column("written", "text", codes=np.array([0, 1, -1, 2]), labels=("buy this now", "see you later", "hello")),
    ), "from")  # fmt: skip


def wide(count: int) -> Table:
    return Table(tuple(Column(f"c{place}", "number", np.arange(3.0) + place) for place in range(count)))


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[TableStage]:
    stage = TableStage(StandIn())  # type: ignore[arg-type]
    stage.active = True
    stage.heard = []  # type: ignore[attr-defined]
    stage.said.connect(lambda note, _: stage.heard.append(tr(note)))  # type: ignore[attr-defined]
    stage.resize(760, 520)
    qtbot.addWidget(stage)
    with qtbot.waitExposed(stage):
        stage.show()
    stage.document.load(letters(), "letters")
    yield stage
    stage.stop_reading()
    speaker.speak("en")


def asked_series(stage: TableStage) -> SeriesQuestion:
    QTest.mouseClick(stage.toolbar.series, LEFT)
    question = stage.findChild(SeriesQuestion)
    assert question is not None
    return question


def asked_texts(stage: TableStage) -> TextsQuestion:
    QTest.mouseClick(stage.toolbar.texts, LEFT)
    question = stage.findChild(TextsQuestion)
    assert question is not None
    return question


def tick(columns: ColumnList, row: int) -> None:
    """Click on the name, far from the little box."""
    rect = columns.visualItemRect(columns.item(row))
    QTest.mouseClick(columns.viewport(), LEFT, pos=rect.center())


# Series


def test_columns_become_series(stage, qtbot):
    question = asked_series(stage)
    assert question.columns.value() == ("day", "size")
    tick(question.columns, 0)
    assert question.columns.value() == ("size",)
    assert "chosen: 1" in question.count.text()
    with qtbot.waitSignal(stage.wanted) as handed:
        QTest.mouseClick(question.yes, LEFT)
    series, name = handed.args
    assert isinstance(series, Sequences)
    assert isinstance(name, Note)
    assert series.names == ("size",)
    np.testing.assert_array_equal(series.values[:, 0], [5, np.nan, 7, 8])
    assert len(stage.table) == 4
    assert stage.heard == []


@pytest.mark.parametrize("where", ["box", "name"])
def test_a_click_ticks_once_wherever_it_falls(stage, where):
    columns = asked_series(stage).columns
    rect = columns.visualItemRect(columns.item(1))
    at = rect.center()
    if where == "box":
        at.setX(rect.left() + 10)
    QTest.mouseClick(columns.viewport(), LEFT, pos=at)
    assert columns.value() == ("day",)
    QTest.mouseClick(columns.viewport(), LEFT, pos=at)
    assert columns.value() == ("day", "size")


def test_keys_tick_and_answer(stage, qtbot):
    question = asked_series(stage)
    QTest.keyClick(question.columns, Qt.Key.Key_Down)
    QTest.keyClick(question.columns, Qt.Key.Key_Space)
    assert question.columns.value() == ("day",)
    with qtbot.waitSignal(stage.wanted) as handed:
        QTest.keyClick(question.columns, Qt.Key.Key_Return)
    assert handed.args[0].names == ("day",)


def test_none_or_too_many_cannot_be_shown(stage):
    stage.document.load(wide(MOST_CHANNELS + 1), "wide")
    question = asked_series(stage)
    assert len(question.columns.value()) == MOST_CHANNELS
    assert question.yes.isEnabled()
    tick(question.columns, MOST_CHANNELS - 1)
    question.columns.scrollToBottom()
    tick(question.columns, MOST_CHANNELS)
    assert question.yes.isEnabled()
    tick(question.columns, MOST_CHANNELS - 1)
    assert len(question.columns.value()) == MOST_CHANNELS + 1
    assert not question.yes.isEnabled()
    for row in range(MOST_CHANNELS + 1):
        question.columns.scrollToItem(question.columns.item(row))
        tick(question.columns, row)
    assert question.columns.value() == ()
    assert not question.yes.isEnabled()


def test_a_cancelled_question_hands_nothing_over(stage, qtbot):
    question = asked_series(stage)
    with qtbot.assertNotEmitted(stage.wanted):
        QTest.mouseClick(question.no, LEFT)


def test_series_that_cannot_be_are_a_sentence(stage, qtbot):
    with qtbot.assertNotEmitted(stage.wanted):
        stage.show_as_series(("day", "written"))
    assert "“written” is no column of numbers" in stage.heard[-1]


# Texts


def test_a_column_becomes_texts_with_labels(stage, qtbot):
    question = asked_texts(stage)
    assert (question.text.value(), question.label.value()) == ("written", "from")
    with qtbot.waitSignal(stage.wanted) as handed:
        QTest.mouseClick(question.yes, LEFT)
    text, name = handed.args
    assert isinstance(text, Text)
    assert isinstance(name, Note)
    assert text.lines == ("buy this now", "see you later", "hello")
    assert [text.names[code] for code in text.y] == ["stranger", "friend", "friend"]
    assert "1 of 4" in stage.heard[-1]


def test_no_labels_are_no_labels_though_there_is_a_target(stage, qtbot):
    question = asked_texts(stage)
    QTest.keyClick(question.label.box, Qt.Key.Key_Home)
    assert question.label.value() == ""
    with qtbot.waitSignal(stage.wanted) as handed:
        QTest.mouseClick(question.yes, LEFT)
    assert handed.args[0].names == ()
    assert set(handed.args[0].y.tolist()) == {UNLABELLED}
    assert stage.table.target == "from"


def test_a_text_is_not_offered_as_its_own_label(stage):
    question = asked_texts(stage)
    box = question.label.box
    assert [box.itemText(place) for place in range(box.count())] == ["(none)", "day", "size", "from"]
    QTest.keyClick(question.text.box, Qt.Key.Key_Up)
    assert question.text.value() == "from"
    assert [box.itemText(place) for place in range(box.count())] == ["(none)", "day", "size", "written"]
    assert question.label.value() == ""


def test_too_many_labels_are_a_sentence(stage, qtbot):
    n = 60
    words = tuple(f"line number {row}" for row in range(n))
    stage.document.load(Table((Column("text", "text", codes=np.arange(n), labels=words),
                               Column("id", "number", np.arange(float(n))))), "many")  # fmt: skip
    with qtbot.assertNotEmitted(stage.wanted):
        stage.show_as_texts("text", "id")
    assert "60 different labels" in stage.heard[-1]


def test_more_lines_than_can_be_are_a_sentence(stage, monkeypatch):
    monkeypatch.setattr(table_conversion, "MOST_LINES", 2)
    stage.show_as_texts("written", "")
    assert "3 rows have a text, and at most 2" in stage.heard[-1]


def test_many_rows_become_texts_apart_from_the_window(stage, qtbot):
    n = 20_000
    stage.document.load(Table((Column("text", "text", codes=np.arange(n) % 2, labels=("good", "bad")),)), "many")
    with qtbot.waitSignal(stage.wanted) as handed:
        stage.show_as_texts("text", "")
        assert stage.busy
    assert len(handed.args[0]) == n
    qtbot.waitUntil(lambda: not stage.busy)


# Where it cannot be


def test_what_leads_nowhere_says_why(stage, qtbot):
    panel = stage.options()
    qtbot.addWidget(panel)
    for ways in (stage.toolbar, panel):
        assert all(button.isEnabled() for button in (ways.plane, ways.series, ways.texts))
    stage.document.load(wide(1), "one column")
    for ways in (stage.toolbar, panel):
        assert not ways.plane.isEnabled()
        assert "Two columns of numbers" in ways.plane.toolTip()
        assert ways.series.isEnabled()
        assert not ways.texts.isEnabled()
        assert "A column of texts" in ways.texts.toolTip()
    stage.change_kind("c0", "category")
    for ways in (stage.toolbar, panel):
        assert not ways.series.isEnabled()
        assert "A column of numbers" in ways.series.toolTip()
        assert ways.texts.isEnabled()
    stage.document.undo()
    assert stage.toolbar.series.isEnabled()
    stage.document.clear()
    for ways in (stage.toolbar, panel):
        assert not any(button.isEnabled() for button in (ways.plane, ways.series, ways.texts))
        assert "no rows" in ways.texts.toolTip()
    speaker.speak("zh")
    assert "数据行" in stage.toolbar.texts.toolTip()


def test_the_data_tab_asks_too(stage, qtbot):
    panel = stage.options()
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    QTest.mouseClick(panel.series, LEFT)
    assert stage.findChild(SeriesQuestion) is not None
    QTest.mouseClick(stage.findChild(SeriesQuestion).no, LEFT)
    QTest.mouseClick(panel.texts, LEFT)
    assert stage.findChild(TextsQuestion) is not None
