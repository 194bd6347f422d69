"""Circles on the plane: where they are, in which colour, with their ways, cheap however many there are."""

import time

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.theme import theme
from app.views.circles_layer import MOST_CIRCLES, thinned, ways
from app.views.plane import Plane
from engines.pictures.circles import Circles
from tests.app.planes import plane

pytestmark = pytest.mark.usefixtures("plain_look")


def image(canvas: Plane) -> QImage:
    return canvas.grab().toImage()


def colours_near(canvas: Plane, x: float, y: float, reach: int = 2) -> list[QColor]:
    """What is shown within a few pixels of a place in data units."""
    from PySide6.QtCore import QPointF

    at = canvas.mapFromScene(canvas.getViewBox().mapViewToScene(QPointF(x, y)))
    shown = image(canvas)
    around = range(-reach, reach + 1)
    return [shown.pixelColor(at.x() + i, at.y() + j) for i in around for j in around]


def distance(first: QColor, second: QColor) -> int:
    pairs = zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)  # type: ignore[index]
    return max(abs(a - b) for a, b in pairs)


def has(colours: list[QColor], wanted: QColor, most: int = 60) -> bool:
    return any(distance(colour, wanted) <= most for colour in colours)


def circles(k: int = 2, group: int = -1, radius: float = 1.0) -> Circles:
    centres = np.column_stack([np.linspace(-2, 2, k), np.zeros(k)])
    trail = np.stack([centres + np.array([0, 2]), centres + np.array([0, 1]), centres])
    return Circles(centres, np.full(k, radius), np.full(k, group), trail)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("group", [-1, 0, 3])
def test_rim_dot_and_way_are_where_they_belong(qtbot: QtBot, group: int, dark: bool) -> None:
    theme.set(dark=dark)
    canvas = plane(qtbot)
    empty = image(canvas)
    canvas.show_picture(circles(group=group))
    colour = theme.tokens.class_color(group) if group >= 0 else theme.tokens.color("accent")
    assert has(colours_near(canvas, -2, 0), colour)  # the dot
    assert has(colours_near(canvas, -1, 0), colour, 120)  # the rim, right of the centre
    assert has(colours_near(canvas, -2, -1), colour, 120)  # and below it
    assert not has(colours_near(canvas, 0, -2), colour, 120)
    assert has(colours_near(canvas, 2, 1.5), theme.tokens.color("text"), 150)  # the way
    canvas.clear_pictures()
    assert image(canvas) == empty


def test_a_new_theme_recolours_them(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(circles(group=1))
    theme.set(dark=True)
    assert has(colours_near(canvas, -2, 0), theme.tokens.class_color(1))


def test_none_no_way_and_places_that_are_no_numbers(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    empty = image(canvas)
    canvas.show_picture(Circles(np.zeros((0, 2)), np.zeros(0), np.zeros(0, int)))
    assert image(canvas) == empty
    canvas.show_picture(Circles(np.full((2, 2), np.nan), np.ones(2), np.zeros(2, int), np.full((2, 2, 2), np.nan)))
    assert image(canvas) == empty
    canvas.show_picture(Circles(np.zeros((1, 2)), np.ones(1), np.zeros(1, int)))
    assert image(canvas) != empty


def test_of_very_many_an_even_choice_is_drawn_in_little_time(qtbot: QtBot) -> None:
    assert thinned(10, MOST_CIRCLES).tolist() == list(range(10))
    chosen = thinned(100_000, MOST_CIRCLES)
    assert (len(chosen), chosen[0], chosen[-1]) == (MOST_CIRCLES, 0, 99_999)
    canvas = plane(qtbot)
    rng = np.random.default_rng(0)
    many = rng.normal(0, 1.5, (5000, 2))
    canvas.show_picture(Circles(many, np.full(5000, 0.8), np.arange(5000) % 3, np.stack([many + 0.1, many])))
    began = time.perf_counter()
    image(canvas)
    assert time.perf_counter() - began < 0.5  # without thinning it takes seconds


def test_no_line_is_drawn_where_a_centre_stood_still() -> None:
    still = np.zeros((4, 1, 2))
    assert ways(still).isEmpty()
    still[2:, 0, 0] = 1.0
    assert ways(still).elementCount() == 2
