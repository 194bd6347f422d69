"""The plane under the mouse: zoom, pan, home, what the tool hears, and centres that are dragged."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.theme import theme
from app.views.groups_layer import GroupsLayer
from app.views.plane import CLOSEST, FARTHEST, Plane, PlaneEvent
from app.views.registry import Layer, view_for
from engines.core.step import Poke
from engines.data.points import Points
from engines.pictures.groups import Groups
from tests.app.test_views import at, colour_at, groups, near, pixels, plane, surface

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NO_BUTTON, CONTROL = Qt.MouseButton.NoButton, Qt.KeyboardModifier.ControlModifier
pytestmark = pytest.mark.usefixtures("plain_look")


def turn_wheel(
    canvas: Plane, x: float, y: float, angle: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    place = at(canvas, x, y)
    event = QWheelEvent(
        place, QPointF(canvas.viewport().mapToGlobal(place.toPoint())), QPoint(), QPoint(0, angle),
        NO_BUTTON, keys, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas.viewport(), event)


def drag(canvas: Plane, button: Qt.MouseButton, *places: tuple[float, float]) -> None:
    viewport = canvas.viewport()
    pixels_at = [at(canvas, *place).toPoint() for place in places]
    QTest.mousePress(viewport, button, pos=pixels_at[0])
    for place in pixels_at[1:]:
        QTest.mouseMove(viewport, place)
    QTest.mouseRelease(viewport, button, pos=pixels_at[-1])


def rgb(colour: QColor) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.array([colour.red(), colour.green(), colour.blue()])


def centres_of(canvas: Plane) -> list[list[float]]:
    layer = canvas.layer(Groups)
    assert isinstance(layer, GroupsLayer)
    places: list[list[float]] = layer.centres.tolist()
    return places


# Zoom, pan, home


def test_home_shows_three_up_and_down_with_equal_scales(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    seen = canvas.getViewBox().viewRect()
    assert (seen.top(), seen.bottom()) == pytest.approx((-3.1, 3.1), abs=0.01)
    across, down = canvas.getViewBox().viewPixelSize()
    assert across == pytest.approx(down, rel=0.01)


def test_the_wheel_zooms_about_the_mouse(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    home, place = canvas.getViewBox().viewRect(), at(canvas, 2, 1)
    turn_wheel(canvas, 2, 1, 240)
    closer = canvas.getViewBox().viewRect()
    assert closer.height() < 0.85 * home.height()
    assert closer.width() / closer.height() == pytest.approx(home.width() / home.height(), rel=0.01)
    assert (at(canvas, 2, 1) - place).manhattanLength() <= 4
    turn_wheel(canvas, 2, 1, -240)
    assert canvas.getViewBox().viewRect().height() == pytest.approx(home.height(), rel=0.01)


def test_zooming_ends_somewhere_on_both_sides(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    for angle in (1200, -1200):
        for _ in range(20):
            turn_wheel(canvas, 0, 0, angle)
        assert CLOSEST <= canvas.getViewBox().viewRect().height() <= FARTHEST


def test_with_control_the_tool_gets_the_wheel(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    turns: list[int] = []
    canvas.wheeled.connect(lambda _, angle: turns.append(angle))
    home = canvas.getViewBox().viewRect()
    turn_wheel(canvas, 0, 0, 120, CONTROL)
    assert turns == [120]
    assert canvas.getViewBox().viewRect() == home


def test_points_stay_at_their_places_after_zoom_and_pan(qtbot: QtBot) -> None:
    canvas = plane(qtbot, Points(np.array([[1.0, 1.0]]), np.array([1])))
    turn_wheel(canvas, 1, 1, 360)
    drag(canvas, Qt.MouseButton.MiddleButton, (1, 1), (0.5, 1), (0.2, 0.5))
    assert near(colour_at(canvas, 1, 1), theme.tokens.class_color(1))
    assert not near(colour_at(canvas, 1.5, 1), theme.tokens.class_color(1))


def test_a_drag_with_the_middle_button_is_not_for_the_tool(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    heard: list[object] = []
    for signal in (canvas.pressed, canvas.moved, canvas.released):
        signal.connect(heard.append)
    drag(canvas, Qt.MouseButton.MiddleButton, (0, 0), (1, 1))
    assert heard == []


# What the tool hears


def test_a_centre_is_dragged_and_the_tool_is_not_bothered(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(groups(2))
    pokes: list[Poke] = []
    presses: list[object] = []
    canvas.poked.connect(pokes.append)
    canvas.pressed.connect(presses.append)
    drag(canvas, Qt.MouseButton.LeftButton, (2, 0), (2.5, 0.5), (3, 1))
    assert not presses
    assert pokes[-1].target == "centres"
    assert pokes[-1].index == (1,)
    assert pokes[-1].value == pytest.approx((3, 1), abs=0.03)
    drag(canvas, Qt.MouseButton.LeftButton, (0, 2), (0, 2.5))
    assert len(presses) == 1


def test_events_are_in_data_units(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    seen: list[object] = []
    canvas.pressed.connect(seen.append)
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.RightButton, pos=at(canvas, 1.5, -0.5).toPoint())
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.RightButton, pos=at(canvas, 1.5, -0.5).toPoint())
    event = seen[0]
    assert (event.x, event.y) == pytest.approx((1.5, -0.5), abs=event.per_pixel)  # type: ignore[attr-defined]
    assert event.button is Qt.MouseButton.RightButton  # type: ignore[attr-defined]


def test_middle_button_pans_and_home_comes_back(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    home = canvas.getViewBox().viewRect()
    drag(canvas, Qt.MouseButton.MiddleButton, (0, 0), (1, 0.5), (2, 1))
    moved = canvas.getViewBox().viewRect()
    assert moved.center().x() == pytest.approx(home.center().x() - 2, abs=0.1)
    assert moved.center().y() == pytest.approx(home.center().y() - 1, abs=0.1)
    QTest.mouseDClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPointF(4, 200).toPoint())
    assert canvas.getViewBox().viewRect().center().x() == pytest.approx(home.center().x(), abs=0.01)


def test_a_closed_plane_takes_late_events_and_looks_in_its_stride(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(surface())
    canvas.close()
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    place = QPointF(50, 50)
    for kind in (QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        canvas.event(QMouseEvent(kind, place, canvas.mapToGlobal(place), left, left, none))
    canvas.mouseMoveEvent(QMouseEvent(QEvent.Type.MouseMove, place, place, left, left, none))
    canvas.show_cursor(1.0)
    theme.set(dark=True)


def test_a_gesture_keeps_the_button_that_began_it(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    heard: list[PlaneEvent] = []
    for signal in (canvas.moved, canvas.pressed, canvas.released):
        signal.connect(heard.append)
    QTest.mouseMove(canvas.viewport(), at(canvas, 0, 1).toPoint())
    drag(canvas, RIGHT, (0, 1), (1, 1))
    assert [event.button for event in heard] == [NO_BUTTON, RIGHT, RIGHT, RIGHT]
    assert (heard[-1].x, heard[-1].y) == pytest.approx((1, 1), abs=heard[-1].per_pixel)


def test_the_circle_under_the_mouse_is_drawn_and_taken_away(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    before = pixels(canvas)
    canvas.show_cursor(0.5, 1.0, 1.0)
    changed = (pixels(canvas) != before).any(axis=2)
    edge, middle = at(canvas, 1.5, 1.0).toPoint(), at(canvas, 1.0, 1.0).toPoint()
    assert changed[edge.y() - 2 : edge.y() + 3, edge.x() - 2 : edge.x() + 3].any()
    assert not changed[middle.y(), middle.x()]
    canvas.show_cursor(None)
    assert (pixels(canvas) == before).all()


# Centres


@pytest.mark.parametrize("dark", [False, True])
def test_centres_have_the_colours_of_their_groups(qtbot: QtBot, dark: bool) -> None:
    theme.set(dark=dark)
    canvas = plane(qtbot, Points(np.array([[-2.0, 2.0], [2.0, 2.0]]), np.array([4, 4])))
    canvas.show_picture(groups(2, 2))
    for k, x in enumerate((-2.0, 2.0)):
        assert near(colour_at(canvas, x, 0), theme.tokens.class_color(k))
        place = at(canvas, x, 1).toPoint()
        link = pixels(canvas)[place.y(), place.x() - 4 : place.x() + 5].astype(int)
        paper, full = rgb(theme.tokens.color("card")), rgb(theme.tokens.class_color(k))
        # the line is thin and translucent: what its pixels together differ from the paper is 0.7 of the colour
        assert (link - paper).sum(axis=0) == pytest.approx(0.7 * (full - paper), abs=25)


def test_a_centre_moves_at_once_and_stays_until_the_engine_answers(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    first = groups(2)
    canvas.show_picture(first)
    drag(canvas, LEFT, (2, 0), (2.5, 0.5), (3, 1))
    assert centres_of(canvas)[1] == pytest.approx([3, 1], abs=0.03)
    assert near(colour_at(canvas, 3, 1), theme.tokens.class_color(1))
    canvas.show_picture(first)  # the same frame again, before there is an answer
    assert centres_of(canvas)[1] == pytest.approx([3, 1], abs=0.03)
    canvas.show_picture(groups(2))
    assert centres_of(canvas) == [[-2, 0], [2, 0]]


def test_a_centre_is_taken_where_it_was_touched(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(groups(2))
    beside = at(canvas, 2, 0).toPoint() + QPoint(6, 0)
    QTest.mousePress(canvas.viewport(), LEFT, pos=beside)
    QTest.mouseRelease(canvas.viewport(), LEFT, pos=beside)
    assert centres_of(canvas)[1] == [2, 0]


def test_a_run_that_begins_again_leaves_the_centre_in_the_hand(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(groups(2))
    pokes: list[Poke] = []
    canvas.poked.connect(pokes.append)
    canvas.poked.connect(lambda _: canvas.clear_pictures())  # as a poke into a finished run does
    drag(canvas, LEFT, (2, 0), (2.5, 0.5), (3, 1))
    assert [poke.index for poke in pokes] == [(1,), (1,)]
    canvas.show_picture(groups(1))  # the first centre of a new run: there is no second one yet
    assert centres_of(canvas) == [[-2, 0]]


def test_the_right_button_paints_on_a_centre(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(groups(2))
    pressed: list[PlaneEvent] = []
    pokes: list[Poke] = []
    canvas.pressed.connect(pressed.append)
    canvas.poked.connect(pokes.append)
    drag(canvas, RIGHT, (2, 0), (3, 1))
    assert [event.button for event in pressed] == [RIGHT]
    assert pokes == []


def test_the_mouse_shows_what_can_be_taken(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(groups(2))
    QTest.mouseMove(canvas.viewport(), at(canvas, 2, 0).toPoint())
    assert canvas.cursor().shape() is Qt.CursorShape.OpenHandCursor
    QTest.mousePress(canvas.viewport(), LEFT, pos=at(canvas, 2, 0).toPoint())
    assert canvas.cursor().shape() is Qt.CursorShape.ClosedHandCursor
    QTest.mouseRelease(canvas.viewport(), LEFT, pos=at(canvas, 2, 0).toPoint())
    QTest.mouseMove(canvas.viewport(), at(canvas, 0, 2).toPoint())
    assert canvas.cursor().shape() is Qt.CursorShape.CrossCursor


def test_centres_without_a_place_are_no_trouble(qtbot: QtBot) -> None:
    canvas = plane(qtbot, Points(np.zeros((2, 2)), np.zeros(2, int)))
    lost = np.array([[np.nan, np.nan], [1.0, 1.0]])
    canvas.show_picture(Groups(np.array([0, -1]), lost, lost[None]))
    drag(canvas, LEFT, (1, 1), (2, 1))
    assert centres_of(canvas)[1] == pytest.approx([2, 1], abs=0.03)
    canvas.show_picture(Groups(np.zeros(2, int), np.zeros((0, 2)), np.zeros((0, 0, 2))))
    assert pixels(canvas).size


# Looks


def test_points_are_ringed_where_they_are(qtbot: QtBot) -> None:
    canvas = plane(qtbot, Points(np.array([[1.0, 1.0], [-1.0, 1.0]]), np.array([0, 1])))
    before = pixels(canvas)
    canvas.points.ring(np.array([0]))
    rows, columns = np.nonzero((pixels(canvas) != before).any(axis=2))
    place = at(canvas, 1, 1)
    assert (columns.mean(), rows.mean()) == pytest.approx((place.x(), place.y()), abs=1.5)


def test_fewer_points_drop_the_rings_of_those_that_are_gone(qtbot: QtBot) -> None:
    canvas = plane(qtbot, Points(np.zeros((5, 2)), np.zeros(5, int)))
    canvas.points.ring(np.array([1, 4]))
    canvas.points.set_points(Points(np.zeros((2, 2)), np.zeros(2, int)))
    assert canvas.points.ringed.tolist() == [1]
    assert pixels(canvas).size


def test_another_theme_is_put_on_at_once(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(surface(2))
    light = colour_at(canvas, 2, 1)
    theme.set(dark=True)
    dark = colour_at(canvas, 2, 1)
    assert light.lightness() > dark.lightness() + 50


def test_every_layer_of_the_plane_is_a_layer(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    assert isinstance(canvas.layer(Groups), Layer)
    assert canvas.layer(Groups) is canvas.layer(Groups)
    assert issubclass(view_for(Groups), Layer)


def test_what_is_painted_over_the_plane_knows_its_new_size(qtbot: QtBot) -> None:
    canvas = Plane()
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    canvas.show()
    qtbot.waitExposed(canvas)
    before = canvas.points.boundingRect()
    canvas.resize(800, 300)
    canvas.grab()
    after = canvas.points.boundingRect()
    assert after.width() > 1.5 * before.width()
    assert after == canvas.getViewBox().viewRect()
