"""Each tool of the points editor with a real mouse: what it does to which points, and that it is one undo."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.editors.points.tools import TOOLS
from app.editors.points.tools.selecting import TURN_PIXELS, inside
from engines.core.language import catalogue
from engines.data.points import UNLABELLED, Points
from engines.data.sampling import make_sample
from tests.app.points_desk import CONTROL, LEFT, RIGHT, SHIFT, Desk

GRID = np.array([[x, y] for x in (-2.0, -1, 0, 1, 2) for y in (-1.0, 0, 1)])
PIXEL = 0.02


def lay(desk: Desk, x=GRID, y=None) -> Points:
    points = Points(np.asarray(x, float), np.zeros(len(x), np.int64) if y is None else np.asarray(y))
    desk.document.load(points, "Open a lab")
    return points


def take(desk: Desk, name: str) -> None:
    """Choose a tool by its button."""
    QTest.mouseClick(desk.tools.buttons[name], LEFT)
    assert desk.editor.tool.name == name


def hold(desk: Desk, qtbot: QtBot, place: tuple[float, float], until) -> None:
    """Keep the button down in one place until something has come of it."""
    desk.go(place)
    desk.press(place)
    qtbot.waitUntil(until, timeout=5000)
    desk.release(place)


# Painting


def test_spray_goes_on_while_the_mouse_rests_and_is_densest_in_the_middle(desk: Desk, qtbot: QtBot) -> None:
    take(desk, "spray")
    desk.editor.set_radius(1.0)
    desk.editor.set_intensity(100)
    hold(desk, qtbot, (0, 0), lambda: len(desk.document) > 2000)
    distance = np.hypot(*desk.points.x.T)
    assert distance.max() <= 1.0 + PIXEL
    assert (distance < 0.5).mean() > 0.33  # 1 - exp(-1/2) = 0.39 is expected; evenly spread it would be a quarter
    count = len(desk.document)
    desk.document.undo()
    assert len(desk.document) == 0
    desk.document.redo()
    assert len(desk.document) == count


def test_intensity_makes_more_points(desk: Desk) -> None:
    counts = []
    for intensity in (10, 100):
        desk.editor.set_intensity(intensity)
        desk.document.clear()
        desk.drag((-2, 0), (2, 0))
        counts.append(len(desk.document))
    assert counts[1] == pytest.approx(10 * counts[0], rel=0.2)


def test_line_lies_along_the_way_and_shift_makes_it_level(desk: Desk) -> None:
    take(desk, "line")
    desk.drag((-2, -1), (2, 1))
    x = desk.points.x
    beside = np.abs(x[:, 1] - x[:, 0] / 2) / np.hypot(1, 0.5)
    assert len(x) > 20
    assert beside.max() < 0.5
    desk.document.undo()
    assert len(desk.document) == 0
    desk.drag((-2, 0), (2, 0.4), keys=SHIFT)
    assert abs(desk.points.x[:, 1].mean()) < 0.15
    assert desk.points.x[:, 1].max() < 0.5


def test_ellipse_is_filled_and_ring_is_not(desk: Desk) -> None:
    take(desk, "ellipse")
    desk.drag((-2, -1), (2, 1))
    filled = np.hypot(desk.points.x[:, 0] / 2, desk.points.x[:, 1])
    assert filled.max() <= 1 + PIXEL
    assert (filled < 0.7).mean() == pytest.approx(0.49, abs=0.15)
    desk.document.clear()
    take(desk, "ring")
    desk.drag((-2, -1), (2, 1), RIGHT)
    rim = np.hypot(desk.points.x[:, 0] / 2, desk.points.x[:, 1])
    assert (rim > 0.6).all()
    assert set(desk.points.y) == {1}


def test_shift_makes_a_circle_of_an_ellipse(desk: Desk) -> None:
    take(desk, "ring")
    desk.editor.set_radius(0.05)
    desk.drag((-1, -1), (1, 0.2), keys=SHIFT)
    distance = np.hypot(*(desk.points.x - (0, 0)).T)
    assert distance == pytest.approx(np.ones(len(distance)), abs=0.1)


@pytest.mark.parametrize("name", ["line", "ellipse", "ring"])
def test_a_click_without_a_drag_puts_no_shape(desk: Desk, name: str) -> None:
    take(desk, name)
    desk.click((0, 0))
    assert len(desk.document) == 0
    assert not desk.document.undo_action.isEnabled()


def test_outline_shows_what_will_come_and_goes(desk: Desk) -> None:
    take(desk, "ellipse")
    desk.press((-1, -1))
    desk.go((1, 1))
    ghost = desk.editor._overlay._ghost
    assert ghost is not None
    assert ghost.boundingRect().width() == pytest.approx(2, abs=0.05)
    desk.release((1, 1))
    assert desk.editor._overlay._ghost is None


# Changing what is there


def test_relabel_gives_only_what_it_touches_the_class_of_the_button(desk: Desk) -> None:
    before = lay(desk)
    take(desk, "relabel")
    desk.editor.choose_class(3)
    desk.drag((-2.5, 0), (2.5, 0), moves=1)
    assert np.array_equal(desk.points.y, np.where(GRID[:, 1] == 0, 3, 0))
    assert np.array_equal(desk.points.x, before.x)
    desk.click((0, 1), RIGHT)
    assert desk.points.y[8] == 1
    desk.document.undo()
    desk.document.undo()
    assert np.array_equal(desk.points.y, before.y)


def test_magnet_pulls_push_pushes_and_nothing_outside_moves(desk: Desk, qtbot: QtBot) -> None:
    cloud = np.random.default_rng(0).uniform(-2, 2, (300, 2))
    within = np.hypot(*cloud.T) < 0.9
    for name, nearer in (("magnet", True), ("push", False)):
        lay(desk, cloud)
        take(desk, name)
        desk.editor.set_radius(1.0)

        def spread() -> float:
            return float(np.hypot(*desk.points.x[within].T).mean())

        start = spread()
        hold(desk, qtbot, (0, 0), lambda n=nearer, s=start: spread() < 0.7 * s if n else spread() > 1.2 * s)
        far = np.hypot(*cloud.T) > 1.1
        assert np.array_equal(desk.points.x[far], cloud[far])
        assert np.hypot(*desk.points.x[within].T).max() <= 1.0 + PIXEL
        desk.document.undo()
        assert np.array_equal(desk.points.x, cloud)


def test_push_moves_a_point_exactly_under_the_mouse(desk: Desk, qtbot: QtBot) -> None:
    take(desk, "point")
    desk.click((0, 0))
    start = desk.points.x.copy()
    take(desk, "push")
    hold(desk, qtbot, (0, 0), lambda: np.hypot(*(desk.points.x - start).T)[0] > 0.1)
    assert np.isfinite(desk.points.x).all()


def test_jitter_shakes_without_going_anywhere(desk: Desk, qtbot: QtBot) -> None:
    lay(desk, np.zeros((400, 2)))
    take(desk, "jitter")
    hold(desk, qtbot, (0, 0), lambda: desk.points.x.std() > 0.02)
    assert np.abs(desk.points.x.mean(0)).max() < 0.02
    desk.document.undo()
    assert not desk.points.x.any()


def test_class_is_dragged_as_one_and_others_stay(desk: Desk) -> None:
    lay(desk, GRID, np.arange(len(GRID)) % 2)
    take(desk, "class")
    desk.drag(tuple(GRID[1]), tuple(GRID[1] + (0.5, 0.75)))
    moved = desk.points.x - GRID
    assert moved[1::2] == pytest.approx(np.tile([0.5, 0.75], (len(GRID) // 2, 1)), abs=2 * PIXEL)
    assert not moved[::2].any()
    desk.document.undo()
    assert np.array_equal(desk.points.x, GRID)


def test_empty_place_drags_no_class(desk: Desk) -> None:
    lay(desk)
    take(desk, "class")
    desk.drag((0.5, 0.5), (2, 2))
    assert np.array_equal(desk.points.x, GRID)


# Selecting


def test_rectangle_selects_shift_adds_and_a_click_beside_lets_go(desk: Desk) -> None:
    lay(desk)
    desk.key(Qt.Key.Key_S)
    desk.drag((-2.4, -1.4), (-0.6, 1.4))
    assert desk.editor.selection.rows.tolist() == [0, 1, 2, 3, 4, 5]
    assert desk.toolbar._count.text() == "6 of 15 points selected"
    desk.drag((1.6, 0.6), (2.4, 1.4), keys=SHIFT)
    assert desk.editor.selection.rows.tolist() == [0, 1, 2, 3, 4, 5, 14]
    desk.click((0.5, 2.2))
    assert len(desk.editor.selection) == 0
    assert np.array_equal(desk.points.x, GRID)


def test_lasso_selects_what_it_surrounds(desk: Desk) -> None:
    lay(desk)
    desk.key(Qt.Key.Key_L)
    corners = [(-0.5, -1.4), (2.4, -1.4), (2.4, 0.4), (0.6, -0.4), (-0.5, 1.4)]
    desk.press(corners[0])
    for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
        for share in np.linspace(0, 1, 6)[1:]:
            desk.go(tuple(np.add(start, share * np.subtract(end, start))))
    desk.release(corners[0])
    found = {tuple(place) for place in GRID[desk.editor.selection.rows].tolist()}
    assert found == {(0, -1), (0, 0), (1, -1), (2, -1), (2, 0)}


def test_inside_a_polygon_agrees_with_a_known_shape() -> None:
    places = np.random.default_rng(1).uniform(-2, 2, (2000, 2))
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    round_ = np.column_stack([np.cos(angle), np.sin(angle)])
    distance = np.hypot(*places.T)
    clear = np.abs(distance - 1) > 0.01
    assert np.array_equal(inside(places, round_)[clear], (distance < 1)[clear])


def select_left(desk: Desk) -> np.ndarray:
    """Select the six points on the left and return which rows they are not."""
    lay(desk)
    desk.key(Qt.Key.Key_S)
    desk.drag((-2.4, -1.4), (-0.6, 1.4))
    return np.arange(6, 15)


def test_selection_is_moved_by_its_inside(desk: Desk) -> None:
    others = select_left(desk)
    desk.drag((-1.5, 0.5), (-1.0, 0.25))
    assert desk.points.x[:6] == pytest.approx(GRID[:6] + np.array([0.5, -0.25]), abs=2 * PIXEL)
    assert np.array_equal(desk.points.x[others], GRID[others])
    assert desk.editor.selection.rows.tolist() == list(range(6))
    desk.document.undo()
    assert np.array_equal(desk.points.x, GRID)


def test_selection_is_scaled_by_a_corner_about_the_other(desk: Desk) -> None:
    others = select_left(desk)
    desk.drag((-1, 1), (0, 2))  # the box goes from (-2, -1) to (-1, 1)
    wanted = np.array([-2, -1]) + (GRID[:6] - (-2, -1)) * (2, 1.5)
    assert desk.points.x[:6] == pytest.approx(wanted, abs=3 * PIXEL)
    assert np.array_equal(desk.points.x[others], GRID[others])


def test_shift_scales_both_ways_alike(desk: Desk) -> None:
    select_left(desk)
    desk.drag((-1, 1), (0, 1.1), keys=SHIFT)
    assert desk.points.x[:6] == pytest.approx(np.array([-2, -1]) + (GRID[:6] - (-2, -1)) * 2, abs=4 * PIXEL)


def test_selection_is_turned_by_the_round_handle(desk: Desk) -> None:
    select_left(desk)
    handle = (-1.5, 1 + TURN_PIXELS * desk.plane.per_pixel)
    desk.drag(handle, (-1.5 + (handle[1] - 0), 0))  # a quarter turn to the right about (-1.5, 0)
    away = GRID[:6] - (-1.5, 0)
    assert desk.points.x[:6] == pytest.approx(np.column_stack([away[:, 1] - 1.5, -away[:, 0]]), abs=3 * PIXEL)


def test_a_flat_selection_can_be_scaled_without_harm(desk: Desk) -> None:
    lay(desk, [[-1.0, 0], [1.0, 0]])
    desk.key(Qt.Key.Key_S)
    desk.drag((-1.5, -0.5), (1.5, 0.5))
    desk.drag((1, 0), (2, 0.5))
    assert np.isfinite(desk.points.x).all()
    assert desk.points.x[:, 1] == pytest.approx([0, 0], abs=1e-9)
    assert desk.points.x[1, 0] == pytest.approx(2, abs=2 * PIXEL)


def test_duplicate_mirror_align_and_delete(desk: Desk) -> None:
    select_left(desk)
    QTest.mouseClick(desk.toolbar.duplicate, LEFT)
    assert len(desk.points) == 21
    assert desk.editor.selection.rows.tolist() == list(range(15, 21))
    desk.key(Qt.Key.Key_Delete)
    assert len(desk.points) == 15
    lay(desk, [[0.0, 0], [1, 0.2], [3, 1]])
    desk.key(Qt.Key.Key_A, CONTROL)
    QTest.mouseClick(desk.toolbar.mirror, LEFT)
    assert desk.points.x[:, 0].tolist() == [3, 2, 0]
    QTest.mouseClick(desk.toolbar.flip, LEFT)
    assert desk.points.x[:, 1] == pytest.approx([1, 0.8, 0])
    QTest.mouseClick(desk.toolbar.grid, LEFT)
    assert desk.points.x[:, 1].tolist() == [1, 1, 0]
    for _ in range(3):
        desk.document.undo()
    assert desk.points.x.tolist() == [[0, 0], [1, 0.2], [3, 1]]


def test_align_without_a_selection_takes_all_points(desk: Desk) -> None:
    lay(desk, [[0.1, 0.2], [1.3, -0.9]])
    QTest.mouseClick(desk.toolbar.grid, LEFT)
    assert desk.points.x.tolist() == [[0, 0], [1.5, -1]]


def test_a_class_key_relabels_the_selection_and_keeps_the_tool(desk: Desk) -> None:
    select_left(desk)
    desk.key(Qt.Key.Key_3)
    assert desk.points.y.tolist() == [2] * 6 + [0] * 9
    assert desk.editor.tool.name == "select"
    desk.key(Qt.Key.Key_9)
    assert desk.points.y.tolist() == [UNLABELLED] * 6 + [0] * 9


def test_selection_forgets_rows_that_go(desk: Desk) -> None:
    select_left(desk)
    desk.document.remove(np.array([0, 1]))
    assert desk.editor.selection.rows.tolist() == [2, 3, 4, 5]
    desk.document.load(make_sample("moons"), "Moons")
    assert len(desk.editor.selection) == 0


def test_another_tool_lets_go_of_the_selection(desk: Desk) -> None:
    select_left(desk)
    desk.key(Qt.Key.Key_B)
    assert len(desk.editor.selection) == 0


# The clipboard


def test_points_go_through_the_clipboard_as_columns(desk: Desk) -> None:
    lay(desk, [[0.5, -1.25], [2, 3]], [0, UNLABELLED])
    desk.key(Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "x\ty\tclass\n0.5\t-1.25\t1\n2\t3\t\n"
    desk.document.clear()
    desk.editor.choose_class(4)
    desk.key(Qt.Key.Key_V, CONTROL)
    assert desk.points.x.tolist() == [[0.5, -1.25], [2, 3]]
    assert desk.points.y.tolist() == [0, 4]  # a line without a class gets the one in hand
    desk.document.undo()
    assert len(desk.document) == 0


@pytest.mark.parametrize(
    ("text", "places"),
    [("1,2\n3,4", [[1, 2], [3, 4]]), ("1;2;2\n", [[1, 2]]), (" 1  2 \n\n-1e1 0.5", [[1, 2], [-10, 0.5]])],
)
def test_spreadsheets_and_csv_can_be_pasted(desk: Desk, text: str, places: list[list[float]]) -> None:
    QGuiApplication.clipboard().setText(text)
    desk.key(Qt.Key.Key_V, CONTROL)
    assert desk.points.x.tolist() == places


@pytest.mark.parametrize("text", ["", "hello\nworld", "nan\t1\n", "inf 2", "1\n2\n"])
def test_what_is_no_points_is_said_and_nothing_changes(desk: Desk, text: str) -> None:
    lay(desk)
    said: list[str] = []
    desk.editor.said.connect(lambda note, _: said.append(note.render("en")))
    QGuiApplication.clipboard().setText(text)
    desk.key(Qt.Key.Key_V, CONTROL)
    assert said == ["There are no points in the clipboard: copy two columns of numbers first."]
    assert np.array_equal(desk.points.x, GRID)


def test_bad_lines_among_good_ones_are_named(desk: Desk) -> None:
    said: list[str] = []
    desk.editor.said.connect(lambda note, _: said.append(note.render("en")))
    QGuiApplication.clipboard().setText("x\ty\n1\t2\nfoo\tbar\n3\t4")
    desk.key(Qt.Key.Key_V, CONTROL)
    assert len(desk.points) == 2
    assert said == ["2 points pasted; these lines hold none: 3"]


# All of them


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_tool_has_a_key_an_icon_a_hint_and_chinese(desk: Desk, tool) -> None:
    assert {tool.text, tool.hint, tool.gesture} <= catalogue("zh").keys()
    QTest.keyClick(desk.window, getattr(Qt.Key, f"Key_{tool.key}"))
    assert desk.editor.tool.name == tool.name
    assert desk.tools.buttons[tool.name].isChecked()
    assert tool.key in desk.tools.buttons[tool.name].toolTip()


def test_no_two_tools_share_a_key() -> None:
    keys = [tool.key for tool in TOOLS]
    assert len(set(keys)) == len(keys)
    assert not set(keys) & {"R"}  # the window begins the run again with it


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_tool_stands_an_empty_plane_and_leaves_no_gesture(desk: Desk, tool) -> None:
    desk.editor.choose(tool.name)
    desk.drag((-1, -1), (1, 1))
    assert not desk.document.in_gesture
    assert np.isfinite(desk.points.x).all()


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_gesture_is_one_undo_and_can_be_done_again(desk: Desk, tool) -> None:
    moons = make_sample("moons", n=200, seed=3)
    desk.document.load(moons, "Moons")
    desk.editor.choose(tool.name)
    desk.drag(tuple(moons.x[40]), tuple(moons.x[40] + (0.8, 0.3)))
    after = desk.points
    if after is moons:
        return  # selecting changes no point
    desk.document.undo()
    assert all(np.array_equal(getattr(desk.points, name), getattr(moons, name)) for name in ("x", "y", "key"))
    assert desk.points.recipe == moons.recipe
    desk.document.redo()
    assert all(np.array_equal(getattr(desk.points, name), getattr(after, name)) for name in ("x", "y", "key"))
