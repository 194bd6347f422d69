"""Drawing with a real mouse on a real plane: what each tool does, and that every gesture can be taken back."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.editors.document import MOST_UNDO
from app.editors.points.editor import LARGEST, SMALLEST
from app.editors.points.tools import PER_SPRAY, TOOLS
from app.language import speaker
from engines.core.dataset import Recipe, Split
from engines.core.language import catalogue
from engines.data.points import MOST_CLASSES, UNLABELLED, Points
from engines.data.sampling import make_sample
from tests.app.points_desk import CONTROL, LEFT, MIDDLE, RIGHT, SHIFT, Desk


def same(one: Points, other: Points) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("x", "y", "key"))


# Brush


def test_stroke_sprays_its_class_within_the_radius(desk: Desk) -> None:
    desk.drag((-2, 1), (2, 1))
    points = desk.points
    assert len(points) > 20
    assert set(points.y) == {0}
    assert np.abs(points.x[:, 1] - 1).max() <= desk.editor.hand.radius + 0.02  # a pixel is 0.01
    assert points.x[:, 0].min() < -1.5
    assert points.x[:, 0].max() > 1.5
    assert len(np.unique(points.key)) == len(points)


def test_right_button_paints_the_other_class(desk: Desk) -> None:
    desk.drag((-2, 1), (2, 1), LEFT)
    count = len(desk.points)
    desk.drag((-2, -1), (2, -1), RIGHT)
    assert set(desk.points.y[:count]) == {0}
    assert set(desk.points.y[count:]) == {1}


def test_one_undo_takes_the_stroke_away_and_redo_brings_it_back(desk: Desk) -> None:
    desk.drag((-2, 1), (0, 1))
    before = desk.points
    desk.drag((0, -1), (2, -1))
    after = desk.points
    desk.key(Qt.Key.Key_Z, CONTROL)
    assert same(desk.points, before)
    desk.key(Qt.Key.Key_Y, CONTROL)
    assert same(desk.points, after)
    desk.key(Qt.Key.Key_Z, CONTROL)
    desk.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert same(desk.points, after)


def test_a_hand_that_rests_does_not_pile_points_up(desk: Desk) -> None:
    desk.press((0, 0))
    for _ in range(30):
        desk.go((0.03, 0))
        desk.go((0, 0.03))
    desk.release((0, 0))
    assert len(desk.points) == PER_SPRAY


def test_a_fast_mouse_leaves_no_gap(desk: Desk) -> None:
    desk.editor.hand.radius = 0.3
    desk.drag((-2.5, 0), (2.5, 0), moves=1)
    across = np.sort(desk.points.x[:, 0])
    assert np.diff(across).max() < 2 * 0.3
    assert len(across) == pytest.approx(PER_SPRAY * (1 + 5 / 0.15), abs=2 * PER_SPRAY)


def test_changed_fires_at_most_once_a_mouse_event(desk: Desk, qtbot: QtBot) -> None:
    heard: list[int] = []
    desk.document.changed.connect(lambda: heard.append(len(desk.document)))
    desk.drag((-2, 0), (2, 0), moves=4)
    assert 2 <= len(heard) <= 5
    assert heard == sorted(set(heard))


# The other tools


def test_point_goes_exactly_where_one_clicks(desk: Desk) -> None:
    desk.key(Qt.Key.Key_P)
    desk.click((1.5, -0.5))
    desk.click((-1, 2), RIGHT)
    assert desk.points.x == pytest.approx(np.array([[1.5, -0.5], [-1, 2]]), abs=0.02)
    assert desk.points.y.tolist() == [0, 1]
    desk.document.undo()
    assert len(desk.points) == 1


def test_drag_moves_exactly_one_point(desk: Desk) -> None:
    desk.document.load(Points(np.array([[-1.0, 0], [1, 0], [0, 2]]), np.array([0, 1, 2])), "Open a lab")
    before = desk.points
    desk.key(Qt.Key.Key_V)
    desk.drag((1, 0), (2, 1.5))
    after = desk.points
    assert np.flatnonzero((after.x != before.x).any(axis=1)).tolist() == [1]
    assert after.x[1] == pytest.approx([2, 1.5], abs=0.02)
    assert np.array_equal(after.y, before.y)
    assert np.array_equal(after.key, before.key)
    desk.document.undo()
    assert same(desk.points, before)


def test_a_point_that_is_gone_lets_go_of_the_mouse(desk: Desk) -> None:
    desk.document.load(Points(np.array([[-1.0, 0], [1, 0]]), np.array([0, 1])), "Open a lab")
    desk.key(Qt.Key.Key_V)
    desk.press((1, 0))
    fewer = Points(np.array([[-1.0, 0]]), np.array([0]))
    desk.document.load(fewer, "Open a file")
    desk.go((2, 1))
    desk.release((2, 1))
    assert desk.points is fewer


def test_nothing_near_the_mouse_nothing_moves(desk: Desk) -> None:
    desk.document.load(Points(np.array([[-1.0, 0]]), np.array([0])), "Open a lab")
    before = desk.points
    desk.key(Qt.Key.Key_V)
    desk.drag((1, 0), (2, 1))
    assert desk.points is before
    assert not desk.document.undo_action.isEnabled()


def test_eraser_takes_what_lies_in_its_radius_and_only_that(desk: Desk) -> None:
    x = np.array([[-2.0, 0], [0, 0.2], [0, 0.9], [2, 0]])
    desk.document.load(Points(x, np.array([0, 1, 2, 3])), "Open a lab")
    desk.key(Qt.Key.Key_E)
    desk.click((0, 0))
    assert desk.points.y.tolist() == [0, 2, 3]
    desk.document.undo()
    assert len(desk.points) == 4
    desk.drag((-2.5, 0), (2.5, 0), RIGHT, moves=1)  # in one leap: also what lies between
    assert desk.points.y.tolist() == [2]
    desk.document.undo()
    assert desk.points.x == pytest.approx(x)


def test_middle_button_pans_and_paints_nothing(desk: Desk) -> None:
    before = desk.plane.getViewBox().viewRect().center()
    desk.drag((0, 0), (1, 0), MIDDLE)
    assert desk.plane.getViewBox().viewRect().center() != before
    assert len(desk.points) == 0


def test_side_buttons_of_the_mouse_paint_nothing(desk: Desk) -> None:
    desk.drag((0, 0), (1, 0), Qt.MouseButton.BackButton)
    assert len(desk.points) == 0


def test_another_tool_chosen_in_mid_stroke_waits_for_its_end(desk: Desk) -> None:
    desk.document.load(make_sample("moons"), "Moons")
    before = desk.points
    desk.key(Qt.Key.Key_B)
    desk.press((-2, 2.5))
    desk.key(Qt.Key.Key_E)
    desk.go((2, 2.5))
    desk.release((2, 2.5))
    assert len(desk.points) > len(before)
    desk.document.undo()
    assert same(desk.points, before)
    assert desk.editor.tool.name == "eraser"


# Undo


def test_clear_loses_nothing(desk: Desk) -> None:
    desk.drag((-2, 1), (2, 1))
    before = desk.points
    QTest.mouseClick(desk.toolbar.clear, LEFT)
    assert len(desk.points) == 0
    assert not desk.toolbar.clear.isEnabled()
    desk.key(Qt.Key.Key_Z, CONTROL)
    assert same(desk.points, before)
    assert desk.points.recipe == before.recipe


def test_actions_tell_what_they_would_take_back(desk: Desk) -> None:
    undo, redo = desk.document.undo_action, desk.document.redo_action
    assert (undo.text(), undo.isEnabled(), redo.isEnabled()) == ("Undo", False, False)
    desk.drag((-1, 0), (1, 0))
    assert (undo.text(), undo.isEnabled()) == ("Undo: Brush stroke", True)
    desk.document.clear()
    assert undo.text() == "Undo: Clear"
    desk.document.undo()
    assert (undo.text(), redo.text()) == ("Undo: Brush stroke", "Redo: Clear")
    speaker.speak("zh")
    assert (undo.text(), redo.text()) == ("撤销：画笔一笔", "重做：清空")


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_tools_speak_chinese(tool) -> None:
    assert {tool.text, tool.gesture} <= catalogue("zh").keys()


def test_a_new_edit_forgets_what_was_taken_back(desk: Desk) -> None:
    desk.drag((-1, 0), (1, 0))
    desk.document.undo()
    desk.document.load(make_sample("moons"), "Moons")
    assert not desk.document.redo_action.isEnabled()
    desk.document.undo()
    assert len(desk.points) == 0


def test_undo_waits_for_the_end_of_the_stroke(desk: Desk) -> None:
    desk.drag((-2, 1), (2, 1))
    first = desk.points
    desk.press((-2, -1))
    desk.key(Qt.Key.Key_Z, CONTROL)
    desk.go((2, -1))
    desk.release((2, -1))
    assert len(desk.points) > len(first)
    desk.document.undo()
    assert same(desk.points, first)


def test_loading_in_mid_stroke_leaves_both_sides_undoable(desk: Desk) -> None:
    desk.press((-2, 1))
    desk.go((0, 1))
    half = desk.points
    moons = make_sample("moons")
    desk.document.load(moons, "Moons")
    desk.go((2, 1))
    desk.release((2, 1))
    assert len(desk.points) > len(moons)
    desk.document.undo()
    assert same(desk.points, moons)
    desk.document.undo()
    assert same(desk.points, half)
    desk.document.undo()
    assert len(desk.points) == 0


def test_loads_that_are_part_of_one_thing_are_one_undo(desk: Desk) -> None:
    document = desk.document
    desk.drag((-2, 1), (2, 1))
    drawn = desk.points
    for seed in range(3):
        document.load(make_sample("moons", seed=seed), "Moons", part_of="first drag")
    first = desk.points
    for seed in range(3, 6):
        document.load(make_sample("moons", seed=seed), "Moons", part_of="second drag")
    document.undo()
    assert same(desk.points, first)
    document.undo()
    assert same(desk.points, drawn)


def test_history_is_bounded_and_keeps_the_newest(desk: Desk) -> None:
    for i in range(MOST_UNDO + 5):
        desk.document.begin("Add a point")
        desk.document.add(np.array([[i, 0.0]]), 0)
        desk.document.end()
    taken = 0
    while desk.document.undo_action.isEnabled():
        desk.document.undo()
        taken += 1
    assert (taken, len(desk.points)) == (MOST_UNDO, 5)


# The document


def test_points_are_frozen_and_made_only_when_something_has_changed(desk: Desk) -> None:
    desk.drag((-1, 0), (1, 0))
    before, copy = desk.points, desk.points.x.copy()
    assert desk.points is before
    desk.drag((-1, 1), (1, 1))
    desk.document.move(np.array([0]), np.array([[9.0, 9.0]]))
    assert desk.points is not before
    assert np.array_equal(before.x, copy)


def test_arrays_grow_by_doubling(desk: Desk) -> None:
    sizes = set()
    for i in range(2000):
        desk.document.add(np.array([[i, 0.0]]), i % 3)
        sizes.add(len(desk.document._arrays["x"]))
    assert len(sizes) <= 8
    assert np.array_equal(desk.points.x[:, 0], np.arange(2000))
    assert np.array_equal(desk.points.y, np.arange(2000) % 3)


def test_recipe_remembers_that_a_hand_was_there(desk: Desk) -> None:
    desk.document.load(make_sample("moons", seed=4), "Moons")
    desk.drag((-1, 0), (1, 0))
    desk.drag((-1, 1), (1, 1))
    assert desk.points.recipe == Recipe("moons", (("n", 250), ("noise", 0.15)), 4, (Recipe("drawn"),))
    desk.document.clear()
    desk.drag((-1, 0), (1, 0))
    assert desk.points.recipe == Recipe("drawn")


@pytest.mark.parametrize("label", [MOST_CLASSES, UNLABELLED - 1])
def test_a_ninth_class_cannot_be_added(desk: Desk, label: int) -> None:
    with pytest.raises(ValueError, match=str(label)):
        desk.document.add(np.zeros((1, 2)), label)
    assert len(desk.points) == 0


# Classes, keys, radius


@pytest.mark.parametrize("number", range(1, 10))
def test_number_keys_choose_the_class_of_each_button(desk: Desk, number: int) -> None:
    label = UNLABELLED if number == 9 else number - 1
    key = Qt.Key(Qt.Key.Key_0.value + number)
    desk.key(Qt.Key.Key_P)
    desk.key(key)
    desk.click((-1, 0))
    assert desk.points.y[0] == label
    desk.key(Qt.Key.Key_1)
    desk.key(key, SHIFT)
    desk.click((1, 0), RIGHT)
    desk.click((2, 0), LEFT)
    assert desk.points.y[1:].tolist() == [label, 0]


def test_typing_a_number_chooses_no_class(desk: Desk, qtbot: QtBot) -> None:
    field = QLineEdit(desk.window)
    field.show()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    QTest.keyClicks(field, "3]v")
    assert field.text() == "3]v"
    assert (desk.editor.hand.left, desk.editor.hand.radius, desk.editor.tool.name) == (0, 0.45, "brush")


def test_swatches_are_chosen_by_both_buttons_and_by_keyboard(desk: Desk) -> None:
    orange, blue, *_, nothing = desk.toolbar.swatches
    QTest.mouseClick(blue, LEFT)
    QTest.mouseClick(nothing, RIGHT)
    assert (desk.editor.hand.left, desk.editor.hand.right) == (1, UNLABELLED)
    assert blue.accessibleDescription() == "painted by the left mouse button"
    assert nothing.accessibleDescription() == "painted by the right mouse button"
    QTest.keyClick(orange, Qt.Key.Key_Return)
    QTest.keyClick(orange, Qt.Key.Key_Enter, SHIFT)
    assert (desk.editor.hand.left, desk.editor.hand.right) == (0, 0)
    assert orange.accessibleDescription() == "painted by both mouse buttons"
    assert blue.accessibleDescription() == ""


def test_classes_are_added_up_to_eight(desk: Desk) -> None:
    def shown() -> int:
        return sum(swatch.isVisible() for swatch in desk.toolbar.swatches) - 1  # without the one for no class

    assert shown() == 2
    for _ in range(MOST_CLASSES + 3):
        QTest.mouseClick(desk.toolbar.more, LEFT)
    assert shown() == MOST_CLASSES
    assert not desk.toolbar.more.isEnabled()
    assert desk.editor.hand.left == MOST_CLASSES - 1
    desk.drag((-1, 0), (1, 0))
    assert set(desk.points.y) == {MOST_CLASSES - 1}


def test_a_class_brings_the_brush_back_to_an_eraser(desk: Desk) -> None:
    desk.key(Qt.Key.Key_E)
    desk.key(Qt.Key.Key_2)
    assert desk.editor.tool.name == "brush"
    assert desk.tools.buttons["brush"].isChecked()


def test_tool_buttons_and_keys_agree(desk: Desk) -> None:
    for key, name in (
        (Qt.Key.Key_P, "point"),
        (Qt.Key.Key_V, "move"),
        (Qt.Key.Key_E, "eraser"),
        (Qt.Key.Key_B, "brush"),
    ):
        desk.key(key)
        assert desk.editor.tool.name == name
        assert [n for n, button in desk.tools.buttons.items() if button.isChecked()] == [name]
    QTest.mouseClick(desk.tools.buttons["eraser"], LEFT)
    assert desk.editor.tool.name == "eraser"


def circle(desk: Desk) -> float | None:
    item = desk.plane._cursor
    return item.rect().width() / 2 if item.isVisible() else None


def test_circle_under_the_mouse_shows_the_radius(desk: Desk) -> None:
    assert circle(desk) is None
    desk.go((1, 1))
    assert circle(desk) == pytest.approx(desk.editor.hand.radius)
    desk.key(Qt.Key.Key_BracketRight)
    assert circle(desk) == pytest.approx(0.45 * 1.1)
    desk.key(Qt.Key.Key_V)
    assert circle(desk) is None
    desk.key(Qt.Key.Key_E)
    assert circle(desk) == pytest.approx(0.45 * 1.1)


def test_brackets_change_the_radius_within_bounds(desk: Desk) -> None:
    for key, end in ((Qt.Key.Key_BracketLeft, SMALLEST), (Qt.Key.Key_BracketRight, LARGEST)):
        for _ in range(60):
            desk.key(key)
        assert desk.editor.hand.radius == end


@pytest.mark.parametrize(("turn", "radius"), [(120, 0.45 * 1.1), (-120, 0.45 / 1.1)])
def test_wheel_with_control_changes_the_radius_and_does_not_zoom(desk: Desk, turn: int, radius: float) -> None:
    height, at = desk.plane.getViewBox().viewRect().height(), QPointF(desk.pixel((0, 0)))
    turned = QWheelEvent(
        at, desk.plane.mapToGlobal(at), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, CONTROL,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(desk.plane.viewport(), turned)
    assert desk.editor.hand.radius == pytest.approx(radius)
    assert desk.plane.getViewBox().viewRect().height() == height


def test_strip_counts_points_and_tells_the_split(desk: Desk) -> None:
    desk.document.load(make_sample("moons", n=220), "Moons")
    assert desk.toolbar._count.text() == "220 points · 70 / 15 / 15"
    desk.toolbar.show_split(Split(0.6, 0.3))
    speaker.speak("zh")
    assert desk.toolbar._count.text() == "220 个点 · 60 / 30 / 10"
