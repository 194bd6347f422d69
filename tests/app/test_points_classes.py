"""Classes as a whole: names, colours, order, merging, deleting, few labels, and learning a number instead."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.editors.points import classes
from app.editors.points.options import PointsOptions
from app.language import speaker
from app.theme import theme
from app.theme.tokens import LIGHT
from engines.data.points import MOST_CLASSES, UNLABELLED, Points
from tests.app.points_desk import LEFT, RIGHT, Desk

Y = np.array([0, 0, 0, 1, 1, 2, UNLABELLED])


@pytest.fixture
def options(desk: Desk, qtbot: QtBot) -> Iterator[PointsOptions]:
    desk.document.load(Points(np.arange(14.0).reshape(7, 2) / 5 - 1, Y), "Open a lab")
    options = PointsOptions(desk.editor)
    options.resize(300, 600)
    qtbot.addWidget(options)
    with qtbot.waitExposed(options):
        options.show()
    yield options
    speaker.speak("en")


def pick(button, text: str) -> None:
    """Choose an entry of a button's menu, filled as it is when it opens."""
    menu = button.menu()
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == text).trigger()


def test_rows_show_the_classes_and_their_counts(options: PointsOptions, desk: Desk) -> None:
    assert [row.count.text() for row in options.rows if row.isVisible()] == ["3", "2", "1"]
    assert options._none.text() == "no class: 1"
    desk.document.remove(np.array([0]))
    assert options.rows[0].count.text() == "2"


def test_a_typed_name_is_kept_and_told_everywhere(options: PointsOptions, desk: Desk) -> None:
    field = options.rows[1].name
    field.setFocus()
    QTest.keyClicks(field, "owls")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert desk.points.names == ("", "owls")
    assert "owls" in desk.toolbar.swatches[1].toolTip()
    desk.document.undo()
    assert desk.points.names == ()
    assert field.placeholderText() == "Class 2"


def test_recolouring_swaps_two_colours_and_keeps_all_different(options: PointsOptions, desk: Desk) -> None:
    pick(options.rows[0].colour, "Colour 3")
    assert desk.points.colours[:3] == (2, 1, 0)
    assert sorted(desk.points.colours) == list(range(MOST_CLASSES))
    theme.set_class_colours(desk.points.colours)
    assert theme.tokens.class_color(0).name() == LIGHT.classes[2]
    assert theme.tokens.class_color(2).name() == LIGHT.classes[0]
    theme.set(dark=True)
    assert theme.tokens.class_color(0) == theme.palette_color(2)
    theme.set(dark=False)
    desk.document.undo()
    assert desk.points.colours == ()


def test_moving_a_class_swaps_points_names_and_colours(options: PointsOptions, desk: Desk) -> None:
    classes.rename(desk.document, 0, "apples")
    classes.recolour(desk.document, 0, 5)
    pick(options.rows[0].more, "Move down")
    assert desk.points.y.tolist() == [1, 1, 1, 0, 0, 2, UNLABELLED]
    assert desk.points.names == ("", "apples")
    assert desk.points.colours[1] == 5
    for _ in range(3):
        desk.document.undo()
    assert np.array_equal(desk.points.y, Y)
    assert (desk.points.names, desk.points.colours) == ((), ())


def test_first_class_cannot_move_up(options: PointsOptions) -> None:
    menu = options.rows[0].more.menu()
    menu.aboutToShow.emit()
    enabled = {action.text(): action.isEnabled() for action in menu.actions()}
    assert not enabled["Move up"]
    assert enabled["Move down"]


def test_merging_closes_the_gap(options: PointsOptions, desk: Desk) -> None:
    classes.rename(desk.document, 2, "pears")
    pick(options.rows[1].more, "Merge into “Class 1”")
    assert desk.points.y.tolist() == [0, 0, 0, 0, 0, 1, UNLABELLED]
    assert desk.points.names == ("", "pears")
    assert sum(row.isVisible() for row in options.rows) == 2
    desk.document.undo()
    assert np.array_equal(desk.points.y, Y)


def test_deleting_takes_the_points_and_closes_the_gap(options: PointsOptions, desk: Desk) -> None:
    pick(options.rows[0].more, "Delete with its points")
    assert desk.points.y.tolist() == [0, 0, 1, UNLABELLED]
    desk.document.undo()
    assert np.array_equal(desk.points.y, Y)
    assert len(desk.points.x) == 7


def test_few_labels_keep_at_least_one_of_each(options: PointsOptions, desk: Desk) -> None:
    desk.document.load(Points(np.zeros((300, 2)), np.arange(300) % 3), "Open a lab")
    QTest.mouseClick(options.few, LEFT)
    assert np.bincount(desk.points.y + 1).tolist() == [270, 10, 10, 10]
    desk.document.load(Points(np.zeros((6, 2)), np.arange(6) % 3), "Open a lab")
    QTest.mouseClick(options.few, LEFT)
    assert np.bincount(desk.points.y + 1).tolist() == [3, 1, 1, 1]


def test_numbers_are_painted_where_numbers_are_learned(options: PointsOptions, desk: Desk) -> None:
    desk.document.clear()
    QTest.mouseClick(options.target._buttons["value"], LEFT)
    assert desk.points.target == "value"
    assert not options._classes.isVisible()
    options.value.changed.emit(0.5)
    desk.editor.choose("point")
    desk.click((0, 0))
    desk.click((1, 1), RIGHT)
    assert desk.points.value.tolist() == [0.5, -0.5]
    options.value.changed.emit(-1.0)
    desk.editor.choose("relabel")
    desk.click((0, 0))
    assert desk.points.value.tolist() == [-1.0, -0.5]
    desk.document.undo()
    assert desk.points.value.tolist() == [0.5, -0.5]


def test_what_is_learned_is_one_undo(options: PointsOptions, desk: Desk) -> None:
    QTest.mouseClick(options.target._buttons["height"], LEFT)
    assert desk.points.target == "height"
    assert desk.document.undo_action.text() == "Undo: Change what is learned"
    desk.document.undo()
    assert desk.points.target == "class"
    assert options.target.current == "class"
