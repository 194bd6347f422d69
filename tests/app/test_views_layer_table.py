"""The tables of what networks cost: texts of one width, totals, a lit row in view, and a click that asks for a time."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.theme import theme
from app.views.layer_table_view import LayerTableView, MilestonesView, count, milliseconds, shape_text, size
from engines.core.language import say
from engines.core.step import Question
from engines.pictures.layer_table import LayerTable, Milestones, unmeasured
from tests.app.test_views import near, shown


def table(rows: int = 4, lit: int = -1) -> LayerTable:
    numbers = np.arange(1, rows + 1, dtype=np.int64)
    return LayerTable(
        tuple(f"conv{row + 1}" for row in range(rows)), (say("dropout"),) * rows, ((6, 28, 28),) * rows, 1000 * numbers,
        10**6 * numbers, 4000 * numbers, lit, say("picture"),
    )  # fmt: skip


def networks(lit: int = 1) -> Milestones:
    many = np.array([10, 2 * 10**7, 3 * 10**8], np.int64)
    times = unmeasured(3)
    times[2] = 12.345
    return Milestones(("A", "B", "C"), np.array([1998, 2012, 2015]), np.array([7, 8, 50]), many, many, many, times, lit)


def test_numbers_are_short_and_units_are_decimal() -> None:
    assert [count(number) for number in (0, 999, 1000, 15_470_264_320)] == ["0", "999", "1 K", "15.5 G"]
    assert [size(number) for number in (40, 553_430_176)] == ["40 B", "553 MB"]
    assert [milliseconds(time) for time in (float("nan"), 0.444, 12.34, 1553.8)] == ["–", "0.44", "12.3", "1554"]
    assert shape_text((6, 28, 27)) == "28×27×6"
    assert shape_text((84,)) == "84"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_layers_are_added_up_and_named(qtbot: QtBot, language: str) -> None:
    speaker.speak(language)
    view = LayerTableView()
    shown(qtbot, view, (420, 200))
    view.show_picture(table())
    assert "10,000" in view.total.text()
    assert "10 M" in view.total.text()
    assert view.caption.text() == ("picture" if language == "en" else "图片")
    assert "conv2" in view.rows.describe(1)
    assert "2,000" in view.rows.describe(1)
    view.grab()
    view.clear()
    assert not view.total.isVisible()


@pytest.mark.parametrize("dark", [False, True])
def test_the_lit_layer_is_on_a_band_and_in_view(qtbot: QtBot, dark: bool) -> None:
    theme.set(dark=dark)
    view = LayerTableView()
    shown(qtbot, view, (300, 200))
    view.show_picture(table(40, lit=30))
    rect = view.rows.row_rect(30)
    assert rect.top() >= view.rows.head_height
    assert rect.bottom() <= view.rows.viewport().height()
    image = view.rows.viewport().grab().toImage()
    for row, lit in ((30, True), (29, False)):
        at = view.rows.row_rect(row)
        found = image.pixelColor(QPointF(at.left() + 4, at.center().y()).toPoint())
        assert near(found, theme.tokens.color("accent_soft"), 3) is lit
    bar = view.rows.verticalScrollBar()
    bar.setValue(0)
    view.show_picture(table(40, lit=30))  # what is lit has not changed: a person may look elsewhere
    assert bar.value() == 0


def test_a_click_or_enter_on_a_network_asks_for_its_time(qtbot: QtBot) -> None:
    view = MilestonesView()
    shown(qtbot, view, (620, 200))
    view.show_picture(networks())
    asked: list[Question] = []
    view.wondered.connect(asked.append)
    viewport = view.rows.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=view.rows.row_rect(2).center().toPoint())
    assert (asked[-1].topic, asked[-1].index) == ("time", (2,))
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(20, view.height() - 30))  # below the last
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(20, 5))  # the head
    assert len(asked) == 1
    QTest.keyClick(view.rows, Qt.Key.Key_Up)
    QTest.keyClick(view.rows, Qt.Key.Key_Return)
    assert asked[-1].index == (1,)
    QTest.mouseMove(viewport, view.rows.row_rect(0).center().toPoint())
    qtbot.waitUntil(lambda: viewport.cursor().shape() == Qt.CursorShape.PointingHandCursor)
    assert "12.3" in view.rows.describe(2)
    assert "–" in view.rows.describe(0)


def test_nothing_is_clicked_in_a_table_of_layers(qtbot: QtBot) -> None:
    view = LayerTableView()
    shown(qtbot, view, (420, 200))
    view.show_picture(table())
    asked: list[Question] = []
    view.wondered.connect(asked.append)
    QTest.mouseClick(view.rows.viewport(), Qt.MouseButton.LeftButton, pos=view.rows.row_rect(1).center().toPoint())
    QTest.keyClick(view.rows, Qt.Key.Key_Down)
    QTest.keyClick(view.rows, Qt.Key.Key_Return)
    assert not asked
