"""The street on the plane: its lines, who holds it, and how far those beyond their kerb are."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.theme import theme
from app.views.margin_layer import contour, kerb_color, nearest_on, path_of, slack_lines
from app.views.plane import Plane
from engines.core.arrays import Floats
from engines.pictures.margin import Margin
from engines.pictures.surface import HOME, grid
from tests.app.planes import plane

pytestmark = pytest.mark.usefixtures("plain_look")


def image(canvas: Plane) -> QImage:
    return canvas.grab().toImage()


def at(canvas: Plane, x: float, y: float) -> QPoint:
    return canvas.mapFromScene(canvas.getViewBox().mapViewToScene(QPointF(x, y)))


def nearest_to(canvas: Plane, x: float, y: float, colour: QColor, along: int = 10) -> int:
    """How near the pixels about a place come to a colour, looking ``along`` pixels up and down as lines are broken."""
    shown, place = image(canvas), at(canvas, x, y)
    around = [shown.pixelColor(place.x() + i, place.y() + j) for i in range(-2, 3) for j in range(-along, along + 1)]
    return min(
        max(abs(c.red() - colour.red()), abs(c.green() - colour.green()), abs(c.blue() - colour.blue())) for c in around
    )


def upright(values: Floats | None = None, **more: object) -> Margin:
    """The value is x: the middle stands at 0, the kerbs at -1 and 1; two points on a kerb, one 1.5 beyond its own."""
    across = grid(HOME)[:, 0].reshape(64, 128)
    support, sides = np.array([[1.0, 1.0], [-1.0, 1.0], [-0.5, -2.0]]), np.array([1, -1, 1])
    settings = {"support": support, "sides": sides, "slack": np.array([0, 0, 1.5])} | more
    return Margin(across if values is None else values, HOME, (0, 1), **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("dark", [False, True])
def test_the_lines_stand_where_the_value_is_minus_one_zero_and_one(qtbot: QtBot, dark: bool) -> None:
    theme.set(dark=dark)
    canvas = plane(qtbot)
    empty = image(canvas)
    canvas.show_picture(upright())
    assert nearest_to(canvas, 0, 2, theme.tokens.color("text")) < 130
    assert nearest_to(canvas, -1, 2, kerb_color(0)) < 130
    assert nearest_to(canvas, 1, 2, kerb_color(1)) < 130
    assert nearest_to(canvas, 2, 2, theme.tokens.color("text")) > 180
    canvas.clear_pictures()
    assert image(canvas) == empty


def test_who_is_beyond_has_a_line_to_its_own_kerb(qtbot: QtBot) -> None:
    margin = upright()
    lines = slack_lines(margin, contour(margin, -1), contour(margin, 1))
    np.testing.assert_allclose(lines, [[[-0.5, -2], [1, -2]]], atol=1e-6)
    canvas = plane(qtbot)
    canvas.show_picture(upright(support=np.array([[-0.5, -2.0]]), sides=np.array([1]), slack=np.array([1.5])))
    with_line = nearest_to(canvas, 0.5, -2, theme.tokens.color("text"), along=2)
    canvas.show_picture(upright(support=np.array([[-0.5, -2.0]]), sides=np.array([1]), slack=np.array([0.0])))
    assert with_line < nearest_to(canvas, 0.5, -2, theme.tokens.color("text"), along=2) - 40


def test_the_nearest_place_is_on_a_piece_and_not_only_at_its_ends() -> None:
    pieces = np.array([[[0.0, 0], [4, 0]], [[4, 0], [4, 4]]])
    places = np.array([[1.5, 2.0], [6.0, 1.5], [-3, -4]])
    assert nearest_on(pieces, places).tolist() == [[1.5, 0], [4, 1.5], [0, 0]]


def test_lines_that_follow_one_another_are_one_and_others_are_not_joined() -> None:
    across, up = grid(HOME)[:, 0].reshape(64, 128), grid(HOME)[:, 1].reshape(64, 128)
    rings = np.minimum(np.hypot(across - 3, up), np.hypot(across + 3, up)) - 1
    pieces = contour(upright(rings), 0)
    longest = np.hypot(*(pieces[:, 1] - pieces[:, 0]).T).max()
    assert longest < 0.3  # the two rings are not joined
    np.testing.assert_allclose(np.hypot(np.abs(pieces[..., 0]) - 3, pieces[..., 1]), 1, atol=0.01)
    moves = sum(path_of(pieces).elementAt(i).isMoveTo() for i in range(path_of(pieces).elementCount()))
    assert moves == 2


def test_the_two_that_are_being_changed_stand_out(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(upright())
    before = image(canvas)
    canvas.show_picture(upright(changed=np.array([[1.0, 1.0], [-1.0, 1.0]])))
    assert image(canvas) != before


@pytest.mark.parametrize("values", [np.zeros((0, 0)), np.zeros((64, 128)), np.full((64, 128), np.nan), np.ones((1, 1))])
def test_without_a_street_the_rings_are_drawn_alone(qtbot: QtBot, values: Floats) -> None:
    canvas = plane(qtbot)
    empty = image(canvas)
    canvas.show_picture(upright(values))
    assert image(canvas) != empty
    assert len(contour(upright(values), 1)) == 0


def test_thousands_of_support_vectors_are_drawn_in_little_time(qtbot: QtBot) -> None:
    rng = np.random.default_rng(0)
    n = 20_000
    canvas = plane(qtbot)
    began = time.perf_counter()
    canvas.show_picture(upright(support=rng.normal(size=(n, 2)), sides=np.where(rng.random(n) < 0.5, -1, 1),
                                slack=rng.random(n)))  # fmt: skip
    assert not image(canvas).isNull()
    assert time.perf_counter() - began < 1.0
    theme.set(dark=True)
    canvas.show_picture(upright(support=np.zeros((0, 2)), sides=np.zeros(0, int), slack=np.zeros(0)))
    assert not image(canvas).isNull()


def test_many_lines_to_the_kerb_are_fainter_than_few(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    strength = []
    for n in (3, 200):
        places = np.column_stack([np.full(n, -0.5), np.linspace(-2, 2, n)])
        canvas.show_picture(upright(support=places, sides=np.ones(n, int), slack=np.full(n, 1.5)))
        place = at(canvas, 0.5, -2)
        strength.append(min(image(canvas).pixelColor(place + QPoint(0, j)).lightness() for j in range(-2, 3)))
    assert strength[0] < strength[1] - 20
