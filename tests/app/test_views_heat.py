"""Heat behind the points and marks over them."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.theme import theme
from app.views.heat_layer import contours
from engines.data.points import Points
from engines.pictures.heat import Heat
from engines.pictures.marked import Marked
from engines.pictures.surface import HOME, grid
from tests.app.test_views import at, colour_at, near, pixels, plane

EAST = grid(HOME)[:, 0].reshape(64, 128)
pytestmark = pytest.mark.usefixtures("plain_look")


def test_low_is_one_colour_and_high_another(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(Heat(EAST, HOME, -8, 8))
    left, right = colour_at(canvas, -5, 1), colour_at(canvas, 5, 1)
    assert left.red() > left.blue()
    assert right.blue() > right.red()
    assert near(colour_at(canvas, 0, 1), theme.tokens.color("card"), 20)


def test_a_density_goes_from_paper_to_grey(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(Heat(np.maximum(EAST, 0), HOME, 0, 8, faint=True))
    assert near(colour_at(canvas, -5, 1), theme.tokens.color("card"), 3)
    far = colour_at(canvas, 5, 1)
    assert far.lightness() < theme.tokens.color("card").lightness() - 30


def test_a_contour_runs_where_the_number_is_its_level() -> None:
    path = contours(Heat(EAST, HOME, -8, 8, np.array([2.0, 4.5])))
    xs = {round(path.elementAt(i).x, 2) for i in range(path.elementCount())}
    assert xs == {2.0, 4.5}


def test_nothing_and_nonsense_are_drawn_too(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(Heat(np.zeros((0, 0), np.float32), HOME, 0, 1))
    canvas.show_picture(Heat(np.full((4, 4), np.nan, np.float32), HOME, 0, 0, np.array([0.5])))
    canvas.grab()


def test_marks_are_where_their_points_are_and_go_again(qtbot: QtBot) -> None:
    points = Points(np.array([[-3.0, 0], [0, 0], [3, 0]]), np.zeros(3, int))
    canvas = plane(qtbot, points)
    before = pixels(canvas)
    canvas.show_picture(Marked(np.array([0]), np.array([1]), np.array([2])))
    changed = (pixels(canvas) != before).any(2)
    for x, _ in points.x:
        column = round(at(canvas, float(x), 0).x())
        assert changed[:, column - 12 : column + 12].any()
        assert not changed[:, column + 14 : column + 30].any()
    canvas.show_picture(Marked())
    assert (pixels(canvas) == before).all()
    canvas.show_picture(Marked(np.array([99])))  # a row that is no more
    assert (pixels(canvas) == before).all()
