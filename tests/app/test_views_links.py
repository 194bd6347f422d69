"""Links on the plane: lines in the colours of classes, thinned where they are very many, and a query to be dragged."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.theme import theme
from app.views.links_layer import MOST, LinksLayer, drawn_rows
from app.views.plane import Plane
from engines.core.step import Poke
from engines.pictures.links import Links
from tests.app.planes import plane

pytestmark = pytest.mark.usefixtures("plain_look")


def layer(canvas: Plane) -> LinksLayer:
    found = canvas.layer(Links)
    assert isinstance(found, LinksLayer)
    return found


def image(canvas: Plane) -> QImage:
    return canvas.grab().toImage()


def at(canvas: Plane, x: float, y: float) -> QPoint:
    return canvas.mapFromScene(canvas.getViewBox().mapViewToScene(QPointF(x, y)))


def nearest_to(canvas: Plane, x: float, y: float, colour: QColor) -> int:
    """How near the pixels about a place come to a colour: the largest difference of a channel."""
    shown, place = image(canvas), at(canvas, x, y)
    around = [shown.pixelColor(place.x() + i, place.y() + j) for i in range(-2, 3) for j in range(-2, 3)]
    return min(
        max(abs(c.red() - colour.red()), abs(c.green() - colour.green()), abs(c.blue() - colour.blue())) for c in around
    )


def links(strength: float = 1.0, *, query: bool = True, answer: int = -1) -> Links:
    """One link from the middle to the right, of class 1, and one to the left, of class 0."""
    ends = np.array([[0.0, 0, 2, 0], [0, 0, -2, 0]])
    place = np.zeros((1, 2)) if query else np.zeros((0, 2))
    return Links(ends, np.full(2, strength), np.array([1, 0]), place, answer)


@pytest.mark.parametrize("dark", [False, True])
def test_lines_have_the_colours_of_their_classes(qtbot: QtBot, dark: bool) -> None:
    theme.set(dark=dark)
    canvas = plane(qtbot)
    empty = image(canvas)
    canvas.show_picture(links())
    assert nearest_to(canvas, 1.2, 0, theme.tokens.class_color(1)) < 60
    assert nearest_to(canvas, -1.2, 0, theme.tokens.class_color(0)) < 60
    assert nearest_to(canvas, 0, 1.2, theme.tokens.class_color(0)) > 60
    canvas.clear_pictures()
    assert image(canvas) == empty


def test_weak_links_are_paler(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(links(0.05))
    weak = nearest_to(canvas, 1.2, 0, theme.tokens.class_color(1))
    canvas.show_picture(links(1.0))
    assert nearest_to(canvas, 1.2, 0, theme.tokens.class_color(1)) < weak - 40


def test_the_query_has_a_question_mark_and_then_the_mark_of_its_class(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(links(query=False))
    without = image(canvas)
    canvas.show_picture(links())
    asked = image(canvas)
    canvas.show_picture(links(answer=1))
    assert asked != without
    assert image(canvas) != asked
    assert nearest_to(canvas, 0, 0, theme.tokens.class_color(1)) < 20
    theme.set(dark=True)
    assert nearest_to(canvas, 0, 0, theme.tokens.class_color(1)) < 20


def test_the_query_is_dragged_and_stays_where_it_was_put_until_the_engine_answers(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(links())
    pokes: list[Poke] = []
    presses: list[object] = []
    canvas.poked.connect(pokes.append)
    canvas.pressed.connect(presses.append)
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=at(canvas, 0, 0))
    for x in (0.5, 1.0):
        QTest.mouseMove(canvas.viewport(), at(canvas, x, 1))
    canvas.show_picture(links(answer=0))  # an answer to an earlier place: the hand keeps its hold
    assert layer(canvas).query == pytest.approx((1, 1), abs=0.03)
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=at(canvas, 1, 1))
    assert (pokes[-1].target, pokes[-1].index) == ("query", (0,))
    assert pokes[-1].value == pytest.approx((1, 1), abs=0.03)
    assert not presses
    assert layer(canvas).query == pytest.approx((1, 1), abs=0.03)
    canvas.show_picture(Links(np.zeros((0, 4)), np.zeros(0), np.zeros(0, int), np.array([[1.0, 0.9]]), 0))
    assert layer(canvas).query == (1.0, 0.9)


def test_where_there_is_no_query_nothing_is_grabbed(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    assert not layer(canvas).grab(0, 0, 1)
    canvas.show_picture(links(query=False))
    assert not layer(canvas).grab(0, 0, 1)
    assert layer(canvas).drag(1, 1) is None
    canvas.show_picture(links())
    assert layer(canvas).grab(0.1, 0, 0.2, only_look=True)
    assert layer(canvas).drag(1, 1) is None
    assert not layer(canvas).grab(3, 0, 0.2)


def test_of_very_many_lines_the_strongest_are_drawn_in_little_time(qtbot: QtBot) -> None:
    rng = np.random.default_rng(0)
    many = Links(rng.normal(0, 1.5, (20_000, 4)), rng.random(20_000), np.arange(20_000) % 3 - 1)
    rows = drawn_rows(many)
    assert len(rows) == MOST
    assert many.strengths[rows].min() >= np.sort(many.strengths)[-MOST]
    canvas = plane(qtbot)
    empty = image(canvas)
    canvas.show_picture(many)
    began = time.perf_counter()
    assert image(canvas) != empty
    assert time.perf_counter() - began < 1.0  # smoothed, all of them would take many seconds
    canvas.getViewBox().scaleBy((0.5, 0.5))
    theme.set(dark=True)
    assert image(canvas) != empty


def test_ends_that_are_nowhere_are_left_out(qtbot: QtBot) -> None:
    broken = Links(np.array([[np.nan, 0, 1, 1], [0, 0, np.inf, 0], [0, 0, 1, 1]]), np.ones(3), np.zeros(3, int))
    assert drawn_rows(broken).tolist() == [2]
    canvas = plane(qtbot)
    canvas.show_picture(broken)
    assert not image(canvas).isNull()
