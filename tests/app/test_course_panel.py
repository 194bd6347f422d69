"""The course on the left: what is listed, what a click and a key do, ticks, languages, narrow panels."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.panels.course_panel import CoursePanel
from app.theme import theme
from engines.core.lab import Chapter, Lab, course


def lab(key: str, en: str, zh: str) -> Lab:
    return Lab(key, key.split("/")[0], {"en": en, "zh": zh}, "clustering.kmeans", "blobs")


CHAPTERS = (
    Chapter("empty", {"en": "Empty", "zh": "空"}, ()),
    Chapter("one", {"en": "First", "zh": "第一章"}, (lab("one/a", "Alpha", "甲"), lab("one/b", "Beta", "乙"))),
    Chapter(
        "two",
        {"en": "Second", "zh": "第二章"},
        (lab("two/c", "XOR: why one straight line is never enough for this", "异或问题：一条直线为什么总是不够用"),),
    ),
)


@pytest.fixture(autouse=True)
def _same_looks() -> Iterator[None]:
    yield
    speaker.speak("en")
    theme.set(dark=False, projector=False)


@pytest.fixture
def panel(qtbot: QtBot) -> CoursePanel:
    panel = CoursePanel(CHAPTERS)
    qtbot.addWidget(panel)
    panel.resize(220, 500)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def rows(panel: CoursePanel) -> list[tuple[str, list[str]]]:
    tops = [panel.tree.topLevelItem(row) for row in range(panel.tree.topLevelItemCount())]
    return [(top.text(0), [top.child(row).text(0) for row in range(top.childCount())]) for top in tops]


def row_named(panel: CoursePanel, text: str) -> QTreeWidgetItem:
    flags = Qt.MatchFlag.MatchStartsWith | Qt.MatchFlag.MatchRecursive
    return panel.tree.findItems(text, flags)[0]


def middle(panel: CoursePanel, text: str) -> QPoint:
    return panel.tree.visualItemRect(row_named(panel, text)).center()


def click(panel: CoursePanel, text: str) -> None:
    QTest.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=middle(panel, text))


def pixel(panel: CoursePanel, text: str, x: int) -> str:
    """The colour at ``x`` of a row, in the middle of its height."""
    image = panel.tree.viewport().grab().toImage()
    return image.pixelColor(x, middle(panel, text).y()).name()


def test_lists_chapters_that_have_labs(panel: CoursePanel) -> None:
    assert rows(panel) == [("First", ["Alpha", "Beta"]), ("Second", [CHAPTERS[2].labs[0].title["en"]])]


def test_the_shipped_course_is_listed(qtbot: QtBot) -> None:
    panel = CoursePanel()
    qtbot.addWidget(panel)
    assert [title for title, _ in rows(panel)] == [chapter.title["en"] for chapter in course() if chapter.labs]
    assert "Multilayer perceptron" in dict(rows(panel))["Deep learning"]


def test_titles_are_said_again(panel: CoursePanel) -> None:
    speaker.speak("zh")
    assert rows(panel)[0] == ("第一章", ["甲", "乙"])
    speaker.speak("en")
    assert rows(panel)[0] == ("First", ["Alpha", "Beta"])


def test_a_click_asks_for_the_lab(qtbot: QtBot, panel: CoursePanel) -> None:
    with qtbot.waitSignal(panel.chosen) as asked:
        click(panel, "Beta")
    assert asked.args == ["one/b"]


def test_a_chapter_folds_on_click_and_asks_for_nothing(qtbot: QtBot, panel: CoursePanel) -> None:
    with qtbot.assertNotEmitted(panel.chosen):
        click(panel, "First")
        assert not row_named(panel, "First").isExpanded()
        click(panel, "First")
        assert row_named(panel, "First").isExpanded()


def test_select_shows_the_open_lab_without_asking(qtbot: QtBot, panel: CoursePanel) -> None:
    row_named(panel, "First").setExpanded(False)
    with qtbot.assertNotEmitted(panel.chosen):
        panel.select("one/b")
    assert row_named(panel, "First").isExpanded()
    width = panel.tree.viewport().width()
    assert pixel(panel, "Beta", width - 12) == QColor(theme.tokens.accent_soft).name()
    assert pixel(panel, "Alpha", width - 12) != QColor(theme.tokens.accent_soft).name()
    panel.select("nowhere/x")
    assert pixel(panel, "Beta", width - 12) != QColor(theme.tokens.accent_soft).name()


def test_keys_walk_and_enter_opens(qtbot: QtBot, panel: CoursePanel) -> None:
    panel.select("one/a")
    panel.tree.setFocus()
    with qtbot.assertNotEmitted(panel.chosen):
        QTest.keyClick(panel.tree, Qt.Key.Key_Down)
    assert pixel(panel, "Alpha", panel.tree.viewport().width() - 12) == QColor(theme.tokens.accent_soft).name()
    with qtbot.waitSignal(panel.chosen) as asked:
        QTest.keyClick(panel.tree, Qt.Key.Key_Return)
    assert asked.args == ["one/b"]
    QTest.keyClick(panel.tree, Qt.Key.Key_Down)  # now on the second chapter
    with qtbot.assertNotEmitted(panel.chosen):
        QTest.keyClick(panel.tree, Qt.Key.Key_Enter)
    assert not row_named(panel, "Second").isExpanded()


def test_ticks(panel: CoursePanel) -> None:
    centre = theme.px(22)
    beside = centre - theme.px(5)  # left of the tick, inside the disc
    green = QColor(theme.tokens.good).name()
    assert pixel(panel, "Beta", beside) != green
    panel.mark_done("one/b")
    panel.mark_done("unknown/x")
    assert panel.done == ("one/b",)
    assert pixel(panel, "Beta", beside) == green
    assert pixel(panel, "Alpha", beside) != green
    role = Qt.ItemDataRole.AccessibleDescriptionRole
    assert row_named(panel, "Beta").data(0, role) == "run to the end"
    speaker.speak("zh")
    assert row_named(panel, "乙").data(0, role) == "已运行到底"
    theme.set(dark=True)
    assert pixel(panel, "乙", beside) == QColor(theme.tokens.good).name()


def test_long_titles_take_two_lines_when_the_panel_is_narrow(qtbot: QtBot, panel: CoursePanel) -> None:
    def heights() -> tuple[int, int]:
        return tuple(panel.tree.visualItemRect(row_named(panel, name)).height() for name in ("Alpha", "XOR"))

    panel.resize(600, 500)
    qtbot.waitUntil(lambda: heights()[0] == heights()[1])
    panel.resize(220, 500)
    qtbot.waitUntil(lambda: heights()[1] > 1.5 * heights()[0])
    assert panel.tree.horizontalScrollBar().maximum() == 0


def test_projector_makes_rows_larger(qtbot: QtBot, panel: CoursePanel) -> None:
    before = panel.tree.visualItemRect(row_named(panel, "Alpha")).height()
    theme.set(projector=True)
    qtbot.waitUntil(lambda: panel.tree.visualItemRect(row_named(panel, "Alpha")).height() >= 1.25 * before)
