"""The table on the stage, by mouse and keyboard: edits and undo, sort, filter, clipboard, the Data tab, the plane."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from app.editors.table import chore
from app.editors.table.dialogs import PlaneQuestion, TextQuestion
from app.editors.table.header import told
from app.editors.table.stage import TableStage
from app.language import speaker, tr
from app.theme import theme
from engines.core.dataset import Dataset, Split
from engines.core.language import Note
from engines.data.points import Points
from engines.data.table import Column, Table

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


class StandIn(QObject):
    """What the editor needs of a session."""

    data_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.split = Split()
        self.data: Dataset | None = None

    def set_data(self, data: Dataset) -> None:
        self.data = data


def small() -> Table:
    return Table((
        Column("age", "number", np.array([30.0, np.nan, 20.0, 40.0])),
        Column("mass", "number", np.array([1.5, 2.5, 3.5, 4.5])),
        Column("kind", "category", codes=np.array([1, 0, 1, 0]), labels=("cat", "dog")),
    ), "kind")  # fmt: skip


@pytest.fixture
def session() -> StandIn:
    return StandIn()


@pytest.fixture
def stage(qtbot: QtBot, session: StandIn) -> Iterator[TableStage]:
    stage = TableStage(session)  # type: ignore[arg-type]
    stage.active = True
    stage.heard = []  # type: ignore[attr-defined]
    stage.said.connect(lambda note, _: stage.heard.append(tr(note)))  # type: ignore[attr-defined]
    stage.resize(760, 520)
    qtbot.addWidget(stage)
    with qtbot.waitExposed(stage):
        stage.show()
    stage.document.load(small(), "a table")
    yield stage
    stage.stop_reading()
    speaker.speak("en")
    theme.set(dark=False, projector=False)


def values(stage: TableStage, name: str) -> list[Any]:
    return [stage.table.column(name).value(row) for row in range(len(stage.table))]


def click(stage: TableStage, row: int, place: int, modifier: Qt.KeyboardModifier | None = None) -> None:
    rect = stage.grid.visualRect(stage.grid.rows.index(row, place))
    QTest.mouseClick(stage.grid.viewport(), LEFT, modifier or Qt.KeyboardModifier.NoModifier, rect.center())


def write(stage: TableStage, text: str) -> None:
    """Type into the cell with the keyboard, and Enter."""
    QTest.keyClick(stage.grid, Key.Key_F2)
    editor = stage.grid.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Key.Key_Return)
    QApplication.processEvents()  # the delegate commits when the editor has had the key


# Cells


def test_a_cell_is_edited_and_the_session_follows(stage, session):
    click(stage, 1, 0)
    write(stage, "25")
    assert values(stage, "age") == [30.0, 25.0, 20.0, 40.0]
    assert session.data is stage.table
    assert stage.table.recipe.edited or stage.table.recipe.source == "drawn"
    stage.document.undo()
    assert values(stage, "age")[1] is None
    stage.document.redo()
    assert values(stage, "age")[1] == 25.0


def test_typing_begins_an_edit(stage):
    click(stage, 0, 1)
    QTest.keyClick(stage.grid, Key.Key_R)
    assert stage.grid.findChild(QLineEdit) is not None


def test_words_among_numbers_are_refused_in_words(stage):
    click(stage, 0, 0)
    write(stage, "old")
    assert values(stage, "age")[0] == 30.0
    assert "“old” is not a number" in stage.heard[-1]


def test_the_same_text_is_no_edit(stage):
    click(stage, 0, 0)
    before = stage.table
    write(stage, "30")
    assert stage.table is before


def test_delete_marks_as_missing(stage):
    click(stage, 0, 0)
    click(stage, 2, 1, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(stage.grid, Key.Key_Delete)
    assert values(stage, "age") == [None, None, None, 40.0]
    assert values(stage, "mass") == [None, None, None, 4.5]
    stage.document.undo()
    assert values(stage, "mass")[0] == 1.5


def test_copy_and_paste(stage):
    click(stage, 0, 1)
    click(stage, 1, 2, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(stage.grid, Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "1.5\tdog\n2.5\tcat\n"
    click(stage, 3, 1)
    QTest.keyClick(stage.grid, Key.Key_V, CONTROL)
    assert len(stage.table) == 5
    assert values(stage, "mass") == [1.5, 2.5, 3.5, 1.5, 2.5]
    assert values(stage, "kind")[3:] == ["dog", "cat"]
    assert values(stage, "age")[4] is None
    stage.document.undo()
    assert len(stage.table) == 4


def test_cut(stage):
    click(stage, 0, 2)
    QTest.keyClick(stage.grid, Key.Key_X, CONTROL)
    assert QGuiApplication.clipboard().text() == "dog\n"
    assert values(stage, "kind")[0] is None


def test_paste_says_what_it_refused(stage):
    QGuiApplication.clipboard().setText('old\t7\r\n"two\nlines"\t8\r\n')
    click(stage, 0, 0)
    QTest.keyClick(stage.grid, Key.Key_V, CONTROL)
    assert values(stage, "mass")[:2] == [7.0, 8.0]
    assert "2 cells were not pasted" in stage.heard[-1]
    QGuiApplication.clipboard().clear()
    QTest.keyClick(stage.grid, Key.Key_V, CONTROL)
    assert "nothing to paste" in stage.heard[-1]


def test_arrows_stay_in_the_grid(stage):
    click(stage, 0, 0)
    QTest.keyClick(stage.grid, Key.Key_Down)
    QTest.keyClick(stage.grid, Key.Key_Right)
    assert (stage.grid.currentIndex().row(), stage.grid.currentIndex().column()) == (1, 1)


# Rows and columns


def test_rows_come_and_go(stage):
    click(stage, 1, 0)
    QTest.mouseClick(stage.toolbar.add_row, LEFT)
    assert values(stage, "mass") == [1.5, 2.5, None, 3.5, 4.5]
    click(stage, 0, 0)
    click(stage, 2, 0, CONTROL)
    QTest.mouseClick(stage.toolbar.delete_rows, LEFT)
    assert values(stage, "mass") == [2.5, 3.5, 4.5]
    stage.document.undo()
    stage.document.undo()
    assert values(stage, "mass") == [1.5, 2.5, 3.5, 4.5]


def test_deleting_needs_a_choice(stage):
    stage.grid.clearSelection()
    QTest.mouseClick(stage.toolbar.delete_rows, LEFT)
    assert "Choose the rows" in stage.heard[-1]


def answer(stage: TableStage, text: str) -> None:
    question = stage.findChildren(TextQuestion)[-1]
    question.line.clear()
    QTest.keyClicks(question.line, text)
    QTest.keyClick(question.line, Key.Key_Return)


def test_a_column_is_added_and_renamed(stage):
    QTest.mouseClick(stage.toolbar.add_column, LEFT)
    answer(stage, "height")
    assert stage.table.names == ("age", "mass", "kind", "height")
    stage.ask_rename("height")
    answer(stage, "age")
    assert "already" in stage.heard[-1]
    assert stage.table.names[-1] == "height"


def entries(menu: QMenu) -> dict[str, Any]:
    return {action.text(): action for action in menu.actions() if action.text()}


def open_menu(stage: TableStage, place: int) -> QMenu:
    head = stage.grid.head
    right = head.sectionViewportPosition(place) + head.sectionSize(place) - theme.px(16)
    QTest.mouseClick(head.viewport(), LEFT, pos=QPoint(right, theme.px(14)))
    menu = stage.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)[-1]
    assert menu.isVisible()
    return menu


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_the_menu_of_a_column(stage, qtbot):
    menu = open_menu(stage, 0)
    entries(entries(menu)["Fill what is missing with"].menu())["Mean"].trigger()
    assert values(stage, "age") == [30.0, 30.0, 20.0, 40.0]
    entries(entries(menu)["Kind"].menu())["Category"].trigger()
    assert stage.table.column("age").kind == "category"
    entries(menu)["Sort downwards"].trigger()
    assert values(stage, "age") == ["40", "30", "30", "20"]
    entries(menu)["Make it the target"].trigger()
    assert stage.table.target == "age"
    entries(menu)["Mark a value as missing …"].trigger()
    answer(stage, "30")
    assert values(stage, "age") == ["40", None, None, "20"]
    entries(menu)["Delete the column"].trigger()
    assert (stage.table.names, stage.table.target) == (("mass", "kind"), "")
    menu.close()
    for _ in range(6):
        stage.document.undo()
    assert values(stage, "age") == [30.0, None, 20.0, 40.0]


def test_a_kind_that_loses_values_says_so(stage):
    stage.change_kind("kind", "number")
    assert values(stage, "kind") == [None] * 4
    assert "4 values of “kind”" in stage.heard[-1]


def test_sorting_from_the_toolbar(stage):
    click(stage, 0, 1)
    QTest.mouseClick(stage.toolbar.sort_down, LEFT)
    assert values(stage, "mass") == [4.5, 3.5, 2.5, 1.5]
    QTest.mouseClick(stage.toolbar.sort_up, LEFT)
    assert values(stage, "mass") == [1.5, 2.5, 3.5, 4.5]


# The filter


def enter_filter(stage: TableStage, text: str) -> None:
    stage.toolbar.filter.clear()
    QTest.keyClicks(stage.toolbar.filter, text)
    QTest.keyClick(stage.toolbar.filter, Key.Key_Return)


def test_a_filter_hides_and_counts(stage):
    enter_filter(stage, "mass > 2 and kind = cat")
    assert stage.grid.rows.rowCount() == 2
    assert stage.toolbar.count.text() == "rows: 2 of 4"
    assert stage.grid.rows.headerData(0, Qt.Orientation.Vertical) == "2"
    assert len(stage.table) == 4
    click(stage, 1, 0)
    write(stage, "44")
    assert values(stage, "age")[3] == 44.0
    click(stage, 0, 0)
    QTest.mouseClick(stage.toolbar.delete_rows, LEFT)
    assert values(stage, "mass") == [1.5, 3.5, 4.5]
    assert stage.grid.rows.rowCount() == 1


def test_only_the_shown_rows_are_kept(stage):
    assert not stage.toolbar.keep.isVisible()
    enter_filter(stage, "dog")
    QTest.mouseClick(stage.toolbar.keep, LEFT)
    assert values(stage, "mass") == [1.5, 3.5]
    assert stage.toolbar.filter.text() == ""
    stage.document.undo()
    assert stage.grid.rows.rowCount() == len(stage.table) == 4


def test_a_filter_that_cannot_be_is_a_sentence(stage):
    enter_filter(stage, "height > 3")
    assert "no column “height”" in stage.heard[-1]
    enter_filter(stage, "")
    assert stage.grid.rows.rowCount() == 4


def test_typing_a_filter_needs_no_enter(stage, qtbot):
    QTest.keyClicks(stage.toolbar.filter, "cat")
    qtbot.waitUntil(lambda: stage.grid.rows.rowCount() == 2)


def test_a_filter_that_lets_nothing_through_says_so(stage):
    enter_filter(stage, "mass > 100")
    assert stage.nothing.isVisible()
    assert "No row passes the filter" in stage.nothing.text()
    enter_filter(stage, "mass > 2")
    assert not stage.nothing.isVisible()


def test_a_row_that_the_filter_hides_is_told(stage):
    enter_filter(stage, "dog")
    QTest.mouseClick(stage.toolbar.add_row, LEFT)
    assert len(stage.table) == 5
    assert stage.grid.rows.rowCount() == 2
    assert "the filter hides it" in stage.heard[-1]


# What is shown


def test_a_table_without_rows_says_what_to_do(stage):
    stage.grid.selectAll()
    QTest.mouseClick(stage.toolbar.delete_rows, LEFT)
    assert stage.nothing.isVisible()
    assert "Add one" in stage.nothing.text()
    QTest.mouseClick(stage.toolbar.add_row, LEFT)
    assert not stage.nothing.isVisible()


def long_names() -> Table:
    return Table(tuple(Column(f"a rather long name, number {place}", "number", np.arange(4.0)) for place in range(3)))


def test_columns_are_as_wide_as_their_names_where_there_is_room(stage):
    stage.resize(1200, 520)
    stage.document.load(long_names(), "long names")
    head = stage.grid.head
    name = QFontMetrics(theme.font("strong")).horizontalAdvance(stage.table.names[0])
    assert all(head.sectionSize(place) > name for place in range(3))
    stage.resize(560, 520)
    QApplication.processEvents()
    assert head.length() <= head.viewport().width()  # nothing to scroll to, as before


def test_a_width_that_was_chosen_stays(stage):
    head = stage.grid.head
    edge = head.sectionViewportPosition(0) + head.sectionSize(0) - 1
    before = head.sectionSize(0)
    QTest.mousePress(head.viewport(), LEFT, pos=QPoint(edge, theme.px(50)))
    QTest.mouseMove(head.viewport(), QPoint(edge - 30, theme.px(50)))
    QTest.mouseRelease(head.viewport(), LEFT, pos=QPoint(edge - 30, theme.px(50)))
    chosen = head.sectionSize(0)
    assert chosen < before
    stage.resize(1200, 520)
    stage.add_column("height")
    QApplication.processEvents()
    assert head.sectionSize(0) == chosen


def test_an_empty_stage_says_what_to_do(stage, qtbot):
    stage.document.clear()
    assert stage.empty.isVisible()
    with qtbot.waitSignal(stage.empty.new_wanted):
        QTest.mouseClick(stage.empty.new, LEFT)
    assert stage.grid.isVisible()
    assert len(stage.table) == 5


def test_the_head_tells_about_its_column(stage):
    assert told(stage.table.columns[0]).render("en").split("\n") == [
        "age: Number", "from 20 to 40, mean 30", "missing: 25.0%",
    ]  # fmt: skip
    assert "cat 2" in told(stage.table.columns[2]).render("zh")


@pytest.mark.parametrize("dark", [False, True])
def test_it_is_drawn(stage, dark):
    theme.set(dark=dark)
    image = stage.grid.grab().toImage()
    accent = theme.tokens.color("accent").rgb()
    head = [image.pixel(x, 1) for x in range(image.width())]
    assert head.count(accent) > 50  # the line over the target
    ink = {image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}
    assert len(ink) > 10


def test_rows_are_ringed(stage):
    stage.ring(np.array([1, 2]))
    assert stage.grid.rows.ringed == {1, 2}


def test_the_first_ringed_row_is_brought_into_sight_in_a_filtered_table_too(stage):
    n = 300
    values = np.arange(n, dtype=float)
    stage.document.load(Table((Column("a", "number", values), Column("b", "number", values))), "long")
    QApplication.processEvents()
    stage.ring(np.array([250, 260]))
    assert stage.grid.rowAt(0) > 200
    stage.filter("a > 100")
    QApplication.processEvents()
    stage.grid.scrollToTop()
    stage.ring(np.array([50, 250]))  # the first is filtered out
    assert stage.grid.rowAt(0) <= 149 <= stage.grid.rowAt(stage.grid.viewport().height() - 1)


# The Data tab


def test_options_follow_and_change_the_table(stage, qtbot):
    panel = stage.options()
    qtbot.addWidget(panel)
    assert stage.options() is panel
    assert panel.target.value() == "kind"
    assert [panel.columns.item(row).text().split()[0] for row in range(3)] == ["age", "mass", "kind"]
    panel.columns.setCurrentRow(1)
    assert stage.grid.currentIndex().column() == 1
    panel.kind.chosen.emit("ignore")
    assert stage.table.column("mass").kind == "ignore"
    panel.target.box.setCurrentIndex(0)
    panel.target.box.activated.emit(0)
    assert stage.table.target == ""
    speaker.speak("zh")
    assert panel.target.box.itemText(0) == "（无）"


@pytest.mark.parametrize("projector", [False, True])
def test_the_list_of_columns_is_as_high_as_its_rows(stage, qtbot, projector):
    theme.set(projector=projector)
    panel = stage.options()
    qtbot.addWidget(panel)
    panel.resize(280, 600)
    with qtbot.waitExposed(panel):
        panel.show()
    last = panel.columns.visualItemRect(panel.columns.item(2))
    room = panel.columns.viewport().height() - last.bottom()
    assert 0 <= room < last.height() // 2


# Onto the plane


def test_two_columns_go_onto_the_plane(stage, qtbot):
    QTest.mouseClick(stage.toolbar.plane, LEFT)
    question = stage.findChild(PlaneQuestion)
    assert (question.across.value(), question.up.value(), question.colour.value()) == ("age", "mass", "kind")
    assert question.scale.isChecked()
    with qtbot.waitSignal(stage.wanted) as handed:
        QTest.mouseClick(question.yes, LEFT)
    points, name = handed.args
    assert isinstance(points, Points)
    assert isinstance(name, Note)
    assert points.names == ("cat", "dog")
    np.testing.assert_allclose(points.x.std(0), 1)
    assert "x_mean" in dict(points.recipe.then[-1].settings)
    assert "1 of 4" in stage.heard[-1]


def test_a_plane_that_cannot_be_is_a_sentence(stage):
    stage.show_on_plane("age", "kind", "", False)
    assert "Two columns of numbers" in stage.heard[-1]


# A million rows


def test_big_edits_are_done_apart(stage, monkeypatch, qtbot):
    monkeypatch.setattr(chore, "MANY", 3)
    stage.sort("mass", descending=True)
    assert stage.busy
    stage.fill("mass", "mean")  # the rows will have moved: it is not done to others in silence
    qtbot.waitUntil(lambda: not stage.busy)
    assert values(stage, "mass") == [4.5, 3.5, 2.5, 1.5]
    assert "moved meanwhile" in stage.heard[-1]
    stage.fill("age", "mean")
    stage.rename("mass", "weight")  # waits, and is done
    qtbot.waitUntil(lambda: stage.table.names == ("age", "weight", "kind"))
    assert None not in values(stage, "age")
    qtbot.waitUntil(lambda: not stage.busy)
    stage.filter("height = 1")
    qtbot.waitUntil(lambda: "no column “height”" in stage.heard[-1])
    qtbot.waitUntil(lambda: not stage.busy)


def test_a_million_rows_are_shown_without_a_copy(stage, qtbot):
    n = 1_000_000
    table = Table((Column("a", "number", np.arange(float(n))), Column("b", "category", codes=np.arange(n) % 3,
                                                                      labels=("x", "y", "z"))))  # fmt: skip
    stage.document.load(table, "big")
    assert stage.grid.rows.table.columns[0].numbers is table.columns[0].numbers
    stage.grid.choose(n - 1, 0)
    assert stage.grid.rowAt(stage.grid.viewport().height() - 2) == n - 1
    stage.grid.selectAll()
    assert len(stage.grid.chosen_rows()) == n
    QTest.keyClick(stage.grid, Key.Key_C, CONTROL)
    assert "At most" in stage.heard[-1]


def test_a_click_points_at_a_row_of_the_table_whatever_is_shown(stage):
    rows: list[int] = []
    stage.pointed_at.connect(rows.append)
    click(stage, 1, 0)
    enter_filter(stage, "age > 25")
    click(stage, 1, 1)
    assert rows == [1, 3]
