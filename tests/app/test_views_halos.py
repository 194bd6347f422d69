"""Halos behind the points: their area is the share."""

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.theme import theme
from app.views.halos_layer import RADIUS
from app.views.plane import Plane
from engines.data.points import Points
from engines.pictures.halos import Halos
from tests.app.planes import plane

pytestmark = pytest.mark.usefixtures("plain_look")


def changed(canvas: Plane, before: QImage) -> int:
    """How many pixels are not as they were."""
    after = canvas.grab().toImage()
    first, second = (
        np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
        for image in (before, after)
    )
    return int((first != second).sum())


@pytest.mark.parametrize("dark", [False, True])
def test_the_area_is_the_share(qtbot: QtBot, dark: bool) -> None:
    theme.set(dark=dark)
    points = Points(np.array([[-3.0, 0.0], [0, 0], [3, 0]]), np.zeros(3, int))
    canvas = plane(qtbot, points)
    empty = canvas.grab().toImage()
    canvas.points.set_points(Points())
    bare = canvas.grab().toImage()
    canvas.points.set_points(points)
    mark = changed(canvas, bare) / 3
    canvas.show_picture(Halos(np.array([0.0, 1.0, 0.0])))
    one = changed(canvas, empty) + mark
    assert one == pytest.approx(np.pi * RADIUS**2 * 3, rel=0.15)  # three times the average
    canvas.show_picture(Halos(np.array([0.5, 0.0, 0.5])))
    assert changed(canvas, empty) + 2 * mark == pytest.approx(one, rel=0.15)
    canvas.clear_pictures()
    assert changed(canvas, empty) == 0


def test_none_and_another_number_of_points_draw_nothing(qtbot: QtBot) -> None:
    canvas = plane(qtbot, Points(np.zeros((2, 2)), np.zeros(2, int)))
    empty = canvas.grab().toImage()
    for shares in (np.zeros(0), np.full(5, 0.2), np.zeros(2)):
        canvas.show_picture(Halos(shares))
        assert changed(canvas, empty) == 0


def test_a_million_points_have_an_even_choice_of_halos(qtbot: QtBot) -> None:
    n = 100_000
    x = np.column_stack([np.linspace(-4, 4, n), np.zeros(n)])
    canvas = plane(qtbot, Points(x, np.zeros(n, int)))
    before = canvas.grab().toImage()
    canvas.show_picture(Halos(np.full(n, 1 / n)))
    assert changed(canvas, before) > 1000
