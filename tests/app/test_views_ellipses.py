"""Ellipses on the plane: where their lines are, in which colour, below the points, cheap however many there are."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.theme import theme
from app.views.ellipses_layer import EllipsesLayer, colour_of, outline
from app.views.plane import Plane
from app.views.registry import view_for
from engines.data.points import Points
from engines.pictures.ellipses import Ellipses
from engines.pictures.surface import HOME, Surface
from tests.app import planes

pytestmark = pytest.mark.usefixtures("plain_look")


@pytest.fixture
def plane(qtbot: QtBot) -> Plane:
    return planes.plane(qtbot)


def clouds(k: int = 1, spread: tuple[float, float] = (1.0, 0.25), group: int = 1) -> Ellipses:
    means = np.column_stack([np.linspace(-2, 2, k) if k > 1 else np.zeros(1), np.zeros(k)])
    return Ellipses(means, np.tile(np.diag(spread), (k, 1, 1)), np.full(k, group))


def colours_at(plane: Plane, image: QImage, x: float, y: float, reach: int = 1) -> list[QColor]:
    """What is shown within a few pixels of a place in data units."""
    at = plane.mapFromScene(plane.getViewBox().mapViewToScene(QPointF(x, y)))
    around = range(-reach, reach + 1)
    return [image.pixelColor(at.x() + i, at.y() + j) for i in around for j in around]


def has(colours: list[QColor], wanted: QColor, most: int = 70) -> bool:
    pairs = [zip(colour.getRgb()[:3], wanted.getRgb()[:3], strict=True) for colour in colours]  # type: ignore[index]
    return any(max(abs(a - b) for a, b in pair) <= most for pair in pairs)


def test_it_is_the_view_of_ellipses() -> None:
    assert view_for(Ellipses) is EllipsesLayer


@pytest.mark.parametrize("dark", [False, True])
def test_lines_are_one_two_and_three_deviations_away_in_the_colour_of_the_class(plane: Plane, dark: bool) -> None:
    theme.set(dark=dark)
    plane.show_picture(clouds())
    image = plane.grab().toImage()
    # 1 and 2 deviations of 1 to the right, 1 of 0.5 upwards; the outer ones are fainter
    for x, y, most in ((1, 0, 70), (2, 0, 120), (-1, 0, 70), (0, 0.5, 70), (0, 0, 70)):
        assert has(colours_at(plane, image, x, y), colour_of(1), most), (x, y)
    for x, y in ((0.5, 0), (1.5, 0), (0, 0.75)):
        assert not has(colours_at(plane, image, x, y), colour_of(1), 120), (x, y)


def test_a_leaning_cloud_leans_the_right_way() -> None:
    """Covariance above 0: the long axis goes up to the right, 1.5 + 1 its variance."""
    path = outline(np.array([1.0, 2.0]), np.array([[1.5, 1.0], [1.0, 1.5]]), 2.0)
    places = np.array([[path.elementAt(i).x, path.elementAt(i).y] for i in range(path.elementCount())])  # type: ignore[attr-defined]
    box = path.boundingRect()
    assert box.center().x() == pytest.approx(1)
    assert box.center().y() == pytest.approx(2)
    assert box.width() / 2 == pytest.approx(2 * np.sqrt(1.5), rel=1e-2)
    offset = places - (1, 2)
    assert (offset[:, 0] * offset[:, 1]).sum() > 0
    tip = path.pointAtPercent(0)
    turned = np.array([tip.x() - 1, tip.y() - 2])
    assert turned @ np.linalg.inv([[1.5, 1.0], [1.0, 1.5]]) @ turned == pytest.approx(4, rel=1e-3)


def test_points_are_drawn_over_it(plane: Plane) -> None:
    plane.points.set_points(Points(np.array([[1.0, 0.0]]), np.array([0])))
    plane.show_picture(clouds())
    at = colours_at(plane, plane.grab().toImage(), 1, 0, reach=0)
    assert has(at, theme.tokens.class_color(0), 20)


def test_it_is_seen_on_the_background_of_its_own_class(plane: Plane) -> None:
    values = np.zeros((2, 64, 128), np.float32)
    values[1] = 1
    plane.show_picture(Surface(values, HOME))
    before = colours_at(plane, plane.grab().toImage(), 1, 0, reach=0)[0]
    plane.show_picture(clouds())
    after = colours_at(plane, plane.grab().toImage(), 1, 0)
    assert max(abs(colour.lightness() - before.lightness()) for colour in after) > 25


def test_clearing_takes_it_away_and_odd_clouds_are_survived(plane: Plane) -> None:
    empty = plane.grab().toImage()
    nothing = Ellipses(np.zeros((0, 2)), np.zeros((0, 2, 2)), np.zeros(0, int))
    odd = Ellipses(
        np.array([[np.nan, 0], [0, 0], [1e6, 1e6], [3, 1]]),
        np.array([np.eye(2), np.zeros((2, 2)), np.eye(2), np.full((2, 2), np.inf)]),
        np.array([0, -1, 1, 2]),
    )
    for picture in (nothing, odd, clouds(3)):
        plane.show_picture(picture)
        plane.grab()
    plane.clear_pictures()
    assert plane.grab().toImage() == empty


def test_many_clouds_cost_little(plane: Plane) -> None:
    plane.grab()
    empty, full = [], []
    for times, picture in ((empty, Ellipses(np.zeros((0, 2)), np.zeros((0, 2, 2)), np.zeros(0, int))),
                           (full, clouds(500, (0.1, 0.1)))):  # fmt: skip
        for _ in range(4):
            began = time.perf_counter()
            plane.show_picture(picture)
            plane.grab()
            times.append(time.perf_counter() - began)
    assert min(full) - min(empty) < 0.06
